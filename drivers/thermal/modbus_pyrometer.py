"""Pyrometers on Modbus-RTU: Calex PyroUSB; Calex PyroMiniBus and Omega OS-MINI, which share another register map.

Sources: Calex PyroUSB guide pages 11 and 12; PyroMiniBus PMB21 manual page 7; Omega OS-MINI manual page 21. 9600 baud,
8N1, address 1. Temperatures are signed tenths of a degree, emissivity is in ten-thousandths.

    |                                     | PyroUSB | PyroMiniBus, OS-MINI |
    | type (21, 22, 23 or 17)             | 00      | 00                   |
    | serial number, two words            | 02      | 02                   |
    | emissivity, not stored in flash     | 18      | 17                   |
    | filtered object, then unfiltered, then sensor, then status | 12-15 | 0E-11 |
    | status bits: 0 error, 1 sensor cold, 2 sensor hot, 3 object too low, 4 object too high |

The reading is the unfiltered object: the device's own filter is a correction that nobody recorded. A frame whose status
has any of those bits set is no reading. Answers do not say which register they tell of; their function and length do:
the emissivity is asked with function 03, the rest with 04, and the lengths differ.

Unconfirmed on hardware: the register numbers of the PyroMiniBus (its manual lists numbers and names in two columns).
Resolution is 0.1 degrees: average several readings.
"""

import struct
from dataclasses import dataclass

from drivers.ports import ByteLink, Decoded, Fact, ThermalProfile, Trouble
from drivers.readings import ThermalFrame
from drivers.thermal import modbus_rtu as rtu
from drivers.thermal.asking import AskingLink
from drivers.thermal.point import point_frame, point_value
from drivers.thermal.scan import BROKEN, NOTHING, Piece, scan

TYPE, SERIAL = 0x00, 0x02
MEASURED_WORDS, SERIAL_WORDS = 4, 2
STATUS_BITS = (
    Trouble.SENSOR_FAULT,
    Trouble.SENSOR_COLD,
    Trouble.SENSOR_HOT,
    Trouble.OBJECT_LOW,
    Trouble.OBJECT_HIGH,
)
"""By bit, from bit 0."""
TYPES = {21: "PyroUSB", 22: "PyroUSB", 23: "PyroUSB", 17: "PyroMiniBus"}


@dataclass(frozen=True, slots=True)
class RegisterMap:
    """Where a family keeps what is read here."""

    measured: int
    """The first of four: filtered, unfiltered, sensor, status."""
    emissivity: int
    """The one that is not written to flash."""


PYRO_USB = RegisterMap(measured=0x12, emissivity=0x18)
PYRO_MINI = RegisterMap(measured=0x0E, emissivity=0x17)


def _profile(protocol: str) -> ThermalProfile:
    return ThermalProfile(
        protocol=protocol,
        rows=1,
        columns=1,
        baud=9_600,
        bauds=(9_600, 19_200, 38_400, 57_600, 115_200),
        # The pace of the questions, see `asking`; the device has no rate of its own.
        rates_hertz=(5.0,),
        emissivity_range=(0.1, 1.0),
        # The widest ranges of the families; status bits tell when a model's own range is left.
        plausible_celsius=(-40.0, 1000.0),
        ambient_celsius=(-20.0, 180.0),
        warm_up_seconds=240.0,
    )


PROFILE_USB = _profile("modbus-pyrometer")
PROFILE_MINI = _profile("modbus-pyrometer-mini")


def measured_answer(address: int, filtered: float, unfiltered: float, sensor: float, status: int) -> bytes:
    """The answer to "read the four measuring registers"."""
    tenths = tuple(round(value * 10) & 0xFFFF for value in (filtered, unfiltered, sensor))
    return rtu.values_answer(address, rtu.READ_INPUT, (*tenths, status))


