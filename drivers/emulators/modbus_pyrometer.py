"""A Modbus-RTU pyrometer without the hardware: registers of the PyroUSB or of the PyroMiniBus.

The bus side is written here once more, from the documents, and shares only the checksum with the driver.
"""

import struct

from drivers.emulators.point_scene import Spot
from drivers.emulators.wire import Fault, Wire
from drivers.thermal import modbus_pyrometer as module
from drivers.thermal.modbus_rtu import closed

_REQUEST_BYTES = 8
_WRITE_MANY, _LONGEST = 0x10, 32
"""Function 10 is refused, as the manuals do not list it; to be refused it has to be read."""
_BAD_FUNCTION, _BAD_ADDRESS = 1, 2
_SERIAL = 1_234_567


class PyrometerDevice:
    """One pyrometer on the bus.

    Args:
        seed: of the noise.
        registers: the family's register map.
        kind: what register 00 says.
        address: its number on the bus.
    """

    def __init__(
        self, seed: int, registers: module.RegisterMap = module.PYRO_USB, kind: int = 21, address: int = 1
    ) -> None:
        self.spot = Spot(module.PROFILE_USB, seed)
        self.status = 0
        """The status register."""
        self._map = registers
        self._address = address
        self._kind = kind
        self.power_on()

    @property
    def baud(self) -> int | None:
        """As delivered."""
        return module.PROFILE_USB.baud

    @property
    def emissivity(self) -> float:
        """In force."""
        return self._holding[self._map.emissivity] / 10_000

    def power_on(self) -> None:
        """The stored emissivity is in force again."""
        self._received = b""
        self._faults: frozenset[Fault] = frozenset()
        self._holding = {
            module.TYPE: self._kind,
            1: 0,
            module.SERIAL: _SERIAL >> 16,
            module.SERIAL + 1: _SERIAL & 0xFFFF,
            self._map.emissivity: 9_500,
        }

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """It never speaks by itself; the faults of its sensor show in the answers."""
        del now
        self._faults = faults
        return b""

    def hear(self, data: bytes) -> bytes:
        """The answers to the requests for it that are whole by now."""
        self._received += data
        said = b""
        while len(self._received) >= _REQUEST_BYTES:
            many = self._received[1] == _WRITE_MANY
            length = _REQUEST_BYTES + 1 + self._received[6] if many else _REQUEST_BYTES
            request = self._received[:length]
            if len(request) < length and length <= _LONGEST:
                break
            whole = closed(request[:-2]) == request
            self._received = self._received[length if whole else 1 :]
            if whole and request[0] == self._address:
                said += self._answer(request)
        return said

    def _answer(self, request: bytes) -> bytes:
        function, register, value = struct.unpack_from(">BHH", request, 1)
        if function == 6:
            if register != self._map.emissivity:
                return self._refusal(function, _BAD_ADDRESS)
            self._holding[register] = value
            return request
        if function not in (3, 4):
            return self._refusal(function, _BAD_FUNCTION)
        known = self._registers()
        wanted = range(register, register + value)
        if not all(number in known for number in wanted):
            return self._refusal(function, _BAD_ADDRESS)
        words = b"".join(struct.pack(">H", known[number] & 0xFFFF) for number in wanted)
        return closed(bytes((self._address, function, len(words))) + words)

    def _refusal(self, function: int, code: int) -> bytes:
        return closed(bytes((self._address, function + 0x80, code)))

    def _registers(self) -> dict[int, int]:
        frame = self.spot.measure(self._faults)
        values = (0, 0, 0, 0)
        if frame is not None:
            tenths = round(float(frame.celsius[0, 0]) * 10)
            values = (tenths, tenths, round(frame.ambient_celsius * 10), self.status)
        return self._holding | {self._map.measured + step: value for step, value in enumerate(values)}


def pyrometer(
    seed: int, registers: module.RegisterMap = module.PYRO_USB, kind: int = 21, fault_share: float = 0.5
) -> tuple[Wire, PyrometerDevice]:
    """The device and the cable that it is on."""
    device = PyrometerDevice(seed, registers, kind)
    return Wire(device, bytes((1, 4, 8)), seed, fault_share), device
