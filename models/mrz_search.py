"""Searches a picture for zones: in which directions and scales, when to stop, and whether there are two."""

from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np

from models.images import Grey, shrink
from models.mrz_candidate import CandidateReader, Probe, Trial
from models.mrz_direction import directions, inkiest
from models.mrz_interpret import ACCEPTED
from models.mrz_locator import SIDE, Candidate, Zone, locate

_FAR = 480
"""Side of the square with the most print that is searched again at full size when nothing like a zone was seen: a page
that is far away."""
_NEAR = 0.4
"""Width of print, as a part of the picture's, that says that the page is not far away."""
_PATIENCE = 3
"""Candidates that make no sense after which a frame is given up: of 581 zones that were read 577 were the first."""
_STILL = ((0.0, 640, 6), (0.0, 960, 5), (0.0, 1400, 5), (0.0, 440, 5), (90.0, 640, 5), (90.0, 1100, 5))
"""Where one picture is searched whatever its print looks like: direction, longer side searched, candidates read."""
_SMALLER = 0.3
"""How wide a second zone must be, as a part of the first."""
_STEP = (1.8, 2.9)
"""Distance of two rows in characters: 2.5 in a zone (Doc 9303-3, 4.2), 2.0 to 2.7 as measured in hard frames."""
_LIKELIER = 0.35
"""How likely a second zone must look, as a part of the first."""
_LOOKS = 3
"""Candidates that are measured to find one elsewhere; only that one is probed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found."""

    best: Trial | None
    """The candidate that reads best; None when none makes sense as a zone."""
    trials: tuple[Trial, ...]
    """All that were read, in order."""
    several: bool
    """Another zone, legible too, is elsewhere in the picture."""


class ZoneSearch:
    """Looks for zones with a reader of candidates. Safe to use from several threads."""

    def __init__(self, candidates: CandidateReader) -> None:
        self._candidates = candidates

    def run(self, picture: Grey, *, still: bool) -> Outcome:
        """Reads candidates until one is accepted, the likeliest first; the first accepted stands.

        Args:
            picture: (height, width).
            still: every turn and scale for one picture; else the directions in which print runs in this frame.
        """
        turns = directions(shrink(picture, SIDE)[0], limit=3 if still else 2)
        plan = _still(turns) if still else [(turn, SIDE, max(1, 2 - at)) for at, turn in enumerate(turns)]
        trials: list[Trial] = []
        unread: list[Candidate] = []
        for turn, side, limit in plan:
            unread = locate(picture, turn=turn, side=side, limit=limit, spare=_LOOKS)
            for index in range(len(unread)):
                if index >= limit and len(unread[0].rows) > 1:
                    break
                trials.append(self._candidates.read(picture, unread.pop(0).measured(picture)))
                if _accepted(trials[-1]):
                    break
            if any(_accepted(trial) for trial in trials):
                break
            if not still and (_hopeless(trials) or any(_sensible(trial) for trial in trials)):
                break
        else:
            trials += self._far(picture, turns, trials)
        best = _best(trials)
        sure = best is not None and (_accepted(best) or best.probe.legible)
        several = best is not None and sure and self._several(picture, best, trials, unread, turns)
        return Outcome(best, tuple(trials), several)

    def _far(self, picture: Grey, turns: list[float], trials: list[Trial]) -> list[Trial]:
        """Candidates at full size where most print is, if nothing so far suggests that the page is near."""
        wide = _NEAR * max(picture.shape)
        if not turns or any(trial.probe.row_of_zone or trial.zone.width > wide for trial in trials):
            return []
        window = inkiest(picture, _FAR)
        if window is None:
            return []
        left, top, right, bottom = window
        found: list[Trial] = []
        for turn in directions(picture[top:bottom, left:right], limit=1):
            for candidate in locate(picture, turn=turn, side=_FAR, limit=2, window=window):
                found.append(self._candidates.read(picture, candidate.measured(picture)))
                if _accepted(found[-1]):
                    return found
        return found

    def _several(
        self, picture: Grey, best: Trial, trials: list[Trial], unread: list[Candidate], turns: list[float]
    ) -> bool:
        """Whether a second zone is legible: among those read already, else the likeliest one that is elsewhere."""
        for trial in trials:
            if _elsewhere(trial.zone, best.zone) and trial.probe.legible and self._is_zone(picture, trial.zone):
                return True
        others = (candidate for turn in turns[1:2] for candidate in locate(picture, turn=turn, limit=1))
        for _, candidate in zip(range(_LOOKS), chain(unread, others), strict=False):
            if candidate.score < _LIKELIER * best.zone.score:
                break
            zone = candidate.measured(picture)
            if _elsewhere(zone, best.zone) and not any(_meets(zone, trial.zone) for trial in trials):
                return self._is_zone(picture, zone)
        return False

    def _is_zone(self, picture: Grey, zone: Zone) -> bool:
        """Whether its last and its first row are legible, equally long, and apart as those of a zone."""
        for last in self._candidates.probe(picture, zone.lines[-1], zone.bend):
            if _row_of_zone(zone, last):
                first = self._candidates.probe(picture, zone.lines[0], zone.bend)
                return any(probe.legible and abs(probe.length - last.length) <= 1 for probe in first)
        return False


def _row_of_zone(zone: Zone, probe: Probe) -> bool:
    """Whether the row is legible and what a zone has: rows a quarter inch apart, fillers or a number, no sentence."""
    step = zone.pitch_ratio / probe.spacing if probe.spacing else 0.0
    return probe.legible and probe.filled and _STEP[0] <= step <= _STEP[1]


def _still(turns: list[float]) -> list[tuple[float, int, int]]:
    """What one picture is searched for: direction, longer side searched, candidates read."""
    oblique = [turn for turn in turns if min(turn % 90, 90 - turn % 90) > 3]
    return [*((turn, 640, 6) for turn in oblique), *_STILL, *((turn, 1100, 5) for turn in oblique)]


def _accepted(trial: Trial) -> bool:
    return trial.attempt is not None and trial.attempt.decoded.state in ACCEPTED


def _sensible(trial: Trial) -> bool:
    return trial.attempt is not None and trial.attempt.sensible


def _hopeless(trials: list[Trial]) -> bool:
    return sum(not _sensible(trial) for trial in trials) >= _PATIENCE


def _best(trials: list[Trial]) -> Trial | None:
    best: Trial | None = None
    for trial in trials:
        if (
            trial.attempt
            and trial.attempt.sensible
            and (best is None or best.attempt is None or trial.attempt.rank > best.attempt.rank)
        ):
            best = trial
    return best


def _elsewhere(zone: Zone, other: Zone) -> bool:
    """Whether a candidate of two or three rows is another zone than this: as large by and large, and clear of it."""
    return len(zone.lines) > 1 and zone.width > _SMALLER * other.width and not _meets(zone, other)


def _meets(zone: Zone, other: Zone) -> bool:
    area, _ = cv2.intersectConvexConvex(_around(zone), _around(other))
    return float(area) > 0


def _around(zone: Zone) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The zone with one more row above and below."""
    first, last = np.array(zone.lines[0]), np.array(zone.lines[-1])
    rise = last[3] - first[0] if len(zone.lines) == 1 else (last[0] - first[0]) / (len(zone.lines) - 1)
    corners = np.array([first[0] - rise, first[1] - rise, last[2] + rise, last[3] + rise])
    return np.asarray(cv2.convexHull(corners.astype(np.float32))[:, 0], np.float32)
