"""What is erased, when, under which statement; and that nothing of it is left anywhere."""

import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.settings import RetentionSettings
from station.journal.journal import Journal, content
from station.journal.purging import is_signed, signer
from station.journal.reader import JournalReader
from station.journal.retention import Backup, backup_of, purge
from sync.facts import FactKind, Priority
from sync.receipt import Receipt
from sync.sync_store import SyncStore
from sync.uplink import merge

KEY = bytes(range(32))
START = datetime(2026, 8, 1, 5, 0, tzinfo=UTC)
SIGN = Ed25519PrivateKey.from_private_bytes(bytes(32))
RETENTION = RetentionSettings(screening=90, complaint=90, operation=30, photograph_hours=72)
LATER = START + timedelta(days=100)


class Book:
    """A journal with a clock that a test sets."""

    def __init__(self, folder):
        self.path, self.now = folder / "journal.db", START
        self.journal = Journal(self.path, KEY, "demo-1", lambda: self.now, os.urandom)
        self.journal.sign = signer(SIGN)

    def screenings(self, count, picture=False):
        for n in range(count):
            name = f"MARKER-{self.now:%m%d}-{n}"
            pictures = [b"\xff\xd8" + name.encode() * 300] if picture else []
            said = {"document": {"surname": name}, "filler": "xy"[self.now == START] * 5000 if n == 1 else ""}
            self.journal.append(FactKind.SCREENING, Priority.NORMAL, said, subject=f"s{n}", pictures=pictures)


@pytest.fixture
def book(tmp_path):
    made = Book(tmp_path)
    made.screenings(4)
    made.journal.append(FactKind.SHIFT, Priority.HEALTH, {"lane": "1"})
    made.now = START + timedelta(days=50)
    made.screenings(3)
    made.now = LATER
    made.screenings(2)
    yield made
    made.journal.close()


def backup(through=100, at=LATER, apart=()):
    return Backup(through, at, frozenset(apart))


def kept(journal):
    return [e.sequence for e in journal.entries(0, 100) if e.payload is not None]


def test_what_is_old_and_in_a_backup_is_erased_under_a_signed_statement(book):
    done = purge(book.journal, RETENTION, backup(), LATER)
    assert [(due.rule.name, due.ranges) for due in done.classes] == [("screening", ((2, 5),)), ("operation", ((6, 6),))]
    assert done.emptied
    assert kept(book.journal) == [1, 7, 8, 9, 10, 11, 12]
    said = content(book.journal.newest(FactKind.PURGE, 1)[0])
    assert [each["count"] for each in said["classes"]] == [4, 1]
    assert is_signed(said, SIGN.public_key())
    assert not is_signed(said | {"classes": []}, SIGN.public_key())
    assert not is_signed(said, Ed25519PrivateKey.from_private_bytes(b"1" * 32).public_key())
    found = book.journal.verify()
    assert (found.purged, found.broken_at, found.unstated, found.holds) == (5, None, 0, True)
    again = purge(book.journal, RETENTION, backup(), LATER)
    assert (again.count, book.journal.count(FactKind.PURGE)) == (0, 1), "a day without anything due writes nothing"


@pytest.mark.parametrize(
    ("held", "now", "gone"),
    [
        (Backup(), LATER, []),
        (backup(through=0), LATER, []),
        (backup(through=3), LATER, [2, 3]),
        (backup(apart=[3]), LATER, [2, 4, 5, 6]),
        (backup(at=START + timedelta(days=10)), LATER, []),
        (backup(), LATER + timedelta(days=3000), [2, 3, 4, 5, 6]),
        (backup(at=LATER + timedelta(days=3000)), START, []),
    ],
    ids=["never heard", "no backup", "backup of some", "parked", "old news", "clock ahead", "clock behind"],
)
def test_only_what_the_centre_holds_safely_by_its_own_time_is_erased(book, held, now, gone):
    purge(book.journal, RETENTION, held, now)
    everything = set(range(1, 12))
    assert sorted(everything - set(kept(book.journal))) == gone


