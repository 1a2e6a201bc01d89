"""Programs for the tests beyond one machine: several workers, nginx, a NATS cluster, all on loopback."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from journal_in_memory import START, MemoryJournal

from sync.batch import decode, encode, sign_head
from sync.centre.database import Database, open_database
from sync.centre.front import Front, configuration
from sync.centre.ledger import Holding, Ledger
from sync.centre.registry import Checkpoint, Registry

ROOT = Path(__file__).resolve().parents[3]
STATIONS = ("demo-1", "demo-2", "demo-3")
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@contextmanager
def ledger_of(folder: Path, url: str) -> Iterator[Database]:
    """A ledger that expects three stations."""
    opened = open_database(folder, url)
    for station in STATIONS:
        Registry(opened).expect(station, Checkpoint("demo", "ด่าน", "Demo"), station.encode() * 3, START)
    yield opened
    opened.close()


def journal_of(count: int, station: str = "demo-1", seed: int = 1) -> MemoryJournal:
    journal = MemoryJournal(station, seed)
    journal.add(count)
    return journal


def take(database: Database, journal: MemoryJournal, after: int, count: int) -> Holding:
    """Put so many entries after a sequence into the ledger."""
    head = sign_head(_KEY, journal.station, journal.journal, *journal.head(), 0, START)
    wire = encode(journal.station, journal.journal, head, list(journal.entries(after, count)))
    return Ledger(database).take(decode(wire), START)


def everything(database: Database) -> set[tuple[str, str, int]]:
    """Every address in the ledger."""
    with database.transaction() as connection:
        return set(connection.execute("SELECT station, journal::text, sequence FROM ledger_key").fetchall())


def program(name: str) -> str:
    """Path of a program of Debian's; the test is skipped without it."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"Debian's {name} is not installed: apt-get install {name}")
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_for(port: int, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            assert time.monotonic() < deadline, f"nothing answers at {port}"
            time.sleep(0.05)


@contextmanager
def running(*command: str, **more: object) -> Iterator[subprocess.Popen]:
    """A program of our own that is killed afterwards."""
    with subprocess.Popen(command, **more) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def worker(state: Path, database: str, port: int) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "sync.centre", "serve", "--port", str(port), "--state", str(state)]
    with running(*command, "--database", database, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        yield process


@contextmanager
def nginx(folder: Path, workers: tuple[int, ...], port: int, **more: object) -> Iterator[subprocess.Popen]:
    """nginx before workers on these ports; its folder is its own."""
    binary = program("nginx")
    folder.mkdir(parents=True, exist_ok=True)
    places = tuple(f"127.0.0.1:{each}" for each in workers)
    front = Front(places, f"127.0.0.1:{port}", ("127.0.0.1", "localhost"), folder, **more)
    (folder / "nginx.conf").write_text(configuration(front), encoding="utf-8")
    command = (binary, "-p", str(folder), "-c", str(folder / "nginx.conf"))
    with subprocess.Popen(command, stderr=(folder / "stderr").open("w")) as process:
        try:
            wait_for(port)
            yield process
        finally:
            process.terminate()  # its own workers end with it
            process.wait(10)


class Cluster:
    """NATS servers with JetStream on loopback, that can be killed and started one by one; as a context manager."""

    def __init__(self, folder: Path, size: int = 3) -> None:
        self._binary, self._folder = program("nats-server"), folder
        self._ports = [(free_port(), free_port()) for _ in range(size)]
        self._nodes: dict[int, subprocess.Popen] = {}

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(f"nats://127.0.0.1:{port}" for port, _ in self._ports)

    def start(self, node: int) -> None:
        port, route = self._ports[node]
        home = self._folder / f"n{node}"
        home.mkdir(parents=True, exist_ok=True)
        routes = ", ".join(f"nats-route://127.0.0.1:{each}" for _, each in self._ports)
        # A single server has no one to agree with and must not be told of a cluster.
        cluster = f"cluster {{ name: daan, listen: 127.0.0.1:{route}, routes: [{routes}] }}" * (len(self._ports) > 1)
        (home / "conf").write_text(
            f"server_name: n{node}\nlisten: 127.0.0.1:{port}\njetstream {{ store_dir: {home}/store }}\n{cluster}\n"
        )
        self._nodes[node] = subprocess.Popen(
            [self._binary, "-c", str(home / "conf"), "-l", str(home / "log")], stdin=subprocess.DEVNULL
        )
        wait_for(port)

    def kill(self, node: int) -> None:
        """As kill -9."""
        process = self._nodes.pop(node)
        process.kill()
        process.wait()

    def wipe(self) -> None:
        """Every server dies and its disk is lost."""
        for node in list(self._nodes):
            self.kill(node)
        shutil.rmtree(self._folder)

    def __enter__(self) -> "Cluster":
        for node in range(len(self._ports)):
            self.start(node)
        return self

    def __exit__(self, *_: object) -> None:
        for node in list(self._nodes):
            self.kill(node)
