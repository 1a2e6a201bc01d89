"""An Optris CS or CT without the hardware: one byte asks, bare bytes answer."""

import struct

from drivers.emulators.point_scene import Spot
from drivers.emulators.wire import Fault, Wire
from drivers.thermal import optris as module

_SERIAL = 1_050_123
_FIRMWARE = 3_012


class OptrisDevice:
    """One pyrometer.

    Args:
        seed: of the noise.
        protocol: a name of the driver's PROFILES.
        baud: None takes the protocol's own.
    """

    def __init__(self, seed: int, protocol: str = "optris-cs", baud: int | None = None) -> None:
        profile, self._family = module.PROFILES[protocol]
        self.spot = Spot(profile, seed)
        self._baud = profile.baud if baud is None else baud
        self.power_on()

    @property
    def baud(self) -> int | None:
        """Of its UART."""
        return self._baud

    @property
    def emissivity(self) -> float:
        """In force."""
        return self._emissivity / 1000

    def power_on(self) -> None:
        """The emissivity of the factory is in force."""
        self._received = b""
        self._faults: frozenset[Fault] = frozenset()
        self._emissivity = 950

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """It never speaks by itself; the faults of its sensor show in the answers."""
        del now
        self._faults = faults
        return b""

    def hear(self, data: bytes) -> bytes:
        """The answers to the commands that are whole by now; unknown bytes are skipped."""
        self._received += data
        said = b""
        while self._received:
            length = 1
            if self._received[0] == module.SET_EMISSIVITY:
                length = 4 if self._family.checks_commands else 3
            if len(self._received) < length:
                break
            said += self._answer(self._received[:length])
            self._received = self._received[length:]
        return said

    def _answer(self, command: bytes) -> bytes:
        code = command[0]
        if code == module.SET_EMISSIVITY:
            if len(command) == 4 and command[0] ^ command[1] ^ command[2] != command[3]:
                return b""
            self._emissivity = int.from_bytes(command[1:3], "big")
            return command[1:3]
        if code in (module.TARGET, module.HEAD):
            return struct.pack(">H", self._temperature(code))
        told = {module.EMISSIVITY: self._emissivity, module.SERIAL: _SERIAL, module.FIRMWARE: _FIRMWARE}
        return told[code].to_bytes(module.ANSWER_BYTES[code], "big") if code in told else b""

    def _temperature(self, code: int) -> int:
        frame = self.spot.measure(self._faults)
        if frame is None:
            return 0
        return self._family.word(float(frame.celsius[0, 0]) if code == module.TARGET else frame.ambient_celsius)


def optris(
    seed: int, protocol: str = "optris-cs", baud: int | None = None, fault_share: float = 0.5
) -> tuple[Wire, OptrisDevice]:
    """The device and the cable that it is on."""
    device = OptrisDevice(seed, protocol, baud)
    return Wire(device, b"", seed, fault_share), device
