"""G8: a full disk slows and never drops: photographs that are kept, then new ones, never the record."""

import hashlib
import os
import resource
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from station.journal import room
from station.journal.errors import JournalFull
from station.journal.journal import Journal, content
from sync.facts import FactKind, Priority

KEY = bytes(range(32))
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 40 MiB that is really full when it is full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may not mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def photograph(n):
    return hashlib.sha512(b"%d" % n).digest() * 1500  # 96,000 bytes


def fill_up(folder):
    """Somebody else takes all that is left."""
    with suppress(OSError), (folder / "somebody-elses").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def opened(folder):
    clock = iter(NOON + timedelta(seconds=n) for n in range(10**6))
    return Journal(folder / "journal.db", KEY, "demo-1", lambda: next(clock), os.urandom)


def screening(book, n, pictures=()):
    said = {"n": n, "filler": "z" * 2400, "picture": [hashlib.sha256(p).hexdigest() for p in pictures]}
    return book.append(FactKind.SCREENING, Priority.NORMAL, said, subject=f"s{n}", pictures=pictures)


def test_photographs_give_way_oldest_first_and_every_record_is_saved(small_disk):
    book = opened(small_disk)
    assert room.reserve_of(small_disk / "journal.db").exists()
    for n in range(40):
        screening(book, n, [photograph(n)])
    kept = [hashlib.sha256(photograph(n)).hexdigest() for n in range(40)]
    assert all(book.picture(name) for name in kept)
    fill_up(small_disk)
    assert os.statvfs(small_disk).f_bavail == 0
    saved = 0
    for n in range(40, 1000):
        try:
            screening(book, n)
        except JournalFull:
            break
        saved += 1
    assert saved > 400, "the room of the photographs was used for records"
    there = [bool(book.picture(name)) for name in kept]
    assert there == sorted(there), "the oldest went first"
    assert not there[0]
    statements = book.newest(FactKind.PURGE, 100)
    assert sum(content(each)["photographs"]["count"] for each in statements) == there.count(False)
    assert {content(each)["photographs"]["rule"] for each in statements} == {"disk_full"}
    assert book.count(FactKind.SCREENING) == 40 + saved
    assert book.verify().holds
    (small_disk / "somebody-elses").unlink()
    screening(book, 1001)
    book.close()
    again = opened(small_disk)
    assert again.count(FactKind.SCREENING) == 40 + saved + 1
    again.close()


def test_with_no_photographs_left_a_new_one_is_refused_before_a_record(small_disk):
    book = opened(small_disk)
    screening(book, 0)
    fill_up(small_disk)
    with pytest.raises(JournalFull):
        screening(book, 1, [os.urandom(3 * 2**20)])
    head = book.head()
    assert screening(book, 1).sequence == head[0] + 1, "the record alone still fits: the reserve was given up for it"
    assert book.verify().holds
    book.close()


def test_a_file_that_may_not_grow_loses_nothing_either(tmp_path):
    """The same by a limit on the size of files, where no file system can be mounted."""
    ran = os.fork()
    if ran == 0:
        code = 1
        try:
            book = opened(tmp_path)
            saved = 1
            resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 2**20, 2 * 2**20))
            import signal

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            with suppress(Exception):
                for n in range(5000):
                    screening(book, n)
                    saved += 1
            code = 0 if 50 < saved < 5000 and book.head()[0] == saved and book.verify().holds else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(ran, 0)[1]) == 0
    book = opened(tmp_path)
    assert book.verify().holds
    book.close()


def test_the_reserve_is_set_aside_again_when_there_is_room(tmp_path):
    book = opened(tmp_path)
    room.reserve_of(tmp_path / "journal.db").unlink()
    room.keep_reserve(tmp_path / "journal.db")
    assert room.reserve_of(tmp_path / "journal.db").stat().st_size == room.RESERVE_BYTES
    book.close()
