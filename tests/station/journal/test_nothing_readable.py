"""Strings of the store, its log and its temporary files hold no name, number or date of any demo traveller."""

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lane"))

from damage import KEY, paths_in, receipted, zero
from people import NOON, Bench, temperature

from config.settings import RetentionSettings
from models.regions import ReadState
from models.specimens.people import zone_name
from station.certificates.issuing.hcert import make_issuer
from station.certificates.verify import verify
from station.demonstration.cast import cast
from station.documents.mrz import parse
from station.evidence import CertificateRead, DocumentRead
from station.journal.export import export
from station.journal.journal import Journal
from station.journal.keys.file import create_key
from station.journal.opening import open_for_writing
from station.journal.purging import signer
from station.journal.retention import Backup, purge
from station.journal.salvage.pages import Pages
from station.lane.events import CertificateSeen, DocumentSeen
from sync.facts import FactKind
from sync.keys import Ed25519PrivateKey, X25519PrivateKey, public_bytes
from sync.sync_store import Progress

ISSUER = make_issuer(b"strings", NOON)
PEOPLE = cast(28, 7, ISSUER, NOON)
SIGN = Ed25519PrivateKey.from_private_bytes(bytes(32))


def told_of(traveller):
    """Every string by which somebody could be known."""
    person = traveller.person
    words = {
        person.surname, person.given_names, person.native_name, zone_name(person.surname),
        zone_name(person.given_names), person.document_number, *traveller.zone, traveller.certificate,
        person.birth_date.isoformat(), f"{person.birth_date:%y%m%d}", f"{person.birth_date:%d %b %Y}",
    }  # fmt: skip
    return {word.encode() for word in words if len(word.encode()) >= 5}


WORDS = set().union(*(told_of(each) for each in PEOPLE))


def pass_by(bench, traveller):
    zone = parse(traveller.zone, NOON.date())
    read = DocumentRead(f"d-{traveller.key}", bench.at, "camera", zone, ReadState.CLEAN, 0.99, 3)
    shown = verify(traveller.certificate, ISSUER.bundle(NOON), NOON)
    bench.feed(
        DocumentSeen(read),
        CertificateSeen(CertificateRead(f"c-{traveller.key}", bench.at, "camera", shown)),
        temperature(traveller.celsius[0]),
    )
    bench.later(20)
    bench.later(3, present=False)


def readable(folder):
    """What a thief's `strings` would find: file -> words."""
    found = {}
    for file in folder.rglob("*"):
        if file.is_file() and (hits := {word for word in WORDS if word in file.read_bytes()}):
            found[file.name] = len(hits)
    return found


@pytest.fixture
def station(tmp_path, monkeypatch):
    """A state folder with the screenings of the whole cast; temporary files go below it too."""
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "tmp").mkdir()
    paths = paths_in(tmp_path / "state")
    create_key(paths.journal_key, KEY)
    book = Journal(paths.journal, KEY, "demo-1", lambda: NOON, os.urandom)
    bench = Bench(book, refer_after=0.5)
    for traveller in PEOPLE:
        pass_by(bench, traveller)
    assert book.count(FactKind.SCREENING) >= 20
    return paths, book, tmp_path


def in_the_clear(path):
    pages = Pages(path, KEY)
    body = b"".join(page.body for page in pages)
    pages.close()
    return {word for word in WORDS if word in body}


def test_nothing_of_the_cast_is_readable_in_the_state_folder(station):
    paths, book, folder = station
    assert len(in_the_clear(paths.journal)) > 60, "the same search finds them once the pages are opened"
    assert readable(folder) == {}
    book.about("nobody")
    list(book.between(FactKind.SCREENING, NOON, NOON + timedelta(days=1)))
    with book._engine.begin() as connection:  # a sort that needs room of its own
        connection.exec_driver_sql("SELECT payload FROM entry ORDER BY payload, salt").all()
        assert readable(folder) == {}
    to = public_bytes(X25519PrivateKey.from_private_bytes(bytes(32)))
    export(folder / "out.daan", book, Progress(), to, SIGN, NOON, sealed=False)
    receipted(paths, book.journal, 5)
    assert readable(folder) == {}
    book.close()
    zero(paths.journal, 1)
    opened = open_for_writing(paths, "demo-1", lambda: NOON)
    assert opened.trouble
    assert readable(folder) == {}, "nor in the damaged file, nor in the one that took its place"
    assert not any(word.decode() in opened.trouble for word in WORDS)
    opened.journal.close()


def test_after_a_purge_nothing_of_the_cast_is_left_even_with_the_key(station):
    paths, book, folder = station
    book.sign = signer(SIGN)
    later = NOON + timedelta(days=200)
    done = purge(book, RetentionSettings(), Backup(book.head()[0], later), later)
    assert done.emptied
    assert done.count == book.count(FactKind.SCREENING)
    assert in_the_clear(paths.journal) == set()
    assert readable(folder) == {}
    assert book.verify().holds
    book.close()
