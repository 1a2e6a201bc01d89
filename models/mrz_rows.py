"""Finds rows of print and groups them into what may be a zone. Classical image work on a small, level picture.

Dark, thin, upright strokes close together in a long thin row: that is a line of print. Two or three such rows, equally
wide and equally spaced, are a candidate. Rows are grouped, never blocks: a closing that is tall enough to join the rows
also joins them with whatever is printed around them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Grey

MIN_WIDTH = 0.10
"""Narrowest row worth reading, as a share of the searched picture's width."""
_TALL = 0.04
"""Height of an upright edge that is no stroke of a letter, as a part of the picture's longer side."""
_CROWDED = 0.14
"""Share of the picture that bars may cover."""
PITCH_RANGE = (0.030, 0.160)
"""Distance of two rows as a share of their width: 0.057 in a TD3 zone, 0.083 in a TD1 zone (Doc 9303 parts 4 and 5);
seen from the side the rows are narrower."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of print in the searched (and straightened) picture, pixels."""

    left: float
    right: float
    middle: float
    """Mean level of the row."""
    height: float
    bow: float = 0.0
    """How the row bends: its level is middle + bow * ((x - centre)**2 - width**2 / 12), per pixel."""

    @property
    def width(self) -> float:
        """Pixels from the first to the last character."""
        return self.right - self.left


def strokes(small: Grey) -> Grey:
    """How strongly dark thin strokes change from left to right, 0 to 255; no letter is as tall as what is left out."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (13, 7))
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, kernel)
    slope = cv2.convertScaleAbs(cv2.Sobel(dark, cv2.CV_16S, 1, 0, ksize=3), alpha=0.5)
    # The edge of a page or cover beside the rows would join them to one bar.
    tall = round(_TALL * max(small.shape))
    edge = cv2.morphologyEx(slope, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (1, tall)))
    edge = cv2.dilate(edge, cv2.getStructuringElement(cv2.MORPH_RECT, (7, 5)))
    return np.asarray(cv2.subtract(slope, edge), np.uint8)


def bars(edges: Grey, reach: int) -> Grey:
    """Rows of print as solid bars. Security print over much of the page raises the level until rows stand out."""
    dense = cv2.boxFilter(edges, -1, (reach, 3))
    level, _ = cv2.threshold(dense, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    floor = max(5.0, 0.75 * level)
    if float((dense > floor).mean()) > _CROWDED:
        level, _ = cv2.threshold(dense[dense > floor], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        floor = max(floor, 0.85 * level)
    solid = cv2.threshold(dense, floor, 255, cv2.THRESH_BINARY)[1]
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (reach, 1)))
    thin = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, 2))
    return np.asarray(cv2.morphologyEx(solid, cv2.MORPH_OPEN, thin), np.uint8)


def slopes(mask: Grey) -> list[float]:
    """The directions in which long bars run, in degrees, the commonest first; at most three."""
    found: list[tuple[float, float]] = []
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        (_, (w, h), angle) = cv2.minAreaRect(contour)
        if h > w:
            w, h, angle = h, w, angle - 90
        angle = (angle + 90) % 180 - 90
        if w > MIN_WIDTH * mask.shape[1] and w > 4 * h and abs(angle) < 30:
            found.append((angle, w * w / max(h, 1.0)))
    ways: list[float] = []
    heaviest = 0.0
    while found and len(ways) < 3:
        weights = [sum(w for other, w in found if abs(other - angle) < 1.5) for angle, _ in found]
        best = int(np.argmax(weights))
        heaviest = max(heaviest, weights[best])
        if weights[best] < 0.15 * heaviest:
            break
        near = [(angle, w) for angle, w in found if abs(angle - found[best][0]) < 1.5]
        ways.append(sum(angle * w for angle, w in near) / sum(w for _, w in near))
        found = [(angle, w) for angle, w in found if abs(angle - ways[-1]) >= 2.0]
    return ways


def rows_of_print(edges: Grey, mask: Grey) -> list[Row]:
    """Rows of print among the bars; a bar that holds several rows is cut where the strokes thin out."""
    rows: list[Row] = []
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if w < MIN_WIDTH * mask.shape[1] or w < 3 * h or cv2.contourArea(contour) < 0.2 * w * h:
            continue
        strip = edges[y : y + h, x : x + w]
        bow = _bow(contour[:, 0], w) if h > 8 else 0.0
        if bow:
            strip = flattened(strip, bow)
        profile = cv2.blur(strip.mean(axis=1, dtype=np.float32)[:, None], (1, 3))[:, 0]
        busy = profile > 0.55 * profile.max()
        edge = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
        for top, bottom in zip(edge[::2], edge[1::2], strict=True):
            if bottom - top >= 2 and w >= 8 * (bottom - top):
                rows.append(Row(float(x), float(x + w), float(y + (top + bottom) / 2), float(bottom - top), bow))
    return rows + _joined(rows)


def _joined(rows: list[Row]) -> list[Row]:
    """Rows in two pieces, between which glare has washed the print out."""
    found = []
    for left, right in combinations(sorted(rows, key=lambda row: row.left)[:60], 2):
        gap = right.left - left.right
        alike = max(left.height, right.height) < 1.6 * min(left.height, right.height) + 1
        level = abs(left.middle - right.middle) < 0.35 * min(left.height, right.height) + 0.5
        if 0 < gap < 0.6 * max(left.width, right.width) and alike and level:
            middle = (left.middle * left.width + right.middle * right.width) / (left.width + right.width)
            found.append(Row(left.left, right.right, middle, max(left.height, right.height)))
    return found


def _bow(outline: npt.NDArray[Any], wide: int) -> float:
    """How a bar with this outline bends, per pixel; 0 where that is less than a pixel and a half over its length.

    The outline has every column's upper and lower edge, so that it bends as the middle does.
    """
    bow = bend_of(outline[:, 0].astype(np.float64), outline[:, 1].astype(np.float64))
    return bow if abs(bow) * wide**2 / 4 > 1.5 else 0.0


def bend_of(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """The coefficient of x squared in the parabola through these points (least squares)."""
    x = x - x.mean()
    spread = x @ x
    square = x * x - spread / len(x)
    square = square - x * ((square @ x) / spread)
    return float((square @ y) / (square @ square))


def flattened(strip: Grey, bow: float) -> Grey:
    """A strip whose rows bend by `bow` per pixel, every column moved so that they are straight, at their mean level."""
    tall, wide = strip.shape
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32))
    y += bow * ((x - wide / 2) ** 2 - wide**2 / 12)
    return np.asarray(cv2.remap(strip, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _aligned(rows: list[Row]) -> list[tuple[Row, Row]]:
    """Pairs of rows, from top to bottom, of which one may stand under the other in a zone."""
    left, right, middle, height = np.array([(r.left, r.right, r.middle, r.height) for r in rows]).T[:, :, None]
    wide = right - left
    width = np.maximum(wide, wide.T)
    overlap = np.minimum(right, right.T) - np.maximum(left, left.T)
    pitch = middle.T - middle
    tall = np.maximum(height, height.T)
    fits = (PITCH_RANGE[0] * width <= pitch) & (pitch <= PITCH_RANGE[1] * width) & (pitch > 0.9 * tall)
    fits &= (tall < 2.2 * np.minimum(height, height.T) + 2) & (overlap > 0.45 * width)
    fits &= (np.abs(left - left.T) < 0.06 * width) | (overlap > 0.9 * np.minimum(wide, wide.T))
    return [(rows[upper], rows[lower]) for upper, lower in zip(*np.nonzero(np.triu(fits, 1)), strict=True)]


def _trimmed(group: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows that begin together: where print beside the document has joined a row, the others say where it begins."""
    left = max(row.left for row in group)
    widest = max(row.width for row in group)
    return tuple(replace(row, left=left) if left - row.left > 0.06 * widest else row for row in group)


