"""Draws specimen travel documents of the state of Utopia: passport page (TD3), identity card (TD1) and visa (MRV-A).

Sizes in millimetres: Doc 9303-3, 4 (machine-readable zone: OCR-B size 1, 10 characters to the inch), Doc 9303-4, 2
(TD3: 125 x 88), Doc 9303-5, 2 (TD1: 85.6 x 53.98), Doc 9303-7, 2 (MRV-A: 120 x 80).
"""

import math
from datetime import date, timedelta
from random import Random
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.mrz_layout import recognise
from models.regions import MrzFormat
from models.specimens import guilloche
from models.specimens.fonts import Face, font
from models.specimens.marks import TEAL, Ink, draw_text, emblem, signature, stamp_specimen
from models.specimens.people import Person
from models.specimens.portrait import portrait
from models.specimens.sheets import LINE_MM, MM, PITCH_MM, SHEETS, Sheet, sheet_zone

Page = NDArray[np.uint8]
"""height x width x 4: blue, green, red, opacity. Where paper is torn off or a corner is round, opacity is 0."""

_INK = (26, 38, 44)
_CAPTION = (62, 92, 100)
_ISSUED_FOR = timedelta(days=3652)


def draw_document(person: Person, lines: tuple[str, ...], *, torn: bool = False) -> Page:
    """The whole page at 300 dots per inch: ground, portrait, fields, the word SPECIMEN, machine-readable zone.

    Args:
        person: whose document it is; also the seed of the portrait and of the pattern.
        lines: the zone's text; its shape decides the kind of document (TD3, TD1 or MRV-A).
        torn: the lower right part is gone, and with it more than half of every line of the zone.

    Raises:
        ValueError: no such document is drawn here.
        ModelMissing: a font is not installed.
    """
    kind = recognise(lines)
    if kind not in SHEETS:
        raise ValueError(
            f"a document with lines of {sorted({len(line) for line in lines})} characters is not drawn here"
        )
    sheet = SHEETS[kind]
    seed = _seed(person)
    picture = _paper(sheet, seed)
    draw = ImageDraw.Draw(picture)
    _draw_title(picture, draw, sheet)
    _draw_portraits(picture, sheet, person)
    _draw_fields(draw, sheet, person, kind)
    _draw_signature(picture, sheet, Random(seed))
    middle = (picture.size[0] * 0.56, (sheet.height - sheet.zone) * MM * 0.60)
    picture = stamp_specimen(picture, middle, sheet.height * 0.165 * MM, 14)
    draw_zone(picture, sheet_zone(kind), lines)
    colour = np.array(picture, dtype=np.uint8)[:, :, ::-1]
    opacity = _opacity(sheet)
    if torn:
        _tear(colour, opacity, Random(seed))
    return np.ascontiguousarray(np.dstack([colour, opacity]))


def portrait_of(person: Person, width: int, height: int) -> Image.Image:
    """The face in that person's documents, RGB, width x height pixels."""
    age = max(1, person.age_on(person.expiry_date - _ISSUED_FOR))
    return portrait(_seed(person), sex=person.sex, age=age, width=width, height=height)


def _seed(person: Person) -> int:
    return crc32(f"{person.document_number}{person.surname}".encode())


def draw_zone(picture: Image.Image, start_mm: tuple[float, float], lines: tuple[str, ...]) -> None:
    """Sets the lines in OCR-B, every character in the middle of its own cell of a tenth of an inch."""
    draw = ImageDraw.Draw(picture)
    # The pitch of OCR-B is 0.723 of its em; the size follows from the pitch and not the other way round.
    size = PITCH_MM * MM / (font(Face.OCR_B, 1000).getlength("0") / 1000)
    letters = font(Face.OCR_B, size)
    for row, line in enumerate(lines):
        middle = (start_mm[1] + row * LINE_MM) * MM
        for column, character in enumerate(line):
            x = (start_mm[0] + (column + 0.5) * PITCH_MM) * MM
            draw.text((x, middle + 0.5 * size * 0.68), character, font=letters, fill=_INK, anchor="ms")


