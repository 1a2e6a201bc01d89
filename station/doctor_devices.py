"""Examines the devices that a profile names, without opening one: nothing is written to any port.

While the kiosk runs it is asked for their states: it holds the ports, and knows more than can be seen from outside.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.messages.said import say
from config.settings import Settings
from drivers.actuators.registry import actuator_profile
from drivers.camera import device_path, spoken_address
from drivers.errors import DriverError
from drivers.links.holders import holder_of
from drivers.links.names import DEV, SYS, Port, list_ports
from drivers.links.opening import link_kind
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceState
from drivers.registry import thermal_codec
from station.finding import Finding
from station.running_kiosk import NoKiosk, address_of, states_of

_RULES = "71-daan-sockets.rules"
_RULE_FOLDERS = ("etc/udev/rules.d", "usr/lib/udev/rules.d", "run/udev/rules.d")
_MEDDLERS = {
    "brltty": "usr/bin/brltty",
    "ModemManager": "usr/sbin/ModemManager",
}
"""Programs that take or disturb serial adapters, and where Debian puts them."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One serial device of the profile."""

    device: str
    protocol: str
    port: str
    baud: int
    bauds: tuple[int, ...]


def examine_devices(settings: Settings, root: Path = Path("/"), dev: Path = DEV, sys: Path = SYS) -> Iterator[Finding]:
    """One finding for each device, and one for whatever on this computer would disturb them.

    Args:
        settings: of the station.
        root: where system files are looked for.
        dev: where device nodes and udev's links are.
        sys: where the kernel tells about devices.
    """
    ports = list_ports(dev, sys)
    kiosk, live = _kiosk(settings)
    yield kiosk
    yield _camera(settings.camera.source, ports, live)
    wanted = []
    for device, protocol, port, baud in _serial(settings):
        try:
            standard, bauds = _bauds(device, protocol)
        except DriverError as error:
            yield Finding(device, False, str(error))
            continue
        wanted.append(_Wanted(device, protocol, port, baud or standard, bauds))
    shared = Counter(each.port for each in wanted)
    for each in wanted:
        yield _port(each, ports, shared[each.port] > 1, live)
    yield from _computer(settings, root)


def _kiosk(settings: Settings) -> tuple[Finding, Mapping[str, DeviceState] | None]:
    """Whether the kiosk runs, and how it sees its devices; None when it does not."""
    address = address_of(settings.kiosk)
    try:
        live = states_of(settings.kiosk)
    except NoKiosk:
        pattern = "What runs at {address} does not answer as a kiosk; restart the kiosk, or end the other program."
        return Finding("kiosk", False, say(pattern, address=address)), None
    if live is None:
        none = say("No kiosk runs here; devices are looked at from outside, and none is opened.")
        return Finding("kiosk", True, none), None
    runs = say("It runs at {address}; the states of devices are as it sees them.", address=address)
    return Finding("kiosk", True, runs), live


def _told(device: str, where: str, live: Mapping[str, DeviceState] | None) -> Finding | None:
    """What the running kiosk says of a device; None when no kiosk runs."""
    if live is None:
        return None
    state = live.get(device)
    if state is None:
        pattern = "{where} The running kiosk does not know it: it read another profile; restart the kiosk."
        return Finding(device, False, say(pattern, where=where))
    if state in (DeviceState.DEGRADED, DeviceState.FAILED, DeviceState.ABSENT):
        pattern = "{where} The running kiosk says: {state}; open its page on the officer's screen, it says what to do."
        return Finding(device, False, say(pattern, where=where, state=state.value))
    return Finding(device, True, say("{where} The running kiosk says: {state}.", where=where, state=state.value))


def _serial(settings: Settings) -> Iterator[tuple[str, str, str, int | None]]:
    thermal = settings.thermal
    yield "thermal", thermal.protocol, thermal.port, thermal.baud
    for reader in settings.readers:
        yield reader.device, reader.protocol, reader.port, reader.baud
    if settings.relays is not None:
        yield "relays", "lcus", settings.relays.port, settings.relays.baud
    if settings.printer is not None:
        yield "printer", "escpos", settings.printer.port, settings.printer.baud


def _bauds(device: str, protocol: str) -> tuple[int, tuple[int, ...]]:
    """The baud rate as delivered, and all that the protocol knows.

    Raises:
        DriverError: no such protocol.
    """
    if device == "thermal":
        thermal = thermal_codec(protocol).profile
        return thermal.baud, thermal.bauds
    if device in ("relays", "printer"):
        actuator = actuator_profile(protocol)
        return actuator.baud, actuator.bauds
    reader = reader_codec(protocol).profile
    return reader.baud, reader.bauds


