"""Reads the machine-readable zone from pictures: finds it, reads its lines, decodes them, fuses several frames."""

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.images import Grey, grey, straighten, turned, unturned
from models.mrz_decode import Floats, decode
from models.mrz_interpret import ACCEPTED, Attempt, interpret
from models.mrz_layout import LAYOUTS
from models.mrz_locator import Zone, locate
from models.regions import Guidance, MrzFormat, MrzReading, Quad, ReadState
from models.session import LineSession

WEIGHTS = Path(__file__).parent / "weights"
SIDECAR = "mrz_reader.toml"
MIN_PITCH = 6.5
"""Pixels from character to character below which reading is guessing, unless every character is sure."""
_SURE = 0.8
_LIVE = ((0, 640, 3), (1, 640, 2))
"""What a frame is searched for: quarters turned, longer side searched, candidates read; the next only if need be."""
_STILL = ((0, 640, 6), (0, 960, 5), (0, 1400, 5), (0, 440, 5), (1, 640, 5), (1, 1100, 5))
_PROSE, _LEGIBLE = 0.65, 0.91
"""Mean probability of a row's columns: below the first it is no row of a zone, above the second it stands upright."""


class Refusal(StrEnum):
    """What is wrong with a picture that no number of further pictures like it mends."""

    FAR = "far"
    """Less than `MIN_PITCH` from character to character: the same wrong letter comes again and again."""
    CUT_OFF = "cut_off"
    """Print of the zone leaves the picture."""


@dataclass(frozen=True, slots=True)
class MrzFrame:
    """A reading of one picture together with what a vote needs."""

    reading: MrzReading
    spelled: tuple[Floats, ...] = ()
    """(length, 37) log-probabilities of each line, before alphabets and check digits."""
    refused: Refusal | None = None
    """Why a vote leaves this picture out, even where it is legible enough to be believed by itself."""


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
    refused = _refusal(quad, attempt, width, height)
    guessed = min(min(line) for line in decoded.confidences) < _SURE
    if state in ACCEPTED and (refused is Refusal.CUT_OFF or (refused is Refusal.FAR and guessed)):
        state = ReadState.FAILED
    guidance = None if state in ACCEPTED else _advice(picture, quad, attempt)
    reading = MrzReading(
        state,
        attempt.layout.format,
        decoded.lines,
        attempt.raw,
        decoded.confidences,
        quad,
        guidance,
        1,
        elapsed,
    )
    return MrzFrame(reading, attempt.spelled, refused)


def _refusal(quad: Quad, attempt: Attempt, width: int, height: int) -> Refusal | None:
    """Whether the place of the zone in the picture, whatever was read there, speaks against it."""
    if _cut_off(quad, len(attempt.quads), width, height):
        return Refusal.CUT_OFF
    return Refusal.FAR if _pitch(quad, attempt) < MIN_PITCH else None


def _far(seen: Zone | None) -> Guidance | None:
    """A likely zone that is too small to read."""
    return Guidance.CLOSER if seen and seen.width / 44 < MIN_PITCH and seen.score > 0.1 else None


def _pitch(quad: Quad, attempt: Attempt) -> float:
    """Pixels from character to character."""
    (a, b, c, d) = (np.array(corner) for corner in quad)
    return float(max(np.linalg.norm(b - a), np.linalg.norm(c - d))) * attempt.spacing


def _cut_off(quad: Quad, rows: int, width: int, height: int) -> bool:
    """Whether print of the zone leaves the picture: an E whose foot is missing is a perfect F."""
    corners = np.array(quad)
    middle = corners.mean(axis=0)
    inside = middle + (corners - middle) * (1 - 0.25 / rows)
    slack = 0.03 * float(np.linalg.norm(corners[3] - corners[0])) / rows
    return bool((inside < -slack).any() or (inside > np.array([width, height]) + slack).any())


def _advice(picture: Grey, quad: Quad, attempt: Attempt) -> Guidance:
    """Why the zone could not be read, as far as the picture shows it."""
    (a, b, c, d) = (np.array(corner) for corner in quad)
    across, below = float(np.linalg.norm(b - a)), float(np.linalg.norm(c - d))
    if _pitch(quad, attempt) < MIN_PITCH:
        return Guidance.CLOSER
    piece = straighten(picture, quad, 320, 48)
    if float((piece > 250).mean()) > 0.08 and float(np.median(piece)) < 225:
        return Guidance.GLARE
    if max(across, below) > 1.12 * min(across, below):
        return Guidance.TILT
    return Guidance.HOLD_STILL


