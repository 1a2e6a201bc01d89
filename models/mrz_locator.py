"""Finds the lines of a machine-readable zone in a picture. Classical image work, no network.

Dark, thin, upright strokes close together in a long thin row: that is a line of print. Two or three such rows, equally
wide and equally spaced, are a candidate. Rows are grouped, never blocks: a closing that is tall enough to join the rows
also joins them with whatever is printed around them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Grey, shrink
from models.mrz_measure import Fits, measure
from models.regions import Quad

SIDE = 640
"""Longer side of the picture that is searched, pixels."""
MIN_WIDTH = 0.16
"""Narrowest row worth reading, as a share of the searched picture's width."""
_CROWDED = 0.14
"""Share of the picture that bars may cover."""
_TILT = 1.0
"""Degrees of slope above which the picture is turned and searched again."""
_EDGE = 3
"""Pixels along the edge of a turned picture that are not looked at."""
_MARGIN, _WIDE_MARGIN = 0.07, 0.25
"""What is looked at beside the rows, as a part of their width; the second where they turn out to run on."""
PITCH_RANGE = (0.030, 0.135)
"""Distance of two rows as a share of their width: 0.057 in a TD3 zone, 0.083 in a TD1 zone (Doc 9303 parts 4 and 5)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of print in the searched (and straightened) picture, pixels."""

    left: float
    right: float
    middle: float
    height: float

    @property
    def width(self) -> float:
        """Pixels from the first to the last character."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Zone:
    """Two or three rows that may be a zone."""

    lines: tuple[Quad, ...]
    """Around each row from top to bottom, with a margin, in pixels of the picture given."""
    width: float
    """Of the rows, in pixels of the picture given."""
    pitch_ratio: float
    """Distance of two rows divided by their width."""
    score: float
    wider: tuple[Quad, ...] = ()
    """The same rows with everything that stands beside them, when it is not certain where they end."""


def strokes(small: Grey) -> Grey:
    """How strongly dark thin strokes change from left to right, 0 to 255."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (13, 7))
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, kernel)
    slope = cv2.Sobel(dark, cv2.CV_16S, 1, 0, ksize=3)
    return np.asarray(cv2.convertScaleAbs(slope, alpha=0.5), np.uint8)


def _mask(edges: Grey, reach: int) -> Grey:
    """Rows of print as solid bars. Security print over much of the page raises the level until rows stand out."""
    dense = cv2.boxFilter(edges, -1, (reach, 3))
    level, _ = cv2.threshold(dense, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    floor = max(5.0, 0.75 * level)
    if float((dense > floor).mean()) > _CROWDED:
        level, _ = cv2.threshold(dense[dense > floor], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        floor = max(floor, 0.85 * level)
    bars = cv2.threshold(dense, floor, 255, cv2.THRESH_BINARY)[1]
    bars = cv2.morphologyEx(bars, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (reach, 1)))
    thin = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, 2))
    return np.asarray(cv2.morphologyEx(bars, cv2.MORPH_OPEN, thin), np.uint8)


def _slopes(mask: Grey) -> list[float]:
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
    slopes: list[float] = []
    heaviest = 0.0
    while found and len(slopes) < 3:
        weights = [sum(w for other, w in found if abs(other - angle) < 1.5) for angle, _ in found]
        best = int(np.argmax(weights))
        heaviest = max(heaviest, weights[best])
        if weights[best] < 0.15 * heaviest:
            break
        near = [(angle, w) for angle, w in found if abs(angle - found[best][0]) < 1.5]
        slopes.append(sum(angle * w for angle, w in near) / sum(w for _, w in near))
        found = [(angle, w) for angle, w in found if abs(angle - slopes[-1]) >= 2.0]
    return slopes


def _rows(edges: Grey, mask: Grey) -> list[Row]:
    """Rows of print among the bars; a bar that holds several rows is cut where the strokes thin out."""
    rows: list[Row] = []
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    for x, y, w, h, area in stats[1:count]:
        if w < MIN_WIDTH * mask.shape[1] or w < 3 * h or area < 0.3 * w * h:
            continue
        profile = cv2.blur(edges[y : y + h, x : x + w].mean(axis=1, dtype=np.float32)[:, None], (1, 3))[:, 0]
        busy = profile > 0.55 * profile.max()
        edge = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
        for top, bottom in zip(edge[::2], edge[1::2], strict=True):
            if bottom - top >= 2 and w >= 8 * (bottom - top):
                rows.append(Row(float(x), float(x + w), float(y + (top + bottom) / 2), float(bottom - top)))
    return rows


