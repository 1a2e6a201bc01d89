"""Consumers follow the ledger by cursor: nothing is skipped, whatever commits when."""

import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scale_kit import STATIONS, everything, journal_of, ledger_of, take

from sync.centre.cursor import Follower


@pytest.fixture
def database(database_url, tmp_path):
    with ledger_of(tmp_path, database_url) as opened:
        yield opened


def address(told):
    return (told.entry.station, told.entry.journal, told.entry.sequence)


def drain(follower, limit=20):
    found = []
    while (news := follower.next(limit)) is not None:
        found += map(address, news.entries)
        follower.done(news)
    return found


def test_news_come_until_they_are_done_and_then_no_more(database):
    journal = journal_of(30)
    take(database, journal, 0, 20)
    follower = Follower(database, "board")
    first = follower.next()
    assert [told.entry for told in first.entries] == list(journal.entries(0, 20))
    assert {told.checkpoint for told in first.entries} == {"demo"}
    assert follower.next() == first
    follower.done(first)
    assert follower.next() is None
    take(database, journal, 0, 20)  # a repeat is no news
    assert follower.next() is None
    take(database, journal, 10, 20)
    assert [told.entry.sequence for told in follower.next().entries] == list(range(21, 31))
    assert follower.behind() == 1
    assert len(drain(Follower(database, "another"))) == 30


def test_news_may_have_holes(database):
    journal = journal_of(9)
    for sequence in (2, 5, 6):
        take(database, journal, sequence - 1, 1)
    take(database, journal, 0, 9)
    follower = Follower(database, "board")
    assert [told.entry.sequence for told in follower.next().entries] == [2, 5, 6, 1, 3, 4, 7, 8, 9]


def test_a_station_with_a_backlog_starves_no_other(database):
    long, short = journal_of(40), journal_of(2, "demo-2", 2)
    for after in range(40):
        take(database, long, after, 1)
    take(database, short, 0, 2)
    seen = {told.entry.station for told in Follower(database, "board").next(2).entries}
    assert seen == {"demo-1", "demo-2"}


def test_starting_again_gives_everything_again(database):
    take(database, journal_of(5), 0, 5)
    follower = Follower(database, "board")
    once = drain(follower)
    follower.start_again()
    assert drain(follower) == once


def test_a_cursor_does_not_go_back(database):
    journal = journal_of(3)
    follower = Follower(database, "board")
    take(database, journal, 0, 1)
    early = follower.next()
    take(database, journal, 1, 2)
    drain(follower)
    follower.done(early)
    assert follower.next() is None


def test_after_a_restore_everything_comes_again(database):
    """The restored ledger gives position 2 to another entry than the one that the consumer knows by it."""
    journal = journal_of(3)
    follower = Follower(database, "board")
    for after in range(3):
        take(database, journal, after, 1)
    drain(follower)
    with database.transaction() as connection:  # as a backup from before the second entry leaves it
        connection.execute("DELETE FROM ledger_key WHERE sequence > 1")
        connection.execute("DELETE FROM ledger_payload WHERE sequence > 1")
        connection.execute("DELETE FROM feed WHERE position > 1")
        connection.execute("UPDATE feed_head SET position = 1")
        connection.execute("INSERT INTO ledger_epoch VALUES (gen_random_uuid(), now() + interval '1 second')")
    take(database, journal, 1, 2)
    assert {sequence for _, _, sequence in drain(follower)} == {1, 2, 3}
    assert follower.next() is None


def test_what_is_purged_comes_without_its_content(database):
    take(database, journal_of(2), 0, 2)
    with database.transaction() as connection:
        connection.execute("DELETE FROM ledger_payload WHERE sequence = 1")
    first, second = Follower(database, "board").next().entries
    assert (first.entry.salt, first.entry.payload) == (None, None)
    assert second.entry.payload is not None


def test_no_cursor_skips_a_row_while_writers_commit_in_any_order(database, database_url):
    """Six writers, three stations, transactions of random length, two followers that read all the while."""
    with database.transaction() as connection:  # the commit comes late and at random, after the position was given
        connection.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(random() * 0.01); RETURN NULL; END $$"
        )
        connection.execute("CREATE TRIGGER zz AFTER INSERT ON feed EXECUTE FUNCTION dawdle()")
    journals = {(s, n): journal_of(60, s, n) for n, s in enumerate(STATIONS * 2)}
    writing, seen = threading.Event(), {"a": Counter(), "b": Counter()}
    writing.set()

    def write(journal):
        for after in range(0, 60, 2):
            take(database, journal, after, 2)

    def follow(name):
        follower, last, draw = Follower(database, name), dict.fromkeys(STATIONS, 0), random.Random(name)
        while True:
            over = not writing.is_set()
            news = follower.next(draw.randint(1, 7))
            if news is None:
                if over:
                    return
                continue
            for station, position in news.positions:
                assert position > last[station]
                last[station] = position
            seen[name].update(map(address, news.entries))
            follower.done(news)

    writers = [threading.Thread(target=write, args=(journal,)) for journal in journals.values()]
    followers = [threading.Thread(target=follow, args=(name,)) for name in seen]
    for thread in writers + followers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    for thread in followers:
        thread.join()
    whole = everything(database)
    assert len(whole) == 360
    for found in seen.values():
        assert set(found) == whole
        assert set(found.values()) == {1}
    with database.transaction() as connection:
        holes = connection.execute(
            "SELECT station FROM feed GROUP BY station HAVING max(position) <> count(*) OR min(position) <> 1"
        ).fetchall()
    assert holes == []


def test_positions_of_a_sequence_would_be_skipped(database_url):
    """Why the position is not a plain sequence: the same race, planted, loses a row."""
    with psycopg.connect(database_url) as slow, psycopg.connect(database_url, autocommit=True) as quick:
        quick.execute("CREATE TABLE naive (position bigserial, name text)")
        slow.execute("INSERT INTO naive (name) VALUES ('slow')")
        quick.execute("INSERT INTO naive (name) VALUES ('quick')")
        cursor = quick.execute("SELECT max(position) FROM naive").fetchone()[0]
        slow.commit()
        assert quick.execute("SELECT name FROM naive WHERE position > %s", (cursor,)).fetchall() == []


def test_the_same_race_skips_nothing_here_also_without_the_ledgers_own_lock(database, database_url):
    """The second writer waits for the first one's commit, although nothing but the trigger orders them."""
    put = (
        "INSERT INTO ledger_key (station, journal, sequence, kind, priority, recorded_at, received_at, payload_sha256,"
        " chain_sha256) VALUES ('demo-1', '00000000-0000-4000-8000-000000000001', %s, 'screening', 'normal', now(),"
        " now(), '', '')"
    )
    follower = Follower(database, "board")
    with psycopg.connect(database_url) as slow:
        slow.execute(put, (1,))

        def second():
            with psycopg.connect(database_url, autocommit=True) as quick:
                quick.execute(put, (2,))

        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        assert follower.next() is None
        slow.commit()
        thread.join()
    assert [sequence for _, _, sequence in drain(follower)] == [1, 2]
