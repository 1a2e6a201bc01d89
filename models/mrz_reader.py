"""Reads the machine-readable zone from pictures: finds it, reads its lines, decodes them, fuses several frames."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.images import Grey, grey
from models.mrz_advice import MIN_PITCH, Refusal, advice, refusal
from models.mrz_candidate import CandidateReader, Trial
from models.mrz_direction import directions
from models.mrz_interpret import ACCEPTED, Attempt
from models.mrz_locator import locate
from models.mrz_vote import MrzFrame
from models.regions import Guidance, MrzReading, Quad, ReadState
from models.session import LineSession

WEIGHTS = Path(__file__).parent / "weights"
SIDECAR = "mrz_reader.toml"
_SURE = 0.8
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
            return MrzFrame(MrzReading(ReadState.ABSENT, guidance=_far(seen), elapsed_ms=elapsed))
        return _frame(picture, best.attempt, elapsed)

    def _trials(self, picture: Grey, *, still: bool) -> Iterator[Trial]:
        """Candidates as they are read, until one is accepted; in a frame no further direction after a sensible one."""
        turns = directions(picture)
        for turn, side, limit in _still(turns) if still else [(turn, 640, 3 - at) for at, turn in enumerate(turns)]:
            sensible = False
            for zone in locate(picture, turn=turn, side=side, limit=limit):
                trial = self._candidates.read(picture, zone)
                yield trial
                if trial.attempt and trial.attempt.decoded.state in ACCEPTED:
                    return
                sensible = sensible or (trial.attempt is not None and trial.attempt.sensible)
            if sensible and not still:
                return


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
    if state in ACCEPTED and (why_not is Refusal.CUT_OFF or (why_not is Refusal.FAR and guessed)):
        state = ReadState.FAILED
    reading = MrzReading(
        state,
        attempt.layout.format,
        decoded.lines,
        attempt.raw,
        decoded.confidences,
        unconfirmed=decoded.unconfirmed,
        quad=quad,
        guidance=None if state in ACCEPTED else advice(picture, quad, attempt),
        elapsed_ms=elapsed,
    )
    return MrzFrame(reading, attempt.spelled, why_not)


def _far(seen: list[Trial]) -> Guidance | None:
    """A likely zone that is too small to read."""
    far = (trial.zone for trial in seen[:1] if trial.zone.score > 0.1)
    return Guidance.CLOSER if any(zone.width / 44 < MIN_PITCH for zone in far) else None
