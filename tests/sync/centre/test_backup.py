"""Backup and restore: the drill, and every way in which a file may be no good."""

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from conftest import Eoc, now

from sync.centre.app import CentreSettings
from sync.centre.backup import back_up, declare_restored, restore
from sync.centre.database import Database
from sync.centre.errors import BackupUnusable
from sync.centre.report import report
from sync.centre.vault import backup_key
from sync.errors import KeyUnusable
from sync.facts import Priority
from sync.sync_store import read_progress
from sync.uplink import Outcome

ROOT = Path(__file__).resolve().parents[3]
KEY = bytes(range(32))
NAMES = itertools.count(1)


@pytest.fixture
def another_url(postgres):
    """A second, empty database."""
    name = f"r{next(NAMES)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield f"{postgres}&options=-csearch_path%3D{name}"
        connection.execute(f"DROP SCHEMA {name} CASCADE")


def everything(eoc):
    return eoc.rows("SELECT station, journal, sequence, payload_sha256, chain_sha256 FROM ledger_key ORDER BY 1, 2, 3")


def made(kiosk):
    return [
        (e.station, e.sequence, e.payload_sha256, e.chain_sha256)
        for e in kiosk.journal.entries(0, kiosk.journal.head()[0])
    ]


def test_the_drill(eoc, tmp_path, another_url):
    """Backup, more records, an older backup restored, the stations send again: the same set at both ends."""
    kiosks = [eoc.enrol(f"demo-{n}") for n in (1, 2, 3)]
    uplinks = [kiosk.uplink(entries=20) for kiosk in kiosks]
    for kiosk, uplink in zip(kiosks, uplinks, strict=True):
        kiosk.journal.add(70)
        kiosk.journal.add(2, alert=True)
        kiosk.journal.put(b"no json")  # parked
        kiosk.journal.put(kiosk.journal.screening(), Priority.HEALTH)
        assert uplink.drain().outcome is Outcome.ALL_SENT
    older = back_up(eoc.centre.database, tmp_path / "older.backup", KEY, now())
    assert (older.entries, older.journals, older.incomplete) == (3 * 73, 3, 0)
    for kiosk, uplink in zip(kiosks, uplinks, strict=True):
        kiosk.journal.add(55)
        kiosk.journal.add(1, alert=True)
        uplink.drain()
        assert read_progress(kiosk.state, kiosk.journal.journal).backed_up == 74
    back_up(eoc.centre.database, tmp_path / "newer.backup", KEY, now())
    before = everything(eoc)
    eoc.stop()

    target = Database(another_url)
    restore(target, tmp_path / "older.backup", KEY, now())
    target.close()
    eoc.settings = CentreSettings(eoc.settings.state, another_url)
    eoc.start()  # the same keys, the same address, the restored ledger
    assert len(everything(eoc)) == 3 * 73
    assert eoc.rows("SELECT count(*) FROM parked") == [(3,)]
    assert eoc.rows("SELECT count(*) FROM alert") == [(6,)]
    for kiosk, uplink in zip(kiosks, uplinks, strict=True):
        kiosk.journal.add(3)
        assert uplink.drain(say_hello=True).outcome is Outcome.ALL_SENT
        uplink.drain(say_hello=True)
        assert read_progress(kiosk.state, kiosk.journal.journal).backed_up == 74
    assert set(before) <= set(everything(eoc))
    found = [(station, sequence, payload, chain) for station, _, sequence, payload, chain in everything(eoc)]
    parked = {(row[0], row[1]) for row in eoc.rows("SELECT station, sequence FROM parked")}
    assert found == sorted(e for kiosk in kiosks for e in made(kiosk) if e[:2] not in parked)
    assert eoc.rows("SELECT count(*), count(DISTINCT (station, id)) FROM alert") == [(9, 9)]
    assert [row["unexplained"] for row in report(eoc.centre.database)] == [0, 0, 0]
    assert eoc.rows("SELECT count(*) FROM ledger_payload") == eoc.rows("SELECT count(*) FROM ledger_key")


def test_rows_that_are_gone_are_sent_again_after_eoc_restored(eoc, kiosk):
    kiosk.journal.add(60)
    uplink = kiosk.uplink(entries=20)
    uplink.drain()
    with eoc.centre.database.transaction() as connection:
        connection.execute("DELETE FROM ledger_payload WHERE sequence BETWEEN 10 AND 19")
        connection.execute("DELETE FROM ledger_key WHERE sequence BETWEEN 10 AND 19")
    assert next(report(eoc.centre.database))["unexplained"] == 10
    assert declare_restored(eoc.centre.database, now()) == 10
    assert uplink.drain(say_hello=True).entries == 10
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(60,)]
    assert next(report(eoc.centre.database))["unexplained"] == 0


