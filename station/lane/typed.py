"""What an officer types: what each field can hold, and a whole document typed from the page. Pure.

The officer's page is given PATTERNS, so that it refuses what the lane would refuse before anything is sent.
"""

import re
from collections.abc import Mapping
from datetime import date

from station.documents.dates import PartialDate, written
from station.documents.thai_id import digits_of, is_valid

THAI_ID = "thai_id"
"""The kind of a typed Thai national identity card; every other typed document has none."""
_ZONE_NAME = r"[A-Z]+(?:[ '-]+[A-Z]+)*"
_LATIN = "A-ZÀ-ÖØ-ÞĀ-Ž"
_LATIN_NAME = rf"[{_LATIN}]+(?:[ '.-]+[{_LATIN}]+)*\.?"
_THAI_NAME = r"[ก-ฮเ-ไ][ก-ฺเ-๎]*(?:[ .-]+[ก-ฺเ-๎]+)*\.?"
_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_DAY_OR_LESS = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
PATTERNS: Mapping[str, Mapping[str, str]] = {
    "zone": {
        "surname": _ZONE_NAME,
        "given_names": rf"(?:{_ZONE_NAME})?",
        "document_number": "[A-Z0-9]{1,22}",
        "nationality": "[A-Z]{1,3}",
        "sex": "[MFX]?",
        "birth_date": _DAY_OR_LESS,
        "expiry_date": _DAY,
    },
    "page": {
        "surname": _LATIN_NAME,
        "given_names": rf"(?:{_LATIN_NAME})?",
        "document_number": "[A-Z0-9]{3,22}",
        "nationality": "[A-Z]{1,3}",
        "birth_date": _DAY_OR_LESS,
        "expiry_date": _DAY,
    },
    THAI_ID: {
        "document_number": "[0-9]{13}",
        "birth_date": _DAY_OR_LESS,
        "expiry_date": _DAY,
        "surname_th": _THAI_NAME,
        "given_names_th": _THAI_NAME,
        "surname": _LATIN_NAME,
        "given_names": _LATIN_NAME,
    },
}
"""What each field can hold whole, in upper case: corrections of a zone, a page, a Thai identity card. The patterns mean
the same to Python's re and to a browser's RegExp."""
_CLOSE = ("document_number", "nationality")
"""Fields without a space; a number is often printed in groups."""
_BUDDHIST_YEARS = 543
_FIRST_BUDDHIST = 2400
"""Nobody at the lane was born, and no document ends, in 2400 of the common era or later."""


def tidy(name: str, value: str) -> str:
    """A value as it is kept: upper case, single spaces, no grouping of numbers, years of the common era."""
    value = " ".join(value.upper().split())
    if name in _CLOSE:
        value = re.sub(r"[ -]", "", value)
    return common_era(value) if name.endswith("_date") else value


def common_era(text: str) -> str:
    """A written date whose year may be Buddhist (2533-04-17), in the common era (1990-04-17).

    Thai identity cards print both eras. Years before 2484 began in April: who was born then in January to March reads
    the year of the common era from the card.
    """
    year = text[:4]
    if len(year) < 4 or not year.isascii() or not year.isdigit() or int(year) < _FIRST_BUDDHIST:
        return text
    return f"{int(year) - _BUDDHIST_YEARS:04d}{text[4:]}"


def day(name: str, text: str, today: date) -> PartialDate | None:
    """A date that was typed; None when it is none, is on no calendar, or is a birth after today."""
    found = written(text)
    if found is None or found == PartialDate():
        return found
    bounds = found.bounds()
    if bounds is None and found.year is not None:
        return None
    if name == "birth_date" and bounds is not None and bounds[0] > today:
        return None
    return found


def fault(values: Mapping[str, str], today: date) -> str:
    """Name of the first field of a typed document that cannot hold its value; empty when all can."""
    thai = values.get("kind") == THAI_ID
    for name, pattern in PATTERNS[THAI_ID if thai else "page"].items():
        value = values.get(name, "")
        if name == "expiry_date" and thai and values.get("for_life"):
            if value:
                return name  # a card for life has no last day: one of the two is wrong
            continue
        if not value and not thai and name != "surname":
            continue  # a page that lacks it, or that nobody can read: the rules say that they cannot tell
        if not re.fullmatch(pattern, value) or (name.endswith("_date") and day(name, value, today) is None):
            return name
    return "document_number" if thai and not is_valid(values["document_number"]) else ""


def tidied(values: Mapping[str, str]) -> dict[str, str]:
    """A typed document as it is kept; a Thai identity card's holder is Thai."""
    kept = {name: tidy(name, value) if name not in ("kind", "for_life") else value for name, value in values.items()}
    if kept.get("kind") != THAI_ID:
        return {name: value for name, value in kept.items() if name != "for_life"}
    number = kept.get("document_number", "")
    return kept | {"nationality": "THA", "document_number": digits_of(number) or number}