def groups_of(rows: list[Row]) -> Iterator[tuple[Row, ...]]:
    """Pairs and triples of rows that could be one zone."""
    ordered = sorted(rows, key=lambda row: row.middle)[:60]
    pairs = _aligned(ordered) if len(ordered) > 1 else []
    for a, b in pairs:
        yield _trimmed((a, b))
        for b2, c in pairs:
            if b2 is b:
                first, second = b.middle - a.middle, c.middle - b.middle
                if abs(first - second) < 0.25 * max(first, second):
                    yield _trimmed((a, b, c))


def likeness(group: tuple[Row, ...], width: float) -> float:
    """Wide, thin, equally wide rows first."""
    widest = max(row.width for row in group)
    alike = min(row.width for row in group) / widest
    left = max(row.left for row in group) - min(row.left for row in group)
    thin = min(1.0, widest / (22 * float(np.mean([row.height for row in group]))))
    count = (0.4, 1.0, 1.15)[len(group) - 1]
    return float(widest / width * alike * thin * (1 - 4 * left / widest) * count)


def distinct(groups: list[tuple[Row, ...]], limit: int) -> list[tuple[Row, ...]]:
    """The first groups that do not repeat one another; three rows stand for the pairs among them."""
    kept: list[tuple[Row, ...]] = []
    for group in groups:
        twins = [index for index, other in enumerate(kept) if len(set(group) & set(other)) >= 2]
        if not twins and len(kept) < limit:
            kept.append(group)
        elif twins and len(group) > len(kept[twins[0]]):
            kept[twins[0]] = group
    return kept
