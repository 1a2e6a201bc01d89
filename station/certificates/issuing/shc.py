"""Fresh SMART Health Cards of the test issuer (SMART Health Cards Framework 1.4; FHIR R4 vaccination and laboratory).

A card is a JWS (ES256) over a deflated FHIR bundle, written as pairs of digits; a long one may be cut into chunks,
which the framework has deprecated and which are still shown.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from station.certificates.issuing.content import (
    COUNTRY,
    DETECTED,
    HOSPITAL,
    NOT_DETECTED,
    Proof,
    Recovery,
    Subject,
    Swab,
    Vaccination,
    somebody_else,
    stamp,
)
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.signers import ec_key, raw_signature
from station.certificates.keys import base64url, thumbprint
from station.certificates.result import EntryKind
from station.certificates.shc.numeric import encode_numeric, encode_parts
from station.certificates.trust.bundle import Scheme, Signer
from station.certificates.trust.signer_certificate import ALL_KINDS, DEMONSTRATION

ISSUER = "https://health.utopia.test/shc"
"""An address that cannot exist (RFC 2606)."""
STRANGER = "https://health.nowhere.test/shc"
LIFE = timedelta(days=365)
_CVX = {
    "EU/1/20/1528": "208",
    "EU/1/20/1507": "207",
    "EU/1/21/1529": "210",
    "EU/1/20/1525": "212",
    "EU/1/21/1618": "211",
    "CoronaVac": "511",
    "BBIBP-CorV": "510",
    "Covaxin": "502",
}
"""CDC's vaccine codes by the EU's product codes."""
_TESTS = {False: "94500-6", True: "94558-4"}
"""LOINC: SARS-CoV-2 RNA by nucleic acid amplification; antigen by rapid immunoassay."""


@dataclass(frozen=True, slots=True)
class ShcSigner:
    """A key of a card issuer."""

    key: ec.EllipticCurvePrivateKey
    issuer: str
    kinds: frozenset[EntryKind] = ALL_KINDS

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a JSON Web Key (RFC 7517)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        point = {"crv": "P-256", "kty": "EC", "x": x, "y": y}
        return {**point, "kid": self.kid, "use": "sig", "alg": "ES256"}

    @property
    def kid(self) -> str:
        """The key's name: its thumbprint."""
        return thumbprint(self.key.public_key())

    def trusted(self) -> Signer:
        """As a trust bundle holds it."""
        return Signer(
            kid=self.kid.encode(), key=self.key.public_key(), country=COUNTRY, name=DEMONSTRATION,
            kinds=self.kinds, test=True, scheme=Scheme.SHC,
            issuer=self.issuer,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShcIssuer:
    """The believed keys, one that forges, and one that nobody knows."""

    trusted: ShcSigner
    tests_only: ShcSigner
    """May sign tests and nothing else."""
    impostor: ShcSigner
    stranger: ShcSigner


def make_issuer(seed: bytes) -> ShcIssuer:
    """Keys out of a seed."""
    return ShcIssuer(
        ShcSigner(ec_key(seed + b"/shc"), ISSUER),
        ShcSigner(ec_key(seed + b"/shc tests"), ISSUER, frozenset({EntryKind.TEST})),
        ShcSigner(ec_key(seed + b"/shc impostor"), ISSUER),
        ShcSigner(ec_key(seed + b"/shc stranger"), STRANGER),
    )


def issue(
    issuer: ShcIssuer,
    subject: Subject,
    proofs: Sequence[Proof],
    now: datetime,
    identifier: str,
    flaw: Flaw = Flaw.NONE,
    chunks: int = 1,
) -> tuple[str, ...]:
    """The texts of a fresh card's codes, `shc:/…`, one unless `chunks` says more.

    Args:
        issuer: whose keys.
        subject: an invented person.
        proofs: vaccinations and tests.
        now: aware; the card was issued an hour before.
        identifier: letters, digits and hyphens, 24 at most: by it the card can be revoked (`rid`).
        flaw: what is wrong with it.
        chunks: how many codes.

    Raises:
        ValueError: a recovery, which has no entry in a SMART Health Card.
    """
    signers = {Flaw.UNKNOWN_SIGNER: issuer.stranger, Flaw.WRONG_KEY_USAGE: issuer.tests_only}
    signer = signers.get(flaw, issuer.trusted)
    key = issuer.impostor.key if flaw is Flaw.FORGED else signer.key
    header = {"zip": "DEF", "alg": "none" if flaw is Flaw.WRONG_ALGORITHM else "ES256", "kid": signer.kid}
    payload = credential(signer.issuer, bundle(subject, proofs), now, identifier, flaw)
    jws = sign(key, header, payload)
    if flaw is Flaw.ALTERED:
        other = credential(signer.issuer, bundle(somebody_else(subject), proofs), now, identifier, flaw)
        head, _, signature = jws.split(".")
        jws = f"{head}.{_packed(other)}.{signature}"
    if flaw is Flaw.TORN:
        jws = jws[: len(jws) // 2]
    if flaw is Flaw.CHUNK_MISSING:
        return encode_parts(jws, max(chunks, 2))[:1]
    return encode_parts(jws, chunks) if chunks > 1 else (encode_numeric(jws),)


def credential(
    issuer: str, content: Mapping[str, Any], now: datetime, identifier: str, flaw: Flaw = Flaw.NONE
) -> dict[str, Any]:
    """The signed JSON: issuer, times, and the FHIR bundle as a verifiable credential."""
    starts = now - timedelta(hours=1)
    if flaw is Flaw.EXPIRED:
        starts = now - LIFE - timedelta(days=10)
    if flaw is Flaw.NOT_YET_VALID:
        starts = now + timedelta(days=30)
    kinds = {entry["resource"]["resourceType"] for entry in content["entry"]}
    types = [
        "https://smarthealth.cards#health-card",
        "https://smarthealth.cards#covid19",
        *(["https://smarthealth.cards#immunization"] if "Immunization" in kinds else []),
        *(["https://smarthealth.cards#laboratory"] if "Observation" in kinds else []),
    ]
    return {
        "iss": issuer,
        "nbf": int(starts.timestamp()),
        "exp": int((starts + LIFE).timestamp()),
        "vc": {
            "type": types,
            "credentialSubject": {"fhirVersion": "4.0.1", "fhirBundle": dict(content)},
            "rid": identifier,
        },
    }


def bundle(subject: Subject, proofs: Sequence[Proof]) -> dict[str, Any]:
    """The FHIR bundle: the person, then what is attested.

    Raises:
        ValueError: a recovery, or a vaccine that has no CVX code here.
    """
    given = subject.given_names.split()
    patient = {
        "resourceType": "Patient",
        "name": [{"family": subject.surname, "given": given}],
        "birthDate": subject.birth_text,
    }
    resources = [patient, *(_resource(proof) for proof in proofs)]
    entries = [{"fullUrl": f"resource:{at}", "resource": each} for at, each in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _resource(proof: Proof) -> dict[str, Any]:
    if isinstance(proof, Vaccination):
        if proof.product not in _CVX:
            raise ValueError(f"the vaccine has no CVX code here; use one of {', '.join(_CVX)}")
        return {
            "resourceType": "Immunization",
            "status": "completed",
            "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": _CVX[proof.product]}]},
            "patient": {"reference": "resource:0"},
            "occurrenceDateTime": proof.on.isoformat(),
            "performer": [{"actor": {"display": HOSPITAL}}],
            "lotNumber": "TEST",
        }
    if isinstance(proof, Swab):
        result = DETECTED if proof.positive else NOT_DETECTED
        return {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": _TESTS[proof.rapid]}]},
            "subject": {"reference": "resource:0"},
            "effectiveDateTime": stamp(proof.sampled_at),
            "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": result}]},
            "performer": [{"display": HOSPITAL}],
        }
    assert isinstance(proof, Recovery)
    raise ValueError("a SMART Health Card attests vaccinations and tests; give one of these")


def sign(key: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """A JWS over a deflated payload (RFC 7515; the framework's `zip: DEF`), in compact form."""
    signed = f"{base64url(_json(header))}.{_packed(payload)}"
    return f"{signed}.{base64url(raw_signature(key, signed.encode()))}"


def _packed(payload: Mapping[str, Any]) -> str:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64url(stream.compress(_json(payload)) + stream.flush())


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
