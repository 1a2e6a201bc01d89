"""The composition root: what a station does about what it finds when it starts."""

import os
from datetime import UTC, datetime

import pytest

from config.loader import load
from station.app import open_journal, rule_set_in_force
from station.errors import CannotStart
from station.journal.errors import KeyRefused
from station.journal.key import create_key
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


def test_no_rule_set_in_force_is_said(settings):
    assert rule_set_in_force(settings, datetime(2026, 11, 20, tzinfo=UTC)).id == "demo-2026"
    with pytest.raises(CannotStart, match="no rule set is in force"):
        rule_set_in_force(settings, datetime(2020, 1, 1, tzinfo=UTC))
