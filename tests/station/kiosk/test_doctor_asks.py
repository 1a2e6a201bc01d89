"""What the doctor says of devices while the kiosk runs: the real application, asked over real HTTP."""

import os
import pty
from dataclasses import replace
from pathlib import Path

import pytest
from kiosk_in_memory import LaneInMemory, Served

from config.loader import load
from config.messages.said import translated
from drivers.readings import DeviceHealth, DeviceKind, DeviceState
from station.doctor_devices import examine_devices
from station.finding import Finding


def put(lane: LaneInMemory, **states: DeviceState) -> None:
    kinds = {"camera": DeviceKind.CAMERA, "thermal": DeviceKind.THERMAL}
    devices = tuple(DeviceHealth(name, state, "", kind=kinds[name]) for name, state in states.items())
    idle = lane.exhibits["idle"]
    lane.put(replace(idle, snapshot=replace(idle.snapshot, devices=devices)))


def found(served: Served, tmp_path: Path, thermal: str = "nothing", camera: str = "") -> dict[str, Finding]:
    parts = {
        "kiosk": {"port": served.port},
        "camera": {"source": camera or f"folder:{tmp_path}"},
        "thermal": {"port": thermal},
    }
    every = examine_devices(load("demo", parts), tmp_path, tmp_path / "dev", tmp_path / "sys")
    return {each.what: each for each in every}


def test_states_are_those_of_the_running_kiosk(lane: LaneInMemory, served: Served, tmp_path: Path) -> None:
    put(lane, camera=DeviceState.READY, thermal=DeviceState.WARMING)
    said = found(served, tmp_path, thermal=str(tmp_path / "nothing"))
    assert said["kiosk"].good
    assert f"127.0.0.1:{served.port}" in said["kiosk"].sentence
    assert said["camera"].good
    assert said["thermal"].good, "the kiosk holds it: its path is not looked at from here"
    assert said["thermal"].sentence.endswith("says: warming.")
    assert "กำลังอุ่นเครื่อง" in translated(said["thermal"].sentence, "th")


@pytest.mark.parametrize("state", [DeviceState.DEGRADED, DeviceState.FAILED, DeviceState.ABSENT])
def test_what_does_not_work_there_is_not_good_here(
    lane: LaneInMemory, served: Served, tmp_path: Path, state: DeviceState
) -> None:
    put(lane, camera=state, thermal=DeviceState.READY)
    said = found(served, tmp_path)
    assert said["thermal"].good
    assert not said["camera"].good
    assert f"says: {state.value};" in said["camera"].sentence
    assert state.value not in translated(said["camera"].sentence, "th")


def test_a_device_that_the_kiosk_does_not_know(lane: LaneInMemory, served: Served, tmp_path: Path) -> None:
    put(lane, camera=DeviceState.READY)
    said = found(served, tmp_path)
    assert not said["thermal"].good
    assert "restart the kiosk" in said["thermal"].sentence


def test_a_port_that_the_kiosk_holds_is_not_called_disturbed(
    lane: LaneInMemory, served: Served, tmp_path: Path
) -> None:
    put(lane, camera=DeviceState.READY, thermal=DeviceState.READY)
    master, slave = pty.openpty()
    try:
        node = tmp_path / "dev" / "ttyUSB0"
        by_path = tmp_path / "dev" / "serial" / "by-path"
        by_path.mkdir(parents=True)
        node.symlink_to(os.ttyname(slave))
        assert found(served, tmp_path, thermal=str(node))["thermal"].good
        (by_path / "pci-0000:00:14.0-usb-0:1:1.0-port0").symlink_to("../../ttyUSB0")
        said = found(served, tmp_path, thermal=str(node))["thermal"]
        assert not said.good, "a name that goes by the order of plugging in is told although it works now"
        assert "usb-0:1:1.0-port0" in said.sentence
    finally:
        os.close(master)
        os.close(slave)
