"""MLX90614 point sensors behind a small controller with a UART: two families of frames, 8N1.

Sources: shop texts and public drivers of the GY-MCU90614 / GY-MCU90615 ("5A 5A" frames) and of the GY-614V / GY-614V3
("A4 03" frames); the examples were worked out from the rule, none was seen on hardware. Numbers are big-endian
hundredths of a degree; every sum is that of all bytes before it, low 8 bits.

     0    1    2    3     4-5     6-7       8             GY-MCU90614: 45 = object and ambient, count of data bytes.
     5A   5A   45   04    object  ambient   sum           One shop text tells of a newer one with 10 bytes a frame: its
                                                          count is 05 and its protocol name mlx90614-5a-long.

     0    1    2    3    4    5-6     7-8      9-10  11   GY-614V: answer to "read 7 registers from 07". E is the
     A4   03   07   07   E    object  ambient  body  sum  emissivity in hundredths.

"body" is the maker's undocumented conversion of a forehead into a body temperature. It is never used: a station shows
skin temperature only. Register 06 hides an offset, (value - 100) / 10 degrees, that the module adds by itself; it is
asked for at the start and told as Fact.OFFSET.

An 8-bit sum lets one in 256 of the damaged frames pass; the fixed first bytes and the plausible ranges do the rest.
Each protocol name has one frame length, since a damaged count must not turn one length into the other.
"""

import struct

from drivers.ports import ByteLink, Decoded, Fact, ThermalProfile
from drivers.readings import ThermalFrame
from drivers.thermal.point import point_frame, point_value
from drivers.thermal.scan import BROKEN, NOTHING, Look, Piece, scan

HEADER_5A = b"\x5a\x5a"
OBJECT_AND_AMBIENT = 0x45
HEADER_A4 = b"\xa4\x03"
WRITE_A4 = 0x06
ID, BAUD, RATE, QUERY, TEXT, SAVE, OFFSET, EMISSIVITY, CHIP, FIRMWARE = 0, 1, 2, 3, 4, 5, 6, 7, 0x0E, 0x0F
MEASURED = 7
"""Registers 07 to 0D: emissivity, object, ambient, body."""
RATES_A4 = (1.0, 2.0, 5.0, 10.0)
STREAM_5A = bytes.fromhex("A545EA")
QUERY_5A = bytes.fromhex("A515BA")


def _profile(protocol: str, rates: tuple[float, ...], emissivity: tuple[float, float]) -> ThermalProfile:
    return ThermalProfile(
        protocol=protocol,
        rows=1,
        columns=1,
        baud=9_600,
        bauds=(9_600, 115_200),
        rates_hertz=rates,
        emissivity_range=emissivity,
        # Data sheet of the MLX90614: objects -70 to 380, the chip itself -40 to 125. The word ends at 327.67.
        plausible_celsius=(-70.0, 327.0),
        ambient_celsius=(-40.0, 125.0),
        warm_up_seconds=240.0,
    )


# The 5A modules have no command for the emissivity; the chip leaves its factory with 1.0 (data sheet, EEPROM).
PROFILE_5A = _profile("mlx90614-5a", (10.0,), (1.0, 1.0))
PROFILE_5A_LONG = _profile("mlx90614-5a-long", (10.0,), (1.0, 1.0))
PROFILE_A4 = _profile("mlx90614-a4", RATES_A4, (0.01, 1.0))


def summed(body: bytes) -> bytes:
    """`body` and the sum of its bytes, low 8 bits."""
    return body + bytes((sum(body) & 0xFF,))


def frame_5a(celsius: float, ambient: float, extra: bytes = b"") -> bytes:
    """The frame of a GY-MCU90614; `extra` is what the longer version has after the ambient temperature."""
    values = struct.pack(">hh", round(celsius * 100), round(ambient * 100)) + extra
    return summed(HEADER_5A + bytes((OBJECT_AND_AMBIENT, len(values))) + values)


def frame_a4(emissivity: float, celsius: float, ambient: float, body: float) -> bytes:
    """The measuring registers of a GY-614V; `body` is the maker's own conversion."""
    hundredths = struct.pack(">hhh", round(celsius * 100), round(ambient * 100), round(body * 100))
    return answer_a4(EMISSIVITY, bytes((round(emissivity * 100),)) + hundredths)


def answer_a4(register: int, values: bytes) -> bytes:
    """A GY-614V's answer to a read command."""
    return summed(HEADER_A4 + bytes((register, len(values))) + values)


def read_a4(register: int, count: int) -> bytes:
    """Command: read so many registers from there."""
    return summed(HEADER_A4 + bytes((register, count)))


def write_a4(register: int, value: int) -> bytes:
    """Command: set one register."""
    return summed(bytes((HEADER_A4[0], WRITE_A4, register, value)))


