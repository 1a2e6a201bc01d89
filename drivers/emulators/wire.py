"""A serial device without the hardware: a real pseudo-terminal around a device that is pure bytes in, bytes out.

What can go wrong with a cable is made to go wrong here, the same for every device: see `Fault`. A device with a real
UART is as slow as its line, loses what nobody reads, and hears and says noise when the driver has opened the port at
another baud rate than its own. A device with its own USB port is as fast as it likes and waits to be read.
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
from typing import Protocol, Self

import numpy as np

_TICK_SECONDS = 0.005
_BITS_A_BYTE = 10
_MOST_WAITING = 65_536
"""Bytes that a device with its own USB port keeps for a port nobody reads; later frames are lost."""


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
        name: of the path and the thread.
    """

    def __init__(
        self,
        device: Device,
        header: bytes = b"",
        seed: int = 0,
        fault_share: float = 0.5,
        monotonic: Callable[[], float] = time.monotonic,
        name: str = "device",
    ) -> None:
        self._device = device
        self._header = header
        self._fault_rng = np.random.default_rng(seed)
        self._fault_share = fault_share
        self._monotonic = monotonic
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._faults: frozenset[Fault] = frozenset()
        self._ends: tuple[int, int] | None = None
        self._outgoing = b""
        self._resume = 0.0
        self._pauses: list[tuple[int, float]] = []
        self._folder = tempfile.TemporaryDirectory(prefix="daan-wire-")
        self._path = Path(self._folder.name) / name
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
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
            self._thread = threading.Thread(target=self._run, name=f"emulated {self._path.name}", daemon=True)
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

    def send(self, data: bytes, pause_at: int | None = None, pause_seconds: float = 0.0) -> None:
        """Put bytes on the wire as they are, without faults.

        Args:
            data: what to send.
            pause_at: before which byte of it the wire falls quiet; None: nowhere.
            pause_seconds: for how long.
        """
        with self._lock:
            if pause_at is not None:
                self._pauses.append((len(self._outgoing) + pause_at, pause_seconds))
            self._outgoing += data

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
            self._outgoing, self._pauses, self._resume = b"", [], 0.0
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
        last, allowed = self._monotonic(), 0.0
        while not self._stop.wait(_TICK_SECONDS):
            now = self._monotonic()
            with self._lock:
                if self._ends is not None:
                    self._serve(self._ends[0], now)
                    # What the line carries in this time; a line that was idle does not save up.
                    allowed = min(allowed, 1.0) + (now - last) * (self._device.baud or 0) / _BITS_A_BYTE
                    waiting = len(self._outgoing)
                    most = waiting if self._device.baud is None else min(int(allowed), waiting)
                    allowed -= self._transmit(self._ends[0], most, now)
            last = now

    def _serve(self, master: int, now: float) -> None:
        garbled = self._garbled(master)
        heard = self._hear(master)
        said = self._device.hear(heard) if heard and not garbled else b""
        said += self._device.speak(now, self._faults)
        if Fault.SILENCE in self._faults:
            self._outgoing, self._pauses = b"", []
        elif said and len(self._outgoing) < _MOST_WAITING:
            self._outgoing += self._noise(len(said)) if garbled else self._spoiled(said)

    def _garbled(self, master: int) -> bool:
        """Whether the driver opened the port at another rate; the kernel keeps it for pseudo-terminals too."""
        baud = self._device.baud
        return baud is not None and termios.tcgetattr(master)[5] != getattr(termios, f"B{baud}")

    def _hear(self, master: int) -> bytes:
        if not select.select([master], [], [], 0)[0]:
            return b""
        try:
            return os.read(master, 65_536)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return b""

    def _transmit(self, master: int, most: int, now: float) -> int:
        if now < self._resume or not self._outgoing:
            return 0
        if self._pauses and self._pauses[0][0] <= most:
            most, seconds = self._pauses.pop(0)
            self._resume = now + seconds
        try:
            sent = os.write(master, self._outgoing[:most]) if most else 0
        except BlockingIOError:
            # Nobody reads: on a serial line these bytes are lost, a USB port keeps them back.
            sent = 0 if self._device.baud is None else most
        self._outgoing = self._outgoing[sent:]
        self._pauses = [(at - sent, seconds) for at, seconds in self._pauses]
        return sent

    def _noise(self, count: int) -> bytes:
        return bytes(self._fault_rng.integers(0, 256, count, np.uint8))

    def _spoiled(self, data: bytes) -> bytes:
        def hit(fault: Fault) -> bool:
            return fault in self._faults and self._fault_rng.random() < self._fault_share

        def below(most: int) -> int:
            return int(self._fault_rng.integers(0, most))

        if hit(Fault.TWICE):
            data = data + data
        if hit(Fault.FLIP):
            at = below(len(data))
            data = data[:at] + bytes((data[at] ^ (1 + below(255)),)) + data[at + 1 :]
        if hit(Fault.DROP):
            at = below(len(data))
            data = data[:at] + data[at + 1 + below(39) :]
        if hit(Fault.TORN):
            data = data[: len(data) // 2]
        if hit(Fault.GARBAGE):
            header = self._header if self._fault_rng.random() < 0.5 else b""
            data = self._noise(1 + below(59)) + header + self._noise(5) + data
        return data
