"""The skin temperature of a face, and everything that is not one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal_scene import Scene, draw
from drivers.readings import SkinTemperature, TemperatureState, ThermalFrame
from drivers.thermal.face import FaceSettings, find_face, measure

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SETTINGS = FaceSettings()


def people(celsius: float | None, count: int = 8, **scene: float) -> list[tuple[ThermalFrame, datetime]]:
    rng = np.random.default_rng(7)
    looks = Scene(face_celsius=celsius, **scene)
    return [(draw(looks, rng), NOW - timedelta(seconds=0.125 * (count - 1 - index))) for index in range(count)]


def taken(frames: list[tuple[ThermalFrame, datetime]], warming: bool = False) -> SkinTemperature:
    return measure(frames, NOW, SETTINGS, device="scanner", emissivity=0.98, warming=warming)


def wall(celsius: float = 24.0) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (celsius + rng.normal(0, 0.12, (24, 32))).astype(np.float32)


@pytest.mark.parametrize("room", [18.0, 24.0, 30.0])
@pytest.mark.parametrize("distance", [0.35, 0.5, 0.8])
@pytest.mark.parametrize("celsius", [35.5, 36.6, 38.4, 40.5])
def test_a_face_is_measured_as_it_is(room: float, distance: float, celsius: float) -> None:
    answer = taken(people(celsius, room_celsius=room, distance_metres=distance))
    assert answer.state is TemperatureState.READY
    assert answer.max_celsius == pytest.approx(celsius, abs=0.3)
    assert answer.spread_celsius is not None
    assert answer.spread_celsius <= SETTINGS.spread_celsius
    assert answer.frames >= 7
    assert answer.ambient_celsius == 29.0


def test_the_spot_is_an_eye_corner() -> None:
    answer = taken(people(37.0))
    assert answer.spot is not None
    row, column = answer.spot
    assert 7 <= row <= 12
    assert 12 <= column <= 19


def test_a_person_too_near_the_air_is_not_guessed() -> None:
    """At 33 degrees of air a cool face hardly stands out: a person takes over."""
    assert taken(people(35.0, room_celsius=34.0)).state is TemperatureState.NO_FACE


@pytest.mark.parametrize("distance", [0.12, 2.5])
def test_too_near_and_too_far(distance: float) -> None:
    assert taken(people(36.6, distance_metres=distance)).state is TemperatureState.NO_FACE


def test_nobody() -> None:
    answer = taken(people(None))
    assert answer.state is TemperatureState.NO_FACE
    assert answer.max_celsius is None
    assert answer.spot is None


def test_one_hot_pixel_is_no_face_and_does_not_raise_one() -> None:
    alone = wall()
    alone[12, 15] = 39.0
    assert find_face(ThermalFrame(alone, 29.0), SETTINGS) is None
    frames = people(36.6)
    for frame, _ in frames:
        frame.celsius[14, 15] = 39.5
    assert taken(frames).max_celsius == pytest.approx(36.6, abs=0.3)


def warm(rows: slice, columns: slice, celsius: float) -> ThermalFrame:
    picture = wall()
    picture[rows, columns] = celsius
    return ThermalFrame(picture, 29.0)


@pytest.mark.parametrize(
    "frame",
    [
        warm(slice(10, 14), slice(14, 18), 38.0),
        warm(slice(6, 18), slice(12, 20), 60.0),
        warm(slice(11, 15), slice(2, 30), 37.0),
        warm(slice(2, 22), slice(14, 17), 37.0),
        warm(slice(0, 24), slice(16, 32), 37.0),
        warm(slice(6, 18), slice(0, 8), 37.0),
        warm(slice(6, 18), slice(12, 20), 27.0),
        warm(slice(0, 24), slice(0, 32), 37.0),
    ],
    ids=["small", "lamp", "pipe", "tube", "half the picture", "at the edge", "clothes", "hot wall"],
)
def test_warm_things_that_are_no_face(frame: ThermalFrame) -> None:
    assert find_face(frame, SETTINGS) is None


def test_a_lamp_beside_the_face_sends_to_a_person() -> None:
    frames = people(36.6)
    for frame, _ in frames:
        frame.celsius[8:12, 20:23] = 80.0
    assert taken(frames).state is TemperatureState.NO_FACE


def test_a_lamp_far_from_the_face_does_not_matter() -> None:
    frames = people(36.6)
    for frame, _ in frames:
        frame.celsius[1:4, 28:31] = 80.0
    answer = taken(frames)
    assert answer.state is TemperatureState.READY
    assert answer.max_celsius == pytest.approx(36.6, abs=0.3)


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