def look_5a(profile: ThermalProfile, count: int) -> Look:
    """Judges 5A frames with that count of data bytes."""

    def look(buffer: bytes, start: int) -> Piece | None:
        if len(buffer) - start < 4:
            return None
        if buffer[start + 2 : start + 4] != bytes((OBJECT_AND_AMBIENT, count)):
            return NOTHING
        length = 5 + count
        if len(buffer) - start < length:
            return None
        data = buffer[start : start + length]
        if summed(data[:-1]) != data:
            return BROKEN
        celsius, ambient = struct.unpack_from(">hh", data, 4)
        return _measured(celsius, ambient, length, None, profile)

    return look


def look_a4(buffer: bytes, start: int) -> Piece | None:
    """Judges A4 answers: the measuring registers, the offset, the chip, the firmware."""
    if len(buffer) - start < 4:
        return None
    register, count = buffer[start + 2], buffer[start + 3]
    measured = (register, count) == (EMISSIVITY, MEASURED)
    if not measured and (count != 1 or register not in (OFFSET, CHIP, FIRMWARE)):
        return NOTHING
    length = 5 + count
    if len(buffer) - start < length:
        return None
    data = buffer[start : start + length]
    if summed(data[:-1]) != data:
        return BROKEN if measured else NOTHING
    if not measured:
        return Piece(length, facts=(_fact(register, data[4]),))
    emissivity, celsius, ambient, _body = struct.unpack_from(">Bhhh", data, 4)
    return _measured(celsius, ambient, length, emissivity / 100 if 1 <= emissivity <= 100 else None, PROFILE_A4)


def _fact(register: int, value: int) -> tuple[Fact, str]:
    if register == OFFSET:
        return Fact.OFFSET, f"{(value - 100) / 10:.1f}"
    return (Fact.FIRMWARE if register == FIRMWARE else Fact.KIND), f"{value:02X}"


def _measured(celsius: int, ambient: int, length: int, emissivity: float | None, profile: ThermalProfile) -> Piece:
    # A dead sensor behind a living controller sends zeros with a sum that fits.
    dead = celsius == ambient == 0
    frame = None if dead else point_frame(celsius / 100, ambient / 100, profile)
    return Piece(length, frame=frame, emissivity=emissivity, bad=frame is None)


class Mlx90614Five:
    """The 5A 5A family behind the ThermalCodec protocol.

    Args:
        profile: its fixed facts.
        count: data bytes in a frame, as its fourth byte tells.
    """

    def __init__(self, profile: ThermalProfile = PROFILE_5A, count: int = 4) -> None:
        self._profile = profile
        self._count = count
        self._look = look_5a(profile, count)

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this scanner."""
        return self._profile

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in `buffer`, and the rest."""
        return scan(buffer, lost, HEADER_5A, self._look)

    def encode(self, frame: ThermalFrame) -> bytes:
        """The frame as the module would send it; ValueError when it could not."""
        return frame_5a(point_value(frame, self._profile), frame.ambient_celsius, bytes(self._count - 4))

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """Stream. There is no command for the rate and none for the emissivity; the profile tells what it is."""
        del rate_hertz, emissivity
        return (STREAM_5A,)

    def attach(self, link: ByteLink) -> ByteLink:
        """The link itself: the module streams."""
        return link


class Mlx90614A4:
    """The A4 03 family behind the ThermalCodec protocol."""

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this scanner."""
        return PROFILE_A4

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in `buffer`, and the rest."""
        return scan(buffer, lost, HEADER_A4, look_a4)

    def encode(self, frame: ThermalFrame) -> bytes:
        """The frame as the module would send it, emissivity 0.98; ValueError when it could not."""
        celsius = point_value(frame, PROFILE_A4)
        return frame_a4(0.98, celsius, frame.ambient_celsius, celsius)

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """Binary frames by itself, not faster than asked for; then which offset and firmware it has.

        Raises:
            ValueError: the emissivity is none that the module knows.
        """
        low, high = PROFILE_A4.emissivity_range
        if emissivity is not None and not low <= emissivity <= high:
            raise ValueError(f"A GY-614V's emissivity is between {low:g} and {high:g}, not {emissivity:g}.")
        slow = [index for index, rate in enumerate(RATES_A4) if rate_hertz is not None and rate <= rate_hertz]
        rate = () if rate_hertz is None else (write_a4(RATE, max(slow, default=0)),)
        skin = () if emissivity is None else (write_a4(EMISSIVITY, round(emissivity * 100)),)
        asked = (read_a4(OFFSET, 1), read_a4(FIRMWARE, 1))
        return (write_a4(TEXT, 0), *rate, *skin, write_a4(QUERY, 0), *asked)

    def attach(self, link: ByteLink) -> ByteLink:
        """The link itself: the module streams."""
        return link
