"""Reads the machine-readable zone from pictures: finds it, reads its lines, decodes them, fuses several frames."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.images import Grey, grey
from models.mrz_advice import Refusal, advice, advice_of_trials, of_attempt, refusal
from models.mrz_candidate import CandidateReader, Trial
from models.mrz_direction import directions, inkiest
from models.mrz_interpret import ACCEPTED, Attempt
from models.mrz_locator import locate
from models.mrz_vote import MrzFrame
from models.regions import MrzReading, ReadState
from models.session import LineSession

WEIGHTS = Path(__file__).parent / "weights"
SIDECAR = "mrz_reader.toml"
_SURE = 0.8
_FAR = 480
"""Side of the square with the most print that is searched again at full size when nothing like a zone was seen: a page
that is far away."""
_NEAR = 0.4
"""Width of print, as a part of the picture's, that says that the page is not far away."""
_PATIENCE = 4
"""Candidates that turn out to be other print after which a frame is given up."""
_STILL = ((0.0, 640, 6), (0.0, 960, 5), (0.0, 1400, 5), (0.0, 440, 5), (90.0, 640, 5), (90.0, 1100, 5))
"""Where one picture is searched whatever its print looks like: direction, longer side searched, candidates read."""


class MrzReader:
    """Finds and reads zones. Holds the loaded network; safe to use from several threads."""

    def __init__(self, session: LineSession) -> None:
        self._candidates = CandidateReader(session)

    @classmethod
    def load(cls, directory: Path | None = None, *, threads: int = 1) -> "MrzReader":
        """The reader with the weights in `directory` (ours by default).

        Raises:
            ModelMissing: weights or sidecar are not there.
            ModelMismatch: they do not belong together.
        """
        return cls(LineSession.load((directory or WEIGHTS) / SIDECAR, threads=threads))

    def read(self, image: npt.NDArray[np.uint8], *, still: bool = False) -> MrzReading:
        """What the zone in a BGR or grey picture says.

        Args:
            image: (height, width, 3) BGR or (height, width) grey.
            still: take the time that one picture deserves: every turn, several scales. Else one quick look at a frame.
        """
        return self.look(image, still=still).reading

    def look(self, image: npt.NDArray[np.uint8], *, still: bool = False) -> MrzFrame:
        """As `read`, with the probabilities that `MrzVote` fuses."""
        started = time.perf_counter()
        picture = grey(image)
        best: Trial | None = None
        seen: list[Trial] = []
        for trial in self._trials(picture, still=still):
            seen.append(trial)
            if trial.attempt and (best is None or best.attempt is None or trial.attempt.rank > best.attempt.rank):
                best = trial
        elapsed = (time.perf_counter() - started) * 1000
        if best is None or best.attempt is None or not best.attempt.sensible:
            return MrzFrame(MrzReading(ReadState.ABSENT, guidance=advice_of_trials(picture, seen), elapsed_ms=elapsed))
        return _frame(picture, best.attempt, elapsed)

    def _trials(self, picture: Grey, *, still: bool) -> Iterator[Trial]:
        """Candidates as they are read, until one is accepted; in a frame no further direction after a sensible one."""
        turns = directions(picture)
        likely, wrong = False, 0
        for turn, side, limit in _still(turns) if still else _live(turns):
            sensible = False
            for zone in locate(picture, turn=turn, side=side, limit=limit):
                trial = self._candidates.read(picture, zone)
                yield trial
                if trial.attempt and trial.attempt.decoded.state in ACCEPTED:
                    return
                sensible = sensible or (trial.attempt is not None and trial.attempt.sensible)
                likely = likely or trial.probe.row_of_zone or zone.width > _NEAR * max(picture.shape)
                wrong += not trial.probe.row_of_zone
                if wrong >= _PATIENCE and not still:
                    return
            if sensible and not still:
                return
        near = inkiest(picture, _FAR) if turns and not likely else None
        if near:
            turns = directions(picture[near[1] : near[3], near[0] : near[2]], limit=1)
            for zone in locate(picture, turn=turns[0] if turns else 0.0, side=_FAR, limit=2, window=near):
                yield self._candidates.read(picture, zone)


def _live(turns: list[float]) -> list[tuple[float, int, int]]:
    """What a frame is searched for: direction, longer side searched, candidates read; the next only if need be."""
    return [(turn, 640, 3 - at) for at, turn in enumerate(turns)]


def _still(turns: list[float]) -> list[tuple[float, int, int]]:
    """What one picture is searched for: direction, longer side searched, candidates read."""
    oblique = [turn for turn in turns if min(turn % 90, 90 - turn % 90) > 3]
    return [*((turn, 640, 6) for turn in oblique), *_STILL, *((turn, 1100, 5) for turn in oblique)]


def _frame(picture: Grey, attempt: Attempt, elapsed: float) -> MrzFrame:
    height, width = picture.shape
    upper, lower = attempt.quads[0], attempt.quads[-1]
    quad = upper[0], upper[1], lower[2], lower[3]
    decoded = attempt.decoded
    state = decoded.state
    why_not = refusal(quad, attempt, width, height)
    guessed = min(min(line) for line in decoded.confidences) < _SURE
    if state in ACCEPTED and why_not and (why_not is not Refusal.FAR or guessed):
        state = ReadState.FAILED
    reading = MrzReading(
        state,
        attempt.layout.format,
        decoded.lines,
        attempt.raw,
        decoded.confidences,
        unconfirmed=decoded.unconfirmed,
        quad=quad,
        guidance=None if state in ACCEPTED else advice(picture, of_attempt(attempt)),
        elapsed_ms=elapsed,
    )
    return MrzFrame(reading, attempt.spelled, why_not)
