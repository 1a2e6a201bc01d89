"""Cards that tests sign themselves, also malformed ones, with an invented issuer and person."""

import json
import zlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from station.certificates.issuing.signers import ec_key, raw_signature
from station.certificates.keys import base64url, thumbprint
from station.certificates.trust.bundle import Scheme, Signer

ISSUER = "https://cards.example.test/issuer"
KEY = ec_key(b"tests of cards")
KID = thumbprint(KEY.public_key())
SIGNER = Signer(KID.encode(), KEY.public_key(), "UT", "Utopia's cards", scheme=Scheme.SHC, issuer=ISSUER)
HEADER = {"zip": "DEF", "alg": "ES256", "kid": KID}
PATIENT = {"resourceType": "Patient", "name": [{"family": "Nimlek", "given": ["Ada", "B."]}], "birthDate": "1970-02-03"}


def immunization(code: str = "208", date: str = "2021-05-01", system: str = "cvx", **more: Any) -> dict[str, Any]:
    systems = {"cvx": "http://hl7.org/fhir/sid/cvx", "icd11": "http://id.who.int/icd11/mms"}
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": systems.get(system, system), "code": code}]},
        "patient": {"reference": "resource:0"},
        "occurrenceDateTime": date,
        "lotNumber": "L0T",
        **more,
    }


def observation(code: str = "94500-6", result: str = "260415000", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "resource:0"},
        "effectiveDateTime": "2021-05-01T09:00:00+07:00",
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": result}]},
        "performer": [{"display": "Laboratory of Utopia"}],
        **more,
    }


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"fullUrl": f"resource:{at}", "resource": each} for at, each in enumerate((PATIENT, *resources))]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def payload(*resources: dict[str, Any], **claims: Any) -> dict[str, Any]:
    subject = {"fhirVersion": "4.0.1", "fhirBundle": bundle(*(resources or (immunization(),)))}
    credential = {"type": ["https://smarthealth.cards#health-card"], "credentialSubject": subject}
    return {"iss": ISSUER, "nbf": 1620000000.5, "vc": credential} | claims


def deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def sign(
    content: Any, header: Any = None, *, key: ec.EllipticCurvePrivateKey = KEY, compressed: bytes | None = None
) -> str:
    """A JWS; `content` and `header` are JSON values, or bytes as they shall stand."""
    head, body = (
        each if isinstance(each, bytes) else json.dumps(each, separators=(",", ":")).encode()
        for each in (HEADER if header is None else header, content)
    )
    signed = f"{base64url(head)}.{base64url(deflate(body) if compressed is None else compressed)}"
    return f"{signed}.{base64url(raw_signature(key, signed.encode()))}"
