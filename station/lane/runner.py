"""Runs one lane: events in, the table applied, actions done, a snapshot out. One thread; all else posts to it."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from drivers.readings import DeviceHealth, SkinTemperature
from station.evidence import Evidence
from station.faults import log_fault
from station.journal.errors import JournalError, JournalFull
from station.lane.commands import Addressed, Command
from station.lane.deeds import Deed, DeedReport
from station.lane.events import Event, SavedToDisk, SaveFailed, SaveTrouble, Tick
from station.lane.showing import alike, shown
from station.lane.snapshot import LaneSnapshot, Phase, Saved, Sight
from station.lane.state import Act, Action, Follow, Lane, Rules, Save, Screening
from station.lane.states import step

_log = logging.getLogger(__name__)

_BEAT_SECONDS = 0.1


class Senses(Protocol):
    """What the lane looks at on every beat; each answer is the newest value, at once."""

    def sight(self) -> Sight | None:
        """What the camera sees."""

    def present(self) -> bool:
        """Whether somebody or something is before camera or scanner."""

    def measuring(self) -> SkinTemperature | None:
        """The scanner's newest look."""

    def devices(self, now: datetime) -> tuple[DeviceHealth, ...]:
        """How every device is."""

    def forget(self) -> None:
        """A screening has ended: nothing of the traveller is kept by the sensors."""


class Aftermath(Protocol):
    """What is done after "saved", and by an officer's hand; returns at once, never fails."""

    def saved(self, saved: Saved) -> None:
        """Gate, lamp and slip as the settings say."""

    def act(self, deed: Deed, officer: str, saved: Saved | None, at: datetime) -> None:
        """An officer's act."""

    def reports(self, screening: str, now: datetime) -> tuple[DeedReport, ...]:
        """What became of it all for that screening, and what failed of late."""

    @property
    def offers(self) -> tuple[Deed, ...]:
        """What an officer may order."""


class LaneRunner:
    """The lane's thread.

    Args:
        rules: what the table needs.
        keep: writes a screening durably and answers what was saved; raises JournalError.
        senses: what looks and listens.
        now: the time of day, aware.
        aftermath: gate, lamp and slips; None where there are none.
        lane: what it starts from: what the journal remembers.
        monotonic: seconds that only grow; beats are told by them.
    """

    def __init__(
        self,
        rules: Rules,
        keep: Callable[[Screening], Saved],
        senses: Senses,
        now: Callable[[], datetime],
        lane: Lane | None = None,
        aftermath: Aftermath | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rules, self._keep, self._senses, self._now = rules, keep, senses, now
        self._aftermath, self._monotonic = aftermath, monotonic
        self._required = rules.judge(Evidence(), now()).required
        self._events: queue.SimpleQueue[Event | Command | Addressed] = queue.SimpleQueue()
        self._lane = lane or Lane()
        self._changed = threading.Condition()
        self._snapshot = self._picture(now(), 1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lane", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the event at hand."""
        self._stop.set()
        self._thread.join(5)

    def post(self, event: Event | Command | Addressed) -> None:
        """Hand over an event; any thread."""
        self._events.put(event)

    def snapshot(self) -> LaneSnapshot:
        """The newest snapshot."""
        with self._changed:
            return self._snapshot

    def wait(self, revision: int, timeout: float) -> LaneSnapshot:
        """Block until the lane is past `revision`, at most `timeout` seconds; then the newest snapshot."""
        with self._changed:
            self._changed.wait_for(lambda: self._snapshot.revision > revision, timeout)
            return self._snapshot

    def _run(self) -> None:
        beat = self._monotonic()
        while not self._stop.is_set():
            event = self._waiting(beat - self._monotonic())
            if event is None:
                # Beats come by time: patience and absence go on however many events there are.
                beat = self._monotonic() + _BEAT_SECONDS
            try:
                self._take(event or Tick(self._senses.present(), self._senses.devices(self._now())))
                self._publish()
            except Exception as error:
                # One event that we handle wrongly must not end the lane, and neither must a device.
                log_fault(_log, f"the lane could not take up {type(event).__name__ if event else 'a beat'}", error)

    def _waiting(self, seconds: float) -> Event | Command | Addressed | None:
        """The next event, when one comes within so many seconds; None when the beat is due."""
        if seconds <= 0:
            return None
        try:
            return self._events.get(timeout=seconds)
        except queue.Empty:
            return None

    def _take(self, event: Event | Command | Addressed) -> None:
        """Apply one event, and then what its actions answer."""
        todo: list[Event | Command | Addressed] = [event]
        before = self._lane.screening if self._lane.phase is not Phase.SAVED else ""
        while todo:
            self._lane, actions = step(self._lane, todo.pop(0), self._rules, self._now())
            todo += [answer for action in actions for answer in self._done(action)]
        if before and (self._lane.screening != before or self._lane.phase is Phase.SAVED):
            self._senses.forget()

    def _done(self, action: Action) -> tuple[Event, ...]:
        match action:
            case Save(screening):
                return (self._save(screening),)
            case Follow(saved) if self._aftermath is not None:
                self._aftermath.saved(saved)
            case Act(deed, officer, saved) if self._aftermath is not None:
                self._aftermath.act(deed, officer, saved, self._now())
        return ()

    def _save(self, screening: Screening) -> Event:
        try:
            return SavedToDisk(self._keep(screening))
        except JournalFull as error:
            _log.error("%s", error)
            return SaveFailed(SaveTrouble.FULL)
        except JournalError as error:
            _log.error("%s", error)
            return SaveFailed(SaveTrouble.FAULTY)
        except Exception as error:
            # Without an answer the lane would wait for ever; it tries again, and the screen says so.
            log_fault(_log, "the screening could not be written", error)
            return SaveFailed(SaveTrouble.FAULTY)

    def _publish(self) -> None:
        old = self._snapshot
        new = self._picture(self._now(), old.revision)
        if replace(new, at=old.at, devices=()) == replace(old, devices=()) and alike(new.devices, old.devices):
            return
        with self._changed:
            self._snapshot = replace(new, revision=old.revision + 1)
            self._changed.notify_all()

    def _picture(self, at: datetime, revision: int) -> LaneSnapshot:
        lane, after = self._lane, self._aftermath
        screening = lane.saved.screening if lane.saved and lane.phase is Phase.SAVED else ""
        return shown(
            lane,
            at,
            revision,
            self._required,
            self._senses.devices(at),
            sight=self._senses.sight(),
            measuring=self._senses.measuring(),
            deeds=after.reports(screening, at) if after else (),
            offers=after.offers if after else (),
        )
