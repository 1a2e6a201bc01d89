"""Security printing by code: iris-coloured grounds, fine wave bands and rosettes, in floating point colour."""

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.float32]
"""height x width x 3, blue green red, 0 to 255."""
Colour = tuple[float, float, float]
"""Red, green, blue, 0 to 255."""

_SHIFT = 4
"""Sub-pixel bits of OpenCV's drawing functions."""


def iris(width: int, height: int, stops: tuple[Colour, ...], *, slant: float = 0.25) -> Canvas:
    """A ground whose colour flows from one stop to the next, left to right and a little downwards."""
    across = (np.arange(0, width + 16, 16, dtype=np.float32) / max(width - 1, 1))[None, :]
    down = (np.arange(0, height + 16, 16, dtype=np.float32) / max(height - 1, 1))[:, None]
    place = np.clip((across + slant * down) / (1 + slant), 0, 1)
    knots = np.linspace(0, 1, len(stops))
    channels = [np.interp(place, knots, [stop[channel] for stop in stops]) for channel in (2, 1, 0)]
    coarse = np.stack(channels, axis=2).astype(np.float32)
    # Worked out for every 16th pixel: the flow is smooth. The shift puts the knots back onto their own pixels.
    back = np.array(((1 / 16, 0, 0), (0, 1 / 16, 0)), np.float32)
    fine = cv2.warpAffine(
        coarse, back, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(fine, dtype=np.float32)


def mix(canvas: Canvas, ink: Canvas | Colour, mask: NDArray[np.uint8], strength: float) -> None:
    """Lays ink over the canvas in place, where the mask is (0 to 255), at most at `strength` (0 to 1)."""
    alpha = mask.astype(np.float32) * np.float32(strength / 255)
    whole = ink if isinstance(ink, np.ndarray) else np.full_like(canvas, ink[::-1])
    canvas[:] = cv2.blendLinear(np.ascontiguousarray(canvas), whole, 1 - alpha, alpha)


def _polyline(mask: NDArray[np.uint8], points: NDArray[np.float64], *, closed: bool = False) -> None:
    fixed = np.round(points * (1 << _SHIFT)).astype(np.int32)
    cv2.polylines(mask, [fixed], closed, 255, 1, cv2.LINE_AA, _SHIFT)


def waves(width: int, height: int, rng: Random, *, lines: int, swing: float) -> NDArray[np.uint8]:
    """A mask of `lines` fine lines that swing up to `swing` pixels and weave through one another."""
    mask = np.zeros((height, width), np.uint8)
    x = np.arange(-4, width + 5, 4, dtype=np.float64)
    beat, carrier, phase = rng.uniform(1.2, 2.0), rng.uniform(5, 7), rng.uniform(0, math.tau)
    for line in range(lines):
        part = line / lines
        envelope = swing * np.sin(math.pi * beat * x / width + phase + 2.2 * part)
        y = part * (height + 2 * swing) - swing + envelope * np.sin(math.tau * carrier * x / width + math.tau * part)
        _polyline(mask, np.stack([x, y], axis=1))
    return mask


def rosette(
    size: tuple[int, int], middle: tuple[float, float], radius: float, *, petals: int, turns: int
) -> NDArray[np.uint8]:
    """A mask (size = width, height) of a flower of woven rings about `middle`."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    angle = np.linspace(0, math.tau, 90 * max(4, petals // 2), endpoint=False)
    for turn in range(turns):
        part = turn / turns
        reach = radius * (0.30 + 0.56 * part)
        ripple = radius * 0.14 * np.sin(petals * angle + math.tau * 2 * part) * (0.4 + 0.6 * math.sin(math.pi * part))
        ring = reach + ripple
        points = np.stack([middle[0] + ring * np.cos(angle), middle[1] + ring * np.sin(angle)], axis=1)
        _polyline(mask, points, closed=True)
    return mask


def band(width: int, height: int, *, periods: float, strands: int, amplitude: float) -> NDArray[np.uint8]:
    """A mask of a plaited ribbon along the middle of a strip."""
    mask = np.zeros((height, width), np.uint8)
    x = np.arange(0, width + 2, 2, dtype=np.float64)
    for strand in range(strands):
        phase = math.tau * strand / strands
        swell = 0.6 + 0.4 * np.sin(math.tau * periods / 7 * x / width + phase)
        y = height / 2 + amplitude * swell * np.sin(math.tau * periods * x / width + phase)
        _polyline(mask, np.stack([x, y], axis=1))
    return mask
