"""How alike a warm region and its surroundings are to a head: a very small network on the region's picture.

Head, hair, neck and shoulders around the region are brought to 16 x 14 numbers, whatever the sensor's resolution, less
the region's own temperature and over its contrast, so that neither fever nor the air's temperature is seen by it. One
hidden layer of 16 answers: a face, glasses, a hat. 3699 numbers, `face_pattern.npz`, made by
`drivers/training/face_pattern.py` from generated scenes only. Nobody can be recognised by it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.thermal.warm_region import Plane, Region

WEIGHTS = Path(__file__).with_name("face_pattern.npz")
ROWS, COLUMNS = 16, 14
INPUTS = ROWS * COLUMNS + 2
_ACROSS, _DOWN, _ABOVE = 2.0, 2.4, 0.5
"""Of the region's width: what is cut out, and how much of it lies above the region's top."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Log odds, each."""

    face: float
    glasses: float
    """Given a face."""
    hat: float
    """Given a face."""


def view_of(means: Plane, region: Region, pixel_aspect: float) -> NDArray[np.float32]:
    """What the network sees of a region, (INPUTS,).

    Args:
        means: the picture, smoothed.
        region: in it.
        pixel_aspect: angle of a pixel's width over that of its height.
    """
    step_x, step_y = _ACROSS * region.width / COLUMNS, _DOWN * region.width * pixel_aspect / ROWS
    left = region.left + region.width / 2 - 0.5 - _ACROSS * region.width / 2 + step_x / 2
    top = region.top - 0.5 - _ABOVE * region.width * pixel_aspect + step_y / 2
    cut = cv2.warpAffine(
        means,
        np.array([[step_x, 0, left], [0, step_y, top]], np.float32),
        (COLUMNS, ROWS),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    plain = np.clip((cut - region.celsius) / (region.edge_celsius + 0.5), -4, 4) / 2
    return np.append(plain, (region.edge_celsius / 3, np.log(region.width) / 3)).astype(np.float32)


def likeness(views: NDArray[np.float32]) -> list[Likeness]:
    """Of every view, (views, INPUTS)."""
    hidden, hidden_bias, out, out_bias = _weights()
    answers = np.tanh(views @ hidden + hidden_bias) @ out + out_bias
    return [Likeness(*(float(value) for value in answer)) for answer in answers]


@cache
def _weights() -> tuple[NDArray[np.float32], ...]:
    """Read once, at the first look."""
    with np.load(WEIGHTS) as stored:
        return tuple(np.asarray(stored[name], np.float32) for name in ("hidden", "hidden_bias", "out", "out_bias"))
