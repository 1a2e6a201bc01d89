"""Keeps one device going: a thread that opens it, serves it, and opens it again with growing pauses.

A keeper runs `session` over and over. A session opens the device, moves its data until something fails and raises a
DriverError; it returns only when asked to stop. Whatever else it raises is a fault of ours: the keeper records it and
goes on, because a lane must not lose its scanner to one bad frame.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import DeviceAbsent, DeviceGone, DriverError
from drivers.readings import DeviceState

_log = logging.getLogger(__name__)

JOIN_SECONDS = 15.0
"""Longer than the ten seconds for which a V4L2 read may hang."""


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
    """

    def __init__(
        self,
        device: str,
        session: Callable[[], None],
        backoff: Backoff,
        pause: Callable[[float], bool] | None = None,
    ) -> None:
        self._device = device
        self._session = session
        self._backoff = backoff
        self._stop = threading.Event()
        self._pause = pause
        self._thread: threading.Thread | None = None
        self._condition = Condition(DeviceState.OPENING, "", 0)
        self._worked = False

    def start(self) -> None:
        """Start the thread; a second call does nothing."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name=f"device {self._device}", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ask the session to end and wait until it has given the device back."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
            self._thread = None

    @property
    def stopping(self) -> bool:
        """A session checks this between two reads."""
        return self._stop.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; true when it is time to stop."""
        if self._pause is None:
            return self._stop.wait(seconds)
        return self._pause(seconds) or self._stop.is_set()

    @property
    def condition(self) -> Condition:
        """How the device is, as far as opening and losing it goes."""
        return self._condition

    def opened(self) -> None:
        """The session calls this when the device is open."""
        self._condition = Condition(DeviceState.OPENING, "", self._condition.reconnects + int(self._worked))

    def works(self) -> None:
        """The session calls this when good data has come: the next loss is met with a short pause again."""
        if self._condition.state is not DeviceState.READY:
            self._condition = Condition(DeviceState.READY, "", self._condition.reconnects)
            _log.info("%s works", self._device)
        self._worked = True
        self._backoff.reset()

    def _run(self) -> None:
        while not self.stopping:
            try:
                self._session()
            except DriverError as error:
                absent = isinstance(error, DeviceAbsent | DeviceGone)
                self._failed(DeviceState.ABSENT if absent else DeviceState.FAILED, str(error))
            except Exception:
                _log.exception("%s: a fault in its driver", self._device)
                self._failed(DeviceState.FAILED, f"The driver of {self._device} failed; it is being started again.")
            if self.stopping or self.pause(self._backoff.seconds()):
                return

    def _failed(self, state: DeviceState, reason: str) -> None:
        if self._condition.reason != reason:
            _log.warning("%s: %s", self._device, reason)
        self._condition = Condition(state, reason, self._condition.reconnects)
