"""`station journal`: what a technician does to the store, and what the EOC takes from the stick."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "journal"))

from damage import flip, make, receipted

from station.commands.journal import app
from station.errors import CannotStart
from station.journal.errors import ExportRefused, JournalError, KeyLocked
from station.uplink_program import enrol
from sync.centre.app import CentreSettings, open_centre, system_clock
from sync.errors import EnrolmentFailed, SyncError


def run(paths, *words, expect=0, typed=""):
    where = ["--state", str(paths.state)]
    done = CliRunner().invoke(app, [*words, *where], input=typed)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == expect, done.output
    return done.stdout


def centre_says(*words):
    """The command `eoc`, as a program of its own."""
    command = [sys.executable, "-m", "sync.centre", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_verify_finds_a_flipped_bit_and_salvage_mends_it(tmp_path):
    paths, old = make(tmp_path)
    assert "the chain is whole" in run(paths, "verify")
    assert "nothing was changed" in run(paths, "salvage")
    flip(paths.journal, 7 * 4096 + 90)
    found = json.loads(run(paths, "verify", "--json", expect=1))
    assert found["bad_pages"] == 1
    told = json.loads(run(paths, "salvage", "--json"))
    assert told["salvaged"]
    assert told["journal"] != old
    assert "journal-damaged-" in told["said"]
    assert "the chain is whole" in run(paths, "verify")


def test_purge_says_what_it_would_erase_and_without_a_backup_that_is_nothing_but_photographs(tmp_path):
    paths, old = make(tmp_path)
    receipted(paths, old, 61)
    said = json.loads(run(paths, "purge", "--dry-run", "--json"))
    assert said == {"erased": False, "classes": {}, "photographs": 0, "in_backup": 0}
    assert "0 photographs" in run(paths, "purge")
    assert "61 entries, 0 of them purged" in run(paths, "verify")


def test_keys_by_command(tmp_path):
    paths, _ = make(tmp_path)
    before = paths.journal_key.read_text()
    run(paths, "rotate-key")
    assert paths.journal_key.read_text() != before
    monkey = {"DAAN_JOURNAL__UNLOCKED": str(tmp_path / "run")}
    words = "four invented words here"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in monkey.items():
            patch.setenv(name, value)
        run(paths, "seal-key", "--passphrase", typed=f"{words}\n{words}\n")
        assert not paths.journal_key.exists()
        assert "the chain is whole" in run(paths, "verify")
        paths.journal_unlocked.unlink()
        with pytest.raises(KeyLocked, match="unlock"):
            run(paths, "verify")
        run(paths, "unlock", typed=f"{words}\n")
        assert "the chain is whole" in run(paths, "verify")
    run(paths, "seal-key", expect=2)


def test_what_is_not_there_is_said(tmp_path):
    paths, _ = make(tmp_path)
    with pytest.raises((EnrolmentFailed, SyncError, CannotStart)):
        run(paths, "export", "--to", str(tmp_path / "out.daan"))
    paths.journal.unlink()
    with pytest.raises(JournalError, match="there is no journal"):
        run(paths, "purge")


@pytest.mark.slow
def test_an_export_goes_from_the_station_to_the_ledger_by_hand(tmp_path):
    """Enrolled over the wire once; then the link is gone for good."""
    from config.loader import load
    from station.paths import paths_of
    from sync.centre import embedded
    from sync.centre.server import CentreServer

    state = tmp_path / "eoc"
    centre = open_centre(CentreSettings(state), system_clock)
    try:
        with CentreServer(centre, port=0) as server:
            package = tmp_path / "demo-1.json"
            where = ("--state", state, "--address", server.address, "--out", package)
            centre_says("enrol", "demo-1", "--checkpoint", "demo", *where)
            paths, old = make(tmp_path / "station")
            assert paths_of(load("demo", {"station": {"state": paths.state}})).journal == paths.journal
            enrol(package, paths, "demo-1")
    finally:
        centre.close()
    stick = tmp_path / "out.daan"
    told = json.loads(run(paths, "export", "--to", str(stick), "--json"))
    assert (told["journal"], told["entries"], told["first"], told["last"]) == (old, 61, 1, 61)
    with pytest.raises(ExportRefused, match="another name"):
        run(paths, "export", "--to", str(stick))
    for fresh in (61, 0):
        said = centre_says("import-export", stick, "--state", state, "--json")
        assert json.loads(said)["fresh"] == fresh
    shutil.rmtree(embedded.data_folder(state), ignore_errors=True)