def _paper(sheet: Sheet, seed: int) -> Image.Image:
    """Ground, waves, rosettes, ribbon; the strip of the zone stays nearly plain, as Doc 9303-3, 4.1 asks."""
    width, height = round(sheet.width * MM), round(sheet.height * MM)
    rng = Random(seed % 7)
    canvas = guilloche.iris(width, height, ((224, 238, 234), (246, 241, 226), (250, 234, 222), (228, 234, 246)))
    inks = guilloche.iris(width, height, ((38, 132, 132), (196, 150, 70), (198, 104, 104), (72, 104, 166)))
    guilloche.mix(canvas, inks, guilloche.waves(width, height, rng, lines=64, swing=46), 0.34)
    cool = guilloche.iris(width, height, ((90, 150, 190), (120, 170, 150), (60, 140, 150)))
    guilloche.mix(canvas, cool, guilloche.waves(width, height, rng, lines=46, swing=70), 0.24)
    middle = (width * 0.66, (sheet.height - sheet.zone) * MM * 0.56)
    for petals, radius, strength in ((12, 0.44, 0.24), (24, 0.25, 0.28)):
        flower = guilloche.rosette((width, height), middle, radius * height, petals=petals, turns=34)
        guilloche.mix(canvas, inks, flower, strength)
    edge = round((sheet.height - sheet.zone) * MM)
    canvas[edge:] += (np.array((240, 244, 244), np.float32) - canvas[edge:]) * 0.72
    strip = canvas[edge - round(1.6 * MM) : edge + round(0.2 * MM)]
    plait = guilloche.band(width, strip.shape[0], periods=sheet.width / 2.4, strands=5, amplitude=strip.shape[0] * 0.42)
    guilloche.mix(strip, (24.0, 104.0, 112.0), plait, 0.75)
    grain = np.random.default_rng(seed).normal(0, 1.4, canvas.shape[:2]).astype(np.float32)
    finished = np.clip(canvas + grain[:, :, None], 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(finished[:, :, ::-1]))


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
    picture.paste(face, (left, top), _rounded(face.size, 0.9))
    ghost_height = round(height * 0.42)
    ghost = face.resize((round(width * 0.42), ghost_height), Image.Resampling.LANCZOS).convert("L").convert("RGB")
    mask = _rounded(ghost.size, 1.6).point(lambda value: value * 0.3)
    place = (round((sheet.width - 5) * MM) - ghost.size[0], top + height - ghost_height - round(0.5 * MM))
    picture.paste(ghost, place, mask)


def _rounded(size: tuple[int, int], radius_mm: float) -> Image.Image:
    big = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    ImageDraw.Draw(big).rounded_rectangle((0, 0, big.size[0] - 1, big.size[1] - 1), radius_mm * MM * 2, fill=255)
    return big.resize(size, Image.Resampling.BOX)


def _day(day: date) -> str:
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    return f"{day.day:02d} {months[day.month - 1]} {day.year}"


def _draw_fields(draw: ImageDraw.ImageDraw, sheet: Sheet, person: Person, kind: MrzFormat) -> None:
    """Caption above value; the visual zone of Doc 9303-4, 4.1."""
    scale = sheet.picture[3] / 45
    left, top = sheet.text_left, sheet.picture[1]
    second, third = left + 27 * scale, left + 54 * scale
    issued = person.expiry_date - _ISSUED_FOR
    cells = [
        (left, 0.0, "Type / ประเภท", sheet.kind),
        (second, 0.0, "State / ประเทศ", "UTO"),
        (third, 0.0, "Document no. / เลขที่", person.document_number),
        (left, 7.6, "Surname / นามสกุล", person.surname.upper()),
        (left, 15.2, "Given names / ชื่อ", person.given_names.upper()),
        (left, 24.4, "Nationality / สัญชาติ", "UTOPIAN"),
        (second, 24.4, "Date of birth / วันเกิด", _day(person.birth_date)),
        (third, 24.4, "Sex / เพศ", person.sex),
        (left, 32.0, "Date of issue / วันออก", _day(issued)),
        (second, 32.0, "Date of expiry / หมดอายุ", _day(person.expiry_date)),
        (left, 39.6, "Authority / ออกโดย", "HARBOUR OFFICE"),
    ]
    room = sheet.width - left - 4
    for x, y, caption, value in cells:
        _text(draw, (x, top + (y + 1.7) * scale), caption, 1.75 * scale, _CAPTION, bold=False)
        size = 3.0 * scale
        length = font(Face.SANS_BOLD, 100).getlength(value) / 100
        _text(draw, (x, top + (y + 4.9) * scale), value, min(size, room / max(length, 1)), _INK, bold=True)
    if person.native_name and kind is not MrzFormat.TD1:
        _text(draw, (left, top + 22.6 * scale), person.native_name, 2.3 * scale, _INK, bold=False)


def _opacity(sheet: Sheet) -> NDArray[np.uint8]:
    size = (round(sheet.width * MM), round(sheet.height * MM))
    return np.array(_rounded(size, sheet.corner), dtype=np.uint8)


def _tear(colour: NDArray[np.uint8], opacity: NDArray[np.uint8], rng: Random) -> None:
    """Takes the lower right part away in place and leaves a white ragged edge."""
    height, width = opacity.shape
    start, end = (width * 0.30, height + 4.0), (width + 4.0, height * 0.66)
    ragged = []
    for step in range(91):
        part = step / 90
        bulge = 0.10 * height * math.sin(math.pi * part)
        x = start[0] + (end[0] - start[0]) * part - 0.6 * bulge + rng.uniform(-5, 5)
        ragged.append((x, start[1] + (end[1] - start[1]) * part - bulge + rng.uniform(-6, 6)))
    cut = np.round(np.array([*ragged, (width + 4.0, height + 4.0)]) * 16).astype(np.int32)
    missing = np.zeros_like(opacity)
    cv2.fillPoly(missing, [cut], 255, cv2.LINE_AA, 4)
    rim = cv2.dilate(missing, np.ones((13, 13), np.uint8), anchor=(12, 11))
    colour[rim > 127] = (238, 243, 244)
    np.minimum(opacity, 255 - missing, out=opacity)
