"""The journal: one durable save per screening, beside the bare driver doing the same on the same disk."""

import json
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from station.journal.journal import Journal
from sync.facts import FactKind, Priority

PAYLOAD = {"screening": "0" * 36, "text": "x" * 2400}
"""About as long as a real screening's payload."""


def run(saves: int = 1000) -> dict[str, Any]:
    """Milliseconds per save, and our commit rate over the bare driver's, taken in turns."""
    with tempfile.TemporaryDirectory() as folder:
        key = os.urandom(32)
        book = Journal(Path(folder) / "ours.db", key, "bench-1", lambda: datetime.now(UTC), os.urandom)
        bare = _bare(Path(folder) / "bare.db", key)
        ours, theirs = [], []
        body = json.dumps(PAYLOAD).encode()
        for _ in range(saves):
            began = time.perf_counter()
            book.append(FactKind.SCREENING, Priority.NORMAL, PAYLOAD, subject="s")
            between = time.perf_counter()
            bare.execute("INSERT INTO entry (payload) VALUES (?)", (body,))
            bare.commit()
            ours.append((between - began) * 1000)
            theirs.append((time.perf_counter() - between) * 1000)
        book.close()
        bare.close()
    ours.sort()
    return {
        "saves": saves,
        "save_ms_median": round(statistics.median(ours), 3),
        "save_ms_p99": round(ours[int(0.99 * saves)], 3),
        "bare_ms_median": round(statistics.median(theirs), 3),
        "rate_over_bare": round(sum(theirs) / sum(ours), 3),
    }


def _bare(path: Path, key: bytes) -> Any:
    connection = dbapi2.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entry (sequence INTEGER PRIMARY KEY, payload BLOB)")
    return connection


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
