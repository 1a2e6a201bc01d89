"""What overtakes what in a backlog, and what the station believes while it does."""

import random

import pytest
from conftest import now

from sync.batch import decode
from sync.errors import CentreUnreachable
from sync.facts import FactKind, Priority
from sync.sync_store import SyncStore
from sync.uplink import _MOST_OVERTAKEN, BatchLimits, Outcome, Uplink


class Watching:
    """Remembers the sequences of every batch."""

    def __init__(self, centre):
        self.centre, self.sent = centre, []

    def send(self, batch):
        self.sent.append([e.sequence for e in decode(batch).entries])
        return self.centre.send(batch)


def mixed(kiosk, count, seed=1, words=tuple(Priority)[1:4]):
    """A backlog of all classes in any order; the priority of each, by sequence."""
    chance, found = random.Random(seed), {}
    for _ in range(count):
        priority = chance.choice(words)
        found[kiosk.journal.put(kiosk.journal.screening(), priority).sequence] = priority
    return found


def test_verdicts_overtake_corrections_and_those_the_rest(eoc, kiosk):
    classes = mixed(kiosk, 240)
    alert = kiosk.journal.put(kiosk.journal.screening(alert=True), Priority.ALERT).sequence
    watching = Watching(kiosk.http())
    assert kiosk.uplink(entries=10, centre=watching).drain().outcome is Outcome.ALL_SENT
    assert watching.sent[0] == [alert]
    rank = [max(list(Priority).index(classes[s]) for s in batch) for batch in watching.sent[1:]]
    lowest = [min(list(Priority).index(classes[s]) for s in batch) for batch in watching.sent[1:]]
    assert all(earlier <= later for earlier, later in zip(rank, lowest[1:], strict=False))
    for priority in Priority:
        its = [s for batch in watching.sent[1:] for s in batch if classes[s] is priority]
        assert its == sorted(its)
    assert sorted(s for batch in watching.sent for s in batch) == list(range(1, 242))
    assert eoc.rows("SELECT count(*), max(sequence) FROM ledger_key") == [(241, 241)]


def test_what_fits_into_one_batch_goes_together(eoc, kiosk):
    mixed(kiosk, 30)
    watching = Watching(kiosk.http())
    kiosk.uplink(centre=watching).drain()
    assert watching.sent == [list(range(1, 31))]


def test_nothing_is_overtaken_for_ever(eoc, kiosk):
    """More of a lower class than may be overtaken: everything goes in the journal's order."""
    for number in range(1500):
        kiosk.journal.put(kiosk.journal.screening(), Priority.HEALTH if number % 2 else Priority.NORMAL)
    watching = Watching(kiosk.http())
    assert kiosk.uplink(entries=50, centre=watching).drain().outcome is Outcome.ALL_SENT
    longest = held = 0
    seen = set()
    for batch in watching.sent:
        seen |= set(batch)
        missing = [s for s in range(1, max(seen)) if s not in seen]
        longest = max(longest, len(missing))
        held = max(held, len(seen))
    assert longest <= _MOST_OVERTAKEN + 50
    assert held == 1500


def test_what_waits_is_no_gap_and_what_is_believed_and_gone_is_one(eoc, kiosk):
    mixed(kiosk, 100)
    cut = Cut(kiosk.http(), after=3)
    kiosk.uplink(entries=10, centre=cut).drain()
    station = eoc_station(eoc)
    assert (station["gaps"], station["waiting"] > 0) == ([], True)
    held = [row[0] for row in eoc.rows("SELECT sequence FROM ledger_key ORDER BY 1")]
    with eoc.centre.database.transaction() as connection:
        connection.execute("DELETE FROM ledger_key WHERE sequence = %s", (held[4],))
        connection.execute("UPDATE journal SET held = held - int8multirange(int8range(%s, %s))", (held[4], held[4] + 1))
    kiosk.uplink(entries=10, centre=Cut(kiosk.http(), after=1)).drain()
    assert eoc_station(eoc)["gaps"] == [[held[4], held[4]]]
    kiosk.uplink(entries=10).drain()
    assert eoc_station(eoc)["gaps"] == [], "the receipt said so, and the station sent it again"


