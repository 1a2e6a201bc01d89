"""Rows of print cut out of drawn camera frames by the station's own locator, with what is truly printed there.

A drawn line (`models.specimens.mrz_lines`) is level, evenly spaced and cut where it should be; a row from a frame is as
bent, as uneven and as badly cut as what the network will be given. Which row it is comes from where the zone was drawn,
never from a reading, so rows that no reader can read are in it too.
"""

import multiprocessing
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

import cv2
import numpy as np

from models.images import Grey, grey, straighten
from models.mrz_direction import directions
from models.mrz_locator import Zone, locate
from models.regions import Quad
from models.specimens.evaluation import Clip, clips, condition_clips
from models.specimens.mrz_lines import COLUMNS, STRIP_HEIGHT, STRIP_WIDTH, DrawnLine
from models.specimens.sheets import LINE_MM, PITCH_MM

UNLABELLED = -100
"""Class of a column whose character is not known: the loss by columns leaves it out (torch's `ignore_index`)."""
SEEDS = {40_001: 14_000, 40_002: 14_000, 40_003: 16_000, 40_004: 16_000}
"""What the weights saw: so many rows from each seed, which nothing else uses."""
_EDGE_MM = 1.3
"""From the middle of the first and the last row to the edge of the zone's box, as `sheets.zone_quad` draws it."""
_ACROSS = 0.15
"""How far the ends of a cut row may lie above or below the true ones, in distances of two rows."""
_BEYOND, _WITHIN = 4.0, 0.4
"""How far outside and inside its first and last character a row may be cut, in characters."""
_FRAMES = 3
_OTHER = 4
"""One clip in so many is easy, or under one condition."""


def drawn_rows(seed: int) -> Iterator[DrawnLine]:
    """Rows of invented documents before the camera, most of them hard, without end."""
    for index in range(2**31):
        mine = seed * 100_003 + index
        kinds = (clips(_OTHER * 6, mine, "hard", frames=_FRAMES), clips(6, mine, "easy", frames=_FRAMES))
        for clip in chain(*kinds, condition_clips(10, mine, frames=_FRAMES)):
            yield from rows_of(clip)


def rows_of(clip: Clip) -> Iterator[DrawnLine]:
    """The rows that the locator finds in each frame of a clip."""
    for frame, quad in zip(clip.frames, clip.quads, strict=True):
        picture = grey(frame)
        for turn in directions(picture, limit=2):
            cut = [
                row
                for candidate in locate(picture, turn=turn, limit=2)
                for row in _matched(picture, candidate.measured(picture), clip, quad)
            ]
            if cut:
                yield from cut
                break


def _matched(picture: Grey, zone: Zone, clip: Clip, quad: Quad) -> Iterator[DrawnLine]:
    for line in zone.lines:
        for text, left, right in _true_rows(clip, quad):
            over = _fit(line, left, right, len(text), len(clip.zone))
            if over is not None:
                strip = straighten(picture, line, STRIP_WIDTH, STRIP_HEIGHT, zone.bend)
                upright = np.ascontiguousarray(strip[::-1, ::-1]) if over else strip
                yield DrawnLine(text, upright, np.full(COLUMNS, UNLABELLED, np.int64))


def _true_rows(
    clip: Clip, quad: Quad
) -> Iterator[tuple[str, np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]]:
    """Text of each row and the middle of its two ends, in the frame."""
    count = len(clip.zone)
    tall, wide = (count - 1) * LINE_MM + 2 * _EDGE_MM, len(clip.zone[0]) * PITCH_MM
    page = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float32)
    matrix = cv2.getPerspectiveTransform(page, np.array(quad, np.float32))
    for at, text in enumerate(clip.zone):
        level = _EDGE_MM + at * LINE_MM
        ends = cv2.perspectiveTransform(np.array([[(0, level), (wide, level)]], np.float64), matrix)[0]
        yield text, ends[0], ends[1]


def _fit(
    line: Quad,
    left: np.ndarray[tuple[int], np.dtype[np.float64]],
    right: np.ndarray[tuple[int], np.dtype[np.float64]],
    characters: int,
    rows: int,
) -> bool | None:
    """Whether the cut row is upside down; None when it is not this row, or is cut too short or much too long."""
    a, b, c, d = (np.array(corner) for corner in line)
    ends = (a + d) / 2, (b + c) / 2
    over = bool(np.dot(ends[1] - ends[0], right - left) < 0)
    first, last = ends[::-1] if over else ends
    span = float(np.linalg.norm(right - left))
    along = (right - left) / span
    normal = np.array([-along[1], along[0]])
    character, pitch = span / characters, span / characters * LINE_MM / PITCH_MM
    if max(abs(float(np.dot(first - left, normal))), abs(float(np.dot(last - right, normal)))) > _ACROSS * pitch:
        return None
    beyond = float(np.dot(left - first, along)) / character, float(np.dot(last - right, along)) / character
    return over if all(-_WITHIN <= each <= _BEYOND for each in beyond) and rows > 1 else None


def stored_rows(path: Path) -> list[DrawnLine]:
    """The rows that `store_rows` wrote."""
    with np.load(path) as stored:
        unlabelled = np.full(COLUMNS, UNLABELLED, np.int64)
        pairs = zip(stored["texts"], stored["strips"], strict=True)
        return [DrawnLine(str(text), strip, unlabelled) for text, strip in pairs]


def store_rows(path: Path, seeds: Mapping[int, int] = SEEDS) -> None:
    """Draws so many rows from each seed and writes them to one file: half an hour on two cores."""
    with multiprocessing.get_context("spawn").Pool() as pool:
        parts = pool.starmap(_drawn, seeds.items(), chunksize=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            strips=np.concatenate([strips for strips, _ in parts]),
            texts=np.array([text for _, texts in parts for text in texts]),
        )


def _drawn(seed: int, count: int) -> tuple[Grey, list[str]]:
    cv2.setNumThreads(1)
    rows = list(islice(drawn_rows(seed), count))
    return np.stack([row.strip for row in rows]), [row.text for row in rows]
