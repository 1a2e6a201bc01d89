"""A kiosk over a real lane: the runner, the shipped rules, a real journal; only camera and scanner are the test's."""

import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gallery import BELIEVED, NOW, settings, skin
from kiosk_in_memory import Pictures, tick

from config.rules.reading import load_all
from config.rules.ruleset import RuleSet, in_force
from config.settings import LaneMode
from drivers.readings import DeviceHealth, DeviceKind, DeviceState, SkinTemperature
from station.equipment import Equipment
from station.evidence import Evidence, Judgement
from station.ids import uuid7
from station.journal.journal import Journal, content
from station.judgement.holder import match
from station.judgement.judge import judge
from station.kiosk.ports import Believed, Picture, UplinkState, UplinkWords
from station.lane.commands import Addressed, Command
from station.lane.correction import correct
from station.lane.events import Event
from station.lane.recall import saved_of
from station.lane.runner import LaneRunner
from station.lane.snapshot import LaneSnapshot, Saved, Sight
from station.lane.state import Rules, Screening
from station.records import payload, priority
from sync.facts import FactKind


class LiveLane:
    """What the screens ask of a lane, answered by the real one; `see` is what camera and scanner report."""

    def __init__(self, pictures: Pictures, folder: Path) -> None:
        self._pictures = pictures
        self._journal = Journal(folder / "journal.db", bytes(32), "demo-1", lambda: NOW, os.urandom)
        self._settings = settings()
        self._count = 0
        self._lock = threading.Lock()
        rule_set = in_force(load_all(), "demo", "inbound", NOW)
        assert rule_set is not None
        lane = self._settings.lane.model_copy(update={"mode": LaneMode.AUTOMATIC, "patience_seconds": 600.0})
        rules = Rules(
            lane,
            lambda evidence, at: judge(evidence, rule_set, at),
            lambda document, certificate: match(document.document, certificate.result.holder),  # type: ignore[arg-type]
            correct,
            self._new_id,
            lambda at: rule_set.second_after_seconds,
        )
        self.order = rule_set
        self.kept: list[dict[str, Any]] = []
        self._runner = LaneRunner(rules, self._keep, self, self._now)
        self._runner.start()

    def stop(self) -> None:
        self._runner.stop()
        self._journal.close()

    def see(self, *events: Event) -> None:
        for event in events:
            self._runner.post(event)

    # station.kiosk.ports.LaneHandle

    def snapshot(self) -> LaneSnapshot:
        return self._runner.snapshot()

    def wait(self, revision: int, timeout: float) -> LaneSnapshot:
        return self._runner.wait(revision, timeout)

    def send(self, command: Command | Addressed) -> None:
        self._runner.post(command)

    def camera_jpeg(self) -> Picture | None:
        return tick(), self._pictures.jpegs["passport"]

    def thermal_png(self) -> Picture | None:
        return tick(), self._pictures.thermal(36.4)

    def equipment(self) -> tuple[Equipment, ...]:
        return tuple(Equipment(health) for health in self.devices(NOW))

    def uplink(self) -> UplinkWords:
        return UplinkWords(UplinkState.CONNECTED, 0, None, 0, NOW)

    def believed(self) -> Believed:
        return replace(BELIEVED, order=self.order)

    def judge(self, evidence: Evidence) -> Judgement:
        return judge(evidence, self.order, NOW)

    def photograph(self) -> bytes | None:
        return self._pictures.papers["passport"]

    def recorded(self, screening: str) -> Mapping[str, Any]:
        entries = self._journal.about(screening)
        return content(entries[0]) if entries else {}

    def rule_set(self, digest: str) -> RuleSet | None:
        return self.order if self.order.digest == digest else None

    # station.lane.runner.Senses

    def sight(self) -> Sight | None:
        return None

    def present(self) -> bool:
        return True

    def measuring(self) -> SkinTemperature | None:
        return skin(36.4)

    def devices(self, now: datetime) -> tuple[DeviceHealth, ...]:
        return (DeviceHealth("camera-1", DeviceState.READY, "", 0.1, 900, kind=DeviceKind.CAMERA),)

    def forget(self) -> None:
        return

    # what the lane asks

    def _now(self) -> datetime:
        with self._lock:
            self._count += 1
            return NOW + timedelta(milliseconds=self._count)

    def _new_id(self, at: datetime) -> str:
        return uuid7(at, os.urandom(10))

    def _keep(self, screening: Screening) -> Saved:
        body = payload(screening, self._settings)
        entry = self._journal.append(FactKind.SCREENING, priority(screening), body, subject=screening.id)
        self.kept.append(content(entry))
        return saved_of(entry, body)
