"""What is odd about a certificate's content: shown to the officer, never part of the verdict.

The EU's own conformance cases contradict each other here, and real issuers break the schema (certificate ids over 80
characters, null lists, birth dates without a day), so that a hard schema check would turn honest travellers away.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from unicodedata import category

from station.certificates.result import Entry, EntryKind, Holder
from station.documents.dates import PartialDate, written

_NEEDED: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.VACCINATION: ("tg", "vp", "mp", "ma", "dn", "sd", "dt", "co", "is", "ci"),
    EntryKind.TEST: ("tg", "tt", "sc", "tr", "co", "is", "ci"),
    EntryKind.RECOVERY: ("tg", "fr", "co", "is", "df", "du", "ci"),
}
_EARLIEST_BIRTH = 1900
_LONGEST_IDENTIFIER = 80


def findings(content: Mapping[str, Any], holder: Holder, entries: tuple[Entry, ...], now: datetime) -> tuple[str, ...]:
    """Every finding as one English clause without personal data."""
    return (*_of_holder(holder, now), *_of_lists(content, entries), *_of_entries(content, entries))


def _of_holder(holder: Holder, now: datetime) -> Iterator[str]:
    if not (holder.surname_transliterated or holder.given_names_transliterated):
        yield "the holder has no transliterated name"
    for written_name, latin in (
        (holder.surname, holder.surname_transliterated),
        (holder.given_names, holder.given_names_transliterated),
    ):
        if latin and any(not ("A" <= letter <= "Z" or letter == "<") for letter in latin):
            yield "a transliterated name has characters other than A-Z and <"
        # Symbols too: a name of pictures alone is none (the Dutch conformance cases).
        if not latin and any(letter.isalpha() or category(letter).startswith("S") for letter in written_name):
            yield "a name has no transliteration"
    birth = holder.birth_date
    if birth is None:
        yield "the birth date is no date"
        return
    bounds = birth.bounds()
    if birth == PartialDate():
        yield "the birth date is empty"
    elif birth.date is None:
        yield "the birth date is incomplete or no day of the calendar"
    if bounds and (bounds[1].year < _EARLIEST_BIRTH or bounds[0] > now.date()):
        yield "the birth date is before 1900 or in the future"


def _of_lists(content: Mapping[str, Any], entries: tuple[Entry, ...]) -> Iterator[str]:
    if not isinstance(content.get("ver"), str):
        yield "the schema version is missing"
    for kind in EntryKind:
        if kind.value in content and not isinstance(content[kind.value], list):
            yield f"the list {kind.value} is empty or no list"
    if not entries:
        yield "it holds no entry"
    if len(entries) > 1:
        yield "it holds more than one entry"


def _of_entries(content: Mapping[str, Any], entries: tuple[Entry, ...]) -> Iterator[str]:
    for kind, needed in _NEEDED.items():
        rows = content.get(kind.value)
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                yield f"an entry of {kind.value} is no map"
                continue
            missing = [key for key in needed if row.get(key) in (None, "")]
            if missing:
                yield f"an entry of {kind.value} lacks {', '.join(missing)}"
    for entry in entries:
        if len(entry.identifier) > _LONGEST_IDENTIFIER:
            yield "the certificate identifier is longer than 80 characters"
        date = written(entry.date)
        if date is None or date.date is None:
            yield "an entry's date is no day of the calendar"
        if entry.dose is not None and entry.doses is not None and entry.dose < 1 <= entry.doses:
            yield "a dose number is below one"
