"""Makes the captures in this folder anew: `python tests/drivers/links/captures/make.py`. All in them is invented.

Every emulator is run without a terminal and without waiting: a clock that goes on by a twentieth of a second with each
read, a line as slow as its baud rate, the drivers' own questions, the recorder of `station devices record`. So the same
bytes come out each time, and a test compares them with the files.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from drivers.actuators import escpos, lcus
from drivers.emulators.mlx90614 import A4Device, FiveDevice
from drivers.emulators.modbus_pyrometer import PyrometerDevice
from drivers.emulators.optris import OptrisDevice
from drivers.emulators.readers import ElyctisEmulator, Gm65Emulator, LineScannerEmulator, Rte6701Emulator
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.senxor import SenxorDevice
from drivers.emulators.slip_printer import SlipPrinterEmulator
from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.thermal_scene import Scene
from drivers.emulators.wire import Device
from drivers.links.capture import SUFFIX, Header, Holds
from drivers.links.recording import CaptureFile, RecordingLink
from drivers.ports import ByteLink
from drivers.protocols import PROTOCOLS
from drivers.readers import lines, rte6701
from drivers.readers.registry import READERS
from drivers.readings import DeviceKind
from drivers.registry import THERMAL
from drivers.thermal import modbus_pyrometer

HERE = Path(__file__).resolve().parent
STARTED = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TICK = 0.05
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
"""The specimen of ICAO Doc 9303, part 4."""
CODE = b"HC1:INVENTED CERTIFICATE OF NOBODY $%*+-./: 0123456789"
DARK_FACE = Scene(face_celsius=36.6)


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a device says because somebody presents something."""

    at: float
    data: bytes


class Desk:
    """A device on a line of its speed, in a time of its own."""

    name = "desk"

    def __init__(self, device: Device, baud: int, said: tuple[Said, ...] = ()) -> None:
        device.power_on()
        self._device = device
        self._carries = int(baud * TICK / 10) if device.baud else 1 << 16
        self._said = list(said)
        self._waiting = b""
        self.now = 0.0

    def read_some(self) -> bytes:
        self.now += TICK
        self._waiting += self._device.speak(self.now, frozenset())
        while self._said and self._said[0].at <= self.now:
            self._waiting += self._said.pop(0).data
        data, self._waiting = self._waiting[: self._carries], self._waiting[self._carries :]
        return data

    def write(self, data: bytes) -> None:
        self._waiting += self._device.hear(data)

    def close(self) -> None:
        return


def scan(desk: Desk, link: ByteLink, protocol: str, seconds: float) -> None:
    """As a ThermalScanner does."""
    codec = THERMAL[protocol]
    link = codec.attach(link)
    for command in codec.start_commands(None, None):
        link.write(command)
    while desk.now < seconds:
        link.read_some()


def read(desk: Desk, link: ByteLink, protocol: str, seconds: float) -> None:
    """As a SerialReader does."""
    codec = READERS[protocol]
    talk, rest, lost = codec.conversation(), b"", False
    while desk.now < seconds:
        data = link.read_some()
        heard = codec.feed(rest + data, lost) if data else None
        if heard is not None:
            rest, lost = heard.remainder, heard.lost
        for command in talk.step(desk.now, heard):
            link.write(command)


def rest(desk: Desk, link: ByteLink, protocol: str, seconds: float) -> None:
    """As a RelayBoard does."""
    for channel in range(1, 5):
        link.write(lcus.switch(channel, False))
    link.read_some()
    link.write(lcus.QUERY)
    while desk.now < seconds:
        link.read_some()


def look(desk: Desk, link: ByteLink, protocol: str, seconds: float) -> None:
    """As a SlipPrinter does."""
    link.read_some()
    for about in escpos.About:
        link.write(escpos.ask(about))
        link.read_some()


@dataclass(frozen=True, slots=True)
class Plan:
    """How one capture is made."""

    device: Callable[[], Device]
    seconds: float
    said: tuple[Said, ...] = ()


def _warm(device: Device) -> Device:
    """A point sensor before somebody's forehead."""
    device.spot.present(36.4)  # type: ignore[attr-defined]
    return device


def _inserted() -> Device:
    device = ElyctisEmulator()
    device.insert(PASSPORT)
    return device


def _nearly_empty() -> Device:
    device = SlipPrinterEmulator()
    device.state = escpos.PrinterState(paper_near_end=True)
    return device


PLANS = {
    "gy-mcu90640": Plan(lambda: ThermalEmulator(1, DARK_FACE, baud=115_200), 2.0),
    "senxor": Plan(lambda: SenxorDevice(1, DARK_FACE), 0.6),
    "mlx90614-5a": Plan(lambda: _warm(FiveDevice(1)), 2.0),
    "mlx90614-5a-long": Plan(lambda: _warm(FiveDevice(1, count=5)), 2.0),
    "mlx90614-a4": Plan(lambda: _warm(A4Device(1)), 2.0),
    "modbus-pyrometer": Plan(lambda: _warm(PyrometerDevice(1)), 3.0),
    "modbus-pyrometer-mini": Plan(lambda: _warm(PyrometerDevice(1, modbus_pyrometer.PYRO_MINI, 17)), 3.0),
    "optris-cs": Plan(lambda: _warm(OptrisDevice(1, "optris-cs")), 3.0),
    "optris-cs-hs": Plan(lambda: _warm(OptrisDevice(1, "optris-cs-hs")), 3.0),
    "optris-ct": Plan(lambda: _warm(OptrisDevice(1, "optris-ct")), 3.0),
    "optris-ct-hs": Plan(lambda: _warm(OptrisDevice(1, "optris-ct-hs")), 3.0),
    "scanner-lines": Plan(LineScannerEmulator, 4.0, (Said(0.5, lines.encode(CODE)), Said(3.0, lines.encode(b"2")))),
    "gm65": Plan(Gm65Emulator, 4.0, (Said(2.0, lines.encode(CODE)),)),
    "elyctis": Plan(_inserted, 3.0),
    "rte6701": Plan(Rte6701Emulator, 2.0, (Said(0.5, rte6701.encode(PASSPORT)),)),
    "lcus": Plan(lambda: LcusEmulator(4, "text"), 0.5),
    "escpos": Plan(_nearly_empty, 0.5),
}
DRIVEN = {
    DeviceKind.THERMAL: scan,
    DeviceKind.CODE_READER: read,
    DeviceKind.DOCUMENT_READER: read,
    DeviceKind.RELAYS: rest,
    DeviceKind.PRINTER: look,
}


def make(folder: Path) -> Iterator[Path]:
    """Every capture, into a folder."""
    for name, plan in PLANS.items():
        protocol = PROTOCOLS[name]
        header = Header(name, name, protocol.baud, "serial", "emulator", STARTED, Holds.INVENTED)
        device = plan.device()
        desk = Desk(device, protocol.baud, plan.said)
        path = folder / f"{name}{SUFFIX}"
        with CaptureFile(path, header, lambda desk=desk: round(desk.now * 1e9)) as file:
            DRIVEN[protocol.kind](desk, RecordingLink(desk, file), name, plan.seconds)
        yield path


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        for each in make(Path(made)):
            (HERE / each.name).write_bytes(each.read_bytes())
            sys.stdout.write(f"{each.name} {each.stat().st_size}\n")
