"""The plain values that a rule set is made of, each checked as it is read. All raise ValueError with a short reason."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any


def verdict(value: Any) -> bool | None:
    """True, false or null (cannot tell)."""
    if value is not None and not isinstance(value, bool):
        raise ValueError("a case expects true, false or null")
    return value


def text(value: Any) -> str:
    """A text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is missing")
    return value


def texts(values: Any) -> tuple[str, ...]:
    """A list of texts, one at least."""
    if not isinstance(values, list) or not values:
        raise ValueError("a list of texts is missing")
    return tuple(text(value) for value in values)


def whole(value: Any) -> int:
    """A whole number from 1 on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("the number is no whole number from 1 on")
    return value


def moment(value: str) -> datetime:
    """A time of RFC 3339 with its zone."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time has no zone")
    return found


def only(row: Mapping[str, Any], allowed: Collection[str], where: str) -> None:
    """Nothing but these keys: a misspelt one would be passed over in silence."""
    unknown = sorted(set(row) - set(allowed))
    if unknown:
        raise ValueError(f"{where} has the key {unknown[0]!r}, which means nothing there")
