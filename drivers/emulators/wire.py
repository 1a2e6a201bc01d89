"""A serial device without the hardware: a real pseudo-terminal around a device that is pure bytes in, bytes out.

What can go wrong with a cable is made to go wrong here, the same for every device: see `Fault`. A device with a real
UART hears and says noise when the driver has opened the port at another baud rate than its own.
"""

import errno
import os
import select
import tempfile
import termios
import threading
import time
import tty
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np

_TICK_SECONDS = 0.005
_MOST_WAITING = 65_536
"""Bytes that a computer keeps for a port nobody reads; later frames are lost."""


class Fault(StrEnum):
    """What can be made to go wrong."""

    GARBAGE = "garbage"
    """Bursts of noise before what is said, the beginnings of frames among them."""
    DROP = "drop"
    """Bytes missing from the middle."""
    FLIP = "flip"
    """One byte changed."""
    TORN = "torn"
    """Half of it, and then nothing."""
    TWICE = "twice"
    """Two in one go."""
    SILENCE = "silence"
    """Nothing comes although the cable is in."""
    STUCK = "stuck"
    """One and the same measurement again and again."""
    ZEROS = "zeros"
    """A dead sensor behind a living controller."""
    JUMP = "jump"
    """The sensor's own temperature is another from frame to frame."""


class Device(Protocol):
    """What is at the other end of the cable; the caller tells it the time."""

    @property
    def baud(self) -> int | None:
        """Of its UART; None for a device with its own USB port."""

    def power_on(self) -> None:
        """Begin with the saved settings."""

    def hear(self, data: bytes) -> bytes:
        """What it answers at once."""

    def speak(self, now: float, faults: frozenset[Fault]) -> bytes:
        """What it says by itself, monotonic seconds; empty when it is not time yet."""


class Wire:
    """A device on a pseudo-terminal; `path` is what a driver opens.

    A context manager: entering starts it and plugs it in. `path` is a link that stays the same over an unplug and a
    replug, as a udev name does.

    Args:
        device: speaks the protocol.
        header: how its frames begin, for the garbage.
        seed: of the faults; the same seed gives the same faults.
        fault_share: how much of what is said a fault touches, 0 to 1.
        monotonic: seconds that only grow.
    """

    def __init__(
        self,
        device: Device,
        header: bytes,
        seed: int,
        fault_share: float = 0.5,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._header = header
        self._rng = np.random.default_rng(seed)
        self._fault_share = fault_share
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._faults: frozenset[Fault] = frozenset()
        self._ends: tuple[int, int] | None = None
        self._waiting = b""
        self._folder = tempfile.TemporaryDirectory(prefix="daan-wire-")
        self._path = Path(self._folder.name) / "device"
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Wire":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def path(self) -> str:
        """The device path for a driver; dangling while unplugged."""
        return str(self._path)

    def start(self) -> None:
        """Plug in."""
        self.plug()
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="emulated serial device", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Unplug for good, end the thread and remove the path."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.unplug()
        self._folder.cleanup()

    def set_faults(self, *faults: Fault) -> None:
        """Exactly these faults are on from now."""
        with self._lock:
            self._faults = frozenset(faults)

    def plug(self) -> None:
        """Connect the cable and give power."""
        with self._lock:
            if self._ends is not None:
                return
            master, slave = os.openpty()
            # Raw from the start, or the line discipline would echo and edit the bytes until a driver opens the port.
            tty.setraw(slave)
            os.set_blocking(master, False)
            self._ends = (master, slave)
            self._waiting = b""
            self._device.power_on()
            self._path.unlink(missing_ok=True)
            self._path.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        """Pull the cable: whoever has the port open gets an error at once."""
        with self._lock:
            if self._ends is None:
                return
            # The name goes first: a closed pseudo-terminal's number may be another program's the next moment.
            self._path.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                if self._ends is not None:
                    self._serve(self._ends[0])
            self._stop.wait(_TICK_SECONDS)

    def _serve(self, master: int) -> None:
        garbled = self._garbled(master)
        heard = self._hear(master)
        said = self._device.hear(heard) if heard and not garbled else b""
        said += self._device.speak(self._monotonic(), self._faults)
        if said and Fault.SILENCE not in self._faults and len(self._waiting) < _MOST_WAITING:
            self._waiting += self._noise(len(said)) if garbled else self._spoiled(said)
        if self._waiting:
            try:
                self._waiting = self._waiting[os.write(master, self._waiting) :]
            except BlockingIOError:
                return

    def _garbled(self, master: int) -> bool:
        """Whether the driver opened the port at another rate; the kernel keeps it for pseudo-terminals too."""
        baud = self._device.baud
        return baud is not None and termios.tcgetattr(master)[5] != getattr(termios, f"B{baud}")

    def _hear(self, master: int) -> bytes:
        if not select.select([master], [], [], 0)[0]:
            return b""
        try:
            return os.read(master, 4096)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return b""

    def _noise(self, count: int) -> bytes:
        return bytes(self._rng.integers(0, 256, count, np.uint8))

    def _spoiled(self, data: bytes) -> bytes:
        def hit(fault: Fault) -> bool:
            return fault in self._faults and self._rng.random() < self._fault_share

        if hit(Fault.TWICE):
            data = data + data
        if hit(Fault.FLIP):
            at = int(self._rng.integers(0, len(data)))
            data = data[:at] + bytes((data[at] ^ int(self._rng.integers(1, 256)),)) + data[at + 1 :]
        if hit(Fault.DROP):
            at = int(self._rng.integers(0, len(data)))
            data = data[:at] + data[at + int(self._rng.integers(1, 40)) :]
        if hit(Fault.TORN):
            data = data[: len(data) // 2]
        if hit(Fault.GARBAGE):
            header = self._header if self._rng.random() < 0.5 else b""
            data = self._noise(int(self._rng.integers(1, 60))) + header + self._noise(5) + data
        return data
