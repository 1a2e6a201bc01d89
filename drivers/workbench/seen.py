"""What a device that is looked at says, one event after the other, and how it is at one moment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from drivers.ports import Fact
from drivers.readings import DeviceHealth, DeviceState, ThermalFrame

Json = dict[str, object]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ThermalSeen:
    """One frame in a few numbers; the counts run from the start of the watching."""

    at: datetime
    device: str
    max_celsius: float
    """The warmest pixel of the whole picture as the device sent it: raw, of whatever is in view."""
    ambient_celsius: float
    """The sensor's own temperature."""
    state: DeviceState
    frames_good: int
    frames_bad: int
    resyncs: int

    def as_json(self) -> Json:
        """Plain values for one JSON object; the time as RFC 3339 in UTC."""
        return {
            "at": _time(self.at),
            "device": self.device,
            "max_celsius": round(self.max_celsius, 2),
            "ambient_celsius": round(self.ambient_celsius, 2),
            "state": self.state.value,
            "frames_good": self.frames_good,
            "frames_bad": self.frames_bad,
            "resyncs": self.resyncs,
        }

    def line(self) -> str:
        """For a person."""
        return (
            f"{self.at:%H:%M:%S} {self.device} {self.max_celsius:6.2f} °C  sensor {self.ambient_celsius:5.2f} °C  "
            f"{self.state.value}"
        )


@dataclass(frozen=True, slots=True)
class ReadSeen:
    """One thing that a reader read, without what it was."""

    at: datetime
    device: str
    read: str
    """"code", "zone", or why it failed."""
    length: int
    """Bytes of a code, characters of a zone."""
    text: str | None = field(default=None, repr=False)
    """Only for somebody who has asked for personal data."""

    def as_json(self) -> Json:
        """Plain values for one JSON object."""
        told: Json = {"at": _time(self.at), "device": self.device, "read": self.read, "length": self.length}
        return told if self.text is None else told | {"text": self.text}

    def line(self) -> str:
        """For a person."""
        size = f", {self.length} characters" if self.length else ""
        return f"{self.at:%H:%M:%S} {self.device} {self.read}{size}" + (f": {self.text}" if self.text else "")


@dataclass(frozen=True, slots=True)
class StateSeen:
    """How a device without readings is, told when it changes."""

    at: datetime
    device: str
    state: DeviceState
    reason: str
    relays: tuple[bool, ...] | None = None
    """Which relays are on; None where there are none or the board does not say."""

    def as_json(self) -> Json:
        """Plain values for one JSON object."""
        relays = None if self.relays is None else list(self.relays)
        told: Json = {"at": _time(self.at), "device": self.device, "state": self.state.value, "reason": self.reason}
        return told if relays is None else told | {"relays": relays}

    def line(self) -> str:
        """For a person."""
        relays = "" if self.relays is None else "  " + " ".join("on" if each else "off" for each in self.relays)
        return f"{self.at:%H:%M:%S} {self.device} {self.state.value}{relays}  {self.reason}".rstrip()


Seen = ThermalSeen | ReadSeen | StateSeen


@dataclass(frozen=True, slots=True)
class Sight:
    """How a device is at one moment."""

    device: str
    what: str
    """Protocol or kind."""
    health: DeviceHealth
    scans: bool = False
    """It is a thermal scanner, whether it has said anything yet or not."""
    frame: ThermalFrame | None = None
    facts: tuple[tuple[Fact, str], ...] = ()
    emissivity: float | None = None
    reads: tuple[ReadSeen, ...] = ()
    """The last ones, oldest first."""
    relays: tuple[bool, ...] | None = None
