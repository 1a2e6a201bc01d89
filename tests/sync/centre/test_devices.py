"""How the stations' devices are, as the ledger keeps it and the board tells it: the newest word of each station."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from journal_in_memory import START, MemoryJournal, replace

from sync.batch import decode, encode, sign_head
from sync.centre.board import Board
from sync.centre.database import open_database
from sync.centre.ledger import Ledger
from sync.centre.registry import Checkpoint, Registry
from sync.facts import GENESIS, Entry, FactKind, Priority, canonical, chain_hash, payload_hash

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url, tmp_path):
    opened = open_database(tmp_path, database_url)
    for station in ("demo-1", "demo-2"):
        Registry(opened).expect(station, Checkpoint("demo", "ด่าน", "Demo"), station.encode() * 3, START)
    yield opened
    opened.close()


def device(name, state, **more):
    row = {"device": name, "kind": name, "state": state, "since": "2026-11-20T02:00:00.000Z", "reason": "look at it."}
    return row | {"frames_good": 4} | more


def said(journal, sequence, previous, payload, kind=FactKind.DEVICES, at=START):
    """One entry that follows from `previous`."""
    body, salt = canonical(payload), bytes(16)
    entry = Entry(
        journal.station, journal.journal, sequence, kind, Priority.HEALTH, at + timedelta(seconds=sequence),
        payload_hash(salt, body), b"", salt, body,
    )  # fmt: skip
    return replace(entry, chain_sha256=chain_hash(previous, entry))


def chain(journal, *payloads, kind=FactKind.DEVICES):
    entries, previous = [], GENESIS
    for sequence, payload in enumerate(payloads, 1):
        entries.append(said(journal, sequence, previous, payload, kind))
        previous = entries[-1].chain_sha256
    return entries


def take(database, journal, entries, head=None, at=NOW):
    last = head or entries[-1]
    head = sign_head(KEY, journal.station, journal.journal, last.sequence, last.chain_sha256, 0, START)
    return Ledger(database).take(decode(encode(journal.station, journal.journal, head, entries)), at)


def on_board(database):
    (place,) = Board(database).snapshot(NOW)["checkpoints"]
    return {station["name"]: station["devices"] for station in place["stations"]}


def test_the_newest_word_counts_however_the_entries_come(database):
    journal = MemoryJournal("demo-1", 1)
    entries = chain(
        journal,
        {"at": "…", "devices": [device("camera", "failed"), device("thermal", "ready")]},
        {"at": "…", "devices": [device("camera", "ready"), device("thermal", "absent"), device("printer", "degraded")]},
        {"at": "…", "devices": [device("camera", "ready"), device("thermal", "absent")]},
    )
    holding = take(database, journal, entries[1:], entries[2])
    assert (holding.parked, holding.fresh) == ((), 2)
    late = take(database, journal, entries[:1], entries[2])
    assert (late.parked, late.fresh, late.watermark) == ((), 1, 3)
    told = on_board(database)
    assert told["demo-2"] is None
    assert told["demo-1"]["not_ready"] == [
        {"device": "thermal", "kind": "thermal", "state": "absent", "since": "2026-11-20T02:00:00.000Z",
         "reason": "look at it.", "frames_good": 4, "frames_bad": None, "resyncs": None, "reconnects": None,
         "rate_hertz": None, "last_good_seconds": None, "ambient_celsius": None}
    ]  # fmt: skip
    take(database, journal, entries)
    assert on_board(database) == told, "a repeat changes nothing"


def states(database):
    return [each["state"] for each in on_board(database)["demo-1"]["not_ready"]]


def test_a_clock_that_was_a_year_ahead_blocks_nothing(database):
    journal = MemoryJournal("demo-1", 1)
    ahead = said(journal, 1, GENESIS, {"devices": [device("camera", "failed")]}, at=START + timedelta(days=365))
    right = said(journal, 2, ahead.chain_sha256, {"devices": [device("camera", "absent")]})
    take(database, journal, [ahead])
    assert states(database) == ["failed"]
    take(database, journal, [right])
    assert states(database) == ["absent"]


def test_in_one_batch_the_later_entry_counts_whatever_the_clock_said(database):
    journal = MemoryJournal("demo-1", 1)
    ahead = said(journal, 1, GENESIS, {"devices": [device("camera", "failed")]}, at=START + timedelta(days=365))
    right = said(journal, 2, ahead.chain_sha256, {"devices": [device("camera", "absent")]})
    take(database, journal, [ahead, right])
    assert states(database) == ["absent"]


def test_a_new_journal_counts_over_the_one_before_and_not_the_other_way_round(database):
    old, new = MemoryJournal("demo-1", 1), MemoryJournal("demo-1", 2)
    first, second = chain(old, {"devices": [device("camera", "failed")]}, {"devices": [device("camera", "degraded")]})
    take(database, old, [first], at=NOW)
    begun = said(new, 1, GENESIS, {"devices": [device("camera", "absent")]}, at=START - timedelta(days=9))
    take(database, new, [begun], at=NOW + timedelta(hours=1))
    assert states(database) == ["absent"]
    take(database, old, [second], at=NOW + timedelta(hours=2))
    assert states(database) == ["absent"], "what the old journal still had to tell"


def test_figures_are_kept_and_what_is_no_number_is_not(database):
    journal = MemoryJournal("demo-1", 1)
    told = device(
        "thermal", "degraded", frames_bad=2, resyncs=True, reconnects="3", rate_hertz=7.9, ambient_celsius=1e300
    )
    take(database, journal, chain(journal, {"devices": [told]}))
    (row,) = on_board(database)["demo-1"]["not_ready"]
    figures = ("frames_good", "frames_bad", "resyncs", "reconnects", "rate_hertz", "ambient_celsius")
    assert [row[name] for name in figures] == [4, 2, None, None, 7.9, None]


def test_all_ready_is_nothing_to_tell(database):
    journal = MemoryJournal("demo-1", 1)
    take(database, journal, chain(journal, {"devices": [device("camera", "ready")]}))
    assert on_board(database)["demo-1"]["not_ready"] == []


@pytest.mark.parametrize(
    "devices",
    [
        None,
        "camera",
        [None, 7, {"state": "failed"}, {"device": "camera"}, {"device": ["x"], "state": "failed"}],
        [{"device": "x" * 41, "state": "failed"}, {"device": "a\nb", "state": "failed"}],
    ],
)
def test_another_form_is_kept_in_the_ledger_and_shows_nothing(database, devices):
    journal = MemoryJournal("demo-1", 1)
    holding = take(database, journal, chain(journal, {"devices": devices}))
    assert (holding.parked, holding.watermark) == ((), 1)
    assert on_board(database)["demo-1"]["not_ready"] == []


def test_more_devices_than_a_station_has_are_cut(database):
    journal = MemoryJournal("demo-1", 1)
    take(database, journal, chain(journal, {"devices": [device(f"d-{n}", "failed") for n in range(500)]}))
    assert len(on_board(database)["demo-1"]["not_ready"]) == 32


def test_a_screening_says_nothing_of_devices(database):
    journal = MemoryJournal("demo-1", 1)
    take(database, journal, chain(journal, {"devices": [device("camera", "failed")]}, kind=FactKind.SCREENING))
    assert on_board(database)["demo-1"] is None
