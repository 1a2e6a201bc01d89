"""The face in a thermal picture, and everything that is not one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal_scene import Scene, draw
from drivers.readings import SkinTemperature, TemperatureState, ThermalFrame
from drivers.thermal.face import FaceSettings, find_face
from drivers.thermal.measurement import MeasureSettings, measure

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SETTINGS = MeasureSettings()
FACE = FaceSettings()


def people(celsius: float | None, count: int = 8, **scene: float) -> list[tuple[ThermalFrame, datetime]]:
    rng = np.random.default_rng(7)
    looks = Scene(face_celsius=celsius, **scene)
    return [(draw(looks, rng), NOW - timedelta(seconds=0.125 * (count - 1 - index))) for index in range(count)]


def taken(frames: list[tuple[ThermalFrame, datetime]], warming: bool = False) -> SkinTemperature:
    return measure(frames, NOW, SETTINGS, FACE, device="scanner", emissivity=0.98, warming=warming)


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


def test_one_hot_pixel_is_no_face_and_does_not_raise_one() -> None:
    alone = wall()
    alone[12, 15] = 39.0
    assert find_face(ThermalFrame(alone, 29.0), FACE) is None
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
    assert find_face(frame, FACE) is None


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
