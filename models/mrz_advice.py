"""What speaks against a picture of a zone, and what the person who holds the document should do about it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from models.images import Grey, straighten
from models.mrz_candidate import Trial
from models.mrz_interpret import Attempt
from models.quality import sharpness
from models.regions import Guidance, Quad

MIN_PITCH = 6.5
"""Pixels from character to character below which reading is guessing, unless every character is sure."""
_LENGTHS = (30, 36, 44)
_STEP = (1.7, 3.1)
"""Distance of two rows in characters: 2.5 in a flat picture (6.35 mm and 2.54 mm, Doc 9303-3, 4.2); what a slanted
view makes of it lies outside."""
_SLANT = 1.22
"""How much further apart the rows may be at one end than at the other."""
_BURNT, _BURNT_SHARE = 247, 0.05
_SMEARED = 0.006
_LIKELY, _ALONE, _ROW = 0.85, 0.9, 0.88
"""Mean probability of a row (the second: of a single one) and its evenness above which it is held for print of a zone
and worth advice."""
_PRINT = 0.83
"""Mean probability above which it is print at least."""

Points = npt.NDArray[np.float64]


class Refusal(StrEnum):
    """What is wrong with a picture that no number of further pictures like it mends."""

    FAR = "far"
    """Less than `MIN_PITCH` from character to character: the same wrong letter comes again and again."""
    CUT_OFF = "cut_off"
    """Print of the zone leaves the picture."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows that look like a zone's, legible or not."""

    rows: tuple[Quad, ...]
    pitch: float
    """Pixels from character to character, 0 when it is not known."""
    length: int
    """Characters of the row that was looked at."""


def refusal(quad: Quad, attempt: Attempt, width: int, height: int) -> Refusal | None:
    """Whether the place of the zone in the picture, whatever was read there, speaks against it."""
    if _cut_off(quad, attempt, width, height):
        return Refusal.CUT_OFF
    return Refusal.FAR if _width(quad) * attempt.spacing < MIN_PITCH else None


def _width(quad: Quad) -> float:
    (a, b, c, d) = (np.array(corner) for corner in quad)
    return float(max(np.linalg.norm(b - a), np.linalg.norm(c - d)))


def _cut_off(quad: Quad, attempt: Attempt, width: int, height: int) -> bool:
    """Whether print of the zone leaves the picture: an E whose foot is missing is a perfect F."""
    rows = len(attempt.quads)
    corners = np.array(quad)
    middle = corners.mean(axis=0)
    inside = middle + (corners - middle) * (1 - 0.25 / rows)
    slack = 0.03 * float(np.linalg.norm(corners[3] - corners[0])) / rows
    return _outside(inside, width, height, slack)


def _outside(points: Points, width: int, height: int, slack: float = 0.0) -> bool:
    return bool((points < -slack).any() or (points > np.array([width, height]) + slack).any())


def of_attempt(attempt: Attempt) -> Seen:
    """What is known of rows that were read."""
    return Seen(attempt.quads, _width(attempt.quads[0]) * attempt.spacing, min(len(raw) for raw in attempt.raw))


def advice(picture: Grey, seen: Seen) -> Guidance:
    """Why the zone could not be read, as far as the picture shows it."""
    height, width = picture.shape
    if _runs_out(seen, width, height):
        return Guidance.WHOLE_PAGE
    if 0 < seen.pitch < MIN_PITCH:
        return Guidance.CLOSER
    if _glare(picture, seen):
        return Guidance.GLARE
    return Guidance.TILT if _slanted(seen) else Guidance.HOLD_STILL


def advice_of_trials(picture: Grey, trials: list[Trial]) -> Guidance | None:
    """What to do when no zone could be read: from the candidate that looks most like one. None when none does."""
    likely = [trial for trial in trials if _likely(trial)]
    if likely:
        trial = max(likely, key=lambda trial: trial.zone.width * trial.probe.even**2)
        return advice(picture, _of_trial(trial))
    print_ = [trial for trial in trials if trial.probe.sure >= _PRINT and trial.zone.score >= 0.1]
    if any(_glare(picture, _of_trial(trial), around=0.5) for trial in print_[:2]):
        return Guidance.GLARE
    rows = [trial.zone.lines[0] for trial in trials if trial.zone.score >= 0.3 and len(trial.zone.lines) > 1]
    smeared = any(sharpness(straighten(picture, row, 640, 32)) < _SMEARED for row in rows)
    return Guidance.HOLD_STILL if smeared else None


