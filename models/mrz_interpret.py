"""Which format the rows of a zone are in: tries those that their lengths allow, the likeliest wins."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from models.mrz_decode import Decoded, decode, penalties
from models.mrz_layout import LAYOUTS, Layout, recognise
from models.mrz_spell import Floats, collapse, spell
from models.regions import MrzFormat, Quad, ReadState

ACCEPTED = (ReadState.CLEAN, ReadState.CORRECTED)
_LENGTHS = (30, 36, 44)
_SLACK, _NEAR = 7, 2
"""Characters by which a line may miss a legal length and still be cut into it; by which the best line may."""
_NONSENSE, _PLAIN = -0.5, -0.05
"""Mean log-probability per character: below the first, after penalties, it is no zone that we know; above the second,
before penalties, the print is so plain that it is a zone of some other layout."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Rows read as one format."""

    decoded: Decoded
    layout: Layout
    spelled: tuple[Floats, ...] = field(repr=False)
    raw: tuple[str, ...] = field(repr=False)
    quads: tuple[Quad, ...]
    spacing: float
    """From character to character, as a part of the quads' width: they may reach beyond the print."""

    @property
    def rank(self) -> tuple[bool, float]:
        """Accepted before not accepted, then by probability."""
        return self.decoded.state in ACCEPTED, self.decoded.score

    @property
    def sensible(self) -> bool:
        """Whether this is a zone at all."""
        return self.decoded.score >= _NONSENSE or self.decoded.clarity >= _PLAIN


def interpret(answer: Floats, quads: list[Quad]) -> Attempt | None:
    """The likeliest format over consecutive rows."""
    rows_read = [collapse(columns) for columns in answer]
    raw = [text for text, _ in rows_read]
    spacings = [_spacing(runs, answer.shape[1]) for _, runs in rows_read]
    best: Attempt | None = None
    for length in _LENGTHS:
        rows = 3 if length == 30 else 2
        for first in range(len(raw) - rows + 1):
            chosen = range(first, first + rows)
            misses = [abs(len(raw[i]) - length) for i in chosen]
            if max(misses) > _SLACK or min(misses) > _NEAR:
                continue
            spacing = min(spacings[i] for i in chosen)
            for attempt in _attempts(answer, raw, quads, chosen, length, spacing):
                if best is None or attempt.rank > best.rank:
                    best = attempt
    return best


def _spacing(runs: list[tuple[int, int]], columns: int) -> float:
    """From middle to middle of the characters of a row, on average, as a part of the row's width; 0 for one or none."""
    if len(runs) < 2:
        return 0.0
    (first, last) = (sum(runs[0]) / 2, sum(runs[-1]) / 2)
    return (last - first) / (len(runs) - 1) / columns


def _attempts(
    answer: Floats, raw: list[str], quads: list[Quad], rows: range, length: int, spacing: float
) -> Iterator[Attempt]:
    for layout in LAYOUTS.values():
        if (layout.lines, layout.length) != (len(rows), length):
            continue
        visa = layout.format in (MrzFormat.MRV_A, MrzFormat.MRV_B)
        if length != 30 and visa != raw[rows[0]].startswith("V"):
            continue
        bans = penalties(layout)
        spelled = spell(answer[list(rows)], length, bans)
        texts, places = tuple(raw[i] for i in rows), tuple(quads[i] for i in rows)
        loose = frozenset(line for line, i in enumerate(rows) if len(raw[i]) != length)
        decoded = decode(layout, spelled, loose)
        if layout.format is MrzFormat.FRENCH_ID and recognise(decoded.lines) is not MrzFormat.FRENCH_ID:
            continue
        yield Attempt(decoded, layout, spelled, texts, places, spacing)
