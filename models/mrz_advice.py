"""What speaks against a picture of a zone, and what the person who holds the document should do about it."""

from collections.abc import Sequence
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
_SPARE = 0.2
"""Characters of the margin beside a row (half a character wide) that may lie outside of the picture."""
_BESIDE, _LOST = 0.7, 3.0
"""Characters between a row and the picture's edge up to which the row runs out of the picture; the second where
characters are missing."""
_STEP = (1.5, 3.0)
"""Distance of two rows in characters: 2.5 in a flat picture (6.35 mm and 2.54 mm, Doc 9303-3, 4.2). Measured: readings
of hard frames 2.0 to 2.7, of pages turned away by 48 degrees and more 3.3 to 5.2."""
_SLANT, _STEEP = 1.22, 1.35
"""How much further apart the rows may be at one end than at the other before a slant is the likely fault; before
nothing is believed. Measured: hard frames up to 1.19, pages turned away by 48 degrees and more from 1.57."""
_BURNT = 247
_BURNT_SHARE = {False: 0.05, True: 0.12}
"""Part of the rows that is burnt out where characters are missing, and where all are there: paper may be as bright."""
_SMEARED = 0.03
_LIKELY = ((0.85, 0.84), (0.8, 0.95))
_ALONE = ((0.9, 0.88),)
"""Mean probability and evenness of a row from which on it is held for print of a zone and worth advice; of one row
without others more is asked."""
_PRINT = 0.82
"""Mean probability above which it is print at least."""

Points = npt.NDArray[np.float64]


class Refusal(StrEnum):
    """What is wrong with a picture that no number of further pictures like it mends."""

    FAR = "far"
    """Less than `MIN_PITCH` from character to character: the same wrong letter comes again and again."""
    CUT_OFF = "cut_off"
    """Print of the zone leaves the picture."""
    SLANTED = "slanted"
    """Seen so much from the side that characters at the far end run into one another, again and again the same."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows that look like a zone's, legible or not."""

    rows: tuple[Quad, ...]
    pitch: float
    """Pixels from character to character, 0 when it is not known."""
    length: int
    """Characters of the row that was looked at."""
    read: bool
    """Whether the rows were read together, so that their places can be relied on."""
    alike: bool = True
    """All rows that were read have as many characters as their format, give or take one."""

    @property
    def whole(self) -> bool:
        """Whether the rows are as long as a format's."""
        return self.alike and min(abs(self.length - length) for length in _LENGTHS) <= 1


def refusal(quad: Quad, attempt: Attempt, width: int, height: int) -> Refusal | None:
    """Whether the place of the zone in the picture, whatever was read there, speaks against it."""
    if _cut_off(quad, attempt, width, height):
        return Refusal.CUT_OFF
    if _width(quad) * attempt.spacing < MIN_PITCH:
        return Refusal.FAR
    return Refusal.SLANTED if _slanted(of_attempt(attempt), _STEEP) else None


def _width(quad: Quad) -> float:
    (a, b, c, d) = (np.array(corner) for corner in quad)
    return float(max(np.linalg.norm(b - a), np.linalg.norm(c - d)))


def _cut_off(quad: Quad, attempt: Attempt, width: int, height: int) -> bool:
    """Whether print of the zone leaves the picture: an E whose foot is missing is a perfect F.

    Where the picture ends right beside the last character, a longer line may have lost its end.
    """
    rows = len(attempt.quads)
    corners = np.array(quad)
    down = 0.125 / rows * (corners[[3, 2, 2, 3]] - corners[[0, 1, 1, 0]])
    along = _SPARE * attempt.spacing * (corners[[1, 1, 2, 2]] - corners[[0, 0, 3, 3]])
    inside = corners + down * np.array([[1], [1], [-1], [-1]]) + along * np.array([[1], [-1], [-1], [1]])
    slack = 0.03 * float(np.linalg.norm(corners[3] - corners[0])) / rows
    return _outside(inside, width, height, slack)


def _outside(points: Points, width: int, height: int, slack: float = 0.0) -> bool:
    return bool((points < -slack).any() or (points > np.array([width, height]) + slack).any())


def of_attempt(attempt: Attempt) -> Seen:
    """What is known of rows that were read."""
    lengths = [len(raw) for raw in attempt.raw]
    alike = all(abs(length - attempt.layout.length) <= 1 for length in lengths)
    return Seen(attempt.quads, _width(attempt.quads[0]) * attempt.spacing, min(lengths), read=True, alike=alike)


