"""Two hundred stations at once: how long a batch takes, by one worker and by two behind nginx."""

import random
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from sync_place import KEY, MemoryJournal, Place, centre, cpu_seconds, folder_of, free_port, now, percentile, postmaster

from sync.batch import encode, sign_head
from sync.client import HttpCentre
from sync.errors import SyncError

STATIONS = 200
RECORDS = 5
EVERY_SECONDS = 10.0
"""A station sends so many records so often: 100 records/s in all, over thirty times the peak of one province."""


def measure(url: str, full: bool) -> dict[str, Any]:
    """Latencies of both shapes."""
    seconds = 60 if full else 30
    names = [f"bench-{n}" for n in range(STATIONS)]
    with centre(url, "intake_one", names) as place:
        one = _load(place, names, place.ports[0], seconds)
    with centre(url, "intake_two", names, workers=2) as place, folder_of("nginx") as folder:
        two = _behind_nginx(place, names, folder, seconds)
    return {"stations": STATIONS, "records_a_batch": RECORDS, "one_worker": one, "nginx_two_workers": two}


def _behind_nginx(place: Place, names: list[str], folder: Path, seconds: float) -> dict[str, Any] | str:
    import shutil

    from scale_kit import nginx

    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()):
        return "nginx is not installed"
    port = free_port()
    with nginx(folder, place.ports, port):
        return _load(place, names, port, seconds)


def _load(place: Place, names: list[str], port: int, seconds: float) -> dict[str, Any]:
    rounds = max(1, round(seconds / EVERY_SECONDS))
    bodies = {name: _batches(name, rounds) for name in names}
    spent: list[float] = []
    failed: list[str] = []
    guard, began = threading.Lock(), time.perf_counter() + 0.5

    def station(name: str) -> None:
        link, offset = place.station(name, port), random.Random(name).uniform(0, EVERY_SECONDS)
        for number, body in enumerate(bodies[name]):
            time.sleep(max(0.0, began + offset + number * EVERY_SECONDS - time.perf_counter()))
            _send(link, body, spent, failed, guard)

    cpu = _cpu(place)
    threads = [threading.Thread(target=station, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    centre_cpu, database_cpu = (after - before for after, before in zip(_cpu(place), cpu, strict=True))
    with psycopg.connect(place.database) as connection:
        held = connection.execute("SELECT count(*) FROM ledger_key").fetchone()
    return {
        "batches": len(spent) + len(failed),
        "failed": len(failed),
        "records_in_the_ledger": held[0] if held else 0,
        "records_sent": len(names) * rounds * RECORDS,
        "records_per_second": round(len(spent) * RECORDS / took),
        "worker_cpu_ms_per_batch": round(centre_cpu / len(spent) * 1000, 1),
        "database_cpu_ms_per_batch": round(database_cpu / len(spent) * 1000, 1),
        "ms_median": round(percentile(spent, 0.5) * 1000, 1),
        "ms_p99": round(percentile(spent, 0.99) * 1000, 1),
    }


def _cpu(place: Place) -> tuple[float, float]:
    """CPU seconds of the workers, and of the database's processes that are alive."""
    return sum(cpu_seconds(each.pid) for each in place.workers), cpu_seconds(postmaster(place.database), children=True)


def _send(link: HttpCentre, body: bytes, spent: list[float], failed: list[str], guard: threading.Lock) -> None:
    at = time.perf_counter()
    try:
        link.send(body)
    except SyncError as error:
        with guard:
            failed.append(str(error))
        return
    with guard:
        spent.append(time.perf_counter() - at)


def _batches(name: str, rounds: int) -> list[bytes]:
    journal = MemoryJournal(name, hash(name) & 0xFFFF, now())
    journal.add(rounds * RECORDS)
    head = sign_head(KEY, name, journal.journal, *journal.head(), 0, now())
    return [
        encode(name, journal.journal, head, list(journal.entries(number * RECORDS, RECORDS)))
        for number in range(rounds)
    ]
