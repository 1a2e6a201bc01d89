"""Journals that earlier versions made, and words that later ones will write."""

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station.journal.errors import KeyLost
from station.journal.journal import Draft, Journal, content
from station.journal.reader import JournalReader
from sync.batch import decode, encode, sign_head
from sync.facts import FactKind, Priority
from sync.keys import Ed25519PrivateKey

FIXTURES = Path(__file__).resolve().parent / "fixtures"
KEY = hashlib.sha256(b"invented key of the journals kept as fixtures").digest()
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
OLD = sorted(path.name for path in FIXTURES.glob("*.db"))


def opened(path):
    return Journal(path, KEY, "demo-1", lambda: NOW, os.urandom)


def test_every_earlier_revision_has_its_file():
    versions = Path(__import__("station.journal.migrations.versions", fromlist=["x"]).__path__[0])
    revisions = sorted(path.name[:4] for path in versions.glob("0*.py"))
    assert [name.removesuffix(".db") for name in OLD] == revisions[:-1], "keep a file of each"


@pytest.mark.parametrize("name", OLD)
def test_an_old_journal_is_read_migrated_verified_appended_and_sent(tmp_path, name):
    path = tmp_path / "journal.db"
    shutil.copy(FIXTURES / name, path)
    before = JournalReader(path, KEY)
    assert before.verify().holds, "a reader does not need the migration: sync may start before the kiosk"
    old, head = list(before.entries(0, 100)), before.head()
    assert {str(e.priority) for e in old} == {"alert", "normal"}
    assert len(before.about("0198-0003")) == 1
    before.close()
    book = opened(path)
    assert list(book.entries(0, 100)) == old
    assert book.head() == head
    assert book.verify().holds
    added = book.append(FactKind.DECLARATION, Priority.NORMAL, {"n": 99}, subject="new", pictures=[b"paper"])
    assert added.sequence == 14
    assert book.verify().holds
    assert book.picture(hashlib.sha256(b"paper").hexdigest()) == b"paper"
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    everything = list(book.entries(0, 100))
    wire = encode(book.station, book.journal, sign_head(key, "demo-1", book.journal, *book.head(), 0, NOW), everything)
    batch = decode(wire)
    assert list(batch.entries) == everything
    assert not batch.parked
    with book._engine.begin() as connection:  # an old row that lost its checksum is none; a new one is damaged
        connection.exec_driver_sql("DROP TRIGGER entry_fixed")
        connection.exec_driver_sql("UPDATE entry SET checksum = NULL WHERE sequence = 14")
        connection.exec_driver_sql("UPDATE entry SET checksum = NULL WHERE sequence = 5")
    assert book.verify().holds, "rows of before have none"
    book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 100})
    book.append(FactKind.SCREENING, Priority.NORMAL, {"n": 101})
    with book._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET checksum = NULL WHERE sequence = 16")
    assert book.verify().broken_at == 16
    book.close()


def test_pictures_of_an_old_journal_are_still_there(tmp_path):
    shutil.copy(FIXTURES / "0002.db", tmp_path / "journal.db")
    book = opened(tmp_path / "journal.db")
    named = [content(e)["picture"] for e in book.entries(0, 100) if "picture" in content(e)]
    assert len(named) == 3
    assert all(book.picture(name).startswith(b"\xff\xd8") for name in named)
    book.close()


def test_a_fixture_has_its_own_key(tmp_path):
    shutil.copy(FIXTURES / "0001.db", tmp_path / "journal.db")
    with pytest.raises(KeyLost):
        JournalReader(tmp_path / "journal.db", bytes(32))


def test_kinds_and_priorities_of_a_later_version_are_kept_as_words(tmp_path):
    book = opened(tmp_path / "journal.db")
    later = [
        Draft("from_a_later_year", Priority.NORMAL, NOW, {"n": 1}),
        Draft(FactKind.SCREENING, "most_urgent", NOW, {"n": 2}),
        Draft(FactKind.SCREENING, Priority.NORMAL, NOW, {"n": 3}),
    ]
    assert book.extend(later) == 3
    book.close()
    reader = JournalReader(tmp_path / "journal.db", KEY)
    read = list(reader.entries(1, 10))
    assert [(str(e.kind), str(e.priority)) for e in read] == [
        ("from_a_later_year", "normal"), ("screening", "most_urgent"), ("screening", "normal"),
    ]  # fmt: skip
    assert read[1].kind is FactKind.SCREENING
    assert not isinstance(read[0].kind, FactKind)
    assert reader.verify().holds
    reader.close()
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    batch = decode(
        encode("demo-1", reader.journal, sign_head(key, "demo-1", reader.journal, 4, bytes(32), 0, NOW), read)
    )
    assert batch.sequences() == [2, 3, 4], "the centre holds each of them, in its ledger or apart"
    assert {3, 4} <= {e.sequence for e in batch.entries}
