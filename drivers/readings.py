"""The words of this package: pictures, thermal frames, skin temperatures, device health."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class DeviceState(StrEnum):
    """Where a device is in its life; only READY may feed a decision."""

    ABSENT = "absent"
    OPENING = "opening"
    WARMING = "warming"
    READY = "ready"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """How a device is, for the screens, the metrics and the doctor."""

    device: str
    state: DeviceState
    reason: str = ""
    """One English sentence that says what is wrong and what to do; empty when nothing is."""
    age_seconds: float | None = None
    """Seconds since the last good frame; None when there never was one."""
    frames_good: int = 0
    frames_bad: int = 0
    resyncs: int = 0
    reconnects: int = 0


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One picture from a camera."""

    pixels: NDArray[np.uint8]
    """(height, width, 3), BGR."""
    captured_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class ThermalFrame:
    """One picture from a thermal scanner."""

    celsius: NDArray[np.float32]
    """(rows, columns) in degrees Celsius, as a viewer facing the person's picture sees it (not mirrored)."""
    ambient_celsius: float
    """The sensor's own temperature."""


class TemperatureState(StrEnum):
    """Whether a skin temperature may be used."""

    READY = "ready"
    WARMING = "warming"
    """The sensor has not been powered long enough to be believed."""
    NO_FACE = "no_face"
    UNSTEADY = "unsteady"
    """The frames of one measurement spread more than the limit."""
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class SkinTemperature:
    """Skin temperature of one face over several frames. Never a body temperature (IEC 80601-2-59)."""

    state: TemperatureState
    measured_at: datetime
    device: str
    max_celsius: float | None
    """Median over the frames of the face region's maximum; None unless READY or UNSTEADY."""
    spread_celsius: float | None
    """Largest minus smallest of those maxima."""
    ambient_celsius: float | None
    frames: int
    emissivity: float
    spot: tuple[int, int] | None = None
    """(row, column) of the warmest face pixel in the newest frame."""
