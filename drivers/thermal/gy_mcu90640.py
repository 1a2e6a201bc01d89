"""GY-MCU90640: an MLX90640 thermal array (32 x 24 pixels) behind a small controller with a UART.

Source: "GYMCU90640 Module User Manual V1.0". 8N1, 9600 / 115200 (as delivered) / 460800 baud; streams by itself after
power-on. Numbers are little-endian.

     0      2      4                                          1540     1542    1544
     +------+------+------------------------------------------+--------+-------+
     | 5A5A | 0206 | 768 x int16: degrees C x 100, row by row | int16  | sum   |
     +------+------+------------------------------------------+--------+-------+
      header length  32 a row, 24 rows                         ambient  uint16

The sum is that of the first 771 sixteen-bit words, low 16 bits (not a sum of bytes).
The first pixel is the upper *right* one of the picture, so each row runs from right to left on the wire; `feed` turns
the rows round and `encode` turns them back: a ThermalFrame is what a viewer sees who faces the person.

Commands are A5, operation, value, 8-bit sum. "Read emissivity" is answered by 5A 5A, value, 8-bit sum: the frame's
header, told apart by the two bytes that follow. A frame takes 134 ms at 115200 baud, so 8 Hz needs 460800.
"""

from dataclasses import dataclass

import numpy as np

from drivers.ports import ByteLink, Decoded, ThermalProfile
from drivers.readings import ThermalFrame

PROFILE = ThermalProfile(
    protocol="gy-mcu90640",
    rows=24,
    columns=32,
    baud=115_200,
    bauds=(9_600, 115_200, 460_800),
    rates_hertz=(0.5, 1.0, 2.0, 4.0, 8.0),
    emissivity_range=(0.01, 1.0),
    # The MLX90640's data sheet: objects from -40 to 300, the chip itself from -40 to 85.
    plausible_celsius=(-40.0, 300.0),
    ambient_celsius=(-40.0, 85.0),
    # Data sheet, thermal behaviour: settling takes up to four minutes after power-on.
    warm_up_seconds=240.0,
)

HEADER = b"\x5a\x5a"
LENGTH = b"\x02\x06"
FRAME_BYTES = 1544
ANSWER_BYTES = 4
COMMAND_BYTES = 4

_PIXELS = PROFILE.rows * PROFILE.columns
_WORDS = 771
_COMMAND = 0xA5
_BAUD, _RATE, _MODE, _SET_EMISSIVITY, _READ_EMISSIVITY, _SAVE = 0x15, 0x25, 0x35, 0x45, 0x55, 0x65
_OPERATIONS = frozenset({_BAUD, _RATE, _MODE, _SET_EMISSIVITY, _READ_EMISSIVITY, _SAVE})


def feed(buffer: bytes, lost: bool = False) -> Decoded:
    """Take every whole frame and answer out of a buffer.

    A header whose frame proves wrong costs two bytes only: the search goes on right behind it, so a good frame that
    follows rubbish, or begins inside a torn one, is never lost. However a stream is cut into buffers, the frames and
    the counts are the same, as long as `remainder` and `lost` are handed on.

    Args:
        buffer: the remainder of the last call and the bytes that came since.
        lost: the last call's `lost`.
    """
    frames: list[ThermalFrame] = []
    emissivities: list[float] = []
    bad = resyncs = at = 0
    while True:
        start = buffer.find(HEADER, at)
        if start < 0:
            # The last byte may be the first half of a header.
            end = max(at, len(buffer) - 1) if buffer.endswith(HEADER[:1]) else len(buffer)
            start, whole = end, False
        else:
            whole = len(buffer) - start >= ANSWER_BYTES
        if start > at and not lost:
            resyncs, lost = resyncs + 1, True
        if not whole:
            return Decoded(tuple(frames), tuple(emissivities), bad, resyncs, buffer[start:], lost)
        if buffer[start + 2 : start + 4] == LENGTH:
            if len(buffer) - start < FRAME_BYTES:
                return Decoded(tuple(frames), tuple(emissivities), bad, resyncs, buffer[start:], lost)
            frame = _frame(buffer[start : start + FRAME_BYTES])
            if frame is not None:
                frames.append(frame)
                at, lost = start + FRAME_BYTES, False
                continue
            bad += 1
        else:
            emissivity = parse_emissivity(buffer[start : start + ANSWER_BYTES])
            if emissivity is not None:
                emissivities.append(emissivity)
                at, lost = start + ANSWER_BYTES, False
                continue
        at = start + 1
        if not lost:
            resyncs, lost = resyncs + 1, True


