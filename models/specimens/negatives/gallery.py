"""The kinds of negatives, by name."""

from collections.abc import Callable
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.specimens.certificate_page import draw_sheet
from models.specimens.code_texts import hcert
from models.specimens.frames import Size, empty_desk, frame
from models.specimens.portrait import portrait

Picture = NDArray[np.uint8]


def _certificate(rng: Random, size: Size) -> Picture:
    rows = [("Name", "LINDQVARN, Maja Elin"), ("Date of birth", "1991-04-17"), ("Number", f"{rng.randrange(10**12)}")]
    return frame(draw_sheet(hcert(rng), rows).pixels, rng, rng.choice(("easy", "hard")), size=size).pixels


def _face(rng: Random, size: Size) -> Picture:
    face = portrait(rng.getrandbits(32), sex=rng.choice("FM"), age=rng.randrange(8, 90), width=size[0], height=size[1])
    return np.ascontiguousarray(np.asarray(face, dtype=np.uint8)[:, :, ::-1])


def _prose(rng: Random, size: Size) -> Picture:
    page = np.full((1000, 1400, 3), 244, np.uint8)
    for y in range(40, 960, rng.randrange(24, 44)):
        words = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz  eeaa") for _ in range(90))
        cv2.putText(page, words, (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (30, 30, 30), 1, cv2.LINE_AA)
    return frame(page, rng, rng.choice(("easy", "hard")), size=size).pixels


def _desk(rng: Random, size: Size) -> Picture:
    return empty_desk(rng, size=size)


KINDS: dict[str, Callable[[Random, Size], Picture]] = {
    "prose": _prose,
    "certificate": _certificate,
    "face": _face,
    "empty desk": _desk,
}
"""Each draws one frame of that size, height x width x 3, BGR."""
