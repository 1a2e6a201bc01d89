"""Reads one candidate zone: one row first, to see whether it is a row of a zone and which end is up; then the rest."""

from dataclasses import dataclass, field

import numpy as np

from models.images import Grey, straighten
from models.mrz_even import evened
from models.mrz_interpret import ACCEPTED, Attempt, interpret
from models.mrz_locator import Zone
from models.mrz_spell import Floats, collapse
from models.regions import Quad
from models.session import LineSession

_PROSE, _LEGIBLE, _UPRIGHT, _FILLED_SURE = 0.65, 0.91, 0.93, 0.85
"""Mean probability of a row's columns: below the first it is no row of a zone, above the second it is one beyond
doubt, above the third it also stands upright, above the fourth it does when fillers are seen side by side (upside down
they look like so many fives)."""
_EVEN = 0.8
"""Least share of characters that keep their distance. Measured: zones that were read 0.88 to 1, upside down too; prose
below 0.75 in every other case: its letters differ in width and its words stand apart."""
_DIGITS = 7
"""In a row without two fillers side by side."""
_SQUAT, _FULL = 17.0, 23.0
"""Width of a row in heights of its box below which half of it must be missing, and what TD1 has (78 mm by 3.4 mm)."""
_PITCH = (0.045, 0.115)
"""Distance of two rows as a part of their width, where a third may have been missed (TD1 has 0.083)."""
_SHORT = 33
"""Characters up to which a row may be one of three; the third may have been missed."""
_SHORTEST = 23
"""Characters in a row below which no format can be meant (TD1 has 30, and 7 may be missing)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What one row of a candidate says."""

    columns: Floats = field(repr=False)
    """(columns, 38) log-probabilities of the row."""
    sure: float
    """Mean probability of the likeliest symbol over the columns."""
    even: float
    """Share of the characters that stand as far from the next as is usual in this row, 0 to 1."""
    text: str = field(repr=False)
    """Characters that were seen."""
    spacing: float
    """From character to character, as a part of the row's width; 0 when too few were seen."""
    over: bool
    """The row was read upside down."""

    @property
    def length(self) -> int:
        """Characters that were seen."""
        return len(self.text)

    @property
    def filled(self) -> bool:
        """Whether fillers or the digits of dates and numbers stand here, as in every zone and hardly in a sentence."""
        return "<<" in self.text or sum(letter.isdigit() for letter in self.text) >= _DIGITS

    @property
    def row_of_zone(self) -> bool:
        """Whether print like that of a zone stands here, legible or not."""
        return self.sure >= _PROSE and self.even >= _EVEN

    @property
    def stands(self) -> bool:
        """Whether it surely stands upright: among 345 rows that were read upside down none showed two fillers."""
        return self.sure >= _UPRIGHT or ("<<" in self.text and self.sure >= _FILLED_SURE and self.even >= _EVEN)

    @property
    def legible(self) -> bool:
        """Whether this is a row of a zone beyond doubt."""
        return self.sure >= _LEGIBLE and self.even >= 0.95 and min(abs(self.length - n) for n in (30, 36, 44)) <= 2


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate and what became of it."""

    zone: Zone
    probe: Probe
    """Of the likelier way up."""
    attempt: Attempt | None


class CandidateReader:
    """Reads candidates with the line network. Safe to use from several threads."""

    def __init__(self, session: LineSession) -> None:
        self._session = session

    def read(self, picture: Grey, zone: Zone) -> Trial:
        """The candidate as it stands; with everything beside it, when it makes no sense alone."""
        trial = self._read(picture, zone, zone.lines, zone.bend)
        if not zone.wider or not trial.probe.filled or trial.probe.even < _EVEN or _accepted(trial.attempt):
            return trial
        wide = self._read(picture, zone, zone.wider, zone.wider_bend)
        return wide if _rank(wide.attempt) > _rank(trial.attempt) else trial

    def probe(self, picture: Grey, row: Quad, bend: float = 0.0) -> tuple[Probe, ...]:
        """One row read upright and, unless it surely stands upright or is prose, upside down; the likelier first."""
        strip = straighten(picture, row, 640, 32, bend)[None]
        upright = _probe(self._session.run(strip)[0], over=False)
        if upright.stands or upright.even < _EVEN:
            return (upright,)
        flipped = _probe(self._session.run(np.ascontiguousarray(strip[:, ::-1, ::-1]))[0], over=True)
        return (upright, flipped) if upright.sure >= flipped.sure else (flipped, upright)

    def _read(self, picture: Grey, zone: Zone, lines: tuple[Quad, ...], bend: float) -> Trial:
        at = len(lines) // 2
        probes = self.probe(picture, lines[at], bend)
        quads = list(lines)
        short = min(probe.length for probe in probes) <= _SHORT
        if len(lines) == 2 and short and _PITCH[0] <= zone.pitch_ratio <= _PITCH[1]:
            quads, at = _with_neighbours(lines), 2
        best: Attempt | None = None
        strips: Grey | None = None
        for probe in probes:
            if (
                probe.sure < probes[0].sure - 0.08
                or not (probe.row_of_zone and ("<" in probe.text or probe.filled))
                or probe.length < _SHORTEST
                or len(quads) < 2
            ):
                continue
            if strips is None:
                strips = np.stack([straighten(picture, quad, 640, 32, bend) for quad in quads])
            attempt = self._rest(strips, quads, at, probe)
            if _rank(attempt) > _rank(best):
                best = attempt
            if _accepted(best):
                break
        probe = probes[0]
        if best is None and not probe.row_of_zone and _squat(quads[at]):
            probe = max(probe, self.probe(picture, _filled(quads[at]), bend)[0], key=lambda probe: probe.even)
        return Trial(zone, probe, best)

    def _rest(self, strips: Grey, quads: list[Quad], at: int, probe: Probe) -> Attempt | None:
        """All rows, of which row `at` has been read already."""
        if probe.over:
            strips = np.ascontiguousarray(strips[::-1, ::-1, ::-1])
            quads = [(c, d, a, b) for a, b, c, d in quads[::-1]]
            at = len(quads) - 1 - at
        others = self._session.run(np.delete(strips, at, axis=0))
        answer = np.insert(others, at, probe.columns, axis=0)
        attempt = interpret(answer, quads)
        if _accepted(attempt) or (even := evened(strips, answer)) is None:
            return attempt
        again = interpret(self._session.run(even), quads)
        return again if _rank(again) > _rank(attempt) else attempt


def _accepted(attempt: Attempt | None) -> bool:
    return attempt is not None and attempt.decoded.state in ACCEPTED


def _rank(attempt: Attempt | None) -> tuple[bool, float]:
    return attempt.rank if attempt else (False, -np.inf)


def _probe(columns: Floats, *, over: bool) -> Probe:
    text, runs = collapse(columns)
    sure = float(np.exp(columns.max(axis=1)).mean())
    if len(runs) < 5:
        return Probe(columns, sure, 0.0, text, 0.0, over)
    gaps = np.diff([(start + end) / 2 for start, end in runs])
    usual = float(np.median(gaps))
    even = float((np.abs(gaps - usual) <= 0.25 * usual + 0.5).mean())
    return Probe(columns, sure, even, text, usual / len(columns), over)


def _with_neighbours(lines: tuple[Quad, ...]) -> list[Quad]:
    """Two rows, and the places above and below where a third may have been missed."""
    upper, lower = lines
    return [_moved(upper, lower, -1), upper, lower, _moved(upper, lower, 2)]


def _squat(row: Quad) -> bool:
    """Whether a row is too short for any format: then its letters, drawn out to the strip's width, mean nothing."""
    a, b, _, d = (np.array(corner) for corner in row)
    return float(np.linalg.norm(b - a)) < _SQUAT * float(np.linalg.norm(d - a))


def _filled(row: Quad) -> Quad:
    """A short row with what stands beside it, so that its letters are as wide as usual."""
    a, b, c, d = (np.array(corner) for corner in row)
    wide, tall = float(np.linalg.norm(b - a)), float(np.linalg.norm(d - a))
    reach = (b - a) * (_FULL * tall / max(wide, 1.0) - 1) / 2
    left, right, foot_right, foot_left = (
        (float(at[0]), float(at[1])) for at in (a - reach, b + reach, c + reach, d - reach)
    )
    return left, right, foot_right, foot_left


def _moved(upper: Quad, lower: Quad, rows: int) -> Quad:
    a, b, c, d = ((u[0] + rows * (v[0] - u[0]), u[1] + rows * (v[1] - u[1])) for u, v in zip(upper, lower, strict=True))
    return a, b, c, d
