"""The lane's thread: it beats by time, whatever comes in and whatever a device does."""

import importlib.util
import os
import threading
from pathlib import Path

import pytest

from drivers.readings import DeviceHealth, DeviceState
from station.journal.journal import Journal
from station.lane.events import DocumentUnreadable
from station.lane.runner import LaneRunner
from station.lane.snapshot import Notice, Phase

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)


class Senses:
    """Counts the beats; `broken` is raised by every device's health."""

    def __init__(self):
        self.beats, self.broken, self.on_beat = threading.Semaphore(0), None, lambda: None
        self.asked_in_vain = threading.Semaphore(0)

    def sight(self):
        return None

    def present(self):
        self.beats.release()
        self.on_beat()
        return False

    def measuring(self):
        return None

    def devices(self, now):
        if self.broken is not None:
            self.asked_in_vain.release()
            raise self.broken
        return (DeviceHealth("camera", DeviceState.READY),)

    def forget(self):
        pass


@pytest.fixture
def bench(tmp_path):
    journal = Journal(tmp_path / "j.db", bytes(32), "demo-1", lambda: people.NOON, os.urandom)
    yield people.Bench(journal)
    journal.close()


@pytest.fixture
def senses():
    return Senses()


@pytest.fixture
def runner(bench, senses):
    found = LaneRunner(bench.rules, lambda screening: None, senses, lambda: people.NOON)
    yield found
    senses.broken, senses.on_beat = None, lambda: None
    found.stop()


def test_a_device_that_raises_does_not_end_the_lane(runner, senses):
    senses.broken = RuntimeError("a health that fails")
    runner.start()
    for _ in range(3):
        assert senses.asked_in_vain.acquire(timeout=20)
    senses.broken = None
    while senses.beats.acquire(blocking=False):
        pass
    before = runner.snapshot().revision
    runner.post(DocumentUnreadable())
    assert runner.wait(before, 20).notice is Notice.DOCUMENT_UNREADABLE
    assert senses.beats.acquire(timeout=20)


def test_beats_come_however_many_events_there_are(bench, senses):
    """Every event brings the next one, so the queue is never empty, and each takes a twentieth of a second."""
    moment = [0.0]
    seen = []

    def now():
        return people.NOON

    runner = LaneRunner(bench.rules, lambda screening: None, senses, now, monotonic=lambda: moment[0])
    real, done = runner._take, threading.Event()

    def counted(event):
        seen.append(type(event).__name__)
        moment[0] += 0.05
        if len(seen) >= 40:
            done.set()
        else:
            runner.post(DocumentUnreadable())
        real(event)

    runner._take = counted
    runner.start()
    assert done.wait(20)
    runner.stop()
    assert runner.snapshot().phase is Phase.IDLE
    assert 10 <= seen[:40].count("Tick") <= 20
