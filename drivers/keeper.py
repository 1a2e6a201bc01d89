"""Keeps one device going: a thread that opens it, serves it, and opens it again with growing pauses.

A keeper runs `session` over and over. A session opens the device, moves its data until something fails and raises a
DriverError; it returns only when asked to stop. Whatever else it raises is a fault of ours: the keeper records it and
goes on, because a lane must not lose its scanner to one bad frame.

A session that may hang in the operating system (a driver that never comes back from a read) tells the keeper that it
is alive: `beat`. One that has not beaten for too long is left behind, and another thread goes on without it. That is
done once: while a thread is stuck behind, a second one is waited for, so that threads never pile up.
"""

import logging
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.messages.said import say
from drivers.errors import DeviceAbsent, DeviceGone, DriverError
from drivers.faults import kind_and_place
from drivers.readings import DeviceState

_log = logging.getLogger(__name__)

JOIN_SECONDS = 15.0
"""Longer than any session takes to end that is not stuck."""
POLL_SECONDS = 1.0
"""How often a pause looks whether the device has come."""


class Backoff:
    """Pauses that double from `first` to `longest` seconds, each shortened by up to half at random.

    Args:
        jitter: random numbers from 0 to 1, so that several stations do not knock in step.
    """

    def __init__(self, jitter: Callable[[], float], first: float = 0.5, longest: float = 30.0) -> None:
        self._jitter = jitter
        self._first = first
        self._longest = longest
        self._next = first

    def reset(self) -> None:
        """The device works: the next pause is the first one again."""
        self._next = self._first

    def seconds(self) -> float:
        """The pause to make now."""
        pause = self._next * (1 - 0.5 * self._jitter())
        self._next = min(self._longest, self._next * 2)
        return pause


def presence(path: str) -> tuple[int, ...] | None:
    """What stands at a device path now: another value when it was plugged out and in, None when there is nothing."""
    try:
        name, node = Path(path).lstat(), Path(path).stat()
    except OSError:
        return None
    # A link that udev makes anew has another time even when it points to the same number again.
    made = name.st_mtime_ns if stat.S_ISLNK(name.st_mode) else 0
    return name.st_ino, made, node.st_ino, node.st_rdev


@dataclass(frozen=True, slots=True)
class Condition:
    """How the last session went."""

    state: DeviceState
    reason: str
    reconnects: int


