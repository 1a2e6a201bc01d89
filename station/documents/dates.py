"""Dates with unknown parts, and the century of a two-digit year.

Doc 9303-3, 4.8: unknown parts of a birth date are fillers in the zone; EU DCC and VDS-NC write such a date as `1964`,
`1964-08` or with zeros. One type holds all of them, so that a document and a certificate can be compared.
"""

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Self

_WRITTEN = re.compile(r"(?P<year>\d{4}|X{4})(?:-(?P<month>\d{2}|X{2})(?:-(?P<day>\d{2}|X{2}))?)?(?:T.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date of which day, month or year may be unknown."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def text(self) -> str:
        """`1974-08-12`; unknown parts are X; empty when nothing is known."""
        if self.year is None and self.month is None and self.day is None:
            return ""
        year = "XXXX" if self.year is None else f"{self.year:04d}"
        month = "XX" if self.month is None else f"{self.month:02d}"
        day = "XX" if self.day is None else f"{self.day:02d}"
        return f"{year}-{month}-{day}"

    @property
    def date(self) -> datetime.date | None:
        """The date when every part is known and they make a date."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return datetime.date(self.year, self.month, self.day)
        except ValueError:
            return None

    def bounds(self) -> tuple[datetime.date, datetime.date] | None:
        """Earliest and latest day that it can mean; None when the year is unknown or the parts make no date."""
        if self.year is None or not 1 <= self.year <= 9999:
            return None
        first_month, last_month = (self.month, self.month) if self.month is not None else (1, 12)
        if self.month is None and self.day is not None:
            return datetime.date(self.year, 1, 1), datetime.date(self.year, 12, 31)
        try:
            last_day = self.day or calendar.monthrange(self.year, last_month)[1]
            return datetime.date(self.year, first_month, self.day or 1), datetime.date(self.year, last_month, last_day)
        except ValueError:
            return None

    def agrees(self, other: Self) -> bool | None:
        """Whether both mean the same day: False when a known part differs, None when a part is unknown on one side."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        if any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs):
            return False
        return None if any(mine is None or theirs is None for mine, theirs in pairs) else True


def written(text: str) -> PartialDate | None:
    """Read `1964`, `1964-08`, `1964-08-12`, with zeros or X for unknown parts, with a time behind; None if it is none.

    An empty text is a date of which nothing is known (the EU DCC schema allows it).
    """
    text = text.strip()
    if not text:
        return PartialDate()
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    parts = [int(part) if part and part.isdigit() else 0 for part in found.group("year", "month", "day")]
    year, month, day = (part or None for part in parts)
    if (month or 1) > 12 or (day or 1) > 31:
        return None
    return PartialDate(year, month, day)


def from_zone(text: str, *, century: int | None) -> PartialDate:
    """YYMMDD of the zone with fillers for unknown parts; `century` as 1900 or 2000, None when unknown."""
    year, month, day = text[0:2], text[2:4], text[4:6]
    return PartialDate(
        century + int(year) if century is not None and year.isdigit() else None,
        int(month) if month.isdigit() and int(month) else None,
        int(day) if day.isdigit() and int(day) else None,
    )


def birth_century(text: str, today: datetime.date) -> int | None:
    """1900 or 2000 (or later): the latest century in which a birth on YYMMDD is not in the future.

    Doc 9303 leaves it to the reader. A holder of 100 years and more reads as a child: the portrait tells.
    """
    if not text[0:2].isdigit():
        return None
    century = today.year // 100 * 100
    bounds = from_zone(text, century=century).bounds()
    earliest = bounds[0] if bounds else datetime.date(century + int(text[0:2]), 1, 1)
    return century if earliest <= today else century - 100


def expiry_century(text: str, today: datetime.date) -> int | None:
    """The century that puts the year of YYMMDD nearest to today's: no document is valid for fifty years."""
    if not text[0:2].isdigit():
        return None
    base = today.year // 100 * 100
    return min((base - 100, base, base + 100), key=lambda century: abs(century + int(text[0:2]) - today.year))
