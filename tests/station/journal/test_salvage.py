"""A damaged journal: the lane starts, what is readable goes on, what is lost is counted (G15)."""

import hashlib
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import damage
from damage import KEY, NOON, flip, make, paths_in, receipted, zero

from config.settings import RetentionSettings
from station.journal.care import once
from station.journal.database import mark_of
from station.journal.errors import JournalFaulty, KeyLost
from station.journal.journal import Journal, content
from station.journal.opening import open_for_writing, open_reader
from station.journal.reader import JournalReader
from station.journal.salvage.carving import carve
from station.journal.salvage.pages import Pages
from station.journal.salvage.records import records
from station.journal.salvage.salvage import note_of
from sync.facts import FactKind, Priority, chain_before


def start(paths, station="demo-1"):
    return open_for_writing(paths, station, lambda: NOON + timedelta(hours=1))


def origins(journal):
    return [content(e)["origin"]["sequence"] for e in journal.entries(1, 1000)]


WAYS = [
    damage.flipped_bits, damage.truncated, damage.log_gone, damage.zeroed_pages, damage.wrong_header, damage.emptied,
    damage.rubbish_at_the_end,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("logged", [False, True], ids=["checkpointed", "with a log"])
def test_the_lane_starts_and_every_entry_is_carried_held_or_counted_as_lost(tmp_path, way, logged):
    if way is damage.log_gone and not logged:
        pytest.skip("there is no log to lose")
    paths, old = make(tmp_path, checkpoint=not logged)
    receipted(paths, old, 20, ((28, 28), (37, 37)))
    way(paths)
    opened = start(paths)
    book = opened.journal
    (aside,) = tmp_path.glob("journal-damaged-*.db")
    assert aside.name in opened.trouble
    first = content(next(book.entries(0, 1)))
    told, carried = first["salvage"], origins(book)
    lost = {n for a, b in told["gaps"] for n in range(a, b + 1)}
    held = {*range(1, 21), 28, 37}
    assert book.journal != old
    assert told["copied"] == len(carried)
    assert told["lost"] == len(lost)
    assert carried == sorted(set(carried))
    assert not held & (set(carried) | lost), "what the centre holds is neither sent again nor called lost"
    assert held | set(carried) | lost == set(range(1, max(told["head"], 37) + 1)), "nothing is unaccounted for"
    assert told["journal"] in (old, None, "")
    for entry in book.entries(1, 1000):
        said = content(entry)
        n = said["origin"]["sequence"]
        assert said["n"] == n - 2
        assert said["filler"].strip("z") == ""
        assert entry.priority is (Priority.ALERT if (n - 2) % 9 == 0 else Priority.NORMAL)
        assert entry.recorded_at == NOON + timedelta(seconds=n)
    assert book.verify().holds
    book.append(FactKind.SCREENING, Priority.NORMAL, {"n": "next"})
    book.close()
    again = start(paths)
    assert (again.trouble, again.journal.journal) == ("", book.journal), "it is salvaged once"
    again.journal.close()


def test_one_flipped_bit_loses_at_most_one_entry(tmp_path):
    """A bit in the row's ciphertext spoils two blocks of AES-CBC; the page's other rows prove themselves."""
    rng, worst = random.Random(11), 0
    paths, old = make(tmp_path)
    whole, size = paths.journal.read_bytes(), paths.journal.stat().st_size
    everything = set(carve(paths.journal, KEY).rows)
    assert len(everything) == 61
    for _ in range(60):
        paths.journal.write_bytes(whole)
        flip(paths.journal, rng.randrange(size), rng.randrange(8))
        found = carve(paths.journal, KEY, [old])
        assert found.bad_pages >= 1
        assert set(found.rows) <= everything
        worst = max(worst, 61 - len(found.rows))
    assert worst <= 3, worst


def test_a_flipped_bit_on_disk_is_found_by_verify_and_by_reading(tmp_path):
    rng = random.Random(5)
    paths, _ = make(tmp_path)
    whole, size = paths.journal.read_bytes(), paths.journal.stat().st_size
    by_verify = by_reading = 0
    for _ in range(40):
        paths.journal.write_bytes(whole)
        flip(paths.journal, rng.randrange(PAGE_TWO, size), rng.randrange(8))
        reader = JournalReader(paths.journal, KEY)
        by_verify += not reader.verify().holds
        try:
            list(reader.entries(0, 1000))
            list(reader.about("s3"))
        except JournalFaulty:
            by_reading += 1
        reader.close()
    assert by_verify == 40
    assert by_reading >= 20, "the pages of the entries; the others hold indexes and free space"


PAGE_TWO = damage.PAGE


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("kind", "'screeninh'"), ("priority", "'normam'"), ("recorded_at", "'2026-11-20T05:00:09.000Z'"),
        ("payload_sha256", "zeroblob(32)"), ("chain_sha256", "zeroblob(32)"), ("salt", "zeroblob(16)"),
        ("payload", "CAST('{}' AS BLOB)"), ("subject", "'s77'"), ("checksum", "zeroblob(16)"), ("checksum", "NULL"),
        ("salt", "NULL"), ("recorded_at", "'never'"),
    ],
)  # fmt: skip
def test_a_change_of_any_column_is_found_by_verify(tmp_path, column, change):
    book = Journal(tmp_path / "journal.db", KEY, "demo-1", lambda: NOON, os.urandom)
    for n in range(6):
        book.append(FactKind.SCREENING, Priority.NORMAL, {"n": n}, subject=f"s{n}")
    assert book.verify().holds
    with book._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_fixed")
        connection.exec_driver_sql(f"UPDATE entry SET {column} = {change} WHERE sequence = 4")
    assert book.verify().broken_at == 4
    if change != "NULL" or column != "checksum":
        with pytest.raises(JournalFaulty, match="entry 4"):
            book.newest(FactKind.SCREENING, 10) if column != "kind" else list(book.about("s2"))
    book.close()


