"""Elyctis IDBOX One: an MRZ reader for inserted documents, on USB-CDC or a UART.

Source: Elyctis, "IDBOX One - Scanner Command Set", version 1.7 (2020). 8N1; 9600 or 115200 baud on a UART. Command and
answer have one form; the lines of the zone end with CR.

    +---------+------------+------+
    | command | length, BE | data |
    +---------+------------+------+

     49 00 00        ask for the zone            49 hi lo zone
     4C 00 00        ask for a single line       4C hi lo line
     43 00 01 state  look for documents itself   43 00 01 state   (1 on, 0 off)
     56 00 00        version                     56 hi lo text
     52 00 00        serial number               52 hi lo text

In continuous mode it sends a 49 message by itself, and then *turns the mode off*: it must be turned on again after
every zone. There is no checksum: a changed character is found by the check digits of the zone, which the caller judges.
Unconfirmed on hardware: whether the zone's last line ends with CR too (both are taken).
"""

import re
from enum import IntEnum

from config.messages.said import say
from drivers.readers.mrz_lines import MOST_BYTES, judge, printable
from drivers.readers.reads import (
    Answer,
    Asked,
    Conversation,
    FailedRead,
    FailReason,
    Heard,
    Read,
    ReaderProfile,
)

PROFILE = ReaderProfile(protocol="elyctis", baud=115_200, bauds=(9_600, 115_200), reads_documents=True, answers=True)

HEAD_BYTES = 3
_TEXT_BYTES = range(4, 65)
"""Lengths of a version or a serial number that are believed."""


class Message(IntEnum):
    """The first byte of a command and of its answer."""

    ZONE = 0x49
    LINE = 0x4C
    CONTINUOUS = 0x43
    VERSION = 0x56
    SERIAL_NUMBER = 0x52


_BEGIN = re.compile(b"[" + bytes(Message) + b"]")
_TEXTS = {Message.VERSION: Asked.VERSION, Message.SERIAL_NUMBER: Asked.SERIAL_NUMBER}


def message(kind: Message, data: bytes = b"") -> bytes:
    """One command, or the reader's answer."""
    return bytes((kind,)) + len(data).to_bytes(2, "big") + data


def continuous(on: bool) -> bytes:
    """Command: look for documents by itself; the answer is the same bytes."""
    return message(Message.CONTINUOUS, bytes((on,)))


def zone(lines: tuple[str, ...]) -> bytes:
    """What the reader sends for a document."""
    return message(Message.ZONE, "".join(f"{line}\r" for line in lines).encode("ascii"))


def _believed(kind: int, length: int) -> bool:
    if kind in (Message.ZONE, Message.LINE):
        return length <= MOST_BYTES
    if kind == Message.CONTINUOUS:
        return length == 1
    return kind in _TEXTS and length in _TEXT_BYTES


def feed(buffer: bytes, lost: bool = False) -> Heard:
    """Take every whole message out of a buffer; however a stream is cut into buffers, the result is the same."""
    reads: list[Read] = []
    answers: list[Answer] = []
    bad = resyncs = at = 0
    while True:
        begun = _BEGIN.search(buffer, at)
        start = begun.start() if begun else len(buffer)
        if start > at and not lost:
            resyncs, lost = resyncs + 1, True
        at = start
        if len(buffer) - at < HEAD_BYTES:
            break
        kind, length = buffer[at], int.from_bytes(buffer[at + 1 : at + HEAD_BYTES], "big")
        end = at + HEAD_BYTES + length
        found: Read | Answer | None = None
        if _believed(kind, length):
            if len(buffer) < end:
                break
            found = _meaning(Message(kind), buffer[at + HEAD_BYTES : end])
            bad += found is None
        if found is None:
            at += 1
            if not lost:
                resyncs, lost = resyncs + 1, True
            continue
        if isinstance(found, Answer):
            answers.append(found)
        else:
            reads.append(found)
        at, lost = end, False
    return Heard(tuple(reads), tuple(answers), bad, resyncs, buffer[at:], lost)


