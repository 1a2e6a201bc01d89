"""The ledger: one transaction per batch, idempotent by address, and gaps judged here rather than by arrival.

Under a lock per station: COPY to a temporary table, INSERT … ON CONFLICT DO NOTHING into the key table, payloads of
what was new beside it. What cannot be taken is parked with its reason and counts as held, so that it never blocks
what follows. The held sequences are one multirange per journal: watermark, ranges and gaps follow from it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.multirange import Int8Multirange
from psycopg.types.range import Int8Range

from sync.batch import Batch, ParkedEntry, pack_entry, payload_object
from sync.centre.database import Connection, Database
from sync.centre.facts import ScreeningFacts, alert_kind, screening_facts
from sync.centre.partitions import Partitions
from sync.centre.ranges import runs, split
from sync.facts import GENESIS, Entry, FactKind, Priority, chain_hash
from sync.receipt import Parked, ParkReason

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
_PARK = """
INSERT INTO parked (station, journal, sequence, content_sha256, reason, chain_sha256, raw, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_HELD = """
WITH heard AS (
    UPDATE station SET last_contact_at = %(now)s, clock_skew_seconds = coalesce(%(skew)s, clock_skew_seconds)
    WHERE name = %(station)s
)
INSERT INTO journal AS j (station, journal, held, highest_normal, head_sequence, head_chain_sha256, head_watermark,
                          head_signature, opened_at, last_contact_at)
VALUES (%(station)s, %(journal)s, %(held)s, %(normal)s, %(head)s, %(chain)s, %(watermark)s, %(signature)s,
        %(now)s, %(now)s)
ON CONFLICT (station, journal) DO UPDATE SET
    held = j.held + excluded.held,
    highest_normal = greatest(j.highest_normal, excluded.highest_normal),
    head_watermark = CASE WHEN excluded.head_sequence >= j.head_sequence
                          THEN excluded.head_watermark ELSE j.head_watermark END,
    head_chain_sha256 = CASE WHEN excluded.head_sequence >= j.head_sequence
                             THEN excluded.head_chain_sha256 ELSE j.head_chain_sha256 END,
    head_signature = CASE WHEN excluded.head_sequence >= j.head_sequence
                          THEN excluded.head_signature ELSE j.head_signature END,
    head_sequence = greatest(excluded.head_sequence, j.head_sequence),
    last_contact_at = excluded.last_contact_at
RETURNING held, (SELECT epoch FROM ledger_epoch ORDER BY since DESC LIMIT 1)
"""
_AROUND = """
SELECT sequence, kind, priority, recorded_at, payload_sha256, chain_sha256, true FROM ledger_key
WHERE station = %(station)s AND journal = %(journal)s AND sequence = ANY(%(wanted)s)
UNION ALL
SELECT sequence, NULL, NULL, NULL, NULL, chain_sha256, false FROM parked
WHERE station = %(station)s AND journal = %(journal)s AND sequence = ANY(%(wanted)s)
"""


Told = tuple[Entry, ScreeningFacts]
"""An entry with what the board needs of it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the ledger holds of one journal after a batch."""

    watermark: int
    ranges: tuple[tuple[int, int], ...]
    parked: tuple[Parked, ...]
    epoch: str
    fresh: int
    """Entries that were not in the ledger before."""


class Ledger:
    """Takes batches; each is in the ledger whole, on disk, when `take` returns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._partitions = Partitions(database)

    def take(self, batch: Batch, now: datetime, clock_skew_seconds: float | None = None) -> Holding:
        """Insert what is new, park what is bad, and say what is held now. A repeat changes nothing.

        Raises:
            LedgerUnavailable: the database does not answer; nothing of the batch counts as taken.
        """
        self._partitions.ensure({entry.recorded_at for entry in batch.entries}, now)
        address = {"station": batch.station, "journal": UUID(batch.journal), "now": now}
        with self._database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(station)s, 1))", address)
            entries, parked = self._sort_out(connection, batch, address)
            fresh, conflicts = self._insert(connection, entries, address)
            parked = [*parked, *conflicts]
            self._park(connection, parked, fresh, address)
            self._raise_alerts(connection, entries, fresh, address)
            declared = {**address, **_declared(batch), "skew": clock_skew_seconds}
            row = connection.execute(_HELD, declared).fetchone()
        assert row is not None
        watermark, ranges = split(row[0])
        reasons = tuple(Parked(p.sequence, p.reason) for p in sorted(parked, key=lambda p: (p.sequence, p.reason)))
        return Holding(watermark, ranges, reasons, str(row[1]), len(fresh))

    def _sort_out(
        self, connection: Connection, batch: Batch, address: dict[str, Any]
    ) -> tuple[list[Told], list[ParkedEntry]]:
        """Set apart what does not follow from its neighbours, is no JSON, or comes twice with different content."""
        broken = self._broken_links(connection, batch, address)
        entries: dict[int, Told] = {}
        parked = list(batch.parked)
        for entry in batch.entries:
            facts = screening_facts(entry)
            seen = entries[entry.sequence][0] if entry.sequence in entries else None
            if entry.sequence in broken:
                parked.append(_set_apart(entry, ParkReason.CHAIN))
            elif facts is None:
                parked.append(_set_apart(entry, ParkReason.UNREADABLE))
            elif seen is None:
                entries[entry.sequence] = (entry, facts)
            elif seen.chain_sha256 != entry.chain_sha256 or seen.payload_sha256 != entry.payload_sha256:
                parked.append(_set_apart(entry, ParkReason.CONFLICT))
        return list(entries.values()), parked

    def _broken_links(self, connection: Connection, batch: Batch, address: dict[str, Any]) -> set[int]:
        """Ends of runs that do not follow from, or lead to, what the ledger holds. Inside a run `decode` has looked."""
        here = {entry.sequence: entry for entry in batch.entries}
        ours = set(batch.sequences())
        firsts = [s for s in here if s - 1 not in ours]
        lasts = [s for s in here if s + 1 not in ours]
        if not here:
            return set()
        wanted = sorted({*firsts, *lasts, *(s - 1 for s in firsts), *(s + 1 for s in lasts)})
        chains: dict[int, bytes] = {0: GENESIS}
        ledger: dict[int, Entry] = {}
        for row in connection.execute(_AROUND, {**address, "wanted": wanted}):
            chains.setdefault(row[0], row[5])
            if row[6]:
                ledger[row[0]] = _header_only(batch, row)
        broken = set()
        for sequence in firsts:
            before = _before_first(here[sequence]) if sequence == 1 else chains.get(sequence - 1)
            if sequence not in ledger and before and chain_hash(before, here[sequence]) != here[sequence].chain_sha256:
                broken.add(sequence)
        for sequence in lasts:
            after = ledger.get(sequence + 1)
            if (
                sequence not in ledger
                and after
                and chain_hash(here[sequence].chain_sha256, after) != after.chain_sha256
            ):
                broken.add(sequence)
        return broken

    def _insert(
        self, connection: Connection, entries: list[Told], address: dict[str, Any]
    ) -> tuple[set[int], list[ParkedEntry]]:
        """The sequences that were new, and the entries whose address holds other content."""
        if not entries:
            return set(), []
        with connection.cursor() as cursor:
            with cursor.copy(_COPY) as copy:
                copy.set_types(_COPY_TYPES)
                for entry, facts in entries:
                    copy.write_row(_row(entry, facts))
            inserted = cursor.execute(_INSERT, {**address, "count": len(entries)}).fetchone()
            assert inserted is not None
            if inserted[0] == len(entries):
                return {entry.sequence for entry, _ in entries}, []
            fresh = set(inserted[1] or ())
            unequal = {row[0] for row in cursor.execute(_CONFLICTS, address)}
        return fresh, [_set_apart(entry, ParkReason.CONFLICT) for entry, _ in entries if entry.sequence in unequal]

    def _park(
        self, connection: Connection, parked: Sequence[ParkedEntry], fresh: set[int], address: dict[str, Any]
    ) -> None:
        station, journal, now = address["station"], address["journal"], address["now"]
        if parked:
            with connection.cursor() as cursor:
                cursor.executemany(
                    _PARK,
                    [
                        (station, journal, p.sequence, hashlib.sha256(p.raw).digest(), p.reason.value,
                         p.chain_sha256, p.raw, now)
                        for p in parked
                    ],
                )  # fmt: skip
        if fresh:
            connection.execute(
                "UPDATE parked SET resolved_at = %s WHERE station = %s AND journal = %s AND sequence = ANY(%s)"
                " AND reason <> 'conflict' AND resolved_at IS NULL",
                (now, station, journal, sorted(fresh)),
            )

    def _raise_alerts(
        self, connection: Connection, entries: Sequence[Told], fresh: set[int], address: dict[str, Any]
    ) -> None:
        for entry, facts in entries:
            if entry.priority is Priority.ALERT and entry.sequence in fresh:
                connection.execute(
                    "INSERT INTO alert (id, station, recorded_at, received_at, kind, reasons)"
                    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    (f"{entry.journal}-{entry.sequence}", entry.station, entry.recorded_at, address["now"],
                     alert_kind(facts.reasons), facts.reasons),
                )  # fmt: skip


def _declared(batch: Batch) -> dict[str, Any]:
    held = Int8Multirange(Int8Range(first, last + 1) for first, last in runs(batch.sequences()))
    head = batch.head
    return {
        "held": held,
        "normal": max((e.sequence for e in batch.entries if e.priority is Priority.NORMAL), default=0),
        "head": head.sequence,
        "chain": head.chain_sha256,
        "watermark": head.watermark,
        "signature": head.signature,
    }


def _row(entry: Entry, facts: ScreeningFacts) -> tuple[Any, ...]:
    return (
        entry.sequence, entry.kind.value, entry.priority.value, entry.recorded_at, entry.payload_sha256,
        entry.chain_sha256, entry.salt, entry.payload, facts.verdict, facts.reasons, facts.document_kind,
        facts.nationality,
    )  # fmt: skip


def _set_apart(entry: Entry, reason: ParkReason) -> ParkedEntry:
    return ParkedEntry(entry.sequence, reason, entry.chain_sha256, pack_entry(entry))


def _header_only(batch: Batch, row: tuple[Any, ...]) -> Entry:
    return Entry(
        batch.station, batch.journal, row[0], FactKind(row[1]), Priority(row[2]), row[3], row[4], row[5], None, None
    )


def _before_first(entry: Entry) -> bytes:
    """The chain hash before entry 1: genesis, or the head of the journal that it says it follows."""
    content = payload_object(entry.payload) if entry.payload is not None else None
    previous = content.get("previous") if content else None
    if entry.kind is FactKind.JOURNAL_OPENED and isinstance(previous, dict):
        try:
            return bytes.fromhex(previous["chain_sha256"])
        except (KeyError, TypeError, ValueError):
            return GENESIS
    return GENESIS
