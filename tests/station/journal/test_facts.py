"""Kinds of facts: closed lists of fields; corrections are new facts, and which of them counts (G16)."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from station.journal.corrections import counting
from station.journal.errors import FactRefused
from station.journal.facts import (
    Complaint,
    Correction,
    Declaration,
    Incident,
    IncidentKind,
    Shift,
    ShiftWord,
    ZeroReport,
)
from station.journal.journal import Journal, content
from sync.facts import FactKind, Priority

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)

GOOD = [
    Correction("s1", "Somjai R.", "misread", {"document.surname": "LINDQVARN"}),
    Incident(IncidentKind.EVACUATION, "Somjai R.", NOON),
    Incident(IncidentKind.EQUIPMENT, "Somjai R.", NOON, "the gate sticks"),
    Complaint("PHK-17", "Somjai R.", "waited an hour", "s1"),
    Declaration("s1", "tm8-health/3", "ru", {"fever": False, "countries": "UTO"}),
    Shift(ShiftWord.HANDED_OVER, "1", "Somjai R.", "Anan T."),
    ZeroReport("1", NOON, NOON + timedelta(hours=1)),
]


@pytest.mark.parametrize("fact", GOOD, ids=lambda fact: type(fact).__name__)
def test_each_kind_is_saved_with_its_subject_and_class(tmp_path, fact):
    book = Journal(tmp_path / "journal.db", bytes(32), "demo-1", lambda: NOON, os.urandom)
    entry = book.record(fact)
    assert (entry.kind, entry.priority) == (fact.kind, fact.priority)
    assert content(entry) == fact.payload()
    assert list(book.alerts(0, 10)) == ([entry] if fact.priority is Priority.ALERT else [])
    if fact.subject:
        assert book.about(fact.subject) == (entry,)
    assert "LINDQVARN" not in repr(fact)
    assert "waited" not in repr(fact)
    book.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Correction("s1", "", "why", {"a": 1}),
        lambda: Correction("s1", "Somjai R.", "", {"a": 1}),
        lambda: Correction("s1", "Somjai R.", "why", {}),
        lambda: Correction("s1", "Somjai R.", "why", {"a": ["a", "list"]}),
        lambda: Correction("s1", "x" * 81, "why", {"a": 1}),
        lambda: Complaint("", "Somjai R.", "text"),
        lambda: Complaint("7", "Somjai R.", "x" * 1001),
        lambda: Complaint("7", "Somjai R.", "bell\x07"),
        lambda: Declaration("s1", "", "ru", {}),
        lambda: Shift(ShiftWord.OPENED, "", "Somjai R."),
        lambda: ZeroReport("1", NOON, NOON),
    ],
)
def test_what_lacks_a_field_is_refused(make):
    with pytest.raises(FactRefused, match="correct it"):
        make()


def test_a_correction_never_changes_the_screening_and_the_newest_of_the_journal_counts(tmp_path):
    clock = [NOON]
    book = Journal(tmp_path / "journal.db", bytes(32), "demo-1", lambda: clock[0], os.urandom)
    original = book.append(FactKind.SCREENING, Priority.NORMAL, {"verdict": "ADMIT"}, subject="s1")
    book.append(FactKind.SCREENING, Priority.NORMAL, {"verdict": "ADMIT"}, subject="s2")
    book.record(Correction("s1", "Somjai R.", "misread", {"document.surname": "A", "verdict": "REFER"}))
    clock[0] = NOON - timedelta(days=2)  # the clock is put back: it decides nothing
    book.record(Correction("s1", "Anan T.", "looked again", {"document.surname": "B"}))
    facts = book.about("s1")
    assert facts[0] == original
    assert [e.kind for e in facts] == [FactKind.SCREENING, FactKind.CORRECTION, FactKind.CORRECTION]
    counts = counting(facts)
    assert {name: (each.value, each.officer) for name, each in counts.items()} == {
        "document.surname": ("B", "Anan T."), "verdict": ("REFER", "Somjai R."),
    }  # fmt: skip
    assert counting(book.about("s2")) == {}
    assert book.verify().holds
    book.close()


def test_corrections_of_two_desks_are_not_ordered_here(tmp_path):
    books = [
        Journal(tmp_path / f"{name}.db", bytes(32), name, lambda: NOON, os.urandom) for name in ("desk-1", "desk-2")
    ]
    facts = [book.record(Correction("s1", "Somjai R.", "why", {"a": n})) for n, book in enumerate(books)]
    with pytest.raises(ValueError, match="several journals"):
        counting(facts)
    for book in books:
        book.close()
