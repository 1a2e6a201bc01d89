"""Revocation entries in one SQLite file: written whole or not at all, looked up without loading them.

200,000 entries take about 8 MB. The journal is SQLite's rollback journal with full synchronisation, so that a power cut
at any point leaves the state before or after a change. One process may write while others read.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from station.certificates.errors import TrustUnreadable
from station.certificates.revocation import bloom, partial_hash
from station.certificates.revocation.batches import Batch, Filter, FilterKind, digests_of
from station.certificates.revocation.lists import Revoked, Subject

MAGIC = b"SQLite format 3\0"
_APPLICATION = 0x44525631
"""Marks the file as ours ("DRV1")."""
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE batch (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, scheme TEXT NOT NULL, kind TEXT NOT NULL,
    kid BLOB NOT NULL, issuer TEXT NOT NULL, country TEXT NOT NULL, expires INTEGER, exact INTEGER NOT NULL);
CREATE TABLE entry (digest BLOB NOT NULL, batch INTEGER NOT NULL, before INTEGER, PRIMARY KEY (digest, batch))
    WITHOUT ROWID;
CREATE INDEX entry_batch ON entry (batch);
CREATE TABLE filter (batch INTEGER NOT NULL, kind TEXT NOT NULL, prefix BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX filter_batch ON filter (batch);
CREATE TABLE chunk (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL);
"""
_LOOK_UP = """
SELECT entry.before FROM entry JOIN batch ON batch.id = entry.batch
WHERE entry.digest = ? AND batch.scheme = ? AND batch.kind = ? AND batch.kid IN (?, x'')
    AND batch.issuer IN (?, '')
"""
_FILTERS = """
SELECT filter.kind, filter.body FROM filter JOIN batch ON batch.id = filter.batch
WHERE batch.scheme = ? AND batch.kind = ? AND batch.kid IN (?, x'') AND batch.issuer IN (?, '') AND batch.exact = 0
    AND filter.prefix = substr(?, 1, length(filter.prefix))
"""
_INSERT = """
INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT (digest, batch) DO UPDATE SET before =
    CASE WHEN before IS NULL OR excluded.before IS NULL THEN NULL ELSE max(before, excluded.before) END
"""
"""Named twice: the further reaching one counts."""
_BATCHES = "SELECT id FROM batch WHERE name = ? OR substr(name, 1, length(?) + 1) = ? || '#'"
_COUNTS = "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM entry), (SELECT count(*) FROM filter)"


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a store holds."""

    version: int
    """Of the last complete delta; 0 before the first."""
    created_at: datetime | None
    """When the publisher made it."""
    batches: int
    entries: int
    filters: int


class RevocationStore:
    """One file of revocations; a `lists.Source`."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open it.

        Args:
            path: the file.
            create: make it when it is missing, and allow writing.

        Raises:
            TrustUnreadable: it is missing, damaged, or something else.
        """
        self.path = path
        self._lock = threading.Lock()
        try:
            self._connection = _open(path, create=create)
            self._prepare(create)
        except sqlite3.Error as error:
            raise TrustUnreadable(
                f"The revocation list {path.name} cannot be read ({error}); delete the file and import it again."
            ) from error

    def _prepare(self, create: bool) -> None:
        connection = self._connection
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute(f"PRAGMA query_only = {'OFF' if create else 'ON'}")
        if create:
            connection.execute("PRAGMA synchronous = FULL")
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        if create and found == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA application_id = {_APPLICATION}; COMMIT;")
        elif found != _APPLICATION:
            raise sqlite3.DatabaseError("it holds something else")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def status(self, subject: Subject) -> Revoked:
        """Exact entries first; a filter counts only where its exact list is not at hand."""
        try:
            with self._lock:
                return self._status(subject)
        except (sqlite3.Error, ValueError):
            # A list that cannot be read must not say that nothing is revoked.
            return Revoked.PERHAPS

    def _status(self, subject: Subject) -> Revoked:
        found = Revoked.NO
        for kind, digests in digests_of(subject).items():
            where = (subject.scheme, kind.value, subject.kid, subject.issuer.rstrip("/"))
            for each in digests:
                for (before,) in self._connection.execute(_LOOK_UP, (each, *where)):
                    if before is None or (subject.issued_at is not None and subject.issued_at.timestamp() < before):
                        return Revoked.YES
                    if subject.issued_at is None:
                        found = Revoked.PERHAPS
                rows = self._connection.execute(_FILTERS, (*where, each))
                if any(_in_filter(name, body, each) for name, body in rows):
                    found = Revoked.PERHAPS
        return found

    def holdings(self) -> Holdings:
        """Version, date and counts.

        Raises:
            TrustUnreadable: the file is damaged.
        """
        try:
            with self._lock:
                meta = dict(self._connection.execute("SELECT name, value FROM meta").fetchall())
                batches, entries, filters = self._connection.execute(_COUNTS).fetchone()
        except sqlite3.Error as error:
            raise TrustUnreadable(
                f"The revocation list {self.path.name} is damaged; delete the file and import it again."
            ) from error
        made = meta.get("created_at")
        created_at = datetime.fromisoformat(made) if made else None
        return Holdings(int(meta.get("version", 0)), created_at, batches, entries, filters)

    def put(self, batches: Iterable[Batch], *, created_at: datetime) -> None:
        """Add or replace whole batches by name, in one step."""
        with self.changing() as connection:
            for batch in batches:
                put_batch(connection, batch)
            set_meta(connection, "created_at", created_at.astimezone(UTC).isoformat())

    def forget_expired(self, now: datetime) -> int:
        """Drop batches past their expiry; how many."""
        with self.changing() as connection:
            return forget_expired(connection, now)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def meta(self, name: str) -> str | None:
        """One remembered value."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])


