"""3M / Thales RTE6701 family (RTE6700, and readers in "RTE Native" mode): passports swiped or inserted.

Source: 3M, "RTE6701-OEM Integration Manual" V1.03, section 9.1 (RTE Native protocol, pages 25 and 26). 8N1, 9600 baud
(the output port is set by jumpers and by the firmware: unconfirmed). It sends one block for each document and takes no
commands.

     0     1      3     5     6      7                              n     n+1
     +-----+------+-----+-----+------+------------------------------+-----+-----+
     | SOH | size | O U | STX | flag | line CR  line CR  line CR    | ETX | BCC |
     +-----+------+-----+-----+------+------------------------------+-----+-----+
      01    2 B    4F 55  02    1 B    0 to 44 characters each         03   1 B

The bottom line of the document is always the third; lines that are not there still send their CR. Short lines are
padded with `_` to 30 characters when there are three, to 44 when there are two. So two lines of 36 characters (TD2)
arrive with eight `_` behind each; nowhere else does a `_` mean anything but "not read".

Unconfirmed: what the BCC covers (taken here: the exclusive-or of all bytes behind SOH up to ETX, as ISO 1745 has it),
and what the size word counts (fourteen bits in two bytes, low byte first; taken here: the bytes behind it, BCC
included, and not judged, for the BCC covers it). The flag is specific to the installation and is not judged.
"""

from functools import reduce
from operator import xor

from drivers.readers.mrz_lines import MOST_BYTES, judge, printable
from drivers.readers.reads import (
    Conversation,
    FailedRead,
    FailReason,
    Heard,
    MrzRead,
    Read,
    ReaderProfile,
    Silence,
)

PROFILE = ReaderProfile(
    protocol="rte6701", baud=9_600, bauds=(9_600, 19_200, 38_400), reads_documents=True, answers=False
)

SOH, STX, ETX, CR = b"\x01", b"\x02", b"\x03", b"\r"
HEAD_BYTES = 7
_FIXED = b"OU" + STX
_MARK = "_"
_TWO_LINES, _TD2 = 44, 36
_TD2_KINDS = ("I", "A", "C")


def bcc(data: bytes) -> int:
    """The exclusive-or of all bytes."""
    return reduce(xor, data, 0)


def encode(lines: tuple[str, ...], flag: bytes = b"0") -> bytes:
    """The block that the reader sends for these lines: the lowest last, padded as the manual says.

    Raises:
        ValueError: more than three lines.
    """
    if len(lines) > 3:
        raise ValueError("An RTE6701 sends three lines at most; give it one document.")
    width = {3: 30, 2: _TWO_LINES}.get(len(lines), 0)
    padded = [""] * (3 - len(lines)) + [line[: width or None].ljust(width, _MARK) for line in lines]
    text = flag + b"".join(line.encode("ascii") + CR for line in padded)
    size = len(_FIXED) + len(text) + 2
    body = bytes((size & 0x7F, size >> 7)) + _FIXED + text + ETX
    return SOH + body + bytes((bcc(body),))


def feed(buffer: bytes, lost: bool = False) -> Heard:
    """Take every whole block out of a buffer.

    A block that proves wrong costs one byte only: the search for the next one goes on right behind its SOH. However a
    stream is cut into buffers, the result is the same.
    """
    reads: list[Read] = []
    bad = resyncs = at = 0
    while True:
        start = buffer.find(SOH, at)
        if (start if start >= 0 else len(buffer)) > at and not lost:
            resyncs, lost = resyncs + 1, True
        if start < 0:
            return Heard(tuple(reads), (), bad, resyncs, b"", lost)
        end = _block_end(buffer, start)
        if end == 0:
            return Heard(tuple(reads), (), bad, resyncs, buffer[start:], lost)
        if end < 0:
            at = start + 1
            if not lost:
                resyncs, lost = resyncs + 1, True
            continue
        block = buffer[start:end]
        if bcc(block[1:-1]) == block[-1] and printable(block[HEAD_BYTES:-2]):
            reads.append(_judged(block[HEAD_BYTES:-2].decode("ascii")))
            at, lost = end, False
            continue
        # Something was presented, and what came of it is no use: the traveller presents it again.
        bad, at = bad + 1, start + 1
        reads.append(FailedRead(FailReason.DAMAGED))
        if not lost:
            resyncs, lost = resyncs + 1, True


def _block_end(buffer: bytes, start: int) -> int:
    """Where the block that begins at `start` ends; 0: not there yet; -1: no block begins there."""
    fixed = buffer[start + 3 : start + 6]
    if not _FIXED.startswith(fixed):
        return -1
    if len(buffer) - start < HEAD_BYTES:
        return 0
    stop = start + HEAD_BYTES + MOST_BYTES + 1
    end = buffer.find(ETX, start + HEAD_BYTES, stop)
    if end < 0:
        return -1 if len(buffer) >= stop else 0
    return end + 2 if len(buffer) >= end + 2 else 0


def _judged(text: str) -> MrzRead | FailedRead:
    lines = text.split("\r")
    if len(lines) != 4 or lines[3]:
        return FailedRead(FailReason.DAMAGED)
    padding = _MARK * (_TWO_LINES - _TD2)
    upper, lower = lines[1], lines[2]
    if (
        not lines[0]
        and len(upper) == len(lower) == _TWO_LINES
        and upper.endswith(padding)
        and lower.endswith(padding)
        and upper.startswith(_TD2_KINDS)
    ):
        # No passport and no visa: those have 44 characters. A TD2's last character is a check digit over both lines.
        return judge((upper[:_TD2], lower[:_TD2]))
    return judge(lines)


def finish(buffer: bytes, lost: bool = False) -> Heard:
    """A block that stopped in the middle has failed."""
    del lost
    begun = len(buffer) > HEAD_BYTES
    reads = (FailedRead(FailReason.UNFINISHED),) if begun else ()
    return Heard(reads, (), 0, int(bool(buffer)), b"", False)


class Rte6701:
    """The functions above behind the ReaderCodec protocol."""

    @property
    def profile(self) -> ReaderProfile:
        """The fixed facts of this reader."""
        return PROFILE

    def feed(self, buffer: bytes, lost: bool = False) -> Heard:
        """Everything complete in `buffer`, and the rest."""
        return feed(buffer, lost)

    def finish(self, buffer: bytes, lost: bool = False) -> Heard:
        """What is left over is a failed read."""
        return finish(buffer, lost)

    def conversation(self) -> Conversation:
        """It takes no commands."""
        return Silence()
