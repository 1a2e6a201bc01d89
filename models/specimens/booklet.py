"""Lays a data page into an open booklet: cover, the page above, the fold. A camera never sees a page alone."""

from functools import lru_cache
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.specimens import guilloche
from models.specimens.frames import Box
from models.specimens.marks import TEAL, draw_text, emblem

Page = NDArray[np.uint8]

_COVER = (74, 30, 38)
_CAPTION = (62, 92, 100)
_RIM = 0.018
"""How far the cover looks out, in page widths."""


def open_booklet(page: Page, seed: int = 0) -> tuple[Page, Box]:
    """The booklet that the data page belongs to, opened at it.

    Args:
        page: height x width x 4 as `passport.draw_document` returns it; where it is torn, the cover shows.
        seed: of the pattern on the page above.

    Returns:
        The booklet, height x width x 4, and the box of the data page in it: the `focus` of `frames.frame`.
    """
    height, width = page.shape[:2]
    rim = round(width * _RIM)
    size = (width + 2 * rim, 2 * height + 2 * rim)
    cover = Image.new("RGBA", size, (*_COVER, 0))
    radius = round(width * 0.034)
    ImageDraw.Draw(cover).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius, fill=(*_COVER, 255))
    cover.paste(_upper(width, height, seed), (rim, rim), _page_mask(width, height, radius))
    canvas = np.array(cover, dtype=np.uint8)[:, :, [2, 1, 0, 3]]
    spot = canvas[rim + height : rim + 2 * height, rim : rim + width]
    weight = page[:, :, 3:].astype(np.float32) / 255
    spot[:, :, :3] = spot[:, :, :3] * (1 - weight) + page[:, :, :3] * weight
    _shade_fold(canvas, rim + height, round(height * 0.07))
    return np.ascontiguousarray(canvas), (float(rim), float(rim + height), float(rim + width), float(rim + 2 * height))


@lru_cache(maxsize=6)
def _upper(width: int, height: int, seed: int) -> Image.Image:
    """The page above: the same hues, a large emblem, a few words."""
    rng = Random(seed)
    canvas = guilloche.iris(width, height, ((228, 234, 246), (246, 238, 228), (224, 238, 234)))
    inks = guilloche.iris(width, height, ((72, 104, 166), (198, 124, 104), (38, 132, 132)))
    guilloche.mix(canvas, inks, guilloche.waves(width, height, rng, lines=60, swing=50), 0.3)
    flower = guilloche.rosette((width, height), (width / 2, height * 0.46), height * 0.42, petals=16, turns=30)
    guilloche.mix(canvas, inks, flower, 0.26)
    picture = Image.fromarray(np.ascontiguousarray(np.clip(canvas, 0, 255).astype(np.uint8)[:, :, ::-1]))
    mark = emblem(round(height * 0.26))
    picture.paste(mark, ((width - mark.size[0]) // 2, round(height * 0.33)), mark)
    draw = ImageDraw.Draw(picture)
    draw_text(draw, (width * 0.06, height * 0.12), "Observations / ข้อสังเกต", height * 0.03, _CAPTION, bold=False)
    draw_text(draw, (width * 0.06, height * 0.18), "SPECIMEN", height * 0.045, TEAL, bold=True)
    words = "This booklet belongs to nobody and opens no border."
    draw_text(draw, (width * 0.06, height * 0.9), words, height * 0.03, _CAPTION, bold=False)
    return picture


def _page_mask(width: int, height: int, radius: int) -> Image.Image:
    """Round above, square at the fold."""
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height + radius), radius, fill=255)
    return mask


def _shade_fold(canvas: Page, row: int, reach: int) -> None:
    """Darkens both pages towards the fold, in place."""
    distance = np.abs(np.arange(-reach, reach, dtype=np.float32)) / reach
    shade = (0.62 + 0.38 * np.sqrt(np.clip(distance, 0, 1)))[:, None, None]
    strip = canvas[row - reach : row + reach, :, :3]
    strip[:] = (strip * shade).astype(np.uint8)