def test_nothing_younger_than_72_hours_goes_whatever_is_set(book):
    keen = RETENTION.model_copy(update={"screening": 0.01, "operation": 0.01})
    purge(book.journal, keen, backup(at=LATER + timedelta(hours=71)), LATER + timedelta(hours=71))
    assert 10 in kept(book.journal)
    at = LATER + timedelta(hours=73)
    purge(book.journal, keen, backup(at=at), at)
    assert kept(book.journal)[:2] == [1, 12], "the opening and the statement"


def test_a_dry_run_changes_nothing(book):
    head = book.journal.head()
    done = purge(book.journal, RETENTION, backup(), LATER, dry_run=True)
    assert done.count == 5
    assert (book.journal.head(), book.journal.verify().purged) == (head, 0)


def test_photographs_go_after_hours_without_any_backup(book):
    book.screenings(3, picture=True)
    name = hashlib.sha256(b"\xff\xd8" + f"MARKER-{LATER:%m%d}-0".encode() * 300).hexdigest()
    assert purge(book.journal, RETENTION, Backup(), LATER + timedelta(hours=71)).photographs == 0
    assert book.journal.picture(name)
    done = purge(book.journal, RETENTION, Backup(), LATER + timedelta(hours=73))
    assert (done.photographs, done.count) == (3, 0)
    assert book.journal.picture(name) == b""
    said = content(book.journal.newest(FactKind.PURGE, 1)[0])
    assert said["photographs"] == {"count": 3, "rule": {"hours": 72}}
    assert book.journal.verify().holds


def decrypted(folder):
    """Every byte of the file and its log, in the clear, also of pages that are free."""
    from station.journal.salvage.pages import Pages

    pages = Pages(folder / "journal.db", KEY)
    body = b"".join(page.body for page in pages)
    assert all(page.good for page in pages)
    pages.close()
    return body


def test_no_byte_of_what_was_erased_is_left_in_pages_log_or_temporary_files(book, tmp_path):
    book.screenings(3, picture=True)
    marks = [f"MARKER-{START:%m%d}-{n}".encode() for n in range(4)]
    before = decrypted(tmp_path)
    assert all(mark in before for mark in marks), "the search itself finds what is there"
    at = LATER + timedelta(hours=80)
    assert purge(book.journal, RETENTION, backup(at=at), at).emptied
    after = decrypted(tmp_path)
    assert not [mark for mark in marks if mark in after]
    assert b"\xff\xd8MARKER" not in after
    assert b"y" * 200 in before
    assert b"y" * 20 not in after, "not in overflow pages either"
    assert f"MARKER-{LATER:%m%d}-0".encode() in after
    assert (tmp_path / "journal.db-wal").stat().st_size == 0
    for file in tmp_path.rglob("*"):
        assert b"MARKER" not in file.read_bytes(), file.name


def test_a_purge_that_was_cut_off_is_finished_by_the_next(book, monkeypatch):
    real, calls = book.journal.write, []

    def cut(change):
        calls.append(change)
        raise KeyboardInterrupt

    monkeypatch.setattr(book.journal, "write", cut)
    with pytest.raises(KeyboardInterrupt):
        purge(book.journal, RETENTION, backup(), LATER)
    assert calls
    monkeypatch.setattr(book.journal, "write", real)
    assert book.journal.verify().holds, "a statement ahead of its erasure is no damage"
    purge(book.journal, RETENTION, backup(), LATER)
    assert kept(book.journal)[:2] == [1, 7]


def test_an_erasure_without_a_statement_is_found(book):
    with book.journal._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET salt = NULL, payload = NULL WHERE sequence = 3")
    found = book.journal.verify()
    assert (found.unstated, found.broken_at, found.holds) == (1, None, False)


def test_what_sync_wrote_decides(book, tmp_path):
    name = book.journal.journal
    assert backup_of(tmp_path / "sync.db", name) == Backup()
    store = SyncStore(tmp_path / "sync.db")
    receipt = Receipt("demo-1", name, 8, (), (), "e", bytes(32), LATER, backed_up=4)
    store.receipted(receipt, merge(store.progress(name), receipt), [], True, LATER)
    store.close()
    held = backup_of(tmp_path / "sync.db", name)
    assert held == Backup(4, LATER, frozenset())
    purge(book.journal, RETENTION, held, LATER)
    assert kept(book.journal)[:3] == [1, 5, 6]
    reader = JournalReader(book.path, KEY)
    assert reader.verify().holds
    reader.close()
