"""Signers' certificates: key, identifier, names and permitted uses out of X.509, also of ones that are not quite DER.

Some national signers carry a stray NULL or extensions that the strict parser of `cryptography` refuses; asn1crypto
reads them. The key identifier is worked out from the certificate: the first 8 bytes of its SHA-256 (HCERT 3.3).
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import keys as loose_keys
from asn1crypto import x509 as loose_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from station.certificates.keys import PublicKey, load_key, suitable
from station.certificates.result import EntryKind

DEMONSTRATION = "DAAN DEMONSTRATION TEST ONLY"
"""Organisational unit of every signer of our own test issuer."""
ALL_KINDS = frozenset(EntryKind)
_KINDS = {"1": EntryKind.TEST, "2": EntryKind.VACCINATION, "3": EntryKind.RECOVERY}
_USES = {
    f"{root}.2021.1.{last}": kind
    for root in ("1.3.6.1.4.1.1847", "1.3.6.1.4.1.0.1847", "0.4.0.1847")
    for last, kind in _KINDS.items()
}
"""Extended key usages of the EU DCC certificate governance, in the registered spelling and those of early signers."""
_RSA_PSS = "1.2.840.113549.1.1.10"


@dataclass(frozen=True, slots=True)
class SignerCertificate:
    """What we need of a signer's certificate."""

    kid: bytes
    key: PublicKey
    country: str
    name: str
    not_before: datetime
    not_after: datetime
    kinds: frozenset[EntryKind]
    """What it may sign; without any use of ours named, everything."""
    demonstration: bool


def key_id(der: bytes) -> bytes:
    """The first 8 bytes of the certificate's SHA-256."""
    return hashlib.sha256(der).digest()[:8]


def kinds_of(oids: frozenset[str]) -> frozenset[EntryKind]:
    """The kinds of entry that these extended key usages permit."""
    return frozenset(_USES[oid] for oid in oids if oid in _USES) or ALL_KINDS


def read_certificate(der: bytes) -> SignerCertificate:
    """Read one certificate in DER.

    Raises:
        ValueError: it is none, or its key is of a kind that no health certificate uses.
    """
    try:
        return _strict(der)
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return _loose(der)


def _strict(der: bytes) -> SignerCertificate:
    certificate = x509.load_der_x509_certificate(der)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        oids = frozenset(use.dotted_string for use in usage)
    except x509.ExtensionNotFound:
        oids = frozenset()
    subject = certificate.subject
    words = {attribute.oid: str(attribute.value) for attribute in subject}
    return SignerCertificate(
        kid=key_id(der),
        key=suitable(certificate.public_key()),
        country=words.get(x509.NameOID.COUNTRY_NAME, ""),
        name=words.get(x509.NameOID.COMMON_NAME, ""),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        kinds=kinds_of(oids),
        demonstration=words.get(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "") == DEMONSTRATION,
    )


def _loose(der: bytes) -> SignerCertificate:
    try:
        certificate = loose_x509.Certificate.load(der)
        body = certificate["tbs_certificate"]
        usage = certificate.extended_key_usage_value
        oids = frozenset(use.dotted for use in usage) if usage is not None else frozenset()
        validity, words = body["validity"], certificate.subject.native
        info = body["subject_public_key_info"]
        if info["algorithm"]["algorithm"].dotted == _RSA_PSS:
            # The key itself is a plain RSA key; its parameters are what strict parsers stumble over.
            key = load_key(_as_plain_rsa(info))
        else:
            key = load_key(info.dump())
        not_before, not_after = validity["not_before"].native, validity["not_after"].native
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise ValueError("it is no X.509 certificate, or its key is of an unsupported kind") from error
    return SignerCertificate(
        kid=key_id(der),
        key=key,
        country=str(words.get("country_name", "")),
        name=str(words.get("common_name", "")),
        not_before=not_before.astimezone(UTC),
        not_after=not_after.astimezone(UTC),
        kinds=kinds_of(oids),
        demonstration=words.get("organizational_unit_name") == DEMONSTRATION,
    )


def _as_plain_rsa(info: loose_keys.PublicKeyInfo) -> bytes:
    numbers = info["public_key"].parsed.native
    key = rsa.RSAPublicNumbers(numbers["public_exponent"], numbers["modulus"]).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
