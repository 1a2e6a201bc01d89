"""Somebody before a sensor of one point, and everything that is nobody."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.readings import Flag, Method, SkinTemperature, TemperatureState, ThermalFrame
from drivers.thermal.measurement import MeasureSettings, TimedFrame
from drivers.thermal.point_measure import Background, PointSettings, follow, measure_point

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
POINT, STEADY = PointSettings(), MeasureSettings()
RATE = 10


class Sensor:
    """Looks at one value after another, ten a second, and remembers as a thermometer does."""

    def __init__(self, noise: float = 0.05) -> None:
        self.rng = np.random.default_rng(3)
        self.noise, self.at = noise, START
        self.frames: list[TimedFrame] = []
        self.background: Background | None = None

    def sees(self, celsius: float, seconds: float) -> SkinTemperature:
        for _ in range(round(seconds * RATE)):
            self.at += timedelta(seconds=1 / RATE)
            value = celsius + self.rng.normal(0, self.noise)
            frame = ThermalFrame(np.full((1, 1), value, np.float32), 29.0)
            self.frames = [*self.frames[-63:], (frame, self.at)]
            self.background = follow(self.background, frame, self.at, POINT)
        return self.look()

    def look(self, warming: bool = False) -> SkinTemperature:
        return measure_point(
            self.frames, self.background, self.at, STEADY, POINT, device="point", emissivity=1.0, warming=warming
        )


@pytest.mark.parametrize("room", [20.0, 28.0, 33.0])
@pytest.mark.parametrize("skin", [35.2, 36.6, 38.9, 41.0])
def test_who_comes_is_measured_as_they_are(room: float, skin: float) -> None:
    sensor = Sensor()
    assert sensor.sees(room, 5).state is TemperatureState.NO_FACE
    found = sensor.sees(skin, 1.5)
    assert found.state is TemperatureState.READY
    assert found.max_celsius == found.raw_celsius == pytest.approx(skin, abs=0.1)
    assert found.method is Method.POINT
    assert found.flags == (Flag.DISTANCE_UNKNOWN,)
    assert found.spot is None
    assert sensor.sees(skin, 20).state is TemperatureState.READY, "who stays is still there"
    assert sensor.sees(room, 0.5).state is TemperatureState.NO_FACE
    assert sensor.sees(skin + 0.7, 1.5).max_celsius == pytest.approx(skin + 0.7, abs=0.1), "the next one"


@pytest.mark.parametrize("celsius", [26.0, 47.0, 60.0, 90.0])
def test_what_no_skin_can_be_is_nobody(celsius: float) -> None:
    sensor = Sensor()
    sensor.sees(22.0, 5)
    found = sensor.sees(celsius, 3)
    assert (found.state, found.max_celsius) == (TemperatureState.NO_FACE, None)


def test_a_warm_room_hides_a_person_and_that_is_said() -> None:
    sensor = Sensor()
    sensor.sees(35.0, 5)
    assert sensor.sees(36.0, 3).state is TemperatureState.NO_FACE


def test_nobody_counts_before_the_background_is_known() -> None:
    sensor = Sensor()
    assert sensor.sees(36.6, 10).state is TemperatureState.NO_FACE, "it may be a wall"
    assert sensor.sees(25.0, 3).state is TemperatureState.NO_FACE
    assert sensor.sees(36.6, 1.5).state is TemperatureState.READY


def test_a_wall_in_the_sun_becomes_background() -> None:
    sensor = Sensor()
    sensor.sees(25.0, 5)
    sensor.sees(37.0, 119)
    assert sensor.sees(37.0, 5).state is TemperatureState.NO_FACE


def test_a_slow_rise_of_the_room_is_nobody() -> None:
    sensor = Sensor()
    sensor.sees(25.0, 5)
    for step in range(120):
        assert sensor.sees(25.0 + step * 0.1, 3).state is TemperatureState.NO_FACE


def test_who_is_still_coming_or_moves_is_unsteady() -> None:
    sensor = Sensor()
    sensor.sees(25.0, 5)
    assert sensor.sees(36.6, 0.3).state is TemperatureState.UNSTEADY, "too few values yet"
    sensor.sees(36.6, 1)
    assert sensor.sees(37.8, 0.3).state is TemperatureState.UNSTEADY


def test_a_clock_set_back_and_a_long_gap_begin_anew() -> None:
    frame = ThermalFrame(np.full((1, 1), 36.6, np.float32), 29.0)
    known = Background(25.0, START - timedelta(seconds=60), START)
    for at in (START - timedelta(seconds=1), START + timedelta(seconds=POINT.settle_seconds + 1)):
        assert follow(known, frame, at, POINT) == Background(frame.celsius[0, 0], at, at)


def test_warming_and_stale_give_no_value() -> None:
    sensor = Sensor()
    sensor.sees(25.0, 5)
    sensor.sees(36.6, 2)
    assert sensor.look(warming=True).state is TemperatureState.WARMING
    sensor.at += timedelta(seconds=3)
    found = sensor.look()
    assert (found.state, found.max_celsius, found.raw_celsius) == (TemperatureState.STALE, None, None)
