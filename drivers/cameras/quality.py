"""What is wrong with a camera's pictures: a covered lens, too much light, a lens out of focus. Pure.

A picture is judged by every eighth row of its green channel, twice a second: half a millisecond of work. Whether a
picture is sharp is asked of its edges only, so a bare desk says nothing and is never called blurred; and it is asked
against what this camera usually gives, because a fixed-focus camera at arm's length is never as sharp as a good one.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

JUDGE_SECONDS = 0.5
_BURNT_LEVEL = 250
_BLACK_LEVEL = 32
_BURNT_SHARE, _BURNT_AGAIN = 0.6, 0.5
_LASTING_SECONDS, _OVER_SECONDS = 5.0, 1.5
_NEAR, _FAR = 2, 8
"""Pixels: an edge in focus rises within the first, one out of focus over the second and more."""
_EDGE_STEP = 40
_EDGE_SHARE = 0.002
"""Fewer edges than this and the picture says nothing about focus."""
_WINDOW = 80
"""Pictures with edges that are judged together: 40 seconds of documents in view, more than one badly held page."""
_SOON = 10
"""Pictures with edges after which a lens may be called sharp again."""
_REMEMBERED = 360
"""Windows that make up what is usual: some hours of documents in view."""
_BLURRED, _SHARP_AGAIN = 0.62, 0.7
"""Shares of the usual sharpness."""


class Spoiled(StrEnum):
    """What is wrong with the pictures."""

    BLACK = "black"
    OVEREXPOSED = "overexposed"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture in three numbers."""

    brightest: float
    """Green level that one pixel in a hundred exceeds, 0 to 255."""
    burnt_share: float
    """Part of the pixels whose green is burnt out, 0 to 1."""
    sharpness: float | None
    """How much of an edge's rise happens within two pixels: about 1 in focus, 0.5 with a blur of 3 pixels, less
    than 0.4 with any more; None where there are too few edges to say."""


def judge(pixels: NDArray[np.uint8]) -> Sight:
    """Look at one picture.

    Args:
        pixels: (height, width, 3), BGR.
    """
    rows = np.ascontiguousarray(pixels[4::8, :, 1] if pixels.shape[0] > 8 else pixels[:, :, 1])
    sample = rows[:, ::8]
    return Sight(
        brightest=float(np.percentile(sample, 99)),
        burnt_share=float(np.count_nonzero(sample >= _BURNT_LEVEL) / sample.size),
        sharpness=_sharpness(rows),
    )


def is_empty(pixels: NDArray[np.uint8]) -> bool:
    """Whether all of a picture is black or all of it burnt out, so that there is nothing to be seen in it.

    Args:
        pixels: (height, width, 3), BGR.
    """
    green = pixels[:, :, 1]
    return bool(green.max() < _BLACK_LEVEL or green.min() >= _BURNT_LEVEL)


def _sharpness(rows: NDArray[np.uint8]) -> float | None:
    if rows.shape[1] <= _FAR:
        return None
    far = cv2.absdiff(rows[:, _FAR:], rows[:, :-_FAR])
    edges = far > _EDGE_STEP
    if np.count_nonzero(edges) < _EDGE_SHARE * edges.size:
        return None
    near = cv2.absdiff(rows[:, _NEAR:], rows[:, :-_NEAR])
    # The steepest of the two-pixel steps within each eight-pixel step.
    reach = _FAR - _NEAR + 1
    steepest = cv2.dilate(near, np.ones((1, reach), np.uint8), anchor=(0, 0))[:, : far.shape[1]]
    return float(np.percentile(steepest[edges] / far[edges].astype(np.float32), 75))


class _Lasting:
    """True when something has been so for some seconds, false again when it has not been for some."""

    def __init__(self) -> None:
        self.on = False
        self._since: float | None = None

    def take(self, now_so: bool, moment: float) -> bool:
        if now_so == self.on:
            self._since = None
        elif self._since is None:
            self._since = moment
        elif moment - self._since >= (_OVER_SECONDS if self.on else _LASTING_SECONDS):
            self.on, self._since = now_so, None
        return self.on


class Focus:
    """Whether a lens is less sharp than it usually was, by pictures with edges only."""

    def __init__(self) -> None:
        self.blurred = False
        self._recent: deque[float] = deque(maxlen=_WINDOW)
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)
        self._unused = 0

    def take(self, sharpness: float) -> bool:
        """One more picture with edges; whether the lens is blurred."""
        self._recent.append(sharpness)
        self._unused += 1
        usual = float(np.percentile(self._levels, 75)) if self._levels else None
        if self.blurred and usual is not None:
            # What a lens can do is shown by its better pictures: a moving page is not a lens out of focus.
            if float(np.percentile(list(self._recent)[-_SOON:], 80)) > _SHARP_AGAIN * usual:
                self.blurred = False
                self._recent.clear()
        elif len(self._recent) == _WINDOW:
            level = float(np.percentile(self._recent, 80))
            if usual is not None and level < _BLURRED * usual:
                self.blurred = True
                self._recent.clear()
            elif self._unused >= _WINDOW:
                self._levels.append(level)
                self._unused = 0
        return self.blurred


class PictureWatch:
    """Follows one camera's pictures. Hand it every frame; it looks at two a second."""

    def __init__(self) -> None:
        self._judged = -1e9
        self._black, self._burnt = _Lasting(), _Lasting()
        self._focus = Focus()

    def take(self, pixels: NDArray[np.uint8], moment: float) -> Spoiled | None:
        """One more frame; what is wrong by now.

        Args:
            pixels: (height, width, 3), BGR.
            moment: seconds that only grow.
        """
        if moment - self._judged >= JUDGE_SECONDS:
            self._judged = moment
            self._look(judge(pixels), moment)
        return self.spoiled

    @property
    def spoiled(self) -> Spoiled | None:
        """What is wrong; the worst first."""
        if self._black.on:
            return Spoiled.BLACK
        if self._burnt.on:
            return Spoiled.OVEREXPOSED
        return Spoiled.BLURRED if self._focus.blurred else None

    def _look(self, sight: Sight, moment: float) -> None:
        self._black.take(sight.brightest < _BLACK_LEVEL, moment)
        limit = _BURNT_AGAIN if self._burnt.on else _BURNT_SHARE
        self._burnt.take(sight.burnt_share > limit, moment)
        # Burnt-out edges rise within a pixel however blurred they are.
        if sight.sharpness is not None and sight.burnt_share < _BURNT_AGAIN:
            self._focus.take(sight.sharpness)
