"""How fast the thermal codec is and what a scanner at 8 Hz costs.

Run: python tests/bench/bench_devices.py
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from drivers.emulators.thermal_scene import Scene, draw
from drivers.thermal import gy_mcu90640 as module
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, measure

_RATE_HERTZ = 8.0
_CHUNK = 600
"""Bytes a read brings at 460800 baud in the transport's time, about a third of a frame."""


def _cpu_ms(work: Callable[[], object], repeats: int) -> float:
    work()
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) * 1000 / repeats


def _decode_in_chunks(stream: bytes) -> int:
    frames, rest, lost = 0, b"", False
    for at in range(0, len(stream), _CHUNK):
        decoded = module.feed(rest + stream[at : at + _CHUNK], lost)
        frames += len(decoded.frames)
        rest, lost = decoded.remainder, decoded.lost
    return frames


def run() -> dict[str, float]:
    """CPU time of this process only, so that a busy machine changes little."""
    rng = np.random.default_rng(1)
    frames = [draw(Scene(face_celsius=36.6), rng) for _ in range(100)]
    clean = b"".join(module.encode(frame) for frame in frames)
    noise = bytes(rng.integers(0, 256, 200, np.uint8))
    dirty = b"".join(noise + module.HEADER + module.LENGTH + module.encode(frame) for frame in frames)
    if _decode_in_chunks(clean) != len(frames) or _decode_in_chunks(dirty) != len(frames):
        raise RuntimeError("The codec lost frames; run tests/drivers/thermal before measuring its speed.")
    now = datetime.now(UTC)
    timed = [(frame, now) for frame in frames[:10]]
    clean_ms = _cpu_ms(lambda: _decode_in_chunks(clean), 20)
    dirty_ms = _cpu_ms(lambda: _decode_in_chunks(dirty), 20)
    encode_ms = _cpu_ms(lambda: module.encode(frames[0]), 500)
    measure_ms = _cpu_ms(
        lambda: measure(timed, now, MeasureSettings(), FaceSettings(), device="x", emissivity=0.98), 100
    )
    return {
        "decode_mb_per_s": round(len(clean) / clean_ms / 1000, 1),
        "decode_dirty_mb_per_s": round(len(dirty) / dirty_ms / 1000, 1),
        "decode_frame_cpu_ms": round(clean_ms / len(frames), 4),
        "encode_frame_cpu_ms": round(encode_ms, 4),
        "decode_8hz_cpu_percent": round(clean_ms / len(frames) * _RATE_HERTZ / 10, 3),
        "measure_10_frames_cpu_ms": round(measure_ms, 3),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
