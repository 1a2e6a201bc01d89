"""Held sequences as ranges: watermark, what lies above it, and what is missing."""

from collections.abc import Sequence

from psycopg.types.multirange import Int8Multirange


def split(held: Int8Multirange) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Watermark, and the ranges above it as (first, last)."""
    ranges = [(int(r.lower), int(r.upper) - 1) for r in held if r.lower is not None and r.upper is not None]
    if ranges and ranges[0][0] == 1:
        return ranges[0][1], tuple(ranges[1:])
    return 0, tuple(ranges)


def gaps(held: Int8Multirange, highest_normal: int, declared_watermark: int) -> list[tuple[int, int]]:
    """What is missing, as (first, last).

    Entries go up in order except alerts, so a hole below an ordinary entry was skipped; and what the station believes
    receipted must be here. Anything else that is not here yet is merely waiting.
    """
    end = max(highest_normal, declared_watermark)
    found, expected = [], 1
    for item in held:
        first, after = int(item.lower or 1), int(item.upper or 1)
        if first > expected:
            found.append((expected, min(first - 1, end)))
        expected = max(expected, after)
    found.append((expected, end))
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
