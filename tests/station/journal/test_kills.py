"""G1: saved means on disk. A writer is killed at random points; every append that returned is there."""

import os
import random
import select
import signal
import time
from datetime import UTC, datetime

import pytest

from station.journal.errors import JournalError
from station.journal.journal import Journal, content
from sync.facts import FactKind, Priority

KEY = bytes(range(32))


def open_book(folder):
    return Journal(folder / "journal.db", KEY, "demo-1", lambda: datetime.now(UTC), os.urandom)


def write_until_killed(folder, said):
    """In the child: append, and say each sequence once `append` has returned."""
    book = open_book(folder)
    rng = random.Random(os.getpid())
    while True:
        pictures = [rng.randbytes(5000)] if rng.random() < 0.1 else []
        body = {"x": "y" * rng.randrange(100, 9000), "pid": os.getpid()}
        fact = book.append(FactKind.SCREENING, Priority.NORMAL, body, pictures=pictures)
        os.write(said, b"%d\n" % fact.sequence)


def kill_once(folder, rng):
    """The highest sequence that the writer said it had saved; 0 when it did not come so far."""
    read, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            write_until_killed(folder, said)
        finally:
            os._exit(3)
    os.close(said)
    if rng.random() < 0.6:
        select.select([read], [], [], 10)  # at work, however slow the machine; the other kills hit it while it opens
    time.sleep(rng.uniform(0.0, 0.09))
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(read) as file:
        told = [int(line) for line in file.read().split("\n")[:-1] if line]
    assert os.WIFSIGNALED(status), "it was killed, and did not fail by itself"
    return max(told, default=0)


def survive(folder, kills, seed):
    rng, promised, wrote = random.Random(seed), 0, 0
    open_book(folder).close()
    for turn in range(kills):
        said = kill_once(folder, rng)
        wrote += said > promised
        promised = max(promised, said)
        if turn % 20 == 19 or turn == kills - 1:
            book = open_book(folder)
            assert book.head()[0] >= promised
            assert book.verify().holds
            book.close()
    return promised, wrote


def test_forty_kills_lose_nothing_that_was_saved(tmp_path):
    promised, wrote = survive(tmp_path, 40, seed=1)
    assert wrote >= 10, "most kills hit a writer at work"
    book = open_book(tmp_path)
    assert [e.sequence for e in book.entries(0, 10**6)][:promised] == list(range(1, promised + 1))
    assert all(content(e) for e in book.entries(0, 10**6))
    book.close()


@pytest.mark.slow
def test_a_thousand_kills_lose_nothing_that_was_saved(tmp_path):
    promised, wrote = survive(tmp_path, 1000, seed=2)
    assert wrote >= 250
    assert promised > 1000


def test_an_append_that_failed_is_not_there(tmp_path, monkeypatch):
    book = open_book(tmp_path)
    head = book.head()

    def broken(connection):
        raise_it = connection.exec_driver_sql
        raise_it("INSERT INTO entry (sequence) VALUES (1)")

    with pytest.raises(JournalError):
        book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 1}, also=broken)
    assert book.head() == head
    assert book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 2}).sequence == head[0] + 1
    assert book.verify().holds
    book.close()
