"""Measures the rows of a zone at the picture's own resolution: slope, height and where they end."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.images import Grey
from models.mrz_rows import bend_of, flattened

Floats = npt.NDArray[np.float32]
_BENT = 0.2
"""Bend over a row, in heights of the row, that is worth taking out."""


@dataclass(frozen=True, slots=True)
class Fits:
    """Rows measured in the enlarged zone."""

    rows: tuple[tuple[float, float], ...]
    """Slope and offset of the middle of each row, once the bend is taken out."""
    height: float
    ends: tuple[tuple[float, float], tuple[float, float]]
    """First and last column of the rows: the longest unbroken stretch, and everything."""
    pitch: float
    """From row to row, as it was given."""
    reaches_out: bool
    """The longest stretch runs into the left or right edge of the piece."""
    wide: int
    """Of the piece."""
    bow: float
    """How all rows bend, per pixel, as in `mrz_rows.Row`."""

    def boxes(self, ends: tuple[float, float]) -> list[npt.NDArray[np.float64]]:
        """Corners of each row between these ends, with the margin that the network was trained with."""
        pad = 0.5 * (ends[1] - ends[0]) / 44
        left, right, half = ends[0] - pad, ends[1] + pad, self._half
        lift = [self.bow * ((x - self.wide / 2) ** 2 - self.wide**2 / 12) for x in (left, right)]
        return [
            np.array(
                [
                    (left, slope * left + offset + lift[0] - half),
                    (right, slope * right + offset + lift[1] - half),
                    (right, slope * right + offset + lift[1] + half),
                    (left, slope * left + offset + lift[0] + half),
                ]
            )
            for slope, offset in self.rows
        ]

    def bend(self, ends: tuple[float, float]) -> float:
        """How far the middle of a row lies below the line between its ends, in heights of its box."""
        return -self.bow * ((ends[1] - ends[0]) * (1 + 1 / 44)) ** 2 / 4 / (2 * self._half)

    @property
    def _half(self) -> float:
        return 0.72 * self.height


def measure(piece: Grey, guesses: list[tuple[float, float]], pitch: float, bow: float = 0.0) -> Fits:
    """Slope, height and bend of each row by where the strokes are, and the ends that all rows share.

    Args:
        piece: (height, width), straightened so that the rows are nearly level.
        guesses: middle and height of each row, from top to bottom, pixels.
        pitch: from row to row, pixels.
        bow: how the rows bend, as far as is known.
    """
    across = cv2.Sobel(piece, cv2.CV_16S, 1, 0, ksize=3)
    strokes = np.asarray(cv2.convertScaleAbs(across, alpha=0.5), np.uint8)
    edges = flattened(strokes, bow) if bow else strokes
    wide = piece.shape[1]
    lines = [_fit(edges, middle, pitch) for middle, _ in guesses]
    rest = _shared([line.bow for line in lines])
    if abs(rest) * wide**2 / 4 > _BENT * float(np.median([height for _, height in guesses])):
        bow += rest
        edges = flattened(strokes, bow)
        lines = [_fit(edges, middle, pitch) for middle, _ in guesses]
    fits, heights = [], []
    columns = np.zeros(wide, np.float32)
    for line, (_, height) in zip(lines, guesses, strict=True):
        band, centre = _levelled(edges, line.slope, line.offset, pitch)
        tall, shift = _bar(band.mean(axis=1, dtype=np.float64), centre, height)
        heights.append(tall)
        fits.append((line.slope, line.offset + shift))
        half = max(0, round(0.45 * tall))
        inside = band[max(0, round(centre + shift) - half) : round(centre + shift) + half + 1]
        columns = np.maximum(columns, inside.sum(axis=0, dtype=np.float32) / max(1.0, 0.9 * tall))
    ends = _ends(columns)
    (left, right), edge = ends[0], 0.004 * wide
    reaches_out = left <= edge or right >= wide - edge
    return Fits(tuple(fits), float(np.median(heights)), ends, pitch, reaches_out, wide, bow)


def _shared(bows: list[float]) -> float:
    """The bend that all rows have at least: what only one of them shows is its strokes, not the page."""
    least = min(bows, key=abs)
    return least if all(bow * least > 0 for bow in bows) else 0.0


def _levelled(edges: Grey, slope: float, offset: float, pitch: float) -> tuple[Grey, int]:
    """The strip about one row, made level, and which line of it is the row's middle."""
    centre = round(0.55 * pitch)
    shear = np.array([[1, 0, 0], [slope, 1, offset - centre]], np.float64)
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    band = cv2.warpAffine(edges, shear, (edges.shape[1], 2 * centre + 1), flags=flags)
    return np.asarray(band, np.uint8), centre


