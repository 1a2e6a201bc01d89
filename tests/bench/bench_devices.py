"""What devices cost: codecs in MB/s, drivers on real terminals, the camera loop, and a whole kiosk at rest.

CPU time only, so that a busy machine changes little. The budget: 30 % of one core for a kiosk at rest, all its devices
plugged in. Run: python tests/bench/bench_devices.py
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from camera_cost import camera_rows
from device_cost import CODE, READERS, SCANNERS, TD3, driver_rows, kiosk_row

from drivers.emulators.thermal_scene import Scene, draw
from drivers.ports import Decoded
from drivers.readers import elyctis, lines, rte6701
from drivers.readers.reads import Heard
from drivers.readers.registry import reader_codec
from drivers.readings import ThermalFrame
from drivers.registry import thermal_codec
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, measure

_CHUNK = 600
"""Bytes that a read brings at 460800 baud in the transport's time."""
_STREAM_BYTES = 200_000
_FRAMES = 50

Feed = Callable[[bytes, bool], Decoded | Heard]


def _cpu_ms(work: Callable[[], object], repeats: int) -> float:
    work()
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) * 1000 / repeats


def _in_chunks(feed: Feed, stream: bytes) -> int:
    """How many frames or reads come out when the stream is read in pieces."""
    count, rest, lost = 0, b"", False
    for at in range(0, len(stream), _CHUNK):
        decoded = feed(rest + stream[at : at + _CHUNK], lost)
        count += len(decoded.frames) if isinstance(decoded, Decoded) else len(decoded.reads)
        rest, lost = decoded.remainder, decoded.lost
    return count


def _frame(protocol: str, number: int) -> bytes:
    codec = thermal_codec(protocol)
    shape = (codec.profile.rows, codec.profile.columns)
    if shape == (1, 1):
        return codec.encode(ThermalFrame(np.full(shape, 30 + number / 10, np.float32), 29.0))
    return codec.encode(draw(Scene(face_celsius=36.6), np.random.default_rng(number), shape))


def _messages(protocol: str) -> tuple[Feed, list[bytes]]:
    if protocol in SCANNERS:
        return thermal_codec(protocol).feed, [_frame(protocol, number) for number in range(_FRAMES)]
    wire = {"elyctis": elyctis.zone(TD3), "rte6701": rte6701.encode(TD3)}.get(protocol, lines.encode(CODE))
    return reader_codec(protocol).feed, [wire] * _FRAMES


def _codec_row(protocol: str) -> dict[str, float]:
    feed, messages = _messages(protocol)
    repeats = max(1, _STREAM_BYTES // sum(map(len, messages)))
    clean = b"".join(messages) * repeats
    # Noise that ends as a line does, with the beginning of a frame in it, before every frame.
    noise = np.random.default_rng(1).integers(0, 256, 60, np.uint8).tobytes() + messages[0][:4] + bytes(150) + b"\r"
    dirty = b"".join(noise + message for message in messages) * repeats
    for stream in (clean, dirty):
        if _in_chunks(feed, stream) < _FRAMES * repeats:
            raise RuntimeError(f"{protocol} lost frames; run tests/drivers/test_streams.py before measuring its speed.")
    clean_ms, dirty_ms = (_cpu_ms(lambda each=stream: _in_chunks(feed, each), 5) for stream in (clean, dirty))
    return {
        "mb_per_s": round(len(clean) / clean_ms / 1000, 1),
        "dirty_mb_per_s": round(len(dirty) / dirty_ms / 1000, 1),
        "frame_cpu_ms": round(clean_ms / (_FRAMES * repeats), 4),
    }


def _measure_ms() -> float:
    rng, now = np.random.default_rng(1), datetime.now(UTC)
    timed = [(draw(Scene(face_celsius=36.6), rng), now) for _ in range(10)]
    judged = (MeasureSettings(), FaceSettings())
    return _cpu_ms(lambda: measure(timed, now, *judged, device="x", emissivity=0.98, warming=False), 50)


def run(seconds: float = 10.0) -> dict[str, Any]:
    """Every figure; names end with their unit.

    Args:
        seconds: how long each group of running devices is watched.
    """
    codecs = {protocol: _codec_row(protocol) for protocol in (*SCANNERS, *READERS)}
    drivers = driver_rows(seconds)
    kiosk = kiosk_row(seconds)
    cameras = {str(row.pop("what")): row for row in camera_rows(seconds)}
    return {
        "codec": codecs,
        "driver": drivers,
        "worst_scanner_8hz_percent_of_core": max(drivers[name]["percent_at_8hz"] for name in SCANNERS),
        "measure_10_frames_cpu_ms": round(_measure_ms(), 3),
        "camera": cameras,
        "kiosk": kiosk,
    }


def table(found: dict[str, Any]) -> str:
    """For a person."""
    rows = [f"{'protocol':24}{'MB/s':>8}{'in noise':>10}{'ms/frame':>10}{'% core':>9}{'at 8 Hz':>9}{'at rest':>9}"]
    for name in (*found["codec"], *(each for each in found["driver"] if each not in found["codec"])):
        codec, driver = found["codec"].get(name, {}), found["driver"][name]
        figures = [codec.get(key, "") for key in ("mb_per_s", "dirty_mb_per_s", "frame_cpu_ms")]
        figures += [driver.get(key, "") for key in ("percent_of_core", "percent_at_8hz", "idle_percent_of_core")]
        widths = zip(figures, (8, 10, 10, 9, 9, 9), strict=True)
        rows.append(f"{name:24}" + "".join(f"{figure!s:>{width}}" for figure, width in widths))
    rows.append("")
    several = {f"camera {name}": row for name, row in found["camera"].items()} | {"kiosk at rest": found["kiosk"]}
    rows += [f"{what}: " + ", ".join(f"{key} {value}" for key, value in row.items()) for what, row in several.items()]
    rows.append(f"measuring a face over 10 pictures: {found['measure_10_frames_cpu_ms']} ms")
    return "\n".join(rows)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
