"""What every outbox must do, as plain functions: the journal in memory and the encrypted one pass the same suite.

Call `check_all(make)`; `make(alerts)` gives a fresh outbox with as many entries as `alerts` has items, the n-th one
an alert where the n-th item is true.
"""

from collections.abc import Callable, Sequence

from sync.facts import GENESIS, Entry, Outbox, Priority, chain_hash, payload_hash

Make = Callable[[Sequence[bool]], Outbox]
MIXED = [False, True, False, False, True, True, False]


def check_all(make: Make) -> None:
    for check in CHECKS:
        check(make)


def check_empty_or_opened(make: Make) -> None:
    outbox = make([])
    head, chain = outbox.head()
    assert head == len(list(outbox.entries(0, 100)))
    assert head > 0 or chain == GENESIS


def check_sequences_have_no_holes(make: Make) -> None:
    found = everything(make(MIXED))
    assert [e.sequence for e in found] == list(range(1, len(found) + 1))
    assert [e.priority is Priority.ALERT for e in found][-len(MIXED) :] == MIXED


def check_head_is_the_last_entry(make: Make) -> None:
    outbox = make(MIXED)
    last = everything(outbox)[-1]
    assert outbox.head() == (last.sequence, last.chain_sha256)


def check_after_and_limit(make: Make) -> None:
    outbox = make(MIXED)
    found = everything(outbox)
    assert list(outbox.entries(2, 3)) == found[2:5]
    assert list(outbox.entries(found[-1].sequence, 3)) == []
    assert list(outbox.entries(0, 10_000)) == found


def check_alerts_are_the_entries_of_that_priority(make: Make) -> None:
    outbox = make(MIXED)
    alerts = [e for e in everything(outbox) if e.priority is Priority.ALERT]
    assert list(outbox.alerts(0, 100)) == alerts
    assert list(outbox.alerts(0, 1)) == alerts[:1]
    assert list(outbox.alerts(alerts[0].sequence, 100)) == alerts[1:]


def check_chain_and_payloads_hold(make: Make) -> None:
    outbox = make(MIXED)
    previous = GENESIS
    for entry in everything(outbox):
        assert (entry.station, entry.journal) == (outbox.station, outbox.journal)
        assert entry.salt is not None
        assert len(entry.salt) == 16
        assert entry.payload is not None
        assert payload_hash(entry.salt, entry.payload) == entry.payload_sha256
        assert chain_hash(previous, entry) == entry.chain_sha256
        previous = entry.chain_sha256


def check_reading_twice_gives_the_same(make: Make) -> None:
    outbox = make(MIXED)
    assert everything(outbox) == everything(outbox)


def everything(outbox: Outbox) -> list[Entry]:
    return list(outbox.entries(0, 10_000))


CHECKS = (
    check_empty_or_opened,
    check_sequences_have_no_holes,
    check_head_is_the_last_entry,
    check_after_and_limit,
    check_alerts_are_the_entries_of_that_priority,
    check_chain_and_payloads_hold,
    check_reading_twice_gives_the_same,
)
