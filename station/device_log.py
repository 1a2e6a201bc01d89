"""How the station's devices are, written into the journal so that the centre knows: when one has changed, and hourly.

A change counts once it has lasted, and entries come a minute apart at the least: a loose cable must not fill a journal.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drivers.readings import DeviceHealth, DeviceState
from station.faults import log_fault
from station.journal.errors import JournalError
from station.lane.troubles import reason_pattern
from sync.facts import rfc3339

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something is said."""

    settle_seconds: float = 5.0
    """A state, or a reason, that has not lasted so long is no change."""
    least_seconds: float = 60.0
    """Between two entries."""
    alive_seconds: float = 3600.0
    """After so long without a change an entry says that there was none."""


_Word = tuple[DeviceState, str]
"""A state and its reason, without the values in it."""


@dataclass(frozen=True, slots=True)
class _Since:
    word: _Word
    at: datetime
    """Since when it has been in that state."""
    moment: float
    """Since when it has been so for that reason."""


class DeviceChanges:
    """Decides when there is something to say; pure, the caller tells the time.

    Args:
        pace: how often.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._since: dict[str, _Since] = {}
        self._said: dict[str, _Word] = {}
        self._saying: dict[str, _Word] = {}
        self._tried_at: float | None = None

    def look(self, healths: tuple[DeviceHealth, ...], now: datetime, moment: float) -> dict[str, Any] | None:
        """The payload of an entry when one is due; None otherwise. It is due again until `kept` says it was written.

        Args:
            healths: every device of the station.
            now: the time of day.
            moment: monotonic seconds.
        """
        for health in healths:
            known = self._since.get(health.device)
            word = (health.state, reason_pattern(health))
            if known is None or known.word != word:
                same = known is not None and known.word[0] is health.state
                self._since[health.device] = _Since(word, known.at if known and same else now, moment)
        if not healths or not self._due(moment, {health.device for health in healths}):
            return None
        self._saying = {health.device: self._since[health.device].word for health in healths}
        self._tried_at = moment
        return {"at": rfc3339(now), "devices": [self._told(health) for health in healths]}

    def kept(self) -> None:
        """What `look` gave last is written."""
        self._said = self._saying

    def _due(self, moment: float, here: set[str]) -> bool:
        pause = None if self._tried_at is None else moment - self._tried_at
        if pause is not None and pause < self._pace.least_seconds:
            return False
        lasted = moment - self._pace.settle_seconds
        changed = any(
            self._said.get(name) != since.word and since.moment <= lasted
            for name, since in self._since.items()
            if name in here
        )
        return changed or (pause is not None and pause >= self._pace.alive_seconds)

    def _told(self, health: DeviceHealth) -> dict[str, Any]:
        ambient, age, rate = health.ambient_celsius, health.age_seconds, health.rate_hertz
        return {
            "device": health.device,
            "kind": health.kind.value,
            "state": health.state.value,
            "since": rfc3339(self._since[health.device].at),
            "reason": health.reason,
            "frames_good": health.frames_good,
            "frames_bad": health.frames_bad,
            "resyncs": health.resyncs,
            "reconnects": health.reconnects,
            "rate_hertz": None if rate is None else round(rate, 1),
            "last_good_seconds": None if age is None else round(age, 1),
            "ambient_celsius": None if ambient is None else round(ambient, 1),
        }


class DeviceLog:
    """Looks once a second, on a thread of its own.

    Args:
        healths: every device with its health of this moment.
        keep: writes an entry; may raise JournalError.
        now: the time of day, in UTC.
        monotonic: seconds that only grow.
        pace: how often.
    """

    def __init__(
        self,
        healths: Callable[[], tuple[DeviceHealth, ...]],
        keep: Callable[[Mapping[str, Any]], object],
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
    ) -> None:
        self._healths = healths
        self._keep = keep
        self._now = now
        self._monotonic = monotonic
        self._changes = DeviceChanges(pace)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; a second call does nothing."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="device log", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                said = self._changes.look(self._healths(), self._now(), self._monotonic())
                if said is not None:
                    self._keep(said)
                    self._changes.kept()
            except JournalError as error:
                # The lane's own records come first, and the lane tells of the journal by itself.
                _log.warning("the state of the devices was not written: %s", error)
            except Exception as error:
                # One look that we handle wrongly must not end the telling.
                log_fault(_log, "the state of the devices could not be written", error)