class Cut:
    """A link that breaks after so many batches."""

    def __init__(self, centre, after):
        self.centre, self.left = centre, after

    def send(self, batch):
        if not self.left:
            raise CentreUnreachable("cut")
        self.left -= 1
        return self.centre.send(batch)


def eoc_station(eoc):
    from sync.centre.board import Board

    (place,) = Board(eoc.centre.database).snapshot(now())["checkpoints"]
    return place["stations"][0]


def test_a_kind_and_class_of_later_years_goes_with_the_verdicts(eoc, kiosk):
    kiosk.journal.put(kiosk.journal.screening(), "from_a_later_year")
    kiosk.journal.add(2)
    assert kiosk.uplink().drain().outcome is Outcome.ALL_SENT
    assert eoc.rows("SELECT priority FROM ledger_key ORDER BY sequence") == [
        ("from_a_later_year",), ("normal",), ("normal",),
    ]  # fmt: skip


def test_a_cut_batch_is_sent_again_and_nothing_else(eoc, kiosk):
    """G5: over a link that loses every third answer, what is sent twice is what was not receipted."""
    kiosk.journal.add(300)
    losing = Losing(kiosk.http(), every=3)
    store = SyncStore(kiosk.state)
    uplink = Uplink(kiosk.journal, store, losing, kiosk.enrolled.keys.sign, now, BatchLimits(20))
    losses = 0
    while uplink.drain().outcome is not Outcome.ALL_SENT:
        losses += 1
    assert losses > 5
    assert losing.bytes - losing.receipted <= losses * losing.largest
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(300,)]


class Losing:
    """The centre takes every batch, and every so many answers are lost."""

    def __init__(self, centre, every):
        self.centre, self.every = centre, every
        self.number = self.bytes = self.receipted = self.largest = 0

    def send(self, batch):
        self.number += 1
        self.bytes += len(batch)
        self.largest = max(self.largest, len(batch))
        receipt = self.centre.send(batch)
        if self.number % self.every == 0:
            raise CentreUnreachable("the answer was lost")
        self.receipted += len(batch)
        return receipt


def test_an_old_centre_in_the_place_of_a_new_one_is_sent_the_old_form(eoc, kiosk):
    """The dictionary is used once a receipt names it, and left again when the centre does not know it any more."""
    import zstandard

    from sync.errors import CentreRefused

    seen, old = [], []

    class Changing:
        def send(self, batch):
            number = zstandard.get_frame_parameters(batch).dict_id
            seen.append(number)
            if old and number:
                raise CentreRefused("the centre refused with 400", 400, "batch-unreadable")
            receipt = real.send(batch)
            from dataclasses import replace

            return replace(receipt, dictionaries=()) if old else receipt

    real = kiosk.http()
    uplink = kiosk.uplink(centre=Changing())
    for _ in range(4):
        kiosk.journal.add(1)
        assert uplink.drain().outcome is Outcome.ALL_SENT
        if len(seen) == 2:
            old.append(True)
    assert seen == [0, 1, 1, 0, 0]
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(4,)]


@pytest.mark.parametrize("kind", [FactKind.DEVICES, "from_a_later_year"])
def test_the_hours_are_counted_by_kind(tmp_path, kind):
    from datetime import timedelta

    from journal_in_memory import START, MemoryJournal, replace

    from sync.tally import count_hours

    journal = MemoryJournal(start=START)
    journal.add(1000)  # 7 s apart: one hour and 57 minutes
    journal.overwrite(3, replace(next(journal.entries(2, 1)), kind=kind))
    store = SyncStore(tmp_path / "sync.db")
    for _ in range(12):
        count_hours(journal, store.counts, START + timedelta(hours=1), limit=100)
    due = store.counts.totals_due(journal.journal, "e1", 10)
    assert [(t.first, t.last, dict(t.counts)) for t in due] == [(1, 515, {"screening": 514, str(kind): 1})]
    count_hours(journal, store.counts, START + timedelta(hours=2))
    assert [(t.first, t.last) for t in store.counts.totals_due(journal.journal, "e1", 10)] == [(1, 515), (516, 1000)]
    journal.add(1)
    count_hours(journal, store.counts, START + timedelta(hours=9))
    assert store.counts.totals_due(journal.journal, "e1", 10)[-1].counts == {"screening": 1}
    store.close()
