"""Counts after a soak: every journal, every history and the ledger are read, and the checker compares them."""

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from station.errors import CannotStart
from station.journal.reader import JournalReader
from station.soak.plan import Fault
from station.soak.powercut import power_cuts
from station.soak.programs import PLAIN, Cast, Station
from station.soak.run import Order, Played, Soak
from sync.centre.embedded import data_folder
from sync.facts import FactKind
from sync.faults.checker import Findings, Held, check
from sync.faults.history import Event, What, read
from sync.sync_store import read_state

_PAGE = 2000


def soak(
    records: int,
    faults: frozenset[Fault],
    seed: int,
    stations: int = 1,
    folder: Path | None = None,
    database: str | None = None,
    cast: Cast = PLAIN,
) -> dict[str, Any]:
    """Run and judge; the object that `station soak --json` prints.

    Args:
        records: to be saved, over all stations.
        faults: which kinds.
        seed: of everything drawn.
        stations: how many.
        folder: where to work, kept afterwards; None makes one and removes it.
        database: URL of a PostgreSQL whose ledger is empty; None for the embedded one.
        cast: who plays.

    Raises:
        CannotStart: there is something in the folder already.
        ProgramFailed: a program did not start.
    """
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise CannotStart(f"there is something in {folder}; give an empty folder")
    place = folder or Path(tempfile.mkdtemp(prefix="daan-soak-"))
    order = Order(records, faults, seed, stations, place.absolute(), database)
    shutil.rmtree(data_folder(order.folder / "centre"), ignore_errors=True)  # of an earlier soak in the same place
    try:
        cuts = power_cuts(place / "powercut", seed, *_cuts(records)) if Fault.DISK in faults else None
        played = Soak(order, cast).run()
        return _object(order, played, _judge(played), cuts)
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
            shutil.rmtree(data_folder(order.folder / "centre"), ignore_errors=True)


def _cuts(records: int) -> tuple[int, int]:
    """How many appends the power is cut under, and at how many moments; few in a small run, which runs often."""
    return (300, 150) if records >= 20_000 else (120, 40)


def _judge(played: Played) -> Findings:
    history = chain.from_iterable(_told(station) for station in played.stations)
    journals = chain.from_iterable(_journal(station) for station in played.stations)
    return check(history, journals, played.ledger, played.parked)


def _told(station: Station) -> Iterator[Event]:
    """Both histories, and what the uplink's own store believes at the end."""
    for path in (station.stage.written, station.stage.carried):
        if path.exists():
            yield from read(path)
    reader = JournalReader(station.paths.journal, station.stage.key)
    state = read_state(station.paths.sync, reader.head()[0], reader.journal)
    reader.close()
    yield Event(What.RECEIPTED, station.stage.station, journal=reader.journal, watermark=state.watermark)


def _journal(station: Station) -> Iterator[Held]:
    reader = JournalReader(station.paths.journal, station.stage.key)
    after = 0
    while page := list(reader.entries(after, _PAGE)):
        for entry in page:
            content = hashlib.sha256(entry.payload).hexdigest() if entry.payload is not None else ""
            is_record = entry.kind is FactKind.SCREENING
            yield Held(entry.station, entry.journal, entry.sequence, content, entry.chain_sha256.hex(), is_record)
        after = page[-1].sequence
    reader.close()


def _object(order: Order, played: Played, found: Findings, cuts: dict[str, int] | None) -> dict[str, Any]:
    broken = {name: count for name, count in asdict(found).items() if name != "examples"}
    for name in ("created", "at_centre", "lost", "duplicated", "reordered", "gaps"):
        del broken[name]
    links: Counter[str] = Counter()
    for station in played.stations:
        links.update(asdict(station.proxy.counts()))
    whole = [_is_whole(station) for station in played.stations]
    return {
        "created": found.created,
        "at_centre": found.at_centre,
        "lost": found.lost,
        "duplicated": found.duplicated,
        "reordered": found.reordered,
        "gaps": found.gaps,
        "kills": sum(played.kills.values()),
        "seconds": round(played.seconds, 1),
        "good": found.good and played.drained and all(whole) and not played.parked and not (cuts or {}).get("lost"),
        "seed": order.seed,
        "stations": order.stations,
        **broken,
        "parked": len(played.parked),
        "drained": played.drained,
        "chain_whole": all(whole),
        "power_cuts": cuts,
        "killed": dict(sorted(played.kills.items())),
        "starts": played.starts,
        "refused_by_disk": sum(station.controls.refused for station in played.stations),
        "links": dict(links),
        "faults": dict(sorted(played.faults.items())),
        "examples": {name: list(places) for name, places in found.examples.items()},
    }


def _is_whole(station: Station) -> bool:
    reader = JournalReader(station.paths.journal, station.stage.key)
    found = reader.verify()
    reader.close()
    return found.broken_at is None
