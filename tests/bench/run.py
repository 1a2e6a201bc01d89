"""`./daan bench [NAME…] [--peers] [--full] [--write] [--json]`: ours, the peers and the limit, in one run.

Each bench is a module `bench_NAME.py` with `run(…) -> dict`, and where figures alone are hard to read `table(dict)`.
Options that a bench's `run` has no name for do not concern it. Times are CPU milliseconds unless a name says otherwise.
"""

import argparse
import importlib.util
import inspect
import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

LIMITS = {
    "certificates": {
        **{f"verify_ms.{form}.good.median": ("<=", 2.0) for form in ("hcert", "ddcc", "shc", "vds-nc", "divoc")},
        **{f"verify_ms.{form}.not_valid": ("<=", 0) for form in ("hcert", "ddcc", "shc", "vds-nc", "divoc")},
        "trust_load_ms.median": ("<=", 200.0),
        "judge_ms.median": ("<=", 1.0),
    },
    "devices": {"worst_scanner_8hz_percent_of_core": ("<=", 30.0), "kiosk.idle_percent_of_core": ("<=", 30.0)},
    "holder": {
        "same_called_different": ("<=", 0),
        "different_called_same_rate": ("<=", 0.001),
        "ms_median": ("<=", 0.5),
    },
    "journal": {"save_ms_p99": ("<=", 50.0), "rate_over_bare": (">=", 0.6)},
    "lane": {"verdict_on_screen_ms_p95": ("<=", 200.0), "start_to_ready_s": ("<=", 8.0)},
    "mrz": {
        "specimens.held.rate": (">=", 0.95),
        "specimens.held.document_rate": (">=", 0.95),
        "specimens.held.wrong_checked": ("<=", 0),
        "specimens.defective.accepted": ("<=", 0),
        "specimens.negatives.accepted": ("<=", 0),
        "clips.hard.frames.rate": (">=", 0.85),
        "clips.hard.votes.rate": (">=", 0.97),
        "page_clips.held.hard.frames.rate": (">=", 0.85),
        "page_clips.held.hard.votes.rate": (">=", 0.97),
        "wrong.frames.wrong_checked": ("<=", 0),
        "wrong.frames.wrong_names_rate": ("<=", 0.005),
        "wrong.votes.wrong_checked": ("<=", 0),
        "wrong.votes.wrong_names_rate": ("<=", 0.005),
        "wrong.done.wrong_checked": ("<=", 0),
        "wrong.done.wrong_names_rate": ("<=", 0.005),
        "negatives.accepted": ("<=", 0),
        "negatives.full_count": (">=", 300),
        "cost.document.median_ms": ("<=", 33.0),
        "cost.document.p95_ms": ("<=", 100.0),
        "cost.empty.median_ms": ("<=", 12.0),
        "resident_mb": ("<=", 150.0),
        "peers.ratio.frames.best": (">=", 10.0),
    },
    "qr": {
        "readers.daan.rate_without_curl": (">=", 0.97),
        "readers.daan.median_ms": ("<=", 5.0),
        "readers.daan.wrong": ("<=", 0),
    },
    "sync": {
        "save.rate_over_bare": (">=", 0.6),
        "save.save_ms_p99": ("<=", 50.0),
        "wire.bytes_per_record": ("<=", 300),
        "ledger.ratio": (">=", 0.5),
        "end_to_end.records_per_second": (">=", 4000),
        "drain.week_seconds": ("<=", 360),
        "alert.first_connection_to_receipt_s_p99": ("<=", 5.0),
        "intake.one_worker.failed": ("<=", 0),
        "peers.daan.lost": ("<=", 0),
        "peers.daan.doubled": ("<=", 0),
    },
    "thermal": {"cup_measured": ("<=", 0), "ms_median.SenXor 80 x 62, 45 x 35 degrees": ("<=", 2.0)},
}
"""Budgets of the design, section 8, and of the issue in work: bench -> figure -> (comparison, limit)."""


def flat(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names of every figure."""
    if isinstance(values, dict):
        for key, value in values.items():
            yield from flat(value, f"{prefix}{key}.")
    else:
        yield prefix.rstrip("."), values


def load(name: str) -> Any:
    """The bench's module."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"bench_{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Run the named benches, or all; exit 1 when a figure misses its limit."""
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument(
        "--peers", action="store_true", help="mrz: other readers too (others always run); implies --full"
    )
    parser.add_argument("--full", action="store_true", help="mrz, holder, thermal: as many as the limits ask for")
    parser.add_argument("--write", action="store_true", help="thermal: tables and plots into docs")
    parser.add_argument("--peer-frames", type=int, default=30, metavar="N", help="mrz: drawn frames for every peer")
    parser.add_argument("--gallery", type=Path, metavar="FOLDER", help="mrz: keeps drawn pictures not read right")
    parser.add_argument("--seed", type=int, metavar="N", help="mrz: of the drawn documents; needed by whoever tunes")
    parser.add_argument("--json", action="store_true", help="one JSON object per bench")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names):
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if arguments.peer_frames < 1:
        parser.error("--peer-frames: give at least 1")
    options = {key: getattr(arguments, key) for key in ("peers", "full", "peer_frames", "gallery", "seed", "write")}
    options = {key: value for key, value in options.items() if value is not None}
    logging.disable(logging.INFO)
    missed = False
    for name in arguments.names or names:
        began = time.perf_counter()
        module = load(name)
        known = inspect.signature(module.run).parameters
        found = module.run(**{key: value for key, value in options.items() if key in known})
        figures = dict(flat(found))
        checks = {
            figure: {
                "value": figures.get(figure),
                "limit": f"{sign} {limit}",
                "met": met(figures.get(figure), sign, limit),
            }
            for figure, (sign, limit) in LIMITS.get(name, {}).items()
        }
        missed = missed or any(check["met"] is False for check in checks.values())
        seconds = round(time.perf_counter() - began, 1)
        if arguments.json:
            print(json.dumps({"bench": name, "seconds": seconds, "figures": figures, "limits": checks}), flush=True)
        elif hasattr(module, "table"):
            print(f"\n# {name}  ({seconds} s)\n\n{module.table(found)}\n", flush=True)
            show_limits(checks)
        else:
            show(name, seconds, figures, checks)
            if arguments.peers:
                print("  its peers, where it has any, are measured in every run")
    return int(missed)


def met(value: Any, sign: str, limit: float) -> bool | None:
    """Whether a figure keeps its limit; None when it was not measured."""
    if not isinstance(value, int | float):
        return None
    return value <= limit if sign == "<=" else value >= limit


def show_limits(checks: dict[str, Any]) -> None:
    """The limits by themselves, under a bench's own table."""
    print("## Limits")
    for figure, check in checks.items():
        word = {True: "met", False: "MISSED", None: "not measured"}[check["met"]]
        print(f"  {figure:40} {check['value']!s:>10}   limit {check['limit']:10} {word}", flush=True)


def show(name: str, seconds: float, figures: dict[str, Any], checks: dict[str, Any]) -> None:
    """A table for a person."""
    print(f"\n{name}  ({seconds} s)")
    for figure, value in figures.items():
        check = checks.get(figure)
        mark = "" if check is None else f"   limit {check['limit']}  {'met' if check['met'] else 'MISSED'}"
        print(f"  {figure:48} {value}{mark}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
