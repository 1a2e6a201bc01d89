"""What else a camera at a counter sees: faces, a hall, shelves, keyboards, screens, plates, nothing."""

from random import Random

import cv2
import numpy as np
from PIL import ImageFilter

from models.specimens.desk import desk
from models.specimens.fonts import Face
from models.specimens.frames import Size, empty_desk
from models.specimens.negatives import words
from models.specimens.negatives.canvas import Canvas, Colour, Picture, bgr, held, shot
from models.specimens.portrait import portrait
from models.specimens.screens import on_tablet

_SPINES: tuple[Colour, ...] = (
    (36, 52, 84),
    (122, 34, 40),
    (38, 84, 66),
    (222, 214, 196),
    (18, 18, 22),
    (196, 150, 60),
    (90, 70, 120),
)
_CODE = (
    '<div class="row"><<<< {a} >>>></div>',
    "if (a[{n}] << 3 << 2 | b >> {n}) return <T<U<V<<<>>>;",
    "{n:08X}  {h}  |................|",
    "<<<<<<< HEAD",
    ">>>>>>> {h}",
    'std::cout << "{a}" << std::endl << std::hex << {n};',
    "0x{n:08X}: {h} {h}",
    "P<<{a}<<{b}</td><td>{n}</td></tr>",
    "====================================================",
)


def face(rng: Random, size: Size) -> Picture:
    """A person before a wall or in a hall."""
    high = round(size[1] * rng.uniform(0.8, 1.3))
    person = portrait(
        rng.getrandbits(32), sex=rng.choice("FM"), age=rng.randrange(6, 90), width=round(high * 0.78), height=high
    )
    scene = _hall(rng, size)
    scene.image = scene.image.filter(ImageFilter.GaussianBlur(rng.uniform(3, 9)))
    left = round(rng.uniform(0.05, 0.95) * (size[0] - person.size[0]))
    # The portrait has its own flat ground: an oval leaves the head and the shoulders, the wall stays about them.
    mask = np.zeros((person.size[1], person.size[0]), np.float32)
    middle = (person.size[0] // 2, round(person.size[1] * 0.52))
    cv2.ellipse(mask, middle, (round(person.size[0] * 0.46), round(person.size[1] * 0.5)), 0, 0, 360, 1.0, -1)
    cv2.rectangle(mask, (round(person.size[0] * 0.06), round(person.size[1] * 0.75)), person.size, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), person.size[1] * 0.02)
    pixels = bgr(scene.image)
    top = size[1] - person.size[1]
    y0 = max(0, top)
    spot = pixels[y0:, left : left + person.size[0]]
    weight = soft[y0 - top :, :, None]
    spot[:] = (spot * (1 - weight) + bgr(person)[y0 - top :] * weight).astype(np.uint8)
    return shot(pixels, rng)


def hall(rng: Random, size: Size) -> Picture:
    """A hall with people in a row and signs above them."""
    return shot(bgr(_hall(rng, size).image), rng, depth=rng.uniform(0.8, 2.5))


def _hall(rng: Random, size: Size) -> Canvas:
    wide, high = size
    shade = rng.randrange(120, 210)
    scene = Canvas(wide, high, (shade, shade + 4, shade + 8))
    horizon = round(high * rng.uniform(0.4, 0.55))
    scene.draw.rectangle((0, horizon, wide, high), fill=(shade - 50, shade - 52, shade - 56))
    vanish = rng.randrange(round(wide * 0.2), round(wide * 0.8))
    for x in range(-3 * wide, 4 * wide, 160):
        scene.draw.line((vanish, horizon, x, high), fill=(shade - 64, shade - 66, shade - 70), width=2)
    for step in range(9):
        y = horizon + (high - horizon) * (step / 9) ** 2
        scene.draw.line((0, y, wide, y), fill=(shade - 64, shade - 66, shade - 70), width=2)
    for _ in range(rng.randrange(2, 6)):
        x, y, w = rng.randrange(wide), rng.randrange(0, horizon - 60), rng.randrange(120, 320)
        scene.draw.polygon([(x, y), (x + w, y), (x + w - 18, y + 14), (x + 18, y + 14)], fill=(252, 252, 246))
    for _ in range(rng.randrange(1, 4)):
        x, y = rng.randrange(wide - 200), rng.randrange(40, horizon)
        scene.draw.rectangle((x, y, x + 260, y + 74), fill=rng.choice(_SPINES))
        scene.write(
            (x + 16, y + 52),
            rng.choice(("EXIT ทางออก", "GATE 3", "QUEUE HERE", "A1 - A14"))[:9],
            40,
            Face.SANS_BOLD,
            (250, 250, 250),
        )
    for _ in range(rng.randrange(2, 8)):
        _figure(scene, rng, horizon)
    return scene


def _figure(scene: Canvas, rng: Random, horizon: int) -> None:
    """Somebody who stands there, as far away as they are small."""
    unit = rng.uniform(0.1, 0.34) * scene.height
    x, foot = rng.randrange(scene.width), horizon + unit * 1.5
    cloth, skin = rng.choice(_SPINES), rng.choice(((236, 200, 172), (190, 140, 102), (110, 76, 54)))
    scene.draw.rounded_rectangle((x - unit * 0.34, foot - unit * 2.1, x + unit * 0.34, foot), unit * 0.25, fill=cloth)
    scene.draw.ellipse((x - unit * 0.2, foot - unit * 2.6, x + unit * 0.2, foot - unit * 2.05), fill=skin)
    scene.draw.chord(
        (x - unit * 0.22, foot - unit * 2.66, x + unit * 0.22, foot - unit * 2.1), 180, 360, fill=(40, 32, 28)
    )


