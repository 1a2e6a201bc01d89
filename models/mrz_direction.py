"""Which way print runs in a picture: the directions that are worth a search. Classical image work, no network.

Ink that is smoothed until the letters of a row touch makes ridges along the rows. The second derivatives tell at every
place how strong a ridge is and which way it runs (structure of a Hessian matrix: Frangi et al., "Multiscale vessel
enhancement filtering", 1998); the directions are counted by strength over the whole picture.
"""

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Grey

_SIDE = 320
"""Longer side of the picture that is looked at, pixels."""
_SMOOTH = 3.5
"""Sigma that makes one ridge of a row of letters, pixels."""
_INK = np.uint8(60)
"""Darker than its surroundings by more than so many levels counts no more: black blinds must not outshout print."""
_GRAIN = np.uint8(12)
"""What a desk may have of its own."""
_PRINTED = 0.25
"""Least mean darkness of print in the square, grey levels above the grain: a page far away has 0.3 to 1.3."""
_TOGETHER = 0.5
"""Least part of all print that is in the square, where a page is far away: measured 0.51 to 1."""
_BINS = 72
_APART = 12.0
"""Degrees between two directions that are searched apart; `locate` finds rows that slope by up to 30 degrees."""


def directions(picture: Grey, *, limit: int = 3, least: float = 0.25) -> list[float]:
    """Degrees (-90 to 90, clockwise from the picture's own rows) in which print seems to run, the likeliest first.

    Args:
        picture: (height, width).
        limit: how many at most.
        least: a direction this much weaker than the strongest is left out.
    """
    counts = _histogram(picture)
    smooth = counts + np.roll(counts, 1) + np.roll(counts, -1)
    wide = np.roll(smooth, 2) + smooth + np.roll(smooth, -2)
    found: list[float] = []
    strongest = float(wide.max())
    left = wide.copy()
    step = 180 / _BINS
    while strongest > 0 and len(found) < limit and float(left.max()) >= least * strongest:
        peak = int(left.argmax())
        near = np.arange(peak - 3, peak + 4)
        weights = counts[near % _BINS]
        middle = float((near * weights).sum() / weights.sum()) if weights.any() else float(peak)
        found.append(((middle + 0.5) * step + 90) % 180 - 90)
        reach = round(_APART / step)
        left[np.arange(peak - reach, peak + reach + 1) % _BINS] = 0
    return found


def inkiest(picture: Grey, side: int) -> tuple[int, int, int, int] | None:
    """The square of `side` pixels (cut at the picture's edges) with the most print: left, top, right, bottom.

    None where there is hardly any, or as much elsewhere.
    """
    height, width = picture.shape
    ink, factor = _ink(picture)
    reach = max(1, round(side / factor))
    strong = np.maximum(ink, _GRAIN) - _GRAIN
    sums = cv2.boxFilter(strong, cv2.CV_32F, (reach, reach), borderType=cv2.BORDER_CONSTANT)
    most = float(sums.max())
    if most < _PRINTED or most * reach * reach < _TOGETHER * float(strong.sum()):
        return None
    y, x = (int(at) for at in np.unravel_index(int(sums.argmax()), sums.shape))
    top, left = max(0, y - reach // 2), max(0, x - reach // 2)
    part = cv2.moments(strong[top : y + reach // 2 + 1, left : x + reach // 2 + 1])
    x, y = (round((at + part[name] / part["m00"]) * factor) for at, name in ((left, "m10"), (top, "m01")))
    left, top = (min(max(0, at - side // 2), max(0, size - side)) for at, size in ((x, width), (y, height)))
    return left, top, min(width, left + side), min(height, top + side)


def _ink(picture: Grey) -> tuple[Grey, float]:
    """How much darker than its surroundings everything thin is, in a small picture; and by how much it is smaller."""
    factor = max(picture.shape) / _SIDE
    size = (max(1, round(picture.shape[1] / factor)), max(1, round(picture.shape[0] / factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor > 1 else cv2.INTER_CUBIC)
    ink = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((5, 5), np.uint8))
    return np.minimum(np.asarray(ink, np.uint8), _INK), factor


def _histogram(picture: Grey) -> npt.NDArray[np.float64]:
    """Strength of ridges by direction."""
    density = cv2.GaussianBlur(_ink(picture)[0].astype(np.float32), (0, 0), _SMOOTH)
    across = cv2.Sobel(density, cv2.CV_32F, 2, 0)
    down = cv2.Sobel(density, cv2.CV_32F, 0, 2)
    both = cv2.Sobel(density, cv2.CV_32F, 1, 1)
    bend, twice = cv2.cartToPolar((across - down) * 0.5, both, angleInDegrees=True)
    mean = (across + down) * 0.5
    strength = np.maximum(0, bend - mean - 2 * np.abs(mean + bend))
    bins = (twice * (_BINS / 360)).astype(np.int32) % _BINS
    return np.asarray(np.bincount(bins.ravel(), weights=strength.ravel(), minlength=_BINS), np.float64)
