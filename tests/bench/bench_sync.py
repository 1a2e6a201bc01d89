"""The way from a station's journal to the centre's ledger: what it costs, beside the bare drivers and two brokers.

Everything is real: SQLCipher with FULL, an embedded PostgreSQL with fsync, the centre's workers as processes of their
own, HTTP, signatures, receipts. Records are invented screenings without certificate text and without photographs.
The bare limits do the same work on the same disk in turn with ours: one INSERT and COMMIT by sqlcipher3; COPY and
upsert into the same tables by psycopg, without checks, locks, watermark, followers or board. Times are wall time.
`--full` sends the whole week's 175,000 records over the shaped link and takes longer samples everywhere.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bench_journal
import sync_intake
import sync_ledger
import sync_link
import sync_peers
from sync_place import server


def run(full: bool = False) -> dict[str, Any]:
    """All figures in one run."""
    busy = os.getloadavg()[0]
    with server() as url:
        found = {
            "save": bench_journal.run(5000 if full else 1000),
            "wire": sync_ledger.wire(5000),
            "ledger": sync_ledger.ledger(url, 50_000 if full else 20_000),
            **sync_link.measure(url, full),
            "intake": sync_intake.measure(url, full),
            "peers": sync_peers.measure(url, full),
        }
    machine = {"cores": os.cpu_count(), "load_before": round(busy, 1), "load_after": round(os.getloadavg()[0], 1)}
    return {"machine": machine, **found}


def table(found: dict[str, Any]) -> str:
    """The figures by subject, one line each."""
    lines = []
    for subject, figures in found.items():
        lines.append(f"## {subject}")
        lines += [f"  {name:58} {value}" for name, value in _flat(figures)]
    return "\n".join(lines)


def _flat(figures: Any, prefix: str = "") -> list[tuple[str, Any]]:
    if not isinstance(figures, dict):
        return [(prefix, figures)]
    return [pair for name, value in figures.items() for pair in _flat(value, f"{prefix}.{name}".lstrip("."))]


if __name__ == "__main__":
    print(json.dumps(run("--full" in sys.argv), indent=2))
