"""Entries into key and payload table: one COPY and one INSERT per batch; row by row only when that is refused.

What the database refuses for its content must not keep back the entries beside it: it is found and handed back.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from sync.centre.database import Connection
from sync.centre.facts import ScreeningFacts
from sync.facts import Entry

_COPY = (
    "COPY incoming (sequence, kind, priority, recorded_at, payload_sha256, chain_sha256, salt, payload,"
    " verdict, reasons, document_kind, nationality) FROM STDIN (FORMAT BINARY)"
)
_COPY_TYPES = (
    "int8", "text", "text", "timestamptz", "bytea", "bytea", "bytea", "bytea", "text", "text[]", "text", "text",
)  # fmt: skip
_INSERT = """
WITH fresh AS (
    INSERT INTO ledger_key (station, journal, sequence, kind, priority, recorded_at, received_at,
                            payload_sha256, chain_sha256)
    SELECT %(station)s, %(journal)s, sequence, kind, priority, recorded_at, %(now)s, payload_sha256, chain_sha256
    FROM incoming ORDER BY sequence
    ON CONFLICT DO NOTHING RETURNING sequence
), kept AS (
    INSERT INTO ledger_payload (station, journal, sequence, recorded_at, received_at, kind, salt, payload,
                                verdict, reasons, document_kind, nationality)
    SELECT %(station)s, %(journal)s, sequence, recorded_at, %(now)s, kind, salt, payload,
           verdict, reasons, document_kind, nationality
    FROM incoming JOIN fresh USING (sequence) WHERE payload IS NOT NULL
)
SELECT count(*), CASE WHEN count(*) < %(count)s THEN array_agg(sequence) END FROM fresh
"""
_CONFLICTS = """
SELECT i.sequence FROM incoming i JOIN ledger_key k
    ON k.station = %(station)s AND k.journal = %(journal)s AND k.sequence = i.sequence
WHERE k.chain_sha256 <> i.chain_sha256 OR k.payload_sha256 <> i.payload_sha256
"""
_CONTENT = (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError)
"""What a row's content can cause; anything else is no fault of the row and ends the batch."""

Told = tuple[Entry, ScreeningFacts]
"""An entry with what the board needs of it."""


def insert(
    connection: Connection, entries: Sequence[Told], address: dict[str, Any]
) -> tuple[set[int], set[int], set[int]]:
    """Insert what is new.

    Args:
        connection: inside the transaction of the batch.
        entries: one for each sequence.
        address: `station`, `journal` and `now`.

    Returns:
        Sequences that were new, those whose address holds other content, and those that the database refused.
    """
    if not entries:
        return set(), set(), set()
    try:
        with connection.transaction():  # a savepoint
            return *_insert(connection, entries, address), set()
    except _CONTENT:
        return _one_by_one(connection, entries, address)


def _one_by_one(
    connection: Connection, entries: Sequence[Told], address: dict[str, Any]
) -> tuple[set[int], set[int], set[int]]:
    fresh: set[int] = set()
    unequal: set[int] = set()
    refused: set[int] = set()
    for told in entries:
        try:
            with connection.transaction():
                connection.execute("DELETE FROM incoming")
                found = _insert(connection, [told], address)
        except _CONTENT:
            refused.add(told[0].sequence)
        else:
            fresh |= found[0]
            unequal |= found[1]
    return fresh, unequal, refused


def _insert(connection: Connection, entries: Sequence[Told], address: dict[str, Any]) -> tuple[set[int], set[int]]:
    with connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for entry, facts in entries:
                copy.write_row(_row(entry, facts))
        inserted = cursor.execute(_INSERT, {**address, "count": len(entries)}).fetchone()
        assert inserted is not None
        if inserted[0] == len(entries):
            return {entry.sequence for entry, _ in entries}, set()
        return set(inserted[1] or ()), {row[0] for row in cursor.execute(_CONFLICTS, address)}


def _row(entry: Entry, facts: ScreeningFacts) -> tuple[Any, ...]:
    return (
        entry.sequence, str(entry.kind), str(entry.priority), entry.recorded_at, entry.payload_sha256,
        entry.chain_sha256, entry.salt, entry.payload, facts.verdict, facts.reasons, facts.document_kind,
        facts.nationality,
    )  # fmt: skip