def test_what_is_gone_does_not_count_as_backed_up(eoc, kiosk, tmp_path):
    kiosk.journal.add(10)
    kiosk.uplink().drain()
    with eoc.centre.database.transaction() as connection:
        connection.execute("DELETE FROM ledger_key WHERE sequence = 3")
    assert back_up(eoc.centre.database, tmp_path / "b", KEY, now()).incomplete == 1
    kiosk.uplink().drain(say_hello=True)
    assert read_progress(kiosk.state, kiosk.journal.journal).backed_up == 0


@pytest.fixture
def backup(eoc, kiosk, tmp_path):
    kiosk.journal.add(3000)
    kiosk.uplink().drain()
    path = tmp_path / "ledger.backup"
    back_up(eoc.centre.database, path, KEY, now())
    return path


def test_the_file_is_private_and_names_nobody(backup, kiosk):
    assert backup.stat().st_mode & 0o777 == 0o600
    content = backup.read_bytes()
    assert b"demo-1" not in content
    surname = json.loads(next(kiosk.journal.entries(0, 1)).payload)["document"]["surname"]
    assert surname.encode() not in content


@pytest.mark.parametrize("damage", ["flip", "cut", "cut at a chunk", "longer", "swap", "empty", "another key"])
def test_a_backup_that_is_not_whole_fills_nothing(backup, another_url, damage):
    content, key = bytearray(backup.read_bytes()), KEY
    first = 14 + 16
    length = int.from_bytes(content[first : first + 4], "big")
    if damage == "flip":
        content[len(content) // 2] ^= 1
    elif damage == "cut":
        del content[-10:]
    elif damage == "cut at a chunk":
        content = content[: first + 4 + length] if len(content) > first + 4 + length else content[:first]
    elif damage == "longer":
        content += content[first:]
    elif damage == "swap":
        content[first + 4 : first + 20] = content[-16:]
    elif damage == "empty":
        content = bytearray()
    else:
        key = bytes(32)
    backup.write_bytes(content)
    target = Database(another_url)
    with pytest.raises(BackupUnusable):
        restore(target, backup, key, now())
    with target.transaction() as connection:
        assert connection.execute("SELECT to_regclass('ledger_key')").fetchone() == (None,)
    target.close()


def test_a_database_that_is_not_empty_stays_as_it_is(backup, eoc):
    before = everything(eoc)
    with pytest.raises(BackupUnusable, match="not empty"):
        restore(eoc.centre.database, backup, KEY, now())
    assert everything(eoc) == before
    with pytest.raises(BackupUnusable, match="there already"):
        back_up(eoc.centre.database, backup, KEY, now())


def test_the_key_is_made_once_and_guarded(tmp_path):
    path = tmp_path / "keys" / "backup.key"
    key = backup_key(path)
    assert (len(key), backup_key(path), path.stat().st_mode & 0o777) == (32, key, 0o600)
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        backup_key(path)


def test_the_commands(eoc: Eoc, kiosk, tmp_path, another_url):
    kiosk.journal.add(5)
    kiosk.uplink().drain()
    state, file = str(eoc.settings.state), str(tmp_path / "b")

    def run(*arguments, url):
        command = [
            sys.executable,
            "-m",
            "sync.centre",
            arguments[0],
            "--state",
            state,
            "--database",
            url,
            *arguments[1:],
        ]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    done = run("backup", file, "--json", url=eoc.settings.database)
    assert done.returncode == 0, done.stderr
    assert {**json.loads(done.stdout), "bytes": 0, "taken_at": ""} == {
        "file": file, "taken_at": "", "entries": 5, "journals": 1, "incomplete": 0, "bytes": 0,
    }  # fmt: skip
    assert run("restore", file, url=eoc.settings.database).returncode == 3
    assert "restored as of" in run("restore", file, url=another_url).stdout
    told = run("report", "--json", url=another_url)
    assert (told.returncode, json.loads(told.stdout)["entries"]) == (0, 5)
    assert run("restored", url=another_url).stdout.startswith("0 entries are not there")
    shutil.copy(file, file + "2")
    assert "another centre's key" in run("restore", file, "--state", str(tmp_path / "other"), url=another_url).stderr
