"""How good a picture is for reading, and whether anything is in front of the camera at all. Pure functions."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Quad

Picture = NDArray[np.uint8]

_GLARE_LEVEL = 250
_SMEARED = 0.012
_SKETCH = (80, 45)
_STRUCTURE_STEP = 26
"""Grey levels between neighbours of the sketch that count as an edge: grain and wood stay below it."""
_STRUCTURE_SHARE = 0.022
_CHANGE_STEP = 14
_CHANGE_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Quality:
    """What can be said about a picture, or a part of it, before reading it."""

    sharpness: float
    """Variance of the second differences over the variance, both of grey values, so that contrast does not matter."""
    glare_share: float
    """Part of the pixels that are burnt out, 0 to 1."""
    exposure: float
    """Mean grey, 0 black to 1 white."""
    contrast: float
    """Between the 5th and the 95th percentile of grey, 0 to 1."""

    @property
    def smeared(self) -> bool:
        """Out of focus or moving; drawn pages held well are above 0.02, with 2 px of defocus below 0.003."""
        return self.sharpness < _SMEARED

    @property
    def dark(self) -> bool:
        """Too little light to read by."""
        return self.exposure < 0.16 or self.contrast < 0.08


@dataclass(frozen=True, slots=True)
class Presence:
    """A cheap opinion on what is before the camera."""

    present: bool
    """Something that may be a document, a code or a face is there, or something moved."""
    structure: float
    """Part of the sketch that has strong edges, 0 to 1."""
    change: float
    """Part of the sketch that differs from the picture before, 0 to 1."""
    sketch: Picture
    """45 x 80 grey; hand it back as `previous` with the next picture."""


def judge(image: Picture, region: Quad | None = None) -> Quality:
    """Sharpness, glare, exposure and contrast of a picture.

    Args:
        image: height x width x 3 (BGR) or height x width (grey), uint8.
        region: only the upright box about this quad is judged; None: all of it.
    """
    grey = _grey(_cut(image, region))
    if max(grey.shape) > 1400:
        grey = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    histogram = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    shares = np.cumsum(histogram) / grey.size
    low, high = (int(np.searchsorted(shares, part)) for part in (0.05, 0.95))
    return Quality(
        sharpness=sharpness(grey),
        glare_share=float(histogram[_GLARE_LEVEL:].sum() / grey.size),
        exposure=float((histogram * np.arange(256)).sum() / grey.size / 255),
        contrast=(high - low) / 255,
    )


def sharpness(grey: Picture) -> float:
    """Energy of the second differences over the variance of a height x width grey picture.

    Divided by the variance, so that a pale page is not called blurred; 0 for an even surface.
    """
    deviation = float(cv2.meanStdDev(grey)[1][0][0])
    if deviation < 3:
        return 0.0
    # A light blur first: what is left of noise must not count as sharpness.
    calm = cv2.GaussianBlur(grey, (3, 3), 0)
    energy = float(cv2.meanStdDev(cv2.Laplacian(calm, cv2.CV_16S))[1][0][0])
    return (energy / deviation) ** 2


def sketch(image: Picture) -> Picture:
    """The picture as 45 x 80 grey values, each the mean of 16 samples; 0.2 ms for 1280 x 720."""
    small = cv2.resize(image, (_SKETCH[0] * 4, _SKETCH[1] * 4), interpolation=cv2.INTER_NEAREST)
    return np.asarray(
        cv2.resize(_grey(np.asarray(small, dtype=np.uint8)), _SKETCH, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def presence(previous: Picture | None, current: Picture) -> Presence:
    """Whether it is worth reading this picture.

    Args:
        previous: the `sketch` of an earlier `Presence` (the empty lane, or the picture before), if there is one.
        current: height x width x 3 (BGR) or height x width (grey), uint8.
    """
    now = sketch(current)
    across, down = cv2.absdiff(now[:, 1:], now[:, :-1]), cv2.absdiff(now[1:], now[:-1])
    edges = np.count_nonzero(across > _STRUCTURE_STEP) + np.count_nonzero(down > _STRUCTURE_STEP)
    structure = float(edges / (across.size + down.size))
    differing = 0 if previous is None else np.count_nonzero(cv2.absdiff(now, previous) > _CHANGE_STEP)
    change = float(differing / now.size)
    return Presence(structure > _STRUCTURE_SHARE or change > _CHANGE_SHARE, structure, change, now)


def _grey(image: Picture) -> Picture:
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _cut(image: Picture, region: Quad | None) -> Picture:
    """The upright box about the quad, within the picture; all of it when the box is empty."""
    if region is None:
        return image
    height, width = image.shape[:2]
    xs, ys = [corner[0] for corner in region], [corner[1] for corner in region]
    left, right = max(0, round(min(xs))), min(width, round(max(xs)))
    top, bottom = max(0, round(min(ys))), min(height, round(max(ys)))
    return image[top:bottom, left:right] if right > left and bottom > top else image
