"""Draws a face that belongs to nobody: flat shapes from a seed, in the manner of the project's pictograms."""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw

from models.specimens.pen import Colour, Pen, Point, shade

_OVERSAMPLING = 3
_SKINS: tuple[Colour, ...] = (
    (246, 218, 196),
    (233, 196, 166),
    (214, 169, 132),
    (186, 136, 98),
    (146, 99, 68),
    (104, 70, 50),
)
_HAIRS: tuple[Colour, ...] = ((38, 31, 30), (62, 44, 36), (98, 66, 42), (150, 104, 58), (196, 160, 104), (122, 52, 34))
_GREYS: tuple[Colour, ...] = ((176, 176, 174), (208, 208, 206), (138, 138, 138))
_CLOTHES: tuple[Colour, ...] = (
    (62, 92, 110),
    (38, 60, 78),
    (120, 72, 66),
    (84, 100, 78),
    (96, 84, 112),
    (52, 52, 58),
    (150, 118, 82),
)
_GROUNDS: tuple[Colour, ...] = ((205, 219, 222), (214, 220, 214), (222, 216, 206), (208, 214, 226))


@dataclass(frozen=True, slots=True)
class _Look:
    """What the seed decided. Lengths are parts of the head's half width."""

    skin: Colour
    hair: Colour
    cloth: Colour
    ground: Colour
    jaw: float
    length: float
    eyes_apart: float
    brow: float
    mouth: float
    nose: float
    style: str
    beard: str
    glasses: bool
    lines: bool


def portrait(seed: int, *, sex: str, age: int, width: int, height: int) -> Image.Image:
    """A stylised head and shoulders, RGB, width x height pixels.

    Args:
        seed: the same seed, sex and age give the same face.
        sex: `F`, `M` or `X`.
        age: completed years: children have rounder faces, old people grey hair.
        width: pixels.
        height: pixels; about 45/35 of the width for a passport (Doc 9303-3, 3.9).
    """
    look = _look(Random(seed), sex, age)
    size = (width * _OVERSAMPLING, height * _OVERSAMPLING)
    picture = _ground(size, look.ground)
    pen = Pen(ImageDraw.Draw(picture), size[0] / 2, size[1] * 0.47, size[1] * 0.235)
    _draw_back_hair(pen, look)
    _draw_body(pen, look)
    _draw_head(pen, look)
    _draw_features(pen, look)
    _draw_front_hair(pen, look)
    if look.glasses:
        _draw_glasses(pen, look)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _look(rng: Random, sex: str, age: int) -> _Look:
    masculine = sex == "M" or (sex == "X" and rng.random() < 0.5)
    grey = age > 55 and rng.random() < (age - 50) / 30
    child = age < 13
    styles = ("short", "side", "curly", "crop") if masculine else ("long", "bob", "bun", "scarf", "fringe", "curly")
    if masculine and age > 45:
        styles = (*styles, "bald")
    beards = ("none", "none", "none", "full", "moustache", "stubble") if masculine and age > 19 else ("none",)
    tone = rng.randrange(len(_SKINS))
    hairs = _HAIRS if tone < 3 else _HAIRS[:3]
    return _Look(
        skin=_SKINS[tone],
        hair=rng.choice(_GREYS if grey else hairs),
        cloth=rng.choice(_CLOTHES),
        ground=rng.choice(_GROUNDS),
        jaw=rng.uniform(0.84, 0.98) if masculine and not child else rng.uniform(0.7, 0.84),
        length=1.24 if child else rng.uniform(1.3, 1.44),
        eyes_apart=rng.uniform(0.4, 0.47),
        brow=rng.uniform(-0.05, 0.06),
        mouth=rng.uniform(0.26, 0.36),
        nose=rng.uniform(0.11, 0.17),
        style=rng.choice(styles),
        beard=rng.choice(beards),
        glasses=rng.random() < (0.12 if age < 45 else 0.4),
        lines=age > 52,
    )


def _ground(size: tuple[int, int], colour: Colour) -> Image.Image:
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    for row in range(size[1]):
        draw.line(((0, row), (size[0], row)), fill=shade(colour, 1.06 - 0.1 * row / size[1]))
    return picture