def _frame(data: bytes) -> ThermalFrame | None:
    """The frame in exactly FRAME_BYTES bytes; None when the sum or the plausible range says no."""
    words = np.frombuffer(data, "<u2")
    if int(words[:_WORDS].sum(dtype=np.uint32)) & 0xFFFF != int(words[_WORDS]):
        return None
    values = np.frombuffer(data, "<i2", count=_PIXELS + 1, offset=4)
    if not values.any():
        # A dead sensor behind a living controller sends zeros with a sum that fits.
        return None
    low, high = PROFILE.plausible_celsius
    ambient = float(values[_PIXELS]) / 100
    pixels = values[:_PIXELS]
    if pixels.min() < low * 100 or pixels.max() > high * 100:
        return None
    if not PROFILE.ambient_celsius[0] <= ambient <= PROFILE.ambient_celsius[1]:
        return None
    wire = pixels.reshape(PROFILE.rows, PROFILE.columns)
    return ThermalFrame(wire[:, ::-1].astype(np.float32) / np.float32(100), ambient)


def encode(frame: ThermalFrame) -> bytes:
    """The 1544 bytes that the module would send for this picture.

    Raises:
        ValueError: the picture is not 24 x 32, or a value is none that the module could send.
    """
    if frame.celsius.shape != (PROFILE.rows, PROFILE.columns):
        raise ValueError(f"A GY-MCU90640 picture is 24 x 32 pixels, not {frame.celsius.shape}; resample it first.")
    low, high = PROFILE.plausible_celsius
    if not (np.isfinite(frame.celsius).all() and low <= frame.celsius.min() and frame.celsius.max() <= high):
        raise ValueError(f"A GY-MCU90640 sends pixels from {low:g} to {high:g} degrees; correct the picture.")
    if not PROFILE.ambient_celsius[0] <= frame.ambient_celsius <= PROFILE.ambient_celsius[1]:
        raise ValueError("A GY-MCU90640's own temperature is between -40 and 85 degrees; correct the ambient value.")
    words = np.empty(_WORDS + 1, "<u2")
    words[:2] = np.frombuffer(HEADER + LENGTH, "<u2")
    hundredths = np.rint(frame.celsius[:, ::-1].astype(np.float64) * 100).astype("<i2")
    words[2:-2] = hundredths.reshape(-1).view("<u2")
    words[-2] = round(frame.ambient_celsius * 100) & 0xFFFF
    words[-1] = int(words[:-1].sum(dtype=np.uint32)) & 0xFFFF
    return words.tobytes()


def _command(operation: int, value: int) -> bytes:
    body = bytes((_COMMAND, operation, value))
    return body + bytes((sum(body) & 0xFF,))


def set_baud(baud: int) -> bytes:
    """Command: another baud rate; takes effect after `save` and a power cycle."""
    if baud not in PROFILE.bauds:
        raise ValueError(f"A GY-MCU90640 knows {PROFILE.bauds} baud, not {baud}.")
    return _command(_BAUD, PROFILE.bauds.index(baud) + 1)


def set_rate(hertz: float) -> bytes:
    """Command: frames a second."""
    if hertz not in PROFILE.rates_hertz:
        raise ValueError(f"A GY-MCU90640 knows {PROFILE.rates_hertz} frames a second, not {hertz:g}.")
    return _command(_RATE, PROFILE.rates_hertz.index(hertz))


