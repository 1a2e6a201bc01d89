"""The skin temperature of a face over several frames."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal_physics import SENXOR_160
from drivers.emulators.thermal_scene import Scene, draw
from drivers.emulators.thermal_stage import Kind, stage
from drivers.readings import Flag, SkinTemperature, TemperatureState, ThermalFrame, WhyNot
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import Look, MeasureSettings, measure, nothing, steady

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


def staged(kind: Kind, seed: int = 3, bare: tuple[Flag, ...] = SETTINGS.bare) -> SkinTemperature:
    rng = np.random.default_rng(seed)
    shot = stage(kind, SENXOR_160, 23.0, 0.5, rng)
    frames = [(shot.frame(rng), NOW - timedelta(seconds=0.125 * (7 - index))) for index in range(8)]
    face = FaceSettings(field_of_view_degrees=SENXOR_160.field_degrees)
    return measure(frames, NOW, replace(SETTINGS, bare=bare), face, device="scanner", emissivity=0.98)


@pytest.mark.parametrize(("kind", "flag"), [(Kind.FACE_GLASSES, Flag.GLASSES), (Kind.FACE_HAT, Flag.HAT)])
def test_a_covered_face_is_recorded_and_not_used(kind: Kind, flag: Flag) -> None:
    answer = staged(kind)
    assert answer.state is TemperatureState.COVERED
    assert flag in answer.flags
    assert answer.raw_celsius is not None


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        ([()] * 5 + [(Flag.GLASSES,)] * 4, TemperatureState.READY),
        ([()] * 4 + [(Flag.GLASSES,)] * 4, TemperatureState.COVERED),
        ([()] * 4 + [(Flag.GLASSES,)] * 2 + [(Flag.HAT,)] * 2, TemperatureState.COVERED),
        ([()] * 4 + [(Flag.GLASSES, Flag.HAT)] * 2, TemperatureState.READY),
        ([(Flag.DISTANCE_UNKNOWN,)] * 8, TemperatureState.READY),
    ],
)
def test_half_of_the_frames_with_anything_on_is_covered(seen: list[tuple[Flag, ...]], state: TemperatureState) -> None:
    looks = iter([Look(36.5, flags=flags) for flags in seen])
    frames = people(36.5, len(seen))
    answer = steady(frames, NOW, SETTINGS, nothing(NOW, "scanner", 0.98), lambda frame: next(looks), warming=False)
    assert answer.state is state
    assert answer.began_at == frames[0][1]


def test_a_site_may_take_hats_as_they_are() -> None:
    answer = staged(Kind.FACE_HAT, bare=(Flag.GLASSES,))
    assert answer.state is TemperatureState.READY
    assert Flag.HAT in answer.flags


def test_a_bare_face_is_not_called_covered() -> None:
    assert staged(Kind.FACE).state is TemperatureState.READY


def test_it_says_why_there_is_no_face() -> None:
    assert staged(Kind.CUP).why_not is WhyNot.HOT_THING
    assert staged(Kind.NOBODY).why_not is WhyNot.NOBODY
    assert staged(Kind.FACE).why_not is None
