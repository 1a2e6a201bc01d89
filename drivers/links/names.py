"""Which port is which: names that stay the same when the kernel numbers the ports anew. Nothing is opened here.

`/dev/ttyUSB0` is whoever was found first. udev adds two kinds of names: `serial/by-id` by what the device says it is,
and `serial/by-path` by the socket that it is plugged into. Two CH340 adapters have no serial number and share one by-id
name, which reaches either of them: then only the socket tells them apart, or a name of our own for that socket
(/dev/daan-gate, see `udev_rule`). Everything is read below a /dev and a /sys that are handed in.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from config.messages.said import say
from drivers.errors import DeviceAbsent

DEV, SYS = Path("/dev"), Path("/sys")
_SERIAL_NODES = ("ttyUSB*", "ttyACM*", "ttyXRUSB*", "ttyAMA*", "ttyS*", "rfcomm*")
_NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
_OWN = "daan-"


class PortKind(StrEnum):
    """What a device node is."""

    SERIAL = "serial"
    VIDEO = "video"
    METADATA = "metadata"
    """A camera's second node: it carries no picture."""


@dataclass(frozen=True, slots=True)
class Port:
    """One device node and what is known of the device behind it."""

    kind: PortKind
    path: str
    """The kernel's name; it may be another device's after the next start."""
    stable: str
    """The name to put into a profile; `path` itself when there is no better one."""
    own: str | None
    """A name given by a rule of ours, `daan-…`."""
    by_id: str | None
    by_path: str | None
    vendor_id: int | None = None
    product_id: int | None = None
    serial_number: str | None = None
    description: str = ""
    note: str = ""
    """One sentence when the name needs care; empty otherwise."""


def list_ports(dev: Path = DEV, sys: Path = SYS) -> tuple[Port, ...]:
    """Every serial port and video device that is plugged in, by path.

    Args:
        dev: where device nodes and udev's links are.
        sys: where the kernel tells about devices.
    """
    found = [_serial(node, dev, sys) for pattern in _SERIAL_NODES for node in dev.glob(pattern)]
    found += [_video(node, dev, sys) for node in dev.glob("video*")]
    ports = sorted((port for port in found if port is not None), key=lambda port: _natural(port.path))
    alike = Counter(_identity(port) for port in ports if port.kind is PortKind.SERIAL)
    return tuple(_named(port, alike[_identity(port)]) for port in ports)


