"""A camera in a process of its own, as its parent sees it: started, listened to, and killed when it is stuck.

The child's driver may hang where no signal but SIGKILL reaches it; the child is then ended and the camera loop starts
another one. One that the kernel does not let die even then (a driver in uninterruptible sleep) is remembered, and none
is started beside it: processes must not pile up on one camera. A child's death leaves nothing: the memory and the pipe
are anonymous and its descriptors close with it.
"""

import contextlib
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import drivers
from config.messages.said import Said, say
from drivers.cameras.capture import library_surroundings
from drivers.cameras.controls import Control, Refused
from drivers.cameras.picture_folder import Look
from drivers.cameras.slots import Slots, shared_memory
from drivers.cameras.words import Came, Controlled, Failed, Failure, Kind, Missed, Opened, Orders, Word, heard
from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone, DeviceSilent, DriverError

_log = logging.getLogger(__name__)

MOST_PIXELS = 4096 * 3072
"""Of one picture. Memory that no picture touches is never taken."""
_WAIT_SECONDS = 0.2
_DEATH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """Which camera, and how; `where` may hold a password and is not in the repr."""

    kind: Kind
    where: str
    """Device file, or address of a stream."""
    label: str
    """What sentences call it: no password."""
    width: int
    height: int
    fps: float
    controls: Mapping[Control, float]
    open_seconds: float = 10.0
    """An opening that takes longer is stuck."""
    hung_seconds: float = 5.0
    """A camera from which neither picture nor word came for so long is stuck."""

    def __repr__(self) -> str:
        return f"ProcessSettings({self.label})"


class Unended:
    """The children of one camera that were killed and do not die."""

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []

    def add(self, child: "subprocess.Popen[bytes]") -> None:
        """Remember one."""
        self._children.append(child)

    def any(self) -> bool:
        """Whether one of them still lives; collects those that have died meanwhile."""
        self._children = [child for child in self._children if child.poll() is None]
        return bool(self._children)


