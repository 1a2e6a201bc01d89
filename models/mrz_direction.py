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
_INK = 60
"""Darker than its surroundings by more than so many grey levels counts no more: black blinds must not outshout print."""
_BINS = 72
_APART = 12.0
"""Degrees between two directions that are searched apart; `locate` finds rows that slope by up to 30 degrees."""


def directions(picture: Grey, *, limit: int = 3, least: float = 0.25) -> list[float]:
    """Degrees (0 to 180, clockwise from the picture's own rows) in which print seems to run, the likeliest first.

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
        found.append((middle + 0.5) * step % 180)
        reach = round(_APART / step)
        left[np.arange(peak - reach, peak + reach + 1) % _BINS] = 0
    return found


def _histogram(picture: Grey) -> npt.NDArray[np.float64]:
    """Strength of ridges by direction."""
    factor = max(picture.shape) / _SIDE
    size = (max(1, round(picture.shape[1] / factor)), max(1, round(picture.shape[0] / factor)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor > 1 else cv2.INTER_CUBIC)
    ink = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((5, 5), np.uint8))
    density = cv2.GaussianBlur(np.minimum(ink, _INK).astype(np.float32), (0, 0), _SMOOTH)
    across = cv2.Sobel(density, cv2.CV_32F, 2, 0)
    down = cv2.Sobel(density, cv2.CV_32F, 0, 2)
    both = cv2.Sobel(density, cv2.CV_32F, 1, 1)
    bend, twice = cv2.cartToPolar((across - down) * 0.5, both, angleInDegrees=True)
    mean = (across + down) * 0.5
    strength = np.maximum(0, bend - mean - 2 * np.abs(mean + bend))
    bins = (twice * (_BINS / 360)).astype(np.int32) % _BINS
    return np.bincount(bins.ravel(), weights=strength.ravel(), minlength=_BINS)
