"""What the lines of an MRZ reader are worth: a whole machine readable zone, or a failed read.

Nothing is repaired here. A character that the reader could not read (`_`, `?`, `*`, a blank) makes the whole read a
failed one, because a passport number with a guessed letter is somebody else's. Shapes: ICAO Doc 9303, parts 4 to 7.
"""

from collections.abc import Sequence

from drivers.readers.reads import FailedRead, FailReason, MrzRead

SHAPES = ((30, 30, 30), (36, 36), (44, 44))
MOST_BYTES = 3 * 46
"""The longest zone with line endings, and one byte to spare on each line."""
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


def judge(lines: Sequence[str]) -> MrzRead | FailedRead:
    """The zone in these lines, empty lines left out."""
    given = tuple(line for line in lines if line)
    if not given or any(not set(line) <= _ALPHABET for line in given):
        return FailedRead(FailReason.UNREADABLE)
    if tuple(map(len, given)) not in SHAPES:
        # Lines are missing or short: part of a zone is no zone.
        return FailedRead(FailReason.UNREADABLE)
    return MrzRead(given)


def printable(data: bytes) -> bool:
    """Whether these bytes can be lines of text at all."""
    return all(0x20 <= byte < 0x7F or byte in b"\r\n" for byte in data)
