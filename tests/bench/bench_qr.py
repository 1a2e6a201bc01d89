"""Read rate and cost of the code reader under webcam-like conditions, beside zxing-cpp, zbar and OpenCV alone.

The conditions and their strengths are those of a comparison of six readers (15 conditions, 1280 x 720, JPEG, noise).
The frames are drawn by our own generator (models/specimens/conditions.py) and not by that comparison's: rates may be
compared within a run, not across generators. CPU milliseconds are of one thread. "Without" is without the curl.
The dense formats are drawn with error correction L, under the five settings of the same comparison.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from random import Random

import cv2
import numpy as np

from models import qr
from models.qr import CodeReader, draw_code
from models.specimens import camera, code_texts, conditions
from models.specimens.conditions import CONDITIONS, CURLED
from models.specimens.desk import desk

BUDGET = {"rate": 0.97, "median_ms": 5.0}
CODES = 26
DENSE_CODES = 4
Reader = Callable[[qr.Picture], list[str]]
Condition = Callable[[qr.Picture, Random], qr.Picture]

_DENSE: dict[str, Condition] = {
    "300 px sharp": lambda code, rng: _settled(code, rng, 300),
    "300 px slight blur": lambda code, rng: _settled(code, rng, 300, blur=1.0),
    "420 px tilt 25": lambda code, rng: _settled(code, rng, 420, tilt=25),
    "420 px slight blur": lambda code, rng: _settled(code, rng, 420, blur=1.0),
    "560 px tilt 25": lambda code, rng: _settled(code, rng, 560, tilt=25),
}
_DENSE_TEXTS: dict[str, Callable[[Random], str]] = {
    "HCERT": code_texts.hcert,
    "SHC": code_texts.smart_health_card,
    "VDS-NC": code_texts.vds_nc,
    "DIVOC": lambda rng: "PK\x03\x04" + rng.randbytes(760).decode("latin-1"),
}
_BYTES = "PK"
"""A zip file goes into the code as bytes."""


def run(codes: int = CODES, dense_codes: int = DENSE_CODES) -> dict:
    """Per reader: rate by condition, rate without the curl, wrong texts, median and 95 % CPU ms; and the idle cost."""
    reader = CodeReader(wide_every=5)
    readers = _readers(reader)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    # OpenCV's own reader warns at every code that names its character set.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        results = {name: {"by_condition": {}, "wrong": 0, "costs": []} for name in readers}
        for condition, change in CONDITIONS.items():
            _run_condition(condition, change, _hcerts(condition, codes), readers, results)
        dense = {name: {"by_condition": {}, "wrong": 0, "costs": []} for name in readers}
        for form, condition, change in _dense_cases():
            _run_condition(f"{form}, {condition}", change, _texts(form, condition, dense_codes), readers, dense)
        idle = _idle_ms(reader)
    finally:
        cv2.setNumThreads(threads)
    summary = {name: _summary(result) for name, result in results.items()}
    ours = summary["daan"]
    met = ours["rate_without_curl"] >= BUDGET["rate"] and ours["median_ms"] <= BUDGET["median_ms"] and not ours["wrong"]
    return {
        "name": "qr",
        "frames_per_condition": codes,
        "frames_per_dense_setting": dense_codes,
        "generator": "models/specimens/conditions.py",
        "budget": BUDGET,
        "met": met,
        "idle_frame_median_ms": idle,
        "readers": summary,
        "dense": {name: _summary(result) for name, result in dense.items()},
    }


def table(found: dict) -> str:
    """One row per condition, one column per reader, in per cent; then the sums and what a frame costs."""
    names = list(found["readers"])
    lines = [
        f"Per cent read; {found['frames_per_condition']} frames per row, "
        f"{found['frames_per_dense_setting']} per row of a dense format, the same frames for every reader.",
        "",
        "| condition | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for part in ("readers", "dense"):
        readers = found[part]
        for condition in readers[names[0]]["by_condition"]:
            rates = [f"{100 * readers[name]['by_condition'][condition]:.0f}" for name in names]
            lines.append(f"| {condition} | " + " | ".join(rates) + " |")
    for label, figure, factor in (
        ("**all 15**", "rate_all", 100),
        ("**without the curl**", "rate_without_curl", 100),
        ("wrong texts", "wrong", 1),
        ("median CPU ms, without the curl", "median_ms", 1),
        ("95 % CPU ms, without the curl", "p95_ms", 1),
    ):
        lines.append(f"| {label} | " + " | ".join(f"{factor * found['readers'][n][figure]:.4g}" for n in names) + " |")
    lines.append(f"\nAn empty desk costs ours {found['idle_frame_median_ms']} ms (median).")
    return "\n".join(lines)


def _readers(ours: CodeReader) -> dict[str, Reader]:
    plain, aruco = cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()
    return {
        "daan": lambda frame: [code.text for code in ours.read(frame)],
        "zxing-cpp alone": lambda frame: [code.text for code in qr._zxing(qr._grey(frame), qr._QR, 1)],
        "pyzbar alone": lambda frame: _pyzbar(qr._grey(frame)),
        "OpenCV alone": lambda frame: _opencv(plain, frame),
        "OpenCV Aruco alone": lambda frame: _opencv(aruco, frame),
    }


def _pyzbar(grey: qr.Picture) -> list[str]:
    """What zbar itself says, its guesses of letters outside of ASCII included."""
    zbar = qr._pyzbar()
    return [code.data.decode("utf-8", "replace") for code in zbar.decode(grey, symbols=[zbar.ZBarSymbol.QRCODE])]


def _opencv(detector: cv2.QRCodeDetector, frame: qr.Picture) -> list[str]:
    try:
        _, texts, _, _ = detector.detectAndDecodeMulti(qr._grey(frame))
    except (cv2.error, UnicodeDecodeError):
        return []
    return [text for text in texts if text]


def _hcerts(condition: str, codes: int) -> Iterator[tuple[str, str, Random]]:
    for seed in range(codes):
        rng = Random(f"{condition} {seed}")
        yield code_texts.hcert(rng), "LMQ"[seed % 3], rng


def _dense_cases() -> Iterator[tuple[str, str, Condition]]:
    for form in _DENSE_TEXTS:
        for condition, change in _DENSE.items():
            yield form, condition, change


def _texts(form: str, condition: str, codes: int) -> Iterator[tuple[str, str, Random]]:
    for seed in range(codes):
        rng = Random(f"{form} {condition} {seed}")
        yield _DENSE_TEXTS[form](rng), "L", rng


def _settled(code: qr.Picture, rng: Random, width: int, blur: float = 0, tilt: float = 0) -> qr.Picture:
    frame = conditions._place(code, rng, width=width, tilt=tilt)
    return conditions._finish(camera.defocus(frame, blur) if blur else frame, rng)


def _run_condition(
    condition: str,
    change: Condition,
    cases: Iterator[tuple[str, str, Random]],
    readers: dict[str, Reader],
    results: dict,
) -> None:
    read, count = dict.fromkeys(readers, 0), 0
    for text, correction, rng in cases:
        content = text.encode("latin-1") if text.startswith(_BYTES) else text
        frame = np.ascontiguousarray(change(draw_code(content, correction=correction), rng))
        count += 1
        for name, read_codes in readers.items():
            started = time.thread_time()
            texts = read_codes(frame)
            results[name]["costs"].append((condition, (time.thread_time() - started) * 1000))
            read[name] += text in texts
            results[name]["wrong"] += any(found != text for found in texts)
    for name in readers:
        results[name]["by_condition"][condition] = round(read[name] / count, 3)


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
