"""Meridian SenXor MI48 with an 80 x 62 array (MI0801, MI0802), over its USB serial port.

Source: the maker's pysenxor-lite (Apache-2.0, 2026): interface/serial_port/parser.py (messages), regmap/registers.py
and fields.py (registers), consts.py (types). Facts only; this code is our own.

     0       4        8       12            12+n       16+n
     +-------+--------+-------+-------------+----------+
     | "   #" | length | name  | n bytes     | checksum |      length and checksum are four digits 0-9 A-F;
     +-------+--------+-------+-------------+----------+      length counts all that follows it: n + 8
    The checksum is the sum of the bytes from the length to the end of the n bytes, low 16 bits. A host may write XXXX.

    GFRA, a frame, n = 10240: 160 bytes reserved, 80 words of header, 62 rows of 80 words of tenths of a kelvin.
    Header words: 0 counter, 2 die temperature in hundredths of a kelvin, 5 and 6 warmest and coldest pixel.
    RRSE, registers read: pairs of address and value in hexadecimal digits. WREG: a register was written.
    SERR: there is no sensor.

Lower-case digits are refused: 'A' and 'a' would be the same checksum with a changed byte. Unconfirmed on hardware: the
byte order of words (taken as little-endian, as the maker's library does on a PC), whether the rows are mirrored (taken
as sent), the sensor's greatest frame rate (taken as 25 a second; register B4 divides it).
"""

import math
import struct

import numpy as np

from drivers.ports import ByteLink, Decoded, Fact, ThermalProfile, Trouble
from drivers.readings import ThermalFrame
from drivers.thermal.scan import BROKEN, NOTHING, Piece, scan

GREATEST_RATE = 25.0
PROFILE = ThermalProfile(
    protocol="senxor",
    rows=62,
    columns=80,
    baud=115_200,
    # A USB serial port: the number is taken and means nothing.
    bauds=(115_200,),
    rates_hertz=tuple(GREATEST_RATE / divider for divider in range(25, 0, -1)),
    emissivity_range=(0.01, 1.0),
    plausible_celsius=(-40.0, 400.0),
    ambient_celsius=(-40.0, 100.0),
    warm_up_seconds=240.0,
)

HEADER = b"   #"
FRAME_BYTES = 10_256
KELVIN = 273.15
MODE, FIRMWARE_1, FIRMWARE_2, DIVIDER, STATUS = 0xB1, 0xB2, 0xB3, 0xB4, 0xB6
SENSOR_TYPE, UNITS, FACTOR, EMISSIVITY, OFFSET = 0xBA, 0x31, 0xC2, 0xCA, 0xCB
SERIAL = (0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5)
STREAM = 0x02
SENSOR_FAULTS = 0x0C
"""Bits 2 and 3 of STATUS: the sensor did not start, or a capture failed."""
TYPES = {0: "MI0801", 1: "MI0801", 4: "MI0802", 5: "MI0802", 8: "MI0802"}
ASKED = (FIRMWARE_1, FIRMWARE_2, STATUS, SENSOR_TYPE, FACTOR, EMISSIVITY, OFFSET, *SERIAL)

_FRAME_LENGTH = FRAME_BYTES - 8
_SHORT_LENGTH = 0x0100
"""No answer but a frame is longer; a damaged length must not make the codec wait for what never comes."""
_RESERVED, _HEADER_BYTES = 160, 160
_PIXELS = PROFILE.rows * PROFILE.columns
_NAMES = (b"GFRA", b"RREG", b"WREG", b"WRGE", b"RRSE", b"SERR")
_DIGITS = frozenset(b"0123456789ABCDEF")


def feed(buffer: bytes, lost: bool = False) -> Decoded:
    """Take every whole frame and answer out of a buffer; see `scan`."""
    return scan(buffer, lost, HEADER, _look)


def _hex(data: bytes) -> int | None:
    return int(data, 16) if data and _DIGITS.issuperset(data) else None


