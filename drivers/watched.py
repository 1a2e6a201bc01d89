"""One device of any kind, looked at: what it says, one event after the other, and how it is now.

For commands that look at a device without a lane around it: watch, record, replay. What readers read is told by kind
and length only; the text is handed on only to somebody who has asked for personal data.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from drivers.actuators.relay_board import RelayBoard, RelaySettings
from drivers.actuators.relay_look import RelayLook
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.ports import Fact, OpenLink, Supervised
from drivers.protocols import Protocol
from drivers.readers.reader import ReadEvent, SerialReader, SerialReaderSettings
from drivers.readers.reads import CodeRead, MrzRead, Read
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceHealth, DeviceKind, DeviceState, ThermalFrame
from drivers.registry import thermal_codec
from drivers.thermal.scanner import Reading, ScannerSettings, ThermalScanner

Json = dict[str, object]
_KEPT_READS = 8
_LOOK_SECONDS = 0.2


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


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is, for a device; a replay has its own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic


class WatchedScanner:
    """A thermal scanner."""

    def __init__(self, scanner: ThermalScanner, protocol: str, clock: Clock) -> None:
        self.device: Supervised = scanner
        self._scanner = scanner
        self._protocol = protocol
        self._clock = clock
        self._sequence = 0

    def events(self, seconds: float) -> tuple[Seen, ...]:
        """Every frame since the last call; waits up to `seconds` for one."""
        readings = self._scanner.wait_newer(self._sequence, seconds)
        if readings:
            self._sequence = readings[-1].sequence
        return tuple(self._seen(reading) for reading in readings)

    def _seen(self, reading: Reading) -> ThermalSeen:
        return ThermalSeen(
            at=reading.at,
            device=self._scanner.device,
            max_celsius=float(reading.frame.celsius.max()),
            ambient_celsius=reading.frame.ambient_celsius,
            state=reading.state,
            frames_good=reading.frames_good,
            frames_bad=reading.frames_bad,
            resyncs=reading.resyncs,
        )

    def sight(self) -> Sight:
        """How it is now."""
        newest = self._scanner.newest()
        return Sight(
            self._scanner.device,
            self._protocol,
            self._scanner.health(self._clock.now()),
            scans=True,
            frame=newest[0] if newest else None,
            facts=tuple(self._scanner.facts.items()),
            emissivity=self._scanner.emissivity,
        )


class WatchedReader:
    """A code or passport reader."""

    def __init__(self, reader: SerialReader, protocol: str, clock: Clock, personal: bool) -> None:
        self.device: Supervised = reader
        self._reader = reader
        self._protocol = protocol
        self._clock = clock
        self._personal = personal
        self._sequence = 0
        self._last: tuple[ReadSeen, ...] = ()

    def events(self, seconds: float) -> tuple[Seen, ...]:
        """Every read since the last call; waits up to `seconds` for one."""
        events = self._reader.wait_newer(self._sequence, seconds)
        if events:
            self._sequence = events[-1].sequence
            self._reader.forget()
        seen = tuple(self._seen(event) for event in events)
        self._last = (*self._last, *seen)[-_KEPT_READS:]
        return seen

    def _seen(self, event: ReadEvent) -> ReadSeen:
        read, length, text = _told(event.read)
        return ReadSeen(event.at, self._reader.device, read, length, text if self._personal else None)

    def sight(self) -> Sight:
        """How it is now."""
        health = self._reader.health(self._clock.now())
        return Sight(self._reader.device, self._protocol, health, reads=self._last)


def _told(read: Read) -> tuple[str, int, str | None]:
    if isinstance(read, CodeRead):
        return "code", len(read.data), read.text()
    if isinstance(read, MrzRead):
        return "zone", sum(map(len, read.lines)), "\n".join(read.lines)
    return read.reason.value, 0, None


class WatchedState:
    """Any other device: how it is, and which relays are on."""

    def __init__(
        self,
        device: Supervised,
        name: str,
        what: str,
        clock: Clock,
        relays: Callable[[], tuple[bool, ...] | None] = lambda: None,
    ) -> None:
        self.device = device
        self._name = name
        self._what = what
        self._clock = clock
        self._relays = relays
        self._last: tuple[object, ...] = ()

    def events(self, seconds: float) -> tuple[Seen, ...]:
        """How it is, when that is not what it was at the last call; waits up to `seconds` for a change."""
        end = time.monotonic() + seconds
        while True:
            sight = self.sight()
            told = (sight.health.state, sight.health.reason, sight.relays)
            if told != self._last:
                self._last = told
                now = self._clock.now()
                return (StateSeen(now, self._name, sight.health.state, sight.health.reason, sight.relays),)
            left = end - time.monotonic()
            if left <= 0:
                return ()
            time.sleep(min(_LOOK_SECONDS, left))

    def sight(self) -> Sight:
        """How it is now."""
        return Sight(self._name, self._what, self.device.health(self._clock.now()), relays=self._relays())


Watched = WatchedScanner | WatchedReader | WatchedState


def watched(
    protocol: Protocol,
    device: str,
    open_link: OpenLink,
    *,
    clock: Clock | None = None,
    switches: int | None = None,
    personal: bool = False,
) -> Watched:
    """A device of any kind behind its driver, not yet started.

    Args:
        protocol: what it speaks.
        device: its name.
        open_link: opens its cable.
        clock: the time; a replay's own.
        switches: of a relay board with so many relays: drive it as the station does, which puts all to rest; None only
            looks at it.
        personal: hand on what readers read.
    """
    clock = clock or Clock()
    if protocol.kind is DeviceKind.THERMAL:
        codec = thermal_codec(protocol.name)
        settings = ScannerSettings(device=device)
        scanner = ThermalScanner(settings, codec, open_link, now=clock.now, monotonic=clock.monotonic)
        return WatchedScanner(scanner, protocol.name, clock)
    if protocol.personal:
        reader = SerialReader(
            SerialReaderSettings(device),
            reader_codec(protocol.name),
            open_link,
            now=clock.now,
            monotonic=clock.monotonic,
        )
        return WatchedReader(reader, protocol.name, clock, personal)
    if protocol.kind is DeviceKind.PRINTER:
        printer = SlipPrinter(PrinterSettings(device), open_link, monotonic=clock.monotonic)
        return WatchedState(printer, device, protocol.name, clock)
    if switches is None:
        look = RelayLook(device, open_link, monotonic=clock.monotonic)
        return WatchedState(look, device, protocol.name, clock, lambda: look.states)
    names = {str(channel): channel for channel in range(1, switches + 1)}
    board = RelayBoard(RelaySettings(device, switches, names), open_link, monotonic=clock.monotonic)
    return WatchedState(board, device, protocol.name, clock, lambda: tuple(board.commanded().values()))
