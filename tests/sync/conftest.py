"""A real PostgreSQL for the whole run, a fresh database for each centre, a real server on loopback."""

import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from enrolled import Enrolled, enrol
from journal_in_memory import MemoryJournal

from sync.centre import embedded
from sync.centre.app import Centre, CentreSettings, open_centre
from sync.centre.registry import Checkpoint, Registry
from sync.centre.server import CentreServer
from sync.client import HttpCentre
from sync.enrolment import Package, write_package
from sync.facts import Outbox
from sync.keys import public_bytes
from sync.sync_store import SyncStore
from sync.uplink import BatchLimits, Uplink
from sync.worker import Pace, Worker

QUICK = Pace(0.02, 30, 0.05, 0.2, 0.1)
NAMES = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of an embedded server. Its folder is short and lies under no key or home."""
    folder = Path(tempfile.mkdtemp(prefix="daan-pg-", dir="/tmp"))
    url, let_go = embedded.start(folder / "data")
    yield url
    # what it holds is thrown away: no time is spent on writing it out
    os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    let_go()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """An empty schema of its own: quicker than a database of its own, and as separate."""
    name = f"t{next(NAMES)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield f"{postgres}&options=-csearch_path%3D{name}"
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@dataclass
class Eoc:
    """A centre that can be switched off and on at the same address."""

    settings: CentreSettings
    folder: Path
    clock: Callable[[], datetime] = now
    port: int = 0
    centre: Centre | None = None
    server: CentreServer | None = None
    codes: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def start(self) -> "Eoc":
        self.centre = open_centre(self.settings, lambda: self.clock())
        self.server = CentreServer(self.centre, port=self.port)
        self.port = int(self.server.address.rpartition(":")[2])
        self.server.__enter__()
        return self

    def stop(self) -> None:
        if self.server is not None and self.centre is not None:
            self.server.__exit__()
            self.centre.close()
            self.server = self.centre = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def package(self, station: str, checkpoint: str = "demo", at: datetime | None = None) -> Path:
        """An enrolment package for a station, made at `at`."""
        assert self.centre is not None
        code = random.Random(f"{station}{next(self.codes)}").randbytes(16)
        place = Checkpoint(checkpoint, "ด่านสาธิต", "Demonstration")
        expires = Registry(self.centre.database).expect(station, place, code, at or self.clock())
        path = self.folder / f"{station}.enrol.json"
        write_package(
            Package(station, checkpoint, self.address, None, public_bytes(self.centre.key), None, code, expires), path
        )
        return path

    def enrol(self, station: str = "demo-1", checkpoint: str = "demo") -> "Kiosk":
        """A station that is enrolled and has a journal in memory."""
        folder = self.folder / station
        enrolled = enrol(self.package(station, checkpoint), folder / "keys", now)
        return Kiosk(enrolled, folder, MemoryJournal(station, start=now() - timedelta(hours=1)))

    def rows(self, query: str, *values: object) -> list[tuple]:
        assert self.centre is not None
        with self.centre.database.transaction() as connection:
            return connection.execute(query, values).fetchall()


@dataclass
class Kiosk:
    """The station's side."""

    enrolled: Enrolled
    folder: Path
    journal: MemoryJournal

    @property
    def state(self) -> Path:
        return self.folder / "sync.db"

    def http(self) -> HttpCentre:
        return HttpCentre(self.enrolled.centre, self.enrolled.station, self.enrolled.keys.sign, now)

    def uplink(self, entries: int = 500, outbox: Outbox | None = None, centre: object = None) -> Uplink:
        return Uplink(
            outbox or self.journal, SyncStore(self.state), centre or self.http(), self.enrolled.keys.sign, now,
            BatchLimits(entries),
        )  # fmt: skip

    def worker(self, uplink: Uplink | None = None, pace: Pace = QUICK) -> Worker:
        return Worker(uplink or self.uplink(), time.monotonic, time.sleep, random.Random(1).random, pace)


@pytest.fixture
def eoc(database_url: str, tmp_path: Path) -> Iterator[Eoc]:
    """A running centre with an empty ledger."""
    running = Eoc(CentreSettings(tmp_path / "eoc", database_url), tmp_path).start()
    yield running
    running.stop()


@pytest.fixture
def kiosk(eoc: Eoc) -> Kiosk:
    return eoc.enrol()
