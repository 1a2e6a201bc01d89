"""Read rate and cost of the code reader under webcam-like conditions, against zbar alone.

The conditions and their strengths are those of a comparison of six readers (15 conditions, 1280 x 720, JPEG, noise).
The frames are drawn by our own generator (models/specimens/conditions.py) and not by that comparison's: rates may be
compared within a run, not across generators. CPU milliseconds are of one thread. "Without" is without the curl.
"""

import json
import statistics
import time
from collections.abc import Callable
from random import Random

import cv2

from models import qr
from models.qr import CodeReader, draw_code
from models.specimens import code_texts
from models.specimens.conditions import CONDITIONS, CURLED
from models.specimens.desk import desk

BUDGET = {"rate": 0.97, "median_ms": 5.0}
CODES = 26
Reader = Callable[[qr.Picture], list[str]]


def run(codes: int = CODES) -> dict:
    """Per reader: rate by condition, rate without the curl, wrong texts, median and 95 % CPU ms; and the idle cost."""
    reader = CodeReader(wide_every=5)
    readers: dict[str, Reader] = {
        "daan": lambda frame: [code.text for code in reader.read(frame)],
        "zxing-cpp alone": lambda frame: [code.text for code in qr._zxing(qr._grey(frame), qr._QR, 1)],
        "pyzbar alone": lambda frame: [code.text for code in qr._zbar(qr._grey(frame))],
    }
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        results = {name: {"by_condition": {}, "wrong": 0, "costs": []} for name in readers}
        for condition in CONDITIONS:
            _run_condition(condition, codes, readers, results)
        idle = _idle_ms(reader)
    finally:
        cv2.setNumThreads(threads)
    summary = {name: _summary(result) for name, result in results.items()}
    ours = summary["daan"]
    met = ours["rate_without_curl"] >= BUDGET["rate"] and ours["median_ms"] <= BUDGET["median_ms"] and not ours["wrong"]
    return {
        "name": "qr",
        "frames_per_condition": codes,
        "generator": "models/specimens/conditions.py",
        "budget": BUDGET,
        "met": met,
        "idle_frame_median_ms": idle,
        "readers": summary,
    }


def _run_condition(condition: str, codes: int, readers: dict[str, Reader], results: dict) -> None:
    read = dict.fromkeys(readers, 0)
    for seed in range(codes):
        rng = Random(f"{condition} {seed}")
        text = code_texts.hcert(rng)
        frame = CONDITIONS[condition](draw_code(text, correction="LMQ"[seed % 3]), rng)
        for name, read_codes in readers.items():
            started = time.thread_time()
            texts = read_codes(frame)
            results[name]["costs"].append((condition, (time.thread_time() - started) * 1000))
            read[name] += text in texts
            results[name]["wrong"] += any(found != text for found in texts)
    for name in readers:
        results[name]["by_condition"][condition] = round(read[name] / codes, 3)


def _summary(result: dict) -> dict:
    rates = {condition: rate for condition, rate in result["by_condition"].items() if condition != CURLED}
    costs = sorted(cost for condition, cost in result["costs"] if condition != CURLED)
    return {
        "rate_without_curl": round(statistics.mean(rates.values()), 4),
        "rate_all": round(statistics.mean(result["by_condition"].values()), 4),
        "wrong": result["wrong"],
        "median_ms": round(statistics.median(costs), 2),
        "p95_ms": round(costs[int(0.95 * len(costs))], 2),
        "by_condition": result["by_condition"],
    }


def _idle_ms(reader: CodeReader) -> float:
    """What a frame of the empty desk costs."""
    costs = []
    for seed in range(10):
        frame = desk((1280, 720), Random(seed))
        started = time.thread_time()
        reader.read(frame)
        costs.append((time.thread_time() - started) * 1000)
    return round(statistics.median(costs), 2)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
