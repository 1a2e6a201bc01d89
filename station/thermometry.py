"""The station's thermometer: its scanner, the settings, and what the state folder knows of calibration and air."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.settings import Settings, ThermalSettings
from drivers import registry
from drivers.readings import Flag
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings
from drivers.thermal.passers import Passer, PassersSettings
from drivers.thermal.point_measure import PointSettings
from drivers.thermal.reference import ReferenceSettings
from drivers.thermal.surroundings import Window
from drivers.thermal.thermometer import FrameGiver, Thermometer, ThermometerSettings
from station.paths import paths_of
from station.thermal_files import CalibrationFile, SurroundingsFile

_FRAMES_BESIDE = 4
"""So many more frames than are needed are used when they are there."""


def open_thermometer(settings: Settings, scanner: FrameGiver) -> Thermometer:
    """What measures with the station's scanner.

    Raises:
        DriverError: a protocol that is not known, or a reference source that the scanner cannot see.
    """
    wanted, paths = settings.thermal, paths_of(settings)
    calibration = CalibrationFile(paths.calibration)
    air = SurroundingsFile(paths.surroundings, timedelta(hours=wanted.surroundings_hours))
    return Thermometer(scanner, thermometer_settings(wanted), calibration.standing, air.around)


def thermometer_settings(wanted: ThermalSettings) -> ThermometerSettings:
    """How the profile wants frames to become skin temperatures.

    Raises:
        DriverError: a protocol that is not known.
    """
    usual = MeasureSettings().window_seconds
    # A slow scanner needs longer for as many frames.
    window = max(usual, 1.5 * wanted.frames / wanted.rate_hz) if wanted.rate_hz else usual
    source = wanted.reference
    return ThermometerSettings(
        profile=registry.thermal_codec(wanted.protocol).profile,
        window=Window(wanted.air_celsius, wanted.humidity_percent),
        emissivity=wanted.emissivity,
        factor=wanted.factor,
        steady=MeasureSettings(
            frames_needed=wanted.frames,
            frames_used=wanted.frames + _FRAMES_BESIDE,
            window_seconds=window,
            spread_celsius=wanted.spread_limit_celsius,
            stale_seconds=wanted.stale_seconds,
            bare=tuple(map(Flag, wanted.bare)),
        ),
        face=FaceSettings(field_of_view_degrees=wanted.field_of_view_degrees),
        point=PointSettings(least_celsius=wanted.point_least_celsius),
        source=ReferenceSettings(**source.model_dump()) if source else None,
        passers=PassersSettings(people=wanted.passers_people, limit_celsius=wanted.passers_limit_celsius),
    )


def passers_of(payloads: Iterable[Mapping[str, Any]]) -> tuple[Passer, ...]:
    """The first usable skin temperature of each recorded screening, oldest first."""
    found = []
    for payload in payloads:
        rows = (row for row in payload.get("evidence", ()) if row.get("kind") == "temperature")
        first = next((row for row in rows if row.get("state") == "ready" and row.get("max_celsius") is not None), None)
        if first is not None:
            found.append((datetime.fromisoformat(first["at"]), float(first["max_celsius"])))
    return tuple(sorted(found))