def _draw_body(pen: Pen, look: _Look) -> None:
    pen.mirrored([(0.0, 1.28), (0.5, 1.36), (1.25, 1.62), (1.72, 2.1), (1.85, 3.2), (0.0, 3.4)], look.cloth)
    pen.mirrored([(0.0, 0.8), (0.44, 0.9), (0.44, 1.38), (0.62, 1.5), (0.0, 1.82)], shade(look.skin, 0.86))
    collar = shade(look.cloth, 1.25)
    for side in (-1, 1):
        pen.stroke([(side * 0.64, 1.44), (side * 0.4, 1.74), (0.0, 1.95)], 0.09, collar)


def _head_outline(look: _Look) -> list[Point]:
    chin = look.length
    return [
        (0.0, -1.28),
        (0.62, -1.14),
        (0.97, -0.55),
        (1.0, 0.1),
        (look.jaw, 0.66),
        (0.5, chin - 0.16),
        (0.0, chin - 0.06),
    ]


def _draw_head(pen: Pen, look: _Look) -> None:
    if look.style != "scarf":
        for side in (-1, 1):
            pen.ellipse((side * 1.01, 0.14), 0.15, 0.26, shade(look.skin, 0.9))
    pen.mirrored(_head_outline(look), look.skin)
    if look.beard in ("full", "stubble"):
        tone = look.hair if look.beard == "full" else shade(look.skin, 0.84)
        chin = look.length
        pen.mirrored(
            [
                (0.0, 0.62),
                (0.34, 0.56),
                (0.66, 0.5),
                (1.0, 0.1),
                (look.jaw + 0.02, 0.7),
                (0.52, chin - 0.08),
                (0.0, chin + 0.04),
            ],
            tone,
        )
    for side in (-1, 1):
        pen.ellipse((side * 0.55, 0.46), 0.2, 0.13, shade(look.skin, 0.96))


def _draw_features(pen: Pen, look: _Look) -> None:
    dark = (44, 36, 36)
    brow = shade(look.hair, 0.85)
    for side in (-1, 1):
        x = side * look.eyes_apart
        pen.ellipse((x, 0.06), 0.17, 0.1, (250, 249, 246))
        pen.ellipse((x, 0.06), 0.092, 0.1, dark)
        pen.ellipse((x + 0.03, 0.03), 0.028, 0.028, (255, 255, 255))
        pen.stroke([(x - 0.18, 0.03), (x, -0.055), (x + 0.18, 0.03)], 0.045, dark)
        outer, inner = x + side * 0.22, x - side * 0.2
        pen.stroke([(inner, -0.2 + look.brow), (x, -0.27), (outer, -0.2)], 0.075, brow)
        if look.lines:
            pen.stroke([(side * 0.3, 0.5), (side * 0.42, 0.62), (side * 0.42, 0.74)], 0.03, shade(look.skin, 0.86))
    shadow = shade(look.skin, 0.84)
    pen.stroke([(-0.02, 0.1), (-0.06, 0.36), (-look.nose, 0.46), (0.0, 0.5), (look.nose, 0.46)], 0.045, shadow)
    if look.beard in ("full", "moustache"):
        pen.mirrored([(0.0, 0.58), (0.24, 0.56), (0.42, 0.7), (0.2, 0.67), (0.0, 0.68)], look.hair)
    lips = shade((198, 112, 104), 0.55 + 0.45 * look.skin[0] / 246)
    pen.stroke([(-look.mouth, 0.79), (0.0, 0.83), (look.mouth, 0.79)], 0.085, lips)
    pen.stroke([(-look.mouth, 0.785), (0.0, 0.81), (look.mouth, 0.785)], 0.022, shade(lips, 0.65))


