"""`station calibration` and `station surroundings`: what a technician and an officer tell of scanner and air."""

import math
import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.messages.moments import BANGKOK, day
from config.settings import Settings
from station.commands.common import JsonOption, ProfileOption, StateOption, settings_of, show, writing

if TYPE_CHECKING:
    from drivers.thermal.calibration import CalibrationRecord

app = typer.Typer(help="The calibration records of the thermal scanner.", no_args_is_help=True)
around = typer.Typer(help="Air temperature and humidity at the lane.", no_args_is_help=True)

_MOST_DAYS = 3 * 366
_SIGN_STEP = 0.5
"""So far may as found and offset be from what was left: more is a slip of the sign, not of the hand."""
_MOST_OFFSET = 5.0
"""A scanner that is farther off is broken; no offset makes it right."""


@app.callback()
def group() -> None:
    """The calibration records of the thermal scanner."""


@around.callback()
def around_group() -> None:
    """Air temperature and humidity at the lane."""


def _degrees(value: float) -> float:
    if not math.isfinite(value) or abs(value) > _MOST_OFFSET:
        raise typer.BadParameter(f"degrees from -{_MOST_OFFSET:g} to {_MOST_OFFSET:g}")
    return value


def _day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise typer.BadParameter("a day as YYYY-MM-DD") from error
    return value


def _words(value: str) -> str:
    if not value.strip():
        raise typer.BadParameter("it may not be empty")
    return " ".join(value.split())


_By = Annotated[str, typer.Option(prompt="Who calibrated it", callback=_words, help="Who calibrated it.")]
_Instrument = Annotated[
    str,
    typer.Option(
        prompt="Compared with (maker, type, serial number)", callback=_words, help="Black body or thermometer."
    ),
]
_Certificate = Annotated[
    str, typer.Option(prompt="Number of its certificate", callback=_words, help="The instrument's certificate.")
]
_AsFound = Annotated[
    float,
    typer.Option(
        prompt="As found: degrees that the scanner read too much (too little is negative)",
        callback=_degrees,
        help="Scanner minus instrument, before anything was done.",
    ),
]
_Offset = Annotated[
    float,
    typer.Option(prompt="Offset to add to every reading", callback=_degrees, help="Added to every raw reading."),
]
_AsLeft = Annotated[
    float,
    typer.Option(
        prompt="As left: degrees that it reads too much with that offset",
        callback=_degrees,
        help="Scanner with the offset minus instrument, afterwards; more than 0.3 is no calibration.",
    ),
]
_Due = Annotated[
    str,
    typer.Option(
        prompt="Last day on which it counts (YYYY-MM-DD, Bangkok)", callback=_day, help="The last day it counts."
    ),
]
_Serial = Annotated[
    str,
    typer.Option(
        prompt="Serial number as the scanner tells it (station devices watch); empty when it tells none",
        prompt_required=True,
        help="Empty when the device tells none.",
    ),
]
_Factor = Annotated[
    float | None,
    typer.Option(min=0.5, max=2, help="The scanner's own factor where it tells one (station devices watch)."),
]


@app.command("show")
def show_records(profile: ProfileOption = "demo", state: StateOption = None, as_json: JsonOption = False) -> None:
    """Every calibration record, the newest first; exit 1 when there is none that counts today."""
    from drivers.registry import thermal_codec
    from drivers.thermal.calibration import CalibrationRecord, standing
    from station.paths import paths_of
    from station.thermal_files import read_calibrations

    settings = settings_of(profile, state)
    protocol = thermal_codec(settings.thermal.protocol).profile.protocol
    records = read_calibrations(paths_of(settings).calibration)
    now = datetime.now(UTC)

    def counts(record: CalibrationRecord) -> bool:
        # The device is not asked here: what is said of each record is for the device that it names.
        found = standing(records, record.protocol, record.serial_number, now)
        return record.protocol == protocol and found.record is record

    for record in reversed(records):
        if as_json:
            show(_row(record, counts(record)))
        else:
            mark = "counts" if counts(record) else "does not count"
            print(
                f"{record.id}: {mark}; {record.protocol}, serial number {record.serial_number or 'none'}; done on "
                f"{day(record.at, 'en')} by {record.by} with {record.instrument} ({record.certificate}); as found "
                f"{record.as_found_celsius:+.2f}, offset {record.offset_celsius:+.2f}, as left "
                f"{record.as_left_celsius:+.2f}; until {day(record.due, 'en')}"
            )
    if not as_json and not records:
        print("There is no calibration record; add one by station calibration record.")
    if not any(counts(record) for record in records):
        raise typer.Exit(1)


