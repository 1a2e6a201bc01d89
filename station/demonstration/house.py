"""A whole demonstration: centre, kiosk and sync as processes of their own, and the world before the kiosk."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from config.loader import load
from station.certificates.issuing.hcert import DrillIssuer, make_issuer
from station.certificates.trust.files import write_bundle
from station.demonstration.calibrating import calibrate
from station.demonstration.cast import Traveller, cast
from station.demonstration.programs import FolderLock, Program, ProgramFailed, free_port, is_free
from station.demonstration.stage import Stage
from station.demonstration.world import ScreenWatcher, World
from station.paths import paths_of
from sync.keys import write_private

PROFILE = "demo"
_SEED_FILE = "issuer.seed"


class House:
    """Folders, programs and addresses of one demonstration.

    Args:
        folder: everything is kept below it, and found again at the next start.
        kiosk_port: of the screens; 0 takes a free one.
        centre_port: of the EOC; 0 takes a free one.
        camera: a source other than the drawn pictures, as `v4l2:0`.
        refer_after: seconds until an unanswered REFER is saved; None leaves it to the profile.
    """

    def __init__(
        self,
        folder: Path,
        *,
        kiosk_port: int = 0,
        centre_port: int = 0,
        camera: str | None = None,
        refer_after: float | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.station_state = self.folder / "station"
        self.centre_state = self.folder / "centre"
        self.world_folder = self.folder / "world"
        kiosk, centre = kiosk_port or free_port(), centre_port or free_port()
        self.kiosk_address = f"http://127.0.0.1:{kiosk}"
        self.centre_address = f"http://127.0.0.1:{centre}"
        logs = self.folder / "logs"
        where = ("--profile", PROFILE, "--state", str(self.station_state))
        source = camera or f"folder:{self.world_folder / 'camera'}"
        patience = () if refer_after is None else ("--refer-after", str(refer_after))
        self.centre = Program(
            "eoc",
            ("-m", "sync.centre", "serve", "--port", str(centre), "--state", str(self.centre_state)),
            logs,
            self.centre_address + "/healthz",
        )
        self.kiosk = Program(
            "kiosk",
            (
                *("-m", "station", "kiosk", *where, "--port", str(kiosk)),
                *("--camera", source, "--thermal", str(self.world_folder / "thermal"), *patience),
            ),
            logs,
            self.kiosk_address + "/healthz",
        )
        self.sync = Program("sync", ("-m", "station", "sync", *where), logs, None)
        self._lock: FolderLock | None = None

    def prepare(self) -> DrillIssuer:
        """Folders, and the demonstration's own issuer with its trust bundle.

        Raises:
            ProgramFailed: another demonstration runs in this folder, or a port is taken.
        """
        for address in (self.kiosk_address, self.centre_address):
            require_port(int(address.rpartition(":")[2]))
        self._lock = self._lock or FolderLock(self.folder)
        for folder in (self.station_state, self.world_folder / "camera"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        seed = self.world_folder / _SEED_FILE
        if not seed.exists():
            write_private(seed, os.urandom(32))
        # The signers' certificates run from a fixed day, so that a later start makes the same ones.
        born = datetime.fromtimestamp(seed.stat().st_mtime, UTC)
        issuer = make_issuer(seed.read_bytes(), born)
        bundles = self.station_state / "trust"
        bundles.mkdir(exist_ok=True)
        (bundles / "demonstration.json").write_text(write_bundle(issuer.certificates(), born, test=True))
        settings = load(PROFILE, {"station": {"state": self.station_state}})
        calibrate(paths_of(settings).calibration, datetime.now(UTC))
        return issuer

    def enrolled(self) -> bool:
        """Whether the station knows its centre."""
        return paths_of(load(PROFILE, {"station": {"state": self.station_state}})).membership.exists()

    def enrol(self) -> None:
        """Let the centre write a package and the station use it; the centre must be running.

        Raises:
            ProgramFailed: one of them refused; its sentence is in the message.
        """
        package = self.world_folder / "enrolment.json"
        package.unlink(missing_ok=True)
        name = load(PROFILE).station.name
        _run(
            "-m", "sync.centre", "enrol", name, "--checkpoint", "demo", "--state", str(self.centre_state),
            "--address", self.centre_address, "--out", str(package),
        )  # fmt: skip
        _run(
            "-m", "station", "enrol", str(package), "--profile", PROFILE, "--state", str(self.station_state)
        )  # fmt: skip
        package.unlink()

    def world(self, people: tuple[Traveller, ...], seed: int) -> World:
        """The place before the kiosk, with these people."""
        stage = Stage(self.world_folder, seed, time.monotonic)
        return World(stage, ScreenWatcher(self.kiosk_address), people, seed)

    def open(self) -> None:
        """Start every program, enrol the station when it is not yet, wait until all answer.

        Raises:
            ProgramFailed: one did not come up.
        """
        self.centre.start()
        self.kiosk.start()
        self.centre.wait_ready()
        if not self.enrolled():
            self.enrol()
        self.sync.start()
        self.kiosk.wait_ready()

    def stop(self) -> None:
        """End every program, the centre last."""
        for program in (self.kiosk, self.sync, self.centre):
            program.stop()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def require_port(port: int) -> None:
    """Refuse a taken port before anything is started.

    Raises:
        ProgramFailed: somebody listens there.
    """
    if not is_free(port):
        raise ProgramFailed(f"port {port} of this machine is taken; end what uses it, or choose another port")


def people(number: int, seed: int, issuer: DrillIssuer) -> tuple[Traveller, ...]:
    """So many travellers of today."""
    return cast(number, seed, issuer, datetime.now(UTC))


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise ProgramFailed(f"{arguments[1]} {arguments[2]} failed: {lines[-1]}")
