"""The paper of the documents: ground, waves, rosettes, a ribbon above the strip of the zone."""

from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import MrzFormat
from models.specimens import guilloche
from models.specimens.camera import sensor_noise
from models.specimens.guilloche import Colour
from models.specimens.look import Look
from models.specimens.sheets import MM, SHEETS

Picture = NDArray[np.uint8]
_Hues = tuple[tuple[Colour, ...], tuple[Colour, ...], tuple[Colour, ...]]

_PALETTES: tuple[_Hues, ...] = (
    (
        ((224, 238, 234), (246, 241, 226), (250, 234, 222), (228, 234, 246)),
        ((38, 132, 132), (196, 150, 70), (198, 104, 104), (72, 104, 166)),
        ((90, 150, 190), (120, 170, 150), (60, 140, 150)),
    ),
    (
        ((222, 230, 246), (232, 240, 250), (240, 232, 246)),
        ((52, 84, 160), (72, 128, 188), (122, 88, 160)),
        ((100, 140, 200), (150, 150, 200)),
    ),
    (
        ((232, 242, 220), (246, 246, 226), (226, 240, 232)),
        ((74, 128, 62), (160, 150, 60), (44, 120, 100)),
        ((130, 170, 110), (170, 180, 120)),
    ),
    (
        ((248, 232, 232), (250, 240, 228), (242, 232, 244)),
        ((176, 70, 84), (206, 134, 74), (138, 80, 150)),
        ((200, 130, 140), (210, 170, 130)),
    ),
)
"""Grounds, inks of the first pattern, inks of the second."""
_PALE = (240, 244, 244)


def draw_paper(kind: MrzFormat, seed: int, look: Look) -> Picture:
    """The page before anything is written on it: height x width x 3, BGR, at `sheets.DPI`.

    Args:
        kind: which document.
        seed: one of seven patterns, and the grain.
        look: its `palette`, and how much of the pattern goes on under the zone (`ground`).
    """
    canvas = _printed(kind, seed % 7, look.palette).copy()
    sheet = SHEETS[kind]
    edge = round((sheet.height - sheet.zone) * MM)
    pale = np.array(_PALE, np.float32)
    canvas[edge:] = np.clip(pale + (canvas[edge:] - pale) * look.ground, 0, 255).astype(np.uint8)
    strip = canvas[edge - round(1.6 * MM) : edge + round(0.2 * MM)]
    ribbon = strip.astype(np.float32)
    high, width = strip.shape[:2]
    plait = guilloche.band(width, high, periods=sheet.width / 2.4, strands=5, amplitude=high * 0.42)
    guilloche.mix(ribbon, (24.0, 104.0, 112.0), plait, 0.75)
    strip[:] = ribbon.astype(np.uint8)
    return sensor_noise(canvas, 1.4, Random(seed))


@lru_cache(maxsize=16)
def _printed(kind: MrzFormat, pattern: int, palette: int) -> Picture:
    """The whole pattern, in full strength everywhere: it is the same on many pages, and slow to draw."""
    sheet = SHEETS[kind]
    width, height = round(sheet.width * MM), round(sheet.height * MM)
    rng = Random(pattern)
    grounds, first, second = _PALETTES[palette]
    canvas = guilloche.iris(width, height, grounds)
    inks = guilloche.iris(width, height, first)
    guilloche.mix(canvas, inks, guilloche.waves(width, height, rng, lines=64, swing=46), 0.34)
    cool = guilloche.iris(width, height, second)
    guilloche.mix(canvas, cool, guilloche.waves(width, height, rng, lines=46, swing=70), 0.24)
    middle = (width * 0.66, (sheet.height - sheet.zone) * MM * 0.56)
    for petals, radius, strength in ((12, 0.44, 0.24), (24, 0.25, 0.28)):
        flower = guilloche.rosette((width, height), middle, radius * height, petals=petals, turns=34)
        guilloche.mix(canvas, inks, flower, strength)
    return np.asarray(cv2.convertScaleAbs(canvas), dtype=np.uint8)
