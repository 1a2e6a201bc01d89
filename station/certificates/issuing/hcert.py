"""Fresh EU DCC of our own test issuer, for the demonstration, for drills and for tests (EU HCERT 1.0.5, DCC 1.3.0).

Every signer is marked: its certificate says TEST ONLY, its country is UT (Utopia), and a trust bundle that was not told
to allow demonstration keys refuses it. Keys come from a given seed, so that a demonstration can be repeated.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import cbor2

from station.certificates.hcert.claims import EXPIRES, HCERT, ISSUED, ISSUER
from station.certificates.hcert.container import PREFIX, encode_base45
from station.certificates.hcert.cose import ES256, HEADER_ALG, HEADER_KID, TAG_SIGN1, signed_bytes
from station.certificates.hcert.dcc import EU_DCC
from station.certificates.issuing.content import (
    COUNTRY,
    COVID_19,
    DETECTED,
    HOSPITAL,
    MINISTRY,
    NOT_DETECTED,
    NUCLEIC_ACID,
    RAPID_ANTIGEN,
    Proof,
    Recovery,
    Subject,
    Swab,
    Vaccination,
    kind_of,
    somebody_else,
    stamp,
)
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.signers import DrillSigner, first_day, make_signer, raw_signature
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import TrustBundle, bundle
from station.documents.transliteration import normalise

__all__ = [
    "DrillIssuer", "DrillSigner", "Flaw", "Proof", "Recovery", "Subject", "Swab", "Vaccination",
    "dcc", "issue", "make_issuer", "make_signer", "pack", "sealed", "sign", "uvci",
]  # fmt: skip

SCHEMA = "1.3.0"
LIFE = timedelta(days=90)
"""As Thai certificates have it."""
NO_SUCH_ALGORITHM = -65535
"""COSE number of RSA with SHA-1 (RFC 8812), which no health certificate may use."""


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
    start = first_day(now)
    return DrillIssuer(
        trusted=make_signer(seed + b"/trusted", "Ministry of Health of Utopia", start),
        tests_only=make_signer(seed + b"/tests", "Laboratory of Utopia", start, frozenset({EntryKind.TEST})),
        impostor=make_signer(seed + b"/impostor", "Impostor", start),
        stranger=make_signer(seed + b"/stranger", "Ministry of Health of Nowhere", start),
    )


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
        flaw: what is wrong with it; a REVOKED one is like a good one, the lists name it.

    Raises:
        ValueError: a wrong key usage is wanted of a test, or a flaw that this format has not.
    """
    signer, (issued, expires) = pick(issuer, flaw, proof), span(now, flaw)

    def claims(subject: Subject) -> dict[Any, Any]:
        content = dcc(subject, proof, identifier)
        times = {EXPIRES: int(expires.timestamp()), ISSUED: int(issued.timestamp())}
        return {ISSUER: COUNTRY, **times, HCERT: {EU_DCC: content}}

    return sealed(signer, claims(subject), flaw, claims(somebody_else(subject)))


def pick(issuer: DrillIssuer, flaw: Flaw, proof: Proof) -> DrillSigner:
    """Who signs a certificate with that flaw.

    Raises:
        ValueError: a wrong key usage is wanted of a test.
    """
    if flaw is Flaw.UNKNOWN_SIGNER:
        return issuer.stranger
    if flaw is Flaw.FORGED:
        return replace(issuer.impostor, kid=issuer.trusted.kid)
    if flaw is Flaw.WRONG_KEY_USAGE:
        if isinstance(proof, Swab):
            raise ValueError("a wrong key usage needs a vaccination or a recovery; the second signer may sign tests")
        return issuer.tests_only
    return issuer.trusted


def span(now: datetime, flaw: Flaw) -> tuple[datetime, datetime]:
    """When a certificate with that flaw was issued and when it expires."""
    issued = now - timedelta(hours=1)
    if flaw is Flaw.EXPIRED:
        issued = now - LIFE - timedelta(days=10)
    if flaw is Flaw.NOT_YET_VALID:
        issued = now + timedelta(days=30)
    return issued, issued + LIFE


def sign(
    signer: DrillSigner, payload: Mapping[str, Any], issued: datetime, expires: datetime, country: str = COUNTRY
) -> str:
    """Sign any payload as an EU DCC and pack it into the text of a code."""
    times = {EXPIRES: int(expires.timestamp()), ISSUED: int(issued.timestamp())}
    return sealed(signer, {ISSUER: country, **times, HCERT: {EU_DCC: dict(payload)}})


def sealed(
    signer: DrillSigner,
    claims: Mapping[Any, Any],
    flaw: Flaw = Flaw.NONE,
    other: Mapping[Any, Any] | None = None,
) -> str:
    """Sign claims and pack them; `other` are what an ALTERED certificate shows in their place."""
    signed = cbor2.dumps(dict(claims))
    algorithm = NO_SUCH_ALGORITHM if flaw is Flaw.WRONG_ALGORITHM else ES256
    protected = cbor2.dumps({HEADER_ALG: algorithm, HEADER_KID: signer.kid})
    signature = raw_signature(signer.key, signed_bytes(protected, signed))
    shown = cbor2.dumps(dict(other)) if flaw is Flaw.ALTERED and other is not None else signed
    text = pack(cbor2.dumps(cbor2.CBORTag(TAG_SIGN1, [protected, {}, shown, signature])))
    # Cut behind a whole group of Base45: the text is readable and its content is not.
    return text[: len(PREFIX) + len(text) // 6 * 3] if flaw is Flaw.TORN else text


def pack(cose: bytes) -> str:
    """An envelope as the text of a code: zlib, Base45, prefix."""
    return PREFIX + encode_base45(zlib.compress(cose, 9))


def uvci(identifier: str) -> str:
    """A unique certificate identifier of ours (EU eHealth Network, UVCI)."""
    return f"URN:UVCI:01:{COUNTRY}:TEST/{identifier}"


def dcc(subject: Subject, proof: Proof, identifier: str) -> dict[str, Any]:
    """The health certificate itself, schema 1.3.0."""
    common: dict[str, Any] = {
        "tg": COVID_19,
        "co": COUNTRY,
        "is": MINISTRY,
        "ci": uvci(identifier),
    }
    return {
        "ver": SCHEMA,
        "nam": {
            "fn": subject.surname,
            "fnt": normalise(subject.surname).replace(" ", "<"),
            "gn": subject.given_names,
            "gnt": normalise(subject.given_names).replace(" ", "<"),
        },
        "dob": subject.birth_text,
        kind_of(proof).value: [_row(proof, common)],
    }


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
            "sc": stamp(proof.sampled_at),
            "tr": DETECTED if proof.positive else NOT_DETECTED,
            "tc": HOSPITAL,
        }
    return common | {
        "fr": proof.positive_on.isoformat(),
        "df": proof.valid_from.isoformat(),
        "du": proof.valid_until.isoformat(),
    }
