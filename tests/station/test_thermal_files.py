"""Calibration records and the air in the state folder."""

import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from drivers.thermal.calibration import CalibrationRecord
from drivers.thermal.surroundings import Surroundings
from station.errors import CannotStart
from station.thermal_files import (
    CalibrationFile,
    SurroundingsFile,
    keep_calibration,
    keep_surroundings,
    read_calibrations,
    read_surroundings,
)

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
RECORD = CalibrationRecord(
    "cal-1", NOW, "อรทัย Technician", "BB-1", "C-77", -0.4, 0.4, 0.05, date(2027, 4, 30), "senxor", "S1"
)


def test_records_come_back_as_they_were_and_the_older_ones_stay(tmp_path):
    path = tmp_path / "state" / "calibration.json"
    assert read_calibrations(path) == ()
    keep_calibration(path, RECORD)
    other = replace(RECORD, id="cal-2", factor=0.95)
    keep_calibration(path, other)
    assert read_calibrations(path) == (RECORD, other)
    content = json.loads(path.read_text())
    assert content["records"][0].pop("factor") is None
    path.write_text(json.dumps(content))
    assert read_calibrations(path) == (RECORD, other), "a file of before the factor was noted"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_running_kiosk_takes_up_a_new_record(tmp_path):
    path = tmp_path / "calibration.json"
    file = CalibrationFile(path)
    assert file.standing("senxor", "S1", NOW).record is None
    keep_calibration(path, RECORD)
    assert file.standing("senxor", "S1", NOW + timedelta(seconds=3)).record == RECORD
    path.write_text("{")
    broken = file.standing("senxor", "S1", NOW + timedelta(seconds=6))
    assert broken.record is None
    assert "calibration.json cannot be read" in broken.trouble
    path.unlink()
    assert "no calibration record" in file.standing("senxor", "S1", NOW + timedelta(seconds=9)).trouble


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(format="daan-calibration-9"),
        lambda c: c["records"][0].pop("due"),
        lambda c: c["records"][0].update(offset_celsius=float("nan")),
        lambda c: c["records"][0].update(offset_celsius="0.4"),
        lambda c: c["records"][0].update(offset_celsius=10**400),
        lambda c: c["records"][0].update(factor="1"),
        lambda c: c["records"][0].update(at="0001-01-01T00:00:00+07:00"),
        lambda c: c["records"][0].update(at="2026-11-21T03:00:00"),
        lambda c: c["records"][0].update(serial_number=None),
        lambda c: c.update(records=["x"]),
    ],
)
def test_a_damaged_file_is_no_calibration_and_names_nobody(tmp_path, change):
    path = tmp_path / "calibration.json"
    keep_calibration(path, RECORD)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(CannotStart, match="cannot be read") as caught:
        read_calibrations(path)
    assert "Technician" not in str(caught.value)
    with pytest.raises(CannotStart):
        keep_calibration(path, RECORD)
    assert path.read_text() == json.dumps(content), "what cannot be read is not written over"


def test_the_air_counts_for_some_hours(tmp_path):
    path = tmp_path / "surroundings.json"
    file = SurroundingsFile(path, timedelta(hours=6))
    assert file.around(NOW) == Surroundings()
    entered = Surroundings(29.0, None, NOW)
    keep_surroundings(path, entered)
    assert read_surroundings(path) == entered
    assert file.around(NOW + timedelta(hours=6)) == entered
    assert file.around(NOW + timedelta(hours=6, seconds=10)) == Surroundings()
    assert file.around(NOW - timedelta(hours=1)) == Surroundings(), "the clock was set back"
    whole = path.read_text()
    for wrong in ('"warm"', "9" * 400, "[" * 100_000):
        path.write_text(whole.replace("29.0", wrong))
        with pytest.raises(CannotStart, match="cannot be read"):
            read_surroundings(path)
    assert file.around(NOW + timedelta(minutes=1)) == Surroundings()
