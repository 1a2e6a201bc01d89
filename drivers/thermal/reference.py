"""A reference source (black body) in the scanner's picture: what is read there against what it is set to. Pure.

Sources: without one the error was up to 0.97 degrees between 18 and 32 degrees of air, with one below 0.12
(Mazdeyasna 2023, Sensors 23:8011); a maker corrects against it at least every 5 s (Workswell). It is looked at in
every frame, and the median of the last 5 s counts.

A source of another emissivity than the scanner is set to reads a little wrong by itself. What a right scanner would
read follows from the balance of radiation: Es * T^4 + (1 - Es) * R^4 = Er * S^4 + (1 - Er) * R^4, with Es set at the
scanner, Er of the source, S its set temperature and R the air's, all in kelvin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from config.messages.said import Said, say
from drivers.readings import ThermalFrame
from drivers.thermal.measurement import TimedFrame

_KELVIN = 273.15
_ENOUGH = 20
"""Frames, evenly spread over the seconds, make as good a median as all of a fast scanner."""


@dataclass(frozen=True, slots=True)
class ReferenceSettings:
    """Where the source is in the picture, as a viewer sees it, and what it is set to."""

    name: str
    row: int
    column: int
    rows: int
    columns: int
    set_celsius: float
    emissivity: float
    """Of the source, by its certificate."""
    limit_celsius: float = 0.3
    """A larger difference than this is drift."""
    seconds: float = 5.0
    uniform_celsius: float = 1.0
    """Between the 10th and the 90th percentile of its pixels; more means that something is in front of it."""
    plausible_celsius: float = 5.0
    """What is farther from the set temperature is not the source."""


@dataclass(frozen=True, slots=True)
class ReferenceLook:
    """What the source said over the last seconds."""

    correction_celsius: float | None
    """To be added to every value; None when the source cannot be seen."""
    trouble: str = ""
    """One sentence when it drifts or cannot be seen; then no reading is READY."""


def look_at(
    frames: Sequence[TimedFrame],
    now: datetime,
    settings: ReferenceSettings,
    *,
    emissivity: float,
    air_celsius: float | None,
    offset_celsius: float = 0.0,
) -> ReferenceLook:
    """Compare the source with its set temperature.

    Args:
        frames: oldest first, with the time each came.
        now: the time of the look.
        settings: where it is and what it is set to.
        emissivity: the one that the scanner measures with.
        air_celsius: of the surroundings; None takes the sensor's own temperature for it.
        offset_celsius: the calibration's, which is applied before this correction.
    """
    since = now - timedelta(seconds=settings.seconds)
    window = [frame for frame, at in frames if at >= since]
    seen, expected = [], []
    for frame in window[:: -(-len(window) // _ENOUGH) or 1]:
        value = _source(frame, settings)
        if value is None:
            continue
        air = frame.ambient_celsius if air_celsius is None else air_celsius
        right = _expected(settings, emissivity, air)
        if abs(value + offset_celsius - right) <= settings.plausible_celsius:
            seen.append(value)
            expected.append(right)
    if not seen:
        return ReferenceLook(None, _unseen(settings))
    correction = float(np.median(expected)) - (float(np.median(seen)) + offset_celsius)
    return ReferenceLook(correction, _drift(settings, correction))


def without_source(frame: ThermalFrame, settings: ReferenceSettings) -> ThermalFrame:
    """The frame with the source painted over by the background, so that it is not taken for a warm face."""
    celsius = frame.celsius.copy()
    region = _region(celsius, settings, 1)
    if region.size:
        region[:] = np.percentile(frame.celsius, 20)
    return ThermalFrame(celsius, frame.ambient_celsius)


def _region(celsius: NDArray[np.float32], settings: ReferenceSettings, margin: int = 0) -> NDArray[np.float32]:
    top, left = max(0, settings.row - margin), max(0, settings.column - margin)
    bottom, right = settings.row + settings.rows + margin, settings.column + settings.columns + margin
    return celsius[top:bottom, left:right]


def _source(frame: ThermalFrame, settings: ReferenceSettings) -> float | None:
    """The median of its pixels; None when they are not alike, or not all in the picture."""
    pixels = _region(frame.celsius, settings)
    if pixels.shape != (settings.rows, settings.columns):
        return None
    low, high = np.percentile(pixels, (10, 90))
    return float(np.median(pixels)) if high - low <= settings.uniform_celsius else None


def _expected(settings: ReferenceSettings, emissivity: float, air: float) -> float:
    """What a right scanner reads there, in degrees."""
    source, around = settings.set_celsius + _KELVIN, air + _KELVIN
    fourth = (settings.emissivity * source**4 + (emissivity - settings.emissivity) * around**4) / emissivity
    return float(fourth**0.25) - _KELVIN


def _unseen(settings: ReferenceSettings) -> Said:
    return say(
        "The reference source {name} cannot be seen; clear what stands before it, and check its power and its region "
        "in the profile.",
        name=settings.name,
    )


def _drift(settings: ReferenceSettings, correction: float) -> str:
    if abs(correction) <= settings.limit_celsius:
        return ""
    return say(
        "The scanner reads the reference source {name} {difference} degrees off, more than {limit}; measure by hand "
        "and have the scanner calibrated.",
        name=settings.name,
        difference=f"{-correction:+.1f}",
        limit=f"{settings.limit_celsius:.1f}",
    )
