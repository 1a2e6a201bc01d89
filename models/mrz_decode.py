"""From the probabilities of each character to the text of a zone: field alphabets, state codes, check digits. Pure.

Characters are picked with a penalty for those that the field does not allow (a penalty and no ban: national layouts
differ, and a ban would make a valid zone out of an unusual one). Only when a check digit does not hold is a repair
sought, among characters that the network thought nearly as likely; names have no check digit and are never repaired.
"""

import dataclasses
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from models.mrz_checks import character_value, checked_places, failed_checks
from models.mrz_dates import implausible
from models.mrz_layout import ALPHABET, FILLER, LAYOUTS, Charset, Layout
from models.mrz_spell import SYMBOLS, Floats
from models.mrz_states import KNOWN
from models.regions import MrzFormat, ReadState

Place = tuple[int, int]
"""Line and position."""

ALPHABET_PENALTY = 6.0
"""Nats against a character that the field does not allow."""
REPAIR_GATE = 1.0
"""Nats that a repair may cost in all; above it a wrong zone could be argued into a valid one."""
REPAIR_FLOOR = 0.15
"""Least probability of a character that a repair puts in place: where nothing is likely, anything costs little."""
REPAIR_LEAD = 0.7
"""Nats by which a repair must be likelier than the next: the check digits cannot tell 0, A, K, U and `<` apart."""
FLOOR, CHECKED_FLOOR, VISA_FLOOR = 0.5, 0.7, 0.8
"""Least probability of any character, of one in a checked field, and of one in a checked field of a visa, which has
three check digits only. Check digits alone are no proof: two wrong characters can cancel out."""
ZONE_FLOOR = 0.82
"""Least mean probability over the zone: pages of prose stay below it."""
ALIKE_EASE = 3.0
"""By which the nats between O and 0 are divided: in OCR-B they differ by a pixel at 20 pixels' height, and one check
digit tells them apart always."""
O_PENALTY = 1.0
"""Nats against an O in a number: most states print none."""
OVERRULE_GATE = 1.0
"""Nats by which a field's alphabet may overrule what was seen at a place that a check digit covers."""
STATE_GATE = 3.0
"""Nats that reading an unknown state code as a known one may cost."""
DATE_FLOOR = 0.95
"""Least probability of each character of a date that no calendar has: documents with one are in use."""
NAME_FLOOR = 0.9
"""Least probability of each character of a field without a check digit, below which the field is unconfirmed.

By models/training/calibrate.py, 150 documents: of 611 accepted hard frames one wrong name stays unmarked (at 0.8: five)
and 40 right ones are marked; of 715 easy frames none and 5."""
BLIND_MOST = 0.02
"""Most probability that a checked character is another one of the same value, as `<` for K, which no digit can see.

Measured on 849 accepted hard frames, seed 5151: at 0.02 both that were wrong in a checked field (0.055 and 0.063) and 7
right ones are not believed."""
_CHANGES = 3


