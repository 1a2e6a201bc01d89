"""The journal: durable, encrypted, append-only, chained."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from station.journal.errors import JournalBusy, JournalFaulty, JournalFull, KeyLost, KeyRefused
from station.journal.journal import Journal, content
from station.journal.keys.file import create_key, read_key
from station.journal.reader import JournalReader
from sync.facts import FactKind, Priority

KEY = bytes(range(32))
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def journal(folder: Path, station: str = "demo-1") -> Journal:
    return Journal(folder / "journal.db", KEY, station, lambda: NOON, os.urandom)


def test_append_reads_back_in_order_with_a_whole_chain(tmp_path):
    book = journal(tmp_path)
    for n in range(20):
        priority = Priority.ALERT if n % 5 == 0 else Priority.NORMAL
        book.append(FactKind.SCREENING, priority, {"n": n, "thai": "ด่าน"}, subject=f"s{n}")
    reader = JournalReader(tmp_path / "journal.db", KEY)
    assert [e.sequence for e in reader.entries(0, 100)] == list(range(1, 22))
    assert [content(e)["n"] for e in reader.alerts(0, 100)] == [0, 5, 10, 15]
    assert reader.verify().broken_at is None
    assert content(reader.about("s7")[0])["n"] == 7
    assert reader.head() == book.head()


def test_reopening_goes_on_in_the_same_journal(tmp_path):
    first = journal(tmp_path)
    first.append(FactKind.SCREENING, Priority.NORMAL, {"n": 1})
    name = first.journal
    first.close()
    second = journal(tmp_path)
    entry = second.append(FactKind.SCREENING, Priority.NORMAL, {"n": 2})
    assert (second.journal, entry.sequence) == (name, 3)
    assert second.verify().broken_at is None


def test_the_database_refuses_change_and_deletion_but_allows_a_purge(tmp_path):
    book = journal(tmp_path)
    book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 1})
    for statement in ("DELETE FROM entry", "UPDATE entry SET kind = 'x'", "UPDATE entry SET payload = x'00'"):
        with pytest.raises(IntegrityError, match="append-only"), book._engine.begin() as connection:
            connection.exec_driver_sql(statement)
    with book._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET salt = NULL, payload = NULL WHERE sequence = 2")
    found = book.verify()
    assert (found.purged, found.broken_at) == (1, None)


def test_a_planted_change_is_found(tmp_path):
    book = journal(tmp_path)
    for n in range(5):
        book.append(FactKind.SCREENING, Priority.NORMAL, {"n": n})
    with book._engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_fixed")
        connection.exec_driver_sql("UPDATE entry SET payload = x'7b7d' WHERE sequence = 4")
    assert book.verify().broken_at == 4


def test_nothing_readable_is_on_disk(tmp_path):
    book = journal(tmp_path)
    book.append(FactKind.SCREENING, Priority.NORMAL, {"name": "LINDQVARN-MARKER"})
    for file in tmp_path.iterdir():
        assert b"LINDQVARN-MARKER" not in file.read_bytes(), file.name
        assert b"SQLite format 3" not in file.read_bytes()[:16]
    assert (tmp_path / "journal.db").stat().st_mode & 0o077 == 0


def test_one_writer_at_a_time(tmp_path):
    book = journal(tmp_path)
    with pytest.raises(JournalBusy, match="stop the other"):
        journal(tmp_path)
    book.close()
    journal(tmp_path).close()


def test_a_wrong_key_a_foreign_file_and_another_station_are_refused(tmp_path, capfd):
    journal(tmp_path).close()
    with pytest.raises(KeyLost, match="right key file"):
        JournalReader(tmp_path / "journal.db", bytes(32))
    with pytest.raises(JournalFaulty, match="correct the profile"):
        journal(tmp_path, station="other-1")
    (tmp_path / "journal.db").write_bytes(b"SQLite format 3\x00" + bytes(4096))
    with pytest.raises(JournalFaulty, match="not encrypted"):
        JournalReader(tmp_path / "journal.db", KEY)
    assert KEY.hex() not in capfd.readouterr().err


def test_key_file_is_private_and_refused_when_it_is_not(tmp_path):
    path = tmp_path / "keys" / "journal.key"
    assert create_key(path, KEY) == read_key(path) == KEY
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        read_key(path)
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(KeyRefused, match="64 hexadecimal"):
        read_key(path)
    path.unlink()
    with pytest.raises(KeyLost, match="put it back"):
        read_key(path)


def test_a_full_disk_saves_nothing_and_says_so(tmp_path):
    book = journal(tmp_path)
    with book._engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")
    heads = [book.head()]

    def fill_up():
        while len(heads) < 200:
            book.append(FactKind.SCREENING, Priority.NORMAL, {"x": "y" * 900})
            heads.append(book.head())

    with pytest.raises(JournalFull, match="free space"):
        fill_up()
    assert book.head() == heads[-1]
    assert book.verify().broken_at is None


def test_a_picture_is_saved_with_its_record_under_its_digest_and_stays_out_of_the_chain(tmp_path):
    book = journal(tmp_path)
    body = b"\xff\xd8\xff a paper"
    digest = hashlib.sha256(body).hexdigest()
    for name in ("s1", "s2"):
        book.append(FactKind.SCREENING, Priority.NORMAL, {"picture": digest}, subject=name, pictures=[body])
    reader = JournalReader(tmp_path / "journal.db", KEY)
    assert reader.picture(digest) == body
    assert reader.picture("00") == b""
    assert reader.verify().broken_at is None
    assert body not in (tmp_path / "journal.db").read_bytes() + (tmp_path / "journal.db-wal").read_bytes()
    with book._engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute(f"PRAGMA max_page_count = {raw.execute('PRAGMA page_count').fetchone()[0] + 4}")
    head = book.head()
    with pytest.raises(JournalFull):
        book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 3}, pictures=[os.urandom(90_000)])
    assert book.head() == head, "record and picture together, or neither"
    book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 3})
    assert book.verify().broken_at is None