def query_frame() -> bytes:
    """Command: stop streaming and send one frame now."""
    return _command(_MODE, 1)


def stream() -> bytes:
    """Command: send frames by itself."""
    return _command(_MODE, 2)


def set_emissivity(emissivity: float) -> bytes:
    """Command: the emissivity of what is measured, in steps of 0.01 (human skin: 0.98)."""
    low, high = PROFILE.emissivity_range
    if not low <= emissivity <= high:
        raise ValueError(f"A GY-MCU90640's emissivity is between {low:g} and {high:g}, not {emissivity:g}.")
    return _command(_SET_EMISSIVITY, round(emissivity * 100))


def read_emissivity() -> bytes:
    """Command: ask for the emissivity in force; the answer comes between two frames."""
    return _command(_READ_EMISSIVITY, 1)


def save() -> bytes:
    """Command: keep the settings over a power cycle."""
    return _command(_SAVE, 1)


def emissivity_answer(emissivity: float) -> bytes:
    """The module's four-byte answer to `read_emissivity`."""
    body = HEADER + bytes((round(emissivity * 100),))
    return body + bytes((sum(body) & 0xFF,))


def parse_emissivity(data: bytes) -> float | None:
    """The emissivity in a four-byte answer; None when it is no such answer."""
    if len(data) != ANSWER_BYTES or not data.startswith(HEADER) or sum(data[:3]) & 0xFF != data[3]:
        return None
    return data[2] / 100 if 1 <= data[2] <= 100 else None


@dataclass(frozen=True, slots=True)
class Command:
    """One command as the module understands it; the field that it sets is the only one not None."""

    baud: int | None = None
    rate_hertz: float | None = None
    streaming: bool | None = None
    """False: one frame, now."""
    emissivity: float | None = None
    asks_emissivity: bool = False
    saves: bool = False


def feed_commands(buffer: bytes) -> tuple[tuple[Command, ...], bytes]:
    """The module's side of the wire: whole commands in a buffer, and the rest; anything else is skipped."""
    commands: list[Command] = []
    at = 0
    while (start := buffer.find(_COMMAND, at)) >= 0:
        data = buffer[start : start + COMMAND_BYTES]
        if len(data) < COMMAND_BYTES:
            return tuple(commands), buffer[start:]
        command = _understood(data)
        at = start + (1 if command is None else COMMAND_BYTES)
        if command is not None:
            commands.append(command)
    return tuple(commands), b""


def _understood(data: bytes) -> Command | None:
    operation, value = data[1], data[2]
    if sum(data[:3]) & 0xFF != data[3] or operation not in _OPERATIONS:
        return None
    if operation == _BAUD and 1 <= value <= len(PROFILE.bauds):
        return Command(baud=PROFILE.bauds[value - 1])
    if operation == _RATE and value < len(PROFILE.rates_hertz):
        return Command(rate_hertz=PROFILE.rates_hertz[value])
    if operation == _MODE and value in (1, 2):
        return Command(streaming=value == 2)
    if operation == _SET_EMISSIVITY and 1 <= value <= 100:
        return Command(emissivity=value / 100)
    if operation == _READ_EMISSIVITY and value == 1:
        return Command(asks_emissivity=True)
    if operation == _SAVE and value == 1:
        return Command(saves=True)
    return None


class GyMcu90640:
    """The functions above behind the ThermalCodec protocol."""

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this scanner."""
        return PROFILE

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in `buffer`, and the rest."""
        return feed(buffer, lost)

    def encode(self, frame: ThermalFrame) -> bytes:
        """The frame as the module would send it."""
        return encode(frame)

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """Set what is given, then stream, then ask which emissivity is in force."""
        rate = () if rate_hertz is None else (set_rate(rate_hertz),)
        skin = () if emissivity is None else (set_emissivity(emissivity),)
        return (*rate, *skin, stream(), read_emissivity())

    def attach(self, link: ByteLink) -> ByteLink:
        """The link itself: the module streams."""
        return link
