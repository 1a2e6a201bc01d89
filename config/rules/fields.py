"""The plain values that a rule set is made of, each checked as it is read. All raise ValueError with a short reason."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Listed = TypeVar("Listed", bound=StrEnum)
_FEW = 12
"""So many words are named to whoever misspelt one."""


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
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{value!r} is no time like 2026-01-31T00:00:00+07:00") from error
    if found.tzinfo is None:
        raise ValueError(f"the time {value} has no zone, as +07:00")
    return found


def zone(value: Any) -> ZoneInfo:
    """A time zone of the IANA database."""
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise ValueError(f"there is no time zone {value!r}") from error


def flag(value: Any) -> bool:
    """True or false; the words in quotes would both count as true."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def one_of(values: type[Listed], value: Any, where: str) -> Listed:
    """A word of a closed list."""
    try:
        return values(value)
    except ValueError as error:
        few = f"none of {', '.join(values)}" if len(values) <= _FEW else "not known"
        raise ValueError(f"{where}: {value!r} is {few}") from error


def only(row: Mapping[str, Any], allowed: Collection[str], where: str) -> None:
    """Nothing but these keys: a misspelt one would be passed over in silence."""
    unknown = sorted(set(row) - set(allowed))
    if unknown:
        raise ValueError(f"{where} has the key {unknown[0]!r}, which means nothing there")