def _meaning(kind: Message, data: bytes) -> Read | Answer | None:
    """What a message says; None when it cannot be one."""
    if kind is Message.CONTINUOUS:
        return Answer(Asked.CONTINUOUS, data) if data in (b"\x00", b"\x01") else None
    if not printable(data):
        return None
    if kind in _TEXTS:
        return Answer(_TEXTS[kind], data)
    if kind is Message.LINE:
        # One line is no zone; the station does not ask for it.
        return FailedRead(FailReason.UNREADABLE)
    return judge(data.decode("ascii").replace("\n", "\r").split("\r"))


def finish(buffer: bytes, lost: bool = False) -> Heard:
    """A message that stopped in the middle has failed."""
    del lost
    begun = len(buffer) > HEAD_BYTES and buffer[0] == Message.ZONE
    reads = (FailedRead(FailReason.UNFINISHED),) if begun else ()
    return Heard(reads, (), 0, int(bool(buffer)), b"", False)


def feed_commands(buffer: bytes) -> tuple[tuple[tuple[Message, bytes], ...], bytes]:
    """The reader's side of the wire: whole commands with their data, and the rest; anything else is skipped."""
    commands: list[tuple[Message, bytes]] = []
    at = 0
    while len(buffer) - at >= HEAD_BYTES:
        kind, length = buffer[at], int.from_bytes(buffer[at + 1 : at + HEAD_BYTES], "big")
        if kind not in tuple(Message) or length != (kind == Message.CONTINUOUS):
            at += 1
            continue
        if len(buffer) - at < HEAD_BYTES + length:
            break
        commands.append((Message(kind), buffer[at + HEAD_BYTES : at + HEAD_BYTES + length]))
        at += HEAD_BYTES + length
    return tuple(commands), buffer[at:]


ANSWER_SECONDS = 2.0
TRIES = 3
AGAIN_SECONDS = 30.0
"""How often the mode is turned on again although it should be on: a reader that lost power for a moment is off."""


class ElyctisConversation:
    """Turns the continuous mode on, again after every zone, and says so when the reader does not answer."""

    def __init__(self) -> None:
        self._greeted = self._waiting = self._armed = False
        self._due = 0.0
        self._unanswered = 0

    @property
    def ready(self) -> bool:
        """Whether it has said that it looks for documents."""
        return self._armed

    @property
    def trouble(self) -> str:
        """Said after several commands without an answer."""
        if self._unanswered < TRIES:
            return ""
        return say("does not answer; check its cable, its power and its baud rate in the profile.")

    def step(self, moment: float, heard: Heard | None) -> tuple[bytes, ...]:
        """The command to look for documents, when it is due."""
        if not self._greeted:
            self._greeted = self._waiting = True
            self._due = moment + ANSWER_SECONDS
            return message(Message.VERSION), message(Message.SERIAL_NUMBER), continuous(True)
        if heard is not None:
            self._heard(moment, heard)
        if moment < self._due:
            return ()
        if self._waiting:
            self._unanswered += 1
            self._armed = self._armed and self._unanswered < TRIES
        self._waiting, self._due = True, moment + ANSWER_SECONDS
        return (continuous(True),)

    def _heard(self, moment: float, heard: Heard) -> None:
        states = [answer.value for answer in heard.answers if answer.asked is Asked.CONTINUOUS]
        if states:
            self._armed, self._waiting, self._unanswered = states[-1] == b"\x01", False, 0
            self._due = moment + (AGAIN_SECONDS if self._armed else ANSWER_SECONDS)
        if heard.reads:
            # It has turned itself off, or what it sent was torn and it may have.
            self._waiting, self._due = False, moment


class Elyctis:
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
        """Version, serial number, then the continuous mode for as long as the port is open."""
        return ElyctisConversation()
