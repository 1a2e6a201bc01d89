"""The ledger against a real PostgreSQL."""

import random
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cbor2
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from journal_in_memory import START, MemoryJournal, replace

from sync.batch import decode, encode, sign_head
from sync.centre.database import Database, migrate, open_database
from sync.centre.errors import LedgerFault, LedgerUnavailable, SchemaMismatch
from sync.centre.ledger import Ledger
from sync.centre.registry import Checkpoint, Registry
from sync.centre.report import report
from sync.facts import GENESIS, FactKind, canonical, chain_hash, payload_hash
from sync.receipt import ParkReason

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def database(database_url, tmp_path):
    opened = open_database(tmp_path, database_url)
    for station in ("demo-1", "demo-2"):
        Registry(opened).expect(station, Checkpoint("demo", "ด่าน", "Demo"), station.encode() * 3, START)
    yield opened
    opened.close()


@pytest.fixture
def ledger(database):
    return Ledger(database)


def journal_of(count, station="demo-1", seed=1):
    journal = MemoryJournal(station, seed)
    journal.add(count)
    return journal


def wire_of(journal, entries, watermark=0):
    head = sign_head(KEY, journal.station, journal.journal, *journal.head(), watermark, START)
    return encode(journal.station, journal.journal, head, list(entries))


def batch_of(journal, entries, watermark=0):
    return decode(wire_of(journal, entries, watermark))


def take(ledger, journal, after, count, watermark=0):
    return ledger.take(batch_of(journal, journal.entries(after, count), watermark), START)


def of(database, query):
    with database.transaction() as connection:
        return connection.execute(query).fetchall()


def test_a_batch_is_taken_once_and_a_repeat_says_the_same(database, ledger):
    journal = journal_of(30)
    first = take(ledger, journal, 0, 20)
    assert (first.watermark, first.ranges, first.parked, first.fresh) == (20, (), (), 20)
    again = take(ledger, journal, 0, 20)
    assert (again.watermark, again.ranges, again.epoch, again.fresh) == (20, (), first.epoch, 0)
    assert take(ledger, journal, 10, 20).fresh == 10
    assert of(database, "SELECT count(*), count(DISTINCT sequence) FROM ledger_key") == [(30, 30)]
    kept = of(database, "SELECT sequence, payload, salt FROM ledger_payload ORDER BY sequence")
    assert [(e.sequence, e.payload, e.salt) for e in journal.entries(0, 30)] == kept


