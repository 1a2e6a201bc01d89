"""A GY-MCU90640 without the hardware: a real pseudo-terminal that speaks its bytes by the driver's own encoder."""

import errno
import os
import select
import tempfile
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from drivers.emulators.thermal_scene import Scene, draw
from drivers.thermal import gy_mcu90640 as module

_BITS_A_BYTE = 10
_DEFAULT_RATE_HERTZ = 4.0
_DEFAULT_EMISSIVITY = 0.95


class Fault(StrEnum):
    """What can be made to go wrong."""

    GARBAGE = "garbage"
    """Bursts of noise between the frames, header bytes among them."""
    DROP = "drop"
    """Bytes missing from the middle of frames."""
    CHECKSUM = "checksum"
    """One byte of a frame changed."""
    SILENCE = "silence"
    """Nothing comes although the cable is in."""


@dataclass(frozen=True, slots=True)
class _Module:
    """The controller's settings."""

    rate_hertz: float = _DEFAULT_RATE_HERTZ
    baud: int = 460_800
    emissivity: float = _DEFAULT_EMISSIVITY
    streaming: bool = True


class ThermalEmulator:
    """An emulated scanner; `path` is what a driver opens.

    A context manager: entering starts it and plugs it in. `path` is a link that stays the same over an unplug and a
    replug, as a udev name does.

    Args:
        seed: of the noise and the faults; the same seed gives the same bytes.
        scene: what it looks at first.
        fault_share: how many of the frames a fault touches, 0 to 1.
        monotonic: seconds that only grow; sets the frame rate.
    """

    def __init__(
        self,
        seed: int,
        scene: Scene | None = None,
        fault_share: float = 0.5,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._scene = scene or Scene()
        self._fault_share = fault_share
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._faults: frozenset[Fault] = frozenset()
        self._saved = self._live = _Module()
        self._ends: tuple[int, int] | None = None
        self._received = b""
        self._frame_wanted = False
        self._frames_sent = 0
        self._folder = tempfile.TemporaryDirectory(prefix="daan-thermal-")
        self._path = Path(self._folder.name) / "scanner"
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "ThermalEmulator":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def path(self) -> str:
        """The device path for a driver; dangling while unplugged."""
        return str(self._path)

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

    def start(self) -> None:
        """Plug in and stream."""
        self.plug()
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="emulated thermal scanner", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Unplug for good, end the thread and remove the path."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.unplug()
        self._folder.cleanup()

    def present(self, celsius: float | None, distance_metres: float = 0.5) -> None:
        """Put a person with that warmest skin temperature in front; None sends them away."""
        with self._lock:
            self._scene = replace(self._scene, face_celsius=celsius, distance_metres=distance_metres)

    def show(self, scene: Scene) -> None:
        """Look at something else altogether."""
        with self._lock:
            self._scene = scene

    def set_faults(self, *faults: Fault) -> None:
        """Exactly these faults are on from now."""
        with self._lock:
            self._faults = frozenset(faults)

    def plug(self) -> None:
        """Connect the cable and give power: unsaved settings are gone, as on the real module."""
        with self._lock:
            if self._ends is not None:
                return
            master, slave = os.openpty()
            # Raw from the start, or the line discipline would echo and edit the bytes until a driver opens the port.
            tty.setraw(slave)
            os.set_blocking(master, False)
            self._ends = (master, slave)
            self._live, self._received = self._saved, b""
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
        due = self._monotonic()
        while not self._stop.is_set():
            wait = min(0.02, max(0.0, due - self._monotonic()))
            with self._lock:
                if self._ends is not None:
                    self._listen(self._ends[0])
                    now = self._monotonic()
                    if self._frame_wanted or (self._live.streaming and now >= due):
                        self._send(self._ends[0])
                        self._frame_wanted = False
                        # A frame cannot come faster than the wire carries it.
                        wire = module.FRAME_BYTES * _BITS_A_BYTE / self._live.baud
                        due = max(due + max(1 / self._live.rate_hertz, wire), now)
            self._stop.wait(wait or 0.001)

    def _listen(self, master: int) -> None:
        if not select.select([master], [], [], 0)[0]:
            return
        try:
            self._received += os.read(master, 4096)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return
        commands, self._received = module.feed_commands(self._received)
        for command in commands:
            self._obey(command, master)

    def _obey(self, command: module.Command, master: int) -> None:
        if command.baud is not None:
            # Takes effect after "save" and a power cycle.
            self._saved = replace(self._saved, baud=command.baud)
        elif command.rate_hertz is not None:
            self._live = replace(self._live, rate_hertz=command.rate_hertz)
        elif command.emissivity is not None:
            self._live = replace(self._live, emissivity=command.emissivity)
        elif command.streaming is not None:
            self._live = replace(self._live, streaming=command.streaming)
            self._frame_wanted = not command.streaming
        elif command.asks_emissivity:
            self._write(master, module.emissivity_answer(self._live.emissivity))
        elif command.saves:
            self._saved = replace(self._live, baud=self._saved.baud)

    def _send(self, master: int) -> None:
        data = module.encode(draw(self._scene, self._rng))
        if Fault.SILENCE in self._faults:
            return
        self._frames_sent += 1
        self._write(master, self._spoiled(data))

    def _spoiled(self, data: bytes) -> bytes:
        def hit(fault: Fault) -> bool:
            return fault in self._faults and self._rng.random() < self._fault_share

        if hit(Fault.CHECKSUM):
            at = int(self._rng.integers(4, len(data)))
            data = data[:at] + bytes((data[at] ^ int(self._rng.integers(1, 256)),)) + data[at + 1 :]
        if hit(Fault.DROP):
            at, gone = int(self._rng.integers(4, len(data) - 40)), int(self._rng.integers(1, 40))
            data = data[:at] + data[at + gone :]
        if hit(Fault.GARBAGE):
            noise = bytes(self._rng.integers(0, 256, int(self._rng.integers(1, 200)), np.uint8))
            header = module.HEADER + module.LENGTH if self._rng.random() < 0.5 else b""
            data = noise + header + noise[:7] + data
        return data

    def _write(self, master: int, data: bytes) -> None:
        try:
            os.write(master, data)
        except BlockingIOError:
            # Nobody reads: on a real cable these bytes are lost too.
            return
