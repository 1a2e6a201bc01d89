"""What every device on a byte link has in common: it is opened, served, lost and opened again, and its health told.

A device's own class says what is its own: how it is served while its link is open (`_serve`), what is to be known then
(`_state`), and what an opening and a loss mean for it (`_opened`, `_closed`).
"""

import random
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from config.messages.said import say
from drivers.errors import DeviceGone
from drivers.keeper import Backoff, Keeper
from drivers.ports import ByteLink, OpenLink
from drivers.readings import DeviceHealth, DeviceState

STUCK_SECONDS = 10.0
"""Every call of a link ends by itself within two seconds; one that has not after so long never will."""
_RATE_FRAMES = 16

State = tuple[DeviceState, str]


@dataclass(slots=True)
class Tally:
    """What is counted since the program started; times are monotonic seconds."""

    good: int = 0
    bad: int = 0
    resyncs: int = 0
    bytes_in: int = 0
    last_good: float | None = None
    times: deque[float] = field(default_factory=lambda: deque(maxlen=_RATE_FRAMES))
    """When the newest good frames of this opening came."""

    def good_at(self, moment: float) -> None:
        """A good frame has come."""
        self.good, self.last_good = self.good + 1, moment
        self.times.append(moment)

    def rate_hertz(self, moment: float) -> float | None:
        """Good frames a second over the newest ones, less the longer none has come."""
        if len(self.times) < 2:
            return None
        return (len(self.times) - 1) / max(moment - self.times[0], 1e-6)


class Supervisor(ABC):
    """A device on a byte link that keeps itself going.

    Args:
        device: its name on screens and in records.
        open_link: opens its cable; resolves its name anew at each call.
        monotonic: seconds that only grow; ages are judged by them, not by the clock.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
        port: a device path whose coming ends a pause early; empty when there is none.
    """

    _has_rate = False
    """Whether good frames come by themselves, so that their rate means something."""

    def __init__(
        self,
        device: str,
        open_link: OpenLink,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        pause: Callable[[float], bool] | None = None,
        port: str = "",
    ) -> None:
        self._device = device
        self._open_link = open_link
        self._monotonic = monotonic
        self._keeper = Keeper(
            device,
            self._session,
            Backoff(jitter or random.SystemRandom().random),
            pause,
            port=port,
            stuck_seconds=STUCK_SECONDS,
            monotonic=monotonic,
        )
        self._fresh = threading.Condition()
        """Guards everything below and what a device's own class keeps; notified when there is something new."""
        self._tally = Tally()
        self._is_open = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def device(self) -> str:
        """Its name."""
        return self._device

    def start(self) -> None:
        """Start; returns at once, a second call does nothing. A device that is not there is no error."""
        self._keeper.start()

    def stop(self) -> None:
        """End the thread and give the device back."""
        self._keeper.stop()

    def health(self, now: datetime) -> DeviceHealth:
        """How it is.

        Args:
            now: the caller's time of day; ages are measured by the monotonic clock and do not depend on it.
        """
        del now
        with self._fresh:
            self._keeper.leave_stuck(self._lost)
            moment, tally = self._monotonic(), self._tally
            state, reason = self._state_now(moment)
            return DeviceHealth(
                device=self._device,
                state=state,
                reason=reason,
                age_seconds=None if tally.last_good is None else moment - tally.last_good,
                frames_good=tally.good,
                frames_bad=tally.bad,
                resyncs=tally.resyncs,
                reconnects=self._keeper.condition.reconnects,
                bytes_in=tally.bytes_in,
                rate_hertz=tally.rate_hertz(moment) if self._has_rate else None,
                ambient_celsius=self._ambient(),
            )

    @abstractmethod
    def _serve(self, link: ByteLink) -> None:
        """Move its data until `self._keeper.stopping`; raises DriverError when that fails."""

    @abstractmethod
    def _state(self, moment: float) -> State:
        """How it is while its link is open; called with the lock held."""

    def _attach(self, link: ByteLink) -> ByteLink:
        """The link as its protocol is read."""
        return link

    def _opened(self, moment: float) -> None:
        """Its link has just been opened; called with the lock held."""
        del moment

    @abstractmethod
    def _closed(self) -> None:
        """Its link is lost or being closed; called with the lock held."""

    def _ambient(self) -> float | None:
        """Its own temperature, when it tells; called with the lock held."""
        return None

    def _state_now(self, moment: float) -> State:
        if hanging := self._keeper.hanging:
            return DeviceState.FAILED, hanging
        if self._is_open:
            return self._state(moment)
        condition = self._keeper.condition
        if condition.state in (DeviceState.READY, DeviceState.IDENTIFYING):
            # The link has just been closed and the keeper has not yet written down why.
            return DeviceState.ABSENT, say("{device} is being opened again.", device=self._device)
        return condition.state, condition.reason

    def _session(self) -> None:
        """One opening of the link, until it fails or the device is stopped."""
        link = self._attach(_Heard(self._open_link(), self._keeper, self._tally))
        try:
            with self._fresh:
                if self._keeper.left_behind:
                    return
                self._keeper.opened()
                self._tally.times.clear()
                self._opened(self._monotonic())
                self._is_open = True
            self._serve(link)
        finally:
            with self._fresh:
                if not self._keeper.left_behind:
                    self._lost()
            link.close()

    def _lost(self) -> None:
        self._is_open = False
        self._closed()


class _Heard:
    """A link whose calls are counted and tell the keeper that the session is alive."""

    def __init__(self, link: ByteLink, keeper: Keeper, tally: Tally) -> None:
        self._link = link
        self._keeper = keeper
        self._tally = tally

    @property
    def name(self) -> str:
        """The path or URL that it was opened by."""
        return self._link.name

    def read_some(self) -> bytes:
        """Whatever arrives within a short time.

        Raises:
            DeviceGone: the cable or the power went away, or the call took so long that nobody waits for it any more.
        """
        self._keeper.beat()
        data = self._link.read_some()
        self._alive()
        self._tally.bytes_in += len(data)
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            DeviceGone: as above.
        """
        self._keeper.beat()
        self._link.write(data)
        self._alive()

    def close(self) -> None:
        """Give the device back."""
        self._link.close()

    def _alive(self) -> None:
        if self._keeper.left_behind:
            raise DeviceGone(say("{port} was given up while it hung.", port=self.name))
        self._keeper.beat()