def _port(wanted: _Wanted, ports: tuple[Port, ...], shared: bool, live: Mapping[str, DeviceState] | None) -> Finding:
    device, port = wanted.device, wanted.port
    if shared:
        said = say("{device} and another device are both set to {port}; give each its own.", device=device, port=port)
        return Finding(device, False, said)
    if wanted.baud not in wanted.bauds:
        known = ", ".join(map(str, wanted.bauds))
        said = say(
            "{device} is set to {baud} baud, which {protocol} does not know; choose one of {known}.",
            device=device, baud=str(wanted.baud), protocol=wanted.protocol, known=known,
        )  # fmt: skip
        return Finding(device, False, said)
    found = say("{protocol} at {port}.", protocol=wanted.protocol, port=port)
    if (told := _told(device, found, live)) is not None:
        return told if not told.good else _unsteady(device, port, ports) or told
    if link_kind(port) != "serial":
        return Finding(device, True, found)
    return _node(device, Path(port), ports) or Finding(device, True, found)


def _node(device: str, path: Path, ports: tuple[Port, ...]) -> Finding | None:
    """What is wrong with a port's device node, while no kiosk runs; None when nothing is."""
    if not path.exists():
        said = say("{device} is not at {port}; plug it in or correct the profile.", device=device, port=str(path))
        return Finding(device, False, said)
    if not stat.S_ISCHR(path.stat().st_mode):
        return Finding(device, False, say("{port} is no device; correct the profile.", port=str(path)))
    if not os.access(path, os.R_OK | os.W_OK):
        said = say("This user may not open {port}; add the user to the group dialout and log in again.", port=str(path))
        return Finding(device, False, said)
    holder = holder_of(str(path))
    if holder is not None:
        said = say(
            "{program} (process {number}) has {port} open; stop it, or {device} will be disturbed.",
            program=holder.program, number=str(holder.process), port=str(path), device=device,
        )  # fmt: skip
        return Finding(device, False, said)
    return _unsteady(device, str(path), ports)


def _unsteady(device: str, path: str, ports: tuple[Port, ...]) -> Finding | None:
    """That a device is named by a number, which goes by the order of plugging in, although it has a steady name."""
    known = next((port for port in ports if port.path == path and port.stable != port.path), None)
    if known is None:
        return None
    said = say(
        "{device} is named by {port}, which may be another device after the next start; write {stable} instead.",
        device=device, port=known.path, stable=known.stable,
    )  # fmt: skip
    return Finding(device, False, said)


def _camera(source: str, ports: tuple[Port, ...], live: Mapping[str, DeviceState] | None) -> Finding:
    kind, _, where = source.partition(":")
    path = device_path(where) if kind == "v4l2" else Path(where)
    named = say("{source}.", source=source)
    if kind == "stream":
        named = say("A stream: {source}.", source=spoken_address(where))
    if (told := _told("camera", named, live)) is not None:
        return told if not told.good else _unsteady("camera", str(path), ports) or told
    if kind == "stream":
        return Finding("camera", True, named)
    if not path.exists():
        said = say("{device} is not at {port}; plug it in or correct the profile.", device="camera", port=str(path))
        return Finding("camera", False, said)
    if kind == "v4l2" and not os.access(path, os.R_OK | os.W_OK):
        said = say("This user may not open {port}; add the user to the group video and log in again.", port=str(path))
        return Finding("camera", False, said)
    return _unsteady("camera", str(path), ports) or Finding("camera", True, named)


def _computer(settings: Settings, root: Path) -> Iterator[Finding]:
    """What belongs to the computer: udev's rules, and programs that reach for serial adapters."""
    named = [each for each in (settings.camera.source, *(row[2] for row in _serial(settings))) if "/dev/daan-" in each]
    rules = any((root / folder / _RULES).is_file() for folder in _RULE_FOLDERS)
    if named and not rules:
        said = say("{file} is not installed; copy it from config/appliance/udev to /etc/udev/rules.d.", file=_RULES)
        yield Finding("udev", False, said)
    for program, place in _MEDDLERS.items():
        kept_away = program == "ModemManager" and rules
        if named and (root / place).exists() and not kept_away:
            said = say("{program} is installed and takes serial adapters for its own; remove it.", program=program)
            yield Finding("udev", False, said)
