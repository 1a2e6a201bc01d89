"""The signed envelope: COSE_Sign1 (RFC 9052, 4.2) as issuers really write it, and its signature (RFC 9053, RFC 8230).

Seen in real certificates and accepted: no tag, CWT tag 61 around it, the key identifier in the unprotected header,
ES256 by a P-384 key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from config.rules.reasons import ReasonCode
from station.certificates.cbor import CborError, Tag, decode
from station.certificates.errors import StepFailed
from station.certificates.result import Step

TAG_SIGN1 = 18
TAG_CWT = 61
HEADER_ALG = 1
HEADER_KID = 4
ES256 = -7
PS256 = -37

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
_SHA256, _SHA384, _SHA512 = hashes.SHA256(), hashes.SHA384(), hashes.SHA512()
_ECDSA: Mapping[int, hashes.HashAlgorithm] = {ES256: _SHA256, -35: _SHA384, -36: _SHA512}
_PSS: Mapping[int, hashes.HashAlgorithm] = {PS256: _SHA256, -38: _SHA384, -39: _SHA512}
_EDDSA = -8


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """A COSE_Sign1 message taken apart."""

    protected_bytes: bytes
    protected: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes
    signature: bytes

    @property
    def kid(self) -> bytes:
        """Key identifier: the protected header's, else the unprotected one's; empty when there is none."""
        return self.signed_kid or self.loose_kid

    @property
    def signed_kid(self) -> bytes:
        """The protected header's key identifier: whoever signed vouches for it."""
        return _kid(self.protected)

    @property
    def loose_kid(self) -> bytes:
        """The unprotected header's key identifier: anybody can change it."""
        return _kid(self.unprotected)

    @property
    def algorithm(self) -> int | None:
        """COSE number of the signature algorithm; None when it is not a number."""
        value = self.protected.get(HEADER_ALG, self.unprotected.get(HEADER_ALG))
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def open_envelope(data: bytes) -> Envelope:
    """Take a message apart without believing it.

    Raises:
        StepFailed: no well-formed CBOR, or not the shape of COSE_Sign1.
    """
    message = read_cbor(data)
    for number in (TAG_CWT, TAG_SIGN1):
        if isinstance(message, Tag) and message.number == number:
            message = message.value
    if not isinstance(message, list) or len(message) != 4:
        raise _malformed("it is not a message with one signature (COSE_Sign1)")
    protected_bytes, unprotected, payload, signature = message
    if not (isinstance(protected_bytes, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise _malformed("its headers, content or signature are not byte strings")
    protected = read_cbor(protected_bytes) if protected_bytes else {}
    if not isinstance(protected, dict) or not isinstance(unprotected, dict):
        raise _malformed("a header is not a map")
    return Envelope(protected_bytes, protected, unprotected, payload, signature)


def read_cbor(data: bytes) -> Any:
    """Decode CBOR within the limits of station.certificates.cbor.

    Raises:
        StepFailed: it cannot be decoded.
    """
    try:
        return decode(data)
    except CborError as error:
        raise StepFailed(
            Step.CBOR, ReasonCode.CERTIFICATE_CBOR, f"The certificate's data is damaged (CBOR: {error}); scan it again."
        ) from error


def signed_bytes(protected_bytes: bytes, payload: bytes) -> bytes:
    """What is signed (RFC 9052, 4.4: Sig_structure)."""
    return cbor2.dumps(["Signature1", protected_bytes, b"", payload])


def holds(envelope: Envelope, key: PublicKey) -> bool:
    """Whether the signature was made by that key over this content with the algorithm that the header names."""
    signed = signed_bytes(envelope.protected_bytes, envelope.payload)
    if envelope.protected_bytes == b"\xa0":
        # An empty map may be signed as an empty string (RFC 9052, 3).
        return _verifies(envelope, key, signed) or _verifies(envelope, key, signed_bytes(b"", envelope.payload))
    return _verifies(envelope, key, signed)


def _kid(header: Mapping[Any, Any]) -> bytes:
    value = header.get(HEADER_KID)
    return value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else b""


def _verifies(envelope: Envelope, key: PublicKey, signed: bytes) -> bool:
    algorithm, signature = envelope.algorithm, envelope.signature
    if algorithm is None:
        return False
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA:
            half = (key.key_size + 7) // 8
            if len(signature) != 2 * half:
                return False
            r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(_ECDSA[algorithm]))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm in _PSS:
            digest = _PSS[algorithm]
            key.verify(signature, signed, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm == _EDDSA:
            key.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.COSE, ReasonCode.CERTIFICATE_COSE, f"The certificate's envelope is malformed: {what}; ask for another one."
    )
