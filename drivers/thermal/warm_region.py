"""Warm regions of a thermal frame: where, how large, how well each stands out. Pure; numpy and OpenCV."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

_LEVELS = 9
_LEAST_PIXELS, _LEAST_WIDTH = 8, 3
_FACE_HEIGHT = 1.22
"""Hairline to chin over cheek to cheek, ears included: what is lower is neck and clothes."""
_WIDE_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Region:
    """A warm region, cut below where a face of that width would end."""

    part: Mask
    """(height, width) of its box: what belongs to it; only as far down as a face of that width would reach."""
    left: int
    top: int
    width: int
    height: int
    """Of the face's part."""
    cut_sides: bool
    cut_above: bool
    cut_below: bool
    """The face's part reaches the picture's lower edge."""
    wide_rows: float
    """Height of its wide part over its width, in angles."""
    fill: float
    """Of its own box."""
    edge_celsius: float
    """How much warmer its inner edge is than what is just outside, sides and top; the ring's warm quarter counts."""
    celsius: float
    """Median."""

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns of the picture."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def repaired(celsius: Plane, limit: float) -> tuple[Plane, Mask]:
    """The picture without defects, and which pixels are sound.

    A defect is a pixel more than `limit` above, or below, all of its eight neighbours.
    """
    ring = np.ones((3, 3), np.uint8)
    ring[1, 1] = 0
    bad = (celsius > cv2.dilate(celsius, ring) + limit) | (celsius < cv2.erode(celsius, ring) - limit)
    return np.where(bad, cv2.medianBlur(celsius, 3), celsius).astype(np.float32), ~bad


def regions_of(means: Plane, low: float, high: float, pixel_aspect: float, fill_share: float) -> Iterator[Region]:
    """Connected regions above each of several levels from low to high.

    Args:
        means: the picture, smoothed.
        low: the first level, degrees Celsius.
        high: the last one.
        pixel_aspect: angle of a pixel's width over that of its height.
        fill_share: those that fill less of their box are left out.
    """
    for level in np.linspace(low, high, _LEVELS):
        above = (means > level).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(above, connectivity=4)
        for label in range(1, count):
            if stats[label, cv2.CC_STAT_AREA] >= _LEAST_PIXELS:
                region = _region(means, labels, label, stats[label], pixel_aspect, fill_share)
                if region is not None:
                    yield region


def quantile(values: NDArray[np.float32], share: float) -> float:
    """The value below which this share of them lies."""
    at = int(share * (values.size - 1))
    return float(np.partition(values, at, axis=None)[at])


def _region(
    means: Plane,
    labels: NDArray[np.int32],
    label: int,
    stats: NDArray[np.int32],
    pixel_aspect: float,
    fill_share: float,
) -> Region | None:
    rows, columns = means.shape
    left, top, box_width, box_height, _ = (int(each) for each in stats)
    part = labels[top : top + box_height, left : left + box_width] == label
    extents = part.sum(axis=1)
    # Shoulders are wider than any face: the width is that of the first rows as long as a face.
    width = int(quantile(extents[: max(3, round(_FACE_HEIGHT * box_width * pixel_aspect))], 0.9))
    height = min(box_height, max(2, round(_FACE_HEIGHT * width * pixel_aspect)))
    part = part[:height]
    used = np.flatnonzero(part.any(axis=0))
    first, last = int(used[0]), int(used[-1]) + 1
    left, part = left + first, part[:, first:last]
    fill = float(np.count_nonzero(part)) / part.size
    if last - first < _LEAST_WIDTH or fill < fill_share:
        return None
    return Region(
        part=part,
        left=left,
        top=top,
        width=last - first,
        height=height,
        cut_sides=left == 0 or left + last - first == columns,
        cut_above=top == 0,
        cut_below=top + height >= rows,
        wide_rows=_run_of_wide(extents, width) / max(1, width) / pixel_aspect,
        fill=fill,
        edge_celsius=_edge(means, part, left, top),
        celsius=quantile(means[top : top + height, left : left + last - first][part], 0.5),
    )


def _run_of_wide(extents: NDArray[np.int64], width: int) -> int:
    """Rows from the first wide one to the last wide one before it narrows."""
    wide = np.flatnonzero(extents >= _WIDE_SHARE * width)
    if wide.size == 0:
        return 0
    gaps = np.flatnonzero(np.diff(wide) > 2)
    return int((wide[gaps[0]] if gaps.size else wide[-1]) - wide[0] + 1)


def _edge(means: Plane, part: Mask, left: int, top: int) -> float:
    """Across the outline, above the lowest quarter; where the picture ends there is nothing to compare."""
    reach = 1 if means.shape[1] < 64 else 2
    cell = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    height, width = part.shape
    above, before = min(reach, top), min(reach, left)
    around = means[top - above : top + height + reach, left - before : left + width + reach]
    byte = np.zeros(around.shape, np.uint8)
    byte[above : above + height, before : before + width] = part
    # OpenCV's own border makes nothing of what lies beyond the picture: no outside, and no inner edge either.
    outer, inner = cv2.dilate(byte, cell) > byte, cv2.erode(byte, cell) < byte
    last = above + height - max(1, height // 4)
    outer[last:] = inner[last:] = False
    if not outer.any() or not inner.any():
        return 0.0
    return float(around[inner].mean()) - quantile(around[outer], 0.75)