_ZERO_AND_O = {ALPHABET.index("0"), ALPHABET.index("O")}
_VALUES = np.array([character_value(character) % 10 for character in ALPHABET])
_STATE_CODES = np.array([[ALPHABET.index(letter) for letter in state] for state in sorted(KNOWN)])


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of one zone and how far it may be believed."""

    state: ReadState
    lines: tuple[str, ...] = dataclasses.field(repr=False)
    confidences: tuple[tuple[float, ...], ...]
    score: float
    """Mean log-probability per character after penalties; compares formats and candidates."""
    clarity: float
    """The same before penalties: how legible the print is, whatever it says."""
    failed_checks: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    """Fields without a check digit that are not certain enough (see `MrzReading.unconfirmed`)."""


@cache
def _penalties(format_: MrzFormat) -> tuple[Floats, ...]:
    layout = LAYOUTS[format_]
    lines = [np.zeros((layout.length, SYMBOLS), np.float32) for _ in range(layout.lines)]
    for field in layout.fields:
        ban = np.array([0.0 if c in field.charset.value else ALPHABET_PENALTY for c in ALPHABET], np.float32)
        if field.charset is Charset.ANY:
            ban[ALPHABET.index("O")] = O_PENALTY
        lines[field.line][field.start : field.start + field.length] = ban
    for line in lines:
        line.flags.writeable = False
    return tuple(lines)


def penalties(layout: Layout) -> tuple[Floats, ...]:
    """(length, 37) nats against each symbol for each line of a format; not to be written to."""
    return _penalties(layout.format)


def decode(layout: Layout, spelled: tuple[Floats, ...], loose: frozenset[int] = frozenset()) -> Decoded:
    """The zone that these symbol probabilities say.

    Args:
        layout: the format.
        spelled: one (length, 37) table of log-probabilities per line, from `spell` or from a vote.
        loose: lines in which not just so many characters were seen: a doubled letter pushes the rest along, so
            that nothing is repaired nor believed (of 30 such zones whose digits held, 10 were wrong somewhere).
    """
    bans = penalties(layout)
    tables = [_normal(table - ban) for table, ban in zip(spelled, bans, strict=True)]
    codes = [table.argmax(axis=1) for table in tables]
    changed = _settle_states(layout, tables, codes)
    score = float(np.mean([(table - ban).max(axis=1).mean() for table, ban in zip(spelled, bans, strict=True)]))
    clarity = float(np.mean([table.max(axis=1).mean() for table in spelled]))
    failed = failed_checks(layout, _text(codes))
    repair = _repair(layout, tables, codes) if failed and not loose else None
    if repair is not None:
        for (line, at), code in repair.items():
            codes[line][at] = code
        changed, failed = changed | set(repair), ()
    lines = _text(codes)
    confidences = tuple(
        tuple(float(x) for x in np.exp(table[np.arange(len(code)), code]))
        for table, code in zip(tables, codes, strict=True)
    )
    decided, too_far = _overruled(layout, spelled, codes)
    sure = _sure(layout, lines, confidences, set(repair or ())) and _blind(layout, tables, codes) <= BLIND_MOST
    trusted = sure and not failed and not too_far and not loose
    state = ReadState.FAILED if not trusted else ReadState.CORRECTED if changed or decided else ReadState.CLEAN
    doubtful = _unconfirmed(layout, lines, confidences, loose, changed)
    return Decoded(state, lines, confidences, score, clarity, failed, doubtful)


def _normal(table: Floats) -> Floats:
    return np.asarray(table - np.logaddexp.reduce(table, axis=1, keepdims=True), np.float32)


def _settle_states(layout: Layout, tables: list[Floats], codes: list[npt.NDArray[np.intp]]) -> set[Place]:
    """State codes come from a closed list: an unknown one becomes the likeliest known one, when that is near.

    The tables then say how likely each letter is given the list. Answers with the places that changed.
    """
    changed: set[Place] = set()
    for field in layout.fields:
        if field.name not in ("issuing_state", "nationality"):
            continue
        place = slice(field.start, field.start + field.length)
        rows, now = tables[field.line][place], codes[field.line][place]
        chances = rows[np.arange(3), _STATE_CODES].sum(axis=1)
        best = _STATE_CODES[int(chances.argmax())]
        if (best == now).all():
            continue
        if float(rows[np.arange(3), now].sum() - chances.max()) > STATE_GATE:
            continue
        shares = np.exp(chances - np.logaddexp.reduce(chances))
        for offset in range(3):
            held = np.bincount(_STATE_CODES[:, offset], weights=shares, minlength=SYMBOLS)
            tables[field.line][field.start + offset] = np.log(np.maximum(held, 1e-6))
            if best[offset] != now[offset]:
                changed.add((field.line, field.start + offset))
        codes[field.line][place] = best
    return changed


def _overruled(layout: Layout, spelled: tuple[Floats, ...], codes: list[npt.NDArray[np.intp]]) -> tuple[bool, bool]:
    """Whether anything but the print decided at a place that a check digit covers; whether that went too far.

    An A that stands in a date must not become a 4. Between O and 0 the print of OCR-B says little.
    """
    lines, places = np.array(checked_places(layout)).T
    rows, chosen = np.stack(spelled)[lines, places], np.stack(codes)[lines, places]
    seen = rows.argmax(axis=1)
    lost = rows.max(axis=1) - rows[np.arange(len(rows)), chosen]
    far = any(
        nats / _ease(int(a), int(b)) > OVERRULE_GATE for nats, a, b in zip(lost, seen, chosen, strict=True) if nats
    )
    return bool((lost > 0).any()), far


def _ease(one: int, other: int) -> float:
    """How much more the digits may decide between two characters than between most."""
    return ALIKE_EASE if {one, other} == _ZERO_AND_O else 1.0


def _unconfirmed(
    layout: Layout,
    lines: tuple[str, ...],
    confidences: tuple[tuple[float, ...], ...],
    loose: frozenset[int],
    changed: set[Place],
) -> tuple[str, ...]:
    """Fields that no check digit covers and that are not certain enough; a name is two fields."""
    covered = confirmed_places(layout)
    doubtful: list[str] = []
    for field in layout.fields:
        places = [(field.line, field.start + at) for at in range(field.length)]
        if covered.issuperset(places):
            continue
        text = layout.cut(field.name, lines)
        sure = [confidences[line][at] for line, at in places]
        parts = [(field.name, sure)]
        if field.name == "name":
            end = text.find(FILLER * 2)
            end = len(text) if end < 0 else end
            parts = [("surname", sure[: end + 2]), ("given_names", sure[end:])]
        unknown = field.name in ("issuing_state", "nationality") and text not in KNOWN
        doubted = unknown or field.line in loose or not changed.isdisjoint(places)
        doubtful += [name for name, values in parts if doubted or min(values, default=1.0) < NAME_FLOOR]
    return tuple(doubtful)


def _text(codes: list[npt.NDArray[np.intp]]) -> tuple[str, ...]:
    return tuple("".join(ALPHABET[code] for code in line) for line in codes)


def _sure(
    layout: Layout, lines: tuple[str, ...], confidences: tuple[tuple[float, ...], ...], repaired: set[Place]
) -> bool:
    """Whether every character is certain enough; a date that no calendar has must be printed beyond doubt."""
    for name in implausible(layout, lines):
        date = layout.field(name)
        if min(confidences[date.line][date.start : date.start + date.length]) < DATE_FLOOR:
            return False
    guessed = [(line, at) for line, at in repaired if confidences[line][at] < REPAIR_FLOOR]
    if any(lines[line][at] not in "0O" for line, at in guessed):
        return False
    visa = layout.format in (MrzFormat.MRV_A, MrzFormat.MRV_B)
    checked = [confidences[line][at] for line, at in checked_places(layout) if (line, at) not in repaired]
    every = [value for line in confidences for value in line]
    others = [v for i, line in enumerate(confidences) for j, v in enumerate(line) if (i, j) not in repaired]
    return (
        min(checked) >= (VISA_FLOOR if visa else CHECKED_FLOOR)
        and min(others) >= FLOOR
        and sum(every) / len(every) >= ZONE_FLOOR
    )


def _blind(layout: Layout, tables: list[Floats], codes: list[npt.NDArray[np.intp]]) -> float:
    """The highest probability that a checked character is really another of the same value."""
    lines, places = np.array(checked_places(layout)).T
    chances, chosen = np.exp(np.stack(tables)[lines, places]), np.stack(codes)[lines, places]
    alike = chances @ (_VALUES[:, None] == _VALUES)
    at = np.arange(len(chosen))
    return float((alike[at, chosen] - chances[at, chosen]).max())


def _names(layout: Layout) -> set[Place]:
    """Places of names: the French card's composite digit covers them, but one digit is too little to mend a name by."""
    fields = [field for field in layout.fields if field.name in ("name", "surname", "given_names")]
    return {(field.line, at) for field in fields for at in range(field.start, field.start + field.length)}