def test_a_damaged_photograph_is_found(tmp_path):
    book = Journal(tmp_path / "journal.db", KEY, "demo-1", lambda: NOON, os.urandom)
    book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 1}, pictures=[b"paper"])
    with book._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER picture_fixed")
        connection.exec_driver_sql("UPDATE picture SET body = x'00'")
    assert book.verify().bad_pictures == 1
    with pytest.raises(JournalFaulty, match="photograph"):
        book.picture(hashlib.sha256(b"paper").hexdigest())
    book.close()


def page_of(path, sequence):
    """The number of the page that holds that entry."""
    pages = Pages(path, KEY)
    try:
        for page in pages:
            for readings in records(pages, page):
                if readings[0][0] == sequence and len(readings[0][1]) == 10:
                    return page.number
    finally:
        pages.close()
    raise AssertionError("there is no such entry")


def test_damage_that_only_the_daily_walk_sees_is_salvaged_at_the_next_start(tmp_path):
    paths, old = make(tmp_path, entries=1500, length=30)
    zero(paths.journal, page_of(paths.journal, 100))
    opened = start(paths)
    assert not opened.trouble, "the end of the journal holds: the lane starts at once"
    done = once(paths, opened.journal, RetentionSettings(), NOON + timedelta(hours=2))
    assert done.trouble()
    assert done.found.broken_at <= 100
    assert done.found.bad_pages == 1
    opened.journal.close()
    assert mark_of(paths.journal).exists()
    again = start(paths)
    told = content(next(again.journal.entries(0, 1)))["salvage"]
    assert told["journal"] == old
    assert 0 < told["lost"] < 30
    assert any(a <= 100 <= b for a, b in told["gaps"])
    assert str(told["lost"]) in again.trouble
    assert not mark_of(paths.journal).exists()
    again.journal.close()


def test_the_new_journal_continues_the_old_head(tmp_path):
    paths, old = make(tmp_path)
    before = carve(paths.journal, KEY)
    zero(paths.journal, 4)
    book = start(paths).journal
    first = next(book.entries(0, 1))
    previous = content(first)["previous"]
    assert previous["journal"] == old
    assert chain_before(first).hex() == previous["chain_sha256"]
    if previous["sequence"] == before.head[0]:
        assert bytes.fromhex(previous["chain_sha256"]) == before.head[1]
    book.close()


def test_a_salvage_that_is_killed_anywhere_is_finished_by_the_next_start(tmp_path):
    rng, rounds = random.Random(9), 8
    master, _ = make(tmp_path / "master", entries=150)
    damage.zeroed_pages(master)
    expected = None
    for turn in range(rounds):
        folder = tmp_path / f"turn{turn}"
        (folder / "keys").mkdir(parents=True)
        paths = paths_in(folder)
        for source, target in ((master.journal, paths.journal), (master.journal_key, paths.journal_key)):
            target.write_bytes(source.read_bytes())
            target.chmod(0o600)
        wait = rng.uniform(0.0, 0.12) if turn else 0
        for _ in range(3):
            child = os.fork()
            if child == 0:
                try:
                    start(paths).journal.close()
                finally:
                    os._exit(0)
            time.sleep(wait)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        opened = start(paths)
        found = origins(opened.journal)
        expected = expected or found
        assert found == expected
        assert opened.journal.verify().holds
        assert not note_of(paths.journal).exists()
        (aside,) = folder.glob("journal-damaged-*.db")
        assert aside.read_bytes() == master.journal.read_bytes(), "the damaged file is kept as it was"
        opened.journal.close()
    assert len(expected) > 100


def test_another_key_is_no_damage(tmp_path):
    paths, _ = make(tmp_path)
    paths.journal_key.write_text(bytes(32).hex())
    opened = start(paths)
    assert "does not open with this key" in opened.trouble
    assert list(tmp_path.glob("journal-unreadable-*.db"))
    assert not list(tmp_path.glob("journal-damaged-*.db"))
    opened.journal.close()


def test_a_reader_finds_the_salvaged_journal(tmp_path):
    paths, _ = make(tmp_path)
    zero(paths.journal, 1)
    with pytest.raises((JournalFaulty, KeyLost)):
        open_reader(paths).close()
    start(paths).journal.close()
    reader = open_reader(paths)
    assert reader.verify().holds
    reader.close()
