"""Whether a page is shown on a screen: the beat of its pixels with the camera's (moire) in the colours of the picture.

A camera that looks at a screen samples one grid with another: what is left is a wave of one frequency, tinted because
the red, green and blue stripes are sampled apart. Print is tinted by lines that bend, so that its frequencies differ
from place to place. The spectra of several places are averaged; only what all of them share stands out. Text is black
and does not count. A device's dark rim is no evidence: pages lie on dark desks too.
"""

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Bgr
from models.regions import Quad

Floats = npt.NDArray[np.float32]

_SIDE = 128
"""Of the square places that are looked at, pixels."""
_LEAST_WIDTH = 4 * _SIDE
"""Narrowest zone, pixels: in a smaller picture one place would hold a whole pattern of the page."""
_LEAST = 4
"""Places that must lie within the picture."""
_PERIODS = (3.3, 24.0)
"""Pixels from wave to wave. Shorter ones do not survive JPEG, longer ones are shades of the page."""
_BEAT = 4.7
"""Nats by which one frequency stands out from those of its length, on average over the places. Measured: 492 printed
pages at most 4.5; of drawn screens with waves three quarters, of drawn pixel grids one in seven lie above."""
_PLACES = tuple((along, up) for up in (0.0, 0.33, 0.5) for along in (-0.36, 0.0, 0.36))
"""From the middle of the zone, in widths of the zone along its rows and up the page."""
_FEW = _PLACES[1::3]
_MAYBE = 4.0
"""What a few places must show, when all of them are in view, before the others are looked at: of 300 printed pages 97 %
stay below, drawn screens with waves show 6 and more."""


def on_screen(image: npt.NDArray[np.uint8], zone: Quad) -> bool:
    """Whether the page around a zone carries the beat of a screen. False where that cannot be told.

    Args:
        image: (height, width, 3) BGR; a grey or four-channel picture tells nothing.
        zone: corners of the zone, from its own upper left.
    """
    few = beat(image, zone, _FEW)
    return (few == 0 or few >= _MAYBE) and beat(image, zone) >= _BEAT


def beat(image: npt.NDArray[np.uint8], zone: Quad, places: tuple[tuple[float, float], ...] = _PLACES) -> float:
    """How far the strongest common wave of colour stands out, nats; 0 where there is too little to look at."""
    corners = np.array(zone)
    along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    wide = float(np.linalg.norm(along))
    if image.ndim != 3 or image.shape[2] != 3 or wide < _LEAST_WIDTH:
        return 0.0
    rise = corners[:2].mean(axis=0) - corners[2:].mean(axis=0)
    up = rise / max(1.0, float(np.linalg.norm(rise))) * wide
    middle = corners.mean(axis=0)
    total = np.zeros((_SIDE, _SIDE), np.float32)
    seen = 0
    for x, y in places:
        left, top = (int(at) - _SIDE // 2 for at in middle + x * along + y * up)
        if left >= 0 and top >= 0 and left + _SIDE <= image.shape[1] and top + _SIDE <= image.shape[0]:
            total += _spectrum(image[top : top + _SIDE, left : left + _SIDE])
            seen += 1
    if seen < min(_LEAST, len(places)):
        return 0.0
    rings, sizes, band = _bands()
    mean = total / seen
    usual = np.bincount(rings, weights=mean.ravel()) / sizes
    above = mean - usual[rings].reshape(mean.shape)
    return float(above[band].max())


def _spectrum(piece: Bgr) -> Floats:
    """Logarithm of the power of the two colour differences, as real and imaginary part of one wave."""
    blue, green, red = cv2.split(piece.astype(np.float32))
    planes = [(plane - float(plane.mean())) * _window() for plane in (red - green, blue - green)]
    waves = np.asarray(cv2.dft(cv2.merge(planes)), np.float32)
    real, imaginary = waves[:, :, 0], waves[:, :, 1]
    return np.asarray(cv2.log(real * real + imaginary * imaginary + np.float32(1e-3)), np.float32)


@lru_cache(maxsize=1)
def _window() -> Floats:
    edge = np.hanning(_SIDE)
    return np.outer(edge, edge).astype(np.float32)


@lru_cache(maxsize=1)
def _bands() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Ring of every frequency, how many each ring has, and where a beat may be: not on the grid of JPEG blocks."""
    down, across = np.meshgrid(np.fft.fftfreq(_SIDE), np.fft.fftfreq(_SIDE), indexing="ij")
    length = np.hypot(across, down)
    rings = np.round(length * _SIDE / 2).astype(np.intp).ravel()

    def grid(frequency: npt.NDArray[np.float64], step: int) -> npt.NDArray[np.bool_]:
        return np.abs(frequency * step - np.round(frequency * step)) / step < 1.2 / _SIDE

    level = [np.abs(each) < 1.2 / _SIDE for each in (across, down)]
    blocks = (grid(across, 16) & level[1]) | (grid(down, 16) & level[0]) | (grid(across, 8) & grid(down, 8))
    band = (length > 1 / _PERIODS[1]) & (length < 1 / _PERIODS[0]) & ~blocks
    return rings, np.bincount(rings).astype(np.float64), band
