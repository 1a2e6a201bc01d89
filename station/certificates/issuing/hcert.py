"""Our own test issuer: fresh EU DCC for invented people, for the demonstration, for drills and for tests.

Every signer is marked: its certificate says TEST ONLY, its country is UT (Utopia), and a trust bundle that was not told
to allow demonstration keys refuses it. Keys come from a given seed, so that a demonstration can be repeated.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from station.certificates.hcert.claims import EXPIRES, HCERT, ISSUED, ISSUER
from station.certificates.hcert.container import PREFIX, encode_base45
from station.certificates.hcert.cose import ES256, HEADER_ALG, HEADER_KID, TAG_SIGN1, signed_bytes
from station.certificates.hcert.dcc import EU_DCC
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Signer, TrustBundle, bundle, from_certificate
from station.certificates.trust.signer_certificate import ALL_KINDS, DEMONSTRATION, key_id
from station.documents.transliteration import normalise

COUNTRY = "UT"
COVID_19 = "840539006"
NOT_DETECTED, DETECTED = "260415000", "260373001"
NUCLEIC_ACID, RAPID_ANTIGEN = "LP6464-4", "LP217198-3"
SCHEMA = "1.3.0"
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_USES = {
    EntryKind.TEST: "1.3.6.1.4.1.1847.2021.1.1",
    EntryKind.VACCINATION: "1.3.6.1.4.1.1847.2021.1.2",
    EntryKind.RECOVERY: "1.3.6.1.4.1.1847.2021.1.3",
}
_SIGNER_LIFE = timedelta(days=2 * 365)


class Flaw(StrEnum):
    """What is wrong with a certificate on purpose."""

    NONE = "none"
    EXPIRED = "expired"
    FORGED = "forged"
    """Signed by another key under the trusted signer's key identifier."""
    UNKNOWN_SIGNER = "unknown_signer"
    WRONG_KEY_USAGE = "wrong_key_usage"


@dataclass(frozen=True, slots=True, repr=False)
class Subject:
    """An invented person."""

    surname: str
    given_names: str
    birth_date: date | str
    """A text for a date of which parts are unknown: `1964-08`."""


@dataclass(frozen=True, slots=True)
class Vaccination:
    """A vaccination; the default product is a common one."""

    on: date
    dose: int = 2
    doses: int = 2
    vaccine: str = "1119349007"
    product: str = "EU/1/20/1528"
    manufacturer: str = "ORG-100030215"