def test_the_same_batches_in_parallel_and_out_of_order(database, ledger):
    journal = journal_of(200)
    jobs = [after for after in range(0, 200, 10) for _ in range(3)]
    random.Random(5).shuffle(jobs)
    threads = [
        threading.Thread(target=lambda mine=jobs[i::4]: [take(ledger, journal, after, 10) for after in mine])
        for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert take(ledger, journal, 0, 1).watermark == 200
    assert of(database, "SELECT count(*) FROM ledger_key") == [(200,)]
    assert of(database, "SELECT count(*) FROM ledger_payload") == [(200,)]
    assert of(database, "SELECT count(*) FROM parked") == [(0,)]


def test_what_overtakes_is_a_range_above_the_watermark(ledger):
    journal = journal_of(9)
    journal.add(1, alert=True)
    held = ledger.take(batch_of(journal, journal.alerts(0, 5)), START)
    assert (held.watermark, held.ranges) == (0, ((10, 10),))
    assert take(ledger, journal, 0, 9).watermark == 10


def test_other_content_under_the_same_address_is_a_conflict_and_both_are_kept(database, ledger):
    mine = journal_of(5)
    other = journal_of(5, seed=2)
    other._entries = [replace(e, journal=mine.journal) for e in other._entries]
    other._journal = mine.journal
    previous = GENESIS
    for index, entry in enumerate(other._entries):
        other._entries[index] = entry = replace(entry, chain_sha256=chain_hash(previous, entry))
        previous = entry.chain_sha256
    take(ledger, mine, 0, 5)
    held = take(ledger, other, 0, 5)
    assert [(p.sequence, p.reason) for p in held.parked] == [(n, ParkReason.CONFLICT) for n in range(1, 6)]
    assert held.watermark == 5
    assert take(ledger, other, 0, 5).parked == held.parked
    assert of(database, "SELECT count(*), count(DISTINCT content_sha256) FROM parked") == [(5, 5)]
    assert [r[0] for r in of(database, "SELECT payload FROM ledger_payload ORDER BY sequence")] == [
        e.payload for e in mine.entries(0, 5)
    ]


def test_two_contents_of_one_address_in_one_batch(ledger):
    journal = journal_of(3)
    every = list(journal.entries(0, 3))
    twin = replace(every[1], payload=b"{}", payload_sha256=payload_hash(every[1].salt, b"{}"))
    twin = replace(twin, chain_sha256=chain_hash(every[0].chain_sha256, twin))
    held = ledger.take(batch_of(journal, [*every, twin]), START)
    assert [(p.sequence, p.reason) for p in held.parked] == [(2, ParkReason.CONFLICT)]
    assert (held.watermark, held.fresh) == (3, 3)


@pytest.mark.parametrize("bad", [b"no json", b"[1]", b'{"a":', b"\xff\xfe", b"[" * 5000])
def test_a_payload_that_is_no_object_is_parked_and_the_next_is_taken(database, ledger, bad):
    journal = journal_of(2)
    journal.put(bad)
    journal.add(2)
    held = take(ledger, journal, 0, 5)
    assert [(p.sequence, p.reason) for p in held.parked] == [(3, ParkReason.UNREADABLE)]
    assert (held.watermark, held.fresh) == (5, 4)
    assert take(ledger, journal, 0, 5).parked == held.parked


@pytest.mark.parametrize(
    "odd",
    [
        {"verdict": 5, "reasons": "T-HOT", "document": [], "temperature": None},
        {"verdict": "A" * 500, "reasons": ["\u0000", 3, "T-HOT"], "document": {"kind": "\u0000", "nationality": {}}},
        {"verdict": "ADMIT\u0000", "unknown": {"future": True}},
        {},
    ],
)
def test_an_odd_screening_is_kept_as_it_is(database, ledger, odd):
    journal = MemoryJournal()
    journal.put(canonical(odd))
    held = take(ledger, journal, 0, 1)
    assert (held.watermark, held.parked) == (1, ())
    assert of(database, "SELECT payload FROM ledger_payload") == [(canonical(odd),)]


def test_a_broken_chain_between_batches_is_parked_from_both_sides(ledger):
    journal = journal_of(6)
    every = list(journal.entries(0, 6))
    take(ledger, journal, 0, 2)
    broken = replace(every[2], chain_sha256=bytes(32))
    held = ledger.take(batch_of(journal, [broken]), START)
    assert [(p.sequence, p.reason) for p in held.parked] == [(3, ParkReason.CHAIN)]
    ledger.take(batch_of(journal, [every[4]]), START)
    held = ledger.take(batch_of(journal, [replace(every[3], chain_sha256=bytes(32))]), START)
    assert [(p.sequence, p.reason) for p in held.parked] == [(4, ParkReason.CHAIN)]
    assert held.watermark == 5


def test_a_payload_without_its_salt_is_parked_and_the_others_are_taken(database, ledger):
    journal = journal_of(5)
    every = list(journal.entries(0, 5))
    held = ledger.take(batch_of(journal, [*every[:2], replace(every[2], salt=None), *every[3:]]), START)
    assert [(p.sequence, p.reason) for p in held.parked] == [(3, ParkReason.PAYLOAD_HASH)]
    assert (held.watermark, held.fresh) == (5, 4)


def test_what_the_database_refuses_is_parked_and_the_others_are_taken(database, ledger):
    journal = journal_of(6)
    take(ledger, journal, 0, 2)
    with database.transaction() as connection:
        connection.execute("ALTER TABLE ledger_payload ADD CONSTRAINT picky CHECK (sequence <> 4)")
    held = take(ledger, journal, 0, 6)
    assert [(p.sequence, p.reason) for p in held.parked] == [(4, ParkReason.UNREADABLE)]
    assert (held.watermark, held.fresh) == (6, 3)
    assert of(database, "SELECT sequence FROM ledger_key ORDER BY 1") == [(1,), (2,), (3,), (5,), (6,)]
    assert take(ledger, journal, 0, 6).parked == held.parked
    assert next(report(database))["unexplained"] == 0
    with database.transaction() as connection:
        connection.execute("ALTER TABLE ledger_payload DROP CONSTRAINT picky")
    assert take(ledger, journal, 0, 6).fresh == 1
    assert of(database, "SELECT count(*) FROM parked WHERE resolved_at IS NULL") == [(0,)]


def test_a_fault_of_the_program_parks_nothing(database, ledger):
    journal = journal_of(2)
    with database.transaction() as connection:
        connection.execute("ALTER TABLE ledger_key RENAME COLUMN chain_sha256 TO gone")
    with pytest.raises(LedgerFault):
        take(ledger, journal, 0, 2)
    assert of(database, "SELECT count(*) FROM parked") == [(0,)]


ALERTS = "SELECT id, kind, reasons, recorded_at FROM alert ORDER BY received_at, id"


def test_a_parked_alert_is_an_alert(database, ledger):
    journal = journal_of(1)
    journal.add(1, alert=True)
    first, alert = journal.entries(0, 2)
    bad = replace(alert, payload=b'{"damaged":true}')
    for _ in range(2):
        assert [p.sequence for p in ledger.take(batch_of(journal, [first, bad]), START).parked] == [2]
    name = f"demo-1-{journal.journal}-2"
    assert of(database, ALERTS) == [(name, "other", [], alert.recorded_at)]
    ledger.take(batch_of(journal, [first, alert]), START)
    assert of(database, ALERTS) == [(name, "temperature", ["T-HOT"], alert.recorded_at)]


def test_a_parked_alert_without_a_time_is_an_alert_of_now(database, ledger):
    journal = MemoryJournal()
    journal.add(1, alert=True)
    document = cbor2.loads(zstandard.ZstdDecompressor().decompress(wire_of(journal, journal.entries(0, 1))))
    document["columns"]["recorded_ms"][0] = 10**18
    ledger.take(decode(zstandard.ZstdCompressor().compress(cbor2.dumps(document))), START)
    assert [row[3] for row in of(database, ALERTS)] == [START]


def test_an_alert_in_conflict_with_another_is_one_more(database, ledger):
    mine, other = MemoryJournal(), MemoryJournal(seed=2)
    mine.add(1, alert=True)
    other.add(1, alert=True)
    entry = replace(next(other.entries(0, 1)), journal=mine.journal)
    entry = replace(entry, chain_sha256=chain_hash(GENESIS, entry))
    take(ledger, mine, 0, 1)
    for _ in range(2):
        held = ledger.take(batch_of(mine, [entry]), START)
        assert [p.reason for p in held.parked] == [ParkReason.CONFLICT]
    assert [row[2] for row in of(database, ALERTS)] == [["T-HOT"], ["T-HOT"]]


def test_a_copied_journal_name_hides_no_alert_of_another_station(database, ledger):
    for station in ("demo-1", "demo-2"):
        journal = MemoryJournal(station)
        journal.add(1, alert=True)
        take(ledger, journal, 0, 1)
    assert of(database, "SELECT count(*), count(DISTINCT station) FROM alert") == [(2, 2)]


CONTACT = "SELECT last_contact_at, clock_skew_seconds FROM station WHERE name = 'demo-1'"
HOUR = timedelta(hours=1)


def hear(ledger, journal, declared, at, skew=0.0):
    head = sign_head(KEY, journal.station, journal.journal, *journal.head(), 0, declared)
    ledger.take(decode(encode(journal.station, journal.journal, head, list(journal.entries(0, 9)))), at, skew)


def test_a_replay_is_no_contact(database, ledger):
    journal = journal_of(2)
    hear(ledger, journal, START, START)
    hear(ledger, journal, START + HOUR, START + HOUR)
    for declared in (START, START + HOUR):
        hear(ledger, journal, declared, START + 5 * HOUR, -9.0)
    assert of(database, CONTACT) == [(START + HOUR, 0.0)]
    assert of(database, "SELECT last_contact_at FROM journal") == [(START + HOUR,)]
    hear(ledger, journal, START + 2 * HOUR, START + 6 * HOUR)
    assert of(database, CONTACT) == [(START + 6 * HOUR, 0.0)]


def test_a_station_whose_clock_was_put_back_is_still_heard(database, ledger):
    journal = journal_of(2)
    hear(ledger, journal, START + 900 * HOUR, START)
    hear(ledger, journal, START + HOUR, START + HOUR)  # the right time now
    assert of(database, CONTACT) == [(START + HOUR, 0.0)]
    journal.add(1)
    hear(ledger, journal, START - 90 * HOUR, START + 2 * HOUR)  # wrong, and something new
    assert of(database, CONTACT) == [(START + 2 * HOUR, 0.0)]


def test_the_right_entry_releases_a_parked_one(database, ledger):
    journal = journal_of(3)
    every = list(journal.entries(0, 3))
    ledger.take(batch_of(journal, [every[0], replace(every[1], payload=b"{}"), every[2]]), START)
    assert of(database, "SELECT sequence FROM ledger_key ORDER BY 1") == [(1,), (3,)]
    held = ledger.take(batch_of(journal, every), START)
    assert (held.parked, held.watermark, held.fresh) == ((), 3, 1)
    assert of(database, "SELECT count(*) FROM parked WHERE resolved_at IS NULL") == [(0,)]


def test_a_first_entry_that_follows_nothing_is_parked(ledger):
    journal = journal_of(1)
    entry = next(journal.entries(0, 1))
    held = ledger.take(batch_of(journal, [replace(entry, chain_sha256=bytes([7] * 32))]), START)
    assert [p.reason for p in held.parked] == [ParkReason.CHAIN]


def test_a_journal_that_names_its_predecessor_follows_its_head(ledger):
    journal = journal_of(1)
    entry = next(journal.entries(0, 1))
    content = canonical({"previous": {"journal": "x", "chain_sha256": "07" * 32}})
    opened = replace(
        entry, kind=FactKind.JOURNAL_OPENED, payload=content, payload_sha256=payload_hash(entry.salt, content)
    )
    opened = replace(opened, chain_sha256=chain_hash(bytes([7] * 32), opened))
    assert ledger.take(batch_of(journal, [opened]), START).parked == ()


def test_a_skipped_entry_is_a_gap_and_a_waiting_one_is_none(database, ledger):
    journal = journal_of(20)
    journal.add(1, alert=True)
    ledger.take(batch_of(journal, journal.alerts(0, 1)), START)
    take(ledger, journal, 0, 4)
    assert next(report(database))["gaps"] == []
    take(ledger, journal, 6, 4)
    found = next(report(database))
    assert (found["gaps"], found["watermark"], found["waiting"]) == ([[5, 6]], 4, 17)
    take(ledger, journal, 4, 2)
    assert next(report(database))["gaps"] == []


def test_what_the_station_believes_receipted_and_is_not_here_is_a_gap(database, ledger):
    journal = journal_of(10)
    take(ledger, journal, 0, 4)
    ledger.take(batch_of(journal, [], watermark=9), START)
    assert next(report(database))["gaps"] == [[5, 9]]


def test_a_row_lost_behind_the_back_is_unexplained(database, ledger):
    take(ledger, journal_of(5), 0, 5)
    assert next(report(database))["unexplained"] == 0
    with database.transaction() as connection:
        connection.execute("DELETE FROM ledger_key WHERE sequence = 3")
    assert next(report(database))["unexplained"] == 1


def test_payloads_lie_by_month_and_a_month_can_be_dropped(database, ledger):
    for seed, start in enumerate((datetime(2026, 10, 5, tzinfo=UTC), START, datetime(1999, 1, 1, tzinfo=UTC))):
        journal = MemoryJournal("demo-1", seed + 10, start)
        journal.add(3)
        take(ledger, journal, 0, 3)
    found = of(database, "SELECT tableoid::regclass::text, count(*) FROM ledger_payload GROUP BY 1 ORDER BY 1")
    assert found == [("ledger_payload_2026_10", 3), ("ledger_payload_2026_11", 3), ("ledger_payload_other", 3)]
    with database.transaction() as connection:
        connection.execute("DROP TABLE ledger_payload_2026_10")
    assert of(database, "SELECT count(*) FROM ledger_key") == [(9,)]


def test_a_partition_takes_over_what_lay_in_the_default(database):
    late = Ledger(database)
    journal = MemoryJournal("demo-1", 3, datetime(2027, 3, 1, tzinfo=UTC))
    journal.add(4)
    take(late, journal, 0, 2)
    assert of(database, "SELECT count(*) FROM ledger_payload_other") == [(2,)]
    Ledger(database).take(batch_of(journal, journal.entries(2, 2)), START + timedelta(days=100))
    assert of(database, "SELECT count(*) FROM ledger_payload_2027_03") == [(4,)]


def test_migrations_are_recorded_and_a_changed_one_is_refused(database):
    assert migrate(database) == []
    with database.transaction() as connection:
        connection.execute("UPDATE schema_migration SET sha256 = 'other'")
    with pytest.raises(SchemaMismatch, match="another form"):
        migrate(database)
    with database.transaction() as connection:
        connection.execute("UPDATE schema_migration SET name = '999_future.sql' WHERE name LIKE '001%'")
    with pytest.raises(SchemaMismatch, match="newer"):
        migrate(database)


def test_a_database_that_is_away_is_said_in_one_sentence(tmp_path):
    with pytest.raises(LedgerUnavailable, match="check that it runs"):
        open_database(tmp_path, "postgresql://nobody@127.0.0.1:9/none")


def test_a_broken_connection_is_replaced(database, ledger):
    with database.transaction() as connection:
        mine = connection.info.backend_pid
    other = Database(database._url)
    with other.transaction() as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (mine,))
    other.close()
    journal = journal_of(2)
    with pytest.raises(LedgerUnavailable):
        take(ledger, journal, 0, 2)
    assert take(ledger, journal, 0, 2).watermark == 2


def test_the_embedded_server_stays_away_from_keys(tmp_path, monkeypatch):
    from sync.centre import embedded

    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert embedded.data_folder(tmp_path).parent == Path("/var/lib")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert embedded.data_folder(tmp_path) == tmp_path / "postgres"
    with pytest.raises(LedgerUnavailable, match="too long"):
        embedded.start(tmp_path / ("x" * 120))