def _natural(path: str) -> list[tuple[int, str]]:
    return [(int(part or 0), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]


def _identity(port: Port) -> tuple[object, ...]:
    return port.vendor_id, port.product_id, port.serial_number, _interface(port)


def _interface(port: Port) -> str:
    """Which of a device's own ports it is: some adapters have four."""
    found = re.search(r":1\.(\d+)(-port\d+)?$", port.by_path or "")
    return found[0] if found else ""


def _serial(node: Path, dev: Path, sys: Path) -> Port | None:
    device = (sys / "class" / "tty" / node.name / "device").resolve()
    if node.name.startswith("ttyS") and _subsystem(device) in ("platform", "serial-base", ""):
        # Ports that the kernel sets aside whether there is a socket or not.
        return None
    return _port(PortKind.SERIAL, node, device, dev, sys, "serial")


def _video(node: Path, dev: Path, sys: Path) -> Port:
    folder = sys / "class" / "video4linux" / node.name
    kind = PortKind.METADATA if _text(folder / "index") not in ("", "0") else PortKind.VIDEO
    port = _port(kind, node, (folder / "device").resolve(), dev, sys, "v4l")
    return replace(port, description=_text(folder / "name") or port.description)


def _port(kind: PortKind, node: Path, device: Path, dev: Path, sys: Path, folder: str) -> Port:
    usb = _usb(device, sys)
    vendor, product = _text(usb / "idVendor") if usb else "", _text(usb / "idProduct") if usb else ""
    said = [_text(usb / "manufacturer"), _text(usb / "product")] if usb else []
    return Port(
        kind=kind,
        path=str(node),
        stable=str(node),
        own=next(_links(dev, node, f"{_OWN}*"), None),
        by_id=next(_links(dev / folder / "by-id", node), None),
        by_path=next(_links(dev / folder / "by-path", node), None),
        vendor_id=int(vendor, 16) if vendor else None,
        product_id=int(product, 16) if product else None,
        serial_number=(_text(usb / "serial") or None) if usb else None,
        description=" ".join(part for part in said if part),
    )


def _named(port: Port, alike: int) -> Port:
    """The port with the name that is to be used, and why."""
    # Cameras go by their socket: makers give a whole series one serial number.
    unique = port.serial_number is not None and alike == 1
    stable = port.own or (port.by_id if unique else None) or port.by_path or port.path
    note = ""
    if port.own is None and port.kind is PortKind.SERIAL and not unique and port.vendor_id is not None:
        pattern = "{port} has no serial number of its own; name it by its socket."
        if alike > 1:
            pattern = "{port} is one of {count} alike that share one by-id name; name each by its socket."
        note = say(pattern, port=port.path, count=str(alike))
    return replace(port, stable=stable, note=note)


def _links(folder: Path, node: Path, pattern: str = "*") -> Iterator[str]:
    """Links in a folder that lead to a node; one step only, because a node may be a link itself."""
    try:
        links = sorted(folder.glob(pattern))
    except OSError:
        return
    # The kernel's new names for the same socket ("usbv2") come last.
    for link in sorted(links, key=lambda each: "-usbv" in each.name):
        if link.is_symlink() and os.path.normpath(folder / link.readlink()) == os.path.normpath(node):
            yield str(link)


def _usb(device: Path, sys: Path) -> Path | None:
    """The USB device above a port."""
    top = sys.resolve()
    for folder in (device, *device.parents):
        if (folder / "idVendor").is_file():
            return folder
        if folder == top:
            break
    return None


def _subsystem(device: Path) -> str:
    link = device / "subsystem"
    return link.readlink().name if link.is_symlink() else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def find_port(path: str, dev: Path = DEV, sys: Path = SYS) -> Port:
    """The port that a path leads to, by whichever of its names.

    Raises:
        DeviceAbsent: nothing of that name is plugged in.
    """
    for port in list_ports(dev, sys):
        if path in (port.path, port.own, port.by_id, port.by_path):
            return port
    raise DeviceAbsent(say("{port} is no port of this computer; choose one of `station devices list`.", port=path))


def udev_rule(name: str, port: Port) -> str:
    """The line of a udev rule that gives the socket of a port the name /dev/daan-NAME.

    It goes by ID_PATH, which names the controller and the sockets on the way, never by a bus number: those change
    from start to start. Put it into /etc/udev/rules.d/71-daan-sockets.rules.

    Raises:
        ValueError: a name that udev or a profile would not take.
        DeviceAbsent: udev knows no socket for this port.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("A name is 2 to 31 small letters, digits and hyphens, and begins with a letter.")
    if port.by_path is None:
        pattern = "udev knows no socket for {port}; use a USB socket of this computer."
        raise DeviceAbsent(say(pattern, port=port.path))
    path = Path(port.by_path).name
    if port.kind is PortKind.SERIAL:
        socket, _, number = path.partition("-port")
        # One adapter may have several ports behind one interface.
        further = f'ATTRS{{port_number}}=="{number}", ' if number not in ("", "0") else ""
        return f'SUBSYSTEM=="tty", ENV{{ID_PATH}}=="{socket}", {further}SYMLINK+="{_OWN}{name}"'
    socket, _, index = path.partition("-video-index")
    return f'SUBSYSTEM=="video4linux", ENV{{ID_PATH}}=="{socket}", ATTR{{index}}=="{index}", SYMLINK+="{_OWN}{name}"'
