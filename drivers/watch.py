"""Watching one thermal scanner from the command line: every frame, raw, while it warms up too."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.errors import DeviceSilent
from drivers.ports import ByteLink
from drivers.readings import DeviceState
from drivers.registry import thermal_codec
from drivers.thermal.scanner import Reading, ScannerSettings, ThermalScanner
from drivers.transport import open_serial

_POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class WatchReading:
    """One frame in a few numbers; the counts run from the opening of the port."""

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

    def as_json(self) -> dict[str, str | float | int]:
        """Plain values for one JSON object; the time as RFC 3339 in UTC."""
        return {
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "device": self.device,
            "max_celsius": round(self.max_celsius, 2),
            "ambient_celsius": round(self.ambient_celsius, 2),
            "state": self.state.value,
            "frames_good": self.frames_good,
            "frames_bad": self.frames_bad,
            "resyncs": self.resyncs,
        }


def watch(
    url: str,
    protocol: str,
    seconds: float,
    *,
    baud: int | None = None,
    settings: ScannerSettings | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[WatchReading]:
    """Every reading of a scanner for so many seconds; an unplug on the way is survived and waited out.

    Args:
        url: device path or pyserial URL.
        protocol: a name from the registry.
        seconds: how long to watch.
        baud: None takes the protocol's own.
        settings: None takes the port as the name and leaves rate and emissivity as they are.
        now: the time of day, in UTC.
        monotonic: seconds that only grow.

    Raises:
        DriverError: no such protocol.
        DeviceAbsent: the port is not there at the start.
        DeviceBusy: another program holds it.
        DeviceSilent: not one good frame came in all the time.
    """
    codec = thermal_codec(protocol)
    chosen_baud = codec.profile.baud if baud is None else baud
    # The first opening is done here, so that a wrong port is an error and not a scanner that waits for it.
    first: list[ByteLink] = [open_serial(url, chosen_baud)]
    scanner = ThermalScanner(
        settings or ScannerSettings(device=url),
        codec,
        lambda: first.pop() if first else open_serial(url, chosen_baud),
        now=now,
        monotonic=monotonic,
    )
    with scanner:
        end, sequence = monotonic() + seconds, 0
        while (left := end - monotonic()) > 0:
            for reading in scanner.wait_newer(sequence, min(left, _POLL_SECONDS)):
                sequence = reading.sequence
                yield _told(scanner.device, reading)
        if not sequence:
            health = scanner.health(now())
            raise DeviceSilent(health.reason or f"{url} sent nothing that is a {protocol} picture; check its power.")


def _told(device: str, reading: Reading) -> WatchReading:
    return WatchReading(
        at=reading.at,
        device=device,
        max_celsius=float(reading.frame.celsius.max()),
        ambient_celsius=reading.frame.ambient_celsius,
        state=reading.state,
        frames_good=reading.frames_good,
        frames_bad=reading.frames_bad,
        resyncs=reading.resyncs,
    )
