"""Runs one lane: events in, the table applied, actions done, a snapshot out. One thread; all else posts to it."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from drivers.readings import DeviceHealth, DeviceState, SkinTemperature
from station.evidence import Attestation, Evidence, EvidenceKind
from station.faults import log_fault
from station.journal.errors import JournalError, JournalFull
from station.lane.commands import Addressed, Command
from station.lane.events import Event, SavedToDisk, SaveFailed, SaveTrouble, Tick
from station.lane.snapshot import LaneSnapshot, Need, NeedState, Phase, Saved, Sight
from station.lane.state import Lane, Rules, Screening
from station.lane.states import step

_log = logging.getLogger(__name__)

_BEAT_SECONDS = 0.1
_COMING = (DeviceState.OPENING, DeviceState.IDENTIFYING, DeviceState.WARMING)
_WORKING = (DeviceState.READY, DeviceState.DEGRADED)
_ATTESTED_AS = {
    EvidenceKind.DOCUMENT: Attestation.DOCUMENT,
    EvidenceKind.CERTIFICATE: Attestation.CERTIFICATE,
    EvidenceKind.TEMPERATURE: Attestation.TEMPERATURE,
}


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


class LaneRunner:
    """The lane's thread.

    Args:
        rules: what the table needs.
        keep: writes a screening durably and answers what was saved; raises JournalError.
        senses: camera and scanner.
        now: the time of day, aware.
        lane: what it starts from: what the journal remembers.
    """

    def __init__(
        self,
        rules: Rules,
        keep: Callable[[Screening], Saved],
        senses: Senses,
        now: Callable[[], datetime],
        lane: Lane | None = None,
    ) -> None:
        self._rules, self._keep, self._senses, self._now = rules, keep, senses, now
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
        while not self._stop.is_set():
            try:
                event: Event | Command | Addressed = self._events.get(timeout=_BEAT_SECONDS)
            except queue.Empty:
                event = Tick(self._senses.present())
            try:
                self._take(event)
                self._publish()
            except Exception as error:
                # One event that we handle wrongly must not end the lane.
                log_fault(_log, f"the lane could not take up {type(event).__name__}", error)

    def _take(self, event: Event | Command | Addressed) -> None:
        """Apply one event, and then what its actions answer."""
        todo: list[Event | Command | Addressed] = [event]
        while todo:
            self._lane, actions = step(self._lane, todo.pop(0), self._rules, self._now())
            todo += [self._save(action.screening) for action in actions]

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
        if replace(new, at=old.at, devices=()) == replace(old, devices=()) and _alike(new.devices, old.devices):
            return
        with self._changed:
            self._snapshot = replace(new, revision=old.revision + 1)
            self._changed.notify_all()

    def _picture(self, at: datetime, revision: int) -> LaneSnapshot:
        lane, devices = self._lane, self._senses.devices(at)
        return LaneSnapshot(
            at=at,
            phase=_phase(lane, devices),
            revision=revision,
            opened_at=lane.opened_at,
            evidence=lane.evidence,
            needs=_needs(lane, self._required),
            judgement=lane.judgement,
            measuring=self._senses.measuring(),
            sight=self._senses.sight(),
            notice=lane.notice,
            notice_detail=lane.notice_detail,
            tray=lane.tray,
            saved=lane.saved,
            recent=lane.recent,
            devices=devices,
        )


def _phase(lane: Lane, devices: tuple[DeviceHealth, ...]) -> Phase:
    """NOT_READY covers IDLE while a device is still coming up, or none works."""
    if lane.phase is not Phase.IDLE or not devices:
        return lane.phase
    coming = any(d.state in _COMING for d in devices)
    working = any(d.state in _WORKING for d in devices)
    return Phase.NOT_READY if coming or not working else Phase.IDLE


def _needs(lane: Lane, required: tuple[EvidenceKind, ...]) -> tuple[Need, ...]:
    """A tile per required piece of evidence: done, the first open one is now, the rest still needed."""
    evidence, judgement = lane.evidence, lane.judgement
    second = judgement is not None and judgement.second_measurement
    sensed = {
        EvidenceKind.DOCUMENT: evidence.document is not None,
        EvidenceKind.CERTIFICATE: bool(evidence.whole_certificates),
        EvidenceKind.TEMPERATURE: bool(evidence.temperatures) and not second and not lane.measure_again,
    }
    tiles: list[Need] = []
    for kind in judgement.required if judgement else required:
        attested = evidence.attestation(_ATTESTED_AS[kind]) is not None
        attested = attested or (kind is EvidenceKind.CERTIFICATE and bool(evidence.papers))
        wanting = judgement is not None and kind in judgement.missing  # a further proof, beside the one that is there
        if (sensed[kind] or attested) and not wanting:
            tiles.append(Need(kind, NeedState.DONE, attested and not sensed[kind]))
        else:
            now = all(t.state is NeedState.DONE for t in tiles)
            tiles.append(Need(kind, NeedState.NOW if now else NeedState.NEED))
    return tuple(tiles)


def _alike(new: tuple[DeviceHealth, ...], old: tuple[DeviceHealth, ...]) -> bool:
    """Whether the screens would show the same of the devices; counters and ages move all the time."""
    return [(d.device, d.state, d.reason) for d in new] == [(d.device, d.state, d.reason) for d in old]
