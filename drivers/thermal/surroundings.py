"""The air around a scanner, as a person entered it: guidance that is flagged, and the site's own window. Pure."""

from dataclasses import dataclass
from datetime import datetime

from config.messages.said import Said, say
from drivers.readings import Flag

GUIDANCE_AIR = (18.0, 24.0)
"""Degrees: the buyer's checklist of PMC8654479, table 1, says 18 to 24; the FDA's page 20 to 24."""
GUIDANCE_HUMIDITY = (10.0, 75.0)
"""Percent: the FDA's page says 10 to 50, the checklist 20 to 75; outside both is outside guidance."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the air."""

    air_celsius: float | None = None
    humidity_percent: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """For which air this site's scanner was validated."""

    air_celsius: tuple[float, float]
    humidity_percent: tuple[float, float]


def flags_of(around: Surroundings) -> tuple[Flag, ...]:
    """What is to be said of the air on every reading."""
    found = []
    for value, (low, high), unknown, outside in (
        (around.air_celsius, GUIDANCE_AIR, Flag.AIR_UNKNOWN, Flag.AIR_OUTSIDE_GUIDANCE),
        (around.humidity_percent, GUIDANCE_HUMIDITY, Flag.HUMIDITY_UNKNOWN, Flag.HUMIDITY_OUTSIDE_GUIDANCE),
    ):
        if value is None:
            found.append(unknown)
        elif not low <= value <= high:
            found.append(outside)
    return tuple(found)


def trouble_of(around: Surroundings, window: Window) -> str:
    """One sentence when known air or humidity is outside the site's window; what is unknown never blocks."""
    air, humidity = around.air_celsius, around.humidity_percent
    if air is not None and not window.air_celsius[0] <= air <= window.air_celsius[1]:
        return _outside(say("the air, {value} degrees,", value=f"{air:g}"), window.air_celsius)
    if humidity is not None and not window.humidity_percent[0] <= humidity <= window.humidity_percent[1]:
        return _outside(say("the humidity, {value} %,", value=f"{humidity:g}"), window.humidity_percent)
    return ""


def _outside(what: Said, window: tuple[float, float]) -> Said:
    return say(
        "Skin temperature cannot be relied on: {what} is outside {low} to {high}, for which this site's scanner was "
        "validated; measure by hand.",
        what=what,
        low=f"{window[0]:g}",
        high=f"{window[1]:g}",
    )
