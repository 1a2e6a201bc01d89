"""A device and its cable in one object, for devices that a test handles as one thing."""

import time
from collections.abc import Callable

from drivers.emulators.wire import Fault, Wire


class SerialDevice(Wire):
    """A `Wire` that is its own device; a subclass overrides what it does with bytes, with power and by itself.

    Args:
        name: of the path.
        baud: bits a second of its line.
        header: how its frames begin, for the garbage.
        seed: of the faults.
        fault_share: how much of what is said a fault touches, 0 to 1.
        monotonic: seconds that only grow.
    """

    def __init__(
        self,
        name: str,
        baud: int | None,
        *,
        header: bytes = b"",
        seed: int = 0,
        fault_share: float = 0.5,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(self, header, seed, fault_share, monotonic, name)
        self._baud = baud

    @property
    def baud(self) -> int | None:
        """Of its UART."""
        return self._baud

    def power_on(self) -> None:
        """It has just got power."""

    def hear(self, data: bytes) -> bytes:
        """What it answers."""
        del data
        return b""

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """What it sends by itself now."""
        del now, faults
        return b""
