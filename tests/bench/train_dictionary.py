"""How the shared dictionary of `sync/dictionary.py` was made. Run: `python tests/bench/train_dictionary.py [--write]`.

It is trained on small batches of invented screenings and on signs of life, as a kiosk sends them all day, and weighed
on others. A dictionary that a station may use is never changed: a better one gets the next number.
"""

import base64
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "sync")]

import zstandard  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from journal_in_memory import MemoryJournal  # noqa: E402

from station.soak.payloads import at, invent  # noqa: E402
from sync.batch import Beside, encode, sign_head  # noqa: E402
from sync.dictionary import DICTIONARIES  # noqa: E402
from sync.facts import Priority, canonical  # noqa: E402

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
START = datetime(2026, 11, 20, 3, tzinfo=UTC)
BYTES = 4096


def journal_of(count: int, seed: int, station: str) -> MemoryJournal:
    """Screenings of the form and size that the kiosk writes."""
    journal = MemoryJournal(station, seed)
    for number in range(1, count + 1):
        payload, alert = invent(seed, station, number)
        content = canonical(at(payload, START + timedelta(seconds=7 * number)))
        journal.put(content, Priority.ALERT if alert else Priority.NORMAL)
    return journal


def wire(journal: MemoryJournal, after: int, count: int, dictionary: int = 0) -> bytes:
    """A batch of `count` records, as the uplink sends it."""
    head = sign_head(KEY, journal.station, journal.journal, after + count, journal.head()[1], after, START)
    beside = Beside(believed=((1, after),) if after else (), boot="6d1c2a6e-4f0a-4a7e-9c43-0d4f6a0b9c11")
    entries = list(journal.entries(after, count))
    return encode(journal.station, journal.journal, head, entries, beside=beside, dictionary=dictionary)


def train() -> zstandard.ZstdCompressionDict:
    """The dictionary, from batches of none, one and five records."""
    samples = []
    for seed in range(30, 60):
        journal = journal_of(60, seed, f"station-{seed}")
        sent = [wire(journal, n, 0) for n in range(4)] + [wire(journal, n, 1) for n in range(20)]
        sent += [wire(journal, 20 + 5 * n, 5) for n in range(8)]
        samples += [zstandard.ZstdDecompressor().decompress(body) for body in sent]
    return zstandard.train_dictionary(BYTES, samples, dict_id=1)


def weigh() -> None:
    """Bytes a record without and with the dictionary, on batches that it was not trained on."""
    for name, journal in (
        ("as the kiosk writes", journal_of(1000, 7, "tha-chatchai-1")),
        ("of another form", memory(1000)),
    ):
        for size in (0, 1, 5, 20, 100, 500):
            starts = [n * max(size, 1) for n in range(min(50, 1000 // max(size, 1)))]
            plain, small = (sum(len(wire(journal, s, size, d)) for s in starts) / len(starts) for d in (0, 1))
            print(f"{name}: batch of {size}: {plain / max(size, 1):.0f} -> {small / max(size, 1):.0f} bytes a record")


def memory(count: int) -> MemoryJournal:
    """Screenings of the form of the tests."""
    journal = MemoryJournal("demo-1", 7)
    journal.add(count)
    return journal


def write(data: bytes) -> None:
    """Put it into `sync/dictionary.py`."""
    path = ROOT / "sync" / "dictionary.py"
    head, _, _ = path.read_text(encoding="utf-8").partition("_FIRST = ")
    lines = textwrap.wrap(base64.b85encode(data).decode(), 112)
    quoted = "\n".join(f'    b"{line}"' for line in lines)
    tail = "DICTIONARIES: dict[int, zstandard.ZstdCompressionDict] = {\n"
    tail += "    1: zstandard.ZstdCompressionDict(base64.b85decode(_FIRST)),\n}\n"
    tail += '"""By number; zstd writes the number into the frame. What is here stays as it is for ever."""\n'
    path.write_text(f"{head}_FIRST = (\n{quoted}\n)\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write(train().as_bytes())
    if DICTIONARIES:
        weigh()
