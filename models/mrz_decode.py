"""From the network's columns to the text of a zone: exact lengths, field alphabets, check digits. Pure arrays.

Three steps, each of which uses only what is sure. `spell` cuts a line's columns into exactly as many characters as the
format has. `decode` picks the characters with a penalty for those that the field does not allow (a penalty and no ban:
national layouts differ, and a ban would make a valid zone out of an unusual one). Only when a check digit does not
hold is a repair sought, among characters that the network thought nearly as likely; names have no check digit and are
never repaired.
"""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from models.mrz_checks import checked_places, failed_checks
from models.mrz_layout import ALPHABET, Layout
from models.mrz_states import KNOWN
from models.regions import MrzFormat, ReadState

Floats = npt.NDArray[np.float32]

SYMBOLS = len(ALPHABET)
BLANK = SYMBOLS
ALPHABET_PENALTY = 6.0
"""Nats against a character that the field does not allow."""
REPAIR_GATE = 1.0
"""Nats that a repair may cost in all; above it a wrong zone could be argued into a valid one."""
REPAIR_LEAD = 0.7
"""Nats by which a repair must be likelier than the next: the check digits cannot tell 0, A, K, U and `<` apart."""
FLOOR, CHECKED_FLOOR, VISA_FLOOR = 0.5, 0.7, 0.8
"""Least probability of any character, of one in a checked field, and of one in a checked field of a visa, which has
three check digits only. Check digits alone are no proof: two wrong characters can cancel out."""
ZONE_FLOOR = 0.82
"""Least mean probability over the zone: pages of prose stay below it."""
STATE_GATE = 3.0
"""Nats that reading an unknown state code as a known one may cost."""
_UNSEEN = -14.0
_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of one zone and how far it may be believed."""

    state: ReadState
    lines: tuple[str, ...]
    confidences: tuple[tuple[float, ...], ...]
    score: float
    """Mean log-probability per character after penalties; compares formats and candidates."""
    clarity: float
    """The same before penalties: how legible the print is, whatever it says."""
    failed_checks: tuple[str, ...]


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
    rows = np.stack([chances[start:end].mean(axis=0) for start, end in runs])
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


def penalties(layout: Layout) -> tuple[Floats, ...]:
    """(length, 37) nats against each symbol for each line of a format."""
    lines = []
    for line in range(layout.lines):
        table = np.zeros((layout.length, SYMBOLS), np.float32)
        for field in layout.fields:
            if field.line == line:
                ban = np.array([0.0 if c in field.charset.value else ALPHABET_PENALTY for c in ALPHABET], np.float32)
                table[field.start : field.start + field.length] = ban
        lines.append(table)
    return tuple(lines)


def decode(layout: Layout, spelled: tuple[Floats, ...]) -> Decoded:
    """The zone that these symbol probabilities say.

    Args:
        layout: the format.
        spelled: one (length, 37) table of log-probabilities per line, from `spell` or from a vote.
    """
    tables = []
    for table, ban in zip(spelled, penalties(layout), strict=True):
        weighed = table - ban
        tables.append(weighed - np.logaddexp.reduce(weighed, axis=1, keepdims=True))
    codes = [table.argmax(axis=1) for table in tables]
    _settle_states(layout, tables, codes)
    lines = _text(codes)
    score = float(
        np.mean([(table - ban).max(axis=1).mean() for table, ban in zip(spelled, penalties(layout), strict=True)])
    )
    clarity = float(np.mean([table.max(axis=1).mean() for table in spelled]))
    failed = failed_checks(layout, lines)
    repaired: set[tuple[int, int]] = set()
    if failed:
        repair = _repair(layout, tables, codes)
        if repair is not None:
            repaired = set(repair)
            for (line, at), code in repair.items():
                codes[line][at] = code
            lines, failed = _text(codes), ()
    confidences = tuple(
        tuple(float(x) for x in np.exp(table[np.arange(len(code)), code]))
        for table, code in zip(tables, codes, strict=True)
    )
    trusted = not failed and _sure(layout, confidences, repaired)
    state = ReadState.FAILED if not trusted else ReadState.CORRECTED if repaired else ReadState.CLEAN
    return Decoded(state, lines, confidences, score, clarity, failed)


def _settle_states(layout: Layout, tables: list[Floats], codes: list[npt.NDArray[np.intp]]) -> None:
    """State codes come from a closed list: an unknown one becomes the likeliest known one, when that is near."""
    for field in layout.fields:
        if field.name not in ("issuing_state", "nationality"):
            continue
        place = slice(field.start, field.start + field.length)
        rows, now = tables[field.line][place], codes[field.line][place]
        if "".join(ALPHABET[code] for code in now) in KNOWN:
            continue
        current = float(rows[np.arange(field.length), now].sum())
        costs = {
            state: current - sum(float(row[ALPHABET.index(letter)]) for row, letter in zip(rows, state, strict=True))
            for state in KNOWN
        }
        nearest = min(costs, key=lambda state: (costs[state], state))
        if costs[nearest] <= STATE_GATE:
            codes[field.line][place] = [ALPHABET.index(letter) for letter in nearest]


def _text(codes: list[npt.NDArray[np.intp]]) -> tuple[str, ...]:
    return tuple("".join(ALPHABET[code] for code in line) for line in codes)


def _sure(layout: Layout, confidences: tuple[tuple[float, ...], ...], repaired: set[tuple[int, int]]) -> bool:
    visa = layout.format in (MrzFormat.MRV_A, MrzFormat.MRV_B)
    checked = [confidences[line][at] for line, at in checked_places(layout) if (line, at) not in repaired]
    every = [value for line in confidences for value in line]
    others = [v for i, line in enumerate(confidences) for j, v in enumerate(line) if (i, j) not in repaired]
    return (
        min(checked) >= (VISA_FLOOR if visa else CHECKED_FLOOR)
        and min(others) >= FLOOR
        and sum(every) / len(every) >= ZONE_FLOOR
    )


def _repair(
    layout: Layout, tables: list[Floats], codes: list[npt.NDArray[np.intp]]
) -> dict[tuple[int, int], int] | None:
    """The one cheap change of at most three checked characters that makes every digit hold; None when two would do."""
    sure = [np.exp(table[np.arange(len(code)), code]) for table, code in zip(tables, codes, strict=True)]
    doubtful = sum(sure[line][at] < CHECKED_FLOOR for line, at in checked_places(layout))
    if doubtful > _CHANGES or float(np.mean(np.concatenate(sure))) < ZONE_FLOOR:
        return None  # too much is uncertain: it would not be believed even if the digits held
    reach = REPAIR_GATE + REPAIR_LEAD
    options: list[tuple[float, tuple[int, int], int]] = []
    for line, at in checked_places(layout):
        row, current = tables[line][at], codes[line][at]
        cost = row[current] - row
        options += [(float(cost[c]), (line, at), int(c)) for c in np.flatnonzero(cost <= reach) if c != current]
    options.sort()
    valid: list[tuple[float, dict[tuple[int, int], int]]] = []
    for size in range(1, _CHANGES + 1):
        for chosen in combinations(options[:28], size):
            cost = sum(option[0] for option in chosen)
            change = {place: code for _, place, code in chosen}
            if cost > REPAIR_GATE + REPAIR_LEAD or len(change) < size:
                continue
            trial = [code.copy() for code in codes]
            for (line, at), code in change.items():
                trial[line][at] = code
            if not failed_checks(layout, _text(trial)):
                valid.append((cost, change))
    valid.sort(key=lambda repair: repair[0])
    if not valid or valid[0][0] > REPAIR_GATE or (len(valid) > 1 and valid[1][0] < valid[0][0] + REPAIR_LEAD):
        return None
    return valid[0][1]
