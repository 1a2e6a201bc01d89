"""A station's side of enrolment for tests, made of the same pieces as `station enrol`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sync.client import CentreAddress, post_enrolment
from sync.enrolment import ask, check_answer, read_package
from sync.keys import StationKeys, load_station_keys, make_station_keys, public_key


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a station needs to speak with its centre."""

    station: str
    checkpoint: str
    centre: CentreAddress
    keys: StationKeys


def enrol(package_path: Path, folder: Path, clock: Callable[[], datetime]) -> Enrolled:
    """Make keys in `folder` and enrol by the package; the package is kept beside them for `load`."""
    package = read_package(package_path)
    keys = make_station_keys(folder)
    check_answer(post_enrolment(package.address, None, ask(package, keys, clock())), package, keys)
    (folder / "package.json").write_bytes(package_path.read_bytes())
    return load(folder)


def load(folder: Path) -> Enrolled:
    """What `enrol` kept."""
    package = read_package(folder / "package.json")
    address = CentreAddress(package.address, None, public_key(package.receipt_key))
    return Enrolled(package.station, package.checkpoint, address, load_station_keys(folder))
