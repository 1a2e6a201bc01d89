"""What ICAO's health proofs say: holder and entries of `icao.vacc` and `icao.test` (ICAO TR VDS-NC, version 1).

The reader is tolerant: what is odd is a warning and never changes a verdict.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from station.certificates.icao import codes
from station.certificates.icao.canonical import canonical
from station.certificates.icao.countries import two_letters
from station.certificates.result import Entry, EntryKind, Holder
from station.certificates.vaccines import COVID_19
from station.documents.dates import PartialDate, written
from station.documents.transliteration import normalise

VACCINATION, TEST = "icao.vacc", "icao.test"
_EARLIEST, _LATEST = 1900, 9000
"""Years between which a time of issue is one that can be counted with."""


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """The content of one proof."""

    holder: Holder
    entries: tuple[Entry, ...]
    """Vaccinations with the newest first: a rule that looks at one dose looks at the first entry, where an EU DCC has
    its only one, the last dose given; a rule that counts doses finds them all."""
    identifier: str
    """Unique identifier of the certificate."""
    issued_at: datetime | None
    """When a test was reported; vaccinations do not say."""
    warnings: tuple[str, ...]


def read_proof(header: Mapping[str, Any], message: Mapping[str, Any]) -> Proof:
    """Read the message of a proof of vaccination or of testing."""
    issuer = text(header.get("is"))
    vaccination = header.get("t") == VACCINATION
    identifier = text(message.get("uvci" if vaccination else "utci"))
    holder = _holder(part(message, "pid"))
    entries = tuple(_vaccinations(message, issuer, identifier) if vaccination else _tests(message, issuer, identifier))
    entries = tuple(sorted(entries, key=lambda entry: (entry.date, entry.dose or 0), reverse=True))
    return Proof(
        holder=holder,
        entries=entries,
        identifier=identifier,
        issued_at=_moment(text(part(message, "dat").get("ri"))),
        warnings=tuple(dict.fromkeys(_findings(header, message, holder, entries))),
    )


def part(container: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The map under that key; empty when there is none."""
    found = container.get(key)
    return found if isinstance(found, Mapping) else {}


def text(value: Any) -> str:
    """A text without white space around it; a number as it is signed; empty for anything else.

    The signature does not tell 5 from 5.0: no list may be dodged by the other spelling.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    try:
        return canonical(value).decode()
    except ValueError:
        return ""


def _holder(person: Mapping[str, Any]) -> Holder:
    """Surname and given names are parted by two spaces (Doc 9303-3, 4.6); with one space nothing tells them apart."""
    whole = text(person.get("n"))
    surname, _, given = whole.replace("<", " ").partition("  ")
    surname, given = surname.strip(), " ".join(given.split())
    birth = text(person.get("dob"))
    # Plain Latin letters are their own transliteration; of others the issuer gives none.
    latin = whole.isascii()
    return Holder(
        surname=surname,
        given_names=given,
        surname_transliterated=normalise(surname).replace(" ", "<") if latin else "",
        given_names_transliterated=normalise(given).replace(" ", "<") if latin else "",
        birth_date_text=birth,
        birth_date=written(birth),
    )


def _vaccinations(message: Mapping[str, Any], issuer: str, identifier: str) -> Iterator[Entry]:
    for event in _rows(message.get("ve")):
        given = codes.vaccine(text(event.get("des")), text(event.get("nam")))
        for dose in _rows(event.get("vd")):
            yield Entry(
                kind=EntryKind.VACCINATION,
                disease=codes.disease(text(event.get("dis")), given),
                country=two_letters(text(dose.get("ctr"))),
                issuer=issuer,
                identifier=identifier,
                date=text(dose.get("dvc")),
                product=given.product,
                manufacturer=given.manufacturer,
                vaccine=given.kind,
                dose=_whole(dose.get("seq")),
                centre=text(dose.get("adm")),
            )


def _tests(message: Mapping[str, Any], issuer: str, identifier: str) -> Iterator[Entry]:
    """One test. The format names no disease: it was made for COVID-19, and WHO reads its results so (DDCC)."""
    place, result = part(message, "sp"), part(message, "tr")
    if not (result or place or part(message, "dat")):
        return
    yield Entry(
        kind=EntryKind.TEST,
        disease=COVID_19,
        country=two_letters(text(place.get("ctr"))),
        issuer=issuer,
        identifier=identifier,
        date=text(part(message, "dat").get("sc")),
        test_type=codes.test_type(text(result.get("tc"))),
        test_result=codes.test_result(text(result.get("r"))),
        centre=text(place.get("spn")),
    )


def _findings(
    header: Mapping[str, Any], message: Mapping[str, Any], holder: Holder, entries: tuple[Entry, ...]
) -> Iterator[str]:
    if header.get("v") != 1 or isinstance(header.get("v"), bool):
        yield "its version is not 1, the one that is known"
    if not holder.surname:
        yield "the holder has no name"
    elif not holder.given_names:
        yield "the name does not tell surname and given names apart"
    if holder.birth_date is None:
        yield "the birth date is no date"
    elif holder.birth_date == PartialDate():
        yield "the birth date is empty"
    elif holder.birth_date.date is None:
        yield "the birth date is incomplete or no day of the calendar"
    if not entries:
        yield "it holds no entry"
    for entry in entries:
        date = written(entry.date)
        if date is None or date.date is None:
            yield "an entry's date is no day of the calendar"
        if entry.kind is EntryKind.VACCINATION and (entry.dose is None or entry.dose < 1):
            yield "a dose has no number"
        if entry.kind is EntryKind.TEST and not entry.test_result:
            yield "the test's result is none that is known"
    if len({entry.product for entry in entries}) > 1:
        yield "the doses are of several vaccines"


def _rows(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (row for row in (value if isinstance(value, list) else ()) if isinstance(row, Mapping))


def _whole(value: Any) -> int | None:
    """A dose number, also as text (seen)."""
    digits = text(value)
    return int(digits) if digits.isdecimal() and len(digits) < 4 else None


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not _EARLIEST <= moment.year <= _LATEST:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
