"""The invented calibration of the emulated scanner: a demonstration measures by the same path as a real lane."""

from datetime import datetime, timedelta
from pathlib import Path

from config.messages.moments import BANGKOK
from drivers.thermal.calibration import CalibrationRecord, standing
from station.ids import uuid7
from station.thermal_files import keep_calibration, read_calibrations

_DAYS = 365


def calibrate(path: Path, now: datetime, *, protocol: str = "gy-mcu90640", serial_number: str = "") -> None:
    """Write a record for an emulated scanner, unless one counts already; it adds nothing to what is measured.

    Args:
        path: of the calibration file in the state folder.
        now: aware.
        protocol: of the scanner.
        serial_number: as the emulated scanner tells it; the emulated GY-MCU90640 tells none.

    Raises:
        CannotStart: the file that is there is none of calibration records.
        SyncError: it cannot be written.
    """
    if standing(read_calibrations(path), protocol, serial_number, now).record is not None:
        return
    record = CalibrationRecord(
        id=uuid7(now, bytes(10)),
        at=now,
        by="Demonstration",
        instrument="invented black body",
        certificate="invented, for the emulated scanner",
        as_found_celsius=0.0,
        offset_celsius=0.0,
        as_left_celsius=0.0,
        due=now.astimezone(BANGKOK).date() + timedelta(days=_DAYS),
        protocol=protocol,
        serial_number=serial_number,
    )
    keep_calibration(path, record)
