"""Cuts what the network says of lines into exactly as many characters as the format has. Pure arrays."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.mrz_layout import ALPHABET

Floats = npt.NDArray[np.float32]
Runs = list[tuple[int, int]]
"""First column of each character, and the one after its last."""

SYMBOLS = len(ALPHABET)
BLANK = SYMBOLS
_UNSEEN = -14.0
_NEVER = np.float32(-1e4)


def collapse(columns: Floats) -> tuple[str, Runs]:
    """The likeliest text of one line, (columns, 38) log-probabilities, and the columns of each character."""
    best = columns.argmax(axis=1)
    edges = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1], [True]]))
    runs = [(int(a), int(b)) for a, b in pairwise(edges) if best[a] != BLANK]
    return "".join(ALPHABET[best[start]] for start, _ in runs), runs


def spell(answer: Floats, length: int, penalties: tuple[Floats, ...]) -> tuple[Floats, ...]:
    """Log-probability of each symbol at each of `length` positions of each line, (length, 37), rows summing to one.

    Args:
        answer: (lines, columns, 38) log-probabilities.
        length: how many characters each line has.
        penalties: for each line (length, 37) nats against each symbol, from `mrz_decode.penalties`; used to find the
            cut, not added to the answer.
    """
    runs = [collapse(columns)[1] for columns in answer]
    off = [line for line, found in enumerate(runs) if len(found) != length]
    if off:
        for line, found in zip(off, _cut(answer[off], length, np.stack([penalties[i] for i in off])), strict=True):
            runs[line] = found
    return tuple(_shares(columns, found) for columns, found in zip(answer, runs, strict=True))


def _shares(columns: Floats, runs: Runs) -> Floats:
    chances = np.exp(columns[:, :SYMBOLS])
    spans = np.array(runs)
    totals = np.concatenate([np.zeros((1, SYMBOLS)), np.cumsum(chances, axis=0, dtype=np.float64)])
    rows = 1e-12 + (totals[spans[:, 1]] - totals[spans[:, 0]]) / (spans[:, 1] - spans[:, 0])[:, None]
    shares = np.maximum(rows / rows.sum(axis=1, keepdims=True), np.exp(_UNSEEN))
    return np.asarray(np.log(shares), np.float32)


@dataclass(frozen=True, slots=True)
class _Steps:
    """How each state of the search was reached, for all lines; (steps, lines, length, ...)."""

    entered: npt.NDArray[np.bool_]
    """(..., 37): the character begins here."""
    direct: npt.NDArray[np.bool_]
    """(..., 37): if it begins here, it follows the character before it and no blank."""
    first: npt.NDArray[np.int8]
    second: npt.NDArray[np.int8]
    """The two likeliest symbols at each position, before the step."""
    from_symbol: npt.NDArray[np.bool_]
    """(..., length + 1): the blank after so many characters follows a character."""


def _cut(answer: Floats, length: int, penalties: Floats) -> list[Runs]:
    """Best cuts into exactly `length` characters, each with one symbol throughout (Viterbi over position x symbol)."""
    steps, symbol, blank = _search(answer.transpose(1, 0, 2), length, penalties)
    return [_trace(steps, line, symbol[line], blank[line]) for line in range(len(answer))]


def _search(columns: Floats, length: int, penalties: Floats) -> tuple[_Steps, Floats, Floats]:
    """All steps forward: how each state was reached, and what the last ones are worth."""
    count, lines, _ = columns.shape
    shape = (lines, length, SYMBOLS)
    symbol, others = np.full(shape, _NEVER, np.float32), np.empty(shape, np.float32)
    before, enter = np.full(shape, _NEVER, np.float32), np.empty(shape, np.float32)
    blank = np.full((lines, length + 1), _NEVER, np.float32)
    symbol[:, 0] = columns[0, :, :SYMBOLS] - penalties[:, 0]
    blank[:, 0] = columns[0, :, BLANK]
    steps = _Steps(
        np.empty((count, *shape), np.bool_),
        np.empty((count, *shape), np.bool_),
        np.zeros((count, lines, length), np.int8),
        np.zeros((count, lines, length), np.int8),
        np.zeros((count, lines, length + 1), np.bool_),
    )
    rest, follow = others.reshape(-1), before[:, 1:]
    places = np.arange(lines * length).reshape(lines, length) * SYMBOLS
    entering = places[:, 1:]
    arrived = before.reshape(-1)
    for t in range(1, count):
        first = symbol.argmax(axis=2)
        np.copyto(others, symbol)
        at = places + first
        top = rest[at]
        rest[at] = -np.inf
        second = others.argmax(axis=2)
        steps.first[t], steps.second[t] = first, second
        follow[:] = top[:, :-1, None]
        arrived[entering + first[:, :-1]] = rest[places + second][:, :-1]
        np.maximum(before, blank[:, :-1, None], out=enter)
        np.subtract(enter, penalties, out=enter)
        np.greater(enter, symbol, out=steps.entered[t])
        np.greater(before, blank[:, :-1, None], out=steps.direct[t])
        np.maximum(symbol, enter, out=symbol)
        symbol += columns[t, :, None, :SYMBOLS]
        np.greater(top, blank[:, 1:], out=steps.from_symbol[t, :, 1:])
        np.maximum(blank[:, 1:], top, out=blank[:, 1:])
        blank += columns[t, :, BLANK, None]
    return steps, symbol, blank


def _trace(steps: _Steps, line: int, symbol: Floats, blank: Floats) -> Runs:
    """Walks the best path of one line back; answers with the columns of each character."""
    length = len(symbol)
    place = length - 1
    code = int(symbol[place].argmax())
    in_blank = bool(blank[length] > symbol[place, code])
    runs: Runs = []
    end = len(steps.first)
    for t in range(end - 1, 0, -1):
        if in_blank:
            if steps.from_symbol[t, line, place + 1]:
                in_blank, code, end = False, int(steps.first[t, line, place]), t
            continue
        if not steps.entered[t, line, place, code]:
            continue
        direct = steps.direct[t, line, place, code]
        runs.append((t, end))
        if place == 0:
            return runs[::-1]
        place -= 1
        if not direct:
            in_blank = True
        else:
            left = int(steps.first[t, line, place])
            code, end = (int(steps.second[t, line, place]) if left == code else left), t
    if not in_blank:
        runs.append((0, end))
    return runs[::-1]