def _open(path: Path, *, create: bool) -> sqlite3.Connection:
    """A reader opens for writing too where it may: only so can it undo a change that a power cut left half done."""
    address = path.absolute().as_uri()
    for mode in ("rwc",) if create else ("rw", "ro"):
        connection = sqlite3.connect(f"{address}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if mode != "rw":
                raise
        else:
            return connection
    raise sqlite3.OperationalError("it cannot be opened")


def put_batch(connection: sqlite3.Connection, batch: Batch) -> None:
    """Add a batch, or replace the one of its name; inside a change."""
    drop_batch(connection, batch.name)
    expires = None if batch.expires is None else int(batch.expires.timestamp())
    row = (
        batch.name, batch.scheme, batch.kind.value, batch.kid, batch.issuer, batch.country, expires, int(batch.exact)
    )  # fmt: skip
    number = connection.execute(
        "INSERT INTO batch (name, scheme, kind, kid, issuer, country, expires, exact) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    ).lastrowid
    connection.executemany(
        _INSERT,
        (
            (entry.digest, number, None if entry.before is None else int(entry.before.timestamp()))
            for entry in batch.entries
        ),
    )
    connection.executemany(
        "INSERT INTO filter VALUES (?, ?, ?, ?)",
        ((number, each.kind.value, each.prefix, each.body) for each in batch.filters),
    )


def drop_batch(connection: sqlite3.Connection, name: str) -> None:
    """Remove a batch and all parts of it (`name#0`, `name#1`); inside a change."""
    for (number,) in connection.execute(_BATCHES, (name, name, name)).fetchall():
        connection.execute("DELETE FROM entry WHERE batch = ?", (number,))
        connection.execute("DELETE FROM filter WHERE batch = ?", (number,))
        connection.execute("DELETE FROM batch WHERE id = ?", (number,))


def drop_everything(connection: sqlite3.Connection) -> None:
    """Remove every batch; inside a change."""
    connection.execute("DELETE FROM entry")
    connection.execute("DELETE FROM filter")
    connection.execute("DELETE FROM batch")


def forget_expired(connection: sqlite3.Connection, now: datetime) -> int:
    """Remove every batch past its expiry; inside a change; how many."""
    late = connection.execute("SELECT name FROM batch WHERE expires <= ?", (int(now.timestamp()),)).fetchall()
    for (name,) in late:
        drop_batch(connection, name)
    return len(late)


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Remember a value; inside a change."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def check_filter(found: Filter) -> None:
    """Whether a filter can be read.

    Raises:
        ValueError: it cannot.
    """
    if found.kind is FilterKind.BLOOM:
        bloom.read(found.body)
    else:
        partial_hash.read(found.body)


def is_store(data: bytes) -> bool:
    """Whether these first bytes are those of an SQLite file."""
    return data.startswith(MAGIC)


def _in_filter(kind: str, body: bytes, digest: bytes) -> bool:
    if kind == FilterKind.BLOOM.value:
        return bloom.read(body).might_contain(digest)
    return partial_hash.read(body).might_contain(digest)
