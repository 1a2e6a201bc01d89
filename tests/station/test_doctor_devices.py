"""What the doctor says of devices: a made-up computer's /dev and system folders, and real pseudo-terminals."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from config.loader import load
from config.messages.said import translated
from config.settings import Settings
from station.doctor_devices import examine_devices
from station.finding import Finding


@pytest.fixture
def port() -> "str":
    _, slave = pty.openpty()
    return os.ttyname(slave)


def profile(tmp_path: Path, port: str, **further: object) -> Settings:
    camera = {"source": f"folder:{tmp_path}"}
    return load("demo", {"camera": camera, "thermal": {"port": port}, **further})


def found(settings: Settings, tmp_path: Path) -> dict[str, Finding]:
    every = examine_devices(settings, tmp_path, tmp_path / "dev", tmp_path / "sys")
    return {each.what: each for each in every}


def test_what_is_there_is_good(tmp_path: Path, port: str) -> None:
    said = found(profile(tmp_path, port), tmp_path)
    assert said["thermal"].good, said["thermal"].sentence
    assert said["camera"].good


def test_what_is_not_there_is_told_in_both_languages(tmp_path: Path) -> None:
    said = found(profile(tmp_path, str(tmp_path / "nothing")), tmp_path)["thermal"]
    assert not said.good
    assert "plug it in" in said.sentence
    assert "เสียบ" in translated(said.sentence, "th")
    assert str(tmp_path / "nothing") in translated(said.sentence, "th")


def test_two_devices_on_one_port(tmp_path: Path, port: str) -> None:
    said = found(profile(tmp_path, port, relays={"port": port}), tmp_path)
    assert "give each its own" in said["thermal"].sentence
    assert "give each its own" in said["relays"].sentence


def test_a_protocol_that_nobody_speaks(tmp_path: Path, port: str) -> None:
    said = found(profile(tmp_path, port, readers=[{"protocol": "telepathy", "port": port}]), tmp_path)
    assert "the known ones are" in said["reader"].sentence


def test_a_baud_rate_that_the_protocol_does_not_know(tmp_path: Path, port: str) -> None:
    said = found(profile(tmp_path, str(tmp_path), relays={"port": port, "baud": 4711}), tmp_path)["relays"]
    assert "choose one of" in said.sentence


def test_a_file_is_no_device(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "no device" in found(profile(tmp_path, str(tmp_path / "file")), tmp_path)["thermal"].sentence


def test_another_program_has_it_open(tmp_path: Path) -> None:
    import shutil

    sleeper = tmp_path / "minicom"
    shutil.copy(shutil.which("sleep") or "/bin/sleep", sleeper)
    master, slave = pty.openpty()
    port = os.ttyname(slave)
    other = subprocess.Popen([str(sleeper), "60"], stdin=slave, close_fds=True)
    try:
        said = found(profile(tmp_path, port), tmp_path)["thermal"]
    finally:
        other.kill()
        other.wait()
        os.close(master)
        os.close(slave)
    assert not said.good
    assert "minicom" in said.sentence


def test_a_number_that_may_change_is_not_a_name(tmp_path: Path, port: str) -> None:
    made = tmp_path / "dev" / "serial" / "by-path"
    made.mkdir(parents=True)
    node = tmp_path / "dev" / "ttyUSB0"
    node.symlink_to(port)
    (made / "pci-0000:00:14.0-usb-0:1:1.0-port0").symlink_to("../../ttyUSB0")
    said = found(profile(tmp_path, str(node)), tmp_path)["thermal"]
    assert not said.good
    assert "pci-0000:00:14.0-usb-0:1:1.0-port0" in said.sentence


def test_programs_that_reach_for_adapters(tmp_path: Path) -> None:
    settings = load("tha_chatchai")
    for name in ("usr/bin/brltty", "usr/sbin/ModemManager"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    sentences = " ".join(each.sentence for each in examine_devices(settings, tmp_path, tmp_path, tmp_path))
    assert "brltty" in sentences
    assert "ModemManager" in sentences
    assert "71-daan-sockets.rules" in sentences
    rules = tmp_path / "etc/udev/rules.d"
    rules.mkdir(parents=True)
    (rules / "71-daan-sockets.rules").touch()
    sentences = " ".join(each.sentence for each in examine_devices(settings, tmp_path, tmp_path, tmp_path))
    assert "ModemManager" not in sentences
    assert "brltty" in sentences


def test_the_command_says_it_in_thai_and_english(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "station", "doctor", "--state", str(tmp_path / "new")]
    both = subprocess.run(program, capture_output=True, text=True, check=False)
    assert both.returncode == 1
    assert "GB free" in both.stdout
    assert "ว่าง" in both.stdout
    english = subprocess.run([*program, "--language", "en"], capture_output=True, text=True, check=False)
    assert "ว่าง" not in english.stdout
