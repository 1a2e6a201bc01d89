"""The station's side of enrolment: make the keys, prove them with the code, keep where the centre is."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sync.client import CentreAddress, post_enrolment
from sync.enrolment import ask, check_address, check_answer, read_package
from sync.errors import CentreRefused, EnrolmentFailed
from sync.keys import StationKeys, decode, encode, load_station_keys, make_station_keys, public_key, write_private

_FILE = "centre.json"
_CA_FILE = "centre-ca.pem"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a station needs to speak with its centre."""

    station: str
    checkpoint: str
    centre: CentreAddress
    keys: StationKeys
    tuf_root_sha256: str | None


def enrol(package_path: Path, folder: Path, clock: Callable[[], datetime]) -> Enrolled:
    """Enrol this station and keep keys and address in `folder`, all 0600.

    Keys that are there already are used again, so that a lost answer can be asked for once more.

    Raises:
        EnrolmentFailed: package or code are wrong, used, expired, or the answer is not the centre's.
        CentreUnreachable, CentreRefused: no answer, or another refusal.
        KeyUnusable: the key files cannot be used.
    """
    package = read_package(package_path)
    keys = make_station_keys(folder)
    ca = folder / _CA_FILE if package.ca_pem is not None else None
    if ca is not None and package.ca_pem is not None:
        write_private(ca, package.ca_pem.encode("ascii"))
    try:
        answer = post_enrolment(package.address, ca, ask(package, keys, clock()))
    except CentreRefused as error:
        if error.kind == "enrolment-refused":
            raise EnrolmentFailed(
                "the centre does not take this package: it is used, expired or another station's; make a new one"
            ) from error
        raise
    check_answer(answer, package, keys)
    kept = {
        "station": package.station,
        "checkpoint": package.checkpoint,
        "address": package.address,
        "receipt_key": encode(package.receipt_key),
        "tuf_root_sha256": package.tuf_root_sha256,
        "ca": _CA_FILE if ca is not None else None,
    }
    write_private(folder / _FILE, json.dumps(kept, indent=2).encode() + b"\n")
    return load(folder)


def is_enrolled(folder: Path) -> bool:
    """Whether `enrol` has been done here."""
    return (folder / _FILE).is_file()


def load(folder: Path) -> Enrolled:
    """What `enrol` kept.

    Raises:
        EnrolmentFailed: this station is not enrolled, or its file is damaged.
        KeyUnusable: the key files cannot be used.
    """
    path = folder / _FILE
    try:
        kept = json.loads(path.read_bytes())
        ca = folder / kept["ca"] if kept["ca"] is not None else None
        address = CentreAddress(str(kept["address"]), ca, public_key(decode(kept["receipt_key"])))
        station, checkpoint, root = str(kept["station"]), str(kept["checkpoint"]), kept["tuf_root_sha256"]
    except OSError as error:
        raise EnrolmentFailed("this station is not enrolled; get a package from the centre: eoc enrol") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EnrolmentFailed(f"{path} is damaged; enrol this station again") from error
    check_address(address.url, "pinned" if ca is not None else None)
    return Enrolled(station, checkpoint, address, load_station_keys(folder), root)
