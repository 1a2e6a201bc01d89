"""The disk layer over the standard module's SQLite, and what a power cut leaves of its files."""

import ctypes.util
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sync.faults.disk import DiskLayer, Doing, FullAfter, Refusal
from sync.faults.powercut import Deleted, Noted, Platter, Synced, Truncated, Written, cuts

NAME = ctypes.util.find_library("sqlite3")
pytestmark = pytest.mark.skipif(NAME is None, reason="this Python has SQLite inside, not as a library")
SQLITE = Path(NAME or "")


def store(folder: Path, synchronous: str = "FULL") -> sqlite3.Connection:
    file = sqlite3.connect(folder / "store.db", isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute(f"PRAGMA synchronous = {synchronous}")
    file.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, x BLOB)")
    return file


def run(folder: Path, synchronous: str = "FULL", rows: int = 60) -> DiskLayer:
    """A store that says after each row that it is saved."""
    with DiskLayer(SQLITE, record=True) as disk:
        file = store(folder, synchronous)
        for number in range(1, rows + 1):
            file.execute("INSERT INTO t VALUES (?, ?)", (number, bytes(700)))
            disk.note(number)
        file.close()
    return disk


def lost(disk: DiskLayer, folder: Path) -> int:
    """How many of 80 cuts lost a row that was said to be saved, or left a file that is not whole."""
    chosen = set(random.Random(5).sample(range(len(disk.acts)), 80))
    return sum(
        _is_lost(folder / str(remains.acts), remains.files, remains.noted) for remains in cuts(disk.acts, chosen, 5)
    )


def _is_lost(folder: Path, files: dict[str, bytes], noted: int) -> bool:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    file = sqlite3.connect(folder / "store.db")
    try:
        found = file.execute("SELECT n FROM t ORDER BY n").fetchall()
        whole = file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        return noted > 0
    finally:
        file.close()
    return not whole or [n for (n,) in found][:noted] != list(range(1, noted + 1))


def test_a_store_with_full_sync_survives_every_cut(tmp_path):
    assert lost(run(tmp_path), tmp_path) == 0


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_a_store_that_does_not_sync_is_caught(tmp_path, synchronous):
    assert lost(run(tmp_path, synchronous), tmp_path) > 0


def fill(file: sqlite3.Connection) -> None:
    for number in range(1000):
        file.execute("INSERT INTO t VALUES (?, ?)", (number, bytes(700)))


def test_a_full_disk_refuses_and_the_store_goes_on_when_there_is_room(tmp_path):
    room = FullAfter(200_000)
    with DiskLayer(SQLITE, room) as disk:
        file = store(tmp_path)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            fill(file)
        assert disk.refused == 1
        ((written,),) = file.execute("SELECT count(*) FROM t")
        assert written > 20
        room.room = 10**9
        file.execute("INSERT INTO t VALUES (?, ?)", (written, bytes(700)))
        assert file.execute("SELECT count(*) FROM t").fetchone() == (written + 1,)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        file.close()


def test_a_failing_sync_is_an_error_of_the_append(tmp_path):
    bad = [False]
    with DiskLayer(SQLITE, lambda doing, *_: Refusal(10 * (bad[0] and doing is Doing.SYNC))):
        file = store(tmp_path)
        bad[0] = True
        with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
            file.execute("INSERT INTO t VALUES (1, NULL)")
        bad[0] = False
        file.execute("INSERT INTO t VALUES (1, NULL)")
        file.close()


def test_another_process_sees_the_same_store_while_it_is_written(tmp_path):
    look = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM t').fetchone())"
    with DiskLayer(SQLITE):
        file = store(tmp_path)
        for number in range(1, 4):
            file.execute("INSERT INTO t VALUES (?, NULL)", (number,))
            asked = [sys.executable, "-c", look, str(tmp_path / "store.db")]
            assert subprocess.run(asked, capture_output=True, check=True).stdout.split() == [str(number).encode()]
        assert {path.name for path in tmp_path.iterdir()} == {"store.db", "store.db-wal", "store.db-shm"}
        file.close()


def test_outside_the_layer_files_are_the_systems_own_again(tmp_path):
    with DiskLayer(SQLITE, record=True) as disk:
        pass
    file = store(tmp_path)
    file.execute("INSERT INTO t VALUES (1, NULL)")
    file.close()
    assert disk.acts == []


class Fate(random.Random):
    """Draws what a test says."""

    def __init__(self, fate: str, chance: float = 0.0) -> None:
        super().__init__(1)
        self.fate, self.chance = fate, chance

    def choice(self, seq):
        return self.fate

    def random(self):
        return self.chance


def platter(*acts):
    found = Platter()
    for act in acts:
        found.take(act)
    return found


def test_what_was_synced_stays_and_the_rest_goes_or_stays():
    disk = platter(Written("f", 0, b"aaaa"), Synced("f"), Written("f", 2, b"bb"), Truncated("f", 3), Noted(1))
    assert disk.cut(Fate("dropped")) == {"f": b"aaaa"}
    assert disk.cut(Fate("kept")) == {"f": b"aab"}


def test_a_torn_write_is_torn_at_sectors_and_harms_no_byte_beside_it():
    disk = platter(Written("f", 0, b"a" * 2000), Synced("f"), Written("f", 300, b"b" * 1000))
    seen = {disk.cut(random.Random(seed))["f"] for seed in range(200)}
    assert len(seen) > 4
    for data in seen:
        assert data[:300] == b"a" * 300
        assert data[1300:] == b"a" * 700
        for begin, end in ((300, 512), (512, 1024), (1024, 1300)):
            assert len(set(data[begin:end])) == 1


def test_a_deleted_name_may_come_back_until_the_folder_is_synced():
    acts = Written("j", 0, b"old"), Synced("j"), Deleted("j", durable=False), Written("w", 0, b"new")
    assert platter(*acts, Synced("w")).cut(Fate("dropped")) == {"j": b"old", "w": b"new"}
    assert platter(*acts, Synced("w", folder=True)).cut(Fate("dropped")) == {"w": b"new"}
    assert platter(*acts[:2], Deleted("j", durable=True)).cut(Fate("dropped")) == {}


def test_the_number_noted_is_the_last_before_the_cut():
    acts = [Written("f", 0, b"a"), Synced("f"), Noted(1), Written("f", 1, b"b"), Synced("f"), Noted(2)]
    assert [(r.acts, r.noted) for r in cuts(acts, {0, 3, 5, 6}, 1)] == [(0, 0), (3, 1), (5, 1), (6, 2)]
