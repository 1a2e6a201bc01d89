"""A black body in the picture: what it corrects, when it alarms, and that it is no face."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal_scene import Scene, draw
from drivers.readings import TemperatureState, ThermalFrame
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, TimedFrame, measure
from drivers.thermal.reference import ReferenceSettings, look_at, without_source

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SOURCE = ReferenceSettings("BB-1", row=1, column=1, rows=4, columns=4, set_celsius=36.0, emissivity=0.98)


def frames(reads: float | None, *, face: float | None = None, count: int = 30, error: float = 0.0) -> list[TimedFrame]:
    """Pictures, eight a second, of a scanner that reads everything wrong by `error`."""
    rng = np.random.default_rng(5)
    found = []
    for index in range(count):
        frame = draw(Scene(face_celsius=face), rng)
        if reads is not None:
            frame.celsius[1:5, 1:5] = reads + rng.normal(0, 0.12, (4, 4))
        frame.celsius[:] += error
        found.append((frame, NOW - timedelta(seconds=(count - 1 - index) / 8)))
    return found


def look(seen: list[TimedFrame], source: ReferenceSettings = SOURCE, *, emissivity: float = 0.98, offset: float = 0.0):
    return look_at(seen, NOW, source, emissivity=emissivity, air_celsius=28.0, offset_celsius=offset)


@pytest.mark.parametrize("off", [-0.25, 0.0, 0.25])
def test_the_correction_is_set_minus_measured(off: float) -> None:
    found = look(frames(36.0 + off))
    assert found.correction_celsius == pytest.approx(-off, abs=0.04)
    assert not found.trouble


@pytest.mark.parametrize("off", [-0.45, 0.45, 2.0])
def test_a_larger_difference_is_drift_and_is_still_told(off: float) -> None:
    found = look(frames(36.0 + off))
    assert found.correction_celsius == pytest.approx(-off, abs=0.04)
    assert f"{off:+.1f}"[:3] in found.trouble
    assert "calibrated" in found.trouble


@pytest.mark.parametrize(
    "seen",
    [frames(None), frames(24.5), frames(80.0), [], [(f, at - timedelta(seconds=10)) for f, at in frames(36.0)]],
    ids=["a wall", "switched off", "a lamp", "no pictures", "long ago"],
)
def test_a_source_that_cannot_be_seen_corrects_nothing(seen: list[TimedFrame]) -> None:
    found = look(seen)
    assert found.correction_celsius is None
    assert "cannot be seen" in found.trouble


def test_a_hand_before_it_for_a_moment_does_not_matter() -> None:
    seen = frames(36.0)
    for frame, _ in seen[-8:]:
        frame.celsius[1:5, 1:3] = 31.0
    assert look(seen).correction_celsius == pytest.approx(0.0, abs=0.04)
    for frame, _ in seen:
        frame.celsius[1:5, 1:3] = 31.0
    assert look(seen).correction_celsius is None


def test_what_the_calibration_adds_is_not_corrected_twice() -> None:
    found = look(frames(35.0), offset=0.9)
    assert found.correction_celsius == pytest.approx(0.1, abs=0.04)
    assert not found.trouble


def test_a_source_of_another_emissivity() -> None:
    """A right scanner set to 0.98 reads 36.0 at 0.95 a little too cool; the balance of radiation says how much."""
    dull = ReferenceSettings("BB-2", 1, 1, 4, 4, 36.0, 0.95)
    kelvin = 273.15
    read = ((0.95 * (36 + kelvin) ** 4 + 0.03 * (28 + kelvin) ** 4) / 0.98) ** 0.25 - kelvin
    assert read == pytest.approx(35.76, abs=0.01)
    assert look(frames(read), dull).correction_celsius == pytest.approx(0.0, abs=0.04)


def test_a_region_outside_the_picture_is_not_seen() -> None:
    outside = ReferenceSettings("BB-3", 22, 30, 4, 4, 36.0, 0.98)
    assert look(frames(36.0), outside).correction_celsius is None


def test_the_source_is_no_face_and_hides_none() -> None:
    def measured(seen: list[TimedFrame]):
        plain = [(without_source(frame, SOURCE), at) for frame, at in seen[-10:]]
        return measure(plain, NOW, MeasureSettings(), FaceSettings(), device="s", emissivity=0.98)

    assert measured(frames(36.0)).state is TemperatureState.NO_FACE
    found = measured(frames(36.0, face=37.2))
    assert found.state is TemperatureState.READY
    assert found.max_celsius == pytest.approx(37.2, abs=0.3)


def test_painting_over_leaves_the_frame_as_it_was() -> None:
    frame = ThermalFrame(np.full((24, 32), 36.0, np.float32), 29.0)
    frame.celsius[10:, :] = 20.0
    without_source(frame, SOURCE)
    assert (frame.celsius[:10] == 36.0).all()
