"""Draws specimen travel documents of the state of Utopia, and the French identity card, whose format names its state.

Sizes and places: `sheets`. The French card stands for a layout only; everything on it is invented.
"""

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.mrz_layout import recognise
from models.regions import MrzFormat
from models.specimens.look import Look
from models.specimens.marks import stamp_specimen
from models.specimens.paper import draw_paper
from models.specimens.people import Person
from models.specimens.sheets import MM, SHEETS, Sheet, sheet_zone, zone_quad
from models.specimens.stamps import put_stamps
from models.specimens.visual_zone import draw_visual_zone, rounded, seed_of
from models.specimens.zone_print import draw_zone

Page = NDArray[np.uint8]
"""height x width x 4: blue, green, red, opacity. Where paper is torn off or a corner is round, opacity is 0."""

_FRESH = Look()


def draw_document(person: Person, lines: tuple[str, ...], *, look: Look = _FRESH, torn: bool = False) -> Page:
    """The whole page at 300 dots per inch: ground, portrait, fields, the word SPECIMEN, machine-readable zone.

    Args:
        person: whose document it is; also the seed of the portrait, of the pattern and of every defect.
        lines: the zone's text; its shape decides the kind of document.
        look: how it was printed and used.
        torn: the lower right part is gone, and with it more than half of every line of the zone.

    Raises:
        ValueError: no such document is drawn here.
        ModelMissing: a font is not installed.
    """
    kind = recognise(lines)
    if kind is None:
        raise ValueError(
            f"a document with lines of {sorted({len(line) for line in lines})} characters is not drawn here"
        )
    sheet = SHEETS[kind]
    seed = seed_of(person)
    picture = Image.fromarray(np.ascontiguousarray(draw_paper(kind, seed, look)[:, :, ::-1]))
    draw_visual_zone(picture, kind, person)
    middle = (picture.size[0] * 0.56, (sheet.height - sheet.zone) * MM * 0.60)
    picture = stamp_specimen(picture, middle, sheet.height * 0.165 * MM, 14)
    draw_zone(picture, sheet_zone(kind), lines, look, Random(seed))
    colour = np.array(picture, dtype=np.uint8)[:, :, ::-1]
    if look.stamps:
        put_stamps(colour, look.stamps, _zone_middle(kind), Random(seed))
    opacity = _opacity(sheet)
    if torn:
        _tear(colour, opacity, Random(seed))
    return np.ascontiguousarray(np.dstack([colour, opacity]))


def _zone_middle(kind: MrzFormat) -> float:
    quad = zone_quad(kind)
    return (quad[0][1] + quad[2][1]) / 2


def _opacity(sheet: Sheet) -> NDArray[np.uint8]:
    size = (round(sheet.width * MM), round(sheet.height * MM))
    return np.array(rounded(size, sheet.corner), dtype=np.uint8)


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