def _likely(trial: Trial) -> bool:
    """Whether this is print of a zone; of a single row more is asked."""
    alone = len(trial.zone.lines) == 1
    return trial.probe.sure >= (_ALONE if alone else _LIKELY) and trial.probe.even >= _ROW


def _of_trial(trial: Trial) -> Seen:
    return Seen(trial.zone.lines, _width(trial.zone.lines[0]) * trial.probe.spacing, trial.probe.length)


def _runs_out(seen: Seen, width: int, height: int) -> bool:
    """Whether rows run into the picture's edge, or too few are there and the next would lie beyond it."""
    first, last = np.array(seen.rows[0]), np.array(seen.rows[-1])
    along = (first[1] - first[0]) / max(1.0, float(np.linalg.norm(first[1] - first[0])))
    pitch = seen.pitch or _width(seen.rows[0]) / 44
    ends = np.array([(quad[0] + quad[3]) / 2 - along * 0.7 * pitch for quad in (first, last)])
    ends = np.concatenate([ends, [(quad[1] + quad[2]) / 2 + along * 0.7 * pitch for quad in (first, last)]])
    if _outside(ends, width, height):
        return True
    if len(seen.rows) == 3:
        return False
    step = (last - first).mean(axis=0) if len(seen.rows) == 2 else _down(first) * 2.5 * pitch
    least = 3 if len(seen.rows) == 2 and abs(seen.length - 30) <= 2 else 2
    if len(seen.rows) >= least:
        return _outside(np.concatenate([_core(first), _core(last)]), width, height)
    return any(_outside(_core(quad + step * way), width, height) for quad, way in ((first, -1), (last, 1)))


def _core(quad: Points) -> Points:
    """The quad without its margin above and below."""
    middle = np.array(
        [(quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2, (quad[1] + quad[2]) / 2, (quad[0] + quad[3]) / 2]
    )
    return np.asarray(middle + (quad - middle) * 0.7)


def _down(quad: Points) -> Points:
    """Of length one, from the top of a row to its foot."""
    way = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    return np.asarray(way / max(1.0, float(np.linalg.norm(way))))


def _glare(picture: Grey, seen: Seen, *, around: float = 0.0) -> bool:
    """Whether a burnt-out patch lies over the rows or beside them, where the missing part of them would be.

    Args:
        picture: (height, width).
        seen: the rows.
        around: how far above, below and beside the rows is looked as well, as a part of their width.
    """
    first, last = np.array(seen.rows[0]), np.array(seen.rows[-1])
    box = np.array([first[0], first[1], last[2], last[3]])
    along = ((box[1] - box[0]) + (box[2] - box[3])) / 2
    whole = min(abs(seen.length - length) for length in _LENGTHS) <= 1
    reach = along * max(around, 0.0 if whole else min(1.2, max(0.15, 44 / max(seen.length, 1) - 1)))
    rise = np.array([-along[1], along[0]]) * around
    wide = np.array([box[0] - reach - rise, box[1] + reach - rise, box[2] + reach + rise, box[3] - reach + rise])
    a, b, c, d = ((float(x), float(y)) for x, y in wide)
    piece = straighten(picture, (a, b, c, d), 480, 240 if around else 48)
    return float((piece > _BURNT).mean()) > _BURNT_SHARE and float(np.percentile(piece, 30)) < 240


def _slanted(seen: Seen) -> bool:
    """Whether the page is seen from the side: rows that part towards one end, letters too narrow or too flat."""
    if len(seen.rows) < 2:
        return False
    first, last = np.array(seen.rows[0]), np.array(seen.rows[-1])
    left = float(np.linalg.norm((last[0] + last[3] - first[0] - first[3]) / 2))
    right = float(np.linalg.norm((last[1] + last[2] - first[1] - first[2]) / 2))
    if max(left, right) > _SLANT * min(left, right):
        return True
    step = (left + right) / 2 / (len(seen.rows) - 1) / max(seen.pitch, 1.0)
    return seen.pitch > 0 and not _STEP[0] <= step <= _STEP[1]
