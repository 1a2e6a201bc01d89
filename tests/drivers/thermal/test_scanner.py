"""The scanner's loop over real pseudo-terminals, and its judgement of time over a scripted link."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.wire import Fault
from drivers.errors import DeviceAbsent, DeviceGone
from drivers.links.serial_port import open_serial
from drivers.readings import DeviceHealth, DeviceState, TemperatureState, ThermalFrame
from drivers.thermal import gy_mcu90640 as module
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, measure
from drivers.thermal.scanner import ScannerSettings, ThermalScanner

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def scanner_on(path: str, **settings: float) -> ThermalScanner:
    return ThermalScanner(
        ScannerSettings("scanner", rate_hertz=8.0, emissivity=0.98, **settings),  # type: ignore[arg-type]
        module.GyMcu90640(),
        lambda: open_serial(path, 460_800),
        jitter=lambda: 1.0,
    )


def health(scanner: ThermalScanner) -> DeviceHealth:
    return scanner.health(datetime.now(UTC))


def test_from_power_on_to_a_temperature() -> None:
    with ThermalEmulator(1) as emulator, scanner_on(emulator.path, warm_up_seconds=0.6) as scanner:
        emulator.present(38.3)
        assert until(lambda: health(scanner).state is DeviceState.WARMING)
        assert until(lambda: health(scanner).state is DeviceState.READY)
        assert until(lambda: len(scanner.recent(10)) == 10)
        assert emulator.rate_hertz == 8.0
        assert emulator.emissivity == scanner.emissivity == 0.98
        answer = measure(
            scanner.recent(10),
            datetime.now(UTC),
            MeasureSettings(),
            FaceSettings(),
            device="scanner",
            emissivity=0.98,
            warming=False,
        )
        assert answer.state is TemperatureState.READY
        assert answer.max_celsius == pytest.approx(38.3, abs=0.3)
        newest = scanner.newest()
        assert newest is not None
        assert newest[0].celsius.shape == (24, 32)
        assert health(scanner).reason == ""


def test_the_protocols_own_warm_up_is_four_minutes() -> None:
    with ThermalEmulator(1) as emulator, scanner_on(emulator.path) as scanner:
        assert until(lambda: health(scanner).state is DeviceState.WARMING)
        assert "can measure in 2" in health(scanner).reason


def test_every_fault_on_the_cable_and_still_frames() -> None:
    with ThermalEmulator(5) as emulator, scanner_on(emulator.path, warm_up_seconds=0.0) as scanner:
        emulator.set_faults(Fault.GARBAGE, Fault.DROP, Fault.FLIP)
        assert until(lambda: health(scanner).frames_good >= 5 and health(scanner).frames_bad >= 3)
        assert health(scanner).resyncs >= 3
        assert until(lambda: health(scanner).state is DeviceState.DEGRADED, 12)
        assert "came broken" in health(scanner).reason
        emulator.set_faults()
        assert until(lambda: health(scanner).state is DeviceState.READY, 12)


def test_silence_is_stale_then_reopened() -> None:
    with (
        ThermalEmulator(1) as emulator,
        scanner_on(emulator.path, warm_up_seconds=0.0, stale_seconds=0.5, silent_seconds=1.5) as scanner,
    ):
        assert until(lambda: health(scanner).state is DeviceState.READY)
        emulator.set_faults(Fault.SILENCE)
        assert until(lambda: health(scanner).state is DeviceState.FAILED, 2)
        assert "no good picture for" in health(scanner).reason
        assert scanner.newest() is None
        assert scanner.recent(10) == ()
        assert until(lambda: health(scanner).reconnects >= 1, 5)
        emulator.set_faults()
        assert until(lambda: health(scanner).state is DeviceState.READY, 5)


def test_a_port_that_comes_later() -> None:
    emulator = ThermalEmulator(1)
    with scanner_on(emulator.path, warm_up_seconds=0.0) as scanner:
        assert until(lambda: health(scanner).state is DeviceState.ABSENT)
        assert "plug the device in" in health(scanner).reason
        emulator.start()
        try:
            assert until(lambda: health(scanner).state is DeviceState.READY)
        finally:
            emulator.stop()


def test_another_program_on_the_port() -> None:
    with ThermalEmulator(1) as emulator:
        other = open_serial(emulator.path, 460_800)
        with scanner_on(emulator.path, warm_up_seconds=0.0) as scanner:
            assert until(lambda: health(scanner).state is DeviceState.FAILED)
            assert "Another program holds" in health(scanner).reason
            other.close()
            assert until(lambda: health(scanner).state is DeviceState.READY)


class Script:
    """A link and a clock in one: each read gives the next bytes after the time that they take."""

    def __init__(self) -> None:
        self.moment = 1000.0
        self.parts: list[tuple[float, bytes]] = []
        self.sent: list[bytes] = []
        self.idle = threading.Event()
        self.go = threading.Event()
        self.closed = 0

    name = "script"

    def play(self, *parts: tuple[float, bytes]) -> None:
        self.idle.clear()
        self.parts = list(parts)
        self.go.set()
        assert self.idle.wait(5)

    def read_some(self) -> bytes:
        if not self.parts:
            self.go.clear()
            self.idle.set()
            self.go.wait(0.05)
            return b""
        seconds, data = self.parts.pop(0)
        self.moment += seconds
        if data == b"unplug":
            raise DeviceGone("gone")
        return data

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed += 1


def picture(celsius: float) -> bytes:
    return module.encode(ThermalFrame(np.full((24, 32), celsius, np.float32), 29.0))


@pytest.fixture
def scripted() -> Script:
    return Script()


def scripted_scanner(script: Script, **settings: float) -> ThermalScanner:
    return ThermalScanner(
        ScannerSettings("scanner", **settings),  # type: ignore[arg-type]
        module.GyMcu90640(),
        lambda: script,
        now=lambda: NOW + timedelta(seconds=script.moment - 1000.0),
        monotonic=lambda: script.moment,
        jitter=lambda: 1.0,
    )


def test_warming_ends_by_the_clock_that_only_grows(scripted: Script) -> None:
    with scripted_scanner(scripted) as scanner:
        scripted.play((1.0, picture(29.8) + picture(29.9) + picture(30.0)))
        assert scanner.health(NOW).state is DeviceState.WARMING
        scripted.play(*[(1.0, picture(30.0 + index / 100)) for index in range(239)])
        assert scanner.health(NOW).state is DeviceState.WARMING
        assert scanner.health(NOW).reason == "scanner is warming up; it can measure in 1 s."
        scripted.play((1.0, picture(31.0)))
        assert scanner.health(NOW).state is DeviceState.READY
        # The time of day may jump; ages do not.
        assert scanner.health(NOW + timedelta(days=400)).state is DeviceState.READY
        scripted.moment += 2.5
        assert scanner.health(NOW).state is DeviceState.FAILED
        assert scanner.health(NOW).age_seconds == pytest.approx(2.5)


def test_a_stuck_sensor(scripted: Script) -> None:
    with scripted_scanner(scripted, warm_up_seconds=0.0) as scanner:
        scripted.play(*[(1.0, picture(30.0)) for _ in range(29)])
        assert scanner.health(NOW).state is DeviceState.READY
        scripted.play(*[(1.0, picture(30.0)) for _ in range(5)])
        assert scanner.health(NOW).state is DeviceState.DEGRADED
        assert "one and the same picture" in scanner.health(NOW).reason
        scripted.play((1.0, picture(30.1)))
        assert scanner.health(NOW).state is DeviceState.READY


def test_three_good_frames_before_it_counts(scripted: Script) -> None:
    with scripted_scanner(scripted, warm_up_seconds=0.0) as scanner:
        scripted.play((0.2, picture(30.0) + picture(30.1)))
        assert scanner.health(NOW).state is DeviceState.IDENTIFYING
        scripted.play((0.2, picture(30.2)))
        assert scanner.health(NOW).state is DeviceState.READY


def test_wrong_baud_is_named(scripted: Script) -> None:
    with scripted_scanner(scripted) as scanner:
        scripted.play((1.0, bytes(range(200))), (2.0, bytes(range(200))))
        assert scanner.health(NOW).state is DeviceState.FAILED
        assert "baud rate" in scanner.health(NOW).reason


def test_the_module_keeps_another_emissivity(scripted: Script) -> None:
    with scripted_scanner(scripted, warm_up_seconds=0.0, emissivity=0.98) as scanner:
        scripted.play((0.2, picture(30.0) + picture(30.1) + module.emissivity_answer(0.95) + picture(30.2)))
        assert scripted.sent == [module.set_emissivity(0.98), module.stream(), module.read_emissivity()]
        assert scanner.emissivity == 0.95
        assert scanner.health(NOW).state is DeviceState.DEGRADED
        assert "0.95 instead of 0.98" in scanner.health(NOW).reason


def test_half_a_frame_then_an_unplug_leaves_nothing_behind(scripted: Script) -> None:
    with scripted_scanner(scripted, warm_up_seconds=0.0) as scanner:
        scripted.play((0.1, picture(30.0)), (0.1, picture(31.0)[:700]))
        assert scanner.newest() is not None
        scripted.parts = [(0.1, b"unplug"), (0.1, picture(32.0)[700:] + picture(33.0))]
        scripted.go.set()
        assert until(lambda: scripted.closed == 1 and scanner.newest() is not None)
        newest = scanner.newest()
        assert newest is not None
        assert newest[0].celsius.max() == pytest.approx(33.0)
        assert scanner.health(NOW).frames_bad == 0


def test_readings_come_in_order_and_once(scripted: Script) -> None:
    with scripted_scanner(scripted) as scanner:
        scripted.play((0.1, picture(30.0) + picture(30.1)), (0.1, picture(30.2)))
        first = scanner.wait_newer(0, 1.0)
        assert [reading.sequence for reading in first] == [1, 2, 3]
        assert scanner.wait_newer(3, 0.05) == ()
        scripted.play((0.1, picture(30.3)))
        assert [reading.sequence for reading in scanner.wait_newer(3, 1.0)] == [4]


def test_the_newest_of_many_is_kept(scripted: Script) -> None:
    with scripted_scanner(scripted) as scanner:
        scripted.play((0.1, b"".join(picture(20.0 + index / 10) for index in range(100))))
        newest = scanner.newest()
        assert newest is not None
        assert newest[0].celsius.max() == pytest.approx(29.9)
        assert len(scanner.recent(1000)) <= 64
        assert scanner.recent(0) == ()


def test_opening_that_fails_is_told_in_one_sentence() -> None:
    def open_link() -> Script:
        raise DeviceAbsent("Nothing answers at X; plug the device in.")

    scanner = ThermalScanner(ScannerSettings("scanner"), module.GyMcu90640(), open_link, jitter=lambda: 1.0)
    assert scanner.health(NOW).state is DeviceState.OPENING
    with scanner:
        assert until(lambda: scanner.health(NOW).state is DeviceState.ABSENT)
        assert scanner.health(NOW).reason == "Nothing answers at X; plug the device in."
