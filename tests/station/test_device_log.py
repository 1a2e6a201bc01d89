"""When the journal is told how the devices are, and that the journal takes it."""

import itertools
import json
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from config.loader import load
from config.messages.said import say
from drivers.readings import DeviceHealth, DeviceKind, DeviceState
from station.app import Kiosk
from station.device_log import DeviceChanges, DeviceLog, Pace
from station.journal.errors import JournalFull
from sync.facts import FactKind, Priority

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
READY, FAILED, ABSENT = DeviceState.READY, DeviceState.FAILED, DeviceState.ABSENT


def devices(camera=READY, thermal=READY, reason=""):
    return (
        DeviceHealth("camera", camera, kind=DeviceKind.CAMERA, frames_good=7),
        DeviceHealth(
            "thermal",
            thermal,
            reason,
            age_seconds=1.26,
            ambient_celsius=29.04,
            rate_hertz=7.96,
            kind=DeviceKind.THERMAL,
        ),
    )


class Watch:
    """One look a second; what was said, by second."""

    def __init__(self):
        self.changes, self.second, self.said, self.works = DeviceChanges(), 0, {}, True

    def pass_by(self, seconds, *healths, **states):
        for _ in range(seconds):
            said = self.changes.look(healths or devices(**states), START + timedelta(seconds=self.second), self.second)
            if said is not None:
                self.said[self.second] = {each["device"]: each["state"] for each in said["devices"]}
                self.last = said
                if self.works:
                    self.changes.kept()
            self.second += 1


def test_the_first_word_then_nothing_until_something_lasts():
    watch = Watch()
    watch.pass_by(300)
    assert list(watch.said) == [5]
    watch.pass_by(3, thermal=FAILED)
    watch.pass_by(100)
    assert list(watch.said) == [5], "three seconds are no change"
    watch.pass_by(20, thermal=FAILED, reason="thermal has sent no good picture for 5 s; check its cable.")
    assert list(watch.said) == [5, 408]
    (thermal,) = [each for each in watch.last["devices"] if each["device"] == "thermal"]
    assert thermal == {
        "device": "thermal",
        "kind": "thermal",
        "state": "failed",
        "since": "2026-11-21T03:06:43.000Z",
        "reason": "thermal has sent no good picture for 5 s; check its cable.",
        "frames_good": 0,
        "frames_bad": 0,
        "resyncs": 0,
        "reconnects": 0,
        "rate_hertz": 8.0,
        "last_good_seconds": 1.3,
        "ambient_celsius": 29.0,
    }


def test_a_loose_cable_is_told_once_a_minute_at_the_most():
    watch = Watch()
    for _ in range(60):
        watch.pass_by(7, thermal=FAILED)
        watch.pass_by(7, thermal=READY)
    seconds = list(watch.said)
    assert 5 <= len(seconds) <= 60 * 14 / 60 + 1
    assert all(later - earlier >= 60 for earlier, later in itertools.pairwise(seconds))


def test_a_change_within_the_minute_is_told_at_its_end():
    watch = Watch()
    watch.pass_by(10)
    watch.pass_by(120, thermal=ABSENT)
    assert watch.said == {5: {"camera": "ready", "thermal": "ready"}, 65: {"camera": "ready", "thermal": "absent"}}


def test_every_hour_a_sign_of_life():
    watch = Watch()
    watch.pass_by(2 * 3600 + 60)
    assert list(watch.said) == [5, 3605, 7205]


def test_a_device_that_is_new_is_a_change():
    watch = Watch()
    watch.pass_by(100, *devices()[:1])
    watch.pass_by(100, *devices())
    assert list(watch.said) == [5, 105]


def test_what_could_not_be_written_is_said_again_a_minute_later():
    watch = Watch()
    watch.pass_by(100)
    watch.works = False
    watch.pass_by(100, thermal=ABSENT)
    watch.works = True
    watch.pass_by(300, thermal=ABSENT)
    told = {second: states["thermal"] for second, states in watch.said.items()}
    assert told == {5: "ready", 105: "absent", 165: "absent", 225: "absent"}


def test_another_reason_is_a_change_and_other_seconds_are_none():
    def silent(seconds):
        return say(
            "{device} has sent nothing for {seconds} s; check its cable.", device="thermal", seconds=str(seconds)
        )

    watch = Watch()
    watch.pass_by(100, thermal=FAILED, reason=silent(5))
    for second in range(6, 100):
        watch.pass_by(1, thermal=FAILED, reason=silent(second))
    assert list(watch.said) == [5]
    watch.pass_by(100, thermal=FAILED, reason=say("{device} says that it is broken; replace it.", device="thermal"))
    assert list(watch.said) == [5, 199]
    (thermal,) = [each for each in watch.last["devices"] if each["device"] == "thermal"]
    assert thermal["since"] == "2026-11-21T03:00:00.000Z", "it has failed since then, for whatever reason"


def test_no_devices_say_nothing():
    watch = Watch()
    assert all(watch.changes.look((), START, second) is None for second in range(4000))


@pytest.mark.parametrize("fault", [JournalFull("no room"), OSError("no such file"), ValueError("unlike any")])
def test_a_full_journal_ends_nothing(fault):
    told, tried = threading.Event(), []

    def keep(payload):
        tried.append(json.dumps(payload))
        if len(tried) == 1:
            raise fault
        told.set()

    states = iter((READY, FAILED, READY, FAILED, READY, FAILED))
    pace = Pace(settle_seconds=0, least_seconds=0, alive_seconds=0)
    log = DeviceLog(lambda: devices(thermal=next(states, READY)), keep, lambda: START, pace=pace)
    log.start()
    log.start()
    assert told.wait(10)
    log.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "device log"]


def test_a_kiosk_tells_its_journal_and_its_metrics(tmp_path):
    """The real composition, with a scanner that is not there and a camera that is."""
    (tmp_path / "camera").mkdir()
    settings = load(
        "demo",
        {
            "station": {"state": tmp_path / "station"},
            "camera": {"source": f"folder:{tmp_path / 'camera'}"},
            "thermal": {"port": str(tmp_path / "no-scanner")},
            "kiosk": {"port": 0},
            "sync": {"enabled": False},
        },
    )
    kiosk = Kiosk(settings)
    kiosk.start()
    try:
        end = time.monotonic() + 20
        while not (entries := kiosk._journal.newest(FactKind.DEVICES, 1)) and time.monotonic() < end:
            time.sleep(0.1)
        with urllib.request.urlopen(kiosk.address + "/metrics", timeout=5) as answer:
            figures = answer.read().decode()
    finally:
        kiosk.stop()
    (entry,) = entries
    told = {each["kind"]: each for each in json.loads(entry.payload)["devices"]}
    assert told["thermal"]["state"] == "absent"
    assert "plug the device in" in told["thermal"]["reason"]
    assert entry.priority is Priority.HEALTH
    assert 'daan_device_state{device="thermal",kind="thermal",state="absent"} 1.0' in figures
