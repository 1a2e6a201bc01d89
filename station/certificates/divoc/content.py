"""What a DIVOC credential says: holder and vaccinations (DIVOC vaccination vocabulary v1 and v2), in plain types.

The name is one text in no fixed order, so it stands as given names with no surname; whoever compares it tries orders.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from station.certificates.icao.countries import two_letters
from station.certificates.result import Entry, EntryKind, Holder
from station.certificates.vaccines import COVID_19, by_name, disease_code
from station.documents.dates import written

TYPE = "ProofOfVaccinationCredential"
_IDENTIFYING = ("id", "certificateId", "batch", "vaccine", "manufacturer", "icd11Code")
"""The vocabulary gives all but the first one address, so that whoever holds a revoked credential can write its number
under another word and the signature still holds: each is asked about."""
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """The content of a credential."""

    holder: Holder
    entries: tuple[Entry, ...]
    identifiers: tuple[str, ...]
    """Whatever the issuer may revoke it by."""


def is_vaccination(credential: Mapping[str, Any]) -> bool:
    """Whether it says that it is a proof of vaccination."""
    types = credential.get("type")
    return isinstance(types, list) and {"VerifiableCredential", TYPE} <= {t for t in types if isinstance(t, str)}


def read_content(credential: Mapping[str, Any]) -> Content:
    """Read a credential, whether believed or not; what is missing or of another shape is empty."""
    subject = _map(credential.get("credentialSubject"))
    birth = _date(_text(subject.get("dob")))
    holder = Holder("", _text(subject.get("name")), "", "", birth, written(birth))
    rows = _rows(credential)
    issuer = _text(credential.get("issuer"))
    identifiers = [_text(credential.get("id"))]
    for row in rows:
        identifiers += [_text(row.get(name)) for name in _IDENTIFYING]
    return Content(
        holder,
        tuple(_entry(row, issuer) for row in rows),
        tuple(dict.fromkeys(identifier for identifier in identifiers if identifier)),
    )


def unsettled(credential: Mapping[str, Any]) -> str:
    """What the signature leaves open, as an English clause; empty when nothing.

    The vocabulary gives one address to the number of the dose and the number of all, and one to three dates: whoever
    holds a genuine credential can exchange them, or drop one of two equal ones, and the signature still holds. In their
    natural order, both numbers given, they count. What cannot be told: an issuer that gave only the number of the dose,
    and a holder who shows it as the number of all doses too; the known issuers give both. Nor whether a maker's name
    that is also a vaccine's was written as the maker or as the vaccine.
    """
    for row in _rows(credential):
        if any(isinstance(value, list) for name, value in row.items() if name != "type"):
            return "which of several values is meant"
        dose, doses = _whole(row.get("dose")), _whole(row.get("totalDoses"))
        if (dose is None) is not (doses is None) or (dose is not None and doses is not None and dose > doses):
            return "which number is the dose and which the number of all doses"
        if not _in_order(*(_day(row.get(name)) for name in ("date", "effectiveStart", "effectiveUntil"))):
            return "which date is that of the vaccination"
    return ""


def _in_order(given: date | None, starts: date | None, ends: date | None) -> bool:
    """Given, then in force, then over: otherwise somebody may have moved the last day to where the first belongs.

    A moment of UTC may be a day off from the day where it was written.
    """
    late = given is not None and starts is not None and given - starts > timedelta(days=1)
    return not late and not any(day is not None and ends is not None and day > ends for day in (given, starts))


def _day(value: Any) -> date | None:
    found = written(_date(_text(value))[:10])
    return found.date if found is not None else None


def findings(content: Content) -> Iterator[str]:
    """What is odd, as clauses without personal data; never part of the verdict."""
    if not content.holder.given_names:
        yield "it names no holder"
    if not content.holder.birth_date_text:
        yield "it gives no birth date"
    elif content.holder.birth_date is None or content.holder.birth_date.date is None:
        yield "the birth date is incomplete or no day of the calendar"
    if not content.entries:
        yield "it holds no entry"
    if len(content.entries) > 1:
        yield "it holds more than one entry"
    for entry in content.entries:
        date = written(entry.date)
        if date is None or date.date is None:
            yield "an entry's date is no day of the calendar"
        if entry.product and not entry.vaccine:
            yield "the vaccine is not one that the station knows by name"


def _rows(credential: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    evidence = credential.get("evidence")
    return [row for row in (evidence if isinstance(evidence, list) else [evidence]) if isinstance(row, dict)]


def _entry(row: Mapping[str, Any], issuer: str) -> Entry:
    name = _text(row.get("vaccine"))
    vaccine = by_name(name)
    facility = _map(row.get("facility"))
    address = _map(facility.get("address"))
    disease = disease_code(_text(row.get("icd11Code")))
    return Entry(
        kind=EntryKind.VACCINATION,
        disease=COVID_19 if vaccine is not None else disease,
        country=two_letters(_text(address.get("addressCountry"))),
        issuer=issuer,
        identifier=_text(row.get("certificateId")) or _text(row.get("id")),
        date=_date(_text(row.get("date"))),
        product=vaccine.product if vaccine else name,
        manufacturer=vaccine.manufacturer if vaccine else _text(row.get("manufacturer")),
        vaccine=vaccine.kind if vaccine else "",
        dose=_whole(row.get("dose")),
        doses=_whole(row.get("totalDoses")),
        centre=_text(facility.get("name")),
    )


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _date(text: str) -> str:
    """As written; eight digits in a row get their dashes (seen in test credentials)."""
    found = _COMPACT.fullmatch(text)
    return "-".join(found.groups()) if found else text


def _whole(value: Any) -> int | None:
    """A number of doses, also as text; a list, which the signature cannot tell from two numbers, is none."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 4:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000 else None
