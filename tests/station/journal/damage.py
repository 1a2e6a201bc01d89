"""A journal to damage, and the ways to damage it."""

import os
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.loader import load
from station.journal.journal import Journal
from station.paths import StationPaths, paths_of
from sync.facts import FactKind, Priority
from sync.keys import write_private
from sync.receipt import Receipt
from sync.sync_store import SyncStore
from sync.uplink import merge

KEY = bytes(range(32))
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
PAGE = 4096


def paths_in(folder: Path) -> StationPaths:
    """A station's paths in a folder."""
    return paths_of(load("demo", {"station": {"state": folder}, "journal": {"unlocked": folder / "run"}}))


def make(folder: Path, entries: int = 60, length: int = 700, checkpoint: bool = True) -> tuple[StationPaths, str]:
    """A journal of invented screenings, closed as a crash leaves it: with its log, unless `checkpoint`."""
    paths, work = paths_in(folder), folder / "work"
    (folder / "keys").mkdir(parents=True)
    write_private(paths.journal_key, KEY.hex().encode() + b"\n")
    clock = iter(NOON + timedelta(seconds=n) for n in range(10**6))
    book = Journal(work / "journal.db", KEY, "demo-1", lambda: next(clock), os.urandom)
    for n in range(entries):
        alert = Priority.ALERT if n % 9 == 0 else Priority.NORMAL
        size = length if n % 7 else 9 * length
        book.append(FactKind.SCREENING, alert, {"n": n, "filler": "z" * size}, subject=f"s{n}")
        if n == entries // 2 and not checkpoint:
            book.checkpoint()
    if checkpoint:
        book.checkpoint()
    for file in work.glob("journal.db*"):
        shutil.copy(file, folder / file.name)
    (folder / "journal.db-shm").unlink(missing_ok=True)
    name = book.journal
    book.close()
    shutil.rmtree(work)
    return paths, name


def receipted(paths: StationPaths, journal: str, watermark: int, ranges: tuple[tuple[int, int], ...] = ()) -> None:
    """The centre holds that much."""
    store = SyncStore(paths.sync)
    receipt = Receipt("demo-1", journal, watermark, ranges, (), "e1", bytes(32), NOON)
    store.receipted(receipt, merge(store.progress(journal), receipt), [], False, NOON)
    store.close()


def flip(path: Path, offset: int, bit: int = 0) -> None:
    """Flip one bit."""
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1 << bit]))


def zero(path: Path, page: int) -> None:
    """Zero one page; the first is 1."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(bytes(PAGE))


def flipped_bits(paths: StationPaths) -> None:
    rng = random.Random(4)
    size = paths.journal.stat().st_size
    for _ in range(6):
        flip(paths.journal, rng.randrange(PAGE, size), rng.randrange(8))


def truncated(paths: StationPaths) -> None:
    os.truncate(paths.journal, paths.journal.stat().st_size * 2 // 3 + 100)


def log_gone(paths: StationPaths) -> None:
    paths.journal.with_name("journal.db-wal").unlink()
    zero(paths.journal, 2)


def zeroed_pages(paths: StationPaths) -> None:
    for page in (1, 3, 5, 8):
        zero(paths.journal, page)


def wrong_header(paths: StationPaths) -> None:
    with paths.journal.open("r+b") as file:
        file.write(os.urandom(16))


def emptied(paths: StationPaths) -> None:
    os.truncate(paths.journal, 0)


def rubbish_at_the_end(paths: StationPaths) -> None:
    size = paths.journal.stat().st_size
    with paths.journal.open("r+b") as file:
        file.seek(size - 3 * PAGE)
        file.write(os.urandom(3 * PAGE))
