"""What the doctor says of devices: a made-up computer's /dev and system folders, and real pseudo-terminals."""

import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.loader import load
from config.messages.said import translated
from config.settings import Settings
from drivers.thermal.calibration import CalibrationRecord
from drivers.thermal.surroundings import Surroundings
from station.doctor_devices import examine_devices
from station.doctor_thermal import examine_thermal
from station.finding import Finding
from station.paths import paths_of
from station.thermal_files import keep_calibration, keep_surroundings


@pytest.fixture
def port() -> "str":
    _, slave = pty.openpty()
    return os.ttyname(slave)


def profile(tmp_path: Path, port: str, **further: object) -> Settings:
    camera = {"source": f"folder:{tmp_path}"}
    return load("demo", {"camera": camera, "thermal": {"port": port}, "kiosk": {"port": unused_port()}, **further})


def unused_port() -> int:
    """Nothing listens there: it was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


@pytest.mark.parametrize("name", ["minicom", "python3.11", "station-old"])
def test_another_program_has_it_open(tmp_path: Path, name: str) -> None:
    """Whatever it is called: no kiosk runs that could rightly hold it."""
    sleeper = tmp_path / name
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
    assert name in said.sentence


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
    thai = subprocess.run([*program, "--language", "th"], capture_output=True, text=True, check=False)
    assert "LOOK การสอบเทียบ: ไม่มี" in thai.stdout
    lines = subprocess.run([*program, "--json"], capture_output=True, text=True, check=False).stdout.splitlines()
    told = {row["what"]: row for row in map(json.loads, lines)}
    assert "calibrate" in told["calibration"]["sentence"]
    assert "สอบเทียบ" in told["calibration"]["sentence_th"]


def test_that_no_kiosk_runs_is_said(tmp_path: Path, port: str) -> None:
    said = found(profile(tmp_path, port), tmp_path)["kiosk"]
    assert said.good
    assert "No kiosk runs" in said.sentence


class _Stranger(BaseHTTPRequestHandler):
    """A program that knows another page by that name."""

    def do_GET(self) -> None:
        body = b"# TYPE other gauge\nother 1\n" if self.server.figures else b"<html>"  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def stranger() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stranger)
    server.figures = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("figures", [True, False])
def test_another_program_at_the_kiosks_port(
    tmp_path: Path, port: str, stranger: ThreadingHTTPServer, figures: bool
) -> None:
    stranger.figures = figures  # type: ignore[attr-defined]
    said = found(profile(tmp_path, port, kiosk={"port": stranger.server_port}), tmp_path)
    assert not said["kiosk"].good
    assert "does not answer as a kiosk" in said["kiosk"].sentence
    assert said["thermal"].good, "then the devices are looked at from outside"


NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def calibrated(tmp_path: Path, due: date, serial: str = "", protocol: str = "gy-mcu90640") -> dict[str, Finding]:
    settings = load("demo", {"station": {"state": tmp_path}})
    record = CalibrationRecord(
        "c1",
        NOW - timedelta(days=300),
        "K. Technician",
        "Black body BB-1",
        "C-77",
        0.4,
        -0.4,
        0.0,
        due,
        protocol,
        serial,
    )
    keep_calibration(paths_of(settings).calibration, record)
    return examined(tmp_path)


def examined(tmp_path: Path) -> dict[str, Finding]:
    settings = load("demo", {"station": {"state": tmp_path}})
    return {each.what: each for each in examine_thermal(settings, paths_of(settings), NOW)}


@pytest.mark.parametrize(
    ("due", "good", "english", "thai"),
    [
        (date(2027, 3, 1), True, "counts until 1 Mar 2027.", "1 มี.ค. 2570"),
        (date(2026, 12, 5), True, "counts until 5 Dec 2026.", "5 ธ.ค. 2569"),
        (date(2026, 12, 4), False, "14 days from now; plan", "4 ธ.ค. 2569 อีก 14 วัน"),
        (date(2026, 11, 20), False, "0 days from now; plan", "อีก 0 วัน"),
        (date(2026, 11, 19), False, "was due on 19 Nov 2026", "19 พ.ย. 2569"),
    ],
)
def test_until_when_the_calibration_counts(tmp_path: Path, due: date, good: bool, english: str, thai: str) -> None:
    said = calibrated(tmp_path, due, serial="90640-0017")["calibration"]
    assert said.good is good
    assert english in said.sentence
    assert thai in translated(said.sentence, "th")
    assert "Technician" not in said.sentence


def test_no_calibration_and_one_of_another_scanner(tmp_path: Path) -> None:
    none = examined(tmp_path)["calibration"]
    assert not none.good
    assert "no calibration record" in none.sentence
    other = calibrated(tmp_path, date(2027, 3, 1), protocol="senxor")["calibration"]
    assert not other.good
    assert "another scanner" in other.sentence


def test_a_calibration_file_that_cannot_be_read(tmp_path: Path) -> None:
    settings = load("demo", {"station": {"state": tmp_path}})
    paths_of(settings).calibration.write_text("{")
    assert "cannot be read" in examined(tmp_path)["calibration"].sentence


@pytest.mark.parametrize(
    ("hours", "air", "good", "english"),
    [
        (2, 24.0, True, "24 degrees and 55 % were entered 2 h ago."),
        (7, 24.0, False, "7 h ago and counts for 6 h"),
        (-3, 24.0, False, "check the clock"),
        (2, 60.0, False, "measure by hand"),
    ],
)
def test_how_old_the_air_is(tmp_path: Path, hours: int, air: float, good: bool, english: str) -> None:
    settings = load("demo", {"station": {"state": tmp_path}})
    entered = Surroundings(air, 55.0, NOW - timedelta(hours=hours))
    keep_surroundings(paths_of(settings).surroundings, entered)
    said = examined(tmp_path)["surroundings"]
    assert said.good is good
    assert english in said.sentence
    assert translated(said.sentence, "th") != said.sentence


def test_air_that_nobody_entered(tmp_path: Path) -> None:
    said = examined(tmp_path)["surroundings"]
    assert not said.good
    assert "station surroundings set" in said.sentence