def confirmed_places(layout: Layout) -> set[Place]:
    """What check digits confirm: all that they cover, but for the French card only what has a digit of its own.

    Its composite digit is the only one over names, state and office, and does not see a K for a filler.
    """
    if layout.format is not MrzFormat.FRENCH_ID:
        return set(checked_places(layout))
    own = [check for check in layout.checks if check.name != "composite_check"]
    return {(line, at) for check in own for line, start, end in check.covers for at in range(start, end)} | {
        check.at for check in layout.checks
    }


def _repair(layout: Layout, tables: list[Floats], codes: list[npt.NDArray[np.intp]]) -> dict[Place, int] | None:
    """The one cheap change of at most three checked characters that makes every digit hold; None when two would do."""
    sure = [np.exp(table[np.arange(len(code)), code]) for table, code in zip(tables, codes, strict=True)]
    doubtful = sum(sure[line][at] < CHECKED_FLOOR for line, at in checked_places(layout))
    if doubtful > _CHANGES or float(np.mean(np.concatenate(sure))) < ZONE_FLOOR:
        return None  # too much is uncertain: it would not be believed even if the digits held
    reach = REPAIR_GATE + REPAIR_LEAD
    options: list[tuple[float, Place, int]] = []
    for line, at in sorted(set(checked_places(layout)) - _names(layout)):
        row, current = tables[line][at], codes[line][at]
        near = np.flatnonzero(row[current] - row <= ALIKE_EASE * reach)
        costs = [(float(row[current] - row[c]) / _ease(int(c), int(current)), int(c)) for c in near if c != current]
        options += [(cost, (line, at), c) for cost, c in costs if cost <= reach]
    options.sort()
    valid: list[tuple[float, dict[Place, int]]] = []
    for size in range(1, _CHANGES + 1):
        for chosen in combinations(options[:28], size):
            cost = sum(option[0] for option in chosen)
            change = {place: code for _, place, code in chosen}
            if cost > reach or len(change) < size:
                continue
            trial = [code.copy() for code in codes]
            for (line, at), code in change.items():
                trial[line][at] = code
            text = _text(trial)
            if not failed_checks(layout, text) and not implausible(layout, text):
                valid.append((cost, change))
    valid.sort(key=lambda repair: repair[0])
    if not valid or valid[0][0] > REPAIR_GATE or (len(valid) > 1 and valid[1][0] < valid[0][0] + REPAIR_LEAD):
        return None
    return valid[0][1]
