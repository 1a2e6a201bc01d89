"""What the test issuer attests: invented people and their proofs, whatever format they are written in."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from station.certificates.result import EntryKind

COUNTRY = "UT"
"""Utopia, the country of specimens (ICAO Doc 9303-3 has it as UTO)."""
COUNTRY_3 = "UTO"
COVID_19 = "840539006"
NOT_DETECTED, DETECTED = "260415000", "260373001"
NUCLEIC_ACID, RAPID_ANTIGEN = "LP6464-4", "LP217198-3"
MINISTRY = "Ministry of Health of Utopia (TEST)"
HOSPITAL = "Utopia General Hospital (TEST)"


@dataclass(frozen=True, slots=True, repr=False)
class Subject:
    """An invented person."""

    surname: str
    given_names: str
    birth_date: date | str
    """A text for a date of which parts are unknown: `1964-08`."""

    @property
    def birth_text(self) -> str:
        """The birth date as certificates write it."""
        return self.birth_date if isinstance(self.birth_date, str) else self.birth_date.isoformat()


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


def kind_of(proof: Proof) -> EntryKind:
    """What a proof attests."""
    if isinstance(proof, Vaccination):
        return EntryKind.VACCINATION
    return EntryKind.TEST if isinstance(proof, Swab) else EntryKind.RECOVERY


def somebody_else(subject: Subject) -> Subject:
    """The same person with another birth date: what a forger writes over a signed certificate."""
    return replace(subject, birth_date="1999-09-09" if subject.birth_text != "1999-09-09" else "1990-01-01")


def stamp(moment: datetime) -> str:
    """A moment as certificates write it: RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
