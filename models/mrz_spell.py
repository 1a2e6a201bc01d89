"""Cuts what the network says of a line into exactly as many characters as the format has. Pure arrays."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.mrz_layout import ALPHABET

Floats = npt.NDArray[np.float32]

SYMBOLS = len(ALPHABET)
BLANK = SYMBOLS
_UNSEEN = -14.0


def collapse(columns: Floats) -> tuple[str, list[tuple[int, int]]]:
    """The likeliest text of one line, (columns, 38) log-probabilities, and the columns of each character."""
    best = columns.argmax(axis=1)
    edges = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1], [True]]))
    runs = [(int(a), int(b)) for a, b in pairwise(edges) if best[a] != BLANK]
    return "".join(ALPHABET[best[start]] for start, _ in runs), runs


def spell(columns: Floats, length: int, penalty: Floats) -> Floats:
    """Log-probability of each symbol at each of `length` positions, (length, 37), rows summing to one.

    Args:
        columns: (columns, 38) log-probabilities of one line.
        length: how many characters the line has.
        penalty: (length, 37) nats against each symbol, from `penalties`; used to find the cut, not added to the answer.
    """
    _, runs = collapse(columns)
    if len(runs) != length:
        runs = _cut(columns, length, penalty)
    chances = np.exp(columns[:, :SYMBOLS])
    spans = np.array(runs)
    totals = np.concatenate([np.zeros((1, SYMBOLS)), np.cumsum(chances, axis=0, dtype=np.float64)])
    rows = 1e-12 + (totals[spans[:, 1]] - totals[spans[:, 0]]) / (spans[:, 1] - spans[:, 0])[:, None]
    shares = np.maximum(rows / rows.sum(axis=1, keepdims=True), np.exp(_UNSEEN))
    return np.asarray(np.log(shares), np.float32)


def _cut(columns: Floats, length: int, penalty: Floats) -> list[tuple[int, int]]:
    """Best cut into exactly `length` characters, each with one symbol throughout (Viterbi over position x symbol)."""
    count = columns.shape[0]
    symbol = np.full((length, SYMBOLS), -np.inf, np.float32)
    blank = np.full(length + 1, -np.inf, np.float32)
    symbol[0] = columns[0, :SYMBOLS] - penalty[0]
    blank[0] = columns[0, BLANK]
    came = np.zeros((count, length, SYMBOLS), np.int8)
    best_symbol = np.zeros((count, length), np.int8)
    second_symbol = np.zeros((count, length), np.int8)
    blank_from = np.zeros((count, length + 1), np.bool_)
    rows = np.arange(length)
    for t in range(1, count):
        first = symbol.argmax(axis=1)
        top = symbol[rows, first]
        others = symbol.copy()
        others[rows, first] = -np.inf
        second = others.argmax(axis=1)
        best_symbol[t], second_symbol[t] = first, second
        neighbour = np.full((length, SYMBOLS), -np.inf, np.float32)
        neighbour[1:] = top[:-1, None]
        neighbour[rows[1:], first[:-1]] = others[rows, second][:-1]
        enter = np.maximum(blank[:-1, None], neighbour)
        from_blank = blank[:-1, None] >= neighbour
        enter = enter - penalty
        stays = symbol >= enter
        came[t] = np.where(stays, 0, np.where(from_blank, 1, 2))
        fresh = np.maximum(symbol, enter) + columns[t, :SYMBOLS]
        blank_from[t, 1:] = top > blank[1:]
        blank[1:] = np.maximum(blank[1:], top)
        blank = blank + columns[t, BLANK]
        symbol = fresh
    return _trace(symbol, blank, came, best_symbol, second_symbol, blank_from)


def _trace(
    symbol: Floats,
    blank: Floats,
    came: npt.NDArray[np.int8],
    best_symbol: npt.NDArray[np.int8],
    second_symbol: npt.NDArray[np.int8],
    blank_from: npt.NDArray[np.bool_],
) -> list[tuple[int, int]]:
    """Walks the best path back; answers with the columns of each character."""
    count, length, _ = came.shape
    place = length - 1
    code = int(symbol[place].argmax())
    in_blank = bool(blank[length] > symbol[place, code])
    runs: list[tuple[int, int]] = []
    end = count
    for t in range(count - 1, 0, -1):
        if in_blank:
            if blank_from[t, place + 1]:
                in_blank, code, end = False, int(best_symbol[t, place]), t
            continue
        step = came[t, place, code]
        if step == 0:
            continue
        runs.append((t, end))
        if place == 0:
            return runs[::-1]
        place -= 1
        if step == 1:
            in_blank = True
        else:
            left = int(best_symbol[t, place])
            code, end = (int(second_symbol[t, place]) if left == code else left), t
    if not in_blank:
        runs.append((0, end))
    return runs[::-1]
