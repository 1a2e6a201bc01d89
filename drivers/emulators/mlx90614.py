"""MLX90614 modules without the hardware: the 5A 5A family and the A4 03 family, by the driver's own encoders."""

from drivers.emulators.point_scene import Spot
from drivers.emulators.wire import Fault, Wire
from drivers.thermal import mlx90614 as module

_RATE_5A = 10.0


class FiveDevice:
    """A GY-MCU90614.

    Args:
        seed: of the noise.
        count: data bytes in a frame, 4 or 5.
    """

    def __init__(self, seed: int, count: int = 4) -> None:
        self.spot = Spot(module.PROFILE_5A, seed)
        self._extra = bytes(count - 4)
        self.power_on()

    @property
    def baud(self) -> int | None:
        """As delivered."""
        return module.PROFILE_5A.baud

    def power_on(self) -> None:
        """It streams by itself."""
        self._streaming, self._wanted, self._due, self._received = True, False, 0.0, b""

    def hear(self, data: bytes) -> bytes:
        """It answers with frames only."""
        self._received = (self._received + data)[-16:]
        for command, streams in ((module.STREAM_5A, True), (module.QUERY_5A, False)):
            if command in self._received:
                self._streaming, self._wanted, self._received = streams, not streams, b""
        return b""

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """A frame when it is time for one or one was asked for."""
        if not self._wanted and (not self._streaming or now < self._due):
            return b""
        self._wanted, self._due = False, max(self._due + 1 / _RATE_5A, now)
        frame = self.spot.measure(faults)
        if frame is None:
            return module.frame_5a(0.0, 0.0, self._extra)
        return module.frame_5a(float(frame.celsius[0, 0]), frame.ambient_celsius, self._extra)


class A4Device:
    """A GY-614V with its registers.

    Args:
        seed: of the noise.
    """

    def __init__(self, seed: int) -> None:
        self.spot = Spot(module.PROFILE_A4, seed)
        self.offset = 100
        """Register 06; 100 adds nothing."""
        self.power_on()

    @property
    def baud(self) -> int | None:
        """As delivered."""
        return module.PROFILE_A4.baud

    @property
    def registers(self) -> dict[int, int]:
        """The settings in force."""
        return dict(self._registers)

    def power_on(self) -> None:
        """It streams by itself with the settings of the factory."""
        self._received, self._due = b"", 0.0
        self._registers = {
            module.ID: 0xA4,
            module.BAUD: 2,
            module.RATE: 3,
            module.QUERY: 0,
            module.TEXT: 0,
            module.EMISSIVITY: 95,
            module.CHIP: 0x14,
            module.FIRMWARE: 0x03,
        }

    def hear(self, data: bytes) -> bytes:
        """The answers to the commands that are whole by now; anything else is skipped."""
        self._received += data
        said = b""
        while (start := self._received.find(module.HEADER_A4[:1])) >= 0 and len(self._received) - start >= 5:
            command = self._received[start : start + 5]
            whole = module.summed(command[:-1]) == command
            self._received = self._received[start + (5 if whole else 1) :]
            said += self._obey(command) if whole else b""
        return said

    def _obey(self, command: bytes) -> bytes:
        action, register, value = command[1], command[2], command[3]
        if action == module.WRITE_A4:
            self._registers[register] = value
            return b""
        if (register, value) == (module.EMISSIVITY, module.MEASURED):
            return self._measured(frozenset())
        if action == module.HEADER_A4[1] and value == 1:
            told = self.offset if register == module.OFFSET else self._registers.get(register, 0)
            return module.answer_a4(register, bytes((told,)))
        return b""

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """A frame when it is time for one."""
        if self._registers[module.QUERY] or now < self._due:
            return b""
        self._due = max(self._due + 1 / module.RATES_A4[self._registers[module.RATE] & 3], now)
        return self._measured(faults)

    def _measured(self, faults: frozenset[Fault]) -> bytes:
        frame = self.spot.measure(faults)
        emissivity = self._registers[module.EMISSIVITY] / 100
        if frame is None:
            return module.frame_a4(emissivity, 0.0, 0.0, 0.0)
        celsius = float(frame.celsius[0, 0]) + (self.offset - 100) / 10
        # The maker's conversion is not published; the emulated one is simply half a degree more.
        return module.frame_a4(emissivity, celsius, frame.ambient_celsius, celsius + 0.5)


def five(seed: int, count: int = 4, fault_share: float = 0.5) -> tuple[Wire, FiveDevice]:
    """A GY-MCU90614 and the cable that it is on."""
    device = FiveDevice(seed, count)
    return Wire(device, module.HEADER_5A + bytes((module.OBJECT_AND_AMBIENT, count)), seed, fault_share), device


def a4(seed: int, fault_share: float = 0.5) -> tuple[Wire, A4Device]:
    """A GY-614V and the cable that it is on."""
    device = A4Device(seed)
    return Wire(device, module.HEADER_A4 + bytes((module.EMISSIVITY, module.MEASURED)), seed, fault_share), device
