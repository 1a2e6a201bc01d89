"""Journal to receipt: on loopback, over the shaped link, and how an alert overtakes."""

import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync_place import KEY, Place, centre, folder_of, now, percentile, real_journal, until

from station.journal.journal import Journal
from station.journal.reader import JournalReader
from sync.errors import CentreUnreachable
from sync.facts import FactKind, Priority
from sync.faults.proxy import Proxy
from sync.faults.toxics import lossy
from sync.receipt import Receipt
from sync.sync_store import SyncStore
from sync.uplink import BatchLimits, Uplink
from sync.worker import Worker

WEEK = 175_000
"""A week without a link at the bridge: 25,000 people a day."""
BUDGET_SECONDS = 360
ROUND_TRIP_SECONDS, LOSS = 0.1, 0.01
"""1 % loss at 100 ms lets one TCP connection have 1.43 Mbit/s (`sync.faults.toxics.lossy`)."""


@dataclass
class Watched:
    """The centre, with the moment at which each receipt came."""

    centre: Any
    receipts: list[tuple[float, int, Receipt]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def send(self, batch: bytes) -> Receipt:
        """As the centre's; nothing more once it is stopped, so that the backlog stays."""
        if self.stop.is_set():
            raise CentreUnreachable("the bench has seen enough")
        receipt = self.centre.send(batch)
        self.receipts.append((time.perf_counter(), len(batch), receipt))
        return receipt

    def held_at(self, sequence: int) -> float | None:
        """When a receipt first held it."""
        for at, _, receipt in list(self.receipts):
            if sequence <= receipt.watermark or any(first <= sequence <= last for first, last in receipt.ranges):
                return at
        return None


def measure(url: str, full: bool) -> dict[str, Any]:
    """All figures of this file, over one journal of a week."""
    with folder_of("journal") as folder:
        began = time.perf_counter()
        with real_journal(folder, WEEK) as (journal, reader):
            filled = time.perf_counter() - began
            with centre(url, "direct", ["bench-1"]) as place:
                direct = _direct(folder, reader, place, 20_000)
            with centre(url, "shaped", ["bench-1"]) as place:
                alerts = _alerts(folder, journal, reader, place, 200 if full else 30)
            with centre(url, "drained", ["bench-1"]) as place:
                drain = _drain(folder, reader, place, None if full else 20_000)
            with centre(url, "alone", ["bench-1"]) as place:
                alone = _alone(folder, reader, place)
            size = (folder / "journal.db").stat().st_size
    held = {"journal_records": WEEK, "journal_file_mb": round(size / 1e6), "filled_records_per_second": WEEK / filled}
    return {
        "end_to_end": direct,
        "alert": alerts,
        "drain": drain,
        "alone": alone,
        "queue": {k: round(v) for k, v in held.items()},
    }


def _direct(folder: Path, reader: JournalReader, place: Place, count: int) -> dict[str, Any]:
    """Through one worker on loopback."""
    watched = Watched(place.station("bench-1"))
    seconds, cpu = _drained(folder / "direct.db", reader, watched, count)
    entries = watched.receipts[-1][2].watermark
    return {
        "records": entries,
        "records_per_second": round(entries / seconds),
        "station_cpu_us_per_record": round(cpu / entries * 1e6, 1),
        "wire_bytes_per_record": round(sum(size for _, size, _ in watched.receipts) / entries, 1),
    }


def _drain(folder: Path, reader: JournalReader, place: Place, count: int | None) -> dict[str, Any]:
    """Over the shaped link: all of it, or so many with the arithmetic for all."""
    with Proxy("127.0.0.1", place.ports[0], 1, lossy(LOSS, ROUND_TRIP_SECONDS)) as proxy:
        watched = Watched(place.station("bench-1", proxy.port))
        seconds, _ = _drained(folder / "drain.db", reader, watched, count)
        counts = proxy.counts()
    entries = watched.receipts[-1][2].watermark
    rate = entries / seconds
    return {
        "link": f"{ROUND_TRIP_SECONDS * 1000:.0f} ms, {lossy(LOSS, ROUND_TRIP_SECONDS).up.bytes_per_second * 8e-6:.2f}"
        " Mbit/s a connection",
        "records": entries,
        "seconds": round(seconds, 1),
        "bytes_up": counts.bytes_up,
        "records_per_second": round(rate),
        "link_used": round(counts.bytes_up / seconds / (lossy(LOSS, ROUND_TRIP_SECONDS).up.bytes_per_second or 1), 2),
        "week_arithmetic": "all of it was sent" if count is None else f"{WEEK} / {rate:.0f} per second",
        "week_seconds": round(WEEK / rate, 1),
    }


def _alone(folder: Path, reader: JournalReader, place: Place) -> dict[str, Any]:
    """What a record costs the link that goes by itself, as in quiet hours: HTTP, signature and receipt with it."""
    with Proxy("127.0.0.1", place.ports[0], 1) as proxy:
        watched = Watched(place.station("bench-1", proxy.port))
        _drained(folder / "alone.db", reader, watched, 100, 1)
        counts, batches = proxy.counts(), len(watched.receipts)
    return {
        "batches_of_one": batches,
        "bytes_up_each": round(counts.bytes_up / batches),
        "bytes_down_each": round(counts.bytes_down / batches),
    }


def _drained(
    store: Path, reader: JournalReader, watched: Watched, count: int | None, entries: int = 500
) -> tuple[float, float]:
    """Wall and CPU seconds until so many are receipted, or all."""

    class Enough(Exception):
        pass

    send = watched.send

    def counted(batch: bytes) -> Receipt:
        if count is not None and watched.receipts and watched.receipts[-1][2].watermark >= count:
            raise Enough
        return send(batch)

    gate = type("Gate", (), {"send": staticmethod(counted)})()
    uplink = Uplink(reader, SyncStore(store), gate, KEY, now, BatchLimits(entries))
    began, cpu = time.perf_counter(), time.process_time()
    try:
        result = uplink.drain()
        if result.reason:
            raise RuntimeError(result.reason)
    except Enough:
        pass
    return watched.receipts[-1][0] - began, time.process_time() - cpu


def _alerts(folder: Path, journal: Journal, reader: JournalReader, place: Place, trials: int) -> dict[str, Any]:
    """Alerts over the shaped link, a week queued: saved before the link comes, and saved while it drains."""
    chance = random.Random(5)
    first, overtaking, waiting = [], [], []
    for trial in range(trials):
        first.append(_link_comes_up(folder / f"up{trial}.db", journal, reader, place))
    queued = journal.written[0] - _held(place)
    with _link(place) as proxy:
        watched = Watched(place.station("bench-1", proxy.port))
        going = _worker(folder / "while.db", reader, watched)
        thread = threading.Thread(target=going.run, args=(watched.stop.is_set,))
        thread.start()
        until(lambda: watched.receipts, 20)
        for _ in range(trials):
            time.sleep(chance.uniform(0.1, 0.7))
            began = time.perf_counter()
            sequence = _alert(journal)
            until(lambda sequence=sequence: watched.held_at(sequence), 30)
            overtaking.append(watched.held_at(sequence) - began)
            waiting.append(journal.written[0] - watched.receipts[-1][2].watermark)
        watched.stop.set()
        thread.join(30)
    return {
        "trials_each": trials,
        "queued_when_the_link_came_at_least": queued,
        "queued_while_draining_at_least": min(waiting),
        "first_connection_to_receipt_s_median": round(percentile(first, 0.5), 2),
        "first_connection_to_receipt_s_p99": round(percentile(first, 0.99), 2),
        "saved_while_draining_to_receipt_s_median": round(percentile(overtaking, 0.5), 2),
        "saved_while_draining_to_receipt_s_p99": round(percentile(overtaking, 0.99), 2),
    }


def _link_comes_up(store: Path, journal: Journal, reader: JournalReader, place: Place) -> float:
    """A station that has sent nothing yet: seconds from its first connection to the receipt of the newest alert."""
    sequence = _alert(journal)
    with _link(place) as proxy:
        watched = Watched(place.station("bench-1", proxy.port))
        thread = threading.Thread(target=_worker(store, reader, watched).run, args=(watched.stop.is_set,))
        thread.start()
        until(lambda: proxy.counts().connections, 20)
        connected = time.perf_counter()
        until(lambda: watched.held_at(sequence), 30)
        watched.stop.set()
        thread.join(30)
    return watched.held_at(sequence) - connected


def _held(place: Place) -> int:
    return int(place.query("SELECT count(*) FROM ledger_key")[0][0])


def _alert(journal: Journal) -> int:
    payload = {"verdict": "REFER", "reasons": ["T-HOT"], "decided_by": "rules"}
    return journal.append(FactKind.SCREENING, Priority.ALERT, payload).sequence


def _link(place: Place) -> Proxy:
    return Proxy("127.0.0.1", place.ports[0], 1, lossy(LOSS, ROUND_TRIP_SECONDS))


def _worker(store: Path, reader: JournalReader, watched: Watched) -> Worker:
    uplink = Uplink(reader, SyncStore(store), watched, KEY, now)
    return Worker(uplink, time.monotonic, time.sleep, random.Random(1).random)