def _look(buffer: bytes, start: int) -> Piece | None:
    if len(buffer) - start < 12:
        return None
    length, name = _hex(buffer[start + 4 : start + 8]), buffer[start + 8 : start + 12]
    if length is None or name not in _NAMES:
        return NOTHING
    framed = name == b"GFRA"
    if framed != (length == _FRAME_LENGTH) or not (framed or 8 <= length <= _SHORT_LENGTH):
        return NOTHING
    if len(buffer) - start < 8 + length:
        return None
    end = start + 4 + length
    if _hex(buffer[end : end + 4]) != _sum(buffer[start + 4 : end]):
        return BROKEN if framed else NOTHING
    content = buffer[start + 12 : end]
    if framed:
        frame = _frame(content)
        return Piece(8 + length, frame=frame, bad=frame is None)
    if name == b"SERR":
        return Piece(8 + length, troubles=(Trouble.SENSOR_FAULT,))
    return _registers(content, 8 + length) if name == b"RRSE" else Piece(8 + length)


def _sum(data: bytes) -> int:
    return int(np.frombuffer(data, np.uint8).sum(dtype=np.uint32)) & 0xFFFF


def _frame(content: bytes) -> ThermalFrame | None:
    """The frame in a GFRA message's content; None when its values are none that the sensor can give."""
    (die,) = struct.unpack_from("<H", content, _RESERVED + 4)
    ambient = die / 100 - KELVIN
    tenths = np.frombuffer(content, "<u2", _PIXELS, _RESERVED + _HEADER_BYTES)
    low, high = PROFILE.plausible_celsius
    if tenths.min() < (low + KELVIN) * 10 or tenths.max() > (high + KELVIN) * 10:
        # A dead sensor's zeros are 0 K and end here too.
        return None
    if not PROFILE.ambient_celsius[0] <= ambient <= PROFILE.ambient_celsius[1]:
        return None
    celsius = (tenths.astype(np.float64) / 10 - KELVIN).astype(np.float32)
    return ThermalFrame(celsius.reshape(PROFILE.rows, PROFILE.columns), ambient)


def _registers(content: bytes, length: int) -> Piece:
    """What an answer to "which values do these registers have?" says."""
    numbers = [_hex(content[at : at + 2]) for at in range(0, len(content), 2)]
    if len(content) % 4 or None in numbers:
        return NOTHING
    values = {address: value for address, value in zip(numbers[::2], numbers[1::2], strict=True) if value is not None}
    facts: list[tuple[Fact, str]] = []
    if SENSOR_TYPE in values:
        facts.append((Fact.KIND, TYPES.get(values[SENSOR_TYPE], f"type {values[SENSOR_TYPE]}")))
    if values.keys() >= set(SERIAL):
        facts.append((Fact.SERIAL, "".join(f"{values[address]:02X}" for address in SERIAL)))
    if values.keys() >= {FIRMWARE_1, FIRMWARE_2}:
        major, minor = divmod(values[FIRMWARE_1], 16)
        facts.append((Fact.FIRMWARE, f"{major}.{minor}.{values[FIRMWARE_2]}"))
    if OFFSET in values:
        facts.append((Fact.OFFSET, f"{_signed(values[OFFSET]) / 10:.1f}"))
    if values.get(FACTOR):
        facts.append((Fact.FACTOR, f"{values[FACTOR] / 100:.2f}"))
    emissivity = values.get(EMISSIVITY, 0)
    return Piece(
        length,
        emissivity=emissivity / 100 if 1 <= emissivity <= 100 else None,
        facts=tuple(facts),
        troubles=(Trouble.SENSOR_FAULT,) if values.get(STATUS, 0) & SENSOR_FAULTS else (),
    )


def _signed(value: int) -> int:
    return value - 256 if value > 127 else value


def message(name: str, content: bytes) -> bytes:
    """One message with its checksum, as the device sends it."""
    body = f"{len(content) + 8:04X}{name}".encode("ascii") + content
    return HEADER + body + f"{_sum(body):04X}".encode("ascii")


