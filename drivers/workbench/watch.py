"""Watching one device from the command line: everything it says, a scanner raw and while it warms up too."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from config.messages.said import say
from drivers.errors import DeviceSilent, DriverError
from drivers.links.opening import open_link
from drivers.ports import ByteLink, OpenLink
from drivers.protocols import Protocol, protocol
from drivers.readings import DeviceState
from drivers.workbench.seen import Seen
from drivers.workbench.watched import Watched, WatchedScanner, watched

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be watched."""

    url: str
    protocol: Protocol
    baud: int


def wanted(url: str, name: str, baud: int | None = None) -> Wanted:
    """What is to be watched, by the name of its protocol; without a baud rate the protocol's own.

    Raises:
        DriverError: no such protocol.
    """
    found = protocol(name)
    return Wanted(url, found, found.baud if baud is None else baud)


def opened(
    what: Wanted, around: Callable[[OpenLink], OpenLink] = lambda opening: opening, switches: int | None = None
) -> Watched:
    """The device at a port, its link already open, so that a wrong port is an error and not a device that waits for it.

    Args:
        what: port and protocol.
        around: what to put around the opening of its link.
        switches: see `watched`.

    Raises:
        DeviceAbsent: the port is not there.
        DeviceBusy: another program holds it.
    """
    first: list[ByteLink] = [open_link(what.url, what.baud)]
    try:
        opening = around(lambda: first.pop() if first else open_link(what.url, what.baud))
    except DriverError:
        first.pop().close()
        raise
    return watched(what.protocol, what.url, opening, switches=switches)


def follow(
    devices: Sequence[Watched], seconds: float | None = None, monotonic: Callable[[], float] = time.monotonic
) -> Iterator[tuple[Seen, ...]]:
    """What devices say, several times a second, empty when nothing; an unplug on the way is survived and waited out.

    Starts them and stops them. A relay board that is only looked at is not switched.

    Args:
        devices: not yet started.
        seconds: how long; None: until the caller has enough.
        monotonic: seconds that only grow.

    Raises:
        DeviceSilent: at the end, when not one of them said anything that is of use.
    """
    counts = dict.fromkeys(range(len(devices)), 0)
    end = float("inf") if seconds is None else monotonic() + seconds
    try:
        for each in devices:
            each.device.start()
        while (left := end - monotonic()) > 0:
            seen: list[Seen] = []
            for at, each in enumerate(devices):
                events = each.events(min(left, _POLL_SECONDS / len(devices)))
                counts[at] += len(events)
                seen += events
            yield tuple(seen)
        silent = [_silence(each, counts[at]) for at, each in enumerate(devices)]
        if (first := next(iter(silent), None)) is not None and all(silent):
            raise first
    finally:
        for each in devices:
            each.device.stop()


def _silence(device: Watched, count: int) -> DeviceSilent | None:
    """What is to be said of a device that was watched; None when there is nothing."""
    sight = device.sight()
    works = sight.health.state in (DeviceState.READY, DeviceState.DEGRADED)
    if count if isinstance(device, WatchedScanner) else works:
        return None
    pattern = "{port} sent nothing that is {protocol}; check its cable, its power and its baud rate."
    return DeviceSilent(sight.health.reason or say(pattern, port=sight.device, protocol=sight.what))
