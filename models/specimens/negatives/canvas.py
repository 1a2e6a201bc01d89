"""A sheet to draw on, and the same camera that sees the documents."""

from dataclasses import replace
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.specimens import camera
from models.specimens.fonts import Face, font
from models.specimens.frames import Box, Scene, Size
from models.specimens.reach import EVALUATION, Difficulty, Range

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Red, green, blue."""

PAPERS: tuple[Colour, ...] = ((250, 249, 245), (244, 240, 228), (252, 252, 252), (236, 232, 222), (238, 244, 246))
INK: Colour = (28, 30, 34)


class Canvas:
    """A sheet of one colour with words and boxes on it; sizes in its own pixels."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width, height), ground)
        self.draw = ImageDraw.Draw(self.image)

    def write(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        face: Face = Face.SANS,
        fill: Colour = INK,
        *,
        anchor: str = "ls",
    ) -> float:
        """Text from a base line; returns how wide it is."""
        letters = font(face, round(size))
        self.draw.text(at, text, font=letters, fill=fill, anchor=anchor)
        return float(letters.getlength(text))

    def paragraph(self, box: Box, text: str, size: float, face: Face, leading: float, fill: Colour = INK) -> None:
        """Text broken at spaces into the box; what does not fit is left out."""
        letters = font(face, round(size))
        left, y, right, bottom = box
        y += size
        line, length, space = "", 0.0, letters.getlength(" ")
        for word in text.split(" "):
            wide = letters.getlength(word)
            if line and length + space + wide > right - left:
                self.draw.text((left, y), line, font=letters, fill=fill, anchor="ls")
                y, line, length = y + size * leading, "", 0.0
                if y > bottom:
                    return
            line, length = (f"{line} {word}", length + space + wide) if line else (word, wide)
        self.draw.text((left, y), line, font=letters, fill=fill, anchor="ls")

    def pixels(self, *, corner: float = 0.0) -> Picture:
        """Height x width x 4: blue, green, red, opacity; round corners of that radius."""
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, self.width - 1, self.height - 1), corner, fill=255)
        colour = np.asarray(self.image, dtype=np.uint8)[:, :, ::-1]
        return np.ascontiguousarray(np.dstack([colour, np.asarray(mask, dtype=np.uint8)]))


def held(page: Picture, rng: Random, size: Size, *, width: Range | None = None, upright: bool = True) -> Picture:
    """The page before the camera that sees the documents, on easy or hard terms.

    Args:
        page: height x width x 3 or 4.
        rng: the only source of chance.
        size: of the frame.
        width: of the page in pixels of the frame, instead of the evaluation's own.
        upright: False: one in five is turned by a quarter or by half.
    """
    level = rng.choice(tuple(Difficulty))
    reach = replace(EVALUATION[level], bend=(0.0, 0.0), sway=1.0)
    if not upright and rng.random() < 0.2:
        turn = rng.choice((90.0, 180.0, 270.0))
        reach = replace(reach, turn=(turn, turn))
    if width is not None:
        reach = replace(reach, width=width)
    return Scene(page, rng, reach, size=size, focus=_part(page, rng)).see(rng).pixels


def _part(page: Picture, rng: Random) -> Box:
    """What of a tall sheet comes before the camera: a strip as flat as the frame."""
    height, width = page.shape[:2]
    tall = min(height, round(width * 0.42))
    top = rng.randrange(height - tall + 1)
    return 0.0, float(top), float(width), float(top + tall)


def shot(pixels: Picture, rng: Random, *, depth: float = 0.0) -> Picture:
    """A scene that is already a whole frame, through light, lens, sensor and coder; `depth`: defocus, pixels."""
    size = (pixels.shape[1], pixels.shape[0])
    reach = EVALUATION[rng.choice(tuple(Difficulty))]
    field = camera.light(size, rng, fall_off=rng.uniform(*reach.fall_off), shade=rng.uniform(0, 0.3), warmth=0.03)
    lit = camera.defocus(camera.shine(pixels, field), max(depth, rng.uniform(*reach.defocus)))
    smeared = camera.motion_blur(lit, rng.uniform(*reach.smear) * 0.6, rng.uniform(0, 180))
    return camera.jpeg(camera.sensor_noise(smeared, rng.uniform(*reach.noise), rng), rng.randint(*reach.quality))


def bgr(image: Image.Image) -> Picture:
    """A picture of Pillow's, RGB, as OpenCV wants it."""
    return np.ascontiguousarray(cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR), dtype=np.uint8)