def _weight(reading: MrzReading) -> float:
    """How much a frame counts in a vote: the more, the surer its characters are."""
    logs = [np.log(max(1e-4, value)) for line in reading.confidences for value in line]
    return float(np.exp(6 * np.mean(logs)))


def _not_believed(reading: MrzReading, why: Refusal) -> MrzReading:
    """A refused frame as a vote sees it. One that is far but legible has no advice of its own."""
    guidance = Guidance.CLOSER if why is Refusal.FAR else reading.guidance
    return replace(reading, state=ReadState.FAILED, guidance=guidance)


class MrzVote:
    """Fuses consecutive frames of one document; one per lane, not shared between threads.

    Log-probabilities are averaged per position, weighted by how sure each frame was; alphabets and check digits are
    applied to the average only. The first frame whose digits hold is not believed alone: names have no check digit.
    A frame that was refused for where its zone lies (too far, cut off) has no say: its errors are the same every time.
    """

    FRAMES = 5
    """Frames after which the vote is settled at the latest."""
    SURE = 0.8
    """Least probability of every character, names included, that settles a vote early."""

    def __init__(self) -> None:
        self._frames: list[tuple[MrzFormat, tuple[Floats, ...], float]] = []
        self._latest = MrzReading(ReadState.ABSENT)

    def reset(self) -> None:
        """Forgets everything: the next document comes."""
        self._frames.clear()
        self._latest = MrzReading(ReadState.ABSENT)

    @property
    def reading(self) -> MrzReading:
        """The newest fused reading."""
        return self._latest

    @property
    def settled(self) -> bool:
        """Whether further frames are not expected to change the result."""
        reading = self._latest
        if reading.state not in ACCEPTED:
            return False
        return reading.frames >= self.FRAMES or (reading.frames >= 2 and reading.confidence >= self.SURE)

    def add(self, frame: MrzFrame) -> MrzReading:
        """Takes one more frame in; answers with the fused reading. A frame of another document starts anew.

        A refused frame changes the guidance only; where there is no other, the answer is `FAILED` whatever it says.
        """
        reading = frame.reading
        if reading.format is None:
            return self._latest
        if self._frames and not self._same_document(frame):
            self._frames.clear()
        if frame.refused is None:
            self._frames.append((reading.format, frame.spelled, _weight(reading)))
            self._frames = self._frames[-2 * self.FRAMES :]
        else:
            reading = _not_believed(reading, frame.refused)
        self._latest = self._fuse(reading) if self._frames else reading
        return self._latest

    def _same_document(self, frame: MrzFrame) -> bool:
        """At most a third of the positions that both are sure of differ."""
        alike = [spelled for format_, spelled, _ in self._frames if format_ is frame.reading.format]
        if not alike:
            return frame.reading.state not in ACCEPTED
        agree = total = 0
        for mine, yours in zip(alike[-1], frame.spelled, strict=True):
            sure = (mine.max(axis=1) > np.log(0.7)) & (yours.max(axis=1) > np.log(0.7))
            agree += int((mine.argmax(axis=1) == yours.argmax(axis=1))[sure].sum())
            total += int(sure.sum())
        return total == 0 or agree >= 0.67 * total

    def _fuse(self, newest: MrzReading) -> MrzReading:
        weights: dict[MrzFormat, float] = {}
        for format_, _, weight in self._frames:
            weights[format_] = weights.get(format_, 0.0) + weight
        chosen = max(weights, key=lambda format_: weights[format_])
        members = [(spelled, weight) for format_, spelled, weight in self._frames if format_ is chosen]
        layout = LAYOUTS[chosen]
        total = sum(weight for _, weight in members)
        tables = []
        for line in range(layout.lines):
            mean = np.sum([spelled[line] * (weight / total) for spelled, weight in members], axis=0)
            tables.append((mean - np.logaddexp.reduce(mean, axis=1, keepdims=True)).astype(np.float32))
        decoded = decode(layout, tuple(tables))
        accepted = decoded.state in ACCEPTED
        return replace(
            newest,
            state=decoded.state,
            format=chosen,
            lines=decoded.lines,
            confidences=decoded.confidences,
            guidance=None if accepted else newest.guidance,
            frames=len(members),
        )
