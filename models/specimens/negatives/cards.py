"""Cards and papers of the size of a document, with rows of their own, and none of them a zone."""

from random import Random

import numpy as np
from PIL import Image, ImageDraw

from models.regions import MrzFormat
from models.specimens import guilloche
from models.specimens.booklet import open_booklet
from models.specimens.certificate_page import draw_phone, draw_sheet
from models.specimens.code_texts import hcert
from models.specimens.fonts import Face
from models.specimens.frames import Size
from models.specimens.holder import holder_of
from models.specimens.look import PALETTES, Look
from models.specimens.mrz_text import random_zone
from models.specimens.negatives import words
from models.specimens.negatives.canvas import PAPERS, Canvas, Picture, held
from models.specimens.paper import draw_paper
from models.specimens.portrait import portrait
from models.specimens.stamps import put_stamps
from models.specimens.visual_zone import draw_visual_zone

_CARD = (1010, 637)
"""A bank card (ISO/IEC 7810 ID-1) at 300 dots to the inch."""
_DARKS = ((28, 54, 92), (20, 24, 30), (120, 30, 44), (22, 84, 70), (70, 48, 104), (150, 118, 60))


def boarding_pass(rng: Random, size: Size) -> Picture:
    """A boarding pass: flight, seat, a stacked code, and the code's text in the printer's own type beneath it."""
    sheet = Canvas(1500, 620, rng.choice(PAPERS))
    face = rng.choice((Face.MONO, Face.MONO_BOLD, Face.OCR_B))
    surname, given = words.name(rng)
    start, end = words.place(rng), words.place(rng)
    sheet.draw.rectangle((0, 0, 1500, 84), fill=rng.choice(_DARKS))
    sheet.write((40, 60), "BOARDING PASS", 48, Face.SANS_BOLD, (255, 255, 255))
    flight = f"{words.letters(rng, 2)}{words.digits(rng, 4)}"
    seat = f"{rng.randrange(1, 60)}{rng.choice('ABCDEF')}"
    cells = (
        ("NAME", f"{surname}/{given}"),
        ("FROM", start),
        ("TO", end),
        ("FLIGHT", flight),
        ("DATE", words.day(rng)),
        ("GATE", str(rng.randrange(1, 80))),
        ("SEAT", seat),
        ("BOARDING", words.clock(rng)),
        ("SEQ", words.digits(rng, 4)),
    )
    for number, (caption, value) in enumerate(cells):
        x, y = 40 + 330 * (number % 3), 140 + 96 * (number // 3)
        sheet.write((x, y), caption, 20, Face.SANS, (110, 110, 116))
        sheet.write((x, y + 42), value, 36, face)
    _stacked(sheet, (1060, 120, 1440, 330), rng)
    row = f"M1{surname}/{given}".ljust(22)[:22] + f"E{words.letters(rng, 6)} "
    row += f"{start[:3]}{end[:3]}{flight[:2]} {flight[2:]} {rng.randrange(1, 366):03d}Y"
    row += f"{seat:0>4}A{words.digits(rng, 4)} 100"
    sheet.write((40, 500), row, rng.uniform(30, 36), face)
    if rng.random() < 0.6:
        sheet.write(
            (40, 560), f"ETKT {words.digits(rng, 13)}  {words.letters(rng, 6)}  {words.digits(rng, 18)}", 34, face
        )
    return held(sheet.pixels(), rng, size, upright=False)


def bank_card(rng: Random, size: Size) -> Picture:
    """A bank card: chip, sixteen raised digits, a name."""
    dark = rng.choice(_DARKS)
    canvas = guilloche.iris(*_CARD, (dark, (dark[0] + 60.0, dark[1] + 60.0, dark[2] + 60.0), dark))
    guilloche.mix(canvas, (255.0, 255.0, 255.0), guilloche.waves(*_CARD, rng, lines=30, swing=80), 0.12)
    sheet = _on(canvas)
    sheet.write(
        (60, 110), rng.choice(("UTOPIA BANK", "HARBOUR CREDIT", "PIER SAVINGS")), 52, Face.SANS_BOLD, (240, 240, 240)
    )
    sheet.draw.rounded_rectangle((70, 210, 210, 320), 18, fill=(214, 186, 112), outline=(150, 124, 60), width=3)
    for y in (238, 265, 292):
        sheet.draw.line((70, y, 210, y), fill=(150, 124, 60), width=3)
    face = rng.choice((Face.OCR_B, Face.MONO_BOLD, Face.MONO))
    silver = rng.choice(((226, 228, 232), (222, 196, 130)))
    rows = (
        (410, " ".join(words.digits(rng, 4) for _ in range(4)), 68),
        (492, f"VALID THRU {rng.randrange(1, 13):02d}/{rng.randrange(25, 33)}", 34),
        (570, " ".join(reversed(words.name(rng))), 44),
    )
    for y, row, type_ in rows:
        # Raised print: a shadow below, a light edge above.
        sheet.write((63, y + 3), row, type_, face, (10, 12, 16))
        sheet.write((59, y - 1), row, type_, face, (255, 255, 255))
        sheet.write((61, y + 1), row, type_, face, silver)
    return held(sheet.pixels(corner=38), rng, size, upright=False)


def driving_licence(rng: Random, size: Size) -> Picture:
    """A driving licence: numbered fields, a face, no zone; or its back, a grid of classes and dates."""
    hues = rng.choice((((250, 226, 232), (244, 236, 246)), ((226, 238, 250), (240, 246, 240))))
    canvas = guilloche.iris(*_CARD, hues)
    guilloche.mix(canvas, (190.0, 110.0, 140.0), guilloche.waves(*_CARD, rng, lines=44, swing=40), 0.3)
    sheet = _on(canvas)
    if rng.random() < 0.35:
        _classes(sheet, rng)
        return held(sheet.pixels(corner=38), rng, size, upright=False)
    sheet.write((330, 80), "DRIVING LICENCE", 46, Face.SANS_BOLD, (90, 40, 70))
    surname, given = words.name(rng)
    face = portrait(rng.getrandbits(32), sex=rng.choice("FM"), age=rng.randrange(18, 80), width=250, height=330)
    sheet.image.paste(face, (44, 130))
    number = f"{surname[:5]}{words.digits(rng, 6)}{given[0]}{words.letters(rng, 2)}{words.digits(rng, 5)}"
    fields = (
        surname,
        given,
        f"{words.day(rng)}  {words.place(rng)}",
        words.day(rng),
        words.day(rng),
        number,
        "AM A1 B BE C1",
    )
    for row, (tag, value) in enumerate(zip(("1.", "2.", "3.", "4a.", "4b.", "5.", "9."), fields, strict=True)):
        sheet.write((330, 160 + 62 * row), tag, 26)
        sheet.write((400, 160 + 62 * row), value, 36, Face.SANS_BOLD if row != 5 else Face.MONO_BOLD)
    return held(sheet.pixels(corner=38), rng, size, upright=False)


def _classes(sheet: Canvas, rng: Random) -> None:
    for row, name in enumerate(("AM", "A1", "A2", "A", "B1", "B", "C1", "C", "D1", "D", "BE", "CE")):
        y = 60 + 46 * row
        sheet.draw.line((60, y + 10, 950, y + 10), fill=(120, 90, 110), width=2)
        sheet.write((70, y), name, 30, Face.SANS_BOLD)
        for column in range(3):
            value = words.day(rng) if rng.random() < 0.5 else "----------"
            sheet.write((220 + 250 * column, y), value, 30, Face.MONO)


def visual_page(rng: Random, size: Size) -> Picture:
    """The data page of a document that has everything but the zone: the strip is empty, cut off, or covered."""
    kind = rng.choice(tuple(MrzFormat))
    person = holder_of(random_zone(np.random.default_rng(rng.getrandbits(64)), kind))
    look = Look(palette=rng.randrange(PALETTES), ground=rng.uniform(0.2, 1.2))
    paper = draw_paper(kind, rng.getrandbits(32), look)
    picture = Image.fromarray(np.ascontiguousarray(paper[:, :, ::-1]))
    draw_visual_zone(picture, kind, person)
    page = np.ascontiguousarray(np.asarray(picture, dtype=np.uint8)[:, :, ::-1])
    if rng.random() < 0.4:
        page = np.ascontiguousarray(page[: round(page.shape[0] * 0.72)])
    return held(page, rng, size, upright=False)


def stamps_page(rng: Random, size: Size) -> Picture:
    """Pages of a passport full of stamps."""
    paper = draw_paper(MrzFormat.TD3, rng.getrandbits(32), Look(palette=rng.randrange(PALETTES), ground=1.0))
    for row in (0.22, 0.5, 0.78):
        put_stamps(paper, rng.randrange(1, 4), paper.shape[0] * row, rng)
    page = np.dstack([paper, np.full(paper.shape[:2], 255, np.uint8)])
    booklet, _ = open_booklet(np.ascontiguousarray(page), rng.randrange(3))
    return held(booklet, rng, size, upright=False)


def certificate(rng: Random, size: Size) -> Picture:
    """A health certificate, printed or on a phone."""
    surname, given = words.name(rng)
    rows = (
        ("Name", f"{surname}, {given}"),
        ("Date of birth", words.day(rng)),
        ("Certificate", f"URN:UVCI:01:UT:{words.letters(rng, 4)}{words.digits(rng, 20)}#{words.letters(rng, 1)}"),
        ("Vaccine / dose", f"EU/1/{words.digits(rng, 2)}/{words.digits(rng, 4)}   {rng.randrange(1, 4)}/3"),
    )
    code = hcert(rng)
    drawn = draw_sheet(code, rows) if rng.random() < 0.6 else draw_phone(code, rows, dark=rng.random() < 0.5)
    return held(drawn.pixels, rng, size, width=(420, 900), upright=False)


def parcel_label(rng: Random, size: Size) -> Picture:
    """A label with a bar code, its number in clear, addresses in capitals."""
    sheet = Canvas(1000, 1000, (250, 250, 248))
    sheet.draw.rectangle((14, 14, 986, 986), outline=(20, 20, 20), width=6)
    for row in range(6):
        line = f"{words.name(rng)[0]} {words.place(rng)} {words.digits(rng, 5)}"
        sheet.write((50, 90 + 58 * row), line, rng.uniform(32, 44), rng.choice((Face.SANS_BOLD, Face.MONO_BOLD)))
    x = 70.0
    while x < 920:
        bar = rng.choice((4, 4, 8, 12))
        sheet.draw.rectangle((x, 460, x + bar, 720), fill=(16, 16, 18))
        x += bar + rng.choice((4, 6, 10))
    face = rng.choice((Face.OCR_B, Face.MONO))
    sheet.write((500, 790), f"({words.digits(rng, 2)}) {words.digits(rng, 18)}", 52, face, anchor="ms")
    sheet.write(
        (500, 880), f"{words.letters(rng, 2)}{words.digits(rng, 9)}{words.letters(rng, 2)}", 58, face, anchor="ms"
    )
    return held(sheet.pixels(), rng, size, width=(420, 760), upright=False)


def _on(canvas: guilloche.Canvas) -> Canvas:
    """A sheet with that ground."""
    sheet = Canvas(canvas.shape[1], canvas.shape[0], (255, 255, 255))
    sheet.image = Image.fromarray(np.ascontiguousarray(canvas.astype(np.uint8)[:, :, ::-1]))
    sheet.draw = ImageDraw.Draw(sheet.image)
    return sheet


def _stacked(sheet: Canvas, box: tuple[int, int, int, int], rng: Random) -> None:
    """A stacked code of bars in rows; it says nothing."""
    left, top, right, bottom = box
    for y in range(top, bottom, 14):
        x = left
        while x < right:
            bar = rng.choice((4, 4, 8, 12, 16))
            if rng.random() < 0.5:
                sheet.draw.rectangle((x, y, min(right, x + bar), y + 13), fill=(16, 16, 18))
            x += bar
    for x in (left, right - 18):
        sheet.draw.rectangle((x, top, x + 18, bottom), fill=(16, 16, 18))
