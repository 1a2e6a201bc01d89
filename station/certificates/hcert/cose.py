"""The signed envelope: COSE_Sign1 (RFC 9052, 4.2) as issuers really write it, and its signature (RFC 9053, RFC 8230).

Seen in real certificates and accepted: no tag, CWT tag 61 around it, the key identifier in the unprotected header,
ES256 by a P-384 key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2

from config.rules.reasons import ReasonCode
from station.certificates import keys
from station.certificates.errors import StepFailed
from station.certificates.hcert.cbor import CborError, Tag, decode
from station.certificates.keys import Algorithm, PublicKey
from station.certificates.result import Step

TAG_SIGN1 = 18
TAG_CWT = 61
HEADER_ALG = 1
HEADER_KID = 4
ES256 = -7
PS256 = -37

_ALGORITHMS: Mapping[int, Algorithm] = {
    ES256: Algorithm.ES256,
    -35: Algorithm.ES384,
    -36: Algorithm.ES512,
    PS256: Algorithm.PS256,
    -38: Algorithm.PS384,
    -39: Algorithm.PS512,
    -8: Algorithm.EDDSA,
}
"""By their COSE numbers (RFC 9053, 2; RFC 8230, 2)."""


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
    """Decode CBOR within the limits of station.certificates.hcert.cbor.

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
    algorithm = _ALGORITHMS.get(envelope.algorithm) if envelope.algorithm is not None else None
    return algorithm is not None and keys.holds(key, algorithm, envelope.signature, signed)


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.COSE, ReasonCode.CERTIFICATE_COSE, f"The certificate's envelope is malformed: {what}; ask for another one."
    )
