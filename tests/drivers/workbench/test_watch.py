"""Watching a scanner: every frame, raw, in plain JSON."""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest

from drivers.describe import describe
from drivers.emulators.thermal import ThermalEmulator
from drivers.emulators.thermal_scene import Scene, draw
from drivers.emulators.wire import Fault
from drivers.errors import DeviceAbsent, DeviceBusy, DeviceSilent, DriverError
from drivers.links.serial_port import open_serial
from drivers.readings import DeviceHealth, DeviceState
from drivers.registry import THERMAL, thermal_codec
from drivers.workbench.seen import Seen, ThermalSeen
from drivers.workbench.watch import follow, opened, wanted

KEYS = ["at", "device", "max_celsius", "ambient_celsius", "state", "frames_good", "frames_bad", "resyncs"]


def seen(path: str, protocol: str, seconds: float) -> Iterator[Seen]:
    """Everything that one device says."""
    for events in follow([opened(wanted(path, protocol))], seconds):
        yield from events


def watch(path: str, protocol: str, seconds: float) -> Iterator[ThermalSeen]:
    """Every frame of a scanner."""
    for event in seen(path, protocol, seconds):
        assert isinstance(event, ThermalSeen)
        yield event


def test_one_object_a_reading_while_warming_too() -> None:
    with ThermalEmulator(2, baud=115_200) as emulator:
        emulator.present(38.0)
        lines = [json.loads(json.dumps(reading.as_json())) for reading in watch(emulator.path, "gy-mcu90640", 1.5)]
    assert 4 <= len(lines) <= 7
    assert all(list(line) == KEYS for line in lines)
    assert [line["frames_good"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["state"] for line in lines} <= {"identifying", "warming"}
    assert lines[-1]["state"] == "warming"
    assert all(37.5 < line["max_celsius"] < 38.8 and line["ambient_celsius"] == 29.0 for line in lines)
    assert all(line["at"].endswith("Z") and datetime.fromisoformat(line["at"]).tzinfo for line in lines)
    assert all(line["device"] == emulator.path for line in lines)


def test_faults_are_counted_in_the_readings() -> None:
    with ThermalEmulator(3, baud=115_200) as emulator:
        emulator.set_faults(Fault.FLIP, Fault.GARBAGE)
        last = list(watch(emulator.path, "gy-mcu90640", 3.0))[-1]
    assert last.frames_bad >= 1
    assert last.resyncs >= 1


def test_an_unplug_on_the_way_is_waited_out() -> None:
    with ThermalEmulator(2, baud=115_200) as emulator:

        def pull() -> None:
            time.sleep(0.8)
            emulator.unplug()
            time.sleep(0.2)
            emulator.plug()

        thread = threading.Thread(target=pull)
        thread.start()
        readings = list(watch(emulator.path, "gy-mcu90640", 3.0))
        thread.join()
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in itertools.pairwise(readings)]
    assert max(gaps) > 0.4
    assert len(readings) >= 5


def test_what_cannot_be_watched_is_an_error_with_advice() -> None:
    with pytest.raises(DriverError, match=r"known ones are: .*gy-mcu90640"):
        next(watch("/dev/ttyNONE", "senseless", 1.0))
    with pytest.raises(DeviceAbsent, match="plug the device in"):
        next(watch("/dev/ttyNONE", "gy-mcu90640", 1.0))
    with ThermalEmulator(2, baud=115_200) as emulator:
        emulator.set_faults(Fault.SILENCE)
        with pytest.raises(DeviceSilent, match="power"):
            list(watch(emulator.path, "gy-mcu90640", 0.4))
        link = open_serial(emulator.path, 9600)
        with pytest.raises(DeviceBusy):
            next(watch(emulator.path, "gy-mcu90640", 0.4))
        link.close()


def test_leaving_early_closes_the_port() -> None:
    with ThermalEmulator(2, baud=115_200) as emulator:
        readings = watch(emulator.path, "gy-mcu90640", 60.0)
        next(readings)
        readings.close()  # type: ignore[attr-defined]
        open_serial(emulator.path, 9600).close()


def test_every_registered_codec_reads_what_it_writes() -> None:
    for name, codec in THERMAL.items():
        assert codec.profile.protocol == name
        assert thermal_codec(name) is codec
        shape = (codec.profile.rows, codec.profile.columns)
        frame = draw(Scene(face_celsius=36.6), np.random.default_rng(1), shape)
        decoded = codec.feed(codec.encode(frame))
        assert len(decoded.frames) == 1
        assert decoded.remainder == b""


def test_health_in_words() -> None:
    ill = DeviceHealth("scanner", DeviceState.FAILED, "Check its cable.", 3.25, 10, 2, 1, 0)
    assert describe(ill) == (
        "scanner: failed (last good picture 3.2 s ago, 10 good, 2 bad, 1 resyncs). Check its cable."
    )
    assert describe(DeviceHealth("camera", DeviceState.READY)) == "camera: ready."
    assert len({describe(DeviceHealth("x", state)) for state in DeviceState}) == len(DeviceState)
