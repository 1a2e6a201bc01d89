"""What `station devices record` and `replay` do."""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import typer

from drivers.links.capture import Header, Holds, read_capture
from drivers.links.opening import link_kind
from drivers.links.recording import CaptureFile, recorded
from drivers.ports import OpenLink
from drivers.protocols import Protocol
from drivers.readings import DeviceKind
from drivers.workbench.replaying import Replay
from drivers.workbench.watch import Wanted, follow, opened, wanted
from station.commands.common import show

PERSONAL = (
    "A {protocol} sends whole passports or certificates, and a capture keeps them: give --personal-data only for "
    "documents that are yours or invented, and delete the file when it has served."
)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be recorded."""

    port: str
    protocol: str
    baud: int | None
    out: Path
    seconds: float | None
    channels: int
    personal: bool


def _holds(protocol: Protocol) -> Holds:
    if protocol.personal:
        return Holds.PERSONAL
    return Holds.MEASUREMENTS if protocol.kind is DeviceKind.THERMAL else Holds.STATES


def record(order: Order) -> None:
    """Record until the time is up or Ctrl-C is pressed.

    Raises:
        BadParameter: the capture would hold personal data and nobody has said that this is wanted.
        DriverError: no such protocol, or the port cannot be opened.
        CaptureUnwritable: the file cannot be written; what it holds so far is whole.
        DeviceSilent: nothing came that is of this protocol; what did come is in the file.
    """
    what = wanted(order.port, order.protocol, order.baud)
    if what.protocol.personal and not order.personal:
        raise typer.BadParameter(PERSONAL.format(protocol=order.protocol), param_hint="--personal-data")
    header = _header(order, what)
    files: list[CaptureFile] = []

    def written(opening: OpenLink) -> OpenLink:
        files.append(CaptureFile(order.out, header))
        return recorded(opening, files[0])

    switches = order.channels if what.protocol.kind is DeviceKind.RELAYS else None
    device, start = opened(what, written, switches), time.monotonic()
    (file,) = files
    try:
        for events in follow((device,), order.seconds):
            for event in events:
                print(event.line(), flush=True)
            if file.failure is not None:
                raise file.failure
    except KeyboardInterrupt:
        # The way to end it when no time was given.
        pass
    finally:
        file.close()
        told = f"{file.records} records, {file.data_bytes} bytes in {time.monotonic() - start:.1f} s"
        print(f"{order.out}: {told}, holds {header.holds.value}.", file=sys.stderr)


def _header(order: Order, what: Wanted) -> Header:
    return Header(
        device=order.out.stem,
        protocol=order.protocol,
        baud=what.baud,
        link=link_kind(order.port),
        software=version("daan-station"),
        started_at=datetime.now(UTC),
        holds=_holds(what.protocol),
    )


def replay(path: Path, speed: float, personal: bool, as_json: bool) -> bool:
    """Play a capture and print what its driver makes of it.

    Returns:
        Whether it made anything of it.

    Raises:
        CaptureUnreadable: the file is no capture.
        DriverError: its protocol is not known.
    """
    capture = read_capture(path)
    if capture.torn_bytes:
        print(f"{path}: the last {capture.torn_bytes} bytes are torn and left out.", file=sys.stderr)
    count = 0
    with Replay(capture, speed, personal=personal) as played:
        for event in played.events():
            count += 1
            show(event.as_json()) if as_json else print(event.line(), flush=True)
    return bool(count)
