"""The small capabilities that drivers are put together from: a byte link, a thermal protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from drivers.readings import DeviceHealth, ThermalFrame


class ByteLink(Protocol):
    """A cable with bytes on it; one owner, one thread."""

    @property
    def name(self) -> str:
        """The path or URL that it was opened by."""

    def read_some(self) -> bytes:
        """Whatever arrives within a short time; empty when nothing does.

        Raises:
            DeviceGone: the cable or the power went away.
        """

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            DeviceGone: the cable or the power went away, or nothing takes the bytes.
        """

    def close(self) -> None:
        """Give the device back; may be called twice, never raises."""


class Supervised(Protocol):
    """A device that keeps itself going: every kind of device offers this, whatever else it can do."""

    def start(self) -> None:
        """Begin; returns at once, a second call does nothing. A device that is not there is no error."""

    def stop(self) -> None:
        """End its thread and give the device back."""

    def health(self, now: datetime) -> DeviceHealth:
        """How it is."""


OpenLink = Callable[[], ByteLink]
"""Opens a link or raises DeviceAbsent or DeviceBusy."""


class Fact(StrEnum):
    """What a scanner says about itself."""

    KIND = "kind"
    SERIAL = "serial"
    FIRMWARE = "firmware"
    OFFSET = "offset_celsius"
    """What the device adds to every reading by a setting of its own."""
    FACTOR = "factor"
    """What the device multiplies every reading by, by a setting of its own."""


class Trouble(StrEnum):
    """What a scanner itself says is wrong; a frame that comes with one is no reading."""

    SENSOR_FAULT = "its sensor reports a fault"
    SENSOR_COLD = "its sensor is colder than it may be"
    SENSOR_HOT = "its sensor is hotter than it may be"
    OBJECT_LOW = "what it sees is colder than it can measure"
    OBJECT_HIGH = "what it sees is hotter than it can measure"
    REFUSED = "it refuses what it is asked"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one call of a codec found in a buffer."""

    frames: tuple[ThermalFrame, ...]
    emissivities: tuple[float, ...]
    """Answers of the module to "which emissivity?", in order."""
    frames_bad: int
    """Headers whose frame failed its checksum or its plausible range."""
    resyncs: int
    """Runs of bytes that belonged to nothing and were skipped."""
    remainder: bytes
    """The beginning of something not complete yet; goes in front of the next bytes."""
    lost: bool
    """The buffer ended inside a run of skipped bytes; hand it to the next call."""
    facts: tuple[tuple[Fact, str], ...] = ()
    """What the device said about itself, in order."""
    troubles: tuple[Trouble, ...] = ()
    """What the device said is wrong, in order."""


@dataclass(frozen=True, slots=True)
class ThermalProfile:
    """The fixed facts of one kind of thermal scanner."""

    protocol: str
    rows: int
    columns: int
    baud: int
    """As delivered."""
    bauds: tuple[int, ...]
    rates_hertz: tuple[float, ...]
    emissivity_range: tuple[float, float]
    """The ends are equal when the device measures with one fixed emissivity."""
    plausible_celsius: tuple[float, float]
    """Pixels outside mean a broken frame, not a hot or a cold thing. A point sensor is one row of one column."""
    ambient_celsius: tuple[float, float]
    """What the sensor's own temperature can be."""
    warm_up_seconds: float
    """From power-on until its readings may be believed; a default, the station's profile may set another."""


class ThermalCodec(Protocol):
    """Bytes to thermal frames and back; pure, no clock, no link."""

    @property
    def profile(self) -> ThermalProfile:
        """The fixed facts of this kind of scanner."""

    def feed(self, buffer: bytes, lost: bool = False) -> Decoded:
        """Everything complete in `buffer`, and the rest."""

    def encode(self, frame: ThermalFrame) -> bytes:
        """The frame as the device would send it."""

    def start_commands(self, rate_hertz: float | None, emissivity: float | None) -> tuple[bytes, ...]:
        """What to send after opening so that frames stream; None leaves a setting as it is."""

    def attach(self, link: ByteLink) -> ByteLink:
        """The link as this protocol is read: itself when the device streams, one that asks when it must be asked."""
