"""Fuses what consecutive frames of one document say."""

from dataclasses import dataclass, field, replace

import numpy as np

from models.mrz_advice import Refusal
from models.mrz_decode import decode
from models.mrz_interpret import ACCEPTED
from models.mrz_layout import LAYOUTS
from models.mrz_spell import Floats
from models.regions import Guidance, MrzFormat, MrzReading, Note, ReadState


@dataclass(frozen=True, slots=True)
class MrzFrame:
    """A reading of one picture together with what a vote needs."""

    reading: MrzReading
    spelled: tuple[Floats, ...] = field(default=(), repr=False)
    """(length, 37) log-probabilities of each line, before alphabets and check digits."""
    refused: Refusal | None = None
    """Why a vote leaves this picture out, even where it is legible enough to be believed by itself."""


@dataclass(frozen=True, slots=True)
class _Member:
    """What a vote keeps of one frame."""

    format: MrzFormat
    spelled: tuple[Floats, ...]
    weight: float
    loose: frozenset[int]
    """Lines in which not just so many characters were seen as the format has."""
    notes: tuple[Note, ...]
    raw: tuple[str, ...] = field(repr=False)


def _member(reading: MrzReading, format_: MrzFormat, spelled: tuple[Floats, ...]) -> _Member:
    seen = zip(reading.raw_lines, reading.lines, strict=True)
    loose = frozenset(line for line, (raw, text) in enumerate(seen) if len(raw) != len(text))
    return _Member(format_, spelled, _weight(reading), loose, reading.notes, reading.raw_lines)


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
    SURE = 0.9
    """Least probability of every character, names included, that settles a vote early."""

    def __init__(self) -> None:
        self._frames: list[_Member] = []
        self._strangers = 0
        self._latest = MrzReading(ReadState.ABSENT)

    def reset(self) -> None:
        """Forgets everything: the next document comes."""
        self._frames.clear()
        self._strangers = 0
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
        """Takes one more frame in; answers with the fused reading.

        A frame of another document starts anew: at once when it is accepted by itself, else when a second one follows;
        until then it has no say. A refused frame changes the guidance only; where there is no other, the answer is
        `FAILED` whatever it says.
        """
        reading = frame.reading
        if reading.format is None:
            return self._latest
        if self._frames and not self._same_document(frame):
            self._strangers += 1
            if reading.state not in ACCEPTED and self._strangers < 2:
                return self._latest
            self._frames.clear()
        self._strangers = 0
        if frame.refused is None:
            self._frames.append(_member(reading, reading.format, frame.spelled))
            self._frames = self._frames[-2 * self.FRAMES :]
        else:
            reading = _not_believed(reading, frame.refused)
        self._latest = self._fuse(reading) if self._frames else reading
        return self._latest

    def _same_document(self, frame: MrzFrame) -> bool:
        """Whether at most a third of the positions that both are sure of differ, and at most one that says whose it is.

        The documents of relatives agree in most: state, surname, fillers, dates of issue.
        """
        alike = [member.spelled for member in self._frames if member.format is frame.reading.format]
        if not alike or frame.reading.format is None:
            return frame.reading.state not in ACCEPTED
        whose = [LAYOUTS[frame.reading.format].field(name) for name in ("document_number", "birth_date")]
        agree = total = apart = 0
        for line, (mine, yours) in enumerate(zip(alike[-1], frame.spelled, strict=True)):
            sure = np.minimum(mine.max(axis=1), yours.max(axis=1))
            same = mine.argmax(axis=1) == yours.argmax(axis=1)
            agree += int(same[sure > np.log(0.7)].sum())
            total += int((sure > np.log(0.7)).sum())
            differs = ~same & (sure > np.log(0.9))
            apart += sum(int(differs[f.start : f.start + f.length].sum()) for f in whose if f.line == line)
        return total == 0 or (agree >= 0.67 * total and apart <= 1)

    def _fuse(self, newest: MrzReading) -> MrzReading:
        weights: dict[MrzFormat, float] = {}
        for member in self._frames:
            weights[member.format] = weights.get(member.format, 0.0) + member.weight
        chosen = max(weights, key=lambda format_: weights[format_])
        members = [member for member in self._frames if member.format is chosen]
        layout = LAYOUTS[chosen]
        tables = []
        for line in range(layout.lines):
            mean = np.sum([member.spelled[line] * (member.weight / weights[chosen]) for member in members], axis=0)
            tables.append((mean - np.logaddexp.reduce(mean, axis=1, keepdims=True)).astype(np.float32))
        loose = frozenset.intersection(*(member.loose for member in members))
        decoded = decode(layout, tuple(tables), loose)
        return replace(
            newest,
            state=decoded.state,
            format=chosen,
            lines=decoded.lines,
            raw_lines=members[-1].raw,
            confidences=decoded.confidences,
            unconfirmed=decoded.unconfirmed,
            notes=tuple(note for note in Note if any(note in member.notes for member in members)),
            guidance=None if decoded.state in ACCEPTED else newest.guidance,
            frames=len(members),
        )
