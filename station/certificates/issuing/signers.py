"""Keys and certificates of the test issuer, out of a seed: the same seed and day give the same bytes.

Every certificate carries the organisational unit that `station.certificates.trust` knows as ours, so that a trust
bundle outside the demonstration refuses it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from station.certificates.issuing.content import COUNTRY
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Signer, from_certificate
from station.certificates.trust.signer_certificate import ALL_KINDS, DEMONSTRATION, key_id

SIGNER_LIFE = timedelta(days=2 * 365)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_USES = {
    EntryKind.TEST: "1.3.6.1.4.1.1847.2021.1.1",
    EntryKind.VACCINATION: "1.3.6.1.4.1.1847.2021.1.2",
    EntryKind.RECOVERY: "1.3.6.1.4.1.1847.2021.1.3",
}


@dataclass(frozen=True, slots=True)
class DrillSigner:
    """A signer of ours: private key and certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    """DER."""
    kid: bytes

    def trusted(self) -> Signer:
        """As a trust bundle holds it."""
        return from_certificate(self.certificate, test=True)


def first_day(now: datetime) -> datetime:
    """From when signers that are made at that moment are valid: midnight thirty days before."""
    return (now - timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)


def ec_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """A P-256 key out of a seed."""
    scalar = int.from_bytes(hashlib.sha512(b"daan test signer" + seed).digest(), "big") % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def ed25519_key(seed: bytes) -> ed25519.Ed25519PrivateKey:
    """An Ed25519 key out of a seed."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"daan test signer" + seed).digest())


def raw_signature(key: ec.EllipticCurvePrivateKey, signed: bytes) -> bytes:
    """ES256 as JOSE and COSE write it: r and s side by side; the same input gives the same bytes (RFC 6979)."""
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def serial(seed: bytes) -> int:
    """A certificate's serial number out of a seed."""
    return int.from_bytes(hashlib.sha256(seed).digest()[:15], "big") + 1


def words(name: str, country: str = COUNTRY) -> x509.Name:
    """The name on a certificate of ours: it says twice that it is a test."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "UTO TEST"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMONSTRATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (TEST)"),
        ]
    )


def make_signer(
    seed: bytes, name: str, valid_from: datetime, kinds: frozenset[EntryKind] = ALL_KINDS, country: str = COUNTRY
) -> DrillSigner:
    """A document signer of EU DCC: P-256 key out of a seed, and its certificate."""
    key = ec_key(seed)
    named = words(name, country)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(serial(seed))
        .not_valid_before(valid_from)
        .not_valid_after(valid_from + SIGNER_LIFE)
    )
    if kinds != ALL_KINDS:
        uses = [x509.ObjectIdentifier(_USES[kind]) for kind in sorted(kinds)]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    certificate = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
    return DrillSigner(key, certificate, key_id(certificate))
