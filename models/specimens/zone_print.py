"""Prints the machine-readable zone on a page: the cut of OCR-B, each character in its place, what went wrong."""

from random import Random
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.specimens.fonts import Face, font
from models.specimens.look import Look
from models.specimens.sheets import LINE_MM, MM, PITCH_MM

Mask = NDArray[np.float32]
"""height x width, 0 paper to 1 ink."""

_INK = (26.0, 38.0, 44.0)
"""Red, green, blue."""
_BELOW_MM = 4.0
_CAPITAL = 0.68
"""Height of a capital letter in the font's em."""


def draw_zone(
    picture: Image.Image, start_mm: tuple[float, float], lines: tuple[str, ...], look: Look, rng: Random
) -> None:
    """Sets the lines in OCR-B, every character in the middle of its own cell of a tenth of an inch; in place.

    Args:
        picture: the page, RGB, at `sheets.DPI`.
        start_mm: left edge of the first character, middle of the first line.
        lines: of the zone.
        look: which cut, which defects.
        rng: where the defects are; not used by a faultless look.
    """
    top = max(0, round((start_mm[1] - _BELOW_MM) * MM))
    bottom = min(picture.size[1], round((start_mm[1] + (len(lines) - 1) * LINE_MM + _BELOW_MM) * MM))
    ink = _ink((picture.size[0], bottom - top), (start_mm[0] * MM, start_mm[1] * MM - top), lines, look, rng)
    ink = _misprint(ink, look, np.random.default_rng(rng.getrandbits(64)))
    strip = np.asarray(picture.crop((0, top, picture.size[0], bottom)), np.float32)
    printed = strip + (np.array(_INK, np.float32) - strip) * ink[:, :, None]
    picture.paste(Image.fromarray(printed.astype(np.uint8)), (0, top))


def _ink(size: tuple[int, int], start: tuple[float, float], lines: tuple[str, ...], look: Look, rng: Random) -> Mask:
    layer = Image.new("L", size, 0)
    draw = ImageDraw.Draw(layer)
    # The pitch of OCR-B is 0.723 of its em; the size follows from the pitch and not the other way round.
    em = PITCH_MM * MM / (font(Face.OCR_B, 1000).getlength("0") / 1000)
    letters = font(look.cut, em)
    stray = look.misplaced * MM
    for row, line in enumerate(lines):
        base = start[1] + row * LINE_MM * MM + 0.5 * em * _CAPITAL
        for column, character in enumerate(line):
            at = (start[0] + (column + 0.5) * PITCH_MM * MM, base)
            if stray:
                at = (at[0] + rng.gauss(0, stray), at[1] + rng.gauss(0, stray))
            draw.text(at, character, font=letters, fill=255, anchor="ms")
    return np.asarray(np.asarray(layer, np.float32) / np.float32(255), np.float32)


def _misprint(ink: Mask, look: Look, chance: np.random.Generator) -> Mask:
    """What the printer did wrong, each only where the look asks for it."""
    if look.weight:
        soft = cv2.GaussianBlur(ink, (0, 0), 1.7)
        level = 0.5 + (0.24 if look.weight < 0 else 0.36) * -look.weight
        ink = np.clip((soft - level) * 4.0 + 0.5, 0, 1).astype(np.float32)
    if look.breaks:
        ink = ink * _streaks(ink.shape, look.breaks, chance)
    if look.holes:
        dots = _dots(ink.shape, chance)
        ink = np.clip(ink * (dots > _quantile(look.holes)) + 0.7 * (_dots(ink.shape, chance) > 3.3), 0, 1)
    if look.fade:
        cells = chance.random((3, 14)).astype(np.float32)
        clouds = cv2.resize(cells, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_CUBIC)
        ink = np.asarray(ink * (1 - look.fade * np.clip(clouds, 0, 1)), np.float32)
    return np.asarray(ink, np.float32)


def _streaks(shape: tuple[int, ...], share: float, chance: np.random.Generator) -> Mask:
    """1 where ink arrives; rows of a dead nozzle and columns where the ribbon slipped are nearly 0."""
    kept = np.ones(shape, np.float32)
    for _ in range(round(share * shape[0] / 3)):
        row, thick = int(chance.integers(shape[0])), int(chance.integers(1, 4))
        kept[row : row + thick] *= float(chance.uniform(0, 0.3))
    for _ in range(round(share * shape[1] / 12)):
        column, thick = int(chance.integers(shape[1])), int(chance.integers(1, 5))
        top = int(chance.integers(-shape[0] // 2, shape[0]))
        kept[max(0, top) : top + shape[0] // 2, column : column + thick] *= float(chance.uniform(0, 0.3))
    return kept


def _quantile(share: float) -> float:
    """The value that this share of normal noise lies below."""
    return NormalDist().inv_cdf(share)


def _dots(shape: tuple[int, ...], chance: np.random.Generator) -> Mask:
    """Smooth noise of unit variance with grains of about four pixels."""
    grain = cv2.GaussianBlur(chance.standard_normal(shape, np.float32), (0, 0), 1.6)
    return np.asarray(grain / grain.std(), np.float32)
