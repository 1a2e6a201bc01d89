"""What devices cost a running station: drivers on real pseudo-terminals, and a whole kiosk at rest.

The emulated devices run in a process of their own and are not counted. A driver's cost is the CPU time of its thread,
as the kernel counts it; a kiosk's is that of its process and of its camera's.

Run: python tests/bench/device_cost.py [SECONDS]
"""

import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from camera_cost import _child, _cpu_seconds, _emulate
from websockets import Origin
from websockets.sync.client import connect

from config.loader import load
from drivers.actuators.relay_board import RelayBoard, RelaySettings
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.emulators.mlx90614 import a4, five
from drivers.emulators.modbus_pyrometer import pyrometer
from drivers.emulators.optris import optris
from drivers.emulators.readers import ElyctisEmulator, Gm65Emulator, LineScannerEmulator, Rte6701Emulator
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.senxor import senxor
from drivers.emulators.slip_printer import SlipPrinterEmulator
from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.wire import Wire
from drivers.links.serial_port import open_serial
from drivers.readers.reader import SerialReader, SerialReaderSettings
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceHealth, DeviceState
from drivers.registry import thermal_codec
from drivers.supervisor import Supervisor
from drivers.thermal.modbus_pyrometer import PYRO_MINI
from drivers.thermal.scanner import ScannerSettings, ThermalScanner
from station.app import Kiosk

RATE_HERTZ = 8.0
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CODE = b"HC1:" + b"6BF.+ROD0T3AS1/6*HQ%A0$N:E" * 20
"""A health certificate of usual length, 524 bytes."""

SCANNERS: dict[str, Callable[[], Wire]] = {
    "gy-mcu90640": lambda: ThermalEmulator(1),
    "senxor": lambda: senxor(1)[0],
    "mlx90614-5a": lambda: five(1)[0],
    "mlx90614-5a-long": lambda: five(1, count=5)[0],
    "mlx90614-a4": lambda: a4(1)[0],
    "modbus-pyrometer": lambda: pyrometer(1)[0],
    "modbus-pyrometer-mini": lambda: pyrometer(1, PYRO_MINI, kind=17)[0],
    "optris-cs": lambda: optris(1)[0],
    "optris-cs-hs": lambda: optris(1, "optris-cs-hs")[0],
    "optris-ct": lambda: optris(1, "optris-ct")[0],
    "optris-ct-hs": lambda: optris(1, "optris-ct-hs")[0],
}
READERS: dict[str, Callable[[], Wire]] = {
    "gm65": Gm65Emulator,
    "scanner-lines": LineScannerEmulator,
    "elyctis": ElyctisEmulator,
    "rte6701": Rte6701Emulator,
}
ACTUATORS: dict[str, Callable[[], Wire]] = {"lcus": LcusEmulator, "escpos": SlipPrinterEmulator}


def _present(wire: Wire) -> None:
    match wire:
        case ElyctisEmulator():
            wire.insert(TD3)
        case Rte6701Emulator():
            wire.swipe(TD3)
        case LineScannerEmulator() | Gm65Emulator():
            wire.present(CODE)


def _devices(names: tuple[str, ...], pipe: Connection) -> None:
    """Emulated devices until told to end; a word in between is something held before the readers."""
    makers = SCANNERS | READERS | ACTUATORS
    with ExitStack() as stack:
        wires = {name: stack.enter_context(makers[name]()) for name in names}
        pipe.send({name: wire.path for name, wire in wires.items()})
        while pipe.recv() != "end":
            for wire in wires.values():
                _present(wire)


