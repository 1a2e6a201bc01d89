"""The program `station sync`: enrolment, and carrying the journal to the centre. It only reads the journal."""

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.messages.said import say
from config.settings import LinkSettings, Settings
from station.journal.errors import JournalError
from station.journal.keys.source import keys_of
from station.journal.opening import open_reader
from station.paths import StationPaths
from sync.client import Centre, CentreAddress, HttpCentre, Way, post_enrolment
from sync.enrolment import Package, ask, check_answer, read_package
from sync.errors import EnrolmentFailed, SyncError
from sync.keys import decode, encode, load_station_keys, make_station_keys, public_key, write_private
from sync.links import Link, Links, Meter
from sync.sync_store import SyncStore
from sync.uplink import BatchLimits, DrainResult, Uplink
from sync.worker import Pace, Worker

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Membership:
    """The centre that this station was enrolled with."""

    station: str
    address: str
    receipt_key: bytes
    ca: Path | None
    seal_key: bytes | None = None
    """To which an export is sealed; None when an older centre enrolled this station."""


def utc_now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def enrol(package_file: Path, paths: StationPaths, station: str) -> Membership:
    """Make the station's keys, prove them together with the package's code, remember the centre.

    Raises:
        EnrolmentFailed, CentreUnreachable, CentreRefused, KeyUnusable: nothing was changed but the keys made.
    """
    package = read_package(package_file)
    if package.station != station:
        raise EnrolmentFailed(f"the package is for {package.station}, this station is {station}; take the right one")
    keys = make_station_keys(paths.keys)
    ca = _write_ca(package, paths)
    answer = post_enrolment(package.address, ca, ask(package, keys, utc_now()))
    check_answer(answer, package, keys)
    document = {
        "station": package.station,
        "address": package.address,
        "receipt_key": encode(package.receipt_key),
        "ca": ca.name if ca else None,
        "seal_key": encode(package.seal_key) if package.seal_key else None,
    }
    write_private(paths.membership, json.dumps(document, indent=2).encode() + b"\n")
    return membership(paths)


def _write_ca(package: Package, paths: StationPaths) -> Path | None:
    if package.ca_pem is None:
        return None
    path = paths.state / "centre-ca.pem"
    write_private(path, package.ca_pem.encode())
    return path


def membership(paths: StationPaths) -> Membership:
    """Which centre this station belongs to.

    Raises:
        EnrolmentFailed: it was never enrolled, or the file is damaged.
    """
    try:
        document = json.loads(paths.membership.read_bytes())
        ca = paths.state / document["ca"] if document["ca"] else None
        seal = decode(document["seal_key"]) if document.get("seal_key") else None
        return Membership(document["station"], document["address"], decode(document["receipt_key"]), ca, seal)
    except FileNotFoundError as error:
        raise EnrolmentFailed(say("this station is not enrolled; run: station enrol PACKAGE")) from error
    except (ValueError, KeyError, TypeError) as error:
        raise EnrolmentFailed(say("centre.json is damaged; enrol again with: station enrol PACKAGE")) from error


class UplinkProgram:
    """Journal, sync state and centre put together; one place, for `station sync` and for tests."""

    def __init__(
        self,
        settings: Settings,
        paths: StationPaths,
        clock: Callable[[], datetime] = utc_now,
        through: Callable[[Centre], Centre] = lambda centre: centre,
    ) -> None:
        """Open everything.

        Args:
            settings: of this station.
            paths: where it keeps what.
            clock: the station's time.
            through: lays something between the uplink and its centre, such as a history of what went by.

        Raises:
            EnrolmentFailed, KeyUnusable: enrol this station first.
            JournalError: there is no journal yet, or its key is not here.
        """
        home = membership(paths)
        key = load_station_keys(paths.keys).sign
        self._path, self._file = paths.journal, _identity(paths.journal)
        self._reader = open_reader(paths)
        self._store = SyncStore(paths.sync)
        links = settings.sync.links or (LinkSettings(name="main"),)
        meter = Meter(self._store.counts, clock)
        ways = [_way(each, home, key, clock, meter) for each in links]
        self._centres = [centre for _, centre in ways]
        centre = through(Links(ways, meter, lambda: uplink.alert_waits(), time.monotonic))
        limits = BatchLimits(entries=settings.sync.batch_entries)
        sealed = keys_of(paths).sealed
        uplink = Uplink(self._reader, self._store, centre, key, clock, limits, sealed, _boot())
        self._told = threading.Event()
        self._reason: str | None = None
        pace = Pace(poll_seconds=settings.sync.poll_seconds)
        # Jitter wants no cryptographic source.
        self._worker = Worker(uplink, time.monotonic, self._rest, random.random, pace)

    def once(self) -> DrainResult:
        """Drain once."""
        return self._worker.once()

    def run(self, told: threading.Event) -> None:
        """Drain until told to end, or until another journal stands in this one's place."""
        self._told = told
        self._worker.run(lambda: told.is_set() or _identity(self._path) != self._file, self._log)

    def close(self) -> None:
        """Let files and connection go."""
        for centre in self._centres:
            centre.close()
        self._store.close()
        self._reader.close()

    def _rest(self, seconds: float) -> None:
        self._told.wait(seconds)

    def _log(self, result: DrainResult) -> None:
        """Numbers only, and a reason only when it changes: a link may be down for days."""
        if result.entries or result.reason != self._reason:
            _log.info("%s entries receipted, %s %s", result.entries, result.outcome.value, result.reason or "")
        self._reason = result.reason


def _way(
    settings: LinkSettings, home: Membership, key: Ed25519PrivateKey, clock: Callable[[], datetime], meter: Meter
) -> tuple[Link, HttpCentre]:
    limit = settings.monthly_megabytes
    link = Link(settings.name, limit * 1_000_000 if limit is not None else None)
    address = CentreAddress(settings.address or home.address, home.ca, public_key(home.receipt_key))
    way = Way(str(settings.source) if settings.source else None, settings.interface)
    return link, HttpCentre(address, home.station, key, clock, way, meter.spender(link))


def _boot() -> str:
    """Which start of the machine this is (Linux); empty when it does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file that name means now: a journal set aside keeps its inode under another name."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def wait_for_journal(settings: Settings, paths: StationPaths, stopped: threading.Event) -> UplinkProgram | None:
    """The program as soon as this station is enrolled and has a journal; None when stopped before.

    A kiosk may be switched on long before its enrolment package arrives: sync waits, the lane works.
    """
    told = ""
    while not stopped.is_set():
        try:
            return UplinkProgram(settings, paths)
        except (SyncError, JournalError) as error:
            if str(error) != told:
                told = str(error)
                _log.warning("%s", told)
            stopped.wait(1)
    return None
