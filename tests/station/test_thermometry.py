"""Every thermal protocol as a station opens it: emulator, scanner, thermometer, sense, and what the rules then say."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.loader import load
from config.rules.reading import load_all
from config.rules.ruleset import SecondBy, in_force
from config.settings import ThermalSettings
from drivers.emulators.mlx90614 import a4, five
from drivers.emulators.modbus_pyrometer import pyrometer
from drivers.emulators.optris import optris
from drivers.emulators.senxor import senxor
from drivers.emulators.thermal import ThermalEmulator
from drivers.errors import DriverError
from drivers.ports import Fact
from drivers.readings import DeviceState, Flag, Method, SkinTemperature, TemperatureState
from drivers.registry import THERMAL
from drivers.thermal.modbus_pyrometer import PYRO_MINI
from drivers.thermal.surroundings import Surroundings
from station.demonstration.calibrating import calibrate
from station.devices import open_scanner
from station.evidence import Evidence, TemperatureTaken
from station.judgement.judge import judge
from station.lane.thermal_sense import ThermalSense
from station.paths import paths_of
from station.thermal_files import keep_calibration, keep_surroundings, read_calibrations
from station.thermometry import open_thermometer

DEMO = in_force(load_all(), "demo", "inbound", datetime.now(UTC))
ORDER = replace(DEMO, second_by=SecondBy.THERMOMETER)
POINTS = [name for name, codec in THERMAL.items() if codec.profile.rows * codec.profile.columns == 1]
QUICK = ("gy-mcu90640", "mlx90614-5a")


@dataclass
class Emulated:
    """One emulated scanner: where it is plugged in, and how somebody comes before it."""

    path: str
    present: Callable[[float | None], None]


def emulated(protocol: str, stack: ExitStack) -> Emulated:
    if protocol == "gy-mcu90640":
        emulator = stack.enter_context(ThermalEmulator(1, baud=115_200))
        return Emulated(emulator.path, emulator.present)
    makers: dict[str, Callable[[], tuple[Any, Any]]] = {
        "senxor": lambda: senxor(1),
        "mlx90614-5a": lambda: five(1),
        "mlx90614-5a-long": lambda: five(1, count=5),
        "mlx90614-a4": lambda: a4(1),
        "modbus-pyrometer": lambda: pyrometer(1),
        "modbus-pyrometer-mini": lambda: pyrometer(1, PYRO_MINI, kind=17),
    }
    wire, device = makers.get(protocol, lambda: optris(1, protocol))()
    stack.enter_context(wire)
    if protocol != "senxor":
        return Emulated(wire.path, device.spot.present)

    def present(celsius: float | None) -> None:
        device.scene = replace(device.scene, face_celsius=celsius)

    return Emulated(wire.path, present)


class Lane:
    """A scanner, opened as the station opens it, with no setting but its protocol and port and no warm-up."""

    def __init__(self, protocol: str, folder: Any, stack: ExitStack, **thermal: Any) -> None:
        self.device = emulated(protocol, stack)
        self.settings = load("demo", {"station": {"state": folder}}).model_copy(
            update={"thermal": ThermalSettings(protocol=protocol, port=self.device.path, warm_up_seconds=0, **thermal)}
        )
        self.paths = paths_of(self.settings)
        self.scanner = open_scanner(self.settings.thermal)
        self.seen: list[SkinTemperature] = []
        self.sense = ThermalSense(
            self.scanner,
            open_thermometer(self.settings, self.scanner),
            lambda event: self.seen.append(event.reading),
            lambda: datetime.now(UTC),
            every_seconds=0.1,
        )
        for part in (self.scanner, self.sense):
            part.start()
            stack.callback(part.stop)

    def calibrate(self) -> None:
        serial = self.scanner.facts.get(Fact.SERIAL, "")
        calibrate(
            self.paths.calibration, datetime.now(UTC), protocol=self.settings.thermal.protocol, serial_number=serial
        )

    def health(self) -> Any:
        return self.sense.health(datetime.now(UTC))

    def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.02)
        return False

    def ready(self) -> bool:
        """The scanner streams, and a point sensor knows its background."""
        streams = self.until(lambda: self.scanner.health(datetime.now(UTC)).state is DeviceState.READY)
        return streams and not threading.Event().wait(2.5 if self.settings.thermal.protocol in POINTS else 0)


@pytest.fixture
def stack():
    with ExitStack() as found:
        yield found


def protocols() -> list[Any]:
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in THERMAL]


@pytest.mark.parametrize("protocol", protocols())
def test_every_protocol_reaches_a_decision_with_default_settings(protocol, tmp_path, stack):
    lane = Lane(protocol, tmp_path, stack)
    assert lane.ready(), lane.health()
    lane.calibrate()
    assert lane.until(lambda: lane.health().state is DeviceState.READY), lane.health()
    lane.device.present(36.4)
    assert lane.until(lambda: lane.seen)
    reading = lane.seen[-1]
    assert reading.state is TemperatureState.READY
    assert reading.max_celsius == reading.raw_celsius == pytest.approx(36.4, abs=0.4)
    assert reading.calibration
    assert reading.serial_number == lane.scanner.facts.get(Fact.SERIAL, "")
    assert (Flag.DISTANCE_UNKNOWN in reading.flags) is (protocol in POINTS) is (reading.method is Method.POINT)
    assert {Flag.AIR_UNKNOWN, Flag.HUMIDITY_UNKNOWN, Flag.NO_REFERENCE} <= set(reading.flags)
    low, high = THERMAL[protocol].profile.emissivity_range
    assert reading.emissivity == (low if low == high else pytest.approx(0.98, abs=0.005))

    lane.device.present(None)
    assert lane.until(lambda: not lane.sense.present())
    lane.seen.clear()
    lane.device.present(38.9)
    assert lane.until(lambda: any(each.max_celsius and each.max_celsius > 38 for each in lane.seen))
    hot = next(each for each in lane.seen if each.max_celsius > 38)
    evidence = Evidence(temperatures=(TemperatureTaken("t", hot.measured_at, hot, 1),))
    judged = judge(evidence, ORDER, datetime.now(UTC))
    assert "T-2ND" in judged.reasons
    assert judged.by_thermometer


@pytest.mark.parametrize("protocol", ["gy-mcu90640", "mlx90614-5a"])
def test_without_calibration_nobody_passes_and_every_place_says_so(protocol, tmp_path, stack):
    lane = Lane(protocol, tmp_path, stack)
    assert lane.ready()
    assert lane.until(lambda: lane.health().state is DeviceState.DEGRADED)
    assert "no calibration record" in lane.health().reason
    lane.device.present(36.4)
    assert lane.until(lambda: lane.seen)
    assert lane.seen[0].state is TemperatureState.UNCALIBRATED
    assert lane.seen[0].raw_celsius == pytest.approx(36.4, abs=0.4)
    evidence = Evidence(temperatures=(TemperatureTaken("t", lane.seen[0].measured_at, lane.seen[0], 1),))
    assert "T-UNS" in judge(evidence, ORDER, datetime.now(UTC)).reasons
    lane.calibrate()
    assert lane.until(lambda: lane.seen[-1].state is TemperatureState.READY), "without a restart"


def test_a_forehead_too_far_from_a_point_sensor_passes_nobody(tmp_path, stack):
    lane = Lane("mlx90614-5a", tmp_path, stack)
    lane.calibrate()
    assert lane.ready()
    lane.device.present(29.5)
    assert lane.until(lambda: lane.sense.measuring().state is TemperatureState.TOO_COOL), lane.sense.measuring()
    assert lane.sense.present()
    assert not lane.seen
    lane.device.present(36.4)
    assert lane.until(lambda: lane.seen)
    assert {each.state for each in lane.seen} == {TemperatureState.READY}


def test_a_factor_of_the_scanners_own_that_nobody_calibrated(tmp_path, stack):
    """The emulated SenXor multiplies by 1.00, as from the factory."""
    lane = Lane("senxor", tmp_path, stack, factor=0.95)
    assert lane.ready()
    lane.calibrate()
    assert lane.until(lambda: "by 1.00 instead of 0.95" in lane.health().reason), lane.health()
    lane.device.present(36.4)
    assert lane.until(lambda: lane.seen)
    assert lane.seen[-1].state is TemperatureState.UNCALIBRATED
    noted = replace(read_calibrations(lane.paths.calibration)[-1], factor=1.0)
    keep_calibration(lane.paths.calibration, noted)
    assert lane.until(lambda: lane.seen[-1].state is TemperatureState.READY), lane.seen[-1]


def test_a_screening_of_a_clock_ahead_does_not_silence_the_passers_by(tmp_path):
    settings = load("demo", {"station": {"state": tmp_path}})
    scanner, now = open_scanner(settings.thermal), datetime.now(UTC)
    thermometer = open_thermometer(settings, scanner)
    calibrate(paths_of(settings).calibration, now)
    thermometer.remember([(now + timedelta(days=365), 36.0)], now)
    before = [(now - timedelta(hours=ago, seconds=60 + n), 36.0) for ago in (1, 2, 3) for n in range(20)]
    thermometer.remember([*before, *((now - timedelta(seconds=60 + n), 37.2) for n in range(19))], now)
    thermometer.remember([(now, 37.2)], now)
    assert Flag.PASSERS_DRIFT in thermometer.look(now).flags
    assert "20 passers-by is +1.2 degrees" in thermometer.complaint


def test_a_record_of_another_serial_number_does_not_count(tmp_path, stack):
    lane = Lane("modbus-pyrometer", tmp_path, stack)
    calibrate(lane.paths.calibration, datetime.now(UTC), protocol="modbus-pyrometer", serial_number="1")
    assert lane.ready()
    assert lane.until(lambda: "another scanner" in lane.health().reason)


def test_the_reference_source_corrects_and_alarms(tmp_path, stack):
    """The emulated wall at 24 degrees, seen in a corner, serves as the source."""
    region = {"row": 0, "column": 0, "rows": 3, "columns": 3, "emissivity": 0.98}
    lane = Lane("gy-mcu90640", tmp_path, stack, reference={"set_celsius": 24.2, **region})
    lane.calibrate()
    assert lane.ready()
    assert lane.until(lambda: lane.health().state is DeviceState.READY), lane.health()
    lane.device.present(36.4)
    assert lane.until(lambda: lane.seen)
    reading = lane.seen[-1]
    assert reading.max_celsius == reading.raw_celsius + sum(each.celsius for each in reading.corrections)
    assert reading.corrections[1].celsius == pytest.approx(0.2, abs=0.1)
    assert Flag.NO_REFERENCE not in reading.flags

    off = Lane("gy-mcu90640", tmp_path, stack, reference={"set_celsius": 25.0, **region})
    assert off.ready()
    assert off.until(lambda: "degrees off" in off.health().reason)
    off.device.present(36.4)
    assert off.until(lambda: off.seen)
    assert off.seen[-1].state is TemperatureState.DRIFT


def test_air_that_was_entered_counts_at_once(tmp_path, stack):
    lane = Lane("gy-mcu90640", tmp_path, stack)
    lane.calibrate()
    keep_surroundings(lane.paths.surroundings, Surroundings(36.0, 60.0, datetime.now(UTC) - timedelta(minutes=1)))
    assert lane.ready()
    assert lane.until(lambda: "outside 18 to 34" in lane.health().reason)
    lane.device.present(36.4)
    assert lane.until(lambda: lane.seen)
    assert lane.seen[-1].state is TemperatureState.OUT_OF_CONDITIONS
    assert (lane.seen[-1].air_celsius, lane.seen[-1].humidity_percent) == (36.0, 60.0)
    keep_surroundings(lane.paths.surroundings, Surroundings(31.0, 60.0, datetime.now(UTC)))
    assert lane.until(lambda: lane.seen[-1].state is TemperatureState.READY)
    assert Flag.AIR_OUTSIDE_GUIDANCE in lane.seen[-1].flags


@pytest.mark.parametrize("protocol", ["gy-mcu90640", "optris-cs"])
def test_a_reference_outside_the_picture_is_refused(protocol, tmp_path, stack):
    wrong = {"row": 22, "column": 0, "rows": 3, "columns": 3, "emissivity": 0.98, "set_celsius": 36.0}
    with pytest.raises(DriverError, match="outside the"):
        Lane(protocol, tmp_path, stack, reference=wrong)


@pytest.mark.parametrize("protocol", list(THERMAL))
def test_a_frame_whose_own_temperature_cannot_be_is_a_fault(protocol):
    codec = THERMAL[protocol]
    for outside in (codec.profile.ambient_celsius[0] - 5, codec.profile.ambient_celsius[1] + 5):
        sent = altered(protocol, outside)
        found = codec.feed(sent)
        assert not found.frames
        assert found.frames_bad == 1


def altered(protocol: str, ambient: float) -> bytes:
    """A whole frame, checksums right, whose own temperature is that; by the makers' rules, not by `encode`."""
    import struct

    import numpy as np

    from drivers.readings import ThermalFrame
    from drivers.thermal import mlx90614, modbus_pyrometer, optris, senxor

    codec = THERMAL[protocol]
    shape = codec.profile.rows, codec.profile.columns
    good = codec.encode(ThermalFrame(np.full(shape, 30, np.float32), 29.0))
    if protocol == "gy-mcu90640":
        words = np.frombuffer(good, "<u2").copy()
        words[-2] = np.int16(round(ambient * 100)).view(np.uint16)
        words[-1] = words[:-1].astype(np.uint32).sum() & 0xFFFF
        return words.tobytes()
    if protocol == "senxor":
        content = bytearray(good[12:-4])
        struct.pack_into("<H", content, 164, round((ambient + senxor.KELVIN) * 100))
        return senxor.message("GFRA", bytes(content))
    if protocol.startswith("mlx90614-5a"):
        return mlx90614.frame_5a(30.0, ambient, b"\0" if protocol.endswith("long") else b"")
    if protocol == "mlx90614-a4":
        return mlx90614.frame_a4(0.98, 30.0, ambient, 36.6)
    if protocol.startswith("modbus"):
        return modbus_pyrometer.measured_answer(1, 30.0, 30.0, ambient, 0)
    family = optris.PROFILES[protocol][1]
    answers = [struct.pack(">H", family.word(celsius)) for celsius in (30.0, ambient, 30.0)]
    return b"".join(map(optris.exchange, optris.ROUND, answers))
