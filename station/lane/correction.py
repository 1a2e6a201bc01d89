"""An officer corrects what the reader got wrong, or confirms it; what was read stays beside it."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.messages.moments import BANGKOK
from station.documents.dates import PartialDate
from station.evidence import DocumentRead, FieldCorrection
from station.lane.typed import PATTERNS, day, tidy

CORRECTABLE = tuple(PATTERNS["zone"])
"""Fields that an officer may correct."""


def correct(read: DocumentRead, field: str, value: str, officer: str, at: datetime) -> DocumentRead | None:
    """The read with one field corrected, or confirmed; None when that field cannot hold that value.

    The value that was read confirms a field that is unconfirmed, and changes nothing else.

    Args:
        read: as it applies now.
        field: one of CORRECTABLE.
        value: letters of the zone (A-Z), digits, or a date YYYY-MM-DD.
        officer: who says so.
        at: when.
    """
    if field not in CORRECTABLE:
        return None
    original, value = read.document.fields()[field], tidy(field, value)
    note = FieldCorrection(field, original, value, officer, at)
    doubts = tuple(name for name in read.unconfirmed if name != field)
    if value == original:
        if doubts == read.unconfirmed:
            return read
        return replace(read, unconfirmed=doubts, corrections=(*read.corrections, note))
    change: dict[str, Any] = {field: _held(field, value, at)}
    if change[field] is None:
        return None
    document = replace(read.document, **change)
    return replace(read, document=document, unconfirmed=doubts, corrections=(*read.corrections, note))


def _held(field: str, value: str, at: datetime) -> str | PartialDate | None:
    """The value as `Document` holds it; None when the field cannot hold it."""
    if field.endswith("_date"):
        return day(field, value, at.astimezone(BANGKOK).date())
    return value if re.fullmatch(PATTERNS["zone"][field], value) else None
