"""What a camera costs: its own process, the copy in the station, and the look whether anything is there.

`camera_rows(seconds)` measures a real stream, 1280 x 720 at 15 pictures a second, idle (an empty desk) and busy (a page
held before it); the emulated camera runs in a process of its own and is not counted. Busy does not include reading
the page: that is what `bench_mrz` and `bench_qr` measure.

Run: python tests/bench/camera_cost.py [SECONDS]
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from drivers.camera import CameraSettings, open_source
from drivers.cameras.loop import Camera
from drivers.cameras.quality import judge
from drivers.emulators.cameras import NetworkCamera
from models.quality import presence
from models.specimens.frames import Scene, empty_desk
from models.specimens.passport import draw_document
from models.specimens.people import invent, zone_lines

RATE_HERTZ = 15.0
_PICTURES = 12
"""Drawn beforehand and shown in turn, so that the emulated camera only has to code them."""
Picture = NDArray[np.uint8]


def _drawn(busy: bool) -> list[Picture]:
    rng = Random(5)
    if not busy:
        desk = empty_desk(rng).astype(np.int16)
        noise = np.random.default_rng(5)
        return [np.clip(desk + noise.integers(-2, 3, desk.shape), 0, 255).astype(np.uint8) for _ in range(_PICTURES)]
    person = invent(rng, date(2026, 11, 21))
    scene = Scene(draw_document(person, zone_lines(person)), rng)
    return [scene.see(rng, tremor=index / RATE_HERTZ).pixels for index in range(_PICTURES)]


def _emulate(busy: bool, pipe: Connection) -> None:
    pictures = _drawn(busy)
    with NetworkCamera(lambda shot: pictures[shot % len(pictures)], RATE_HERTZ) as camera:
        pipe.send(camera.url)
        pipe.recv()


def _cpu_seconds(process: int) -> float:
    """User and system time of a process, all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(process: int) -> dict[str, float]:
    """Resident memory, and the part of it that is this process's own."""
    rows = dict(
        line.split(":") for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:] if ":" in line
    )
    kilobytes = {name: int(rows[name].split()[0]) for name in ("Rss", "Private_Clean", "Private_Dirty")}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return {"resident_mb": round(kilobytes["Rss"] / 1024, 1), "own_mb": round(own / 1024, 1)}


def _child() -> int:
    """The process that holds the camera."""
    tasks = Path("/proc/self/task").iterdir()
    found = [int(each) for task in tasks for each in (task / "children").read_text().split()]
    return next(each for each in found if b"drivers.cameras.child" in Path(f"/proc/{each}/cmdline").read_bytes())


def _watch(camera: Camera, seconds: float) -> tuple[int, int]:
    """What a lane does with every new picture; pictures looked at, and those where something was seen."""
    end, last, looked, present = time.monotonic() + seconds, 0, 0, 0
    sketch: Picture | None = None
    while time.monotonic() < end:
        frame = camera.newest()
        if frame is None or frame.sequence == last:
            time.sleep(0.03)
            continue
        last = frame.sequence
        opinion = presence(sketch, frame.pixels)
        sketch = opinion.sketch
        looked, present = looked + 1, present + int(opinion.present)
    return looked, present


def _live(busy: bool, seconds: float) -> dict[str, str | float]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    emulated = context.Process(target=_emulate, args=(busy, theirs))
    emulated.start()
    url = ours.recv()
    with open_source(f"stream:{url}", CameraSettings()) as camera:
        _watch(camera, 3.0)
        child = _child()
        started, before, before_own = time.monotonic(), _cpu_seconds(child), time.process_time()
        looked, present = _watch(camera, seconds)
        passed = time.monotonic() - started
        row: dict[str, str | float] = {
            "what": "busy" if busy else "idle",
            "pictures_per_second": round(looked / passed, 1),
            "present_share": round(present / max(1, looked), 3),
            "child_percent_of_core": round(100 * (_cpu_seconds(child) - before) / passed, 2),
            "station_percent_of_core": round(100 * (time.process_time() - before_own) / passed, 2),
        }
        row |= {f"child_{name}": value for name, value in _memory_mb(child).items()}
    ours.send("end")
    emulated.join()
    return row


def _cpu_ms(work: Callable[[], object], repeats: int = 60) -> float:
    work()
    start = time.process_time()
    for _ in range(repeats):
        work()
    return round((time.process_time() - start) * 1000 / repeats, 3)


def camera_rows(seconds: float = 10.0) -> list[dict[str, str | float]]:
    """Rows of figures: idle, busy, and the parts of the work in the station, milliseconds of CPU a picture.

    Args:
        seconds: how long each of the two streams is watched.
    """
    desk = _drawn(busy=False)[0]
    sketch = presence(None, desk).sketch
    parts: dict[str, str | float] = {
        "what": "parts",
        "copy_ms": _cpu_ms(desk.copy),
        "presence_ms": _cpu_ms(lambda: presence(sketch, desk)),
        "judge_ms": _cpu_ms(lambda: judge(desk)),
    }
    return [_live(False, seconds), _live(True, seconds), parts]


if __name__ == "__main__":
    for each in camera_rows(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0):
        print(json.dumps(each))
