"""What sync.db remembers, also a file that an older version made."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sync.receipt import Parked, ParkReason, Receipt
from sync.sync_store import Progress, SyncStore, journals_of, parked_of, read_progress
from sync.uplink import merge

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
RECEIPT = Receipt("demo-1", "j1", 9, (), (Parked(4, ParkReason.OVERSIZE),), "e1", bytes(32), NOON, backed_up=6)


def test_the_backup_is_kept_with_the_centres_own_time(tmp_path):
    path = tmp_path / "sync.db"
    assert read_progress(path, "j1") == Progress()
    assert parked_of(path, "j1") is None
    store = SyncStore(path)
    store.receipted(RECEIPT, merge(Progress(), RECEIPT), [4], True, NOON + timedelta(days=400))
    held = read_progress(path, "j1")
    assert (held.watermark, held.backed_up, held.backed_up_at) == (9, 6, NOON)
    assert parked_of(path, "j1") == {4}
    assert journals_of(path) == ("j1",)
    later = merge(held, replace(RECEIPT, watermark=12, backed_up=0))
    assert later.backed_up == 0, "a centre that no longer says so is believed"
    store.close()


def test_a_file_of_an_older_version_is_read_and_extended(tmp_path):
    path = tmp_path / "sync.db"
    old = sqlite3.connect(path)
    old.executescript(
        "CREATE TABLE progress (journal TEXT PRIMARY KEY, watermark INTEGER NOT NULL, ranges TEXT NOT NULL,"
        " ledger_epoch TEXT NOT NULL, receipt TEXT NOT NULL, receipt_at TEXT NOT NULL) STRICT;"
        "INSERT INTO progress VALUES ('j1', 7, '[[9,9]]', 'e1', '', '2026-11-20T05:00:00.000Z');"
    )
    old.close()
    before = Progress(7, ((9, 9),), "e1")
    assert read_progress(path, "j1") == before
    store = SyncStore(path)
    assert store.progress("j1") == before
    store.receipted(RECEIPT, merge(before, RECEIPT), [], True, NOON)
    assert store.progress("j1").backed_up == 6
    store.close()
