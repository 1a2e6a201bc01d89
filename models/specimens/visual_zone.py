"""The visual part of a document: title, portraits, signature, captions and values (Doc 9303-4, 4.1)."""

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from zlib import crc32

from PIL import Image, ImageDraw

from models.regions import MrzFormat
from models.specimens.fonts import Face, font
from models.specimens.marks import TEAL, Ink, draw_text, emblem, signature
from models.specimens.people import STATE, Person
from models.specimens.portrait import portrait
from models.specimens.sheets import MM, SHEETS, Sheet

_INK = (26, 38, 44)
_CAPTION = (62, 92, 100)
_ISSUED_FOR = timedelta(days=3652)
_VISA_FOR = timedelta(days=365)
_Cell = tuple[float, float, str, str]
"""Column and row in millimetres of a passport's page, caption, value."""
_SECOND, _THIRD = 27.0, 54.0


def draw_visual_zone(picture: Image.Image, kind: MrzFormat, person: Person) -> None:
    """Writes everything above the machine-readable zone on the page, in place."""
    sheet = SHEETS[kind]
    draw = ImageDraw.Draw(picture)
    _draw_title(picture, draw, sheet)
    _draw_portraits(picture, sheet, person)
    _draw_fields(draw, sheet, person, kind)
    _draw_signature(picture, sheet, Random(seed_of(person)))


def portrait_of(person: Person, width: int, height: int) -> Image.Image:
    """The face in that person's documents, RGB, width x height pixels."""
    age = max(1, person.age_on(person.expiry_date - _ISSUED_FOR))
    return portrait(seed_of(person), sex=person.sex, age=age, width=width, height=height)


def seed_of(person: Person) -> int:
    """Of the portrait and of everything else that is always the same in one person's documents."""
    return crc32(f"{person.document_number}{person.surname}".encode())


@lru_cache(maxsize=32)
def rounded(size: tuple[int, int], radius_mm: float) -> Image.Image:
    """A mask of that size in pixels with round corners."""
    big = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    ImageDraw.Draw(big).rounded_rectangle((0, 0, big.size[0] - 1, big.size[1] - 1), radius_mm * MM * 2, fill=255)
    return big.resize(size, Image.Resampling.BOX)


def _text(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, fill: Ink, *, bold: bool) -> None:
    """`draw_text` in millimetres."""
    draw_text(draw, (at[0] * MM, at[1] * MM), text, size * MM, fill, bold=bold)


def _draw_title(picture: Image.Image, draw: ImageDraw.ImageDraw, sheet: Sheet) -> None:
    scale = sheet.width / 125
    x, y = sheet.picture[0], 9.6 * scale
    mark = emblem(round(7.4 * scale * MM))
    picture.paste(mark, (round(x * MM), round((y - 5.9 * scale) * MM)), mark)
    _text(draw, (x + 9 * scale, y - 1.3 * scale), sheet.heading, 4.6 * scale, TEAL, bold=True)
    _text(draw, (x + 9 * scale, y + 1.9 * scale), sheet.title, 2.35 * scale, _CAPTION, bold=False)


def _draw_signature(picture: Image.Image, sheet: Sheet, rng: Random) -> None:
    scale = sheet.picture[3] / 45
    line = signature(round(22 * scale * MM), round(8 * scale * MM), rng)
    at = (round((sheet.text_left + 34 * scale) * MM), round((sheet.picture[1] + 37.4 * scale) * MM))
    picture.paste(line, at, line)


def _draw_portraits(picture: Image.Image, sheet: Sheet, person: Person) -> None:
    left, top, width, height = (round(part * MM) for part in sheet.picture)
    face = portrait_of(person, width, height)
    picture.paste(face, (left, top), rounded(face.size, 0.9))
    ghost_height = round(height * 0.42)
    ghost = face.resize((round(width * 0.42), ghost_height), Image.Resampling.LANCZOS).convert("L").convert("RGB")
    mask = rounded(ghost.size, 1.6).point(lambda value: value * 0.3)
    place = (round((sheet.width - 5) * MM) - ghost.size[0], top + height - ghost_height - round(0.5 * MM))
    picture.paste(ghost, place, mask)


def _day(day: date) -> str:
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    return f"{day.day:02d} {months[day.month - 1]} {day.year}"


