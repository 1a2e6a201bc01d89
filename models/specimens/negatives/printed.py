"""Printed matter that a locator may take for a zone: even rows, one type, much of it in capitals."""

from random import Random

from models.specimens.fonts import Face, font
from models.specimens.frames import Size
from models.specimens.negatives import words
from models.specimens.negatives.canvas import PAPERS, Canvas, Picture, bgr, held

_WIDE, _TALL = 1240, 1754
"""A sheet of A4 at 150 dots to the inch."""


def prose(rng: Random, size: Size) -> Picture:
    """A page of a book or a letter."""
    sheet = _sheet(rng)
    type_ = rng.uniform(17, 30)
    face = rng.choice((Face.SERIF, Face.SERIF, Face.SANS, Face.SANS_BOLD))
    sheet.paragraph(_margins(rng), words.text(rng, 5200), type_, face, rng.uniform(1.2, 1.7))
    return held(sheet.pixels(), rng, size, upright=False)


def form(rng: Random, size: Size) -> Picture:
    """A counter's own paper, as large as a frame: what a document may be laid upon."""
    sheet = Canvas(*size, rng.choice(PAPERS))
    face = rng.choice((Face.SERIF, Face.SANS, Face.MONO))
    box = (rng.uniform(10, 90), rng.uniform(0, 40), size[0] - rng.uniform(10, 90), float(size[1]))
    sheet.paragraph(box, words.text(rng, 5200), rng.uniform(13, 24), face, rng.uniform(1.3, 2.0))
    return bgr(sheet.image)


def thai_prose(rng: Random, size: Size) -> Picture:
    """A page of Thai."""
    sheet = _sheet(rng)
    face = rng.choice((Face.THAI, Face.THAI_BOLD))
    sheet.paragraph(_margins(rng), words.text(rng, 4200, thai=True), rng.uniform(20, 32), face, rng.uniform(1.4, 1.8))
    return held(sheet.pixels(), rng, size, upright=False)


def typewriter(rng: Random, size: Size) -> Picture:
    """A typed page: every character as wide as the next, as in a zone."""
    sheet = _sheet(rng)
    face = rng.choice((Face.MONO, Face.MONO_BOLD))
    text = words.text(rng, 4000)
    sheet.paragraph(
        _margins(rng), text.upper() if rng.random() < 0.4 else text, rng.uniform(19, 28), face, rng.uniform(1.3, 2.2)
    )
    return held(sheet.pixels(), rng, size, upright=False)


def ocr_b(rng: Random, size: Size) -> Picture:
    """Text in the zone's own type that is no zone: giro slips and notices are set in it."""
    sheet = _sheet(rng)
    text = words.text(rng, 3600).upper()
    if rng.random() < 0.5:
        text = text.replace(".", "").replace(",", " " + words.digits(rng, 9))
    face = rng.choice((Face.OCR_B, Face.OCR_B_SHARP))
    sheet.paragraph(_margins(rng), text, rng.uniform(24, 40), face, rng.uniform(1.3, 2.4))
    return held(sheet.pixels(), rng, size, upright=False)


def slip(rng: Random, size: Size) -> Picture:
    """A payment slip with its coding line in OCR-B at the foot, where a zone would be."""
    sheet = Canvas(1500, 720, rng.choice(((252, 236, 228), (236, 246, 238), (250, 250, 246))))
    rule = (196, 120, 104)
    for x in (40, 560, 1080):
        sheet.draw.rectangle((x, 40, x + 460, 520), outline=rule, width=3)
        for row in range(6):
            sheet.write((x + 16, 84 + 72 * row), rng.choice(("Account", "Payable by", "Amount", "Reference")), 20)
            sheet.write((x + 16, 116 + 72 * row), _giro_cell(rng), 27, Face.OCR_B)
    code = f"{words.digits(rng, 13)}>{words.digits(rng, 27)}+ {words.digits(rng, 9)}>"
    sheet.write((60, 640), code, rng.uniform(36, 40), Face.OCR_B)
    if rng.random() < 0.5:
        sheet.write((60, 692), f"{words.digits(rng, 27)}+ {words.digits(rng, 9)}>", 38, Face.OCR_B)
    return held(sheet.pixels(), rng, size)


def _giro_cell(rng: Random) -> str:
    return rng.choice(
        (words.digits(rng, 21), " ".join(words.name(rng)), words.place(rng), f"{words.digits(rng, 4)}.00")
    )


