"""Dates of a zone that no calendar has: soft knowledge for the reader. Pure.

Doc 9303-3, 4.8: a date is YYMMDD; unknown parts of a birth date are fillers. Some states write zeros for them. An
impossible date speaks for a misread character, but documents with one are in use: it is a reason to look again and
never one to refuse.
"""

from itertools import product

from models.mrz_layout import FILLER, Layout

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def implausible(layout: Layout, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the date fields that cannot be, whatever stands for their unknown parts.

    Args:
        layout: the format.
        lines: its lines, each of exact length.
    """
    dates = [field.name for field in layout.fields if field.name.endswith("_date")]
    return tuple(name for name in dates if not possible(layout.cut(name, lines)))


def possible(text: str) -> bool:
    """Whether YYMMDD can be a date: fillers stand for any digit, 00 for an unknown month or day.

    29 February needs a leap year; the year 00 counts as one, since it may be 2000.
    """
    year, month, day = text[0:2], text[2:4], text[4:6]
    if len(text) == 6 and text.isdigit() and "00" not in (month, day):
        return 1 <= int(month) <= 12 and 1 <= int(day) <= 31 and _in_month(year, int(month), int(day))
    if len(text) != 6 or not all(_fits(year[at], "0123456789") for at in (0, 1)):
        return False
    months = [number for number in range(1, 13) if _may_be(month, number)] or [0] * (month == "00")
    days = [number for number in range(1, 32) if _may_be(day, number)] or [0] * (day == "00")
    return any(_in_month(year, number, on) for number, on in product(months, days))


def _fits(character: str, digits: str) -> bool:
    return character == FILLER or character in digits


def _may_be(part: str, number: int) -> bool:
    return all(_fits(mine, digit) for mine, digit in zip(part, f"{number:02d}", strict=True))


def _in_month(year: str, month: int, day: int) -> bool:
    if month == 0 or day <= 28:
        return True
    leap = FILLER in year or int(year) % 4 == 0
    return day <= _DAYS[month - 1] - (month == 2 and not leap)
