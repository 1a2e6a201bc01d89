"""What the tests of the models share."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from models.errors import ModelMissing
from models.specimens.fonts import Face, font

sys.path.insert(0, str(Path(__file__).parent))  # mrz_views, which several of the tests draw with


@pytest.fixture(scope="session")
def today():
    return date(2026, 7, 10)


@pytest.fixture(scope="session")
def flat_page() -> Callable[[tuple[str, ...]], np.ndarray]:
    """Draws a scanned page of paper with a zone at its foot: OCR-B, ten characters to the inch, 180 dots an inch."""
    try:
        letters = font(Face.OCR_B, 18 / (font(Face.OCR_B, 1000).getlength("0") / 1000))
    except ModelMissing as error:
        pytest.skip(str(error))

    def draw(zone: tuple[str, ...]) -> np.ndarray:
        width, height = 18 * len(zone[0]) + 70, 420
        page = Image.new("L", (width, height), 236)
        pen = ImageDraw.Draw(page)
        pen.rectangle((30, 30, 190, 200), fill=150)
        for row, line in enumerate(zone):
            for column, character in enumerate(line):
                at = (35 + 18 * (column + 0.5), height - 40 - 45 * (len(zone) - 1 - row))
                pen.text(at, character, font=letters, fill=40, anchor="ms")
        noise = np.random.default_rng(len(zone)).normal(0, 3, (height, width))
        grey = cv2.GaussianBlur(np.asarray(page, np.float32), (0, 0), 0.7) + noise
        return cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)

    return draw
