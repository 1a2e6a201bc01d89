"""G13: what the station counted in each hour against what the ledger holds."""

from datetime import timedelta

import pytest
from conftest import now
from journal_in_memory import MemoryJournal

from sync.centre.board import Board
from sync.centre.report import report
from sync.centre.totals import reconcile
from sync.facts import Priority
from sync.uplink import Outcome


@pytest.fixture
def counted(eoc, kiosk):
    """A station whose three hours are in the ledger, with their counts: 514 or 515 entries each and an open one."""
    kiosk.journal = MemoryJournal("demo-1", start=now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=3))
    kiosk.journal.add(1542)
    kiosk.journal.put(b"no json")
    kiosk.journal.put(kiosk.journal.screening(alert=True), Priority.ALERT)
    uplink = kiosk.uplink()
    for _ in range(3):
        assert uplink.drain(say_hello=True).outcome is Outcome.ALL_SENT
    return kiosk


def test_hours_that_agree_are_silent(eoc, counted):
    assert reconcile(eoc.centre.database, now()) == []
    rows = eoc.rows("SELECT first, last, missing, counts FROM ledger_total ORDER BY first")
    assert [(row[0], row[1]) for row in rows] == [(1, 515), (516, 1029), (1030, 1543)]
    assert [row[2] for row in rows] == [0, 0, 0]
    assert sum(row[3]["screening"] for row in rows) == 1543


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("DELETE FROM ledger_key WHERE sequence = 700", (1, 0)),
        ("DELETE FROM ledger_payload WHERE sequence = 700", (0, 1)),
        ("UPDATE ledger_key SET kind = 'incident' WHERE sequence = 700", (1, 0)),
        ("UPDATE ledger_key SET sequence = 9999 WHERE sequence = 700", (1, 0)),
    ],
)
def test_a_row_that_is_changed_behind_the_back_is_found_within_the_hour(eoc, counted, statement, missing):
    assert reconcile(eoc.centre.database, now()) == []
    with eoc.centre.database.transaction() as connection:
        connection.execute(statement)
    (found,) = reconcile(eoc.centre.database, now() + timedelta(hours=1))
    assert (found.first, found.last) == (516, 1029)
    assert (found.missing, found.payloads_missing) == missing
    assert next(report(eoc.centre.database))["differs"] == 1
    station = Board(eoc.centre.database).snapshot(now())["checkpoints"][0]["stations"][0]
    assert station["differs"] == 1
    assert reconcile(eoc.centre.database, now() + timedelta(hours=2)) != [], "an alarm stays until it is so no more"


def test_an_hour_that_is_not_all_here_is_not_judged(eoc, counted):
    with eoc.centre.database.transaction() as connection:
        connection.execute("DELETE FROM ledger_key WHERE sequence > 600")
        connection.execute("UPDATE journal SET held = '{[1,601)}'")
    assert reconcile(eoc.centre.database, now()) == []


def test_a_second_worker_does_not_compare_at_the_same_time(eoc, counted):
    with eoc.centre.database.transaction() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (0x746F74,))
        with eoc.centre.database.transaction() as connection:
            connection.execute("DELETE FROM ledger_key WHERE sequence = 700")
        assert reconcile(eoc.centre.database, now() + timedelta(hours=1)) == []
    assert len(reconcile(eoc.centre.database, now() + timedelta(hours=1))) == 1


def test_a_count_that_contradicts_itself_is_not_kept(eoc, kiosk):
    from sync.batch import Beside, Total, encode, sign_head

    kiosk.journal.add(3)
    head = sign_head(kiosk.enrolled.keys.sign, "demo-1", kiosk.journal.journal, *kiosk.journal.head(), 0, now())
    totals = (Total(1, 3, 0, {"screening": 2}), Total(1, 3, 2**60, {"screening": 3}))
    entries = list(kiosk.journal.entries(0, 3))
    kiosk.http().send(encode("demo-1", kiosk.journal.journal, head, entries, beside=Beside(totals=totals)))
    assert eoc.rows("SELECT count(*) FROM ledger_total") == [(0,)]
    assert eoc.rows("SELECT count(*) FROM ledger_key") == [(3,)]


def test_the_clock_is_recorded_when_it_says_something_new(eoc, kiosk):
    """G9: small changes are no news, a jump is marked, and so is another start of the machine."""
    import requests

    from sync.batch import Beside, encode, sign_head
    from sync.signing import sign_request

    kiosk.journal.add(1)
    key = kiosk.enrolled.keys.sign

    def hear(skew, boot="b1"):
        moment = now() + timedelta(seconds=skew)
        kiosk.journal.add(1)
        head = sign_head(key, "demo-1", kiosk.journal.journal, *kiosk.journal.head(), 0, moment)
        body = encode("demo-1", kiosk.journal.journal, head, [], beside=Beside(boot=boot))
        url = eoc.address + "/v1/batches"
        headers = sign_request(key, "demo-1", "POST", url, body, moment)
        assert requests.post(url, data=body, headers=headers, timeout=10).status_code == 200

    for skew, boot in ((0, "b1"), (1, "b1"), (0, "b1"), (86400, "b1"), (86400, "b2"), (-86400, "b2"), (3600, "b2")):
        hear(skew, boot)
    rows = eoc.rows("SELECT round(skew_seconds / 600) * 600, boot, jumped FROM clock_record ORDER BY received_at")
    assert rows == [
        (0, "b1", False), (86400, "b1", True), (86400, "b2", False), (-86400, "b2", True), (3600, "b2", True),
    ]  # fmt: skip
    station = Board(eoc.centre.database).snapshot(now())["checkpoints"][0]["stations"][0]
    assert (station["clock_jumps"], abs(station["clock_skew_seconds"] - 3600) < 60) == (3, True)
