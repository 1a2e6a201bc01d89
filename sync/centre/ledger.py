"""The ledger: one transaction per batch, idempotent by address, and gaps judged here rather than by arrival.

Under a lock per station: what is new is inserted, what cannot be taken is parked with its reason and counts as held,
so that it never blocks what follows. The held sequences are one multirange per journal: watermark, ranges and gaps
follow from it. The station was heard when its signed head is newer than any before; a replay is no contact.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sync.batch import Batch
from sync.centre.alerts import raise_alerts
from sync.centre.database import Connection, Database
from sync.centre.devices import note_devices
from sync.centre.facts import screening_facts
from sync.centre.insertion import Told, insert
from sync.centre.partitions import Partitions
from sync.centre.ranges import as_multirange, runs, split
from sync.centre.totals import keep_totals
from sync.columns import ParkedEntry, pack_entry
from sync.facts import GENESIS, Entry, Priority, chain_before, chain_hash, kind_of, priority_of
from sync.receipt import Parked, ParkReason

_PARK = """
INSERT INTO parked (station, journal, sequence, content_sha256, reason, chain_sha256, raw, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_HELD = """
WITH heard AS (
    UPDATE station SET last_contact_at = %(now)s, clock_skew_seconds = coalesce(%(skew)s, clock_skew_seconds),
                       sealed = coalesce(%(sealed)s, sealed)
    WHERE name = %(station)s AND NOT EXISTS (
        SELECT FROM journal WHERE station = %(station)s AND journal = %(journal)s
            AND head_sequence >= %(head)s AND head_declared_ms >= %(declared)s
            AND NOT (%(recent)s AND head_declared_ms > %(declared)s)
    )
    RETURNING name
), clock AS (
    INSERT INTO clock_record (station, received_at, skew_seconds, boot, jumped)
    SELECT %(station)s, %(now)s, %(skew)s, %(boot)s, coalesce(abs(before.skew_seconds - %(skew)s) > %(jump)s, false)
    FROM heard LEFT JOIN LATERAL (
        SELECT * FROM clock_record WHERE station = %(station)s ORDER BY received_at DESC LIMIT 1
    ) before ON true
    WHERE %(skew)s::float8 IS NOT NULL AND (
        before.station IS NULL OR abs(before.skew_seconds - %(skew)s) >= %(drift)s OR before.boot <> %(boot)s
        OR before.received_at < %(now)s::timestamptz - interval '1 hour'
    )
    ON CONFLICT DO NOTHING
)
INSERT INTO journal AS j (station, journal, held, highest_normal, head_sequence, head_chain_sha256, head_watermark,
                          head_signature, head_declared_ms, believed, opened_at, last_contact_at)
VALUES (%(station)s, %(journal)s, %(held)s, %(normal)s, %(head)s, %(chain)s, %(watermark)s, %(signature)s,
        %(declared)s, %(believed)s, %(now)s, %(now)s)
ON CONFLICT (station, journal) DO UPDATE SET
    held = j.held + excluded.held,
    highest_normal = greatest(j.highest_normal, excluded.highest_normal),
    head_watermark = CASE WHEN excluded.head_sequence >= j.head_sequence
                          THEN excluded.head_watermark ELSE j.head_watermark END,
    head_chain_sha256 = CASE WHEN excluded.head_sequence >= j.head_sequence
                             THEN excluded.head_chain_sha256 ELSE j.head_chain_sha256 END,
    head_signature = CASE WHEN excluded.head_sequence >= j.head_sequence
                          THEN excluded.head_signature ELSE j.head_signature END,
    believed = CASE WHEN excluded.head_sequence >= j.head_sequence THEN excluded.believed ELSE j.believed END,
    head_sequence = greatest(excluded.head_sequence, j.head_sequence),
    head_declared_ms = greatest(excluded.head_declared_ms, j.head_declared_ms),
    last_contact_at = CASE WHEN EXISTS (SELECT FROM heard) THEN excluded.last_contact_at ELSE j.last_contact_at END
RETURNING held, (SELECT epoch FROM ledger_epoch ORDER BY since DESC LIMIT 1), backed_up
"""
_AROUND = """
SELECT sequence, kind, priority, recorded_at, payload_sha256, chain_sha256, true FROM ledger_key
WHERE station = %(station)s AND journal = %(journal)s AND sequence = ANY(%(wanted)s)
UNION ALL
SELECT sequence, NULL, NULL, NULL, NULL, chain_sha256, false FROM parked
WHERE station = %(station)s AND journal = %(journal)s AND sequence = ANY(%(wanted)s)
"""
_STILL_PARKED = """
SELECT DISTINCT sequence, reason FROM parked
WHERE station = %(station)s AND journal = %(journal)s AND resolved_at IS NULL ORDER BY sequence, reason LIMIT 1000
"""
_DRIFT_SECONDS = 5.0
_JUMP_SECONDS = 60.0
"""A difference of the clocks that changes by more than this from one batch to the next is a jump."""
_RECENT = timedelta(seconds=90)
"""A head declared no longer ago than this, by the centre's clock, is a contact although the station declared a later
time before: its clock was put back. A replay can then make a dead station look alive for so long and no longer."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What the ledger holds of one journal after a batch."""

    watermark: int
    ranges: tuple[tuple[int, int], ...]
    parked: tuple[Parked, ...]
    epoch: str
    fresh: int
    """Entries that were not in the ledger before."""
    backed_up: int = 0
    """Everything from 1 to here is in the newest verified backup."""
    parked_all: bool = False
    """Whether `parked` is all that is held apart of the journal, and not only what the batch brought."""


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
            fresh, refused = self._insert(connection, entries, address)
            parked = [*parked, *refused]
            self._park(connection, parked, fresh, address)
            note_devices(connection, batch.station, (entry for entry, _ in entries if entry.sequence in fresh))
            raise_alerts(connection, [told for told in entries if told[0].sequence in fresh], parked, address)
            keep_totals(connection, batch.beside.totals, address)
            declared = {**address, **_declared(batch, now), "skew": clock_skew_seconds}
            row = connection.execute(_HELD, declared).fetchone()
            apart = [(p.sequence, p.reason) for p in parked]
            only_asked = not batch.sequences()
            if only_asked:
                apart = [(s, ParkReason(r)) for s, r in connection.execute(_STILL_PARKED, address)]
        assert row is not None
        watermark, ranges = split(row[0])
        reasons = tuple(Parked(*each) for each in sorted(apart))
        return Holding(watermark, ranges, reasons, str(row[1]), len(fresh), min(row[2], watermark), only_asked)

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
            before = chain_before(here[sequence]) if sequence == 1 else chains.get(sequence - 1)
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
        """The sequences that were new, and the entries that the ledger does not take."""
        fresh, unequal, refused = insert(connection, entries, address)
        reasons = dict.fromkeys(unequal, ParkReason.CONFLICT) | dict.fromkeys(refused, ParkReason.UNREADABLE)
        apart = [_set_apart(entry, reasons[entry.sequence]) for entry, _ in entries if entry.sequence in reasons]
        return fresh, apart

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
                "UPDATE parked SET resolved_at = %s, resolution = 'taken' WHERE station = %s AND journal = %s"
                " AND sequence = ANY(%s) AND reason <> 'conflict' AND resolved_at IS NULL",
                (now, station, journal, sorted(fresh)),
            )


def _declared(batch: Batch, now: datetime) -> dict[str, Any]:
    held = as_multirange(runs(batch.sequences()))
    head = batch.head
    return {
        "held": held,
        "normal": max((e.sequence for e in batch.entries if e.priority is not Priority.ALERT), default=0),
        "head": head.sequence,
        "chain": head.chain_sha256,
        "watermark": head.watermark,
        "signature": head.signature,
        "declared": head.declared_ms,
        "recent": abs(now.timestamp() * 1000 - head.declared_ms) <= _RECENT.total_seconds() * 1000,
        "sealed": batch.beside.sealed,
        "believed": None if batch.beside.believed is None else as_multirange(batch.beside.believed),
        "boot": batch.beside.boot,
        "drift": _DRIFT_SECONDS,
        "jump": _JUMP_SECONDS,
    }


def _set_apart(entry: Entry, reason: ParkReason) -> ParkedEntry:
    return ParkedEntry(entry.sequence, reason, entry.chain_sha256, pack_entry(entry))


def _header_only(batch: Batch, row: tuple[Any, ...]) -> Entry:
    return Entry(
        batch.station, batch.journal, row[0], kind_of(row[1]), priority_of(row[2]), row[3], row[4], row[5], None, None
    )
