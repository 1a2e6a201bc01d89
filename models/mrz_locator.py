"""Finds what may be a machine-readable zone in a picture. Classical image work, no network.

The picture is searched small, turned so that print of the given direction is level; what looks like a zone is then
measured again at the picture's own resolution.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Grey, shrink
from models.mrz_measure import Fits, measure
from models.mrz_rows import Row, bars, distinct, groups_of, likeness, rows_of_print, slopes, strokes
from models.regions import Quad

SIDE = 640
"""Longer side of the picture that is searched, pixels."""
_TILT = 1.0
"""Degrees of slope above which the picture is turned and searched again."""
_STEP = 0.06
"""Distance of two rows as a part of their width, for a row whose neighbours are not seen."""
_EDGE = 3
"""Pixels along the edge of a turned picture that are not looked at."""
_MARGIN, _WIDE_MARGIN = 0.07, 0.25
"""What is looked at beside the rows, as a part of their width; the second where they turn out to run on."""
Window = tuple[int, int, int, int]
"""Left, top, right, bottom, pixels."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Two or three rows that may be a zone; or one, at the edge of the picture, of which the others may be beyond."""

    lines: tuple[Quad, ...]
    """Around each row from top to bottom, with a margin, in pixels of the picture given."""
    width: float
    """Of the rows, in pixels of the picture given."""
    pitch_ratio: float
    """Distance of two rows divided by their width."""
    score: float
    wider: tuple[Quad, ...] = ()
    """The same rows with everything that stands beside them, when it is not certain where they end."""
    bend: float = 0.0
    """How far the middle of a row lies below the line between its ends, in heights of its quad; pages are curved."""
    wider_bend: float = 0.0
    """The same of `wider`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two or three rows that may be a zone, not yet measured; or one at the edge of the picture."""

    rows: tuple[Row, ...]
    back: npt.NDArray[np.float64]
    """From the searched picture to the given one."""
    score: float

    def measured(self, picture: Grey) -> Zone:
        """The zone in the picture that was given to `locate`, its rows measured again at that resolution."""
        fits, inverse, zoom = _measured(picture, self.rows, self.back, _MARGIN)
        if fits.reaches_out:
            fits, inverse, zoom = _measured(picture, self.rows, self.back, _WIDE_MARGIN)
        tight, wide_ends = fits.ends
        if fits.reaches_out and len(self.rows) > 1:
            # Grain beside the rows looks like strokes: what was seen in the small picture says where they end.
            part = fits.wide / (1 + 2 * _WIDE_MARGIN)
            tight = _WIDE_MARGIN * part, (1 + _WIDE_MARGIN) * part
        lines = tuple(_quad(cv2.perspectiveTransform(box[None], inverse)[0]) for box in fits.boxes(tight))
        wider = tuple(_quad(cv2.perspectiveTransform(box[None], inverse)[0]) for box in fits.boxes(wide_ends))
        return Zone(
            lines,
            (tight[1] - tight[0]) / zoom,
            fits.pitch / (tight[1] - tight[0]),
            self.score,
            wider if wide_ends != tight else (),
            fits.bend(tight),
            fits.bend(wide_ends),
        )