@dataclass(frozen=True, slots=True)
class _Line:
    """The middle of one row."""

    slope: float
    offset: float
    bow: float


def _fit(edges: Grey, middle: float, pitch: float) -> _Line:
    """A row from the centres of its strokes in ten pieces: median of slopes, and what bend is left."""
    tall, wide = edges.shape
    top, bottom = max(0, int(middle - 0.55 * pitch)), min(tall, int(middle + 0.55 * pitch) + 1)
    bounds = [wide * part // 12 for part in range(1, 12)]
    sums = np.add.reduceat(edges[top:bottom, : bounds[-1]], bounds[:-1], axis=1, dtype=np.float32)
    mass = np.maximum(0, sums - 0.5 * sums.mean(axis=0))
    total = mass.sum(axis=0)
    seen = total > 0
    if seen.sum() < 3:
        return _Line(0.0, middle, 0.0)
    xs = (np.add(bounds[:-1], bounds[1:]) / 2)[seen]
    ys = (np.arange(top, bottom) @ mass)[seen] / total[seen]
    first, second = np.triu_indices(len(xs), 3)
    slope = float(np.median((ys[second] - ys[first]) / (xs[second] - xs[first]))) if len(first) else 0.0
    rest = ys - slope * xs
    return _Line(slope, float(np.median(rest)), bend_of(xs, rest) if len(xs) >= 8 else 0.0)


def _bar(profile: npt.NDArray[np.float64], centre: int, height: float) -> tuple[float, float]:
    """Height of the row and how far its middle is from `centre`, from the stroke profile at half its height."""
    if len(profile) <= centre:
        return height, 0.0
    base = float(np.percentile(profile, 15))
    inside = profile > base + 0.4 * (float(profile.max()) - base)
    top = bottom = centre
    while top > 0 and inside[top - 1]:
        top -= 1
    while bottom + 1 < len(inside) and inside[bottom + 1]:
        bottom += 1
    measured = bottom - top + 1.0
    if not inside[centre] or measured < 0.6 * height:
        return height, 0.0
    return measured, (top + bottom) / 2 - centre


def _ends(columns: Floats) -> tuple[tuple[float, float], tuple[float, float]]:
    """First and last column of the longest stretch of strokes, and of all strokes."""
    wide = len(columns)
    smooth = cv2.blur(columns[None], (max(3, wide // 70), 1))[0]
    busy = smooth > 0.3 * float(np.median(smooth[wide // 6 : -wide // 6]))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
    if not len(edges):
        return (0.0, float(wide)), (0.0, float(wide))
    starts, stops = [int(edges[0])], [int(edges[1])]
    for start, stop in zip(edges[2::2], edges[3::2], strict=True):
        if start - stops[-1] <= max(2, wide // 160):
            stops[-1] = int(stop)
        else:
            starts.append(int(start))
            stops.append(int(stop))
    longest = int(np.argmax(np.array(stops) - np.array(starts)))
    everything = (float(starts[0]), float(stops[-1]))
    tight = (float(starts[longest]), float(stops[longest]))
    if tight[1] - tight[0] < 0.6 * (everything[1] - everything[0]):
        return everything, everything
    return tight, everything
