"""The person whom a zone names, so that a page can be drawn about any zone."""

from datetime import date

from models.mrz_layout import FILLER, LAYOUTS, recognise
from models.regions import MrzFormat
from models.specimens.people import Person

_CENTURY = 2030
"""Birth years after this one, in two digits, are of the century before (the drawn pages stand still in time)."""


def holder_of(lines: tuple[str, ...]) -> Person:
    """What the visual part of the page prints for this zone; unknown parts of dates are printed as the first.

    Raises:
        ValueError: lines of a shape that no format has.
    """
    kind = recognise(lines)
    if kind is None:
        raise ValueError("these lines are of no format of Doc 9303; give the whole zone, each line in full length")
    layout = LAYOUTS[kind]

    def cut(name: str) -> str:
        return layout.cut(name, lines).replace(FILLER, " ").strip()

    if kind is MrzFormat.FRENCH_ID:
        surname, given = cut("surname"), cut("given_names")
        nationality, expiry = "FRA", date(2031, 6, 30)
    else:
        surname, _, given = (part.replace(FILLER, " ").strip() for part in layout.cut("name", lines).partition("<<"))
        nationality, expiry = cut("nationality"), _day(cut("expiry_date"), 2069)
    return Person(
        surname=surname.title(),
        given_names=given.title(),
        native_name="",
        sex=cut("sex") or "X",
        birth_date=_day(cut("birth_date"), _CENTURY),
        nationality=nationality,
        document_number=cut("document_number"),
        expiry_date=expiry,
    )


def _day(text: str, last_year: int) -> date:
    """A date of the zone, `YYMMDD`; what is no date becomes the nearest one."""
    digits = [int(text[at : at + 2]) if text[at : at + 2].isdigit() else 1 for at in (0, 2, 4)]
    year = last_year // 100 * 100 + digits[0]
    return date(year if year <= last_year else year - 100, min(max(digits[1], 1), 12), min(max(digits[2], 1), 28))
