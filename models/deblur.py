"""Takes linear motion blur out of the part of a picture that looks like a 2D code. Pure functions.

A 2D code has as many edges across as down. A hand that moves smears those along its way: the direction in which
gradients are weakest is that of the motion (smallest eigenvector of the structure tensor), and how weak they are says
whether there is anything to undo. The smear is then inverted by Wiener's filter. The code's error correction decides
whether the result is right, so that a wrong guess costs time and nothing else.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

LENGTHS = (8.5, 10.0, 11.5, 13.0, 7.0)
"""Smears that are tried, pixels; each forgives about 10 % of error."""
_NOISE = 0.007
"""Noise power over signal power in Wiener's filter: much less and the modules ring, much more and nothing is gained."""
_ONE_WAY = 0.5
"""Weakest over strongest gradient energy: a sharp code has 0.8 to 1, one smeared over one and a half modules 0.25."""
_SMALL = 4
_LARGEST = 640
_LEAST = 120
_BORDER = 24


@dataclass(frozen=True, slots=True)
class Restored:
    """A part of the picture without its smear."""

    pixels: Picture
    """height x width, grey."""
    left: int
    """Of the part within the picture, pixels."""
    top: int


def undo_motion(grey: Picture) -> Iterator[Restored]:
    """Restorations of the most code-like part of a picture, the likeliest first; none when nothing there is smeared."""
    box = find_texture(grey)
    if box is None:
        return
    left, top, right, bottom = box
    part = np.ascontiguousarray(grey[top:bottom, left:right])
    degrees, evenness = direction(part)
    if evenness > _ONE_WAY:
        return
    for length in LENGTHS:
        yield Restored(wiener(part, length, degrees), left, top)


def find_texture(grey: Picture) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the largest compact part that is full of edges; None when there is none.

    Of a part larger than 640 pixels the middle is taken.
    """
    if min(grey.shape) < _LEAST:
        return None
    small = cv2.resize(grey, None, fx=1 / _SMALL, fy=1 / _SMALL, interpolation=cv2.INTER_AREA)
    edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    density = cv2.blur(edges, (9, 9))
    busy = (density > max(14.0, 0.45 * float(density.max()))).astype(np.uint8)
    solid = cv2.morphologyEx(busy, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid)
    best: tuple[int, int, int, int] | None = None
    most = 0
    for x, y, width, height, area in stats[1:count]:
        compact = 0.5 < width / height < 2.0 and area > 0.45 * width * height
        if compact and min(width, height) * _SMALL >= _LEAST and area > most:
            most, best = area, (int(x), int(y), int(x + width), int(y + height))
    if best is None:
        return None
    left, right = _span(best[0], best[2], grey.shape[1])
    top, bottom = _span(best[1], best[3], grey.shape[0])
    return left, top, right, bottom


def _span(first: int, last: int, room: int) -> tuple[int, int]:
    """From cells of the small picture to pixels, with a margin, not longer than we filter and within the picture."""
    middle = (first + last) / 2 * _SMALL
    half = min((last - first) / 2 * _SMALL + 4 * _SMALL, _LARGEST / 2)
    return max(0, round(middle - half)), min(room, round(middle + half))


def direction(grey: Picture) -> tuple[float, float]:
    """The way along which gradients are weakest (degrees, clockwise from the right); weakest over strongest energy."""
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    xx, xy, yy = (float(cv2.mean(part)[0]) for part in (across * across, across * down, down * down))
    spread = math.hypot(xx - yy, 2 * xy)
    if xx + yy + spread < 1e-6:
        return 0.0, 1.0
    return math.degrees(0.5 * math.atan2(2 * xy, xx - yy)) + 90, (xx + yy - spread) / (xx + yy + spread)


def wiener(grey: Picture, length: float, degrees: float) -> Picture:
    """The picture with a straight smear of that length and direction inverted."""
    height, width = grey.shape
    rows, columns = cv2.getOptimalDFTSize(height + 2 * _BORDER), cv2.getOptimalDFTSize(width + 2 * _BORDER)
    sides = (_BORDER, rows - height - _BORDER, _BORDER, columns - width - _BORDER)
    wide = np.asarray(cv2.copyMakeBorder(grey, *sides, cv2.BORDER_REPLICATE), dtype=np.float32)
    smear = np.fft.rfft2(_smear(length, degrees, (rows, columns)))
    clean = np.fft.rfft2(wide) * np.conj(smear) / (np.abs(smear) ** 2 + _NOISE)
    result = np.fft.irfft2(clean, s=(rows, columns))[_BORDER : _BORDER + height, _BORDER : _BORDER + width]
    return np.asarray(np.clip(result, 0, 255), dtype=np.uint8)


def _smear(length: float, degrees: float, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The path of one point, its middle in the upper left corner as the Fourier transform wants it."""
    side = math.ceil(length) | 1
    middle = side // 2
    dx, dy = math.cos(math.radians(degrees)) * length / 2, math.sin(math.radians(degrees)) * length / 2
    kernel = np.zeros((side, side), np.float32)
    start, end = ((round((middle + sign * dx) * 256), round((middle + sign * dy) * 256)) for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA, 8)
    field = np.zeros(shape, np.float32)
    field[:side, :side] = kernel / kernel.sum()
    return np.roll(field, (-middle, -middle), axis=(0, 1))