class ProcessEye:
    """One opened camera; see `drivers.cameras.loop.Eye`.

    Args:
        settings: which camera, and how.
        unended: what earlier openings of the same camera left behind, and where this one leaves its own.

    Raises:
        DeviceSilent: a child of an earlier opening still holds the camera in the kernel.
        OSError: the computer has no memory, descriptors or processes left; nothing stays taken.
    """

    pace_seconds = 0.0
    is_sensor = True

    def __init__(self, settings: ProcessSettings, unended: Unended) -> None:
        if unended.any():
            pattern = "{camera} holds a program in its driver that cannot be ended; unplug it and plug it in again."
            raise DeviceSilent(say(pattern, camera=settings.label))
        self._settings = settings
        self._unended = unended
        self._opened: Opened | None = None
        self._refused: tuple[Refused, ...] = ()
        self._heard = b""
        self._number = 0
        capacity = 3 * MOST_PIXELS
        # The child has its own memory and its own end of the pipe: when it dies, the pipe ends.
        with contextlib.ExitStack() as childs, contextlib.ExitStack() as taken:
            memory = shared_memory(capacity)
            childs.callback(os.close, memory)
            self._slots = Slots(memory, capacity)
            taken.callback(self._slots.close)
            self._words, words = os.pipe()
            childs.callback(os.close, words)
            taken.callback(os.close, self._words)
            orders = Orders(
                settings.kind, settings.where, settings.width, settings.height, settings.fps, settings.controls,
                settings.hung_seconds, capacity, memory, words, os.getpid(),
            )  # fmt: skip
            self._child = _start(orders)
            self._taken = taken.pop_all()
        self._last_word = time.monotonic()

    def wait_opened(self, stopping: Callable[[], bool]) -> None:
        """Until the camera is open, or it is time to stop.

        Raises:
            DriverError: it does not open, with a sentence.
        """
        while self._opened is None and not stopping():
            self._listen(self._settings.open_seconds)

    def grab(self) -> Look | None:
        """The newest picture; None when none came within a short time.

        Raises:
            DriverError: it is gone or stuck, with a sentence.
        """
        before = self._number
        missed = self._listen(self._settings.hung_seconds)
        if self._number != before:
            pixels = self._slots.read(self._number)
            if pixels is not None:
                fourcc = self._opened.fourcc if self._opened else ""
                return Look(pixels, fresh=True, notice=self._notice(), fourcc=fourcc)
        return Look(None, say("it gave something that is no picture"), fresh=True) if missed else None

    def close(self) -> None:
        """End the child and give everything back."""
        self._child.kill()
        try:
            self._child.wait(_DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            _log.error("%s: its driver holds the process in the kernel; unplug the camera", self._settings.label)
            self._unended.add(self._child)
        self._taken.close()

    def _listen(self, patience: float) -> bool:
        """Take in what the child says, waiting a little; whether it missed a picture."""
        if not select.select([self._words], [], [], _WAIT_SECONDS)[0]:
            if time.monotonic() - self._last_word > patience:
                raise self._stuck(patience)
            return False
        data = os.read(self._words, 1 << 16)
        if not data:
            raise DeviceGone(say("The program that reads {camera} has ended; it is being started again.",
                                 camera=self._settings.label))  # fmt: skip
        self._last_word = time.monotonic()
        words, self._heard = heard(self._heard + data)
        for word in words:
            self._take(word)
        return any(isinstance(word, Missed) for word in words)

    def _take(self, word: Word) -> None:
        match word:
            case Opened():
                self._opened = word
            case Came(number):
                self._number = number
            case Controlled(wrong):
                self._refused = wrong
            case Failed(failure, detail):
                if detail:
                    _log.error("%s: a fault in the program that reads it: %s", self._settings.label, detail)
                raise _error(failure, self._settings.label)
            case Missed():
                pass

    def _stuck(self, patience: float) -> DriverError:
        self._child.kill()
        return DeviceSilent(
            say(
                "{camera} was stuck for {seconds} s and is being started again; if that repeats, plug it into another "
                "socket.",
                camera=self._settings.label,
                seconds=f"{patience:.0f}",
            )
        )

    def _notice(self) -> str:
        return refusal(self._settings.label, self._refused[0]) if self._refused else ""


def refusal(label: str, refused: Refused) -> Said:
    """What a camera made of a control that a profile fixes, in one sentence."""
    if refused.automatic:
        pattern = "{camera} keeps its {control} automatic; take {control} out of the profile or use another camera."
    else:
        pattern = "{camera} has set its {control} to {got} instead of {asked}; correct that value in the profile."
    return say(
        pattern,
        camera=label,
        control=refused.control.value.replace("_", " "),
        got=f"{refused.got:.0f}",
        asked=f"{refused.asked:.0f}",
    )


_FAILURES: Mapping[Failure, tuple[type[DriverError], str]] = {
    Failure.BUSY: (DeviceBusy, "{camera} does not open: another program holds it; end that program."),
    Failure.NO_CAMERA: (DeviceAbsent, "{camera} does not open: it is not a camera; correct the profile."),
    Failure.METADATA: (
        DeviceAbsent,
        "{camera} does not open: it carries data about pictures, not pictures; take the name that ends in "
        "-video-index0.",
    ),
    Failure.NO_VIDEO: (
        DeviceAbsent,
        "{camera} gives no video; check its power, its network cable, and address and password in the profile.",
    ),
    Failure.GONE: (DeviceGone, "{camera} gives no pictures any more; check its cable."),
    Failure.TOO_LARGE: (DeviceAbsent, "{camera} gives pictures that are too large; set it to 1920 x 1080."),
    Failure.FAULT: (DeviceGone, "The program that reads {camera} failed; it is being started again."),
}


def _error(failure: Failure, label: str) -> DriverError:
    kind, pattern = _FAILURES[failure]
    return kind(say(pattern, camera=label))


def _start(orders: Orders) -> "subprocess.Popen[bytes]":
    root = str(Path(drivers.__path__[0]).resolve().parent)
    # Nothing of the station's own settings is the child's business.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("DAAN_")}
    surroundings |= library_surroundings(orders) | {"PYTHONPATH": root}
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "drivers.cameras.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(orders.memory, orders.words),
        env=surroundings,
    )
    assert child.stdin is not None
    # One that died at once is noticed by the end of its pipe.
    with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
        pipe.write(orders.line())
    return child