@app.command("record")
def add(
    by: _By,
    instrument: _Instrument,
    certificate: _Certificate,
    as_found: _AsFound,
    offset: _Offset,
    as_left: _AsLeft,
    due: _Due,
    serial: _Serial = "",
    factor: _Factor = None,
    profile: ProfileOption = "demo",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a calibration record of the station's scanner; a running kiosk takes it up by itself. Exit 1: no use."""
    from drivers.registry import thermal_codec
    from drivers.thermal.calibration import CalibrationRecord
    from station.ids import uuid7

    settings, now = settings_of(profile, state), datetime.now(UTC)
    _agree(as_found, offset, as_left)
    record = CalibrationRecord(
        id=uuid7(now, os.urandom(10)),
        at=now,
        by=by,
        instrument=instrument,
        certificate=certificate,
        as_found_celsius=as_found,
        offset_celsius=offset,
        as_left_celsius=as_left,
        due=_last_day(due, now),
        protocol=thermal_codec(settings.thermal.protocol).profile.protocol,
        serial_number=serial.strip(),
        factor=factor,
    )
    _keep(settings, record, now, as_json)


def _agree(as_found: float, offset: float, as_left: float) -> None:
    """The offset takes away what the scanner reads too much: its sign is the other one."""
    if abs(as_found + offset - as_left) > _SIGN_STEP:
        raise typer.BadParameter(
            f"a scanner that reads {as_found:+.2f} and gets {offset:+.2f} is left at {as_found + offset:+.2f}, not at "
            f"{as_left:+.2f}; the offset has the other sign of as found",
            param_hint="--offset",
        )


def _last_day(due: str, now: datetime) -> date:
    last = date.fromisoformat(due)
    if not 0 <= (last - now.astimezone(BANGKOK).date()).days <= _MOST_DAYS:
        raise typer.BadParameter("a day from today on, three years at most", param_hint="--due")
    return last


def _keep(settings: Settings, record: "CalibrationRecord", now: datetime, as_json: bool) -> None:
    """A record that is of no use is kept all the same: it is what was found, and the older ones do not come back."""
    from drivers.thermal.calibration import standing
    from station.paths import paths_of
    from station.thermal_files import keep_calibration

    path = paths_of(settings).calibration
    with writing(path):
        keep_calibration(path, record)
    trouble = standing([record], record.protocol, record.serial_number, now).trouble
    if as_json:
        show(_row(record, not trouble))
    elif trouble:
        print(f"Recorded as {record.id}, but it does not count. {trouble}")
    else:
        print(f"Recorded as {record.id}; it counts until {day(record.due, 'en')}.")
    if trouble:
        raise typer.Exit(1)


def _row(record: Any, counts: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from sync.facts import rfc3339

    row = asdict(record) | {"at": rfc3339(record.at), "due": record.due.isoformat(), "counts": counts}
    return row


@around.command("set")
def set_around(
    air: Annotated[float | None, typer.Option(min=-10, max=60, help="Degrees Celsius, in the shade.")] = None,
    humidity: Annotated[float | None, typer.Option(min=0, max=100, help="Relative humidity in percent.")] = None,
    profile: ProfileOption = "demo",
    state: StateOption = None,
) -> None:
    """Enter air temperature and humidity as a thermometer at the lane shows them; what is not given is unknown."""
    from drivers.thermal.surroundings import Surroundings
    from station.paths import paths_of
    from station.thermal_files import keep_surroundings

    if air is None and humidity is None:
        raise typer.BadParameter("give at least one of them", param_hint="--air, --humidity")
    settings = settings_of(profile, state)
    path = paths_of(settings).surroundings
    with writing(path):
        keep_surroundings(path, Surroundings(air, humidity, datetime.now(UTC)))
    print(f"Kept; it counts for {settings.thermal.surroundings_hours:g} hours.")


@around.command("show")
def show_around(profile: ProfileOption = "demo", state: StateOption = None, as_json: JsonOption = False) -> None:
    """What was entered last; exit 1 when it does not count any more."""
    from datetime import timedelta

    from drivers.thermal.surroundings import Window, flags_of, trouble_of
    from station.paths import paths_of
    from station.thermal_files import is_fresh, read_surroundings
    from sync.facts import rfc3339

    settings = settings_of(profile, state)
    found = read_surroundings(paths_of(settings).surroundings)
    fresh = is_fresh(found, datetime.now(UTC), timedelta(hours=settings.thermal.surroundings_hours))
    trouble = trouble_of(found, Window(settings.thermal.air_celsius, settings.thermal.humidity_percent))
    if as_json:
        show(
            {
                "at": rfc3339(found.at) if found.at else None,
                "air_celsius": found.air_celsius,
                "humidity_percent": found.humidity_percent,
                "counts": fresh,
                "flags": [flag.value for flag in flags_of(found)],
                "trouble": trouble,
            }
        )
    elif found.at is None:
        print("Nothing was entered; station surroundings set --air DEGREES --humidity PERCENT.")
    else:
        print(_sentence(found.air_celsius, found.humidity_percent, found.at, fresh))
        if trouble:
            print(trouble)
    if not fresh:
        raise typer.Exit(1)


def _sentence(air: float | None, humidity: float | None, at: datetime, fresh: bool) -> str:
    parts = [f"{air:g} degrees" if air is not None else "air unknown"]
    parts.append(f"{humidity:g} % humidity" if humidity is not None else "humidity unknown")
    counts = "it counts" if fresh else "too old to count"
    return f"{', '.join(parts)}; entered {at.astimezone(BANGKOK):%Y-%m-%d %H:%M}, {counts}."
