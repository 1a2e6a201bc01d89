"""The sync program's loop: drain, rest, drain again. Time, sleep and randomness come in as arguments."""

from collections.abc import Callable
from dataclasses import dataclass

from sync.uplink import DrainResult, Outcome, Uplink


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the loop rests."""

    poll_seconds: float = 1.0
    """Between looks into the journal when all is well."""
    hello_seconds: float = 30.0
    """Between signs of life when nothing happens."""
    first_retry_seconds: float = 1.0
    ceiling_seconds: float = 30.0
    alert_ceiling_seconds: float = 2.0
    """The longest rest while an alert waits."""


class Worker:
    """Keeps one uplink going until it is told to stop."""

    def __init__(
        self,
        uplink: Uplink,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
        pace: Pace = Pace(),
    ) -> None:
        """Make a worker that has not begun.

        Args:
            uplink: what to keep going.
            monotonic: seconds that never jump.
            sleep: rests for so many seconds.
            random: uniform in [0, 1), for jitter.
            pace: how long to rest.
        """
        self._uplink, self._monotonic = uplink, monotonic
        self._sleep, self._random, self._pace = sleep, random, pace
        self._failures = 0
        self._last_contact: float | None = None

    def once(self) -> DrainResult:
        """Drain once; a sign of life is sent when the centre has not heard from us for a while."""
        began = self._monotonic()
        hello = self._last_contact is None or began - self._last_contact >= self._pace.hello_seconds
        result = self._uplink.drain(say_hello=hello)
        if result.outcome is Outcome.ALL_SENT:
            self._failures = 0
            if result.batches:
                self._last_contact = self._monotonic()
        else:
            self._failures += 1
            if result.batches:
                self._failures = 1
        return result

    def run(self, stopped: Callable[[], bool], told: Callable[[DrainResult], None] = lambda _: None) -> None:
        """Drain until `stopped()`; `told` hears how each attempt ended."""
        while not stopped():
            result = self.once()
            told(result)
            if result.outcome is Outcome.ALL_SENT:
                self._sleep(self._pace.poll_seconds)
            else:
                self._rest(result, stopped)

    def _rest(self, result: DrainResult, stopped: Callable[[], bool]) -> None:
        """Wait out the back-off, but no longer than 2 s once an alert waits; look for one at every poll."""
        began = self._monotonic()
        until = began + back_off(self._failures, result, self._random(), self._pace)
        while not stopped():
            if self._uplink.alert_waits():
                until = min(until, began + self._pace.alert_ceiling_seconds)
            left = until - self._monotonic()
            if left <= 0:
                return
            self._sleep(min(left, self._pace.poll_seconds))


def back_off(failures: int, result: DrainResult, chance: float, pace: Pace = Pace()) -> float:
    """Seconds to wait after `failures` failures in a row.

    Doubles from the first retry up to the ceiling, between half and the whole of it by `chance`, so that stations
    which lost the centre together do not come back together. The centre's Retry-After is a floor, up to the ceiling.
    """
    whole = min(pace.ceiling_seconds, pace.first_retry_seconds * 2.0 ** min(failures - 1, 16))
    rest = whole * (0.5 + chance / 2)
    if result.retry_after_seconds is not None:
        rest = max(rest, min(result.retry_after_seconds, pace.ceiling_seconds))
    return min(rest, pace.alert_ceiling_seconds) if result.alert_waits else rest
