"""When a look at a scanner becomes evidence: only on new frames, and only of a scanner that may be believed."""

import queue
import threading
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal_scene import Scene, draw
from drivers.readings import DeviceHealth, DeviceState, TemperatureState
from drivers.registry import THERMAL
from drivers.thermal.calibration import CalibrationRecord, Standing
from drivers.thermal.scanner import Reading
from drivers.thermal.surroundings import Surroundings, Window
from drivers.thermal.thermometer import Thermometer, ThermometerSettings
from station.lane.thermal_sense import ThermalSense

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
RECORD = CalibrationRecord(
    "cal-1", NOW - timedelta(days=30), "A. Technician", "BB-1", "C-77", 0.0, 0.0, 0.0, date(2027, 4, 30),
    "gy-mcu90640", "",
)  # fmt: skip
FRAME = timedelta(milliseconds=125)


class Scanner:
    """Frames of a drawn scene, one by one as the test lets them come; `told` is how it says it is."""

    device, emissivity, facts = "thermal", 0.98, {}

    def __init__(self):
        self.told, self.frames, self.now = DeviceState.READY, [], NOW
        self._rng, self._answers, self._asked = np.random.default_rng(3), queue.Queue(), threading.Semaphore(0)

    def wait_newer(self, sequence, seconds):
        self._asked.release()
        return self._answers.get(timeout=20)

    def health(self, now):
        return DeviceHealth(self.device, self.told)

    def recent(self, count):
        return tuple(self.frames[-count:])

    def begin(self):
        assert self._asked.acquire(timeout=20)

    def step(self, *fresh):
        """Let the sense take these up; returns when it has."""
        self._answers.put(fresh)
        self.begin()

    def sees(self, celsius, times=1):
        for _ in range(times):
            self.now += FRAME
            frame = draw(Scene(face_celsius=celsius), self._rng)
            self.frames.append((frame, self.now))
            self.step(Reading(len(self.frames), frame, self.now, self.told, len(self.frames), 0, 0))

    def nothing_new(self, after=FRAME):
        self.now += after
        self.step()


@pytest.fixture
def scanner():
    return Scanner()


@pytest.fixture
def seen():
    return []


@pytest.fixture
def sense(scanner, seen):
    settings = ThermometerSettings(THERMAL["gy-mcu90640"].profile, Window((18, 34), (10, 95)))
    thermometer = Thermometer(
        scanner, settings, lambda *_: Standing(RECORD), lambda now: Surroundings(22.0, 50.0, now)
    )  # fmt: skip
    found = ThermalSense(
        scanner, thermometer, lambda event: seen.append(event.reading), lambda: scanner.now, every_seconds=0.0
    )
    found.start()
    scanner.begin()
    yield found
    found._stop.set()
    scanner._answers.put(())
    found.stop()


def test_a_measurement_says_when_its_oldest_frame_came(scanner, sense, seen):
    scanner.sees(36.5, times=12)
    assert seen[-1].state is TemperatureState.READY
    assert seen[-1].frames == 10
    assert seen[-1].began_at == scanner.now - 9 * FRAME


def test_without_a_new_frame_nothing_is_reported(scanner, sense, seen):
    scanner.sees(36.5, times=8)
    assert seen
    count = len(seen)
    scanner.nothing_new()
    assert sense.measuring().state is TemperatureState.READY, "the frames are not stale yet"
    assert len(seen) == count


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (DeviceState.DEGRADED, TemperatureState.FAULT),
        (DeviceState.FAILED, TemperatureState.STALE),
        (DeviceState.IDENTIFYING, TemperatureState.STALE),
        (DeviceState.WARMING, TemperatureState.WARMING),
    ],
)
def test_a_scanner_that_is_not_ready_shows_no_number_and_sees_nobody(scanner, sense, seen, state, said):
    scanner.told = state
    scanner.sees(36.5, times=12)
    look = sense.measuring()
    assert look.state is said
    assert (look.max_celsius, look.raw_celsius, look.spot) == (None, None, None)
    assert not sense.present(), "a stuck picture would keep somebody there for ever"
    assert not seen
    scanner.told = DeviceState.READY
    scanner.sees(36.5)
    assert sense.measuring().state is TemperatureState.READY
    assert sense.present()
    assert len(seen) == 1