class ModbusPyrometer:
    """A pyrometer behind the ThermalCodec protocol.

    Args:
        profile: its fixed facts.
        registers: where its family keeps them.
        address: its number on the bus.
    """

    def __init__(
        self, profile: ThermalProfile = PROFILE_USB, registers: RegisterMap = PYRO_USB, address: int = 1
    ) -> None:
        self._profile = profile
        self._registers = registers
        self._address = address

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this scanner."""
        return self._profile

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in `buffer`, and the rest."""
        return scan(buffer, lost, bytes((self._address,)), self._look)

    def encode(self, frame: ThermalFrame) -> bytes:
        """The device's answer with this temperature; ValueError when it could not give it."""
        celsius = point_value(frame, self._profile)
        return measured_answer(self._address, celsius, celsius, frame.ambient_celsius, 0)

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """Which device it is; the emissivity set when given, then which one is in force.

        Raises:
            ValueError: the emissivity is none that the device knows.
        """
        del rate_hertz
        low, high = self._profile.emissivity_range
        if emissivity is not None and not low <= emissivity <= high:
            raise ValueError(f"This pyrometer's emissivity is between {low:g} and {high:g}, not {emissivity:g}.")
        place, address = self._registers.emissivity, self._address
        skin = () if emissivity is None else (rtu.write_request(address, place, round(emissivity * 10_000)),)
        return (
            rtu.read_request(address, rtu.READ_INPUT, TYPE, 1),
            rtu.read_request(address, rtu.READ_INPUT, SERIAL, SERIAL_WORDS),
            *skin,
            rtu.read_request(address, rtu.READ_HOLDING, place, 1),
        )

    def measure_request(self) -> bytes:
        """The question that is asked over and over."""
        return rtu.read_request(self._address, rtu.READ_INPUT, self._registers.measured, MEASURED_WORDS)

    def attach(self, link: ByteLink) -> ByteLink:
        """A link that asks for the measuring registers over and over."""
        return AskingLink(link, (self.measure_request(),), rtu.answer_bytes, lambda _question, answer: answer)

    def _look(self, buffer: bytes, start: int) -> Piece | None:
        if len(buffer) - start < 3:
            return None
        function, count = buffer[start + 1], buffer[start + 2]
        length = _length(function, count)
        if length is None:
            return NOTHING
        if len(buffer) - start < length:
            return None
        data = buffer[start : start + length]
        measured = (function, count) == (rtu.READ_INPUT, 2 * MEASURED_WORDS)
        if not rtu.is_whole(data):
            return BROKEN if measured else NOTHING
        if function & rtu.ERROR:
            return Piece(length, troubles=(Trouble.REFUSED,))
        if function == rtu.WRITE_ONE:
            return Piece(length)
        return self._measured(data) if measured else _told(data)

    def _measured(self, data: bytes) -> Piece:
        _filtered, unfiltered, sensor, status = struct.unpack_from(">hhhH", data, 3)
        troubles = tuple(trouble for bit, trouble in enumerate(STATUS_BITS) if status >> bit & 1)
        # All zeros: a dead sensor behind a living controller.
        dead = not any(data[3:-2])
        frame = None if dead or troubles else point_frame(unfiltered / 10, sensor / 10, self._profile)
        return Piece(len(data), frame=frame, troubles=troubles, bad=frame is None)


def _length(function: int, count: int) -> int | None:
    """How long the answer is that begins so; None when nothing is asked that is answered so."""
    if function in (rtu.READ_HOLDING | rtu.ERROR, rtu.READ_INPUT | rtu.ERROR, rtu.WRITE_ONE | rtu.ERROR):
        return rtu.ERROR_BYTES
    if function == rtu.WRITE_ONE:
        return 8
    known = {rtu.READ_HOLDING: (2,), rtu.READ_INPUT: (2, 2 * SERIAL_WORDS, 2 * MEASURED_WORDS)}
    return 5 + count if count in known.get(function, ()) else None


def _told(data: bytes) -> Piece:
    values = rtu.words(data)
    if data[1] == rtu.READ_HOLDING:
        emissivity = values[0] / 10_000
        return Piece(len(data), emissivity=emissivity if 0 < emissivity <= 1 else None)
    if len(values) == SERIAL_WORDS:
        return Piece(len(data), facts=((Fact.SERIAL, str(values[0] << 16 | values[1])),))
    return Piece(len(data), facts=((Fact.KIND, TYPES.get(values[0], f"type {values[0]}")),))
