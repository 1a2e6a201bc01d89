"""`station devices` as a person runs it: what is printed, exit codes, one sentence on standard error."""

import json
import os
import pty
import re
import select
import stat
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.emulators.readers import ElyctisEmulator, Gm65Emulator
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.thermal import ThermalEmulator
from drivers.errors import DriverError
from drivers.links.capture import Direction, Holds, read_capture
from drivers.links.opening import open_link
from station.cli import app

ROOT = Path(__file__).resolve().parents[3]
CAPTURES = ROOT / "tests" / "drivers" / "captures"
KEYS = ["at", "device", "max_celsius", "ambient_celsius", "state", "frames_good", "frames_bad", "resyncs"]
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


@dataclass(frozen=True)
class Done:
    """What a command printed."""

    stdout: str
    stderr: str


def station(*arguments: object, expect: int = 0) -> Done:
    """`station devices …` in this process; errors become exit codes as in station.cli.main."""
    result = CliRunner().invoke(app, ["devices", *map(str, arguments)])
    code, stderr = result.exit_code, result.stderr
    if isinstance(result.exception, DriverError):
        code, stderr = 3, f"{stderr}station: {result.exception}\n"
    assert code == expect, (code, result.stdout[-400:], stderr[-800:], result.exception)
    return Done(result.stdout, stderr)


def rows(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def scanner() -> Iterator[ThermalEmulator]:
    with ThermalEmulator(4, baud=115_200) as emulator:
        emulator.present(36.8)
        yield emulator


def test_watching_a_scanner_as_the_design_has_it(scanner: ThermalEmulator) -> None:
    told = rows(station("watch", "--json", "--seconds", 1.5, "--port", scanner.path, "--protocol", "gy-mcu90640"))
    assert len(told) >= 3
    assert all(list(row) == KEYS for row in told)
    lines = station("watch", "--seconds", 1, "--port", scanner.path).stdout.splitlines()
    assert lines
    assert all(re.search(r"\d+\.\d\d °C  sensor 29\.00 °C  (identifying|warming)$", line) for line in lines)


def test_two_programs_on_one_port(scanner: ThermalEmulator) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "station", "devices", "watch", "--json", "--seconds", "60", "--port", scanner.path],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert first.stdout is not None
        assert first.stdout.readline()
        refused = station("watch", "--port", scanner.path, expect=3).stderr.strip()
    finally:
        first.terminate()
        first.communicate()
    assert re.fullmatch(
        rf"station: Another program holds {scanner.path}: \S+ \(process {first.pid}\); "
        r"stop it, or name another port in the profile\.",
        refused,
    )


def test_a_wrong_port_and_a_wrong_protocol_are_one_sentence_each() -> None:
    assert station("watch", "--port", "/dev/ttyNONE", expect=3).stderr.count("\n") == 1
    wrong = station("watch", "--port", "/dev/ttyNONE", "--protocol", "none", expect=3)
    assert "the known ones are: elyctis" in wrong.stderr


def test_record_and_replay_a_scanner(scanner: ThermalEmulator, tmp_path: Path) -> None:
    file = tmp_path / "hall.daancap"
    done = station("record", "--port", scanner.path, "--protocol", "gy-mcu90640", "--seconds", 1.5, "--out", file)
    assert "holds measurements" in done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    capture = read_capture(file)
    assert (capture.header.protocol, capture.header.link, capture.header.baud) == ("gy-mcu90640", "serial", 115_200)
    assert scanner.path not in file.read_bytes().partition(b"\n")[0].decode()
    assert {record.direction for record in capture.records} == set(Direction), "commands are in it too"
    again = rows(station("replay", file, "--speed", 0, "--json"))
    assert [list(row) for row in again] == [KEYS] * len(again)
    assert len(again) >= len(done.stdout.splitlines()) >= 3
    assert {row["device"] for row in again} == {"hall"}
    over = station("record", "--port", scanner.path, "--protocol", "gy-mcu90640", "--out", file, expect=3)
    assert "is there already" in over.stderr
    file.write_bytes(file.read_bytes()[:-5])
    assert "are torn and left out" in station("replay", file, "--speed", 0).stderr


