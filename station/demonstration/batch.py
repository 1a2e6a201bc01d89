"""`station demo`: N travellers from pixels to the EOC with no screen, and the account of them."""

import json
import shutil
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from config.loader import load
from station.demonstration.house import PROFILE, House, people
from station.demonstration.world import World
from station.journal.journal import content
from station.journal.opening import open_reader
from station.paths import paths_of
from sync.centre.app import CentreSettings, open_centre, system_clock
from sync.centre.embedded import data_folder
from sync.facts import FactKind
from sync.sync_store import read_state

_ARRIVE_SECONDS = 60.0
_REFER_AFTER_SECONDS = 0.5
_A_VISIT_SECONDS = 60.0


def run_batch(number: int, seed: int, folder: Path | None, told: threading.Event) -> dict[str, Any]:
    """Start everything, let everybody come, wait until all is at the centre, count at both ends.

    Args:
        number: how many travellers.
        seed: of who they are.
        folder: where to work; None makes one and removes it.
        told: set it to end early.

    Raises:
        ProgramFailed: a program did not start.
    """
    if folder is not None:
        return _run(House(folder, refer_after=_REFER_AFTER_SECONDS), number, seed, told)
    with tempfile.TemporaryDirectory(prefix="daan-demo-") as temporary:
        house = House(Path(temporary), refer_after=_REFER_AFTER_SECONDS)
        try:
            return _run(house, number, seed, told)
        finally:
            # As root the database does not lie in the state folder (sync.centre.embedded says why).
            shutil.rmtree(data_folder(house.centre_state), ignore_errors=True)


def _run(house: House, number: int, seed: int, told: threading.Event) -> dict[str, Any]:
    began = time.monotonic()
    issuer = house.prepare()
    cast = people(number, seed, issuer)
    world = house.world(cast, seed)
    try:
        world.start()
        for traveller in cast:
            world.present(traveller.key)
        house.open()
        _wait_for_all(world, number, told)
        _wait_for_receipts(house, told)
    finally:
        world.stop()
        house.stop()
    return _account(house, world, number, time.monotonic() - began)


def _wait_for_all(world: World, number: int, told: threading.Event) -> None:
    limit = time.monotonic() + number * _A_VISIT_SECONDS
    while len(world.passages) < number and not told.wait(0.2) and time.monotonic() < limit:
        pass


def _wait_for_receipts(house: House, told: threading.Event) -> None:
    """Until sync says that nothing waits, or long enough."""
    paths = paths_of(load(PROFILE, {"station": {"state": house.station_state}}))
    reader = open_reader(paths)
    limit = time.monotonic() + _ARRIVE_SECONDS
    while read_state(paths.sync, reader.head()[0], reader.journal).waiting and time.monotonic() < limit:
        if told.wait(0.2):
            break
    reader.close()


def _account(house: House, world: World, number: int, seconds: float) -> dict[str, Any]:
    """Count in the journal and in the ledger, each by itself."""
    paths = paths_of(load(PROFILE, {"station": {"state": house.station_state}}))
    reader = open_reader(paths)
    saved = [content(e) for e in reader.entries(0, 1_000_000) if e.kind is FactKind.SCREENING]
    journal = reader.journal
    reader.close()
    mine = [row["screening"] for row in saved]
    theirs = at_centre(house, journal)
    outcomes = Counter(passage.outcome for passage in world.passages)
    return {
        "travellers": number,
        "screened": sum(outcomes[name] for name in ("admit", "refer", "again")),
        "saved": len(mine),
        "at_centre": len(set(theirs)),
        "lost": len(set(mine) - set(theirs)),
        "duplicated": len(theirs) - len(set(theirs)) + len(mine) - len(set(mine)),
        "verdicts": dict(sorted(Counter(row["verdict"] for row in saved).items())),
        "unexpected": [
            {"key": p.traveller.key, "special": p.traveller.special.value, "outcome": p.outcome}
            for p in world.passages
            if p.outcome not in (p.traveller.expects.value.lower(), "again")
        ],
        "seconds": round(seconds, 1),
    }


_HELD = """
SELECT payload FROM ledger_payload WHERE journal = %s AND kind = 'screening' ORDER BY sequence
"""


def at_centre(house: House, journal: str) -> list[str]:
    """The screening ids that the ledger holds of a journal, one per row, in the order of its sequence."""
    centre = open_centre(CentreSettings(house.centre_state, None), system_clock)
    try:
        with centre.database.transaction() as connection:
            rows = connection.execute(_HELD, (journal,)).fetchall()
    finally:
        centre.close()
    return [str(json.loads(row[0])["screening"]) for row in rows]
