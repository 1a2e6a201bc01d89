"""G6 on a disk that is really full: what was said to be saved stays, and the journal goes on when there is room."""

import os
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station.journal.errors import JournalError
from station.journal.journal import Journal
from station.soak.payloads import at, invent
from sync.facts import FactKind, Priority

KEY = bytes(range(32))
_MEGABYTE = 2**20


def now() -> datetime:
    return datetime.now(UTC)


def open_(folder: Path) -> Journal:
    return Journal(folder / "journal.db", KEY, "soak-full", now, os.urandom)


def fill(journal: Journal, most: int = 20_000) -> list[int]:
    """Append until the disk says no; the sequences that were said to be saved."""
    saved: list[int] = []
    while len(saved) < most:
        try:
            payload = at(invent(1, "soak-full", len(saved))[0], now())
            saved.append(journal.append(FactKind.SCREENING, Priority.NORMAL, payload).sequence)
        except JournalError:
            break
    return saved


def check(folder: Path, before: list[int]) -> None:
    """With room again: all of it is there, and it goes on behind it."""
    journal = open_(folder)
    found = journal.verify()
    assert found.broken_at is None
    assert found.entries >= before[-1]
    after = journal.append(FactKind.SCREENING, Priority.NORMAL, {"screening": "after"})
    assert after.sequence == found.entries + 1
    journal.close()


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", "size=6m", "daan", str(folder)]
    if os.geteuid() != 0 or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk; the limit on a file's size is tested without")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_small_disk_fills_up_and_nothing_that_was_saved_is_lost(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(_MEGABYTE))
    journal = open_(small_disk)
    saved = fill(journal)
    assert len(saved) > 300
    assert saved == list(range(saved[0], saved[0] + len(saved)))
    ballast.unlink()
    assert fill(journal, 5) == list(range(saved[-1] + 1, saved[-1] + 6))
    journal.close()
    check(small_disk, saved)


def limited(folder: Path) -> None:
    """In a process of its own: no file may grow beyond two megabytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * _MEGABYTE, 2 * _MEGABYTE))
    for sequence in fill(open_(folder)):
        print(sequence)
    sys.stdout.flush()
    os._exit(0)


def test_a_file_that_may_not_grow_loses_nothing_either(tmp_path):
    done = subprocess.run([sys.executable, __file__, str(tmp_path)], capture_output=True, text=True, check=True)
    saved = [int(number) for number in done.stdout.split()]
    assert len(saved) > 100
    check(tmp_path, saved)


if __name__ == "__main__":
    limited(Path(sys.argv[1]))
