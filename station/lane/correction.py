"""An officer corrects what the reader got wrong; what was read stays beside it."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from station.documents.dates import written
from station.evidence import DocumentRead, FieldCorrection

_TEXT = {
    "surname": re.compile(r"[A-Z]+(?:[ '-][A-Z]+)*"),
    "given_names": re.compile(r"(?:[A-Z]+(?:[ '-][A-Z]+)*)?"),
    "document_number": re.compile(r"[A-Z0-9]{1,22}"),
    "nationality": re.compile(r"[A-Z]{1,3}"),
    "sex": re.compile(r"[MFX]?"),
}
_DATES = ("birth_date", "expiry_date")
CORRECTABLE = (*_TEXT, *_DATES)
"""Fields that an officer may correct."""


def correct(read: DocumentRead, field: str, value: str, officer: str, at: datetime) -> DocumentRead | None:
    """The read with one field corrected; None when that field cannot hold that value.

    Args:
        read: as it applies now.
        field: one of CORRECTABLE.
        value: letters of the zone (A-Z), digits, or a date YYYY-MM-DD.
        officer: who says so.
        at: when.
    """
    value = " ".join(value.upper().split())
    change: dict[str, Any] = {}
    if field in _DATES:
        change[field] = written(value)
    elif field in _TEXT and _TEXT[field].fullmatch(value):
        change[field] = value
    if change.get(field) is None:
        return None
    original = read.document.fields()[field]
    if original == value:
        return read
    note = FieldCorrection(field, original, value, officer, at)
    return replace(read, document=replace(read.document, **change), corrections=(*read.corrections, note))
