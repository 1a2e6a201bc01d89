"""The skin temperature of a face over several frames."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal_scene import Scene, draw
from drivers.readings import SkinTemperature, TemperatureState, ThermalFrame
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, measure

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SETTINGS = MeasureSettings()


def people(celsius: float | None, count: int = 8, **scene: float) -> list[tuple[ThermalFrame, datetime]]:
    rng = np.random.default_rng(7)
    looks = Scene(face_celsius=celsius, **scene)
    return [(draw(looks, rng), NOW - timedelta(seconds=0.125 * (count - 1 - index))) for index in range(count)]


def taken(frames: list[tuple[ThermalFrame, datetime]], warming: bool = False) -> SkinTemperature:
    return measure(frames, NOW, SETTINGS, FaceSettings(), device="scanner", emissivity=0.98, warming=warming)


def test_nobody() -> None:
    answer = taken(people(None))
    assert answer.state is TemperatureState.NO_FACE
    assert answer.max_celsius is None
    assert answer.spot is None


def test_a_spread_is_unsteady_and_says_its_value() -> None:
    frames = people(36.0, 4) + people(37.5, 4)
    answer = taken(frames)
    assert answer.state is TemperatureState.UNSTEADY
    assert answer.max_celsius is not None
    assert answer.spread_celsius == pytest.approx(1.5, abs=0.4)


def test_too_few_frames_are_unsteady() -> None:
    assert taken(people(36.6, 3)).state is TemperatureState.UNSTEADY


def test_a_step_aside_begins_again() -> None:
    answer = taken(people(39.0, 4) + people(None, 2) + people(36.6, 5))
    assert answer.state is TemperatureState.READY
    assert answer.frames == 5
    assert answer.max_celsius == pytest.approx(36.6, abs=0.3)


def test_one_frame_without_a_face_is_noise() -> None:
    answer = taken(people(36.6, 4) + people(None, 1) + people(36.6, 4))
    assert answer.state is TemperatureState.READY
    assert answer.frames >= 7


def test_who_has_just_left_is_not_measured() -> None:
    assert taken(people(36.6, 6) + people(None, 1)).state is TemperatureState.NO_FACE


def test_old_frames_do_not_count() -> None:
    assert taken([]).state is TemperatureState.STALE
    frames = [(frame, at - timedelta(seconds=3)) for frame, at in people(36.6)]
    answer = taken(frames)
    assert answer.state is TemperatureState.STALE
    assert answer.max_celsius is None


def test_frames_of_another_moment_do_not_count() -> None:
    late = people(36.6, 3)
    early = [(frame, at - timedelta(seconds=20)) for frame, at in people(39.0, 5)]
    answer = taken(early + late)
    assert answer.frames == 3
    assert answer.state is TemperatureState.UNSTEADY


def test_warming_gives_no_value() -> None:
    answer = taken(people(36.6), warming=True)
    assert answer.state is TemperatureState.WARMING
    assert answer.max_celsius is None


def test_a_high_reading_is_not_pulled_towards_normal() -> None:
    readings = [taken(people(celsius)).max_celsius for celsius in (34.0, 36.0, 38.0, 40.0, 42.0)]
    steps = np.diff(np.array(readings, float))
    assert np.allclose(steps, 2.0, atol=0.15)
