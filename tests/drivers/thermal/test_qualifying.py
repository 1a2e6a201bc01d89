"""From a raw value to one that may be used: corrections are kept, nothing is clamped, only READY passes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from drivers.readings import CorrectionKind, Flag, Method, SkinTemperature, TemperatureState
from drivers.thermal.calibration import CalibrationRecord, Standing, standing, with_factor
from drivers.thermal.passers import PassersSettings, drift, recent
from drivers.thermal.point_measure import PointSettings
from drivers.thermal.qualifying import Circumstances, qualified
from drivers.thermal.reference import ReferenceLook, ReferenceSettings
from drivers.thermal.surroundings import Surroundings, Window, flags_of, trouble_of

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
WINDOW = Window((18, 34), (10, 95))
RECORD = CalibrationRecord(
    "cal-1",
    NOW - timedelta(days=30),
    "A. Technician",
    "BB-1",
    "C-77",
    -0.4,
    0.4,
    0.0,
    date(2027, 4, 30),
    "senxor",
    "S1",
)
SOURCE = ReferenceSettings("BB-1", 0, 0, 4, 4, 36.0, 0.98)
GOOD = Circumstances(Standing(RECORD), Surroundings(22.0, 50.0, NOW), WINDOW)


def reading(celsius: float | None, state: TemperatureState = TemperatureState.READY) -> SkinTemperature:
    return SkinTemperature(state, NOW, "thermal", celsius, 0.1, 29.0, 6, 0.98, raw_celsius=celsius)


@pytest.mark.parametrize("raw", [12.0, 33.9, 36.6, 37.49, 41.7, 60.0])
def test_the_value_is_raw_and_every_correction_and_nothing_else(raw: float) -> None:
    found = qualified(reading(raw), replace(GOOD, source=SOURCE, reference=ReferenceLook(-0.15)))
    assert found.raw_celsius == raw
    assert [(each.kind, each.celsius) for each in found.corrections] == [
        (CorrectionKind.CALIBRATION, 0.4),
        (CorrectionKind.REFERENCE, -0.15),
    ]
    assert found.corrections[0].source == "cal-1"
    assert found.max_celsius == raw + sum(each.celsius for each in found.corrections)
    assert found.state is TemperatureState.READY
    assert Flag.NO_REFERENCE not in found.flags


def test_without_a_reference_that_is_said() -> None:
    found = qualified(reading(36.0), GOOD)
    assert found.flags == (Flag.NO_REFERENCE,)
    assert found.calibration == "cal-1"
    assert (found.air_celsius, found.humidity_percent) == (22.0, 50.0)


@pytest.mark.parametrize("state", [s for s in TemperatureState if s is not TemperatureState.READY])
def test_nothing_makes_a_reading_ready(state: TemperatureState) -> None:
    assert qualified(reading(36.0, state), GOOD).state is state
    assert qualified(reading(None, state), GOOD).max_celsius is None
    assert qualified(reading(None, state), GOOD).corrections == ()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"calibration": Standing(None, "none")}, TemperatureState.UNCALIBRATED),
        ({"source": SOURCE, "reference": ReferenceLook(0.5, "drifts")}, TemperatureState.DRIFT),
        ({"source": SOURCE, "reference": ReferenceLook(None, "unseen")}, TemperatureState.DRIFT),
        ({"around": Surroundings(35.5, 50.0, NOW)}, TemperatureState.OUT_OF_CONDITIONS),
        ({"around": Surroundings(25.0, 97.0, NOW)}, TemperatureState.OUT_OF_CONDITIONS),
    ],
)
def test_what_keeps_a_value_from_being_used(changes: dict, state: TemperatureState) -> None:
    known = replace(GOOD, **changes)
    found = qualified(reading(36.0), known)
    assert found.state is state
    assert found.raw_celsius == 36.0
    assert known.complaint


def test_unknown_air_is_flagged_and_never_blocks() -> None:
    found = qualified(reading(36.0), replace(GOOD, around=Surroundings()))
    assert found.state is TemperatureState.READY
    assert set(found.flags) == {Flag.AIR_UNKNOWN, Flag.HUMIDITY_UNKNOWN, Flag.NO_REFERENCE}


@pytest.mark.parametrize(
    ("air", "humidity", "flags", "blocked"),
    [
        (24.0, 75.0, (), False),
        (24.1, 75.1, (Flag.AIR_OUTSIDE_GUIDANCE, Flag.HUMIDITY_OUTSIDE_GUIDANCE), False),
        (18.0, 10.0, (), False),
        (34.0, 95.0, (Flag.AIR_OUTSIDE_GUIDANCE, Flag.HUMIDITY_OUTSIDE_GUIDANCE), False),
        (34.1, None, (Flag.AIR_OUTSIDE_GUIDANCE, Flag.HUMIDITY_UNKNOWN), True),
        (None, 95.1, (Flag.AIR_UNKNOWN, Flag.HUMIDITY_OUTSIDE_GUIDANCE), True),
    ],
)
def test_the_air(air: float | None, humidity: float | None, flags: tuple[Flag, ...], blocked: bool) -> None:
    around = Surroundings(air, humidity, NOW)
    assert flags_of(around) == flags
    assert bool(trouble_of(around, WINDOW)) is blocked


@pytest.mark.parametrize("air", [24.0, 35.0])
def test_passers_flag_and_never_block(air: float) -> None:
    known = replace(GOOD, around=Surroundings(air, 50.0, NOW), passers_trouble="far from the hours before")
    found = qualified(reading(36.0), known)
    assert Flag.PASSERS_DRIFT in found.flags
    assert found.state is (TemperatureState.READY if air < 34 else TemperatureState.OUT_OF_CONDITIONS)


def test_points_keep_their_flag() -> None:
    point = replace(reading(36.0), method=Method.POINT, flags=(Flag.DISTANCE_UNKNOWN,))
    assert Flag.DISTANCE_UNKNOWN in qualified(point, GOOD).flags


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        (29.0, TemperatureState.TOO_COOL),  # a forehead at 20 cm
        (31.59, TemperatureState.TOO_COOL),
        (31.61, TemperatureState.READY),  # 32.01 with the offset of the calibration record
        (36.0, TemperatureState.READY),
    ],
)
def test_a_point_sensor_that_reads_less_than_skin_cannot_tell(raw: float, state: TemperatureState) -> None:
    point = replace(reading(raw), method=Method.POINT)
    known = replace(GOOD, least_celsius=PointSettings().least_celsius)
    found = qualified(point, known)
    assert found.state is state
    assert found.max_celsius == pytest.approx(raw + 0.4), "it is shown as it is, and not used"
    assert qualified(point, GOOD).state is TemperatureState.READY, "a picture shows that it is a face"
    uncalibrated = replace(known, calibration=Standing(None, "none"))
    assert qualified(point, uncalibrated).state is TemperatureState.UNCALIBRATED


# calibration records


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (datetime(2027, 4, 30, 16, 59, tzinfo=UTC), True),  # 23:59 of the last day in Bangkok
        (datetime(2027, 4, 30, 17, 1, tzinfo=UTC), False),
        (RECORD.at - timedelta(hours=20), True),
        (RECORD.at - timedelta(days=2), False),
    ],
)
def test_a_record_counts_until_the_end_of_its_last_day(at: datetime, counts: bool) -> None:
    found = standing([RECORD], "senxor", "S1", at)
    assert (found.record is RECORD) is counts
    assert bool(found.trouble) is not counts
    if at > NOW + timedelta(days=2):
        assert counts or "30 Apr 2027" in found.trouble


def test_the_newest_of_this_device_counts() -> None:
    older, newer = replace(RECORD, id="a"), replace(RECORD, id="b")
    other = replace(RECORD, id="c", serial_number="S2")
    assert standing([older, newer, other], "senxor", "S1", NOW).record is newer
    expired = replace(RECORD, due=date(2026, 11, 1))
    assert standing([RECORD, expired], "senxor", "S1", NOW).record is None, "an older one does not come back"


@pytest.mark.parametrize(("protocol", "serial"), [("senxor", ""), ("senxor", "S2"), ("gy-mcu90640", "S1")])
def test_another_device_is_not_calibrated(protocol: str, serial: str) -> None:
    found = standing([RECORD], protocol, serial, NOW)
    assert found.record is None
    assert "another scanner" in found.trouble
    assert "Technician" not in found.trouble


def test_none_at_all_and_a_naive_time() -> None:
    assert "no calibration record" in standing([], "senxor", "S1", NOW).trouble
    silent = replace(RECORD, serial_number="")
    assert standing([silent], "senxor", "", NOW).record is silent
    with pytest.raises(ValueError, match="zone"):
        standing([RECORD], "senxor", "S1", NOW.replace(tzinfo=None))


@pytest.mark.parametrize(("left", "counts"), [(0.3, True), (-0.3, True), (0.31, False), (-3.0, False)])
def test_a_scanner_that_was_left_off_is_not_calibrated(left: float, counts: bool) -> None:
    record = replace(RECORD, as_left_celsius=left)
    found = standing([RECORD, record], "senxor", "S1", NOW)
    assert (found.record is record) is counts
    if not counts:
        assert f"{left:+.2f} degrees off, more than 0.3" in found.trouble
        assert qualified(reading(36.0), replace(GOOD, calibration=found)).state is TemperatureState.UNCALIBRATED


@pytest.mark.parametrize(
    ("noted", "told", "usual", "counts"),
    [
        (None, None, 1.0, True),
        (None, 1.0, 1.0, True),
        (None, 0.95, 1.0, False),
        (None, 0.95, 0.95, True),
        (0.95, 0.95, 1.0, True),
        (0.95, 1.0, 1.0, False),
        (0.95, None, 1.0, False),
    ],
)
def test_a_calibration_holds_for_the_devices_own_factor(
    noted: float | None, told: float | None, usual: float, counts: bool
) -> None:
    standing_before = Standing(replace(RECORD, factor=noted))
    found = with_factor(standing_before, told, usual)
    assert (found is standing_before) is counts
    assert ("multiplies every reading" in found.trouble) is not counts
    missing = Standing(None, "none")
    assert with_factor(missing, told, usual) is missing


# passers-by


def hour(ago: float, celsius: float, people: int = 20) -> list[tuple[datetime, float]]:
    return [(NOW - timedelta(hours=ago, seconds=60 + n * 100), celsius + 0.1 * (n % 5 - 2)) for n in range(people)]


def test_an_hour_far_from_the_ones_before() -> None:
    settings, before = PassersSettings(), [*hour(1, 35.9), *hour(2, 36.0), *hour(3, 36.1)]
    assert drift([*before, *hour(0, 36.4)], NOW, settings) == ""
    warm = drift([*before, *hour(0, 36.7)], NOW, settings)
    assert "20 passers-by" in warm
    assert "+0.7" in warm
    assert "-0.8" in drift([*before, *hour(0, 35.2)], NOW, settings)
    assert drift([*before, *hour(0, 39.0, people=19)], NOW, settings) == "", "too few people"
    assert drift([*before[:40], *hour(0, 39.0)], NOW, settings) == "", "too few hours"
    assert drift([*before[:59], *hour(0, 39.0)], NOW, settings) == "", "an hour of too few people is no hour"


def test_the_day_before_is_forgotten() -> None:
    assert recent([(NOW - timedelta(hours=26), 36.0), (NOW, 36.0), (NOW + timedelta(hours=1), 36.0)], NOW) == (
        (NOW, 36.0),
    )