def locate(
    picture: Grey,
    *,
    turn: float = 0.0,
    side: int = SIDE,
    limit: int = 3,
    spare: int = 0,
    window: Window | None = None,
) -> list[Candidate]:
    """The likeliest zones whose rows run within 30 degrees of a direction, whichever end is up, best first.

    Args:
        picture: (height, width).
        turn: degrees by which rows fall from left to right; 90: they run from top to bottom.
        side: longer side of the searched picture; smaller is faster, larger finds smaller print.
        limit: how many candidates at most, a single row at the edge of the picture apart.
        spare: how many less likely ones follow after that.
        window: the part of the picture that is searched; None: all of it.
    """
    x0, y0, x1, y1 = window or (0, 0, picture.shape[1], picture.shape[0])
    small, factor = _sized(picture[y0:y1, x0:x1], side)
    reach = max(9, round(21 * max(small.shape) / SIDE))
    level, matrix, inside = _turned(small, turn)
    home = np.array([(factor, 0, x0), (0, factor, y0), (0, 0, 1)], np.float64)
    edges = np.minimum(strokes(level), inside)
    mask = bars(edges, reach)
    found: list[Candidate] = []
    for angle in slopes(mask):
        if abs(angle) > _TILT:
            tilt, size = _tilt(level, angle)
            again = np.minimum(strokes(_warped(level, tilt, size)), _warped(inside, tilt, size))
            found += _search(picture, again, bars(again, reach), home @ np.linalg.inv(tilt @ matrix), limit + spare)
        else:
            found += _search(picture, edges, mask, home @ np.linalg.inv(matrix), limit + spare)
    found.sort(key=lambda each: each.score, reverse=True)
    several = [each for each in found if len(each.rows) > 1]
    alone = [each for each in found if len(each.rows) == 1][:1]
    return [*several[:limit], *alone, *several[limit : limit + spare]]


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
    level = _warped(small, matrix, size)
    inside = np.zeros_like(level)
    middle = seen.mean(axis=0)
    cv2.fillConvexPoly(inside, np.round(seen - _EDGE * np.sign(seen - middle)).astype(np.int32), 255)
    return level, matrix, inside


def _warped(picture: Grey, matrix: npt.NDArray[np.float64], size: tuple[int, int]) -> Grey:
    return np.asarray(cv2.warpAffine(picture, matrix[:2], size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _tilt(level: Grey, angle: float) -> tuple[npt.NDArray[np.float64], tuple[int, int]]:
    """The matrix that turns a picture by so many degrees about its middle, and the picture's size."""
    height, width = level.shape
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return matrix, (width, height)


def _search(picture: Grey, edges: Grey, mask: Grey, back: npt.NDArray[np.float64], limit: int) -> list[Candidate]:
    """Rows that are level in the searched picture and may be zones; `back` leads from there to the given one."""
    width = mask.shape[1]
    rows = rows_of_print(edges, mask)
    kept = distinct(sorted(groups_of(rows), key=lambda group: likeness(group, width), reverse=True), limit)
    kept += [(row,) for row in _lone(rows, kept, back, picture)]
    return [Candidate(group, back, likeness(group, width)) for group in kept]


def _lone(rows: list[Row], kept: list[tuple[Row, ...]], back: npt.NDArray[np.float64], picture: Grey) -> list[Row]:
    """The widest long row at the edge of the picture: the others of its zone may lie beyond."""
    taken = {row for group in kept for row in group}
    height, width = picture.shape
    found = []
    for row in rows:
        if row in taken or row.width * np.hypot(back[0, 0], back[1, 0]) < 0.3 * max(picture.shape):
            continue
        step = _STEP * row.width
        ends = np.array([[(x, row.middle + way * step) for x in (row.left, row.right) for way in (-1, 1)]])
        seen = cv2.perspectiveTransform(ends, back)[0]
        if (seen < 0).any() or (seen > (width, height)).any():
            found.append(row)
    return sorted(found, key=lambda row: row.width)[-1:]


def _sized(picture: Grey, side: int) -> tuple[Grey, float]:
    """The picture at the size that the filters are made for, enlarged when it is much smaller."""
    longest = max(picture.shape)
    if longest > 0.75 * side:
        return shrink(picture, side)
    factor = longest / side
    size = (round(picture.shape[1] / factor), round(picture.shape[0] / factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8), factor


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
    pitch = (group[-1].middle - group[0].middle) / (len(group) - 1) if len(group) > 1 else _STEP * (right - left)
    bow = sum(row.bow * row.width for row in group) / sum(row.width for row in group)
    room = 0.9 * pitch + abs(bow) * (right - left) ** 2 / 4
    top, bottom = group[0].middle - room, group[-1].middle + room
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
    fits = measure(np.asarray(piece, np.uint8), guesses, pitch * wide / span, bow * span / wide)
    return fits, np.asarray(np.linalg.inv(matrix), np.float64), wide / across


def _quad(points: npt.NDArray[np.float64]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
