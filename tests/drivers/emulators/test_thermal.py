"""The emulated scanner: the module's manual over a real pseudo-terminal."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.thermal_scene import Scene, draw
from drivers.emulators.wire import Fault
from drivers.errors import DeviceAbsent, DeviceGone
from drivers.links.serial_port import open_serial
from drivers.ports import ByteLink, Decoded
from drivers.thermal import gy_mcu90640 as module


@pytest.fixture
def emulator() -> Iterator[ThermalEmulator]:
    with ThermalEmulator(11) as emulated:
        yield emulated


def listen(link: ByteLink, seconds: float) -> Decoded:
    data, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        data += link.read_some()
    return module.feed(data)


def test_streams_by_itself_at_the_set_rate(emulator: ThermalEmulator) -> None:
    link = open_serial(emulator.path, 460_800)
    slow = listen(link, 1.0)
    link.write(module.set_rate(8.0))
    fast = listen(link, 1.0)
    link.close()
    assert 3 <= len(slow.frames) <= 5
    assert 6 <= len(fast.frames) <= 9
    assert slow.frames_bad <= 1


def test_one_frame_for_each_query(emulator: ThermalEmulator) -> None:
    link = open_serial(emulator.path, 460_800)
    link.write(module.query_frame())
    listen(link, 0.5)
    assert listen(link, 0.5).frames == ()
    link.write(module.query_frame())
    assert len(listen(link, 0.4).frames) == 1
    link.write(module.stream())
    assert len(listen(link, 1.0).frames) >= 3
    link.close()


def test_emissivity_is_answered_and_lost_with_the_power_unless_saved(emulator: ThermalEmulator) -> None:
    link = open_serial(emulator.path, 460_800)
    link.write(module.read_emissivity())
    assert listen(link, 0.3).emissivities == (0.95,)
    link.write(module.set_emissivity(0.98) + module.read_emissivity())
    assert listen(link, 0.3).emissivities == (0.98,)
    link.close()
    emulator.unplug()
    emulator.plug()
    assert emulator.emissivity == 0.95
    link = open_serial(emulator.path, 460_800)
    link.write(module.set_emissivity(0.98) + module.save())
    listen(link, 0.3)
    link.close()
    emulator.unplug()
    emulator.plug()
    assert emulator.emissivity == 0.98


def test_unplug_is_an_error_at_once_and_the_path_is_gone(emulator: ThermalEmulator) -> None:
    link = open_serial(emulator.path, 460_800)
    emulator.unplug()
    emulator.unplug()
    with pytest.raises(DeviceGone):
        link.read_some()
    link.close()
    with pytest.raises(DeviceAbsent):
        open_serial(emulator.path, 460_800)
    emulator.plug()
    emulator.plug()
    link = open_serial(emulator.path, 460_800)
    assert listen(link, 0.6).frames
    link.close()


@pytest.mark.parametrize("fault", [Fault.GARBAGE, Fault.FLIP, Fault.DROP])
def test_faults_show_on_the_wire_and_spare_the_others(fault: Fault) -> None:
    with ThermalEmulator(3) as emulator:
        link = open_serial(emulator.path, 460_800)
        link.write(module.set_rate(8.0))
        emulator.set_faults(fault)
        heard = listen(link, 2.0)
        link.close()
    assert len(heard.frames) >= 3
    assert heard.resyncs >= 2
    if fault is not Fault.GARBAGE:
        assert heard.frames_bad >= 2


def test_silence(emulator: ThermalEmulator) -> None:
    emulator.set_faults(Fault.SILENCE)
    link = open_serial(emulator.path, 460_800)
    listen(link, 0.3)
    assert listen(link, 0.5).frames == ()
    emulator.set_faults()
    assert listen(link, 0.8).frames
    link.close()


def test_nobody_listening_does_not_stop_it(emulator: ThermalEmulator) -> None:
    before = emulator.frames_sent
    time.sleep(1.2)
    assert emulator.frames_sent - before >= 3
    link = open_serial(emulator.path, 460_800)
    assert listen(link, 0.8).frames
    link.close()


def test_a_person_comes_and_goes(emulator: ThermalEmulator) -> None:
    link = open_serial(emulator.path, 460_800)
    emulator.present(39.0)
    listen(link, 0.4)
    assert listen(link, 0.5).frames[-1].celsius.max() == pytest.approx(39.0, abs=0.6)
    emulator.present(None)
    listen(link, 0.4)
    assert listen(link, 0.5).frames[-1].celsius.max() < 26.0
    link.close()


def test_nothing_is_left_behind() -> None:
    threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    emulator = ThermalEmulator(1)
    emulator.start()
    folder = Path(emulator.path).parent
    emulator.stop()
    assert not folder.exists()
    assert threading.active_count() == threads
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors
    assert not os.path.lexists(emulator.path)


def test_the_same_seed_gives_the_same_scene() -> None:
    scene = Scene(face_celsius=36.6)
    one, two = draw(scene, np.random.default_rng(4)), draw(scene, np.random.default_rng(4))
    assert np.array_equal(one.celsius, two.celsius)
    assert one.celsius.shape == (24, 32)


@pytest.mark.parametrize("celsius", [34.0, 36.6, 40.0])
def test_the_eye_corners_are_the_warmest(celsius: float) -> None:
    frame = draw(Scene(face_celsius=celsius, noise_celsius=0.0), np.random.default_rng(2))
    assert frame.celsius.max() == pytest.approx(celsius, abs=0.05)
    row, column = np.unravel_index(int(frame.celsius.argmax()), frame.celsius.shape)
    assert 7 <= row <= 12
    assert column != 15
