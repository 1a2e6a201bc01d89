"""Deltas in chunks: any order, any cut, damaged or foreign chunks, versions; never half a list."""

import hashlib
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station.certificates.errors import TrustUnreadable
from station.certificates.revocation import bloom
from station.certificates.revocation.batches import Batch, Entry, Filter, FilterKind, HashKind, digest
from station.certificates.revocation.delta import Receiver, make_delta, read_manifest
from station.certificates.revocation.lists import Revoked, Subject
from station.certificates.revocation.store import RevocationStore

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def _batch(name: str, count: int, **other: object) -> Batch:
    entries = tuple(Entry(digest(f"{name}-{number}".encode())) for number in range(count))
    return Batch(name, "hcert", HashKind.UCI, entries=entries, expires=NOW + timedelta(days=9), **other)  # type: ignore[arg-type]


def _revoked(store: RevocationStore, name: str) -> bool:
    return store.status(Subject("hcert", b"k", identifiers=(name,))) is Revoked.YES


def _apply(store: RevocationStore, delta: tuple[bytes, list[bytes]], now: datetime = NOW) -> None:
    receiver = Receiver(store, read_manifest(delta[0]))
    for number in receiver.missing():
        receiver.take(number, delta[1][number])
    receiver.apply(now)


@pytest.fixture
def store(tmp_path: Path) -> RevocationStore:
    return RevocationStore(tmp_path / "revocations.db", create=True)


WHOLE = make_delta([_batch("a", 25_000), _batch("b", 10)], since=0, version=3, created_at=NOW)


def test_resumed_after_every_cut(tmp_path: Path) -> None:
    manifest, chunks = WHOLE
    order = list(range(len(chunks)))
    random.Random(7).shuffle(order)
    path = tmp_path / "revocations.db"
    for number in order:
        # Every chunk in a new process' eyes: opened, one taken, closed without a word.
        store = RevocationStore(path, create=True)
        receiver = Receiver(store, read_manifest(manifest))
        assert number in receiver.missing()
        with pytest.raises(TrustUnreadable, match="missing"):
            receiver.apply(NOW)
        receiver.take(number, chunks[number])
        assert not _revoked(store, "a-1")
        store.close()
    store = RevocationStore(path, create=True)
    receiver = Receiver(store, read_manifest(manifest))
    assert receiver.missing() == ()
    receiver.apply(NOW)
    held = store.holdings()
    assert (held.version, held.entries, held.created_at) == (3, 25_010, NOW)
    assert _revoked(store, "a-24999")
    assert _revoked(store, "b-9")
    assert not _revoked(store, "a-25000")


def test_delta_on_delta(store: RevocationStore) -> None:
    _apply(store, WHOLE)
    parts = [Filter(FilterKind.BLOOM, bloom.write(bloom.make(10, 0.01).adding([digest(b"c-1")])))]
    fresh = [_batch("c", 5), _batch("d", 0, exact=False, filters=tuple(parts)), _batch("b", 3)]
    _apply(store, make_delta(fresh, ["a"], since=3, version=4, created_at=NOW))
    assert store.holdings().entries == 8
    assert not _revoked(store, "a-1")
    assert not _revoked(store, "b-9")
    assert _revoked(store, "b-2")
    assert _revoked(store, "c-4")


def test_expired_batches_are_dropped(store: RevocationStore) -> None:
    _apply(store, WHOLE)
    later = NOW + timedelta(days=10)
    _apply(store, make_delta([], ["nothing"], since=3, version=4, created_at=later), later)
    assert store.holdings().entries == 0


@pytest.mark.parametrize(
    ("since", "version", "why"), [(3, 3, "none"), (0, 3, "is here already"), (2, 5, "fetch the whole")]
)
def test_versions(store: RevocationStore, since: int, version: int, why: str) -> None:
    _apply(store, WHOLE)
    delta = make_delta([_batch("x", 1)], since=since, version=version, created_at=NOW)
    with pytest.raises(TrustUnreadable, match=why):
        _apply(store, delta)
    assert store.holdings().version == 3


def test_damage(store: RevocationStore) -> None:
    manifest, chunks = WHOLE
    receiver = Receiver(store, read_manifest(manifest))
    for number, data in ((0, chunks[0][:-1]), (0, chunks[1]), (99, chunks[0]), (-1, chunks[0])):
        with pytest.raises(TrustUnreadable, match="damaged"):
            receiver.take(number, data)
    # A chunk whose digest is right and whose content is none: nothing of the delta comes into force.
    _apply(store, WHOLE)
    bad = make_delta([_batch("x", 1)], since=3, version=4, created_at=NOW)
    text = bad[0].decode()
    for junk in (b"junk", chunks[0][:100]):
        swapped = text.replace(hashlib.sha256(bad[1][0]).hexdigest(), hashlib.sha256(junk).hexdigest())
        with pytest.raises(TrustUnreadable, match="holds something else"):
            _apply(store, (swapped.encode(), [junk]))
        assert store.holdings().version == 3
    wrong_filter = [_batch("f", 0, filters=(Filter(FilterKind.BLOOM, b"junk"),))]
    with pytest.raises(TrustUnreadable, match="filter"):
        _apply(store, make_delta(wrong_filter, since=3, version=4, created_at=NOW))
    assert _revoked(store, "a-1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"format": "daan-revocations-1", "from": 5, "to": 4, "created_at": "2026-01-01T00:00:00Z", "chunks": []}',
    ],
)
def test_manifests_that_are_none(data: bytes) -> None:
    with pytest.raises(TrustUnreadable, match="fetch it again"):
        read_manifest(data)


_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from station.certificates.revocation.delta import Receiver, read_manifest
from station.certificates.revocation.store import RevocationStore
folder = Path(sys.argv[1])
store = RevocationStore(folder / "revocations.db", create=True)
receiver = Receiver(store, read_manifest((folder / "manifest").read_bytes()))
for number in receiver.missing():
    receiver.take(number, (folder / str(number)).read_bytes())
print("ready", flush=True)
receiver.apply(datetime(2026, 11, 20, 3, tzinfo=UTC))
print("done", flush=True)
"""


@pytest.mark.parametrize("after_ms", [0, 3, 15, 40, 80])
def test_killed_while_applying(tmp_path: Path, after_ms: int) -> None:
    first = make_delta([_batch("old", 2000)], since=0, version=1, created_at=NOW)
    store = RevocationStore(tmp_path / "revocations.db", create=True)
    _apply(store, first)
    store.close()
    manifest, chunks = make_delta([_batch("new", 30_000)], ["old"], since=1, version=2, created_at=NOW)
    (tmp_path / "manifest").write_bytes(manifest)
    for number, chunk in enumerate(chunks):
        (tmp_path / str(number)).write_bytes(chunk)
    child = subprocess.Popen([sys.executable, "-c", _KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    try:
        child.wait(after_ms / 1000)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    child.stdout.close()
    # As it is opened by a reader: the old list whole, or the new one whole.
    reader = RevocationStore(tmp_path / "revocations.db")
    held = reader.holdings()
    assert (held.version, held.entries) in ((1, 2000), (2, 30_000))
    assert _revoked(reader, "old-7") is (held.version == 1)
    assert _revoked(reader, "new-7") is (held.version == 2)
    reader.close()
    again = RevocationStore(tmp_path / "revocations.db", create=True)
    if held.version == 1:
        receiver = Receiver(again, read_manifest(manifest))
        assert receiver.missing() == ()
        receiver.apply(NOW)
    assert again.holdings().entries == 30_000