def advice(picture: Grey, seen: Seen) -> Guidance:
    """Why the zone could not be read, as far as the picture shows it."""
    height, width = picture.shape
    if _runs_out(seen, width, height):
        return Guidance.WHOLE_PAGE
    if 0 < seen.pitch < MIN_PITCH:
        return Guidance.CLOSER
    if seen.whole and sharpness(straighten(picture, seen.rows[0], 640, 32)) < _SMEARED:
        return Guidance.HOLD_STILL
    if not (seen.read and _slanted(seen, _STEEP)) and _glare(picture, seen, around=0.0 if seen.read else 0.15):
        return Guidance.GLARE
    return Guidance.TILT if _slanted(seen, _SLANT) else Guidance.HOLD_STILL


def advice_of_trials(picture: Grey, trials: Sequence[Trial]) -> Guidance | None:
    """What to do when no zone could be read: from the candidate that looks most like one. None when none does."""
    likely = [trial for trial in trials if _likely(trial)]
    best = max(likely, key=lambda trial: trial.zone.width * trial.probe.even**2, default=None)
    if best and best.zone.wider and _runs_out(_of_trial(best, best.zone.wider), *picture.shape[::-1]):
        return Guidance.WHOLE_PAGE
    hint = advice(picture, _of_trial(best)) if best else None
    if hint is Guidance.WHOLE_PAGE:
        return hint
    print_ = [trial for trial in trials if trial.probe.sure >= _PRINT and (_likely(trial) or trial.zone.score >= 0.05)]
    if any(_glare(picture, _of_trial(trial), around=0.5) for trial in print_[:2]):
        return Guidance.GLARE
    if hint and hint is not Guidance.HOLD_STILL:
        return hint
    rows = [trial.zone.lines[0] for trial in trials if trial.zone.score >= 0.3 and len(trial.zone.lines) > 1]
    smeared = any(sharpness(straighten(picture, row, 640, 32)) < _SMEARED / 2 for row in rows[:1])
    return Guidance.HOLD_STILL if smeared else None


def _likely(trial: Trial) -> bool:
    """Whether this is print of a zone; of a single row more is asked."""
    if not trial.probe.filled:
        return False
    floors = _ALONE if len(trial.zone.lines) == 1 else _LIKELY
    return any(trial.probe.sure >= sure and trial.probe.even >= even for sure, even in floors)


def _of_trial(trial: Trial, rows: tuple[Quad, ...] = ()) -> Seen:
    return Seen(
        rows or trial.zone.lines, _width(trial.zone.lines[0]) * trial.probe.spacing, trial.probe.length, read=False
    )


def _runs_out(seen: Seen, width: int, height: int) -> bool:
    """Whether rows run into the picture's edge, or too few are there and the next would lie beyond it."""
    first, last = np.array(seen.rows[0]), np.array(seen.rows[-1])
    along = (first[1] - first[0]) / max(1.0, float(np.linalg.norm(first[1] - first[0])))
    pitch = seen.pitch or _width(seen.rows[0]) / 44
    reach = along * pitch * (_BESIDE if seen.whole else _LOST)
    ends = np.array([(quad[0] + quad[3]) / 2 - reach for quad in (first, last)])
    ends = np.concatenate([ends, [(quad[1] + quad[2]) / 2 + reach for quad in (first, last)]])
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
    reach = along * max(around, 0.0 if seen.whole else min(1.2, max(0.15, 44 / max(seen.length, 1) - 1)))
    rise = np.array([-along[1], along[0]]) * around
    wide = np.array([box[0] - reach - rise, box[1] + reach - rise, box[2] + reach + rise, box[3] - reach + rise])
    a, b, c, d = ((float(x), float(y)) for x, y in wide)
    piece = straighten(picture, (a, b, c, d), 480, 240 if around else 48)
    return float((piece > _BURNT).mean()) > _BURNT_SHARE[seen.whole] and float(np.percentile(piece, 30)) < 240


def _slanted(seen: Seen, most: float) -> bool:
    """Whether the page is seen from the side: rows that part towards one end, letters too narrow or too flat."""
    if len(seen.rows) < 2:
        return False
    first, last = np.array(seen.rows[0]), np.array(seen.rows[-1])
    left = float(np.linalg.norm((last[0] + last[3] - first[0] - first[3]) / 2))
    right = float(np.linalg.norm((last[1] + last[2] - first[1] - first[2]) / 2))
    if max(left, right) > most * min(left, right):
        return True
    if not seen.read:
        return False
    step = (left + right) / 2 / (len(seen.rows) - 1) / max(seen.pitch, 1.0)
    return seen.pitch > 0 and not _STEP[0] <= step <= _STEP[1]