def spines(rng: Random, size: Size) -> Picture:
    """Books on a shelf: text on end, in rows side by side."""
    scene = Canvas(size[1] * 2, size[0], (60, 44, 32))
    y = 0
    while y < scene.height:
        tall = rng.randrange(34, 110)
        colour = rng.choice(_SPINES)
        reach = rng.randrange(round(scene.width * 0.6), scene.width)
        scene.draw.rectangle((0, y, reach, y + tall - 3), fill=colour)
        ink = (30, 30, 30) if sum(colour) > 400 else rng.choice(((240, 236, 220), (220, 186, 90)))
        title = words.text(rng, 40)[: rng.randrange(20, 44)].upper()
        scene.write(
            (60, y + tall * 0.68), title, tall * 0.5, rng.choice((Face.SERIF, Face.SANS_BOLD, Face.MONO_BOLD)), ink
        )
        y += tall
    pixels = np.ascontiguousarray(np.rot90(bgr(scene.image), rng.choice((1, 3))))
    return shot(np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)), rng)


def keyboard(rng: Random, size: Size) -> Picture:
    """A keyboard: even rows of single characters."""
    dark = rng.random() < 0.6
    body, key, ink = (
        ((30, 31, 34), (48, 50, 54), (226, 228, 230)) if dark else ((214, 214, 210), (240, 240, 238), (40, 40, 44))
    )
    sheet = Canvas(1400, 500, body)
    face_ = rng.choice((Face.SANS, Face.SANS_BOLD, Face.MONO))
    for row, characters in enumerate(("`1234567890-=<", "<QWERTYUIOP[]\\", "<ASDFGHJKL;'#<", "<ZXCVBNM,./<<<")):
        for column, character in enumerate(characters):
            x, y = 24 + 97 * column + 14 * row, 26 + 97 * row
            sheet.draw.rounded_rectangle((x, y, x + 86, y + 86), 12, fill=key, outline=(90, 90, 94), width=2)
            sheet.write((x + 20, y + 42), character, rng.uniform(29, 31), face_, ink)
    sheet.draw.rounded_rectangle((330, 416, 1000, 490), 12, fill=key, outline=(90, 90, 94), width=2)
    return held(sheet.pixels(corner=30), rng, size, width=(640, 1200), upright=False)


def code(rng: Random, size: Size) -> Picture:
    """A screen of code and hexadecimal rows, all of one width, with many an angle bracket."""
    dark = rng.random() < 0.7
    ground, ink = ((30, 32, 38), (206, 212, 220)) if dark else ((252, 252, 252), (40, 44, 52))
    sheet = Canvas(1600, 900, ground)
    face_ = rng.choice((Face.MONO, Face.MONO_BOLD))
    type_ = rng.uniform(22, 36)
    y, kind = 50.0, rng.choice((None, *_CODE))
    while y < sheet.height:
        template = kind or rng.choice(_CODE)
        hexa = (
            " ".join(f"{rng.randrange(256):02X}" for _ in range(16))
            if rng.random() < 0.5
            else f"{rng.getrandbits(128):032X}"
        )
        row = template.format(a=words.name(rng)[0], b=words.place(rng), n=rng.getrandbits(30), h=hexa)
        sheet.write((40, y), row.upper() if rng.random() < 0.3 else row, type_, face_, ink)
        y += type_ * 1.4
    screen, _ = on_tablet(sheet.pixels(), rng, strength=rng.uniform(0, 0.25))
    return held(screen, rng, size, width=(700, 1250), upright=False)


def plate(rng: Random, size: Size) -> Picture:
    """A licence plate."""
    sheet = Canvas(1040, 224, rng.choice(((248, 248, 246), (248, 214, 60), (24, 26, 30))))
    ink = (240, 240, 240) if sheet.image.getpixel((520, 100)) == (24, 26, 30) else (18, 18, 20)
    sheet.draw.rounded_rectangle((8, 8, 1031, 215), 20, outline=ink, width=8)
    text = f"{words.letters(rng, rng.randrange(1, 4))} {words.digits(rng, rng.randrange(2, 5))} {words.letters(rng, 2)}"
    sheet.write((520, 112), text, 150, rng.choice((Face.SANS_BOLD, Face.MONO_BOLD, Face.OCR_B)), ink, anchor="mm")
    return held(sheet.pixels(corner=24), rng, size, width=(360, 1000))


def empty(rng: Random, size: Size) -> Picture:
    """The counter with nothing on it, or a few blank sheets."""
    if rng.random() < 0.5:
        return empty_desk(rng, size=size)
    scene = desk(size, rng)
    for _ in range(rng.randrange(1, 4)):
        middle = (rng.randrange(size[0]), rng.randrange(size[1]))
        corners = cv2.boxPoints((middle, (rng.randrange(150, 600), rng.randrange(100, 400)), rng.uniform(0, 180)))
        shade = rng.randrange(190, 250)
        cv2.fillPoly(scene, [corners.astype(np.int32)], (shade, shade, shade), cv2.LINE_AA)
    return shot(scene, rng)