def capitals(rng: Random, size: Size) -> Picture:
    """A notice in capitals, each row from edge to edge."""
    sheet = _sheet(rng)
    type_ = rng.uniform(30, 46)
    face = rng.choice((Face.SANS, Face.SANS_BOLD, Face.MONO_BOLD, Face.SERIF))
    y = 120.0
    while y < sheet.height - 60:
        row = words.text(rng, 90).upper().replace(".", "")
        row = row[: round(len(row) * (sheet.width - 140) / sheet.draw.textlength(row, font=font(face, round(type_))))]
        sheet.write((70, y), row, type_, face)
        y += type_ * rng.uniform(1.35, 1.5)
    return held(sheet.pixels(), rng, size, upright=False)


def timetable(rng: Random, size: Size) -> Picture:
    """Ferries and times in even columns."""
    sheet = _sheet(rng)
    face = rng.choice((Face.MONO, Face.SANS, Face.MONO_BOLD))
    sheet.write((70, 90), f"DEPARTURES {words.place(rng)}", 46, Face.SANS_BOLD)
    step, type_ = rng.uniform(34, 52), rng.uniform(19, 26)
    y = 150.0
    while y < sheet.height - 40:
        sheet.write((70, y), f"{words.place(rng):<10}", type_, face)
        for column in range(9):
            sheet.write((300 + 98 * column, y), words.clock(rng) if rng.random() < 0.9 else "-----", type_, face)
        if rng.random() < 0.3:
            sheet.draw.line((60, y + 8, sheet.width - 60, y + 8), fill=(150, 150, 150), width=2)
        y += step
    return held(sheet.pixels(), rng, size, upright=False)


def invoice(rng: Random, size: Size) -> Picture:
    """Rows of article numbers, account numbers and sums."""
    sheet = _sheet(rng)
    face = rng.choice((Face.MONO, Face.SANS, Face.OCR_B))
    sheet.write((70, 100), f"INVOICE {words.digits(rng, 8)}", 44, Face.SANS_BOLD)
    sheet.write((70, 150), f"{words.place(rng)}  {words.day(rng)}", 26)
    type_, y = rng.uniform(19, 25), 230.0
    while y < sheet.height - 160:
        row = f"{words.digits(rng, 13)} {words.letters(rng, 3)}{words.digits(rng, 9)} {rng.randrange(1, 40):>3}"
        sheet.write(
            (70, y), f"{row} {words.digits(rng, 12)} {rng.randrange(10, 9999):>5}.{words.digits(rng, 2)}", type_, face
        )
        y += type_ * rng.uniform(1.5, 1.9)
    for foot in (90, 50):
        sheet.write((70, sheet.height - foot), _account(rng), type_ * 1.15, face)
    return held(sheet.pixels(), rng, size, upright=False)


def _account(rng: Random) -> str:
    """A bank account number, solid or in groups."""
    number = f"UT{words.digits(rng, 26)}"
    return number if rng.random() < 0.5 else " ".join(number[at : at + 4] for at in range(0, 28, 4))


def receipt(rng: Random, size: Size) -> Picture:
    """A till roll: narrow, pale, rows of stars and dashes as long as a line of a zone."""
    sheet = Canvas(620, 1500, (246, 246, 243))
    ink, type_ = (86, 86, 92), rng.uniform(20, 25)
    columns = round(560 / (type_ * 0.602))
    y = 60.0
    while y < sheet.height - 30:
        goods = (
            f"{words.sentence(rng).split()[0].upper():<{columns - 10}}{rng.randrange(1, 999):>6}.{words.digits(rng, 2)}"
        )
        row = rng.choice(
            (
                goods,
                goods,
                goods,
                rng.choice("*-=<#") * columns,
                words.digits(rng, columns),
                f"{words.day(rng)} {words.clock(rng)}",
            )
        )
        sheet.write((30, y), row, type_, Face.MONO, ink)
        y += type_ * 1.35
    return held(sheet.pixels(), rng, size, width=(380, 820))


def _sheet(rng: Random) -> Canvas:
    return Canvas(_WIDE, _TALL, rng.choice(PAPERS))


def _margins(rng: Random) -> tuple[float, float, float, float]:
    side = rng.uniform(60, 170)
    return side, rng.uniform(60, 140), _WIDE - side, _TALL - 70.0
