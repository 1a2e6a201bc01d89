"""Entry stamps as officers put them: a frame, a place, a date, in one ink that took unevenly, never straight."""

from collections.abc import Callable
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.specimens.fonts import Face, font
from models.specimens.sheets import MM

Ink = tuple[int, int, int]
"""Red, green, blue."""

_INKS: tuple[Ink, ...] = ((88, 48, 132), (36, 58, 150), (178, 38, 52), (24, 112, 84), (46, 46, 54), (120, 40, 110))
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WORDS = ("IMMIGRATION", "ENTRY", "ADMITTED", "DEPARTED", "EXIT", "PERMITTED TO STAY", "ขาเข้า ENTRY", "VISA USED")
_PLACES = ("UTOPIA HARBOUR", "PIER 3", "NORTH GATE", "UTOPIA AIRPORT", "BRIDGE POST 12", "ISLAND FERRY")


def put_stamps(page: NDArray[np.uint8], count: int, across: float, rng: Random) -> None:
    """Puts stamps onto a page, in place.

    Args:
        page: height x width x 3, BGR, at `sheets.DPI`.
        count: how many.
        across: the row about whose height their middles lie, pixels.
        rng: which stamps, which ink, where and how crooked.
    """
    height, width = page.shape[:2]
    for number in range(count):
        ink = rng.choice(_INKS)
        mask = _worn(_stamp(rng), rng)
        x = round(width * (rng.uniform(0.12, 0.88) if count == 1 else (number + rng.uniform(0.2, 0.8)) / count))
        y = round(across + rng.gauss(0, 0.05) * height)
        _press(page, mask, (x, y), ink, rng.uniform(0.55, 0.9))


def _stamp(rng: Random) -> Image.Image:
    """One stamp turned as it fell: L, 255 where ink is."""
    width, height = round(rng.uniform(34, 46) * MM), round(rng.uniform(22, 30) * MM)
    layer = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(layer)
    rng.choice(_FRAMES)(draw, width, height)
    day = f"{rng.randrange(1, 29):02d} {rng.choice(_MONTHS)} {rng.randrange(2012, 2026)}"
    rows = (rng.choice(_WORDS), day, rng.choice(_PLACES), f"{rng.randrange(10_000):04d}")
    for row, (text, size) in enumerate(zip(rows, (3.4, 4.6, 3.0, 2.6), strict=True)):
        thai = any("\u0e00" <= letter <= "\u0e7f" for letter in text)
        letters = font(Face.THAI_BOLD if thai else Face.SANS_BOLD, round(size * MM))
        draw.text(
            (width / 2, height * (0.23 + 0.2 * row)),
            text.split()[0] if thai else text,
            fill=255,
            font=letters,
            anchor="mm",
        )
    return layer.rotate(rng.gauss(0, 22), Image.Resampling.BILINEAR, expand=True)


def _rectangle(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    draw.rounded_rectangle((3, 3, width - 4, height - 4), 18, outline=255, width=7)
    draw.rounded_rectangle((15, 15, width - 16, height - 16), 12, outline=255, width=3)


def _oval(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    draw.ellipse((3, 3, width - 4, height - 4), outline=255, width=7)


def _hexagon(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    cut = width // 8
    corners = [
        (cut, 4),
        (width - cut, 4),
        (width - 4, height // 2),
        (width - cut, height - 4),
        (cut, height - 4),
        (4, height // 2),
        (cut, 4),
    ]
    draw.line(corners, fill=255, width=7, joint="curve")


def _ruled(draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    for y in (4, height * 0.33, height - 8):
        draw.line((4, y, width - 4, y), fill=255, width=6)


_FRAMES: tuple[Callable[[ImageDraw.ImageDraw, int, int], None], ...] = (_rectangle, _oval, _hexagon, _ruled)


def _worn(layer: Image.Image, rng: Random) -> NDArray[np.float32]:
    """Rubber takes ink unevenly: paler on one side, patchy, a little run at the edges."""
    mask = np.asarray(layer, np.float32) / 255
    chance = np.random.default_rng(rng.getrandbits(64))
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.8, 1.8))
    size = (mask.shape[1], mask.shape[0])
    patches = cv2.resize(chance.random((9, 14)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    speckle = cv2.resize(
        chance.random((mask.shape[0] // 4, mask.shape[1] // 4)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(soft * np.clip(0.45 + 0.8 * patches, 0, 1) * np.clip(0.3 + 1.6 * speckle, 0, 1), np.float32)


def _press(
    page: NDArray[np.uint8], mask: NDArray[np.float32], middle: tuple[int, int], ink: Ink, strength: float
) -> None:
    """Ink is see-through: it multiplies what lies under it, so that black print stays black."""
    left, top = middle[0] - mask.shape[1] // 2, middle[1] - mask.shape[0] // 2
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(page.shape[1], left + mask.shape[1]), min(page.shape[0], top + mask.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = mask[y0 - top : y1 - top, x0 - left : x1 - left, None] * strength
    colour = 1 - np.array(ink[::-1], np.float32) / 255
    spot = page[y0:y1, x0:x1]
    spot[:] = (spot * (1 - part * colour)).astype(np.uint8)
