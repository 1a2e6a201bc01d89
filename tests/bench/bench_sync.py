"""How fast records go up, and what they weigh. Run: `python tests/bench/bench_sync.py`, or `./daan bench sync`.

Journals live in memory, everything else is real: an embedded PostgreSQL with fsync, the centre as a process of its
own, HTTP on loopback, signatures, receipts, sync.db. The bare limit is COPY to a temporary table and the upsert into
the same two tables by psycopg, without checks, locks, watermark or board facts, batch by batch in turn with ours.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "sync")]

import cbor2  # noqa: E402
import psycopg  # noqa: E402
import zstandard  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from enrolled import enrol  # noqa: E402
from journal_in_memory import MemoryJournal  # noqa: E402

from sync.batch import Batch, decode, encode, sign_head  # noqa: E402
from sync.centre import embedded  # noqa: E402
from sync.centre.database import open_database  # noqa: E402
from sync.centre.ledger import Ledger  # noqa: E402
from sync.centre.registry import Checkpoint, Registry  # noqa: E402
from sync.client import HttpCentre  # noqa: E402
from sync.enrolment import Package, write_package  # noqa: E402
from sync.facts import Entry, canonical, header  # noqa: E402
from sync.keys import make_or_load_signing_key, public_bytes  # noqa: E402
from sync.sync_store import SyncStore  # noqa: E402
from sync.uplink import Uplink  # noqa: E402

BATCH = 500
STATION = "bench-1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BARE_COPY = (
    "COPY incoming (sequence, kind, priority, recorded_at, payload_sha256, chain_sha256, salt, payload, reasons)"
    " FROM STDIN (FORMAT BINARY)"
)
BARE_TYPES = ("int8", "text", "text", "timestamptz", "bytea", "bytea", "bytea", "bytea", "text[]")
BARE_KEYS = """
INSERT INTO ledger_key
SELECT %s, %s, sequence, kind, priority, recorded_at, %s, payload_sha256, chain_sha256 FROM incoming
ON CONFLICT DO NOTHING
"""
BARE_PAYLOADS = """
INSERT INTO ledger_payload
SELECT %s, %s, sequence, recorded_at, %s, kind, salt, payload, NULL, reasons, NULL, NULL FROM incoming
ON CONFLICT DO NOTHING
"""


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def journal_of(count: int, seed: int = 1) -> MemoryJournal:
    """`count` invented screenings that end about now."""
    journal = MemoryJournal(STATION, seed, now() - timedelta(seconds=7 * count))
    journal.add(count)
    return journal


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
        entry.sequence, entry.kind.value, entry.priority.value, recorded_ms, entry.salt, entry.payload,
        entry.payload_sha256, entry.chain_sha256,
    )  # fmt: skip


@contextmanager
def server() -> Iterator[str]:
    """URL of an embedded PostgreSQL that is thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="daan-bench-", dir="/tmp"))
    url, let_go = embedded.start(folder / "data")
    try:
        yield url
    finally:
        let_go()
        shutil.rmtree(folder, ignore_errors=True)


def schema(url: str, name: str) -> str:
    """URL of an empty schema on the same server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


def ledger(url: str, count: int) -> dict[str, Any]:
    """Decoded batch to commit, ours and bare in turn; rates by the median batch, `ratio` is ours over the bare one."""
    mine, bare = open_database(Path(), schema(url, "mine")), open_database(Path(), schema(url, "bare"))
    for database in (mine, bare):
        Registry(database).expect(STATION, Checkpoint("demo", "ด่าน", "Demo"), b"code", now())
    taking = Ledger(mine)
    decoded = [decode(body) for body in batches(journal_of(count + 2 * BATCH))]
    Ledger(bare).take(decoded[0], now())  # makes the month's partition there
    with bare.transaction() as connection:
        connection.execute("TRUNCATE ledger_key, ledger_payload, journal")
    spent = {"ours": [], "bare": []}
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
    }


def _bare(database: Any, batch: Batch) -> None:
    address = (batch.station, UUID(batch.journal), now())
    with database.transaction() as connection, connection.cursor() as cursor:
        with cursor.copy(BARE_COPY) as copy:
            copy.set_types(BARE_TYPES)
            for e in batch.entries:
                copy.write_row(
                    (
                        e.sequence, e.kind.value, e.priority.value, e.recorded_at, e.payload_sha256, e.chain_sha256,
                        e.salt, e.payload, [],
                    )
                )  # fmt: skip
        cursor.execute(BARE_KEYS, address)
        cursor.execute(BARE_PAYLOADS, address)


def end_to_end(url: str, count: int) -> dict[str, Any]:
    """Outbox to believed receipts through a centre in a process of its own, and how an alert overtakes."""
    folder = Path(tempfile.mkdtemp(prefix="daan-bench-eoc-", dir="/tmp"))
    database = schema(url, "whole")
    command = [sys.executable, "-m", "sync.centre", "serve", "--port", "0"]
    program = [*command, "--state", str(folder / "eoc"), "--database", database]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as eoc:
        try:
            assert eoc.stdout is not None
            address = eoc.stdout.readline().strip().rpartition(" ")[2]
            station = _enrolled(folder, database, address)
            journal = journal_of(count, seed=2)
            centre = HttpCentre(station.centre, STATION, station.keys.sign, now)
            uplink = Uplink(journal, SyncStore(folder / "sync.db"), centre, station.keys.sign, now)
            began, cpu = time.perf_counter(), time.process_time()
            result = uplink.drain()
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            alerts = []
            for _ in range(20):
                journal.add(1, alert=True)
                began = time.perf_counter()
                uplink.drain()
                alerts.append((time.perf_counter() - began) * 1000)
        finally:
            eoc.terminate()
    shutil.rmtree(folder, ignore_errors=True)
    return {
        "records": result.entries,
        "outcome": result.outcome.value,
        "records_per_second": round(result.entries / seconds),
        "station_cpu_us_per_record": round(cpu / count * 1e6, 1),
        "one_alert_to_receipt_ms_median": round(sorted(alerts)[10], 1),
        "one_alert_to_receipt_ms_max": round(max(alerts), 1),
    }


def _enrolled(folder: Path, database: str, address: str) -> Any:
    opened = open_database(folder, database)
    code = random.Random(4).randbytes(16)
    expires = Registry(opened).expect(STATION, Checkpoint("demo", "ด่าน", "Demo"), code, now())
    opened.close()
    receipt_key = public_bytes(make_or_load_signing_key(folder / "eoc" / "keys" / "receipt.key"))
    package = folder / "package.json"
    write_package(Package(STATION, "demo", address, None, receipt_key, None, code, expires), package)
    return enrol(package, folder / "keys", now)


def run(count: int = 20_000) -> dict[str, Any]:
    """All figures for `count` records."""
    with server() as url:
        return {"wire": wire(min(count, 5000)), "ledger": ledger(url, count), "end_to_end": end_to_end(url, count)}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000), indent=2))
