"""What is counted about readings of known zones, and how far a count may be believed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.mrz_checks import checked_places, failed_checks
from models.mrz_layout import ALPHABET, FILLER, LAYOUTS, Layout, recognise
from models.regions import MrzReading, ReadState

ACCEPTED = (ReadState.CLEAN, ReadState.CORRECTED)
NAMES = ("surname", "given_names")


def upper_bound(errors: int, tries: int) -> float | None:
    """The 95 % upper bound of a rate (exact binomial, one-sided); for no errors it is 1 - 0.05 ** (1 / tries)."""
    if tries == 0:
        return None
    if errors >= tries:
        return 1.0
    low, high = errors / tries, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(errors, tries, middle) > 0.05 else (low, middle)
    return high


def _at_most(errors: int, tries: int, rate: float) -> float:
    """Chance of at most so many errors."""
    total = 0.0
    for k in range(errors + 1):
        ways = math.lgamma(tries + 1) - math.lgamma(k + 1) - math.lgamma(tries - k + 1)
        total += math.exp(ways + k * math.log(max(rate, 1e-300)) + (tries - k) * math.log1p(-min(rate, 1 - 1e-15)))
    return total


def follows_the_rule(lines: tuple[str, ...]) -> bool:
    """Legal line lengths, legal characters, and every check digit holds: what any reader of text can be held to."""
    format_ = recognise(lines)
    return format_ is not None and set("".join(lines)) <= set(ALPHABET) and not failed_checks(LAYOUTS[format_], lines)


def wrong_in_checked(lines: Sequence[str], truth: tuple[str, ...]) -> bool:
    """Whether anything that a check digit covers, or a check digit, is not as printed."""
    if [len(line) for line in lines] != [len(line) for line in truth]:
        return True
    return any(lines[line][at] != truth[line][at] for line, at in checked_places(layout_of(truth)))


def layout_of(truth: tuple[str, ...]) -> Layout:
    """The format of a true zone.

    Raises:
        ValueError: it has the lines of no format.
    """
    format_ = recognise(truth)
    if format_ is None:
        raise ValueError("the true zone has the lines of no format: mend the list of pictures")
    return LAYOUTS[format_]


def wrong_unmarked(lines: Sequence[str], truth: tuple[str, ...], unconfirmed: Sequence[str]) -> set[str]:
    """Fields without a check digit that differ from the print and are not named unconfirmed."""
    layout = layout_of(truth)
    if [len(line) for line in lines] != [len(line) for line in truth]:
        return set(NAMES) - set(unconfirmed)
    covered, wrong = set(checked_places(layout)), set()
    for part in layout.fields:
        read = layout.cut(part.name, tuple(lines))
        end = read.find(FILLER * 2) if part.name == "name" else -1
        end = len(read) if end < 0 else end
        for offset in range(part.length):
            at = (part.line, part.start + offset)
            if at in covered or lines[at[0]][at[1]] == truth[at[0]][at[1]]:
                continue
            owners = {part.name}
            if part.name == "name":
                owners = {name for name, mine in zip(NAMES, (offset < end + 2, offset >= end), strict=True) if mine}
            if not owners & set(unconfirmed):
                wrong |= owners
    return wrong


@dataclass(slots=True)
class Tally:
    """Readings of known zones."""

    read: int = 0
    exact: int = 0
    clean: int = 0
    accepted: int = 0
    wrong: int = 0
    """Accepted, and any character is wrong."""
    wrong_clean: int = 0
    wrong_checked: int = 0
    """Accepted, and wrong in what a check digit covers."""
    wrong_names: int = 0
    """Accepted, and wrong in a name that is not marked unconfirmed."""
    wrong_other: int = 0
    """The same in another field without a check digit."""
    marked: int = 0
    """Accepted and right, with a name marked unconfirmed all the same."""

    def add(self, reading: MrzReading, truth: tuple[str, ...]) -> bool:
        """Counts one reading; says whether it is exact."""
        exact = reading.lines == truth
        self.read += 1
        self.exact += exact
        if reading.state in ACCEPTED:
            self.accepted += 1
            self.clean += reading.state is ReadState.CLEAN
            if exact:
                self.marked += any(name in reading.unconfirmed for name in NAMES)
            else:
                self._wrong(reading, truth)
        return exact

    def _wrong(self, reading: MrzReading, truth: tuple[str, ...]) -> None:
        fields = wrong_unmarked(reading.lines, truth, reading.unconfirmed)
        self.wrong += 1
        self.wrong_clean += reading.state is ReadState.CLEAN
        self.wrong_checked += wrong_in_checked(reading.lines, truth)
        self.wrong_names += bool(fields & set(NAMES))
        self.wrong_other += bool(fields - set(NAMES))

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))

    def figures(self) -> dict[str, Any]:
        """For the table; rates are of what was read, bounds are 95 % upper bounds over what was accepted."""
        return {name: getattr(self, name) for name in Tally.__slots__} | {
            "rate": share(self.exact, self.read),
            "wrong_checked_bound": bound(self.wrong_checked, self.accepted),
            "wrong_names_rate": share(self.wrong_names, self.accepted),
            "wrong_names_bound": bound(self.wrong_names, self.accepted),
        }


def share(part: int, whole: int) -> float | None:
    """A rate to four digits, None of nothing."""
    return round(part / whole, 4) if whole else None


def bound(errors: int, tries: int) -> float | None:
    """`upper_bound` to four digits."""
    value = upper_bound(errors, tries)
    return None if value is None else round(value, 4)


@dataclass(slots=True)
class Times:
    """CPU milliseconds."""

    values: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Median and 95th percentile, with the count."""
        if not self.values:
            return {"count": 0, "median_ms": None, "p95_ms": None}
        median, p95 = np.percentile(self.values, [50, 95])
        return {"count": len(self.values), "median_ms": round(float(median), 1), "p95_ms": round(float(p95), 1)}
