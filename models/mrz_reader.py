"""Reads the machine-readable zone from pictures: finds it, reads its lines, decodes them, fuses several frames."""

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.images import MIN_SIDE, Grey, grey
from models.mrz_advice import Refusal, advice, advice_of_trials, of_attempt, refusal
from models.mrz_candidate import CandidateReader
from models.mrz_interpret import ACCEPTED, Attempt
from models.mrz_search import ZoneSearch
from models.mrz_vote import MrzFrame
from models.regions import Guidance, MrzReading, Note, ReadState
from models.screen import on_screen
from models.session import LineSession

WEIGHTS = Path(__file__).parent / "weights"
SIDECAR = "mrz_reader.toml"
_SURE = 0.8


class MrzReader:
    """Finds and reads zones. Holds the loaded network; safe to use from several threads."""

    def __init__(self, session: LineSession) -> None:
        self._search = ZoneSearch(CandidateReader(session))

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
        """As `read`, with the probabilities that `MrzVote` fuses. In less than 16 pixels a side nothing is looked for.

        Raises:
            ValueError: as `models.images.grey`: an array that is no picture.
        """
        started = time.perf_counter()
        picture = grey(image)
        if min(picture.shape) < MIN_SIDE:
            return MrzFrame(MrzReading(ReadState.ABSENT))
        found = self._search.run(picture, still=still)
        elapsed = (time.perf_counter() - started) * 1000
        if found.best is None or found.best.attempt is None:
            guidance = advice_of_trials(picture, found.trials)
            return MrzFrame(MrzReading(ReadState.ABSENT, guidance=guidance, elapsed_ms=elapsed))
        return _frame(image, picture, found.best.attempt, elapsed, several=found.several)


def _frame(image: npt.NDArray[np.uint8], picture: Grey, attempt: Attempt, elapsed: float, *, several: bool) -> MrzFrame:
    height, width = picture.shape
    upper, lower = attempt.quads[0], attempt.quads[-1]
    quad = upper[0], upper[1], lower[2], lower[3]
    decoded = attempt.decoded
    state = decoded.state
    why_not = refusal(quad, attempt, width, height)
    guessed = min(min(line) for line in decoded.confidences) < _SURE
    if state in ACCEPTED and why_not and (why_not is not Refusal.FAR or guessed):
        state = ReadState.FAILED
    accepted = state in ACCEPTED
    hint = None if accepted else Guidance.ONE_DOCUMENT if several else advice(picture, of_attempt(attempt))
    notes: tuple[Note, ...] = (Note.SCREEN,) if why_not is None and on_screen(image, quad) else ()
    notes += (Note.SEVERAL_DOCUMENTS,) if several else ()
    reading = MrzReading(
        state,
        attempt.layout.format,
        decoded.lines,
        attempt.raw,
        decoded.confidences,
        unconfirmed=decoded.unconfirmed,
        notes=notes,
        quad=quad,
        guidance=hint,
        elapsed_ms=elapsed,
    )
    return MrzFrame(reading, attempt.spelled, why_not)
