"""Public keys of signers, and whether a signature over given bytes was made by one (RFC 7518, RFC 8032, RFC 9053)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey


class Algorithm(StrEnum):
    """The signature algorithms of health certificates, by their JOSE names (RFC 7518, 3.1; RFC 8037)."""

    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    RS256 = "RS256"
    EDDSA = "EdDSA"


_HASHES: Mapping[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def holds(key: PublicKey, algorithm: Algorithm, signature: bytes, signed: bytes) -> bool:
    """Whether the key made the signature with that algorithm; a key of another kind never did.

    Args:
        key: the signer's.
        algorithm: as the message's header names it.
        signature: of ECDSA the numbers r and s side by side, each as long as the key (RFC 7518, 3.4).
        signed: exactly what was signed.
    """
    digest = _HASHES.get(algorithm.value[2:])
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm.startswith("ES") and digest is not None:
            half = (key.key_size + 7) // 8
            if len(signature) != 2 * half:
                return False
            r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.startswith("PS") and digest is not None:
            key.verify(signature, signed, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm is Algorithm.RS256 and digest is not None:
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm is Algorithm.EDDSA:
            key.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def load_key(spki: bytes) -> PublicKey:
    """A public key from its SubjectPublicKeyInfo in DER.

    Raises:
        ValueError: it is none, or of a kind that no health certificate uses.
    """
    try:
        key = load_der_public_key(spki)
    except UnsupportedAlgorithm as error:
        raise ValueError("the key's algorithm is not supported") from error
    return suitable(key)


def suitable(key: object) -> PublicKey:
    """The key, if it is of a kind that health certificates use.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise ValueError("the key's algorithm is not one of ECDSA, RSA and Ed25519")
    return key


def from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """A public key from a JSON Web Key (RFC 7518, 6; RFC 8037, 2).

    Raises:
        ValueError, KeyError: it is none, or of a kind that no health certificate uses.
    """

    def number(name: str) -> int:
        return int.from_bytes(unbase64url(str(jwk[name])), "big")

    if jwk["kty"] == "EC":
        return ec.EllipticCurvePublicNumbers(number("x"), number("y"), _CURVES[jwk["crv"]]).public_key()
    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
    if jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(unbase64url(str(jwk["x"])))
    raise ValueError("a key of an unsupported type")


def thumbprint(key: PublicKey) -> str:
    """The identifier of a SMART Health Card's key: SHA-256 of its JWK (RFC 7638, 3); empty for another curve."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return ""
    point = key.public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
    members = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    return base64url(hashlib.sha256(members.encode()).digest())


def is_thumbprint(kid: str, key: PublicKey) -> bool:
    """Whether an identifier is that key's thumbprint."""
    return bool(kid) and thumbprint(key) == kid


def base64url(data: bytes) -> str:
    """Without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    """Bytes of base64url with or without padding (RFC 4648, 5).

    Raises:
        ValueError: it is none; characters outside the alphabet are not skipped.
    """
    plain = text.rstrip("=")
    return base64.b64decode(plain.translate(_URL) + "=" * (-len(plain) % 4), validate=True)


_URL = str.maketrans("-_", "+/")
