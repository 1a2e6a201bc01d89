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
    IDENTIFYING = "identifying"
    """It is open and has not yet said enough to be taken for what it should be."""
    WARMING = "warming"
    READY = "ready"
    DEGRADED = "degraded"
    FAILED = "failed"


class DeviceKind(StrEnum):
    """What a device is for; a station knows it from its settings, whatever the device is called."""

    CAMERA = "camera"
    """Reads documents and codes."""
    THERMAL = "thermal"
    DOCUMENT_READER = "document_reader"
    """Reads passports and cards."""
    CODE_READER = "code_reader"
    RELAYS = "relays"
    PRINTER = "printer"
    JOURNAL = "journal"
    """The station's store, which is shown beside its devices."""
    OTHER = "other"


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
    bytes_in: int = 0
    """Bytes that came since the program started; 0 for devices without a byte stream."""
    rate_hertz: float | None = None
    """Good frames a second, smoothed; None when that means nothing for this device."""
    ambient_celsius: float | None = None
    """The device's own temperature, when it tells."""
    kind: DeviceKind = DeviceKind.OTHER
    """Set by the station that put the device to use."""

    @property
    def bad_ratio(self) -> float:
        """Share of bad frames among all, 0 to 1."""
        return self.frames_bad / max(1, self.frames_good + self.frames_bad)


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
    COVERED = "covered"
    """Glasses or a hat: the place where skin is measured is not bare, and a fever could hide."""
    TOO_COOL = "too_cool"
    """A sensor of one point reads less than skin has: it sees more than the forehead, which is too far away."""
    UNCALIBRATED = "uncalibrated"
    """There is no calibration record of this scanner, or its due date has passed."""
    DRIFT = "drift"
    """The reference source reads too far from what it is set to, or cannot be seen."""
    OUT_OF_CONDITIONS = "out_of_conditions"
    """Air or humidity are outside the window for which this site's scanner was validated."""
    FAULT = "fault"
    """The scanner is stuck, wrongly set or otherwise not to be believed: its picture is shown, its values are not."""


class WhyNot(StrEnum):
    """Why no face is measured; the screens say what to do."""

    NOBODY = "nobody"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    CUT = "cut"
    """A side of the picture cuts it."""
    TOO_WARM_SURROUNDINGS = "too_warm_surroundings"
    """What is behind is as warm as skin, or warmer."""
    HOT_THING = "hot_thing"
    """Something hotter than skin is in or beside it."""
    UNLIKE_A_FACE = "unlike_a_face"
    """Something warm, perhaps a person who looks away or wears a helmet."""


class Method(StrEnum):
    """How a skin temperature was taken."""

    FACE = "face"
    """The warmest of a face found in a thermal picture."""
    POINT = "point"
    """A one-point sensor before the middle of the forehead."""


class CorrectionKind(StrEnum):
    """What a raw skin temperature was corrected by."""

    CALIBRATION = "calibration"
    """The offset of the calibration record."""
    REFERENCE = "reference"
    """What the reference source (black body) read too low."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that was added to a raw value."""

    kind: CorrectionKind
    celsius: float
    """Added; the order of the corrections is the order in which they were applied."""
    source: str
    """Id of the calibration record, or what the reference source is called and set to."""


class Flag(StrEnum):
    """Something about a measurement that is recorded and never hidden, whatever became of it."""

    AIR_OUTSIDE_GUIDANCE = "air_outside_guidance"
    """Air outside 18 to 24 degrees (guidance for screening), even where the site was validated for more."""
    AIR_UNKNOWN = "air_unknown"
    HUMIDITY_OUTSIDE_GUIDANCE = "humidity_outside_guidance"
    """Relative humidity outside 10 to 75 %."""
    HUMIDITY_UNKNOWN = "humidity_unknown"
    NO_REFERENCE = "no_reference"
    """No reference source is set up at this site."""
    DISTANCE_UNKNOWN = "distance_unknown"
    """A point sensor cannot tell how far away the face is."""
    PASSERS_DRIFT = "passers_drift"
    """The median of this hour's passers-by is far from that of the hours before."""
    GLASSES = "glasses"
    """Something cool covers the eyes: their inner corners were not seen."""
    HAT = "hat"
    """Something cool covers the forehead."""


@dataclass(frozen=True, slots=True)
class SkinTemperature:
    """Skin temperature of one face over several frames. Never a body temperature (IEC 80601-2-59)."""

    state: TemperatureState
    measured_at: datetime
    device: str
    max_celsius: float | None
    """Median over the frames of the face region's maximum, after the corrections; None where nothing was measured."""
    spread_celsius: float | None
    """Largest minus smallest of those maxima."""
    ambient_celsius: float | None
    frames: int
    emissivity: float
    spot: tuple[int, int] | None = None
    """(row, column) of the warmest face pixel in the newest frame."""
    why_not: WhyNot | None = None
    """Why there is NO_FACE; None when a face was measured, or was not looked for."""
    raw_celsius: float | None = None
    """The same as the scanner said it, before any correction; None when nothing was measured."""
    corrections: tuple[Correction, ...] = ()
    """max_celsius is raw_celsius and all of these."""
    flags: tuple[Flag, ...] = ()
    method: Method = Method.FACE
    calibration: str = ""
    """Id of the calibration record in force; empty when there is none."""
    serial_number: str = ""
    firmware: str = ""
    """With what the device does to its readings by settings of its own, where it tells: `4.5.10, factor 1.00`."""
    air_celsius: float | None = None
    humidity_percent: float | None = None
    began_at: datetime | None = None
    """When the oldest frame that went into it came: what began before a traveller was there is not theirs."""
