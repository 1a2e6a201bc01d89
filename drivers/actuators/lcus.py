r"""LCUS-1 to LCUS-8: USB relay boards (CH340, 1A86:7523) with one to eight relays.

Sources: the maker's sheet ("LC USB switch communication protocol") as repeated in public drivers. 8N1, 9600 baud.

     +----+---------+------------+-----+
     | A0 | channel | 00 / 01    | sum |     sum: of the three bytes, low 8 bits
     +----+---------+------------+-----+
           01 to 08   off / on

     FF     which are on? Old boards say nothing. Newer ones answer in one of two ways (both seen in public drivers,
            neither confirmed here on hardware): one byte for each channel, 00 or 01; or text, "CH1:OFF \r\n" ...

A command is not answered. What a board without an answer to FF has been told is "commanded", never "confirmed"; and
even a confirmed relay says nothing about the gate behind it. Without power every relay falls off: what must be safe
then is wired so (docs/devices/lcus.md).
"""

import re
from dataclasses import dataclass

from drivers.actuators.outcome import ActuatorProfile

PROFILE = ActuatorProfile(protocol="lcus", baud=9_600, bauds=(9_600,))
MOST_CHANNELS = 8
QUERY = b"\xff"
_HEAD = 0xA0
_COMMAND_BYTES = 4
_TEXT = re.compile(rb"CH(\d) ?: ?(ON|OFF)\b[ \r\n]*", re.IGNORECASE)


def switch(channel: int, on: bool) -> bytes:
    """Command: one relay.

    Raises:
        ValueError: no board has that channel.
    """
    if not 1 <= channel <= MOST_CHANNELS:
        raise ValueError(f"An LCUS board has channels 1 to {MOST_CHANNELS}, not {channel}; correct the profile.")
    body = bytes((_HEAD, channel, on))
    return body + bytes((sum(body) & 0xFF,))


def status(states: tuple[bool, ...], text: bool = False) -> bytes:
    """A board's answer to QUERY, in one of the two ways."""
    if text:
        return b"".join(b"CH%d:%s \r\n" % (at, b"ON" if on else b"OFF") for at, on in enumerate(states, 1))
    return bytes(states)


def parse_status(data: bytes, channels: int) -> tuple[bool, ...] | None:
    """Which relays are on, from all that came after one QUERY; None when it is no answer, or not all of one.

    Args:
        data: everything that came.
        channels: how many relays the board has.
    """
    if len(data) == channels and set(data) <= {0, 1}:
        return tuple(byte == 1 for byte in data)
    found = list(_TEXT.finditer(data))
    if b"".join(match[0] for match in found) != data.lstrip(b"\r\n"):
        return None
    if [int(match[1]) for match in found] != list(range(1, channels + 1)) or not data.endswith((b"\n", b"\r")):
        return None
    return tuple(match[2].upper() == b"ON" for match in found)


@dataclass(frozen=True, slots=True)
class Command:
    """One command as a board understands it; channel 0 asks for the states."""

    channel: int
    on: bool = False


def feed_commands(buffer: bytes) -> tuple[tuple[Command, ...], bytes]:
    """The board's side of the wire: whole commands in a buffer, and the rest; anything else is skipped."""
    commands: list[Command] = []
    at = 0
    while at < len(buffer):
        if buffer[at] == QUERY[0]:
            commands.append(Command(0))
            at += 1
            continue
        data = buffer[at : at + _COMMAND_BYTES]
        if data[0] == _HEAD and len(data) < _COMMAND_BYTES:
            return tuple(commands), data
        good = data[0] == _HEAD and 1 <= data[1] <= MOST_CHANNELS and data[2] <= 1 and sum(data[:3]) & 0xFF == data[3]
        if good:
            commands.append(Command(data[1], data[2] == 1))
        at += _COMMAND_BYTES if good else 1
    return tuple(commands), b""
