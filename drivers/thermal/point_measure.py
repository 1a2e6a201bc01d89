"""Skin temperature from a sensor of one point: no face can be seen, only that something warm has come. Pure.

Somebody is there when the value has risen well above what the sensor looked at before, is one that skin can have, and
holds still. What it looked at before is followed all the time: quickly when it falls, slowly when it rises, and not
while somebody is there. A value that stays up for minutes is a wall in the sun, not a person.

How far away the forehead is cannot be told (MLX90614 parts measure mostly background from more than 3 to 15 cm): every
such reading says DISTANCE_UNKNOWN. One too cool for skin is not used (drivers.thermal.qualifying).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from drivers.readings import Flag, Method, SkinTemperature, ThermalFrame
from drivers.thermal.measurement import Look, MeasureSettings, TimedFrame, nothing, steady


@dataclass(frozen=True, slots=True)
class PointSettings:
    """What counts as a person before a point sensor."""

    rise_celsius: float = 1.5
    """Above the background; the same contrast as a face in a picture needs."""
    skin_celsius: tuple[float, float] = (28.0, 45.0)
    """Somebody is there within it; the same limits as for a face in a picture."""
    least_celsius: float = 32.0
    """After the corrections; less is TOO_COOL: the sensor mixes the forehead with what is behind it, and a fever could
    hide. An assumption for warm air: healthy foreheads read 31.0 to 35.6 (Ng 2005, Am J Infect Control 33:227, 1000
    people in Hong Kong). What is mixed with a warm wall may still read more."""
    learn_seconds: float = 2.0
    """So long the background is looked at before anything counts as a rise."""
    fall_seconds: float = 0.5
    climb_seconds: float = 30.0
    """Time constants with which the background follows a lower and a slightly higher value."""
    settle_seconds: float = 120.0
    """What stays up for so long is background; nobody looks into a sensor for two minutes."""


@dataclass(frozen=True, slots=True)
class Background:
    """What a point sensor looks at when nobody is there."""

    celsius: float
    since: datetime
    at: datetime
    """Of the newest value that went into it."""
    up_since: datetime | None = None
    """Since when the value has been above it by more than the rise."""

    def learnt(self, settings: PointSettings) -> bool:
        """Whether it has been looked at for long enough."""
        return (self.at - self.since).total_seconds() >= settings.learn_seconds


def follow(background: Background | None, frame: ThermalFrame, at: datetime, settings: PointSettings) -> Background:
    """The background after one more value; a gap in time, or a clock that was set back, begins it anew."""
    celsius = float(frame.celsius[0, 0])
    passed = (at - background.at).total_seconds() if background else -1.0
    if background is None or not 0 <= passed <= settings.settle_seconds:
        return Background(celsius, at, at)
    above = celsius - background.celsius
    if background.learnt(settings) and above >= settings.rise_celsius:
        since = background.up_since or at
        if (at - since).total_seconds() > settings.settle_seconds:
            return Background(celsius, background.since, at)
        return replace(background, at=at, up_since=since)
    slow = background.learnt(settings) and above > 0
    part = 1 - math.exp(-passed / (settings.climb_seconds if slow else settings.fall_seconds))
    return Background(background.celsius + part * above, background.since, at)


def measure_point(
    frames: Sequence[TimedFrame],
    background: Background | None,
    now: datetime,
    settings: MeasureSettings,
    point: PointSettings,
    *,
    device: str,
    emissivity: float,
    warming: bool = False,
) -> SkinTemperature:
    """The skin temperature that the newest values of a point sensor give.

    Args:
        frames: one row of one column each, oldest first, with the time each came.
        background: what `follow` makes of all values so far.
        now: the time of the measurement.
        settings: what counts as steady.
        point: what counts as a person.
        device: the sensor's name.
        emissivity: the one that the sensor measured with.
        warming: the sensor has not been powered for long enough.
    """
    answer = replace(nothing(now, device, emissivity, Method.POINT), flags=(Flag.DISTANCE_UNKNOWN,))
    known = background is not None and background.learnt(point)
    least = background.celsius + point.rise_celsius if background is not None else math.inf

    def look(frame: ThermalFrame) -> Look | None:
        celsius = float(frame.celsius[0, 0])
        low, high = point.skin_celsius
        there = known and celsius >= least and low <= celsius <= high
        return Look(celsius, flags=(Flag.DISTANCE_UNKNOWN,)) if there else None

    return steady(frames, now, settings, answer, look, warming=warming)
