"""The other readers: their environments, their workers, and the same pictures for each of them and for ours.

Every reader runs in a process of its own and answers JSON lines (`peers/loop.py`). Each gets one thread, the documented
call with its defaults, and one unmeasured picture to warm up. A reader that cannot run says why in its row.
"""

import hashlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mrz_counts import Times, bound, follows_the_rule, share, wrong_in_checked
from mrz_pictures import ROOT, TRAINEDDATA

HERE = Path(__file__).parent / "peers"
BUILD = ROOT / "build" / "peers"
PATIENCE_S = 60
"""A picture that takes longer counts as not read, and the reader starts anew."""
OURS = "daan"
_ONE_THREAD = dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def progress(what: str) -> None:
    """One line for whoever waits; the figures go to standard output."""
    print(f"daan: {what}", file=sys.stderr, flush=True)


class Unavailable(Exception):
    """A reader that cannot run here; the text says why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How one reader is started."""

    name: str
    worker: str
    requirements: str | None = None
    """File in peers/ without .txt; None: our own environment."""
    arguments: tuple[str, ...] = ()
    tesseract: bool = False
    traineddata: bool = False
    """It needs `mrz.traineddata` of the shared data."""


READERS = (
    Reader(OURS, "daan"),
    Reader("PassportEye", "passporteye", "passporteye", tesseract=True),
    Reader("fastmrz", "fastmrz", "fastmrz", tesseract=True, traineddata=True),
    Reader("tesseract mrz, bottom third", "tesseract", "tesseract", (str(TRAINEDDATA), "third"), True, True),
    Reader("tesseract mrz, whole picture", "tesseract", "tesseract", (str(TRAINEDDATA), "whole"), True, True),
    Reader("RapidOCR", "rapidocr", "rapidocr"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One picture for every reader."""

    path: Path
    truth: tuple[str, ...]
    still: bool
    """A single picture, not a camera's frame: our reader takes its time."""
    good: bool = True
    """Its check digits hold."""


def prepare(reader: Reader) -> Path:
    """The Python that runs the reader; its environment is made on first use and when its requirements change.

    Raises:
        Unavailable: something that it needs is not there and cannot be got.
    """
    if reader.tesseract and shutil.which("tesseract") is None:
        raise Unavailable("tesseract is not installed: apt-get install tesseract-ocr")
    if reader.traineddata and not (TRAINEDDATA / "mrz.traineddata").exists():
        raise Unavailable("mrz.traineddata is not in ../shared/data/peers")
    if reader.requirements is None:
        return Path(sys.executable)
    wanted, folder = HERE / f"{reader.requirements}.txt", BUILD / reader.requirements
    python, stamp = folder / "bin" / "python", folder / "made-from"
    sign = hashlib.sha256(wanted.read_bytes() + sys.version.encode() + str(folder).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == sign:
        return python
    progress(f"making the environment of {reader.name}")
    shutil.rmtree(folder, ignore_errors=True)
    sync = ["-m", "uv", "pip", "sync", "-q", "--python", str(python), "--require-hashes", str(wanted)]
    for command in ([sys.executable, "-m", "venv", str(folder)], [sys.executable, *sync]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            words = " ".join((done.stderr or done.stdout).split())
            raise Unavailable(f"its environment could not be made: {words[:160]}")
    stamp.write_text(sign)
    return python


class Worker:
    """One running reader; a context manager."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._python = reader, prepare(reader)
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self.peak_mb = 0.0
        """Most resident memory seen of the process and its children together, megabytes."""

    def __enter__(self) -> "Worker":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def ask(self, task: Task) -> dict[str, Any]:
        """The answer for one picture.

        Raises:
            Unavailable: the reader cannot be started again after it stopped.
        """
        process = self._process
        message = json.dumps({"path": str(task.path), "still": task.still})
        try:
            process.stdin.write(message + "\n")
            process.stdin.flush()
            answer = json.loads(self._answers.get(timeout=PATIENCE_S))
        except (queue.Empty, OSError, ValueError) as error:
            why = f"took more than {PATIENCE_S} s" if isinstance(error, queue.Empty) else "stopped"
            self._stop()
            self._start()
            return {"lines": [], "accepted": False, "cpu_ms": None, "error": why}
        return answer

    def _start(self) -> None:
        command = [str(self._python), str(HERE / f"{self._reader.worker}_worker.py"), *self._reader.arguments]
        surroundings = os.environ | _ONE_THREAD
        if self._reader.traineddata:
            surroundings["TESSDATA_PREFIX"] = str(TRAINEDDATA)
        self._answers = queue.Queue()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=surroundings,
            start_new_session=True,
        )
        threading.Thread(target=_listen, args=(self._process, self._answers), daemon=True).start()
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()
        try:
            ready = self._answers.get(timeout=2 * PATIENCE_S)
        except queue.Empty:
            ready = ""
        if not ready:
            self._stop()
            raise Unavailable("it does not start: run its worker in tests/bench/peers by hand to see why")

    def _stop(self) -> None:
        """Ends the process and what it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            pipe.close()

    def _watch(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None:
            self.peak_mb = max(self.peak_mb, _resident_mb(process.pid))
            time.sleep(0.03)


def _listen(process: subprocess.Popen[str], answers: "queue.Queue[str]") -> None:
    """Passes lines on; an empty one says that the process has ended."""
    try:
        for line in process.stdout:
            answers.put(line)
    except ValueError:
        pass  # the pipe was closed while we read
    answers.put("")


def _resident_mb(pid: int) -> float:
    """Of a process and its children; a child that has not yet become another program shares its parent's memory."""
    try:
        home = Path(f"/proc/{pid}")
        pages, program = int((home / "statm").read_text().split()[1]), (home / "exe").readlink()
        for child in (home / "task" / str(pid) / "children").read_text().split():
            if Path(f"/proc/{child}/exe").readlink() != program:
                pages += int(Path(f"/proc/{child}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(reader: Reader, tasks: Sequence[Task]) -> dict[str, Any]:
    """One row: counts, CPU time and memory of one reader over these pictures; `unavailable` with the reason."""
    try:
        with Worker(reader) as worker:
            worker.ask(tasks[0])
            answers = [worker.ask(task) for task in tasks]
            peak = worker.peak_mb
    except Unavailable as error:
        return {"unavailable": str(error)}
    return _row(tasks, answers) | {"peak_mb": round(peak, 1)}


def _row(tasks: Sequence[Task], answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    count = dict.fromkeys(("good", "exact", "accepted", "wrong", "wrong_checked", "threw"), 0)
    count |= dict.fromkeys(("defective", "defective_exact", "defective_accepted", "negatives", "negatives_accepted"), 0)
    times = Times()
    for task, answer in zip(tasks, answers, strict=True):
        lines = tuple(answer["lines"])
        accepted = follows_the_rule(lines) if answer["accepted"] is None else answer["accepted"]
        kind = "negatives" if not task.truth else "good" if task.good else "defective"
        count[kind] += 1
        count["threw"] += "error" in answer
        if task.truth and answer["cpu_ms"] is not None:
            times.values.append(answer["cpu_ms"])
        if kind == "good":
            count["exact"] += lines == task.truth
            count["accepted"] += accepted
            count["wrong"] += accepted and lines != task.truth
            count["wrong_checked"] += accepted and wrong_in_checked(lines, task.truth)
        else:
            count[f"{kind}_accepted"] += accepted
            if kind == "defective":
                count["defective_exact"] += lines == task.truth
    rates = {
        "rate": share(count["exact"], count["good"]),
        "wrong_bound": bound(count["wrong"], count["accepted"]),
        "wrong_checked_bound": bound(count["wrong_checked"], count["accepted"]),
    }
    read = count["exact"] + count["defective_exact"]
    spent = round(sum(times.values) / read, 1) if read else None
    return count | rates | {"cpu": times.figures(), "cpu_ms_per_exact": spent}


def compare(sets: dict[str, Sequence[Task]]) -> dict[str, Any]:
    """Every reader over every set, ours first; the ratios of CPU time to the most accurate peer and to the fastest.

    The most accurate is the one with most exact pictures over all sets together, the quicker of two alike.
    """
    rows: dict[str, dict[str, Any]] = {name: {} for name in sets}
    for reader in READERS:
        for name, tasks in sets.items():
            progress(f"{reader.name}: {len(tasks)} {name}")
            rows[name][reader.name] = measure(reader, tasks)
    able = [r.name for r in READERS if all(rows[name][r.name].get("cpu", {}).get("median_ms") for name in sets)]
    peers = [name for name in able if name != OURS]
    result: dict[str, Any] = {"sets": rows, "best": None, "fastest": {}, "ratio": {}}
    if OURS in able and peers:
        exact = {peer: sum(rows[name][peer]["exact"] for name in sets) for peer in peers}
        spent = {peer: sum(rows[name][peer]["cpu"]["median_ms"] for name in sets) for peer in peers}
        result["best"] = max(peers, key=lambda peer: (exact[peer], -spent[peer]))
        for name in sets:
            median = {reader: rows[name][reader]["cpu"]["median_ms"] for reader in able}
            result["fastest"][name] = min(peers, key=lambda peer: median[peer])
            result["ratio"][name] = {
                "best": round(median[result["best"]] / median[OURS], 1),
                "fastest": round(median[result["fastest"][name]] / median[OURS], 1),
            }
    return result
