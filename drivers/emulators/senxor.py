"""A SenXor MI48 without the hardware: its registers and its stream, by the driver's own encoder."""

import numpy as np

from drivers.emulators.thermal_scene import Scene, draw
from drivers.emulators.wire import Fault, Wire
from drivers.readings import ThermalFrame
from drivers.thermal import senxor as module

_FIRMWARE = (0x45, 0x0A)
_SERIAL = (0x18, 0x20, 0x01, 0x00, 0x12, 0x34)


class SenxorDevice:
    """The device behind its USB port.

    Args:
        seed: of the noise in its pictures.
        scene: what it looks at first.
    """

    def __init__(self, seed: int, scene: Scene | None = None) -> None:
        self._rng = np.random.default_rng(seed)
        self.scene = scene or Scene()
        self.offset = 0
        """Register CB, tenths of a degree in two's complement."""
        self.sensor_fault = False
        self._registers: dict[int, int] = {}
        self._last: ThermalFrame | None = None
        self.power_on()

    @property
    def baud(self) -> int | None:
        """None: it has its own USB port."""
        return None

    @property
    def registers(self) -> dict[int, int]:
        """What was written, and what it began with."""
        return dict(self._registers)

    def power_on(self) -> None:
        """Begin with the settings of the factory, silent."""
        self._received, self._due, self._counter = b"", 0.0, 0
        self._registers = {
            module.MODE: 0,
            module.DIVIDER: 4,
            module.SENSOR_TYPE: 4,
            module.FACTOR: 100,
            module.EMISSIVITY: 95,
            module.FIRMWARE_1: _FIRMWARE[0],
            module.FIRMWARE_2: _FIRMWARE[1],
            **dict(zip(module.SERIAL, _SERIAL, strict=True)),
        }

    def hear(self, data: bytes) -> bytes:
        """The answers to the commands that are whole by now."""
        commands, self._received = module.feed_commands(self._received + data)
        return b"".join(self._obey(name, content) for name, content in commands)

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """A frame when it is time for one."""
        if not self._registers[module.MODE] & module.STREAM or now < self._due:
            return b""
        period = max(1, self._registers[module.DIVIDER]) / module.GREATEST_RATE
        self._due = max(self._due + period, now)
        self._counter += 1
        if Fault.ZEROS in faults:
            return module.message("GFRA", bytes(module.FRAME_BYTES - 16))
        return module.encode(self._seen(faults), self._counter)

    def _seen(self, faults: frozenset[Fault]) -> ThermalFrame:
        if Fault.STUCK not in faults or self._last is None:
            frame = draw(self.scene, self._rng, (module.PROFILE.rows, module.PROFILE.columns))
            jump = 20.0 * (self._counter % 2) if Fault.JUMP in faults else 0.0
            self._last = ThermalFrame(frame.celsius, frame.ambient_celsius + jump)
        return self._last

    def _obey(self, name: str, content: bytes) -> bytes:
        try:
            numbers = [int(content[at : at + 2], 16) for at in range(0, len(content), 2)]
        except ValueError:
            return b""
        if name == "WREG" and len(numbers) == 2:
            self._registers[numbers[0]] = numbers[1]
            return module.message("WREG", b"")
        if name == "RREG" and len(numbers) == 1:
            return module.message("RREG", f"{self._value(numbers[0]):02X}".encode("ascii"))
        if name == "RRSE" and numbers[-1:] == [0xFF]:
            pairs = "".join(f"{address:02X}{self._value(address):02X}" for address in numbers[:-1])
            return module.message("RRSE", pairs.encode("ascii"))
        return b""

    def _value(self, address: int) -> int:
        if address == module.OFFSET:
            return self.offset & 0xFF
        if address == module.STATUS:
            return module.SENSOR_FAULTS & 0x04 if self.sensor_fault else 0
        return self._registers.get(address, 0)


def senxor(seed: int, fault_share: float = 0.5) -> tuple[Wire, SenxorDevice]:
    """The device and the cable that it is on."""
    device = SenxorDevice(seed)
    return Wire(device, module.HEADER + b"2808GFRA", seed, fault_share), device
