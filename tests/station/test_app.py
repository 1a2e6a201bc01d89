"""The composition root: what a station does about what it finds when it starts."""

import json
import os

import pytest
from sqlcipher3 import dbapi2

from config.loader import load
from config.rules.reading import SHIPPED
from config.settings import TrustSettings
from station.app import open_journal
from station.errors import CannotStart
from station.journal.errors import JournalFaulty, KeyRefused
from station.journal.keys.file import create_key, read_key
from station.orders import load_rule_sets
from station.paths import paths_of
from sync.facts import FactKind, Priority


@pytest.fixture
def settings(tmp_path):
    return load("demo", {"station": {"state": tmp_path / "station"}})


@pytest.mark.parametrize("what", ["gone", "another"])
def test_a_lost_key_sets_the_old_journal_aside_and_the_lane_goes_on(settings, what):
    paths = paths_of(settings)
    first, trouble = open_journal(settings, paths)
    assert not trouble
    first.append(FactKind.SCREENING, Priority.NORMAL, {"n": 1})
    first.close()
    old = paths.journal.read_bytes()
    paths.journal_key.unlink()
    if what == "another":
        create_key(paths.journal_key, os.urandom(32))
    second, trouble = open_journal(settings, paths)
    assert "put" in trouble
    assert "a new one was begun" in trouble
    assert second.journal != first.journal
    (kept,) = paths.state.glob("journal-unreadable-*.db")
    assert kept.name in trouble
    assert kept.read_bytes() == old
    second.append(FactKind.SCREENING, Priority.NORMAL, {"n": 2})
    assert second.verify().broken_at is None
    second.close()


def test_a_key_that_others_can_read_is_refused(settings):
    paths = paths_of(settings)
    open_journal(settings, paths)[0].close()
    paths.journal_key.chmod(0o640)
    with pytest.raises(KeyRefused, match="chmod 600"):
        open_journal(settings, paths)


def test_a_rule_set_that_fails_its_own_cases_is_not_taken_into_force(settings, tmp_path):
    assert "demo-2026" in {each.id for each in load_rule_sets(settings)}
    shipped = json.loads((SHIPPED / "demo-2026.json").read_text())
    shipped["cases"][0]["expected"] = not shipped["cases"][0]["expected"]
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(shipped))
    with pytest.raises(CannotStart, match="fails its own cases"):
        load_rule_sets(settings.model_copy(update={"trust": TrustSettings(rule_sets=(wrong,))}))


def test_a_journal_that_is_only_busy_or_on_a_full_disk_is_not_set_aside(settings):
    paths = paths_of(settings)
    open_journal(settings, paths)[0].close()
    key = read_key(paths.journal_key)
    other = dbapi2.connect(str(paths.journal), isolation_level=None)
    other.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(JournalFaulty, match="nothing of it is lost"):
        open_journal(settings, paths)
    other.close()
    assert not list(paths.state.glob("journal-unreadable-*"))
    open_journal(settings, paths)[0].close()
