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
from station.journal.errors import JournalError
from sync.facts import rfc3339

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something is said."""

    settle_seconds: float = 5.0
    """A state that has not lasted so long is no change."""
    least_seconds: float = 60.0
    """Between two entries."""
    alive_seconds: float = 3600.0
    """After so long without a change an entry says that there was none."""


@dataclass(frozen=True, slots=True)
class _Since:
    state: DeviceState
    at: datetime
    moment: float


class DeviceChanges:
    """Decides when there is something to say; pure, the caller tells the time.

    Args:
        pace: how often.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._since: dict[str, _Since] = {}
        self._said: dict[str, DeviceState] = {}
        self._said_at: float | None = None

    def look(self, healths: tuple[DeviceHealth, ...], now: datetime, moment: float) -> dict[str, Any] | None:
        """The payload of an entry when one is due; None otherwise.

        Args:
            healths: every device of the station.
            now: the time of day.
            moment: monotonic seconds.
        """
        for health in healths:
            known = self._since.get(health.device)
            if known is None or known.state is not health.state:
                self._since[health.device] = _Since(health.state, now, moment)
        if not healths or not self._due(moment, {health.device for health in healths}):
            return None
        self._said = {health.device: health.state for health in healths}
        self._said_at = moment
        return {"at": rfc3339(now), "devices": [self._told(health) for health in healths]}

    def _due(self, moment: float, here: set[str]) -> bool:
        pause = None if self._said_at is None else moment - self._said_at
        if pause is not None and pause < self._pace.least_seconds:
            return False
        lasted = moment - self._pace.settle_seconds
        changed = any(
            self._said.get(name) is not since.state and since.moment <= lasted
            for name, since in self._since.items()
            if name in here
        )
        return changed or (pause is not None and pause >= self._pace.alive_seconds)

    def _told(self, health: DeviceHealth) -> dict[str, Any]:
        ambient, age = health.ambient_celsius, health.age_seconds
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
            said = self._changes.look(self._healths(), self._now(), self._monotonic())
            if said is None:
                continue
            try:
                self._keep(said)
            except JournalError as error:
                # The lane's own records come first, and the lane tells of the journal by itself.
                _log.warning("the state of the devices was not written: %s", error)
