"""The orders of 2021: sound, sourced, of their time, and never in force today."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.messages.catalogue import Catalogue
from config.rules.cases import failing_cases, uncovered
from config.rules.reading import HISTORY, load, load_all, load_history
from config.rules.ruleset import RuleSet, in_force

FILES = sorted(HISTORY.glob("*.json"))
SETS = load_history()


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"2021-{day}T12:00:00+07:00")


def test_there_are_eight() -> None:
    dates = [f"{each.valid_from.astimezone(each.zone):%m-%d}" for each in SETS]
    assert dates == ["04-21", "06-01", "07-01", "07-20", "07-25", "09-11", "10-01", "10-16"]
    assert [each.number for each in SETS] == list(range(1, 9))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_keeps_its_cases_and_they_cover_it(path: Path) -> None:
    rules = load(path)
    assert rules.id == path.stem
    assert failing_cases(rules) == ()
    assert uncovered(rules) == ()
    assert len(rules.cases) >= 16


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("04-20", None), ("04-21", "04-21"), ("04-28", "04-21"), ("05-10", None), ("06-01", "06-01"),
        ("06-30", "06-01"), ("07-01", "07-01"), ("07-19", "07-01"), ("07-20", "07-20"), ("07-24", "07-20"),
        ("07-25", "07-25"), ("08-02", "07-25"), ("08-20", None), ("09-11", "09-11"), ("10-01", "10-01"),
        ("10-15", "10-01"), ("10-16", "10-16"), ("11-15", "10-16"), ("11-16", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["tha-chatchai", "chalong"])
def test_each_counts_on_its_days(place: str, day: str, expected: str | None) -> None:
    found = in_force(SETS, place, "inbound", _at(day))
    assert (found.id if found else None) == (f"phuket-2021-{expected}" if expected else None)


def test_none_counts_today() -> None:
    assert in_force(SETS, "tha-chatchai", "inbound", datetime(2026, 11, 21, tzinfo=UTC)) is None
    assert not {each.id for each in load_all()} & {each.id for each in SETS}


@pytest.mark.parametrize("rules", SETS, ids=lambda each: each.id)
def test_only_numbers_that_a_source_gives(rules: RuleSet) -> None:
    """An order whose number no source gives says so; what was read where stands in the notes."""
    known = {"3491", "4021", "4157", "5407", "5745", "6245"}
    named = re.findall(r"(\d+)/2564", " ".join([rules.order, *(rule.order for rule in rules.rules)]))
    assert set(named) <= known
    assert named or "number not known" in rules.order
    assert any(note.startswith("Sources:") for note in rules.notes)


@pytest.mark.parametrize("rules", [*SETS, *load_all()], ids=lambda each: each.id)
@pytest.mark.parametrize("language", ["en", "th"])
def test_every_rule_has_words(rules: RuleSet, language: str) -> None:
    words = Catalogue.load(language)
    for rule in rules.rules:
        assert f"rule_name.{rule.id}" in words
        assert words.text(f"rule_name.{rule.id}") != rule.id
        assert rule.message_key in words
