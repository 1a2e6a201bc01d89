"""Fresh WHO DDCC of the test issuer: the core data set in the container of an EU DCC (WHO DDCC:VS and DDCC:TR).

As the WHO's demonstration codes have it, the data set is the claims themselves: there is no claim -260.
"""

from datetime import datetime
from typing import Any

from station.certificates.issuing.content import (
    COUNTRY_3,
    COVID_19,
    DETECTED,
    HOSPITAL,
    MINISTRY,
    NOT_DETECTED,
    NUCLEIC_ACID,
    RAPID_ANTIGEN,
    Proof,
    Subject,
    Swab,
    Vaccination,
    somebody_else,
    stamp,
)
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.hcert import DrillIssuer, pick, sealed, span

_SNOMED = "http://snomed.info/sct"
_COUNTRIES = "urn:iso:std:iso:3166"


def issue(
    issuer: DrillIssuer, subject: Subject, proof: Proof, now: datetime, identifier: str, flaw: Flaw = Flaw.NONE
) -> str:
    """The text of a fresh code, `HC1:…`; as `station.certificates.issuing.hcert.issue`.

    Raises:
        ValueError: a recovery, which has no DDCC; a wrong key usage is wanted of a test.
    """
    signer, (starts, ends) = pick(issuer, flaw, proof), span(now, flaw)
    claims = content(subject, proof, identifier, starts, ends)
    other = content(somebody_else(subject), proof, identifier, starts, ends)
    return sealed(signer, claims, flaw, other)


def content(subject: Subject, proof: Proof, identifier: str, starts: datetime, ends: datetime) -> dict[str, Any]:
    """The core data set.

    Raises:
        ValueError: a recovery.
    """
    common = {
        "name": f"{subject.given_names} {subject.surname}".strip(),
        "birthDate": subject.birth_text,
        "identifier": identifier,
        "hcid": identifier,
        "valid_from": starts.date().isoformat(),
        "valid_until": ends.date().isoformat(),
        "disease": {"code": COVID_19, "system": _SNOMED},
        "country": {"code": COUNTRY_3, "system": _COUNTRIES},
        "centre": HOSPITAL,
        "pha": MINISTRY,
    }
    if isinstance(proof, Vaccination):
        return common | {
            "vaccine": {"code": proof.vaccine, "system": _SNOMED},
            "brand": {"code": proof.product, "system": "https://ec.europa.eu/health/documents/community-register"},
            "manufacturer": {"code": proof.manufacturer, "system": "https://spor.ema.europa.eu/v1/organisations"},
            "lot": "TEST",
            "date": proof.on.isoformat(),
            "dose": proof.dose,
            "total_doses": proof.doses,
        }
    if isinstance(proof, Swab):
        kind = RAPID_ANTIGEN if proof.rapid else NUCLEIC_ACID
        return common | {
            "test": {
                "pathogen": {"code": COVID_19, "system": _SNOMED},
                "type": {"code": kind, "system": "http://loinc.org"},
                "date": stamp(proof.sampled_at),
                "result": {"code": DETECTED if proof.positive else NOT_DETECTED, "system": _SNOMED},
                "centre": {"value": HOSPITAL},
                "country": {"code": COUNTRY_3, "system": _COUNTRIES},
            }
        }
    raise ValueError("a WHO DDCC attests a vaccination or a test; give one of these")
