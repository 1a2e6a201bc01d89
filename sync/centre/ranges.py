"""Held sequences as ranges: watermark, what lies above it, and what is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.multirange import Int8Multirange
from psycopg.types.range import Int8Range


def as_multirange(pairs: Sequence[tuple[int, int]]) -> Int8Multirange:
    """(first, last) of each run as PostgreSQL holds them."""
    return Int8Multirange(Int8Range(first, last + 1) for first, last in pairs)


def split(held: Int8Multirange) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Watermark, and the ranges above it as (first, last)."""
    ranges = [(int(r.lower), int(r.upper) - 1) for r in held if r.lower is not None and r.upper is not None]
    if ranges and ranges[0][0] == 1:
        return ranges[0][1], tuple(ranges[1:])
    return 0, tuple(ranges)


def gaps(
    held: Int8Multirange, highest_normal: int, declared_watermark: int, believed: Int8Multirange | None = None
) -> list[tuple[int, int]]:
    """What is missing, as (first, last); anything else that is not here yet is merely waiting.

    Args:
        held: what is here.
        highest_normal: of what is here, without alerts.
        declared_watermark: to here the station believes everything receipted.
        believed: all that it believes receipted. None from an older station: it sends everything but alerts in order,
            so that a hole below an ordinary entry was skipped.
    """
    if believed is None:
        return _missing(held, 1, max(highest_normal, declared_watermark))
    told = [(int(r.lower or 1), int(r.upper or 1) - 1) for r in believed]
    return [gap for first, last in told for gap in _missing(held, first, last)]


def journal_gaps(row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The gaps of a row of the table `journal`."""
    return gaps(row["held"], row["highest_normal"], row["head_watermark"], row["believed"])


def _missing(held: Int8Multirange, first: int, last: int) -> list[tuple[int, int]]:
    found, expected = [], first
    for item in held:
        lower, after = int(item.lower or 1), int(item.upper or 1)
        if lower > expected:
            found.append((expected, min(lower - 1, last)))
        expected = max(expected, after)
    found.append((expected, last))
    return [gap for gap in found if gap[0] <= gap[1]]


def runs(sequences: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending sequences as (first, last) of each unbroken run."""
    found: list[tuple[int, int]] = []
    for sequence in sequences:
        if found and found[-1][1] + 1 == sequence:
            found[-1] = (found[-1][0], sequence)
        else:
            found.append((sequence, sequence))
    return found
