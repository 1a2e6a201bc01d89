"""Pulling the plug again and again, for every family of devices: always back, nothing left behind.

The pauses between two attempts are the keeper's own and end when the path appears; only its poll is quicker than in
service, so that many plugs fit into a test.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers import keeper
from drivers.actuators.outcome import Outcome
from drivers.actuators.relay_board import RelayBoard, RelaySettings
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.emulators.modbus_pyrometer import pyrometer
from drivers.emulators.readers import ElyctisEmulator, Gm65Emulator, LineScannerEmulator, Rte6701Emulator
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.senxor import senxor
from drivers.emulators.serial_device import SerialDevice
from drivers.emulators.slip_printer import SlipPrinterEmulator
from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.wire import Wire
from drivers.links.serial_port import open_serial
from drivers.readers.reader import SerialReader, SerialReaderSettings
from drivers.readers.reads import CodeRead, MrzRead
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceHealth, DeviceState
from drivers.registry import thermal_codec
from drivers.supervisor import Supervisor
from drivers.thermal.scanner import ScannerSettings, ThermalScanner

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


@dataclass
class Pair:
    """An emulated device, its driver, and the proof that the driver can use it."""

    wire: Wire
    driver: Supervisor
    proof: Callable[[], bool]

    def health(self) -> DeviceHealth:
        return self.driver.health(datetime.now(UTC))


def until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.004)
    return False


def _thermal(wire: Wire, protocol: str, baud: int) -> Pair:
    chosen = ScannerSettings("scanner", rate_hertz=8.0, warm_up_seconds=0.0, frames_to_trust=1)
    opened = lambda: open_serial(wire.path, baud)  # noqa: E731
    scanner = ThermalScanner(chosen, thermal_codec(protocol), opened, port=wire.path)
    return Pair(wire, scanner, lambda: until(lambda: scanner.newest() is not None))


def _reader(device: SerialDevice, protocol: str, show: Callable[[], None]) -> Pair:
    baud = device.baud or 0
    opened = lambda: open_serial(device.path, baud)  # noqa: E731
    settings = SerialReaderSettings("reader", repeat_seconds=0.0)
    reader = SerialReader(settings, reader_codec(protocol), opened, port=device.path)

    def proof() -> bool:
        kept = reader.wait_newer(0, 0.0)
        last = kept[-1].sequence if kept else 0
        show()
        return any(isinstance(event.read, CodeRead | MrzRead) for event in reader.wait_newer(last, 8.0))

    return Pair(device, reader, proof)


def _elyctis() -> Pair:
    device = ElyctisEmulator()

    def insert() -> None:
        until(lambda: device.looking)
        device.insert(TD3)

    return _reader(device, "elyctis", insert)


def _rte6701() -> Pair:
    device = Rte6701Emulator(38_400)
    return _reader(device, "rte6701", lambda: device.swipe(TD3))


def _lines() -> Pair:
    device = LineScannerEmulator(baud=115_200)
    return _reader(device, "scanner-lines", lambda: device.present(b"HC1:CODE"))


def _gm65() -> Pair:
    device = Gm65Emulator(115_200)
    return _reader(device, "gm65", lambda: device.present(b"HC1:CODE"))


def _relays() -> Pair:
    device = LcusEmulator()
    board = RelayBoard(
        RelaySettings("relays", 4, {"gate": 1}), lambda: open_serial(device.path, 9_600), port=device.path
    )
    return Pair(device, board, lambda: board.switch("gate", True).result(5).outcome is Outcome.CONFIRMED)


def _printer() -> Pair:
    device = SlipPrinterEmulator()
    printer = SlipPrinter(PrinterSettings("printer"), lambda: open_serial(device.path, 115_200), port=device.path)
    return Pair(device, printer, lambda: printer.print_slip((b"slip\n",)).result(8).outcome is Outcome.CONFIRMED)


FAMILIES: dict[str, Callable[[], Pair]] = {
    "thermal stream, serial": lambda: _thermal(ThermalEmulator(1), "gy-mcu90640", 460_800),
    "thermal stream, USB": lambda: _thermal(senxor(1)[0], "senxor", 115_200),
    "thermal asking": lambda: _thermal(pyrometer(1)[0], "modbus-pyrometer", 9_600),
    "code reader, lines": _lines,
    "code reader, asked": _gm65,
    "MRZ reader, asked": _elyctis,
    "MRZ reader, swipe": _rte6701,
    "relay board": _relays,
    "printer": _printer,
}


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _again_and_again(family: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "POLL_SECONDS", 0.01)
    before = (threading.active_count(), open_files())
    pair = FAMILIES[family]()
    with pair.wire, pair.driver:
        assert until(lambda: pair.health().state is DeviceState.READY), pair.health()
        assert pair.proof(), pair.health()
        running = (threading.active_count(), open_files())
        for turn in range(times):
            # At any moment: with something just come, half come, or due.
            time.sleep(0.007 * (turn % 7))
            pair.wire.unplug()
            assert until(lambda: pair.health().state in (DeviceState.ABSENT, DeviceState.FAILED)), pair.health()
            assert pair.health().reason
            pair.wire.plug()
            assert until(lambda: pair.health().state is DeviceState.READY), (turn, pair.health())
        assert pair.proof(), pair.health()
        assert pair.health().reconnects == times
        assert (threading.active_count(), open_files()) == running
    assert (threading.active_count(), open_files()) == before


@pytest.mark.parametrize("family", FAMILIES)
def test_unplugged_and_plugged_in_again(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _again_and_again(family, 4, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_unplugged_and_plugged_in_a_hundred_times(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _again_and_again(family, 100, monkeypatch)


def test_a_replug_under_another_number_and_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a re-enumeration: the link points to another terminal, and is resolved anew at each opening."""
    monkeypatch.setattr(keeper, "POLL_SECONDS", 0.01)
    pair = FAMILIES["code reader, lines"]()
    other = FAMILIES["code reader, lines"]()
    with pair.wire, pair.driver, other.wire:
        assert until(lambda: pair.health().state is DeviceState.READY)
        assert pair.proof()
        first = Path(pair.wire.path).resolve()
        pair.wire.unplug()
        Path(pair.wire.path).symlink_to(Path(other.wire.path).resolve())
        assert Path(pair.wire.path).resolve() != first
        assert until(lambda: pair.health().reconnects == 1 and pair.health().state is DeviceState.READY), pair.health()
        other.wire.send(b"HC1:OTHER\r")
        reads = pair.driver.wait_newer(1, 5.0)  # type: ignore[attr-defined]
        assert [event.read for event in reads] == [CodeRead(b"HC1:OTHER")]
