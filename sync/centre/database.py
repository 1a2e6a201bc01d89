"""PostgreSQL by psycopg 3: a small pool of connections, and numbered migrations applied in a transaction each."""

import hashlib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg

from sync.centre import embedded
from sync.centre.errors import LedgerFault, LedgerUnavailable, SchemaMismatch

Connection = psycopg.Connection[tuple[Any, ...]]
_MIGRATION_LOCK = 0x6461616E  # "daan"
_INCOMING = """
CREATE TEMP TABLE incoming (
    sequence bigint, kind text, priority text, recorded_at timestamptz, payload_sha256 bytea, chain_sha256 bytea,
    salt bytea, payload bytea, verdict text, reasons text[], document_kind text, nationality text
) ON COMMIT DELETE ROWS
"""


class Database:
    """At most `size` connections, made when needed, one user at a time each."""

    def __init__(self, url: str, let_go: Callable[[], None] = lambda: None, size: int = 8) -> None:
        self._url = url
        self._let_go = let_go
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._permits = threading.BoundedSemaphore(size)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection inside one transaction: committed at the end, rolled back on any error.

        Raises:
            LedgerUnavailable: no connection, or the connection broke before the commit was confirmed.
            LedgerFault: the database refused a statement.
        """
        with self._permits:
            connection = self._take()
            try:
                with connection.transaction():
                    yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                raise LedgerUnavailable("the ledger's database does not answer; it is asked again") from error
            except psycopg.Error as error:  # its text quotes values, which must not reach a log
                raise LedgerFault(f"the ledger's database refused a statement ({type(error).__name__})") from None
            finally:
                self._give_back(connection)

    def close(self) -> None:
        """Close what is idle and let the embedded server go."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()
        self._let_go()

    def _take(self) -> Connection:
        with suppress(queue.Empty):
            while True:
                connection = self._idle.get_nowait()
                if not (connection.closed or connection.broken):
                    return connection
        try:
            connection = psycopg.connect(self._url, connect_timeout=5, application_name="eoc", autocommit=True)
            connection.execute("SET client_min_messages = warning; SET timezone = 'UTC'")
            connection.execute(_INCOMING)
        except psycopg.Error as error:
            raise LedgerUnavailable("the ledger's database cannot be reached; check that it runs") from error
        return connection

    def _give_back(self, connection: Connection) -> None:
        if connection.closed or connection.broken:
            connection.close()
        else:
            self._idle.put(connection)


def open_database(state: Path, url: str | None) -> Database:
    """The database at `url`, or the embedded one of this state folder; migrated to this version.

    Raises:
        LedgerUnavailable: it does not answer.
        SchemaMismatch: it was made by another version.
    """
    database = connect(state, url)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def connect(state: Path, url: str | None) -> Database:
    """The same as it stands, perhaps empty.

    Raises:
        LedgerUnavailable: the embedded one does not start.
    """
    if url is not None:
        return Database(url)
    return Database(*embedded.start(embedded.data_folder(state)))


def migrate(database: Database, only: Mapping[str, str] | None = None) -> list[str]:
    """Apply what is missing, each file in a transaction with the record that it was applied; the names applied.

    Args:
        database: what to migrate.
        only: names and SHA-256 of the files to apply, as an older database had them; None for all there are.

    Raises:
        SchemaMismatch: a file that was applied has changed since, or the database is newer than this program.
    """
    folder = resources.files("sync.centre") / "schema"
    files = {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".sql")}
    if only is not None:
        if any(hashlib.sha256(files.get(name, "").encode()).hexdigest() != digest for name, digest in only.items()):
            raise SchemaMismatch("the backup is of another version of the ledger; restore it with that version")
        files = {name: files[name] for name in only}
    applied = []
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration"
            " (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        known = dict(connection.execute("SELECT name, sha256 FROM schema_migration").fetchall())
        if set(known) - set(files):
            raise SchemaMismatch("the database was made by a newer version; update this program")
        for name in sorted(files):
            digest = hashlib.sha256(files[name].encode()).hexdigest()
            if name not in known:
                connection.execute(files[name].encode())
                connection.execute("INSERT INTO schema_migration (name, sha256) VALUES (%s, %s)", (name, digest))
                applied.append(name)
            elif known[name] != digest:
                raise SchemaMismatch(f"{name} was applied in another form; use the version that made the database")
    return applied
