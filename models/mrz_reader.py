"""Reads the machine-readable zone from pictures: finds it, reads its lines, decodes them, fuses several frames."""

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.images import Grey, grey, straighten, turned, unturned
from models.mrz_advice import MIN_PITCH, Refusal, advice, refusal
from models.mrz_interpret import ACCEPTED, Attempt, interpret
from models.mrz_locator import Zone, locate
from models.mrz_spell import Floats
from models.mrz_vote import MrzFrame
from models.regions import Guidance, MrzReading, Quad, ReadState
from models.session import LineSession

WEIGHTS = Path(__file__).parent / "weights"
SIDECAR = "mrz_reader.toml"
_SURE = 0.8
_LIVE = ((0, 640, 3), (1, 640, 2))
"""What a frame is searched for: quarters turned, longer side searched, candidates read; the next only if need be."""
_STILL = ((0, 640, 6), (0, 960, 5), (0, 1400, 5), (0, 440, 5), (1, 640, 5), (1, 1100, 5))
_PROSE, _LEGIBLE = 0.65, 0.91
"""Mean probability of a row's columns: below the first it is no row of a zone, above the second it stands upright."""


class MrzReader:
    """Finds and reads zones. Holds the loaded network; safe to use from several threads."""

    def __init__(self, session: LineSession) -> None:
        self._session = session

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
        best: tuple[Attempt, int] | None = None
        seen: Zone | None = None
        for quarters, side, limit in _STILL if still else _LIVE:
            if not still and best and best[0].sensible:
                break
            view = turned(picture, quarters) if quarters else picture
            for zone in locate(view, side=side, limit=limit):
                seen = seen or zone
                attempt = self._try(view, zone)
                if attempt and (best is None or attempt.rank > best[0].rank):
                    best = (attempt, quarters)
                if best and best[0].decoded.state in ACCEPTED:
                    break
            if best and best[0].decoded.state in ACCEPTED:
                break
        elapsed = (time.perf_counter() - started) * 1000
        if best is None or not best[0].sensible:
            return MrzFrame(MrzReading(ReadState.ABSENT, guidance=_far(seen), elapsed_ms=elapsed))
        return _frame(picture, best[0], best[1], elapsed)

    def _try(self, view: Grey, zone: Zone) -> Attempt | None:
        """Reads a candidate, upside down too when it makes no sense upright."""
        narrow = self._try_lines(view, _with_neighbours(zone.lines, zone.pitch_ratio))
        if not zone.wider or (narrow and narrow.decoded.state in ACCEPTED):
            return narrow
        wide = self._try_lines(view, _with_neighbours(zone.wider, zone.pitch_ratio))
        return wide if narrow is None or (wide and wide.rank > narrow.rank) else narrow

    def _try_lines(self, view: Grey, quads: list[Quad]) -> Attempt | None:
        """Reads one row to see which way up the rows stand, if they are rows of a zone at all; then the others."""
        strips = np.stack([straighten(view, quad, 640, 32) for quad in quads])
        probe = len(quads) // 2
        upright = self._session.run(strips[probe : probe + 1])
        ways = [(_sureness(upright[0]), False, upright)]
        if ways[0][0] < _LEGIBLE:
            flipped = self._session.run(np.ascontiguousarray(strips[probe : probe + 1, ::-1, ::-1]))
            ways = sorted([*ways, (_sureness(flipped[0]), True, flipped)], key=lambda way: -way[0])
        best: Attempt | None = None
        for sure, turned_over, known in ways:
            if sure < max(_PROSE, ways[0][0] - 0.08):
                break
            if turned_over:
                pile = np.ascontiguousarray(strips[::-1, ::-1, ::-1])
                places = [(c, d, a, b) for a, b, c, d in quads[::-1]]
                attempt = interpret(self._rest(pile, len(quads) - 1 - probe, known), places)
            else:
                attempt = interpret(self._rest(strips, probe, known), quads)
            if attempt and (best is None or attempt.rank > best.rank):
                best = attempt
            if best and best.decoded.state in ACCEPTED:
                break
        return best

    def _rest(self, strips: Grey, probe: int, known: Floats) -> Floats:
        """All rows, of which row `probe` has been read already."""
        others = self._session.run(np.delete(strips, probe, axis=0))
        return np.insert(others, probe, known[0], axis=0)


def _with_neighbours(lines: tuple[Quad, ...], pitch_ratio: float) -> list[Quad]:
    """The rows, and where a third may have been missed, the places above and below."""
    quads = list(lines)
    if len(quads) == 2 and 0.045 <= pitch_ratio <= 0.115:
        (upper, lower) = quads
        quads = [_moved(upper, lower, -1), upper, lower, _moved(upper, lower, 2)]
    return quads


def _moved(upper: Quad, lower: Quad, rows: int) -> Quad:
    a, b, c, d = ((u[0] + rows * (v[0] - u[0]), u[1] + rows * (v[1] - u[1])) for u, v in zip(upper, lower, strict=True))
    return a, b, c, d


def _sureness(columns: Floats) -> float:
    """Mean probability of the likeliest symbol over a line's columns."""
    return float(np.exp(columns.max(axis=1)).mean())


def _frame(picture: Grey, attempt: Attempt, quarters: int, elapsed: float) -> MrzFrame:
    height, width = picture.shape
    upper, lower = attempt.quads[0], attempt.quads[-1]
    quad = unturned((upper[0], upper[1], lower[2], lower[3]), quarters, width, height)
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


def _far(seen: Zone | None) -> Guidance | None:
    """A likely zone that is too small to read."""
    return Guidance.CLOSER if seen and seen.width / 44 < MIN_PITCH and seen.score > 0.1 else None
