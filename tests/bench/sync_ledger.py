"""The form on the wire beside those not chosen, and a decoded batch to commit beside the bare driver doing the same."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import cbor2
import zstandard
from sync_place import KEY, MemoryJournal, admit, folder_of, journal_of, now, schema

from sync.batch import Batch, decode, encode, sign_head
from sync.centre.backup import back_up
from sync.centre.database import open_database
from sync.centre.ledger import Ledger
from sync.facts import Entry, canonical, header

BATCH = 500
STATION = "bench-1"
BARE_COPY = (
    "COPY incoming (sequence, kind, priority, recorded_at, payload_sha256, chain_sha256, salt, payload, reasons)"
    " FROM STDIN (FORMAT BINARY)"
)
BARE_TYPES = ("int8", "text", "text", "timestamptz", "bytea", "bytea", "bytea", "bytea", "text[]")
BARE_KEYS = """
INSERT INTO ledger_key (station, journal, sequence, kind, priority, recorded_at, received_at, payload_sha256,
                        chain_sha256)
SELECT %s, %s, sequence, kind, priority, recorded_at, %s, payload_sha256, chain_sha256 FROM incoming
ON CONFLICT DO NOTHING
"""
BARE_PAYLOADS = """
INSERT INTO ledger_payload (station, journal, sequence, recorded_at, received_at, kind, salt, payload, reasons)
SELECT %s, %s, sequence, recorded_at, %s, kind, salt, payload, reasons FROM incoming
ON CONFLICT DO NOTHING
"""


def batches(journal: MemoryJournal) -> Iterator[bytes]:
    """The whole journal as it goes over the wire."""
    sequence, chain = journal.head()
    head = sign_head(KEY, journal.station, journal.journal, sequence, chain, 0, now())
    for after in range(0, sequence, BATCH):
        yield encode(journal.station, journal.journal, head, list(journal.entries(after, BATCH)))


def wire(count: int) -> dict[str, Any]:
    """Bytes a record and CPU of the form on the wire, beside the forms that were not chosen."""
    journal = journal_of(count)
    entries = list(journal.entries(0, count))
    pages = [entries[i : i + BATCH] for i in range(0, count, BATCH)]
    began = time.process_time()
    ours = list(batches(journal))
    encoded = time.process_time()
    for body in ours:
        decode(body)
    decoded = time.process_time()
    return {
        "payload_bytes": round(sum(len(e.payload or b"") for e in entries) / count),
        "bytes_per_record": round(sum(map(len, ours)) / count, 1),
        "encode_cpu_us": round((encoded - began) / count * 1e6, 1),
        "decode_and_verify_cpu_us": round((decoded - encoded) / count * 1e6, 1),
        "bytes_per_record_json_lines": _weigh(pages, _json_lines),
        "bytes_per_record_cbor_rows": _weigh(pages, lambda page: cbor2.dumps([_columns(e) for e in page])),
        "bytes_per_record_cbor_columns": _weigh(
            pages, lambda page: cbor2.dumps([list(c) for c in zip(*map(_columns, page), strict=True)])
        ),
    }


def _weigh(pages: list[list[Entry]], form: Any) -> float:
    pack = zstandard.ZstdCompressor(level=6)
    return round(sum(len(pack.compress(form(page))) for page in pages) / sum(map(len, pages)), 1)


def _json_lines(page: list[Entry]) -> bytes:
    return b"\n".join(
        canonical(
            {
                "h": header(e).decode(),
                "c": e.chain_sha256.hex(),
                "s": (e.salt or b"").hex(),
                "p": str(e.payload, "utf-8"),
            }
        )
        for e in page
    )


def _columns(entry: Entry) -> tuple[Any, ...]:
    recorded_ms = int(entry.recorded_at.timestamp() * 1000)
    return (
        entry.sequence, str(entry.kind), str(entry.priority), recorded_ms, entry.salt, entry.payload,
        entry.payload_sha256, entry.chain_sha256,
    )  # fmt: skip


def ledger(url: str, count: int) -> dict[str, Any]:
    """Decoded batch to commit, ours and bare in turn; rates by the median batch, `ratio` is ours over the bare one."""
    mine, bare = open_database(Path(), schema(url, "mine")), open_database(Path(), schema(url, "bare"))
    for database in (mine, bare):
        admit(database, [STATION])
    taking = Ledger(mine)
    decoded = [decode(body) for body in batches(journal_of(count + 2 * BATCH))]
    Ledger(bare).take(decoded[0], now())  # makes the month's partition there
    with bare.transaction() as connection:
        connection.execute("TRUNCATE ledger_key, ledger_payload, journal")
        connection.execute("DROP TRIGGER ledger_key_announced ON ledger_key")  # telling followers is our own work
    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    for index, batch in enumerate(decoded):
        steps = [("ours", lambda b=batch: taking.take(b, now())), ("bare", lambda b=batch: _bare(bare, b))]
        for name, step in steps if index % 2 else reversed(steps):
            began = time.perf_counter()
            step()
            if index >= 2:  # the first two warm up
                spent[name].append(time.perf_counter() - began)
    began = time.perf_counter()
    for batch in decoded:
        taking.take(batch, now())
    repeated = time.perf_counter() - began
    size, wal = _storage(mine, taking)
    with folder_of("backup") as folder:
        taken = back_up(mine, folder / "ledger.backup", bytes(range(32)), now())
    mine.close()
    bare.close()
    ours, limit = (sorted(spent[name])[len(spent[name]) // 2] / BATCH for name in ("ours", "bare"))
    return {
        "records": count,
        "records_per_second": round(1 / ours),
        "bare_records_per_second": round(1 / limit),
        "ratio": round(limit / ours, 2),
        "batch_ms_median": round(ours * BATCH * 1000, 1),
        "batch_ms_p95": round(sorted(spent["ours"])[int(len(spent["ours"]) * 0.95)] * 1000, 1),
        "repeated_records_per_second": round(len(decoded) * BATCH / repeated),
        "stored_bytes_per_record": round(size / (count + 2 * BATCH)),
        "wal_bytes_per_record": wal,
        "backup_bytes_per_record": round(taken.bytes / taken.entries),
    }


def _storage(database: Any, taking: Ledger) -> tuple[int, int]:
    """Bytes of all tables and indexes, and bytes of write-ahead log for a record, over ten batches more."""
    position = "SELECT pg_current_wal_insert_lsn() - '0/0'"
    total = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace ="
    with database.transaction() as connection:
        size = connection.execute(f"{total} current_schema()::regnamespace").fetchone()[0]
        before = connection.execute(position).fetchone()[0]
    journal = journal_of(10 * BATCH, seed=9)
    for body in batches(journal):
        taking.take(decode(body), now())
    with database.transaction() as connection:
        after = connection.execute(position).fetchone()[0]
    return int(size), round(float(after - before) / (10 * BATCH))


def _bare(database: Any, batch: Batch) -> None:
    address = (batch.station, UUID(batch.journal), now())
    with database.transaction() as connection, connection.cursor() as cursor:
        with cursor.copy(BARE_COPY) as copy:
            copy.set_types(BARE_TYPES)
            for e in batch.entries:
                copy.write_row(
                    (
                        e.sequence, str(e.kind), str(e.priority), e.recorded_at, e.payload_sha256, e.chain_sha256,
                        e.salt, e.payload, [],
                    )
                )  # fmt: skip
        cursor.execute(BARE_KEYS, address)
        cursor.execute(BARE_PAYLOADS, address)