def encode(frame: ThermalFrame, counter: int = 0) -> bytes:
    """The 10256 bytes that the device would send for this picture.

    Raises:
        ValueError: the picture is not 62 x 80, or a value is none that the device could send.
    """
    if frame.celsius.shape != (PROFILE.rows, PROFILE.columns):
        raise ValueError(f"A SenXor picture is 62 x 80 pixels, not {frame.celsius.shape}; resample it first.")
    low, high = PROFILE.plausible_celsius
    if not (np.isfinite(frame.celsius).all() and low <= frame.celsius.min() and frame.celsius.max() <= high):
        raise ValueError(f"A SenXor sends pixels from {low:g} to {high:g} degrees; correct the picture.")
    if not PROFILE.ambient_celsius[0] <= frame.ambient_celsius <= PROFILE.ambient_celsius[1]:
        raise ValueError("A SenXor's own temperature is between -40 and 100 degrees; correct the ambient value.")
    tenths = np.rint((frame.celsius.astype(np.float64) + KELVIN) * 10).astype("<u2")
    header = np.zeros(_HEADER_BYTES // 2, "<u2")
    header[0] = counter & 0xFFFF
    header[2] = round((frame.ambient_celsius + KELVIN) * 100)
    header[5], header[6] = tenths.max(), tenths.min()
    return message("GFRA", bytes(_RESERVED) + header.tobytes() + tenths.tobytes())


def _command(text: str) -> bytes:
    """A host's message; the device asks for no checksum and the maker's library sends XXXX."""
    return HEADER + f"{len(text) + 4:04X}{text}XXXX".encode("ascii")


def read_register(address: int) -> bytes:
    """Command: the value of one register."""
    return _command(f"RREG{address:02X}")


def write_register(address: int, value: int) -> bytes:
    """Command: set one register."""
    return _command(f"WREG{address:02X}{value:02X}")


def read_registers(addresses: tuple[int, ...]) -> bytes:
    """Command: the values of many registers at once."""
    return _command("RRSE" + "".join(f"{address:02X}" for address in addresses) + "FF")


def divider(rate_hertz: float) -> int:
    """The smallest divider of the greatest rate that is not faster than asked for."""
    return min(127, max(1, math.ceil(GREATEST_RATE / rate_hertz)))


def start_commands(rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
    """Stop, set the units to tenths of a kelvin and what is given, ask who it is, stream with headers.

    Raises:
        ValueError: the emissivity is none that the device knows.
    """
    low, high = PROFILE.emissivity_range
    if emissivity is not None and not low <= emissivity <= high:
        raise ValueError(f"A SenXor's emissivity is between {low:g} and {high:g}, not {emissivity:g}.")
    rate = () if rate_hertz is None else (write_register(DIVIDER, divider(rate_hertz)),)
    skin = () if emissivity is None else (write_register(EMISSIVITY, round(emissivity * 100)),)
    return (
        write_register(MODE, 0),
        write_register(UNITS, 0),
        *rate,
        *skin,
        read_registers(ASKED),
        write_register(MODE, STREAM),
    )


def feed_commands(buffer: bytes) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """The device's side of the wire: whole commands as (name, content), and the rest; anything else is skipped."""
    commands: list[tuple[str, bytes]] = []
    at = 0
    while (start := buffer.find(HEADER, at)) >= 0:
        length = _hex(buffer[start + 4 : start + 8])
        if len(buffer) - start < 8 or (length is not None and len(buffer) - start < 8 + min(length, _SHORT_LENGTH)):
            return tuple(commands), buffer[start:]
        at = start + 1
        if length is None or not 8 <= length <= _SHORT_LENGTH:
            continue
        body, checksum = buffer[start + 4 : start + 4 + length], buffer[start + 4 + length : start + 8 + length]
        if checksum == b"XXXX" or _hex(checksum) == _sum(body):
            commands.append((body[4:8].decode("latin-1"), body[8:]))
            at = start + 8 + length
    return tuple(commands), buffer[max(at, len(buffer) - 3) :]


class Senxor:
    """The functions above behind the ThermalCodec protocol."""

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this scanner."""
        return PROFILE

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in `buffer`, and the rest."""
        return feed(buffer, lost)

    def encode(self, frame: ThermalFrame) -> bytes:
        """The frame as the device would send it."""
        return encode(frame)

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """What to send after opening so that frames stream."""
        return start_commands(rate_hertz, emissivity)

    def attach(self, link: ByteLink) -> ByteLink:
        """The link itself: the device streams."""
        return link
