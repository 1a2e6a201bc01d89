"""A GY-MCU90640 without the hardware: a real pseudo-terminal that speaks its bytes by the driver's own encoder."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from drivers.emulators.serial_device import SerialDevice
from drivers.emulators.thermal_scene import Scene, draw
from drivers.emulators.wire import Fault
from drivers.readings import ThermalFrame
from drivers.thermal import gy_mcu90640 as module

_BITS_A_BYTE = 10
_DEFAULT_RATE_HERTZ = 4.0
_DEFAULT_EMISSIVITY = 0.95


@dataclass(frozen=True, slots=True)
class _Module:
    """The controller's settings."""

    baud: int
    rate_hertz: float = _DEFAULT_RATE_HERTZ
    emissivity: float = _DEFAULT_EMISSIVITY
    streaming: bool = True


class ThermalEmulator(SerialDevice):
    """An emulated scanner.

    Args:
        seed: of the noise and the faults; the same seed gives the same pictures.
        scene: what it looks at first.
        fault_share: how many of the frames a fault touches, 0 to 1.
        monotonic: seconds that only grow; sets the frame rate.
        baud: that it has saved; 8 frames a second need this one, as delivered it has 115200.
    """

    def __init__(
        self,
        seed: int,
        scene: Scene | None = None,
        fault_share: float = 0.5,
        monotonic: Callable[[], float] = time.monotonic,
        baud: int = 460_800,
    ) -> None:
        header = module.HEADER + module.LENGTH
        super().__init__("scanner", None, header=header, seed=seed, fault_share=fault_share, monotonic=monotonic)
        self._rng = np.random.default_rng(seed)
        self._scene = scene or Scene()
        self._saved = self._live = _Module(baud)
        self._received = b""
        self._wanted = False
        self._due = 0.0
        self._last: ThermalFrame | None = None
        self._frames_sent = 0

    @property
    def baud(self) -> int | None:
        """Of its UART; another one is in force after it was saved and the power went."""
        return self._live.baud

    @property
    def emissivity(self) -> float:
        """The emissivity that the driver has set."""
        return self._live.emissivity

    @property
    def rate_hertz(self) -> float:
        """The frame rate that the driver has set."""
        return self._live.rate_hertz

    @property
    def frames_sent(self) -> int:
        """Frames put on the wire, torn ones included; those that no one read are lost as on a real cable."""
        return self._frames_sent

    def present(self, celsius: float | None, distance_metres: float = 0.5) -> None:
        """Put a person with that warmest skin temperature in front; None sends them away."""
        with self._lock:
            self._scene = replace(self._scene, face_celsius=celsius, distance_metres=distance_metres)

    def show(self, scene: Scene) -> None:
        """Look at something else altogether."""
        with self._lock:
            self._scene = scene

    def power_on(self) -> None:
        """Unsaved settings are gone, as on the real module."""
        self._live, self._received, self._wanted, self._due = self._saved, b"", False, 0.0

    def hear(self, data: bytes) -> bytes:
        """The answers to the commands that are whole by now."""
        commands, self._received = module.feed_commands(self._received + data)
        return b"".join(self._obey(command) for command in commands)

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """A frame when it is time for one or one was asked for."""
        if not self._wanted and (not self._live.streaming or now < self._due):
            return b""
        # A frame cannot come faster than the line carries it.
        line = module.FRAME_BYTES * _BITS_A_BYTE / self._live.baud
        self._due = max(self._due + max(1 / self._live.rate_hertz, line), now)
        self._wanted = False
        self._frames_sent += Fault.SILENCE not in faults
        if Fault.STUCK not in faults or self._last is None:
            self._last = draw(self._scene, self._rng)
        return module.encode(self._last)

    def _obey(self, command: module.Command) -> bytes:
        if command.baud is not None:
            # Takes effect after "save" and a power cycle.
            self._saved = replace(self._saved, baud=command.baud)
        elif command.rate_hertz is not None:
            self._live = replace(self._live, rate_hertz=command.rate_hertz)
        elif command.emissivity is not None:
            self._live = replace(self._live, emissivity=command.emissivity)
        elif command.streaming is not None:
            self._live = replace(self._live, streaming=command.streaming)
            self._wanted = not command.streaming
        elif command.asks_emissivity:
            return module.emissivity_answer(self._live.emissivity)
        elif command.saves:
            self._saved = replace(self._live, baud=self._saved.baud)
        return b""
