"""Fresh DIVOC credentials of the test issuer (DIVOC vaccination vocabulary v2), zipped as their codes are."""

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from station.certificates.divoc.archive import MEMBER
from station.certificates.divoc.content import TYPE
from station.certificates.divoc.proof import PURPOSE, header_of, jws_of, sign_input
from station.certificates.divoc.vocabulary import CREDENTIALS
from station.certificates.issuing.content import COUNTRY, HOSPITAL, Proof, Subject, Vaccination, somebody_else, stamp
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.signers import ed25519_key
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Scheme, Signer
from station.certificates.trust.signer_certificate import ALL_KINDS, DEMONSTRATION

ISSUER = "https://health.utopia.test/"
"""An address that cannot exist (RFC 2606)."""
METHOD = "did:web:health.utopia.test#divoc"
LAB_METHOD = "did:web:health.utopia.test#laboratory"
STRANGER = "did:web:health.nowhere.test#divoc"
VOCABULARY = "https://cowin.gov.in/credentials/vaccination/v2"
SUITE = "Ed25519Signature2018"
LIFE = timedelta(days=365)
_NAMES = {
    "EU/1/20/1528": ("COMIRNATY", "Pfizer Inc"),
    "EU/1/20/1507": ("SPIKEVAX", "Moderna"),
    "EU/1/21/1529": ("COVISHIELD", "Serum Institute of India"),
    "EU/1/20/1525": ("JANSSEN", "Johnson & Johnson"),
    "Covaxin": ("COVAXIN", "Bharat Biotech"),
    "CoronaVac": ("CORONAVAC", "Sinovac Biotech"),
}
"""Names and makers as such credentials write them, by the EU's product codes."""


@dataclass(frozen=True, slots=True)
class DivocSigner:
    """A key and the address that names it."""

    key: ed25519.Ed25519PrivateKey
    method: str
    kinds: frozenset[EntryKind] = ALL_KINDS

    def trusted(self) -> Signer:
        """As a trust bundle holds it."""
        return Signer(
            self.method.encode(), self.key.public_key(), COUNTRY, DEMONSTRATION, self.kinds, test=True,
            scheme=Scheme.DIVOC,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DivocIssuer:
    """The believed keys, one that forges, and one that nobody knows."""

    trusted: DivocSigner
    tests_only: DivocSigner
    """May sign tests, of which the format has none."""
    impostor: DivocSigner
    stranger: DivocSigner


def make_issuer(seed: bytes) -> DivocIssuer:
    """Keys out of a seed."""
    return DivocIssuer(
        DivocSigner(ed25519_key(seed + b"/divoc"), METHOD),
        DivocSigner(ed25519_key(seed + b"/divoc tests"), LAB_METHOD, frozenset({EntryKind.TEST})),
        DivocSigner(ed25519_key(seed + b"/divoc impostor"), METHOD),
        DivocSigner(ed25519_key(seed + b"/divoc stranger"), STRANGER),
    )


def issue(
    issuer: DivocIssuer, subject: Subject, proof: Proof, now: datetime, identifier: str, flaw: Flaw = Flaw.NONE
) -> str:
    """The content of a fresh code: the bytes of a zip file as Latin-1.

    Args:
        issuer: whose keys.
        subject: an invented person.
        proof: a vaccination.
        now: aware; the credential was issued an hour before.
        identifier: number of the certificate.
        flaw: what is wrong with it.

    Raises:
        ValueError: another proof than a vaccination.
    """
    signers = {Flaw.UNKNOWN_SIGNER: issuer.stranger, Flaw.WRONG_KEY_USAGE: issuer.tests_only}
    signer = signers.get(flaw, issuer.trusted)
    key = issuer.impostor.key if flaw is Flaw.FORGED else signer.key
    issued = now - timedelta(hours=1)
    if flaw is Flaw.EXPIRED:
        issued = now - LIFE - timedelta(days=10)
    if flaw is Flaw.NOT_YET_VALID:
        issued = now + timedelta(days=30)
    signed = sign(key, signer.method, credential(subject, proof, issued, identifier), issued)
    if flaw is Flaw.ALTERED:
        signed |= credential(somebody_else(subject), proof, issued, identifier)
    if flaw is Flaw.WRONG_ALGORITHM:
        head = base64.urlsafe_b64encode(b'{"alg":"none","b64":false,"crit":["b64"]}').decode().rstrip("=")
        signed["proof"]["jws"] = head + signed["proof"]["jws"].removeprefix(header_of(SUITE))
    text = pack(signed)
    return text[: len(text) * 2 // 3] if flaw is Flaw.TORN else text


def credential(subject: Subject, proof: Proof, issued: datetime, identifier: str) -> dict[str, Any]:
    """The credential without its signature.

    Raises:
        ValueError: another proof than a vaccination.
    """
    if not isinstance(proof, Vaccination):
        raise ValueError("a DIVOC credential attests a vaccination; give one")
    vaccine, maker = _NAMES.get(proof.product, (proof.product, proof.manufacturer))
    address = {"addressCountry": COUNTRY, "city": "Utopia", "postalCode": "00000"}
    return {
        "@context": [CREDENTIALS, VOCABULARY],
        "type": ["VerifiableCredential", TYPE],
        "credentialSubject": {
            "type": "Person",
            "id": f"did:example:test-{identifier}",
            "refId": f"TEST-{identifier}",
            "name": f"{subject.given_names} {subject.surname}".strip(),
            "dob": subject.birth_text,
            "nationality": "Utopian",
            "address": address,
        },
        "issuer": ISSUER,
        "issuanceDate": stamp(issued),
        "expirationDate": stamp(issued + LIFE),
        "evidence": [
            {
                "id": f"{ISSUER}vaccine/{identifier}",
                "certificateId": identifier,
                "type": ["Vaccination"],
                "batch": "TEST",
                "vaccine": vaccine,
                "manufacturer": maker,
                "date": f"{proof.on.isoformat()}T00:00:00.000Z",
                "effectiveStart": proof.on.isoformat(),
                "effectiveUntil": (proof.on + LIFE).isoformat(),
                "dose": proof.dose,
                "totalDoses": proof.doses,
                "verifier": {"name": "Nobody (TEST)"},
                "facility": {"name": HOSPITAL, "address": address},
            }
        ],
        "nonTransferable": "true",
    }


def sign(key: ed25519.Ed25519PrivateKey, method: str, content: Mapping[str, Any], created: datetime) -> dict[str, Any]:
    """The credential with its proof.

    Raises:
        UnknownVocabulary: it names a vocabulary that is not ours.
    """
    proof = {"type": SUITE, "created": stamp(created), "verificationMethod": method, "proofPurpose": PURPOSE}
    signature = key.sign(sign_input(content, proof))
    return {**content, "proof": proof | {"jws": jws_of(SUITE, signature)}}


def pack(signed: Mapping[str, Any]) -> str:
    """A signed credential as the content of a code; the same one gives the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        row = zipfile.ZipInfo(MEMBER)
        row.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(row, json.dumps(signed, ensure_ascii=False, separators=(",", ":")), compresslevel=9)
    return stream.getvalue().decode("latin-1")