@dataclass(frozen=True, slots=True)
class Swab:
    """A test and its result."""

    sampled_at: datetime
    positive: bool = False
    rapid: bool = False


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery: first positive test, and from when until when it counts."""

    positive_on: date
    valid_from: date
    valid_until: date


Proof = Vaccination | Swab | Recovery


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


@dataclass(frozen=True, slots=True)
class DrillIssuer:
    """The four signers that the demonstration needs; only `trusted` and `tests_only` belong in its trust bundle."""

    trusted: DrillSigner
    tests_only: DrillSigner
    """May sign tests and nothing else."""
    impostor: DrillSigner
    stranger: DrillSigner

    def bundle(self, created_at: datetime) -> TrustBundle:
        """What the demonstration believes."""
        return bundle((self.trusted.trusted(), self.tests_only.trusted()), created_at, ("demonstration",))

    def certificates(self) -> tuple[bytes, ...]:
        """The believed certificates in DER, for `station.certificates.trust.write_bundle(..., test=True)`."""
        return self.trusted.certificate, self.tests_only.certificate


def make_issuer(seed: bytes, now: datetime) -> DrillIssuer:
    """Signers out of a seed, valid from thirty days before `now` for two years."""
    start = (now - timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
    return DrillIssuer(
        trusted=make_signer(seed + b"/trusted", "Ministry of Health of Utopia", start),
        tests_only=make_signer(seed + b"/tests", "Laboratory of Utopia", start, frozenset({EntryKind.TEST})),
        impostor=make_signer(seed + b"/impostor", "Impostor", start),
        stranger=make_signer(seed + b"/stranger", "Ministry of Health of Nowhere", start),
    )


def make_signer(
    seed: bytes, name: str, valid_from: datetime, kinds: frozenset[EntryKind] = ALL_KINDS, country: str = COUNTRY
) -> DrillSigner:
    """A P-256 key out of a seed, and its certificate; the same arguments give the same bytes."""
    scalar = int.from_bytes(hashlib.sha512(b"daan test signer" + seed).digest(), "big") % (_P256_ORDER - 1) + 1
    key = ec.derive_private_key(scalar, ec.SECP256R1())
    words = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "UTO TEST"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMONSTRATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} (TEST)"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(words)
        .issuer_name(words)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(seed).digest()[:15], "big") + 1)
        .not_valid_before(valid_from)
        .not_valid_after(valid_from + _SIGNER_LIFE)
    )
    if kinds != ALL_KINDS:
        uses = [x509.ObjectIdentifier(_USES[kind]) for kind in sorted(kinds)]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    certificate = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)
    return DrillSigner(key, certificate, key_id(certificate))


def issue(
    issuer: DrillIssuer, subject: Subject, proof: Proof, now: datetime, identifier: str, flaw: Flaw = Flaw.NONE
) -> str:
    """The text of a fresh code, `HC1:…`.

    Args:
        issuer: whose keys.
        subject: an invented person.
        proof: what is attested.
        now: aware; the certificate was issued an hour before and runs for 90 days (as Thai ones do).
        identifier: unique certificate identifier without prefix, as `0001`.
        flaw: what is wrong with it.
    """
    life = timedelta(days=90)
    issued = now - (life + timedelta(days=10) if flaw is Flaw.EXPIRED else timedelta(hours=1))
    payload = dcc(subject, proof, identifier)
    if flaw is Flaw.UNKNOWN_SIGNER:
        signer = issuer.stranger
    elif flaw is Flaw.FORGED:
        signer = replace(issuer.impostor, kid=issuer.trusted.kid)
    elif flaw is Flaw.WRONG_KEY_USAGE:
        if isinstance(proof, Swab):
            raise ValueError("a wrong key usage needs a vaccination or a recovery; the second signer may sign tests")
        signer = issuer.tests_only
    else:
        signer = issuer.trusted
    return sign(signer, payload, issued, issued + life)


def sign(
    signer: DrillSigner, payload: Mapping[str, Any], issued: datetime, expires: datetime, country: str = COUNTRY
) -> str:
    """Sign any payload as an EU DCC and pack it into the text of a code."""
    claims = cbor2.dumps(
        {
            ISSUER: country,
            EXPIRES: int(expires.timestamp()),
            ISSUED: int(issued.timestamp()),
            HCERT: {EU_DCC: dict(payload)},
        }
    )
    protected = cbor2.dumps({HEADER_ALG: ES256, HEADER_KID: signer.kid})
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(signer.key.sign(signed_bytes(protected, claims), algorithm))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return pack(cbor2.dumps(cbor2.CBORTag(TAG_SIGN1, [protected, {}, claims, signature])))


def pack(cose: bytes) -> str:
    """An envelope as the text of a code: zlib, Base45, prefix."""
    return PREFIX + encode_base45(zlib.compress(cose, 9))


def dcc(subject: Subject, proof: Proof, identifier: str) -> dict[str, Any]:
    """The health certificate itself, schema 1.3.0."""
    birth = subject.birth_date
    common: dict[str, Any] = {
        "tg": COVID_19,
        "co": COUNTRY,
        "is": "Ministry of Health of Utopia (TEST)",
        "ci": f"URN:UVCI:01:{COUNTRY}:TEST/{identifier}",
    }
    return {
        "ver": SCHEMA,
        "nam": {
            "fn": subject.surname,
            "fnt": normalise(subject.surname).replace(" ", "<"),
            "gn": subject.given_names,
            "gnt": normalise(subject.given_names).replace(" ", "<"),
        },
        "dob": birth if isinstance(birth, str) else birth.isoformat(),
        _kind(proof).value: [_row(proof, common)],
    }


def _kind(proof: Proof) -> EntryKind:
    if isinstance(proof, Vaccination):
        return EntryKind.VACCINATION
    return EntryKind.TEST if isinstance(proof, Swab) else EntryKind.RECOVERY


def _row(proof: Proof, common: dict[str, Any]) -> dict[str, Any]:
    if isinstance(proof, Vaccination):
        return common | {
            "vp": proof.vaccine,
            "mp": proof.product,
            "ma": proof.manufacturer,
            "dn": proof.dose,
            "sd": proof.doses,
            "dt": proof.on.isoformat(),
        }
    if isinstance(proof, Swab):
        return common | {
            "tt": RAPID_ANTIGEN if proof.rapid else NUCLEIC_ACID,
            "nm": "TEST assay",
            "sc": proof.sampled_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "tr": DETECTED if proof.positive else NOT_DETECTED,
            "tc": "Utopia General Hospital (TEST)",
        }
    return common | {
        "fr": proof.positive_on.isoformat(),
        "df": proof.valid_from.isoformat(),
        "du": proof.valid_until.isoformat(),
    }
