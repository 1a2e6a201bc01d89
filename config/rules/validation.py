"""What is wrong with a CertLogic expression, before a rule is published (specification 1.3.3, validation test suite).

`certlogic.evaluate` finds a mistake only on the way that a traveller's data take; this looks at every branch.
"""

import re
from collections.abc import Iterator
from typing import Any

from config.rules.certlogic import MAX_DEPTH

_COUNTS: dict[str, tuple[int, int | None]] = {
    "if": (3, 3),
    "and": (2, None),
    "reduce": (3, 3),
    "!": (1, 1),
    "===": (2, 2),
    "in": (2, 2),
    "+": (2, 2),
    "plusTime": (3, 3),
    "dccDateOfBirth": (1, 1),
    "extractFromUVCI": (2, 2),
} | dict.fromkeys(("<", ">", "<=", ">=", "before", "after", "not-before", "not-after"), (2, 3))
"""Fewest and most operands of each operation."""
_UNITS = ("year", "month", "day", "hour")
_PATH = re.compile(r"[^.]+(\.[^.]+)*")
_LONGEST = 60


def validate(expression: Any) -> tuple[str, ...]:
    """One sentence for everything that is wrong with an expression; none when it is valid CertLogic."""
    return tuple(f"{issue}{f' (at {place})' if place else ''}" for place, issue in _issues(expression, "", 0))


def _issues(expression: Any, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        yield place[:_LONGEST], f"it is nested deeper than {MAX_DEPTH}"
    elif isinstance(expression, list):
        for index, item in enumerate(expression):
            yield from _issues(item, f"{place}/{index}", depth + 1)
    elif isinstance(expression, float):
        yield place, f"{expression} is no whole number"
    elif isinstance(expression, dict):
        yield from _operation(expression, place, depth)
    elif not isinstance(expression, bool | int | str):
        yield place, f"{_shown(expression)} is no expression"


def _operation(expression: dict[str, Any], place: str, depth: int) -> Iterator[tuple[str, str]]:
    if len(expression) != 1:
        yield place, f"an operation has one key, this has {len(expression)}"
        return
    ((name, operands),) = expression.items()
    place = f"{place}/{name}"
    if name == "var":
        if not isinstance(operands, str):
            yield place, "var takes a path in quotes"
        elif operands and not _PATH.fullmatch(operands):
            yield place, f"{_shown(operands)} is no path"
        return
    if not isinstance(operands, list):
        yield place, f"{_shown(name)} takes its operands in a list"
        return
    counts = _COUNTS.get(name)
    if counts is None:
        yield place, f"{_shown(name)} is no operation of CertLogic"
        return
    fewest, most = counts
    if len(operands) < fewest or (most is not None and len(operands) > most):
        wanted = f"{fewest}" if most == fewest else f"at least {fewest}" if most is None else f"{fewest} to {most}"
        yield place, f"{name} takes {wanted} operands, this has {len(operands)}"
    elif name == "plusTime":
        yield from _plus_time(operands, place)
    elif name == "extractFromUVCI" and not _is_whole(operands[1]):
        yield place, "the part of a certificate's number is counted by a whole number"
    for index, operand in enumerate(operands):
        yield from _issues(operand, f"{place}/{index}", depth + 1)


def _plus_time(operands: list[Any], place: str) -> Iterator[tuple[str, str]]:
    if not _is_whole(operands[1]):
        yield place, "plusTime adds a whole number"
    if operands[2] not in _UNITS:
        yield place, f"plusTime counts in {', '.join(_UNITS)}"


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