def _draw_back_hair(pen: Pen, look: _Look) -> None:
    deep = shade(look.hair, 0.82)
    if look.style in ("long", "fringe"):
        pen.mirrored([(0.0, -1.46), (0.9, -1.2), (1.24, -0.3), (1.26, 0.9), (1.16, 1.9), (0.7, 2.0), (0.0, 1.6)], deep)
    elif look.style == "bob":
        pen.mirrored([(0.0, -1.46), (0.92, -1.2), (1.27, -0.3), (1.3, 0.7), (1.05, 1.02), (0.0, 0.9)], deep)
    elif look.style == "bun":
        pen.ellipse((0.0, -1.5), 0.46, 0.4, deep)
    elif look.style == "curly":
        for step in range(14):
            turn = math.pi * (step / 13)
            pen.ellipse((1.06 * math.cos(turn), -0.42 - 0.92 * math.sin(turn)), 0.34, 0.34, deep)
    elif look.style == "scarf":
        pen.mirrored(
            [(0.0, -1.5), (0.95, -1.25), (1.3, -0.2), (1.24, 0.9), (1.5, 1.75), (0.9, 2.1), (0.0, 2.2)], look.cloth
        )


def _draw_front_hair(pen: Pen, look: _Look) -> None:
    hair = look.hair
    if look.style in ("long", "bob", "bun"):
        for side in (-1, 1):
            pen.blob(
                [
                    (side * -0.1, -1.42),
                    (side * 0.75, -1.22),
                    (side * 1.16, -0.5),
                    (side * 1.12, 0.25),
                    (side * 0.93, -0.2),
                    (side * 0.5, -0.86),
                ],
                hair,
            )
    elif look.style == "fringe":
        pen.mirrored(
            [(0.0, -1.46), (0.8, -1.24), (1.18, -0.5), (1.1, 0.2), (0.93, -0.35), (0.5, -0.42), (0.0, -0.4)], hair
        )
    elif look.style == "short":
        pen.mirrored(
            [(0.0, -1.46), (0.7, -1.32), (1.06, -0.75), (1.04, -0.02), (0.93, -0.42), (0.7, -0.82), (0.0, -0.9)], hair
        )
    elif look.style == "crop":
        pen.mirrored(
            [(0.0, -1.34), (0.64, -1.22), (1.0, -0.7), (1.01, -0.1), (0.94, -0.5), (0.6, -0.98), (0.0, -1.04)],
            shade(hair, 1.1),
        )
    elif look.style == "side":
        pen.blob(
            [
                (-1.04, -0.05),
                (-1.08, -0.72),
                (-0.7, -1.34),
                (0.2, -1.5),
                (0.86, -1.2),
                (1.06, -0.6),
                (1.03, 0.0),
                (0.9, -0.5),
                (0.5, -0.9),
                (-0.3, -0.8),
                (-0.9, -0.48),
            ],
            hair,
        )
    elif look.style == "curly":
        for step in range(11):
            turn = math.pi * (0.06 + 0.88 * step / 10)
            pen.ellipse((0.86 * math.cos(turn), -0.5 - 0.62 * math.sin(turn)), 0.26, 0.26, hair)
    elif look.style == "scarf":
        cloth = shade(look.cloth, 1.16)
        for side in (-1, 1):
            pen.blob(
                [
                    (0.0, -1.46),
                    (side * 0.8, -1.24),
                    (side * 1.2, -0.4),
                    (side * 1.14, 0.6),
                    (side * 0.5, 1.5),
                    (0.0, 1.62),
                    (side * 0.52, 1.12),
                    (side * 0.86, 0.6),
                    (side * 0.93, -0.3),
                    (side * 0.6, -0.86),
                    (0.0, -1.0),
                ],
                cloth,
            )
    elif look.style == "bald":
        for side in (-1, 1):
            pen.blob([(side * 0.92, -0.5), (side * 1.08, -0.3), (side * 1.06, 0.1), (side * 0.96, 0.0)], hair)


def _draw_glasses(pen: Pen, look: _Look) -> None:
    frame = (52, 46, 48)
    for side in (-1, 1):
        x = side * look.eyes_apart
        ring = [
            (x + 0.29 * math.cos(turn), 0.07 + 0.22 * math.sin(turn))
            for turn in (step * math.pi / 8 for step in range(17))
        ]
        pen.stroke(ring, 0.04, frame)
        pen.stroke([(x + side * 0.29, 0.05), (side * 0.98, 0.0)], 0.04, frame)
    inner = look.eyes_apart - 0.29
    pen.stroke([(-inner, 0.04), (0.0, 0.0), (inner, 0.04)], 0.04, frame)
