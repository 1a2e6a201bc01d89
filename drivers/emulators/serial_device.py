"""A serial device without the hardware: a real pseudo-terminal, as slow as a wire, that can be unplugged."""

import errno
import os
import select
import tempfile
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Self

_BITS_A_BYTE = 10
_TICK_SECONDS = 0.005


class SerialDevice:
    """One end of a pseudo-terminal that answers; `path` is what a driver opens.

    A context manager: entering starts it and plugs it in. `path` is a link that stays the same over an unplug and a
    replug, as a udev name does.

    Args:
        name: of the path.
        baud: bits a second at which it sends.
        monotonic: seconds that only grow.
    """

    def __init__(self, name: str, baud: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._baud = baud
        self._monotonic = monotonic
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._ends: tuple[int, int] | None = None
        self._outgoing = b""
        self._resume = 0.0
        self._pauses: list[tuple[int, float]] = []
        self._folder = tempfile.TemporaryDirectory(prefix="daan-device-")
        self._path = Path(self._folder.name) / name
        self._thread: threading.Thread | None = None
        self.silent = False
        """Nothing is sent although the cable is in."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def path(self) -> str:
        """The device path for a driver; dangling while unplugged."""
        return str(self._path)

    def received(self, data: bytes) -> bytes:
        """What the device does with bytes from the driver: returns what it answers. A device overrides this."""
        del data
        return b""

    def powered(self) -> None:
        """The device has just got power. A device with settings overrides this."""

    def tick(self) -> bytes:
        """What it sends by itself now. A device overrides this."""
        return b""

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

    def send(self, data: bytes, pause_at: int | None = None, pause_seconds: float = 0.0) -> None:
        """Put bytes on the wire.

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
            self._outgoing, self._pauses = b"", []
            self.powered()
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
                    self._listen(self._ends[0])
                    self._outgoing += self.tick()
                    # What the wire carries in this time; a wire that was idle does not save up.
                    allowed = min(allowed, 1.0) + (now - last) * self._baud / _BITS_A_BYTE
                    allowed -= self._transmit(self._ends[0], int(allowed), now)
            last = now

    def _listen(self, master: int) -> None:
        if not select.select([master], [], [], 0)[0]:
            return
        try:
            data = os.read(master, 65_536)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return
        self._outgoing += self.received(data)

    def _transmit(self, master: int, allowed: int, now: float) -> int:
        if self.silent:
            self._outgoing = b""
        if now < self._resume or not self._outgoing:
            return 0
        stop = min(allowed, len(self._outgoing))
        if self._pauses and self._pauses[0][0] <= stop:
            stop, seconds = self._pauses.pop(0)
            self._resume = now + seconds
        try:
            sent = os.write(master, self._outgoing[:stop]) if stop else 0
        except BlockingIOError:
            # Nobody reads: on a real cable these bytes are lost.
            sent = stop
        self._outgoing = self._outgoing[sent:]
        self._pauses = [(at - sent, seconds) for at, seconds in self._pauses]
        return sent
