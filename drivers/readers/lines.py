"""Code readers that send text and a line ending: `scanner-lines`, and the text part of the others.

Honeywell, Zebra and Newland readers in COM mode (USB-CDC or RS-232), DE2120, and most others: 8N1, the content of the
code, then CR, LF or both. Keyboard mode corrupts case and symbols and is not supported.

    +------------------------------+---------+
    | content of the code, <= 16 K | CR / LF |
    +------------------------------+---------+

The end of a text is its line ending and nothing else. A pause is no end: at 9600 baud a full QR code takes three
seconds, and a busy computer or a USB hub puts pauses anywhere. A text whose line ending never comes is a failed read.

One content holds CR and LF itself: a DIVOC certificate is a ZIP archive (APPNOTE.TXT, 4.3). It begins with its local
file header and ends with its end-of-central-directory record, so its line ending is looked for behind that record.

There is no checksum on such a line. What can be told from the bytes is told: a replacement character (U+FFFD) means
that the reader lost some of the content; control characters that no text code carries mean noise or a wrong baud rate.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drivers.readers.reads import (
    TEXT_LIMIT,
    Answer,
    CodeRead,
    Conversation,
    FailedRead,
    FailReason,
    Heard,
    Read,
    ReaderProfile,
    Silence,
)

PROFILE = ReaderProfile(
    protocol="scanner-lines",
    baud=9_600,
    bauds=(9_600, 19_200, 38_400, 57_600, 115_200),
    reads_documents=False,
    answers=False,
)

ENDINGS = b"\r\n"
_ZIP_START = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_REPLACEMENT = "�".encode()
# Kept: tab, EOT and the four separators, which GS1 and driving-licence codes carry.
_NEVER_IN_TEXT = bytes(sorted(set(range(0x20)) - {0x04, 0x09, 0x1C, 0x1D, 0x1E, 0x1F})) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the reader itself found where a text may begin."""

    length: int
    """How many bytes it takes; 0: it is not complete yet."""
    answer: Answer | None
    """None: its checksum is wrong."""


FindReply = Callable[[bytes, int], Reply | None]
"""Looks for a reader's own message at a place in a buffer; None: a text begins there."""


def feed(
    buffer: bytes, lost: bool = False, find_reply: FindReply | None = None, nothing_read: bytes | None = None
) -> Heard:
    """Take every whole text out of a buffer; however a stream is cut into buffers, the result is the same.

    Args:
        buffer: the remainder of the last call and the bytes that came since.
        lost: the last call's `lost`: everything up to the next line ending is dropped.
        find_reply: knows the messages of the reader itself, which stand between texts.
        nothing_read: the line that a reader sends when it could not read what was presented.
    """
    reads: list[Read] = []
    answers: list[Answer] = []
    bad = resyncs = at = 0
    while True:
        while not lost and at < len(buffer) and buffer[at] in ENDINGS:
            at += 1
        reply = None if lost or find_reply is None else find_reply(buffer, at)
        if reply is not None:
            if not reply.length:
                return Heard(tuple(reads), tuple(answers), bad, resyncs, buffer[at:], lost)
            at += reply.length
            if reply.answer is None:
                bad, resyncs = bad + 1, resyncs + 1
            else:
                answers.append(reply.answer)
            continue
        end = _first_ending(buffer, at, len(buffer)) if lost else _text_end(buffer, at)
        if end < 0 and not lost and len(buffer) - at > TEXT_LIMIT:
            reads.append(FailedRead(FailReason.TOO_LONG))
            at, lost, resyncs = at + TEXT_LIMIT + 1, True, resyncs + 1
            continue
        if end < 0:
            return Heard(tuple(reads), tuple(answers), bad, resyncs, b"" if lost else buffer[at:], lost)
        if not lost:
            text = buffer[at:end]
            reads.append(FailedRead(FailReason.UNREADABLE) if text == nothing_read else _judged(text))
            bad += reads[-1] == FailedRead(FailReason.DAMAGED)
        at, lost = end + 1, False


def finish(buffer: bytes, lost: bool = False) -> Heard:
    """A text without an end has failed, and so has its tail, should that still come: it is dropped."""
    if not lost and not buffer.strip(ENDINGS):
        return Heard((), (), 0, 0, b"", False)
    return Heard((FailedRead(FailReason.UNFINISHED),), (), 0, 1, b"", True)


def encode(data: bytes, ending: bytes = b"\r\n") -> bytes:
    """The bytes that a reader would send for a code."""
    return data + ending


def _first_ending(buffer: bytes, start: int, stop: int) -> int:
    found = [at for at in (buffer.find(b"\r", start, stop), buffer.find(b"\n", start, stop)) if at >= 0]
    return min(found, default=-1)


def _text_end(buffer: bytes, at: int) -> int:
    """Where the line ending of the text that begins at `at` is; -1: not within TEXT_LIMIT or not there yet."""
    stop, start = at + TEXT_LIMIT + 1, at
    head = buffer[at : at + len(_ZIP_START)]
    if head == _ZIP_START:
        record = buffer.find(_ZIP_END, at, stop)
        if record < 0:
            return -1
        # Readers that turn Latin-1 into UTF-8 make the record longer, never shorter.
        start = record + _ZIP_END_BYTES
    return _first_ending(buffer, start, stop)


def _judged(data: bytes) -> CodeRead | FailedRead:
    if data.startswith(_ZIP_START):
        return CodeRead(data)
    if len(data.translate(None, _NEVER_IN_TEXT)) != len(data):
        return FailedRead(FailReason.DAMAGED)
    if _REPLACEMENT in data:
        return FailedRead(FailReason.UNREADABLE)
    return CodeRead(data)


class ScannerLines:
    """The functions above behind the ReaderCodec protocol."""

    @property
    def profile(self) -> ReaderProfile:
        """The fixed facts of such readers."""
        return PROFILE

    def feed(self, buffer: bytes, lost: bool = False) -> Heard:
        """Everything complete in `buffer`, and the rest."""
        return feed(buffer, lost)

    def finish(self, buffer: bytes, lost: bool = False) -> Heard:
        """What is left over is a failed read."""
        return finish(buffer, lost)

    def conversation(self) -> Conversation:
        """Such readers are set up once, by the codes in their manual; the station sends them nothing."""
        return Silence()
