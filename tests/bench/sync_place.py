"""What the benches of the way to the centre share: a PostgreSQL, centres as processes, stations with real journals."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "sync"), str(ROOT / "tests" / "sync" / "centre")]

import psycopg  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from journal_in_memory import MemoryJournal  # noqa: E402
from scale_kit import free_port, running, wait_for, worker  # noqa: E402

from station.journal.journal import Draft, Journal  # noqa: E402
from station.journal.reader import JournalReader  # noqa: E402
from sync.centre import embedded  # noqa: E402
from sync.centre.database import Database, open_database  # noqa: E402
from sync.centre.registry import Checkpoint, Registry  # noqa: E402
from sync.client import CentreAddress, HttpCentre  # noqa: E402
from sync.facts import FactKind, Priority  # noqa: E402
from sync.keys import make_or_load_signing_key, public_bytes, public_key  # noqa: E402

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""Every station of a bench signs with it."""
PLACE = Checkpoint("demo", "ด่าน", "Demo")

__all__ = ["free_port", "running", "wait_for", "worker"]


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def journal_of(count: int, seed: int = 1, station: str = "bench-1") -> MemoryJournal:
    """`count` invented screenings that end about now, in memory."""
    journal = MemoryJournal(station, seed, now() - timedelta(seconds=7 * count))
    journal.add(count)
    return journal


@contextmanager
def folder_of(name: str) -> Iterator[Path]:
    """A folder that is thrown away. Its path is short: sockets lie in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"daan-bench-{name}-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """URL of an embedded PostgreSQL, with fsync and synchronous commit as it comes."""
    with folder_of("pg") as folder:
        url, let_go = embedded.start(folder / "data")
        try:
            yield url
        finally:
            let_go()


def schema(url: str, name: str) -> str:
    """URL of an empty schema on the same server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


def admit(database: Database, stations: list[str]) -> None:
    """Stations as after their enrolment, all with `KEY`."""
    key = public_bytes(KEY)
    for station in stations:
        Registry(database).expect(station, PLACE, station.encode() * 3, now())
    with database.transaction() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO station_key (station, sign_key, receive_key, enrolled_at) VALUES (%s, %s, %s, now())",
            [(station, key, key) for station in stations],
        )


@dataclass
class Place:
    """A centre of some workers."""

    folder: Path
    database: str
    ports: tuple[int, ...]
    workers: list[subprocess.Popen]
    receipt_key: Any

    def station(self, name: str, port: int | None = None) -> HttpCentre:
        """What a station sends by, through any port."""
        address = CentreAddress(f"http://127.0.0.1:{port or self.ports[0]}", None, self.receipt_key)
        return HttpCentre(address, name, KEY, now)

    def query(self, text: str) -> list[tuple]:
        """Rows of the ledger's database."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(text).fetchall()


@contextmanager
def centre(url: str, name: str, stations: list[str], workers: int = 1) -> Iterator[Place]:
    """Workers as processes of their own on an empty ledger that knows these stations."""
    database = schema(url, name)
    with folder_of("eoc") as folder, ExitStack() as open_things:
        opened = open_database(folder, database)
        admit(opened, stations)
        opened.close()
        key = make_or_load_signing_key(folder / "keys" / "receipt.key")
        ports = tuple(free_port() for _ in range(workers))
        running_now = [open_things.enter_context(worker(folder, database, port)) for port in ports]
        for port in ports:
            wait_for(port)
        yield Place(folder, database, ports, running_now, public_key(public_bytes(key)))


@contextmanager
def real_journal(folder: Path, count: int, station: str = "bench-1") -> Iterator[tuple[Journal, JournalReader]]:
    """A journal on disk (SQLCipher, FULL) that holds `count` screenings, and a reader of it as `station sync` has."""
    key, start = os.urandom(32), now() - timedelta(seconds=7 * count)
    invented = MemoryJournal(station, 3, start)
    journal = Journal(folder / "journal.db", key, station, now, os.urandom)

    def drafts() -> Iterator[Draft]:
        for index in range(count):
            at = start + timedelta(seconds=7 * index)
            yield Draft(FactKind.SCREENING, Priority.NORMAL, at, json.loads(invented.screening()))

    journal.extend(drafts())
    reader = JournalReader(folder / "journal.db", key)
    try:
        yield journal, reader
    finally:
        reader.close()
        journal.close()


def cpu_seconds(pid: int, children: bool = False) -> float:
    """CPU that a process of this machine has used, or all its living children."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat") if children else [Path(f"/proc/{pid}/stat")]:
        try:
            fields = path.read_text().rpartition(")")[2].split()  # from the third field on: proc(5)
        except OSError:
            continue
        if not children or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def postmaster(url: str) -> int:
    """Process number of the server."""
    with psycopg.connect(url) as connection:
        backend = connection.execute("SELECT pg_backend_pid()").fetchone()
        return int(Path(f"/proc/{backend[0]}/stat").read_text().rpartition(")")[2].split()[1])


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def until(condition: Any, seconds: float) -> None:
    """Wait for something to become true.

    Raises:
        TimeoutError: it did not.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what the bench waits for did not come")
        time.sleep(0.01)
