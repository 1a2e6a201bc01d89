"""Every emulated thermal device on a real pseudo-terminal, read by the real scanner loop, with a cable's faults."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from drivers.emulators.mlx90614 import A4Device, FiveDevice, a4, five
from drivers.emulators.modbus_pyrometer import PyrometerDevice, pyrometer
from drivers.emulators.optris import OptrisDevice, optris
from drivers.emulators.senxor import SenxorDevice, senxor
from drivers.emulators.thermal_scene import Scene
from drivers.emulators.wire import Fault, Wire
from drivers.links.serial_port import open_serial
from drivers.ports import Fact
from drivers.readings import DeviceHealth, DeviceState
from drivers.registry import THERMAL
from drivers.thermal.modbus_pyrometer import PYRO_MINI
from drivers.thermal.scanner import ScannerSettings, ThermalScanner

AnyDevice = SenxorDevice | FiveDevice | A4Device | PyrometerDevice | OptrisDevice
MAKERS: dict[str, Callable[[], tuple[Wire, AnyDevice]]] = {
    "senxor": lambda: senxor(1),
    "mlx90614-5a": lambda: five(1),
    "mlx90614-5a-long": lambda: five(1, count=5),
    "mlx90614-a4": lambda: a4(1),
    "modbus-pyrometer": lambda: pyrometer(1),
    "modbus-pyrometer-mini": lambda: pyrometer(1, PYRO_MINI, kind=17),
    "optris-cs": lambda: optris(1),
    "optris-ct": lambda: optris(1, "optris-ct"),
    "optris-cs-hs": lambda: optris(1, "optris-cs-hs"),
    "optris-ct-hs": lambda: optris(1, "optris-ct-hs"),
}
FAMILIES = ("senxor", "mlx90614-5a", "mlx90614-a4", "modbus-pyrometer", "optris-cs")


def some(*quick: str, of: tuple[str, ...] = FAMILIES) -> list[object]:
    """Parameters: these at every run, the others only with the slow ones; waiting for a device takes its time."""
    return [pytest.param(name, marks=() if name in quick else pytest.mark.slow) for name in of]


TELLS_EMISSIVITY = [name for name in MAKERS if not name.startswith("mlx90614-5a")]


@dataclass
class Bench:
    """One device, its cable and the scanner that reads it."""

    wire: Wire
    device: AnyDevice
    scanner: ThermalScanner

    def health(self) -> DeviceHealth:
        return self.scanner.health(datetime.now(UTC))

    def is_in(self, state: DeviceState) -> Callable[[], bool]:
        return lambda: self.health().state is state

    def present(self, celsius: float) -> None:
        if isinstance(self.device, SenxorDevice):
            self.device.scene = Scene(face_celsius=celsius)
        else:
            self.device.spot.present(celsius)


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def bench(name: str, made: tuple[Wire, AnyDevice] | None = None, **settings: float) -> Bench:
    wire, device = made or MAKERS[name]()
    codec = THERMAL[name]
    chosen = {"rate_hertz": 10.0, "emissivity": 0.98, "warm_up_seconds": 0.0} | settings
    scanner = ThermalScanner(
        ScannerSettings("scanner", **chosen),  # type: ignore[arg-type]
        codec,
        lambda: open_serial(wire.path, codec.profile.baud),
        pause=lambda _: bool(time.sleep(0.02)),
    )
    return Bench(wire, device, scanner)


@pytest.mark.parametrize("name", some(*FAMILIES, of=tuple(MAKERS)))
def test_from_plugging_in_to_a_temperature(name: str) -> None:
    on = bench(name)
    on.present(38.0)
    with on.wire, on.scanner:
        assert until(on.is_in(DeviceState.READY)), on.health()
        newest = on.scanner.newest()
        assert newest is not None
        assert newest[0].celsius.shape == (THERMAL[name].profile.rows, THERMAL[name].profile.columns)
        assert newest[0].celsius.max() == pytest.approx(38.0, abs=0.6)
        assert newest[0].ambient_celsius == pytest.approx(29.0)
        assert on.health().frames_bad == 0
        expected = 0.98 if name in TELLS_EMISSIVITY else 1.0
        assert on.scanner.emissivity == pytest.approx(expected)


@pytest.mark.slow
def test_what_the_devices_say_about_themselves() -> None:
    told = {}
    for name in ("senxor", "mlx90614-a4", "modbus-pyrometer", "modbus-pyrometer-mini", "optris-ct"):
        on = bench(name)
        with on.wire, on.scanner:
            assert until(on.is_in(DeviceState.READY)), on.health()
            told[name] = on.scanner.facts
    assert told["senxor"][Fact.SERIAL] == "182001001234"
    assert told["senxor"][Fact.OFFSET] == told["mlx90614-a4"][Fact.OFFSET] == "0.0"
    assert told["modbus-pyrometer"] == {Fact.KIND: "PyroUSB", Fact.SERIAL: "1234567"}
    assert told["modbus-pyrometer-mini"][Fact.KIND] == "PyroMiniBus"
    assert told["optris-ct"] == {Fact.SERIAL: "1050123", Fact.FIRMWARE: "3012"}


@pytest.mark.parametrize("name", some("mlx90614-a4", "optris-cs"))
def test_every_fault_of_the_cable_and_still_true_readings(name: str) -> None:
    """Broken ones are counted, and whatever is handed out is what the sensor saw."""
    on = bench(name)
    with on.wire, on.scanner:
        assert until(on.is_in(DeviceState.READY)), on.health()
        on.wire.set_faults(Fault.GARBAGE, Fault.DROP, Fault.FLIP, Fault.TORN, Fault.TWICE)
        before = on.health()
        end, sequence = time.monotonic() + 1.2, 0
        readings = []
        while time.monotonic() < end:
            for reading in on.scanner.wait_newer(sequence, 0.2):
                sequence = reading.sequence
                readings.append(reading.frame)
        after = on.health()
        assert after.frames_bad + after.resyncs > before.frames_bad + before.resyncs
        assert readings
        # An 8-bit sum alone would let a wrong one in 256 pass; none came in these few dozens.
        assert all(frame.celsius.max() == pytest.approx(24.0, abs=1.5) for frame in readings)
        on.wire.set_faults()
        good = on.health().frames_good
        assert until(lambda: on.health().frames_good > good + 3)


@pytest.mark.parametrize("name", some("senxor"))
def test_silence_is_stale_then_opened_again(name: str) -> None:
    on = bench(name, stale_seconds=0.7, silent_seconds=1.2)
    with on.wire, on.scanner:
        assert until(on.is_in(DeviceState.READY)), on.health()
        on.wire.set_faults(Fault.SILENCE)
        assert until(on.is_in(DeviceState.FAILED), 4), on.health()
        assert on.scanner.newest() is None
        assert until(lambda: on.health().reconnects >= 1, 6), on.health()
        on.wire.set_faults()
        assert until(on.is_in(DeviceState.READY)), on.health()


@pytest.mark.parametrize("name", some("optris-cs"))
def test_a_dead_sensor_behind_a_living_controller(name: str) -> None:
    on = bench(name, stale_seconds=0.7)
    with on.wire, on.scanner:
        assert until(on.is_in(DeviceState.READY)), on.health()
        on.wire.set_faults(Fault.ZEROS)
        assert until(on.is_in(DeviceState.FAILED), 4), on.health()
        assert on.scanner.newest() is None
        assert on.health().frames_bad > 0


@pytest.mark.parametrize("name", some("senxor", "mlx90614-5a"))
def test_a_stuck_sensor_and_a_jumping_one(name: str) -> None:
    # A point sensor is given twenty times as long.
    on = bench(name, stuck_seconds=1.0 if name == "senxor" else 0.05)
    with on.wire, on.scanner:
        on.wire.set_faults(Fault.STUCK)
        assert until(on.is_in(DeviceState.DEGRADED)), on.health()
        assert "one and the same picture" in on.health().reason
        on.wire.set_faults(Fault.JUMP)
        assert until(lambda: "jumped by 20.0 degrees" in on.health().reason), on.health()


@pytest.mark.parametrize("name", some("mlx90614-a4", of=FAMILIES[1:]))
def test_a_wrong_baud_rate_is_no_reading_and_is_told(name: str) -> None:
    wire, _ = MAKERS[name]()
    codec = THERMAL[name]
    scanner = ThermalScanner(
        ScannerSettings("scanner", stale_seconds=1.0), codec, lambda: open_serial(wire.path, 57_600)
    )
    with wire, scanner:
        assert until(lambda: scanner.health(datetime.now(UTC)).state is DeviceState.FAILED, 5)
        health = scanner.health(datetime.now(UTC))
        assert health.frames_good == 0
        # A device that must be asked understands nothing and is silent; one that streams sends noise.
        assert ("baud rate" in health.reason) == name.startswith("mlx") or "power" in health.reason


def test_a_hidden_offset_is_a_fault_unless_it_is_known() -> None:
    for known, state in ((0.0, DeviceState.DEGRADED), (0.7, DeviceState.READY)):
        made = a4(1)
        made[1].offset = 107
        on = bench("mlx90614-a4", made, offset_celsius=known)
        with on.wire, on.scanner:
            assert until(on.is_in(state)), on.health()
            assert ("+0.7 degrees" in on.health().reason) == (state is DeviceState.DEGRADED)


def test_the_devices_own_complaints_are_told() -> None:
    made = pyrometer(1)
    on = bench("modbus-pyrometer", made, stale_seconds=0.7)
    with on.wire, on.scanner:
        assert until(on.is_in(DeviceState.READY)), on.health()
        made[1].status = 0b100
        assert until(lambda: "hotter than it may be" in on.health().reason), on.health()
        assert on.health().state is DeviceState.FAILED
        made[1].status = 0
        assert until(on.is_in(DeviceState.READY)), on.health()
