import pytest
from journal_in_memory import MemoryJournal
from outbox_suite import CHECKS


def make(alerts):
    journal = MemoryJournal()
    for alert in alerts:
        journal.add(alert=alert)
    return journal


@pytest.mark.parametrize("check", CHECKS)
def test_the_journal_in_memory_is_an_outbox(check):
    check(make)
