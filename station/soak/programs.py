"""The processes of a soak: one writer and one uplink per station behind a bad link, and the one centre."""

import os
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from station.demonstration.programs import Program, ProgramFailed, is_free
from station.journal.keys.file import create_key
from station.paths import paths_of
from station.soak.carrier import carry
from station.soak.controls import Controls, make_controls
from station.soak.writer import Stage, settings_of, write
from station.uplink_program import enrol
from sync.centre.app import Centre, CentreSettings
from sync.centre.database import Database
from sync.centre.embedded import data_folder
from sync.centre.registry import Checkpoint, Registry
from sync.enrolment import CODE_BYTES, Package, write_package
from sync.faults.proxy import Proxy
from sync.keys import public_bytes

_LOWEST_PORT, _PORTS = 15_000, 15_000
"""Linux lends ports from 32768 on (ip-sysctl, ip_local_port_range)."""

Actor = Callable[[Stage, Controls], None]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays what; a test puts in programs with a bug, to see that it is caught."""

    writer: Actor = write
    uplink: Actor = carry
    spoil: Callable[[Database], None] | None = None
    """Done to the ledger's database before anything is sent."""


class Player:
    """One process of a station that is started again whenever it is down, as systemd does."""

    def __init__(self, context: ForkServerContext, actor: Actor, stage: Stage, controls: Controls) -> None:
        self._context, self._actor, self._stage, self._controls = context, actor, stage, controls
        self._process: ForkServerProcess | None = None
        self.starts = 0

    @property
    def running(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.is_alive()

    @property
    def finished(self) -> bool:
        """Whether it came to its own end."""
        return self._process is not None and self._process.exitcode == 0

    def start(self) -> None:
        """Start it."""
        process = self._context.Process(target=self._actor, args=(self._stage, self._controls), daemon=True)
        process.start()
        self._process = process
        self.starts += 1

    def kill(self) -> bool:
        """SIGKILL; whether it was there to be killed."""
        if self._process is None or not self._process.is_alive():
            return False
        self._process.kill()
        self._process.join()
        return self._process.exitcode == -signal.SIGKILL

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(10)
            self._process.kill()


PLAIN = Cast()
"""The programs as they are."""


class Station:
    """One station of the soak.

    Args:
        context: starts processes.
        stage: its name, folder and task.
        centre_port: where the real centre listens.
        cast: who plays.
    """

    def __init__(self, context: ForkServerContext, stage: Stage, centre_port: int, cast: Cast) -> None:
        self.stage, self.paths = stage, paths_of(settings_of(stage))
        self.controls = make_controls(context)
        self.proxy = Proxy("127.0.0.1", centre_port, stage.seed)
        self.writer = Player(context, cast.writer, stage, self.controls)
        self.uplink = Player(context, cast.uplink, stage, self.controls)

    def join(self, package: Path) -> None:
        """Write down the journal's key and enrol, through the proxy."""
        create_key(self.paths.journal_key, self.stage.key)
        enrol(package, self.paths, self.stage.station)
        package.unlink()


def steady_port() -> int:
    """A free port that the system lends to nobody while the centre is down: below those for outgoing connections.

    Raises:
        ProgramFailed: there is none.
    """
    for _ in range(100):
        port = _LOWEST_PORT + secrets.randbelow(_PORTS)
        if is_free(port):
            return port
    raise ProgramFailed("no port of this machine is free for the centre; end what uses them")


class Eoc:
    """The centre: `eoc serve` as a process, with the embedded PostgreSQL or one that is given."""

    def __init__(self, folder: Path, database: str | None) -> None:
        self.port = steady_port()
        self.settings = CentreSettings(folder / "centre", database)
        where = ("--state", str(self.settings.state), *(("--database", database) if database else ()))
        self.program = Program(
            "eoc",
            ("-m", "sync.centre", "serve", "--port", str(self.port), *where),
            folder / "logs",
            f"http://127.0.0.1:{self.port}/healthz",
        )

    def kill_database(self) -> bool:
        """SIGKILL the embedded PostgreSQL; whether there was one."""
        if self.settings.database is not None:
            return False
        with suppress(OSError, ValueError, IndexError):
            lines = (data_folder(self.settings.state) / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), signal.SIGKILL)
            return True
        return False

    def admit(self, centre: Centre, stations: list[Station], folder: Path) -> list[Path]:
        """One enrolment package for each station, as `eoc enrol` writes them."""
        packages = []
        for station in stations:
            name, code = station.stage.station, secrets.token_bytes(CODE_BYTES)
            place = Checkpoint("demo", "ด่านสาธิต", "Demonstration")
            expires = Registry(centre.database).expect(name, place, code, centre.clock())
            packages.append(folder / f"{name}.enrol.json")
            key = public_bytes(centre.key)
            write_package(Package(name, "demo", station.proxy.address, None, key, None, code, expires), packages[-1])
        return packages