class Keeper:
    """The thread around one device.

    Args:
        device: its name, for the thread and the log.
        session: opens and serves the device until `stopping`; raises DriverError when that fails.
        backoff: the pauses between two sessions.
        pause: waits that many seconds and says whether to stop; None waits on the stop signal itself.
        port: a device path whose coming ends a pause early; empty when there is none to look for.
        stuck_seconds: a session without a beat for so long is left behind; None never leaves one.
        monotonic: seconds that only grow, for the beats.
    """

    def __init__(
        self,
        device: str,
        session: Callable[[], None],
        backoff: Backoff,
        pause: Callable[[float], bool] | None = None,
        *,
        port: str = "",
        stuck_seconds: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._session = session
        self._backoff = backoff
        self._stop = threading.Event()
        self._pause = pause
        self._port = port
        self._stuck_seconds = stuck_seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._behind: list[threading.Thread] = []
        self._left = 0
        self._works_since = True
        """Whether data has come since a session was left behind."""
        self._beat: float | None = None
        self._condition = Condition(DeviceState.OPENING, "", 0)
        self._worked = False

    def start(self) -> None:
        """Start the thread; a second call does nothing."""
        with self._lock:
            if self._thread is None:
                self._stop.clear()
                self._begin()

    def stop(self) -> None:
        """Ask the session to end and wait until it has given the device back, or until it is clear that it is stuck."""
        self._stop.set()
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(POLL_SECONDS if self._is_stuck() else JOIN_SECONDS)
            if thread.is_alive():
                self._leave(thread)

    @property
    def stopping(self) -> bool:
        """A session checks this between two reads; also true for one that was left behind."""
        return self._stop.is_set() or self.left_behind

    @property
    def left_behind(self) -> bool:
        """Whether the calling thread is one that was left behind: it must not touch what the device is known by."""
        return threading.current_thread() in self._behind

    @property
    def left(self) -> int:
        """How many sessions were left behind since the start."""
        return self._left

    def pause(self, seconds: float) -> bool:
        """Wait, or until the device has come; true when it is time to stop."""
        if self._pause is not None:
            return self._pause(seconds) or self._stop.is_set()
        end, before = time.monotonic() + seconds, self._presence()
        while (rest := end - time.monotonic()) > 0:
            if self._stop.wait(min(rest, POLL_SECONDS) if self._port else rest):
                return True
            now = self._presence()
            if now is not None and now != before:
                # Its permissions may still be being set: the next pauses are short ones.
                self._backoff.reset()
                return False
            before = now
        return self._stop.is_set()

    @property
    def condition(self) -> Condition:
        """How the device is, as far as opening and losing it goes."""
        return self._condition

    def beat(self) -> None:
        """The session says that it is alive."""
        if not self.left_behind:
            self._beat = self._monotonic()

    def leave_stuck(self, lost: Callable[[], None]) -> None:
        """Leave the session behind when it is stuck and go on without it.

        Call it whenever somebody asks how the device is: nobody else notices.

        Args:
            lost: what is to be done before the next session begins.
        """
        with self._lock:
            if self._thread is None or not self._is_stuck():
                return
            if self._alive_behind():
                return
            self._leave(self._thread)
            lost()
            self._begin()

    @property
    def hanging(self) -> str:
        """A sentence while a session hangs and none after it has worked; empty otherwise.

        What a session says that follows one that hangs (that the port is held) is only what the hanging one does.
        """
        if self._works_since or not self._alive_behind():
            return ""
        if self._is_stuck():
            return say("{device} hangs again; unplug it, and start the station anew.", device=self._device)
        return say("{device} does not come back from a call; unplug it and plug it in again.", device=self._device)

    def opened(self) -> None:
        """The session calls this when the device is open; what it is has still to be seen."""
        self._condition = Condition(DeviceState.IDENTIFYING, "", self._condition.reconnects + int(self._worked))
        self.beat()

    def works(self) -> None:
        """The session calls this when good data has come: the next loss is met with a short pause again."""
        if self._condition.state is not DeviceState.READY:
            self._condition = Condition(DeviceState.READY, "", self._condition.reconnects)
            _log.info("%s works", self._device)
        self._worked = self._works_since = True
        self._backoff.reset()

    def _begin(self) -> None:
        self._beat = None
        self._thread = threading.Thread(target=self._run, name=f"device {self._device}", daemon=True)
        self._thread.start()

    def _leave(self, thread: threading.Thread) -> None:
        _log.error("%s: a session hangs in the operating system and is left behind", self._device)
        self._behind, self._left = [*self._alive_behind(), thread], self._left + 1
        self._works_since = False

    def _alive_behind(self) -> list[threading.Thread]:
        return [thread for thread in self._behind if thread.is_alive()]

    def _run(self) -> None:
        while not self.stopping:
            self.beat()
            try:
                self._session()
            except DriverError as error:
                absent = isinstance(error, DeviceAbsent | DeviceGone)
                self._failed(DeviceState.ABSENT if absent else DeviceState.FAILED, str(error))
            except Exception as error:
                _log.error("%s: a fault in its driver: %s", self._device, kind_and_place(error))
                why = say("The driver of {device} failed; it is being started again.", device=self._device)
                self._failed(DeviceState.FAILED, why)
            if self.stopping:
                return
            self._beat = None
            if self.pause(self._backoff.seconds()):
                return

    def _failed(self, state: DeviceState, reason: str) -> None:
        if self.left_behind:
            return
        if self._condition.reason != reason:
            _log.warning("%s: %s", self._device, reason)
        self._condition = Condition(state, reason, self._condition.reconnects)

    def _presence(self) -> tuple[int, ...] | None:
        return presence(self._port) if self._port else None

    def _is_stuck(self) -> bool:
        limit, beat = self._stuck_seconds, self._beat
        return limit is not None and beat is not None and self._monotonic() - beat > limit
