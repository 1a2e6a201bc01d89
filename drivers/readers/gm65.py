"""GM65 and its family (GM60, GM8xx; Hangzhou Grow): 2D code modules on a UART, with settings that can be asked for.

Sources: "GM65 Bar Code Reader Module User Manual" V1.3, chapter 8 (commands, CRC, zone bits 0x0000 and 0x0002);
"GM60-S ... User Manual" V1.1, 2.1; address 0x0060 and the tail as in public drivers of the GM65; address 0x00BC as in
the specter-diy wallet's driver (unconfirmed by the maker). 8N1, 9600 baud as delivered.

Texts come as lines (see `lines`). Between them stand the module's own messages:

     host:    7E 00 | type | count | address hi lo | value ... | CRC hi lo
     module:  02 00 | 00   | count |                 value ... | CRC hi lo

     type 07: read (the value says how many), 08: write, 09: keep in EEPROM (address and value 0)

The CRC is CRC-16/XMODEM over everything behind the first two bytes; AB CD in its place means "do not check". A write
is answered by 02 00 00 01 00 33 31. An answer does not say which address it is about, so one thing is asked at a time.
The module drops a command whose bytes come more than 400 ms apart, and one whose CRC is wrong, without a word.
"""

import binascii
from dataclasses import dataclass
from enum import IntEnum

from drivers.readers import lines
from drivers.readers.lines import Reply
from drivers.readers.reads import Answer, Asked, Heard, ReaderProfile

PROFILE = ReaderProfile(
    protocol="gm65",
    baud=9_600,
    bauds=(9_600, 14_400, 19_200, 38_400, 57_600, 115_200),
    reads_documents=False,
    answers=True,
)

COMMAND_HEAD = b"\x7e\x00"
ANSWER_HEAD = b"\x02\x00"
UNCHECKED = b"\xab\xcd"
MOST_ANSWERED = 16
"""Bytes of one answer; the module can send 256, the station asks for one or two."""
_OVERHEAD = 6


class Operation(IntEnum):
    """The type byte of a command."""

    READ = 0x07
    WRITE = 0x08
    SAVE = 0x09


class Setting(IntEnum):
    """Addresses of settings ("zone bits")."""

    MODE = 0x0000
    """Bits 1-0: read mode; 3-2 light, 5-4 aim, 6 sound, 7 LED."""
    TRIGGER = 0x0002
    """Bit 0: look for a code now (command mode)."""
    TAIL = 0x0060
    """Bit 0: line ending sent; 6-5: 00 CR, 01 CR LF, 10 tab; 4 "RF" on failure; 3 prefix; 2 code id; 1 suffix."""
    RAW = 0x00BC
    """08: bytes of a code as they are; needed by firmware 69 only, and in no manual."""
    VERSION = 0x00E2
    """The firmware."""


class ReadMode(IntEnum):
    """When the module looks for codes."""

    BUTTON = 0
    COMMAND = 1
    CONTINUOUS = 2
    SENSOR = 3
    """When the picture in front of it changes: the lamp is off while nobody is there."""


TAIL_MASK = 0x7F
TAIL_WANTED = 0x21
"""Text, CR, LF: no prefix, no code id, no suffix, nothing on failure."""
MODE_MASK = 0x03
FIRMWARE_THAT_CHANGES_BYTES = 0x69
RAW_WANTED = 0x08


@dataclass(frozen=True, slots=True)
class Gm65Settings:
    """What a module is to be set to."""

    read_mode: ReadMode | None = ReadMode.SENSOR
    """None leaves the mode as it is."""
    keep: bool = True
    """Whether corrected settings are kept over a power cycle; written only when something was wrong, for the EEPROM
    does not take many writes."""


def crc(data: bytes) -> bytes:
    """CRC-16/XMODEM (polynomial 1021, start 0), high byte first."""
    return binascii.crc_hqx(data, 0).to_bytes(2, "big")


def command(operation: Operation, address: int, value: bytes) -> bytes:
    """One command with its CRC.

    Raises:
        ValueError: the value is not 1 to 255 bytes, or the address is not 16 bits.
    """
    if not 1 <= len(value) <= 255 or not 0 <= address <= 0xFFFF:
        raise ValueError("A GM65 command writes 1 to 255 bytes to an address of 16 bits; correct the setting.")
    body = bytes((operation, len(value))) + address.to_bytes(2, "big") + value
    return COMMAND_HEAD + body + crc(body)


def read_setting(setting: Setting) -> bytes:
    """Command: one byte of a setting."""
    return command(Operation.READ, setting, b"\x01")


def write_setting(setting: Setting, value: int) -> bytes:
    """Command: one byte of a setting; lost at power-off unless saved."""
    return command(Operation.WRITE, setting, bytes((value,)))


def save() -> bytes:
    """Command: keep all settings in EEPROM."""
    return command(Operation.SAVE, 0, b"\x00")


def trigger() -> bytes:
    """Command: look for a code now (command mode)."""
    return write_setting(Setting.TRIGGER, 1)


def answer(value: bytes = b"\x00") -> bytes:
    """The module's answer; one zero byte is the receipt for a write."""
    body = bytes((0, len(value))) + value
    return ANSWER_HEAD + body + crc(body)


def find_reply(buffer: bytes, at: int) -> Reply | None:
    """The module's own message at that place of a buffer; None: a text begins there."""
    if buffer[at : at + 2] != ANSWER_HEAD:
        return None
    if len(buffer) - at < 4:
        return Reply(0, None)
    count = buffer[at + 3]
    if not 1 <= count <= MOST_ANSWERED:
        return None
    length = _OVERHEAD + count
    if len(buffer) - at < length:
        return Reply(0, None)
    body = buffer[at + 2 : at + 4 + count]
    whole = crc(body) == buffer[at + 4 + count : at + length] and body[0] == 0
    return Reply(length, Answer(Asked.SETTING, body[2:]) if whole else None)


def feed(buffer: bytes, lost: bool = False) -> Heard:
    """Every whole text and answer in a buffer, and the rest.

    The two letters "RF" alone are what the module sends when it could not read (manual, chapter 5), if it is set so.
    """
    return lines.feed(buffer, lost, find_reply, nothing_read=b"RF")


@dataclass(frozen=True, slots=True)
class Command:
    """One command as the module understands it."""

    operation: Operation
    address: int
    value: bytes


def feed_commands(buffer: bytes) -> tuple[tuple[Command, ...], bytes]:
    """The module's side of the wire: whole commands in a buffer, and the rest; anything else is skipped."""
    commands: list[Command] = []
    at = 0
    while (start := buffer.find(COMMAND_HEAD, at)) >= 0:
        if len(buffer) - start < 4:
            return tuple(commands), buffer[start:]
        operation, count = buffer[start + 2], buffer[start + 3]
        end = start + 6 + count
        if operation not in tuple(Operation) or not count:
            at = start + 1
            continue
        if len(buffer) < end + 2:
            return tuple(commands), buffer[start:]
        given = buffer[end : end + 2]
        if given not in (UNCHECKED, crc(buffer[start + 2 : end])):
            at = start + 1
            continue
        address = int.from_bytes(buffer[start + 4 : start + 6], "big")
        commands.append(Command(Operation(operation), address, buffer[start + 6 : end]))
        at = end + 2
    return tuple(commands), buffer[-1:] if buffer[at:].endswith(COMMAND_HEAD[:1]) else b""
