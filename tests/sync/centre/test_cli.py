"""The command eoc, as a person runs it, with the embedded database of its own."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import requests
from conftest import Kiosk, now
from enrolled import enrol
from journal_in_memory import MemoryJournal

from sync.centre.cli import main
from sync.centre.embedded import data_folder

ROOT = Path(__file__).resolve().parents[3]


def command(*arguments):
    return [sys.executable, "-c", "from sync.centre.cli import main; main()", *arguments]


def run(*arguments):
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def state():
    folder = Path(tempfile.mkdtemp(prefix="daan-eoc-", dir="/tmp"))
    yield folder
    shutil.rmtree(data_folder(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_serve_enrol_report_with_the_embedded_database(state):
    with subprocess.Popen(
        command("serve", "--port", "0", "--state", str(state)), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            ready = server.stdout.readline().strip()
            assert ready.startswith("eoc ready at http://127.0.0.1:")
            address = ready.rpartition(" ")[2]
            package = state / "demo-1.json"
            made = run(
                "enrol", "demo-1", "--checkpoint", "demo", "--address", address, "--state", str(state), "--out",
                str(package),
            )  # fmt: skip
            assert (made.returncode, made.stdout.strip()) == (0, str(package)), made.stderr
            assert package.stat().st_mode & 0o777 == 0o600
            kiosk = Kiosk(enrol(package, state / "st", now), state / "st", MemoryJournal("demo-1"))
            kiosk.journal.add(25)
            kiosk.uplink().drain()
            names = requests.get(address + "/v1/board", timeout=10).json()["checkpoints"][0]["names"]
            assert names["th"] != "demo", "the names come from the profile that ships for the place"
            told = run("report", "--json", "--state", str(state))
            assert told.returncode == 0, told.stderr
            (row,) = (json.loads(line) for line in told.stdout.splitlines())
            assert (row["station"], row["entries"], row["watermark"], row["gaps"]) == ("demo-1", 25, 25, [])
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    pid = int(next(iter((data_folder(state) / "postmaster.pid").read_text().split()), "0")) if _runs(state) else 0
    assert pid == 0, "the embedded database went with the last program that used it"
    assert (state / "keys" / "receipt.key").stat().st_mode & 0o777 == 0o600


def _runs(state):
    deadline = time.monotonic() + 5
    while (data_folder(state) / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    return (data_folder(state) / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("enrol", "Demo 1", "--checkpoint", "demo"), 2, "no name"),
        (("enrol", "demo-1", "--checkpoint", "demo", "--address", "http://eoc.example"), 2, "only loopback"),
        (("enrol", "demo-1", "--checkpoint", "demo", "--address", "https://eoc.example"), 2, "pins no CA"),
        (("report", "--database", "postgresql://nobody@127.0.0.1:9/none"), 3, "check that it runs"),
        (("nonsense",), 2, ""),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(state, monkeypatch, capsys, arguments, code, sentence):
    where = () if arguments == ("nonsense",) else ("--state", str(state))
    monkeypatch.setattr(sys, "argv", ["eoc", *arguments, *where])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert sentence in capsys.readouterr().err


def test_a_key_that_others_can_read_stops_the_centre(state, monkeypatch, capsys):
    (state / "keys").mkdir(mode=0o700)
    (state / "keys" / "receipt.key").write_text("x")
    (state / "keys" / "receipt.key").chmod(0o644)
    monkeypatch.setattr(sys, "argv", ["eoc", "report", "--state", str(state)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "chmod 600" in capsys.readouterr().err


FOREIGN = ("cv2", "onnxruntime", "sqlalchemy", "sqlcipher3", "serial", "zxingcpp", "station", "drivers", "models")


def test_the_centre_imports_nothing_of_a_camera_or_of_the_station():
    program = f"import sys, sync.centre.cli; print([m for m in {FOREIGN} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
