"""Cuts the power under a real journal: what is left of its files at any moment must open, hold and go on."""

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from station.journal.errors import JournalError
from station.journal.journal import Journal
from station.soak.payloads import at, invent
from station.soak.writer import sqlcipher
from sync.facts import FactKind, Priority
from sync.faults.disk import DiskLayer
from sync.faults.powercut import Act, Remains, cuts

_KEY = bytes(range(32))
_STATION = "soak-cut"
_REOPEN_EVERY = 120


def record(folder: Path, seed: int, appends: int, tuned: Callable[[Journal], None] = lambda _: None) -> tuple[Act, ...]:
    """Every write and sync under a real journal while it is filled, closed and opened again.

    Args:
        folder: where its files lie.
        seed: of what is written; some records bring a photograph.
        appends: how many.
        tuned: done to each journal after it was opened; a test weakens it, to see that it is caught.
    """
    rng = Random(f"cuts/{seed}")  # noqa: S311
    with DiskLayer(sqlcipher(), record=True) as disk:
        for first in range(0, appends, _REOPEN_EVERY):
            journal = _open(folder)
            tuned(journal)
            for number in range(first, min(appends, first + _REOPEN_EVERY)):
                payload = at(invent(seed, _STATION, number)[0], _now())
                pictures = (rng.randbytes(rng.randrange(20_000, 120_000)),) if rng.random() < 0.15 else ()
                entry = journal.append(FactKind.SCREENING, Priority.NORMAL, payload, pictures=pictures)
                disk.note(entry.sequence)
            journal.close()
    return tuple(disk.acts)


def lost(acts: tuple[Act, ...], chosen: Iterable[int], seed: int, folder: Path) -> list[str]:
    """For each cut after which a saved entry was gone, the chain broken or the journal not to be opened: what."""
    found = []
    for remains in cuts(acts, set(chosen), seed):
        place = folder / f"cut-{remains.acts}"
        trouble = _trouble(remains, place)
        if trouble:
            found.append(f"after {remains.acts} acts, {remains.noted} saved: {trouble}")
        for left in sorted(place.glob("*")):
            left.unlink()
        place.rmdir()
    return found


def power_cuts(folder: Path, seed: int, appends: int, chosen: int) -> dict[str, int]:
    """Record one journal and cut at so many moments; `cuts` and `lost`."""
    acts = record(folder, seed, appends)
    moments = Random(f"moments/{seed}").sample(range(len(acts) + 1), min(chosen, len(acts) + 1))  # noqa: S311
    return {"cuts": len(moments), "lost": len(lost(acts, moments, seed, folder))}


def _trouble(remains: Remains, folder: Path) -> str:
    folder.mkdir(parents=True)
    for name, data in remains.files.items():
        (folder / name).write_bytes(data)
    try:
        journal = _open(folder)  # as the lane's start does
        found = journal.verify()
        after = journal.append(FactKind.SCREENING, Priority.NORMAL, {"screening": "after"})
        journal.close()
    except JournalError as error:
        return str(error)
    if found.broken_at is not None:
        return f"the chain is broken at {found.broken_at}"
    if found.entries < remains.noted:
        return f"{found.entries} entries are left"
    return "" if after.sequence == found.entries + 1 else f"it goes on at {after.sequence}"


def _open(folder: Path) -> Journal:
    return Journal(folder / "journal.db", _KEY, _STATION, _now, os.urandom)


def _now() -> datetime:
    return datetime.now(UTC)
