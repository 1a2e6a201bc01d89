"""Evens out rows whose characters stand closer at one end: pages that curve away, or are seen from the side."""

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Grey
from models.mrz_spell import Floats, collapse

_UNEVEN, _LIMIT = 0.06, 0.5
"""Change of the spacing from the middle to an end, as a part of it: what is worth a second look; what is believed."""
_FEWEST = 12


def evened(strips: Grey, answer: Floats) -> Grey | None:
    """The same strips with one spacing from end to end; None where they have it already or too little was read.

    Args:
        strips: (rows, height, width) grey.
        answer: (rows, columns, 38) log-probabilities that the network gave for them.
    """
    change = _change([collapse(columns)[1] for columns in answer], answer.shape[1])
    if not _UNEVEN < abs(change) < _LIMIT:
        return None
    _, height, width = strips.shape
    # Spacing 1 + change * x over -1 < x < 1, so that the number of characters up to x is log(1 + change * x) / change.
    first, last = np.log1p(-change), np.log1p(change)
    share = (np.arange(width) + 0.5) / width
    x = np.expm1(first + share * (last - first)) / change
    across = np.broadcast_to(((x + 1) / 2 * width - 0.5).astype(np.float32), (height, width))
    down = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], (height, width))
    maps = np.ascontiguousarray(across), np.ascontiguousarray(down)
    return np.stack([cv2.remap(strip, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for strip in strips])


def _change(rows: list[list[tuple[int, int]]], columns: int) -> float:
    """How the distance of neighbours grows from the middle of the strip to its right end, as a part of itself."""
    at: list[npt.NDArray[np.float64]] = []
    gaps: list[npt.NDArray[np.float64]] = []
    for runs in rows:
        if len(runs) < _FEWEST:
            continue
        centres = np.array(runs, np.float64).mean(axis=1)
        gap = np.diff(centres)
        usual = float(np.median(gap))
        near = np.abs(gap - usual) < 0.5 * usual
        at.append(((centres[1:] + centres[:-1]) / columns - 1)[near])
        gaps.append((gap / usual)[near])
    if not at:
        return 0.0
    x, y = np.concatenate(at), np.concatenate(gaps)
    away = x - x.mean()
    slope = float(away @ y) / float(away @ away)
    middle = float(y.mean()) - slope * float(x.mean())
    return slope / middle if middle > 0.5 else 0.0
