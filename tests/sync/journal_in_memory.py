"""A journal that lives in memory: the real rules of an outbox with nothing durable about it."""

import hashlib
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sync.facts import GENESIS, Entry, FactKind, Priority, canonical, chain_hash, payload_hash

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


class MemoryJournal:
    """An `Outbox` to which screenings can be added; everything in it follows from `seed`."""

    def __init__(self, station: str = "demo-1", seed: int = 1, start: datetime = START) -> None:
        self._random = random.Random(seed)
        self._station = station
        self._journal = self._uuid()
        self._start = start
        self._entries: list[Entry] = []

    @property
    def station(self) -> str:
        return self._station

    @property
    def journal(self) -> str:
        return self._journal

    def head(self) -> tuple[int, bytes]:
        return (self._entries[-1].sequence, self._entries[-1].chain_sha256) if self._entries else (0, GENESIS)

    def entries(self, after: int, limit: int) -> Iterator[Entry]:
        return iter(self._entries[after : after + limit])

    def alerts(self, after: int, limit: int) -> Iterator[Entry]:
        found = (e for e in self._entries[after:] if e.priority is Priority.ALERT)
        return (entry for entry, _ in zip(found, range(limit), strict=False))

    def add(self, count: int = 1, alert: bool = False, verdict: str = "ADMIT") -> None:
        """Save `count` screenings."""
        for _ in range(count):
            self.put(self.screening(verdict, alert), Priority.ALERT if alert else Priority.NORMAL)

    def put(self, payload: bytes, priority: Priority = Priority.NORMAL) -> Entry:
        """Save one payload as it is."""
        sequence, previous = self.head()
        salt = self._random.randbytes(16)
        entry = Entry(
            self._station, self._journal, sequence + 1, FactKind.SCREENING, priority, self._time(sequence),
            payload_hash(salt, payload), b"", salt, payload,
        )  # fmt: skip
        entry = replace(entry, chain_sha256=chain_hash(previous, entry))
        self._entries.append(entry)
        return entry

    def overwrite(self, sequence: int, entry: Entry) -> None:
        """Damage the journal behind its own back."""
        self._entries[sequence - 1] = entry

    def screening(self, verdict: str = "ADMIT", alert: bool = False) -> bytes:
        """Canonical JSON of an invented screening in the form that the station writes."""
        at = self._time(len(self._entries)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        reasons = ["T-HOT"] if alert else ([] if verdict == "ADMIT" else ["C-EXP"])
        draw = self._random
        return canonical(
            {
                "screening": self._uuid(),
                "checkpoint": "tha-chatchai",
                "lane": "1",
                "direction": "inbound",
                "opened_at": at,
                "decided_at": at,
                "verdict": "REFER" if alert else verdict,
                "decided_by": "rules",
                "reasons": reasons,
                "rule_set": {"id": "phuket-demo", "number": 12, "order": "6523/2564"},
                "document": {
                    "kind": "TD3",
                    "issuer": "UTO",
                    "number": "".join(draw.choices("ABCDEFGHJKLMNP0123456789", k=9)),
                    "nationality": draw.choice(["THA", "RUS", "CHN", "DEU", "GBR", "UTO"]),
                    "surname": "".join(draw.choices("ABCDEFGHIKLMNOPRSTU", k=8)),
                    "given_names": "".join(draw.choices("ABCDEFGHIKLMNOPRSTU", k=7)),
                    "birth_date": f"19{draw.randrange(40, 99)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}",
                    "sex": draw.choice("MF"),
                    "state": "clean",
                },
                "certificate": {"format": "eu-dcc", "verdict": "valid", "issuer": "UT", "doses": 2},
                "temperature": {"max_celsius": round(draw.uniform(34, 37), 2), "device": "thermal-1", "taken_at": at},
                "evidence": [
                    {"kind": "document", "device": "camera-1", "at": at},
                    {"kind": "certificate", "device": "camera-1", "at": at},
                    {"kind": "temperature", "device": "thermal-1", "at": at},
                ],
            }
        )

    def _time(self, index: int) -> datetime:
        return self._start + timedelta(seconds=7 * index)

    def _uuid(self) -> str:
        return str(uuid.UUID(bytes=hashlib.sha256(self._random.randbytes(16)).digest()[:16], version=4))


def replace(entry: Entry, **changes: object) -> Entry:
    """`dataclasses.replace`, kept short for the tests."""
    values = {name: getattr(entry, name) for name in Entry.__slots__}
    return Entry(**{**values, **changes})  # type: ignore[arg-type]
