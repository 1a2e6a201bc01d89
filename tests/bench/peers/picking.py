"""Picks the lines of a zone out of all the lines that a general text reader found."""

from collections.abc import Sequence

_SHAPES = ((3, 30), (2, 44), (2, 36))
_ALPHABET = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


def pick(found: Sequence[str]) -> list[str]:
    """The lowest lines that have the lengths of a format, else the lowest that look like a zone; empty for none."""
    lines = [line for line in map(_tidy, found) if 24 <= len(line) <= 50 and set(line) <= _ALPHABET]
    for first in range(len(lines), -1, -1):
        for count, length in _SHAPES:
            if [len(line) for line in lines[first : first + count]] == [length] * count:
                return lines[first : first + count]
    if len(lines) >= 3 and max(map(len, lines[-3:])) < 34:
        return lines[-3:]
    return lines[-2:] if len(lines) >= 2 else []


def _tidy(line: str) -> str:
    for seen, meant in (("«", "<<"), ("《", "<<"), ("〈", "<"), ("＜", "<"), ("‹", "<")):
        line = line.replace(seen, meant)
    return "".join(line.split()).upper()
