"""Zones with one character changed, as a slip of the reader or of a forger would: what check digits see, and what not.

The weights 7, 3 and 1 of Doc 9303-3, 4.9 have inverses modulo 10, so one changed character goes unseen by the digits
exactly when both have the same value modulo 10: `<`, 0, A, K and U; 1, B, L and V; and so on.
"""

from dataclasses import dataclass

from numpy.random import Generator

from models.mrz_checks import character_value, checked_places
from models.mrz_layout import ALPHABET, LAYOUTS, Layout, recognise

Zone = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A zone in which one character was changed."""

    line: int
    at: int
    before: str
    after: str
    zone: Zone


def every_change(layout: Layout, zone: Zone, *, same_value: bool) -> list[Change]:
    """Every zone with one other character in a checked place, the digits themselves included.

    Args:
        layout: the zone's format.
        zone: its lines.
        same_value: only characters that count the same modulo 10, else only those that do not.
    """
    found = []
    for line, at in checked_places(layout):
        before = zone[line][at]
        for after in ALPHABET:
            alike = (character_value(after) - character_value(before)) % 10 == 0
            if after != before and alike is same_value:
                text = zone[line][:at] + after + zone[line][at + 1 :]
                found.append(Change(line, at, before, after, (*zone[:line], text, *zone[line + 1 :])))
    return found


def same_value_changes(rng: Generator, zone: Zone) -> list[Change]:
    """One change of the same value modulo 10 for each checked place, in random order.

    Raises:
        ValueError: the zone is of no format.
    """
    return _one_each(rng, zone, same_value=True)


def other_value_changes(rng: Generator, zone: Zone) -> list[Change]:
    """One change of another value modulo 10 for each checked place, in random order.

    Raises:
        ValueError: the zone is of no format.
    """
    return _one_each(rng, zone, same_value=False)


def _one_each(rng: Generator, zone: Zone, *, same_value: bool) -> list[Change]:
    kind = recognise(zone)
    if kind is None:
        raise ValueError("the lines are of no format; give two or three lines of its exact length")
    changes = every_change(LAYOUTS[kind], zone, same_value=same_value)
    shuffled = [changes[int(at)] for at in rng.permutation(len(changes))]
    return list({(change.line, change.at): change for change in shuffled}.values())
