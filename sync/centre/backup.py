"""Backup and restore of the whole ledger: one consistent picture, encrypted, read back before it counts.

What a verified backup holds is told to the stations in their receipts (`backed_up`): only that do they erase. A
restored ledger gets a new epoch, so that every station sends again what it has and the ledger lacks.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import zstandard
from psycopg import sql

from config.messages.said import say
from sync.centre.database import Connection, Database, migrate
from sync.centre.errors import BackupUnusable
from sync.centre.partitions import make_month
from sync.centre.ranges import split
from sync.centre.vault import VaultWriter, open_vault
from sync.facts import rfc3339

_FORM = 1
_TABLES = """
SELECT c.relname, array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
                        AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migration'
    AND c.relnamespace = current_schema()::regnamespace AND c.relpersistence = 'p' ORDER BY c.relname
"""
_REFERENCES = """
SELECT c.conrelid::regclass::text, c.conname::text, pg_get_constraintdef(c.oid) FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
WHERE c.contype = 'f' AND c.conparentid = 0 AND t.relnamespace = current_schema()::regnamespace
"""
_MONTHS = """
SELECT DISTINCT date_trunc('month', recorded_at AT TIME ZONE 'UTC') FROM ledger_payload p
WHERE tableoid <> 'ledger_payload_other'::regclass
"""
_IN_FACT = """
SELECT (SELECT count(*) FROM ledger_key WHERE station = %(station)s AND journal = %(journal)s
            AND sequence BETWEEN 1 AND %(mark)s)
     + (SELECT count(DISTINCT sequence) FROM parked p WHERE station = %(station)s AND journal = %(journal)s
            AND sequence BETWEEN 1 AND %(mark)s AND NOT EXISTS (SELECT FROM ledger_key k WHERE
            (k.station, k.journal, k.sequence) = (p.station, p.journal, p.sequence)))
"""
_JSON, _DATA, _END = b"J", b"D", b"E"


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was read back and found whole."""

    path: Path
    taken_at: datetime
    entries: int
    """Keys in the ledger."""
    journals: int
    incomplete: int
    """Journals whose books do not agree with what is there: nothing of them counts as backed up. See: eoc report."""
    bytes: int


