"""One device of any kind, looked at: what it says, one event after the other, and how it is now.

For commands that look at a device without a lane around it: watch, record, replay. What readers read is told by kind
and length only; the text is handed on only to somebody who has asked for personal data.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.actuators.relay_board import RelayBoard, RelaySettings
from drivers.actuators.relay_look import RelayLook
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.ports import OpenLink, Supervised
from drivers.protocols import Protocol
from drivers.readers.reader import ReadEvent, SerialReader, SerialReaderSettings
from drivers.readers.reads import CodeRead, MrzRead, Read
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceKind
from drivers.registry import thermal_codec
from drivers.thermal.scanner import Reading, ScannerSettings, ThermalScanner
from drivers.workbench.seen import ReadSeen, Seen, Sight, StateSeen, ThermalSeen

_KEPT_READS = 8
_LOOK_SECONDS = 0.2


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
        reads, of_reader = reader_codec(protocol.name), SerialReaderSettings(device)
        reader = SerialReader(of_reader, reads, open_link, now=clock.now, monotonic=clock.monotonic)
        return WatchedReader(reader, protocol.name, clock, personal)
    return _watched_state(protocol, device, open_link, clock, switches)


def _watched_state(
    protocol: Protocol, device: str, open_link: OpenLink, clock: Clock, switches: int | None
) -> WatchedState:
    """A device that measures and reads nothing."""
    if protocol.kind is DeviceKind.PRINTER:
        printer = SlipPrinter(PrinterSettings(device), open_link, monotonic=clock.monotonic)
        return WatchedState(printer, device, protocol.name, clock)
    if switches is None:
        look = RelayLook(device, open_link, monotonic=clock.monotonic)
        return WatchedState(look, device, protocol.name, clock, lambda: look.states)
    names = {str(channel): channel for channel in range(1, switches + 1)}
    board = RelayBoard(RelaySettings(device, switches, names), open_link, monotonic=clock.monotonic)
    return WatchedState(board, device, protocol.name, clock, lambda: tuple(board.commanded().values()))