def test_a_reader_is_recorded_only_by_who_knows_what_that_means(tmp_path: Path) -> None:
    with ElyctisEmulator() as reader:
        reader.insert(PASSPORT)
        given = ("record", "--port", reader.path, "--protocol", "elyctis", "--seconds", 1, "--out", tmp_path / "x")
        refused = station(*given, expect=2)
        assert not (tmp_path / "x").exists()
        done = station(*given, "--personal-data")
    words = " ".join(re.sub(r"[│╭╮╰╯─]", " ", refused.stderr).split())
    assert "sends whole passports or certificates" in words
    assert "zone, 88 characters" in done.stdout
    assert "ERIKSSON" not in done.stdout + done.stderr
    assert read_capture(tmp_path / "x").header.holds is Holds.PERSONAL
    plain = station("replay", tmp_path / "x", "--speed", 0)
    assert "zone, 88 characters" in plain.stdout
    assert "ERIKSSON" not in plain.stdout + plain.stderr
    assert "ERIKSSON" in station("replay", tmp_path / "x", "--speed", 0, "--personal-data").stdout


def test_nothing_came_but_what_did_is_kept(scanner: ThermalEmulator, tmp_path: Path) -> None:
    given = ("--port", scanner.path, "--protocol", "mlx90614-5a", "--seconds", 1, "--out", tmp_path / "x")
    assert station("record", *given, expect=3).stderr.count("\n") >= 2
    assert read_capture(tmp_path / "x").records
    station("replay", tmp_path / "x", "--speed", 0, expect=1)
    station("replay", tmp_path / "none", expect=3)


def test_relays_are_looked_at_and_not_switched() -> None:
    with LcusEmulator(2) as board:
        link = open_link(board.path, 9_600)
        link.write(bytes.fromhex("A00101A2"))
        while board.relays != (True, False):
            link.read_some()
        link.close()
        told = rows(station("watch", "--json", "--seconds", 2, "--port", board.path, "--protocol", "lcus"))
        assert board.relays == (True, False)
    assert told[-1]["relays"] == [True, False]
    assert told[-1]["state"] == "ready"


def test_probing_listens_and_asks_only_when_told() -> None:
    with Gm65Emulator() as reader:
        given = ("--port", reader.path, "--protocol", "gm65", "--seconds", 0.1)
        silent = station("probe", *given, expect=1)
        assert "stayed silent" in silent.stdout
        (told,) = rows(station("probe", *given, "--ask", "--json"))
    assert (told["protocol"], told["baud"], told["asked"]) == ("gm65", 9_600, True)
    listed = station("probe")
    assert "Nothing was opened" in listed.stdout
    assert "given" not in station("probe", "--ask", expect=2).stdout
    station("probe", "--port", "/dev/ttyNONE", expect=3)


def test_names_for_sockets() -> None:
    assert "is no port of this computer" in station("name", "gate", "--port", "/dev/ttyNONE", expect=3).stderr
    assert all("stable" in row and "protocols" in row for row in rows(station("list", "--json")))


def seen_in_terminal(columns: int, lines: int, *arguments: object) -> str:
    """What a terminal of that size is sent at the end, without colours."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        time.sleep(0.3)  # until the window has its size
        # Nothing else of this process's environment: readline puts a size of its own there.
        env = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PATH": os.environ["PATH"]}
        os.execve(sys.executable, [sys.executable, "-m", "station", "devices", *map(str, arguments)], env)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    sent = b""
    while True:
        if not select.select([terminal], [], [], 30)[0]:
            break
        try:
            data = os.read(terminal, 65_536)
        except OSError:
            break
        if not data:
            break
        sent += data
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    screens = [part for part in sent.decode().split("\x1b[H") if "warmest" in part]
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screens[-1]).replace("\r", "")


@pytest.mark.parametrize(("columns", "lines", "pixels"), [(80, 24, 32), (120, 40, 64)])
def test_the_live_view_in_a_terminal(scanner: ThermalEmulator, columns: int, lines: int, pixels: int) -> None:
    screen = seen_in_terminal(columns, lines, "watch", "--port", scanner.path, "--seconds", 2.5)
    drawn = screen.splitlines()
    assert len(drawn) <= lines
    assert max(map(len, drawn)) <= columns
    assert max(line.count("▀") for line in drawn) == pixels
    assert sum("▀" in line for line in drawn) == 12 * pixels // 32
    for words in (
        "WARMING",
        "it can measure in",
        "sensor     29.00 °C",
        "good, 0 bad",
        "emissivity 0.95",
        "Ctrl-C ends",
    ):
        assert words in " ".join(screen.split()) or words in screen, screen
    assert re.search(r"face       3[67]\.\d\d °C, raw", screen), screen
