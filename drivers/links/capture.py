"""Captures: what went over one cable, with the time of every piece, in a file that a power cut cannot spoil. Pure.

     {"format": "daan-capture", "version": 1, ...} LF        the header: one line of JSON, see Header
     +--------+----------------+-----------+------+--------+
     | length | ns since start | direction | data | CRC-32 |   and then records, each 17 bytes and its data long
     +--------+----------------+-----------+------+--------+
      u32      u64              u8                 u32         big-endian; the CRC is over everything before it

Records are only ever put behind each other. A record that was torn when the power went is not whole or fails its CRC:
it and whatever follows are left out, and everything before it is read.
"""

import json
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from pathlib import Path

from config.messages.said import say
from drivers.errors import CaptureUnreadable

FORMAT = "daan-capture"
VERSION = 1
SUFFIX = ".daancap"

_HEAD = struct.Struct(">IQB")
_CRC = struct.Struct(">I")
_MOST_DATA = 1 << 20
"""Of one record; a read brings 16 KB. A length beyond is a damaged one."""
_MOST_HEADER = 4096


class Direction(IntEnum):
    """Which way the bytes went."""

    IN = 0
    """From the device."""
    OUT = 1
    """To the device."""


class Holds(StrEnum):
    """What somebody who opens the file will find in it."""

    MEASUREMENTS = "measurements"
    """Temperatures and thermal pictures of whoever stood there; no names."""
    STATES = "states"
    """Commands to a relay board or a printer and its answers."""
    PERSONAL = "personal data"
    """Whole texts of passports and certificates."""
    INVENTED = "invented data"
    """Made from an emulator; nobody's."""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a capture before its first byte."""

    device: str
    """Name of the device."""
    protocol: str
    baud: int
    link: str
    """What kind of link it was, without its name: "serial", "socket" …"""
    software: str
    """The version that wrote it."""
    started_at: datetime
    """With its time zone; records count from here."""
    holds: Holds


@dataclass(frozen=True, slots=True)
class Record:
    """One piece of the stream."""

    at_ns: int
    """Monotonic nanoseconds since the start."""
    direction: Direction
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Capture:
    """A whole capture."""

    header: Header
    records: tuple[Record, ...] = field(repr=False)
    torn_bytes: int = 0
    """At the end, that are no whole record."""

    @property
    def seconds(self) -> float:
        """From the start to the last record."""
        return self.records[-1].at_ns / 1e9 if self.records else 0.0


def encode_header(header: Header) -> bytes:
    """The first line of a file."""
    told = {
        "format": FORMAT,
        "version": VERSION,
        "device": header.device,
        "protocol": header.protocol,
        "baud": header.baud,
        "link": header.link,
        "software": header.software,
        "started_at": header.started_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "holds": header.holds.value,
    }
    return json.dumps(told, ensure_ascii=False).encode("utf-8") + b"\n"


def encode_record(record: Record) -> bytes:
    """The bytes of one record.

    Raises:
        ValueError: more than a mebibyte of data.
    """
    if len(record.data) > _MOST_DATA:
        raise ValueError("One record holds a mebibyte at most; split the data.")
    body = _HEAD.pack(len(record.data), record.at_ns, record.direction) + record.data
    return body + _CRC.pack(zlib.crc32(body))


def decode(data: bytes, name: str = "The capture") -> Capture:
    """Everything whole in a file.

    Args:
        data: the file.
        name: of the file, for what is said about it.

    Raises:
        CaptureUnreadable: it is no capture, or one of a newer version.
    """
    line, end, rest = data[:_MOST_HEADER].partition(b"\n")
    header = _header(line, name) if end else None
    if header is None:
        raise CaptureUnreadable(say("{file} is no capture of a device; choose another file.", file=name))
    rest = data[len(line) + 1 :]
    records, at = [], 0
    while (record := _record(rest, at)) is not None:
        records.append(record)
        at += _HEAD.size + len(record.data) + _CRC.size
    return Capture(header, tuple(records), len(rest) - at)


def _header(line: bytes, name: str) -> Header | None:
    try:
        told = json.loads(line)
        if not isinstance(told, dict) or told["format"] != FORMAT:
            return None
        if told["version"] != VERSION:
            pattern = "{file} was written by a newer version; replay it with that one."
            raise CaptureUnreadable(say(pattern, file=name))
        return Header(
            device=str(told["device"]),
            protocol=str(told["protocol"]),
            baud=int(told["baud"]),
            link=str(told["link"]),
            software=str(told["software"]),
            started_at=datetime.fromisoformat(told["started_at"]).astimezone(UTC),
            holds=Holds(told["holds"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        # A number or a time that no machine can hold is an OverflowError.
        return None


def _record(data: bytes, at: int) -> Record | None:
    """The record at that place; None when no whole one stands there."""
    if len(data) - at < _HEAD.size + _CRC.size:
        return None
    length, at_ns, direction = _HEAD.unpack_from(data, at)
    end = at + _HEAD.size + length
    if length > _MOST_DATA or len(data) < end + _CRC.size or direction not in tuple(Direction):
        return None
    if zlib.crc32(data[at:end]) != _CRC.unpack_from(data, end)[0]:
        return None
    return Record(at_ns, Direction(direction), data[at + _HEAD.size : end])


def read_capture(path: Path) -> Capture:
    """The capture in a file.

    Raises:
        CaptureUnreadable: it cannot be read, or is no capture.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise CaptureUnreadable(
            say("{file} cannot be read ({why}); choose another file.", file=str(path), why=why)
        ) from error
    return decode(data, str(path))