def _aligned(upper: Row, lower: Row) -> bool:
    width = max(upper.width, lower.width)
    overlap = min(upper.right, lower.right) - max(upper.left, lower.left)
    pitch = lower.middle - upper.middle
    return (
        PITCH_RANGE[0] * width <= pitch <= PITCH_RANGE[1] * width
        and pitch > 0.9 * max(upper.height, lower.height)
        and max(upper.height, lower.height) < 2.2 * min(upper.height, lower.height) + 2
        and overlap > 0.45 * width
        and (abs(upper.left - lower.left) < 0.06 * width or overlap > 0.9 * min(upper.width, lower.width))
    )


def _trimmed(group: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows that begin together: where print beside the document has joined a row, the others say where it begins."""
    left = max(row.left for row in group)
    widest = max(row.width for row in group)
    return tuple(replace(row, left=left) if left - row.left > 0.06 * widest else row for row in group)


def _groups(rows: list[Row]) -> Iterator[tuple[Row, ...]]:
    """Pairs and triples of rows that could be one zone."""
    ordered = sorted(rows, key=lambda row: row.middle)[:60]
    pairs = [(a, b) for a, b in combinations(ordered, 2) if _aligned(a, b)]
    for a, b in pairs:
        yield _trimmed((a, b))
        for b2, c in pairs:
            if b2 is b:
                first, second = b.middle - a.middle, c.middle - b.middle
                if abs(first - second) < 0.25 * max(first, second):
                    yield _trimmed((a, b, c))


def _score(group: tuple[Row, ...], width: float) -> float:
    """Wide, thin, equally wide rows first."""
    widest = max(row.width for row in group)
    likeness = min(row.width for row in group) / widest
    left = max(row.left for row in group) - min(row.left for row in group)
    thin = min(1.0, widest / (22 * float(np.mean([row.height for row in group]))))
    return float(widest / width * likeness * thin * (1 - 4 * left / widest) * (1.15 if len(group) == 3 else 1.0))


def locate(picture: Grey, *, turn: float = 0.0, side: int = SIDE, limit: int = 3) -> list[Zone]:
    """The likeliest zones whose rows run within 30 degrees of a direction, whichever end is up, best first.

    Args:
        picture: (height, width).
        turn: degrees by which rows fall from left to right; 90: they run from top to bottom.
        side: longer side of the searched picture; smaller is faster, larger finds smaller print.
        limit: how many candidates at most.
    """
    small, factor = _sized(picture, side)
    reach = max(9, round(21 * max(small.shape) / SIDE))
    level, matrix, inside = _turned(small, turn)
    edges = cv2.min(strokes(level), inside)
    mask = _mask(edges, reach)
    zones: list[Zone] = []
    for angle in _slopes(mask):
        if abs(angle) > _TILT:
            tilt, size = _tilt(level, angle)
            tilted = cv2.warpAffine(level, tilt[:2], size, borderMode=cv2.BORDER_REPLICATE)
            again = cv2.min(strokes(tilted), cv2.warpAffine(inside, tilt[:2], size, borderMode=cv2.BORDER_REPLICATE))
            zones += _search(picture, again, _mask(again, reach), tilt @ matrix, factor, limit)
        else:
            zones += _search(picture, edges, mask, matrix, factor, limit)
    return sorted(zones, key=lambda zone: zone.score, reverse=True)[:limit]


def _turned(small: Grey, turn: float) -> tuple[Grey, npt.NDArray[np.float64], Grey]:
    """The whole picture turned so that rows of that direction are level, the matrix that turned it, and where it is.

    The last is 255 where there is picture and 0 beyond its edges, which would look like strokes.
    """
    height, width = small.shape
    if not turn % 360:
        return small, np.eye(3), np.full_like(small, 255)
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((0, 0), turn, 1.0)
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float64)
    seen = cv2.perspectiveTransform(corners, matrix)[0]
    matrix[:2, 2] -= seen.min(axis=0)
    seen -= seen.min(axis=0)
    size = (round(float(seen[:, 0].max())), round(float(seen[:, 1].max())))
    level = cv2.warpAffine(small, matrix[:2], size, borderMode=cv2.BORDER_REPLICATE)
    inside = np.zeros_like(level)
    middle = seen.mean(axis=0)
    cv2.fillConvexPoly(inside, np.round(seen - _EDGE * np.sign(seen - middle)).astype(np.int32), 255)
    return np.asarray(level, np.uint8), matrix, np.asarray(inside, np.uint8)


def _tilt(level: Grey, angle: float) -> tuple[npt.NDArray[np.float64], tuple[int, int]]:
    """The matrix that turns a picture by so many degrees about its middle, and the picture's size."""
    height, width = level.shape
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return matrix, (width, height)


def _search(
    picture: Grey, edges: Grey, mask: Grey, turn: npt.NDArray[np.float64], factor: float, limit: int
) -> list[Zone]:
    """Zones whose rows are level after `turn`."""
    width = mask.shape[1]
    groups = sorted(_groups(_rows(edges, mask)), key=lambda group: _score(group, width), reverse=True)
    back = np.asarray(np.linalg.inv(turn), np.float64)
    back[:2] *= factor
    return [_zone(picture, group, back, _score(group, width)) for group in _distinct(groups, limit)]


def _sized(picture: Grey, side: int) -> tuple[Grey, float]:
    """The picture at the size that the filters are made for, enlarged when it is much smaller."""
    longest = max(picture.shape)
    if longest > 0.75 * side:
        return shrink(picture, side)
    factor = longest / side
    size = (round(picture.shape[1] / factor), round(picture.shape[0] / factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8), factor


def _distinct(groups: list[tuple[Row, ...]], limit: int) -> list[tuple[Row, ...]]:
    """The first groups that do not repeat one another; three rows stand for the pairs among them."""
    kept: list[tuple[Row, ...]] = []
    for group in groups:
        twins = [index for index, other in enumerate(kept) if len(set(group) & set(other)) >= 2]
        if not twins and len(kept) < limit:
            kept.append(group)
        elif twins and len(group) > len(kept[twins[0]]):
            kept[twins[0]] = group
    return kept


def _zone(picture: Grey, group: tuple[Row, ...], back: npt.NDArray[np.float64], score: float) -> Zone:
    """The zone in the given picture, its rows measured again at the picture's own resolution."""
    fits, inverse, zoom = _measured(picture, group, back, _MARGIN)
    if fits.reaches_out:
        fits, inverse, zoom = _measured(picture, group, back, _WIDE_MARGIN)
    tight, wide_ends = fits.ends
    lines = tuple(_quad(cv2.perspectiveTransform(box[None], inverse)[0]) for box in fits.boxes(tight))
    wider = tuple(_quad(cv2.perspectiveTransform(box[None], inverse)[0]) for box in fits.boxes(wide_ends))
    return Zone(
        lines,
        (tight[1] - tight[0]) / zoom,
        fits.pitch / (tight[1] - tight[0]),
        score,
        wider if wide_ends != tight else (),
    )


def _measured(
    picture: Grey, group: tuple[Row, ...], back: npt.NDArray[np.float64], margin: float
) -> tuple[Fits, npt.NDArray[np.float64], float]:
    """The rows within a straightened piece of the picture, the matrix from the piece to the picture, and its zoom.

    Args:
        picture: as given to `locate`.
        group: rows in the searched picture.
        back: from the searched picture to the given one.
        margin: what the piece shows left and right of the rows, as a part of their width.
    """
    left, right = min(row.left for row in group), max(row.right for row in group)
    pitch = (group[-1].middle - group[0].middle) / (len(group) - 1)
    top, bottom = group[0].middle - 0.9 * pitch, group[-1].middle + 0.9 * pitch
    span = (right - left) * (1 + 2 * margin)
    left, right = left - margin * (right - left), right + margin * (right - left)
    corners = np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float64)
    outer = cv2.perspectiveTransform(corners, back)[0].astype(np.float32)
    across = float(np.linalg.norm(outer[1] - outer[0]))
    wide = int(np.clip(across, 320, 960))
    tall = max(24, round(wide * (bottom - top) / span))
    matrix = cv2.getPerspectiveTransform(outer, np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32))
    piece = cv2.warpPerspective(picture, matrix, (wide, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    guesses = [((row.middle - top) * wide / span, row.height * wide / span) for row in group]
    fits = measure(np.asarray(piece, np.uint8), guesses, pitch * wide / span)
    return fits, np.asarray(np.linalg.inv(matrix), np.float64), wide / across


def _quad(points: npt.NDArray[np.float64]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
