"""Examines what makes skin temperatures count: the scanner's calibration record, and the air around it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from config.messages.moments import BANGKOK
from config.messages.said import SaidDay, say
from config.settings import Settings
from drivers.thermal.calibration import standing
from drivers.thermal.surroundings import Window, trouble_of
from station.errors import CannotStart
from station.finding import Finding
from station.paths import StationPaths
from station.thermal_files import is_fresh, read_calibrations, read_surroundings

_SOON = timedelta(days=14)
"""A calibration takes a laboratory and some days: so long before it is due it is time to plan it."""


def examine_thermal(settings: Settings, paths: StationPaths, now: datetime) -> Iterator[Finding]:
    """One finding on the calibration, one on the air.

    Args:
        settings: of the station.
        paths: of its files.
        now: aware.
    """
    yield _calibration(settings.thermal.protocol, paths, now)
    yield _surroundings(settings, paths, now)


def _calibration(protocol: str, paths: StationPaths, now: datetime) -> Finding:
    """By the newest record of the protocol: which scanner is plugged in is not known here."""
    try:
        records = read_calibrations(paths.calibration)
    except CannotStart as error:
        return Finding("calibration", False, str(error))
    serial = next((each.serial_number for each in reversed(records) if each.protocol == protocol), "")
    found = standing(records, protocol, serial, now)
    if found.record is None:
        return Finding("calibration", False, found.trouble)
    left = found.record.due - now.astimezone(BANGKOK).date()
    told = {
        "protocol": protocol,
        "serial": serial or say("without serial number"),
        "day": SaidDay(found.record.due),
    }
    if left <= _SOON:
        pattern = (
            "The newest record, of {protocol} {serial}, counts until {day}, {days} days from now; "
            "plan the next calibration."
        )
        return Finding("calibration", False, say(pattern, **told, days=str(left.days)))
    return Finding("calibration", True, say("The newest record, of {protocol} {serial}, counts until {day}.", **told))


def _surroundings(settings: Settings, paths: StationPaths, now: datetime) -> Finding:
    thermal = settings.thermal
    try:
        found = read_surroundings(paths.surroundings)
    except CannotStart as error:
        return Finding("surroundings", False, str(error))
    if found.at is None:
        none = say(
            "Nobody has entered the air around the scanner, so readings say that it is unknown; "
            "measure and enter it (station surroundings set)."
        )
        return Finding("surroundings", False, none)
    age = (now - found.at) / timedelta(hours=1)
    if not is_fresh(found, now, timedelta(hours=thermal.surroundings_hours)):
        if age < 0:
            return Finding("surroundings", False, say("What was entered is of a time to come; check the clock."))
        pattern = (
            "It was entered {hours} h ago and counts for {limit} h; "
            "measure and enter it again (station surroundings set)."
        )
        old = say(pattern, hours=f"{age:.0f}", limit=f"{thermal.surroundings_hours:g}")
        return Finding("surroundings", False, old)
    if trouble := trouble_of(found, Window(thermal.air_celsius, thermal.humidity_percent)):
        return Finding("surroundings", False, trouble)
    known = say(
        "{air} degrees and {humidity} % were entered {hours} h ago.",
        air=_number(found.air_celsius),
        humidity=_number(found.humidity_percent),
        hours=f"{max(age, 0):.0f}",
    )
    return Finding("surroundings", True, known)


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"
