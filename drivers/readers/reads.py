"""What code and passport readers say: whole reads, failed reads, answers to commands; and what a protocol must offer.

A read is whole or it is failed: nothing here carries half a text. Texts are personal data, so no `repr` shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

TEXT_LIMIT = 16_384
"""Bytes of one code; the largest QR code holds 2,953, a PDF417 1,108: more is no code but a line gone wrong."""


class FailReason(StrEnum):
    """Why something that was presented gave no text."""

    UNREADABLE = "unreadable"
    """The reader marks characters that it could not read, or says that it read nothing."""
    DAMAGED = "damaged"
    """The bytes cannot be what the reader sent: a checksum, a layout or a character that does not occur."""
    UNFINISHED = "unfinished"
    """It stopped in the middle, or its end was not marked."""
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class CodeRead:
    """The content of one bar code or 2D code."""

    data: bytes = field(repr=False)
    """Exactly the bytes that the reader sent, without the line ending."""

    def text(self) -> str:
        """The bytes as UTF-8, or as Latin-1 when they are not UTF-8 (ISO/IEC 18004: byte mode is Latin-1)."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            return self.data.decode("latin-1")


@dataclass(frozen=True, slots=True)
class MrzRead:
    """The machine readable zone of one document: every character read; its check digits are the caller's to judge."""

    lines: tuple[str, ...] = field(repr=False)
    """3 x 30, 2 x 36 or 2 x 44 characters out of A-Z, 0-9 and `<`."""


@dataclass(frozen=True, slots=True)
class FailedRead:
    """Something was presented and could not be read: present it again."""

    reason: FailReason


Read = CodeRead | MrzRead | FailedRead


class Asked(StrEnum):
    """What an answer is about."""

    SETTING = "setting"
    """One or more bytes of a setting, or the receipt for writing one; it does not say of which (GM65)."""
    VERSION = "version"
    SERIAL_NUMBER = "serial_number"
    CONTINUOUS = "continuous"
    """Whether the reader looks for documents by itself: one byte, 0 or 1."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader said to a command."""

    asked: Asked
    value: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What one call of a codec found in a buffer."""

    reads: tuple[Read, ...]
    answers: tuple[Answer, ...]
    frames_bad: int
    """Messages that failed their checksum or their layout."""
    resyncs: int
    """Runs of bytes that belonged to nothing and were skipped."""
    remainder: bytes = field(repr=False)
    """The beginning of something not complete yet; goes in front of the next bytes."""
    lost: bool
    """The buffer ended inside something that is being skipped; hand it to the next call."""


@dataclass(frozen=True, slots=True)
class ReaderProfile:
    """The fixed facts of one kind of reader."""

    protocol: str
    baud: int
    """As delivered."""
    bauds: tuple[int, ...]
    reads_documents: bool
    """True for MRZ readers, false for code readers."""
    answers: bool
    """Whether it can be asked anything; a reader that cannot is ready when its port is open."""


class Conversation(Protocol):
    """What is said to one reader after its port has been opened; one object for each opening, time is an argument."""

    def step(self, moment: float, heard: Heard | None) -> tuple[bytes, ...]:
        """What to send now.

        Args:
            moment: monotonic seconds.
            heard: what has come since the last step; None when nothing has.
        """

    @property
    def ready(self) -> bool:
        """Whether the reader has answered all that it had to."""

    @property
    def trouble(self) -> str:
        """What is wrong, as the end of a sentence that begins with the reader's name; empty when nothing is."""


class ReaderCodec(Protocol):
    """Bytes to reads; pure, no clock, no link."""

    @property
    def profile(self) -> ReaderProfile:
        """The fixed facts of this kind of reader."""

    def feed(self, buffer: bytes, lost: bool = False) -> Heard:
        """Everything complete in `buffer`, and the rest."""

    def finish(self, buffer: bytes, lost: bool = False) -> Heard:
        """The line has been quiet for long: what is left over in `buffer` is a failed read, never a text."""

    def conversation(self) -> Conversation:
        """What to say to a reader that has just been opened."""


class Silence:
    """The conversation with a reader that takes no commands."""

    def step(self, moment: float, heard: Heard | None) -> tuple[bytes, ...]:
        """Nothing, ever."""
        del moment, heard
        return ()

    @property
    def ready(self) -> bool:
        """Always: it cannot be asked."""
        return True

    @property
    def trouble(self) -> str:
        """None that could be known."""
        return ""


def count_failed(reads: Sequence[Read]) -> int:
    """How many of the reads failed."""
    return sum(isinstance(read, FailedRead) for read in reads)