@contextmanager
def elsewhere(work: Callable[..., None], argument: object) -> Iterator[tuple[Connection, Any]]:
    """A process that emulates something; what it says first."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(argument, theirs))
    process.start()
    try:
        yield ours, ours.recv()
    finally:
        ours.send("end")
        process.join()


def _driver(name: str, path: str) -> Supervisor:
    if name in SCANNERS:
        codec = thermal_codec(name)
        baud = 460_800 if name == "gy-mcu90640" else codec.profile.baud
        chosen = ScannerSettings(name, rate_hertz=RATE_HERTZ, warm_up_seconds=0.0)
        return ThermalScanner(chosen, codec, lambda: open_serial(path, baud), port=path)
    if name in READERS:
        reads = reader_codec(name)
        settings = SerialReaderSettings(name, repeat_seconds=0.0)
        return SerialReader(settings, reads, lambda: open_serial(path, reads.profile.baud), port=path)
    if name == "lcus":
        return RelayBoard(RelaySettings(name, 4, {"gate": 1}), lambda: open_serial(path, 9_600), port=path)
    return SlipPrinter(PrinterSettings(name), lambda: open_serial(path, 115_200), port=path)


def _thread_seconds(name: str) -> float:
    thread = next(each for each in threading.enumerate() if each.name == f"device {name}")
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident or 0))


Cost = dict[str, tuple[float, float]]
"""By driver: percent of one core, good frames a second."""


def _health(driver: Supervisor) -> DeviceHealth:
    return driver.health(datetime.now(UTC))


def _measured(drivers: dict[str, Supervisor], seconds: float, each_second: Callable[[], None]) -> Cost:
    before = {name: (_thread_seconds(name), _health(driver).frames_good) for name, driver in drivers.items()}
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        each_second()
        time.sleep(1.0)
    passed = time.monotonic() - started
    found = {}
    for name, driver in drivers.items():
        cpu, good = before[name]
        found[name] = (
            100 * (_thread_seconds(name) - cpu) / passed,
            (_health(driver).frames_good - good) / passed,
        )
    return found


def driver_rows(seconds: float = 10.0) -> dict[str, dict[str, float]]:
    """By protocol: percent of one core at rest and at work, frames a second, percent at 8 frames a second."""
    rows: dict[str, dict[str, float]] = {}
    with _running(SCANNERS) as (drivers, _):
        for name, (cpu, rate) in _measured(drivers, seconds, lambda: None).items():
            rows[name] = {
                "percent_of_core": round(cpu, 3),
                "frames_per_second": round(rate, 2),
                "percent_at_8hz": round(cpu / max(rate, 1e-9) * RATE_HERTZ, 3),
            }
    with _running(READERS) as (drivers, pipe):
        for name, (cpu, _) in _measured(drivers, seconds, lambda: None).items():
            rows[name] = {"idle_percent_of_core": round(cpu, 3)}
        for name, (cpu, rate) in _measured(drivers, seconds, lambda: pipe.send("show")).items():
            rows[name] |= {"percent_of_core": round(cpu, 3), "reads_per_second": round(rate, 2)}
    with _running(ACTUATORS) as (drivers, _):
        for name, (cpu, _) in _measured(drivers, seconds, lambda: None).items():
            rows[name] = {"idle_percent_of_core": round(cpu, 3)}
    return rows


@contextmanager
def _running(group: dict[str, Callable[[], Wire]]) -> Iterator[tuple[dict[str, Supervisor], Connection]]:
    """A driver for each of the emulated devices of a group, ready."""
    with elsewhere(_devices, tuple(group)) as (pipe, paths), ExitStack() as stack:
        drivers = {name: stack.enter_context(_driver(name, paths[name])) for name in group}
        end = time.monotonic() + 20
        while any(_health(driver).state is not DeviceState.READY for driver in drivers.values()):
            if time.monotonic() > end:
                raise RuntimeError("Not every driver became ready; run tests/drivers before measuring.")
            time.sleep(0.05)
        yield drivers, pipe


def kiosk_row(seconds: float = 20.0) -> dict[str, float]:
    """A whole kiosk at rest: camera on an empty desk, scanner at 8 Hz, two readers, relays, printer, one screen."""
    group = ("gy-mcu90640", "gm65", "elyctis", "lcus", "escpos")
    with (
        tempfile.TemporaryDirectory() as folder,
        elsewhere(_devices, group) as (_, paths),
        elsewhere(_emulate, False) as (_, url),
    ):
        settings = load(
            "demo",
            {
                "station": {"state": Path(folder) / "station"},
                "camera": {"source": f"stream:{url}"},
                "thermal": {"port": paths["gy-mcu90640"], "baud": 460_800, "rate_hz": RATE_HERTZ, "warm_up_seconds": 0},
                "readers": [
                    {"device": "code-reader", "protocol": "gm65", "port": paths["gm65"]},
                    {"device": "passport-reader", "protocol": "elyctis", "port": paths["elyctis"]},
                ],
                "relays": {"port": paths["lcus"]},
                "printer": {"port": paths["escpos"]},
                "kiosk": {"port": 0},
                "sync": {"enabled": False},
            },
        )
        kiosk = Kiosk(settings)
        kiosk.start()
        try:
            time.sleep(5.0)
            address = kiosk.address.replace("http", "ws", 1) + "/live/traveller?lang=en"
            with connect(address, origin=Origin(kiosk.address), proxy=None, max_size=None):
                time.sleep(4.0)
                return _at_rest(kiosk, seconds)
        finally:
            kiosk.stop()


def _at_rest(kiosk: Kiosk, seconds: float) -> dict[str, float]:
    camera = _child()
    threads = {thread.name: thread.ident or 0 for thread in threading.enumerate()}

    def spent() -> dict[str, float]:
        each = {name: time.clock_gettime(time.pthread_getcpuclockid(ident)) for name, ident in threads.items()}
        return {"whole": time.process_time() + _cpu_seconds(camera), "camera process": _cpu_seconds(camera)} | each

    began, before = time.monotonic(), spent()
    time.sleep(seconds)
    share = 100 / (time.monotonic() - began)
    percent = {name: round(share * (after - before[name]), 2) for name, after in spent().items()}
    most = sorted(percent, key=lambda name: -percent[name])[:9]
    ready = sum(each.health.state is DeviceState.READY for each in kiosk.equipment())
    return {"idle_percent_of_core": percent["whole"], "devices_ready": ready} | {
        f"of_which.{name}": percent[name] for name in most if name != "whole"
    }


if __name__ == "__main__":
    wanted = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    print(json.dumps(driver_rows(wanted), indent=2))
    print(json.dumps(kiosk_row(wanted), indent=2))