def back_up(database: Database, path: Path, key: bytes, now: datetime) -> Taken:
    """Write a backup beside its name, read it back, give it its name, and let the receipts say so.

    Raises:
        BackupUnusable: the file is there already, cannot be written, or does not read back.
        LedgerUnavailable: the database does not answer.
    """
    partial = path.with_name(f".{path.name}.partial")
    if path.exists():
        raise BackupUnusable(say("{path} is there already; give another name", path=str(path)))
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            vault = VaultWriter(file, key)
            told = _write(database, vault, now)
            vault.finish()
            file.flush()
            os.fsync(file.fileno())
        found = _read_back(partial, key)
        if found != told["rows"]:
            raise BackupUnusable(say("the backup does not read back as it was written; look at the disk, try again"))
        size, digest = partial.stat().st_size, _digest(partial)
        partial.rename(path)
        _flush(path.parent)
    except OSError as error:
        raise BackupUnusable(
            say("{path} cannot be written ({why}); choose another place", path=str(path), why=str(error.strerror))
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    with database.transaction() as connection:
        _mark(connection, told["marks"])
        connection.execute(
            "INSERT INTO backup VALUES (%s, %s, %s, %s, %s)",
            (told["backup"], now, now, told["rows"]["ledger_key"], digest),
        )
    short = sum(not whole for *_, whole in told["marks"])
    return Taken(path, now, told["rows"]["ledger_key"], len(told["marks"]), short, size)


def restore(database: Database, path: Path, key: bytes, now: datetime) -> datetime:
    """Fill an empty database from a backup, under a new epoch.

    Returns:
        When the backup was taken.

    Raises:
        BackupUnusable: it is not whole, not of this key, by a newer version; or the database is not empty.
        LedgerUnavailable: the database does not answer; nothing is in it.
    """
    _read_back(path, key)
    with database.transaction() as connection:
        if connection.execute("SELECT to_regclass('ledger_key')").fetchone() != (None,):
            raise BackupUnusable(say("the database is not empty; give a new one, this one stays as it is"))
    with path.open("rb") as file:
        frames = _frames(open_vault(file, key))
        head = _head(next(frames))
        migrate(database, head["migrations"])
        with database.transaction() as connection:
            for year, month in head["months"]:
                make_month(connection, year, month)
            _load(connection, frames)
            _mark(connection, head["marks"])
            connection.execute("INSERT INTO ledger_epoch VALUES (gen_random_uuid(), %s)", (now,))
    migrate(database)
    return datetime.fromisoformat(head["taken_at"]).astimezone(UTC)


def declare_restored(database: Database, now: datetime) -> int:
    """After a restore by other means, or when rows are missing: believe only the rows, and begin a new epoch.

    Returns:
        How many entries the books named that are not there; the stations that still have them send them again.

    Raises:
        LedgerUnavailable: the database does not answer.
    """
    lost = 0
    with database.transaction() as connection:
        connection.execute("LOCK TABLE journal IN EXCLUSIVE MODE")
        rows = connection.execute("SELECT station, journal, held FROM journal").fetchall()
        for station, journal, held in rows:
            row = connection.execute(
                "SELECT coalesce(range_agg(int8range(sequence, sequence + 1)), '{}') FROM ("
                " SELECT sequence FROM ledger_key WHERE station = %(s)s AND journal = %(j)s UNION"
                " SELECT sequence FROM parked WHERE station = %(s)s AND journal = %(j)s) there",
                {"s": station, "j": journal},
            ).fetchone()
            assert row is not None
            lost += max(0, _count(held) - _count(row[0]))
            connection.execute(
                "UPDATE journal SET held = %(h)s, backed_up = least(backed_up, %(mark)s)"
                " WHERE station = %(s)s AND journal = %(j)s",
                {"h": row[0], "mark": split(row[0])[0], "s": station, "j": journal},
            )
        connection.execute("INSERT INTO ledger_epoch VALUES (gen_random_uuid(), %s)", (now,))
    return lost


def _write(database: Database, vault: VaultWriter, now: datetime) -> dict[str, Any]:
    """Everything in one snapshot; what was said in the head, and rows by table."""
    pack = zstandard.ZstdCompressor(level=3).compressobj()

    def put(kind: bytes, body: bytes | bytearray | memoryview) -> None:
        vault.write(pack.compress(kind + len(body).to_bytes(4, "big") + bytes(body)))

    with database.transaction() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        migrations = connection.execute("SELECT name, sha256 FROM schema_migration").fetchall()
        head = {
            "form": _FORM, "backup": str(uuid4()), "taken_at": rfc3339(now), "migrations": dict(migrations),
            "months": [(row[0].year, row[0].month) for row in connection.execute(_MONTHS)],
            "marks": list(_marks(connection)),
        }  # fmt: skip
        put(_JSON, json.dumps(head).encode())
        rows = {}
        for name, columns in connection.execute(_TABLES).fetchall():
            put(_JSON, json.dumps({"table": name, "columns": columns}).encode())
            said = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(_names(columns), sql.Identifier(name))
            with connection.cursor() as cursor:
                with cursor.copy(said) as copy:
                    for part in copy:
                        put(_DATA, part)
                rows[name] = cursor.rowcount
            put(_END, b"")
    vault.write(pack.flush())
    return head | {"rows": rows}


def _marks(connection: Connection) -> Iterator[tuple[str, str, int, bool]]:
    """How far each journal is held without a hole, and whether the rows are there in fact; if not, it counts as 0."""
    for station, journal, held in connection.execute("SELECT station, journal, held FROM journal").fetchall():
        mark = split(held)[0]
        row = connection.execute(_IN_FACT, {"station": station, "journal": journal, "mark": mark}).fetchone()
        whole = row == (mark,)
        yield station, str(journal), mark if whole else 0, whole


def _mark(connection: Connection, marks: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE journal SET backed_up = %s WHERE station = %s AND journal = %s",
            [(mark, station, UUID(journal)) for station, journal, mark, _ in marks],
        )


def _load(connection: Connection, frames: Iterator[tuple[bytes, bytes]]) -> None:
    """COPY every table; what refers to another is checked and announced by nobody meanwhile."""
    references = connection.execute(_REFERENCES).fetchall()
    for table, name, _ in references:
        gone = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        connection.execute(gone.format(sql.Identifier(table), sql.Identifier(name)))
    for table, _ in connection.execute(_TABLES).fetchall():
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    for kind, body in frames:
        assert kind == _JSON
        told = json.loads(body)
        said = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(told["table"]), _names(told["columns"]))
        with connection.cursor() as cursor, cursor.copy(said) as copy:
            for inner, part in frames:
                if inner == _END:
                    break
                copy.write(part)
    for table, _ in connection.execute(_TABLES).fetchall():
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    for table, name, definition in references:
        back = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
        connection.execute(back.format(sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)))


def _read_back(path: Path, key: bytes) -> dict[str, int]:
    """Rows by table, every chunk authenticated."""
    rows: dict[str, int] = {}
    table = ""
    with path.open("rb") as file:
        frames = _frames(open_vault(file, key))
        _head(next(frames, (b"", b"")))
        for kind, body in frames:
            if kind == _JSON:
                table = json.loads(body)["table"]
                rows[table] = 0
            elif kind == _DATA:
                rows[table] += body.count(b"\n")  # COPY's text form writes a line break inside a value as \n
    return rows


def _head(frame: tuple[bytes, bytes]) -> dict[str, Any]:
    kind, body = frame
    head: dict[str, Any] = json.loads(body) if kind == _JSON else {}
    if head.get("form") != _FORM:
        raise BackupUnusable(say("the backup was made by a newer version; update this program"))
    return head


def _frames(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each frame."""
    unpack, waiting = zstandard.ZstdDecompressor().decompressobj(), bytearray()
    for chunk in chunks:
        waiting += unpack.decompress(chunk)
        at = 0
        while len(waiting) - at >= 5:
            length = int.from_bytes(waiting[at + 1 : at + 5], "big")
            if len(waiting) - at < 5 + length:
                break
            yield bytes(waiting[at : at + 1]), bytes(waiting[at + 5 : at + 5 + length])
            at += 5 + length
        del waiting[:at]
    if waiting:
        raise BackupUnusable(say("the backup was cut short; take another one"))


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _count(held: Any) -> int:
    return sum(int(r.upper or 0) - int(r.lower or 0) for r in held)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