def _draw_fields(draw: ImageDraw.ImageDraw, sheet: Sheet, person: Person, kind: MrzFormat) -> None:
    """Caption above value."""
    scale = sheet.picture[3] / 45
    left, top = sheet.text_left, sheet.picture[1]
    room = sheet.width - left - 4
    for column, y, caption, value in _CELLS.get(kind, _passport_cells)(person, sheet):
        x = left + column * scale
        _text(draw, (x, top + (y + 1.7) * scale), caption, 1.75 * scale, _CAPTION, bold=False)
        size = 3.0 * scale
        length = font(Face.SANS_BOLD, 100).getlength(value) / 100
        _text(draw, (x, top + (y + 4.9) * scale), value, min(size, room / max(length, 1)), _INK, bold=True)
    if person.native_name and kind is not MrzFormat.TD1:
        _text(draw, (left, top + 22.6 * scale), person.native_name, 2.3 * scale, _INK, bold=False)


def _passport_cells(person: Person, sheet: Sheet) -> tuple[_Cell, ...]:
    """Passports and identity cards."""
    return (
        (0, 0.0, "Type / ประเภท", sheet.kind),
        (_SECOND, 0.0, "State / ประเทศ", STATE),
        (_THIRD, 0.0, "Document no. / เลขที่", person.document_number),
        (0, 7.6, "Surname / นามสกุล", person.surname.upper()),
        (0, 15.2, "Given names / ชื่อ", person.given_names.upper()),
        (0, 24.4, "Nationality / สัญชาติ", "UTOPIAN" if person.nationality == STATE else person.nationality),
        (_SECOND, 24.4, "Date of birth / วันเกิด", _day(person.birth_date)),
        (_THIRD, 24.4, "Sex / เพศ", person.sex),
        (0, 32.0, "Date of issue / วันออก", _day(person.expiry_date - _ISSUED_FOR)),
        (_SECOND, 32.0, "Date of expiry / หมดอายุ", _day(person.expiry_date)),
        (0, 39.6, "Authority / ออกโดย", "HARBOUR OFFICE"),
    )


def _visa_cells(person: Person, sheet: Sheet) -> tuple[_Cell, ...]:
    """Visas (Doc 9303-7, 3): what is allowed comes before who is allowed."""
    return (
        (0, 0.0, "Type / ประเภท", sheet.kind),
        (_SECOND, 0.0, "Entries / จำนวนครั้ง", "MULTIPLE"),
        (_THIRD, 0.0, "Visa no. / เลขที่", person.document_number),
        (0, 7.6, "Valid from / ตั้งแต่", _day(person.expiry_date - _VISA_FOR)),
        (_SECOND, 7.6, "Valid until / ถึง", _day(person.expiry_date)),
        (_THIRD, 7.6, "Days / วัน", "90"),
        (0, 15.2, "Name / ชื่อ", f"{person.surname}, {person.given_names}".strip(", ").upper()),
        (0, 24.4, "Nationality / สัญชาติ", person.nationality),
        (_SECOND, 24.4, "Date of birth / วันเกิด", _day(person.birth_date)),
        (_THIRD, 24.4, "Sex / เพศ", person.sex),
        (0, 32.0, "Issued at / ออกที่", "UTOPIA HARBOUR"),
        (0, 39.6, "Remarks / หมายเหตุ", "SPECIMEN"),
    )


def _french_cells(person: Person, sheet: Sheet) -> tuple[_Cell, ...]:
    """The French identity card of 1988."""
    return (
        (0, 0.0, "Carte n°", person.document_number),
        (_THIRD, 0.0, "Nationalité", "française"),
        (0, 8.6, "Nom", person.surname.upper()),
        (0, 16.4, "Prénom(s)", person.given_names.upper()),
        (0, 24.4, "Sexe", person.sex),
        (_SECOND * 0.6, 24.4, "Né(e) le", person.birth_date.strftime("%d.%m.%Y")),
        (0, 32.0, "à", "UTOPIE-SUR-MER (00)"),
        (0, 39.6, "Signature du titulaire", ""),
    )


_CELLS = {
    MrzFormat.MRV_A: _visa_cells,
    MrzFormat.MRV_B: _visa_cells,
    MrzFormat.FRENCH_ID: _french_cells,
}
