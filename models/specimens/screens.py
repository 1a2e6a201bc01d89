"""A page shown on a tablet: bezel, a strip of the program's own, the waves that a camera sees in a screen's pixels."""

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.specimens import camera
from models.specimens.marks import draw_text

Picture = NDArray[np.uint8]


def on_tablet(page: Picture, rng: Random, *, strength: float) -> tuple[Picture, tuple[int, int]]:
    """The tablet, height x width x 4, and where the page's upper left corner is on it (x, y), pixels.

    Args:
        page: height x width x 3 or 4, uint8; without opacity the screen's own ground shows.
        rng: which waves, which ground.
        strength: of the waves, 0 to 1.
    """
    height, width = page.shape[:2]
    bezel, edge, bar = width // 22, width // 30, width // 18
    size = (width + 2 * (bezel + edge), height + 2 * (bezel + edge) + bar)
    body = Image.new("RGBA", size, (16, 17, 19, 0))
    draw = ImageDraw.Draw(body)
    draw.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), bezel, fill=(16, 17, 19, 255))
    ground = rng.choice(((250, 250, 250), (34, 36, 40), (224, 228, 232)))
    draw.rectangle((bezel, bezel, size[0] - bezel - 1, size[1] - bezel - 1), fill=(*ground, 255))
    ink = (40, 44, 48) if ground[0] > 128 else (210, 212, 214)
    draw_text(draw, (bezel + edge, bezel + bar * 0.75), "IMG_0417  ·  1 / 1", bar * 0.42, ink, bold=False)
    canvas = np.array(body, dtype=np.uint8)[:, :, [2, 1, 0, 3]]
    at = (bezel + edge, bezel + edge + bar // 2)
    spot = canvas[at[1] : at[1] + height, at[0] : at[0] + width, :3]
    weight = page[:, :, 3].astype(np.float32) / 255 if page.shape[2] == 4 else np.ones((height, width), np.float32)
    spot[:] = cv2.blendLinear(np.ascontiguousarray(page[:, :, :3]), np.ascontiguousarray(spot), weight, 1 - weight)
    lit = np.s_[bezel : size[1] - bezel, bezel : size[0] - bezel]
    canvas[lit] = camera.moire(canvas[lit], rng, strength=strength)
    return canvas, at
