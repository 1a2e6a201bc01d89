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


def take(database, journal, entries, head=None):
    last = head or entries[-1]
    head = sign_head(KEY, journal.station, journal.journal, last.sequence, last.chain_sha256, 0, START)
    return Ledger(database).take(decode(encode(journal.station, journal.journal, head, entries)), NOW)


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
         "reason": "look at it."}
    ]  # fmt: skip
    take(database, journal, entries)
    assert on_board(database) == told, "a repeat changes nothing"


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
