"""Records what a camera gives: a video (MJPG in AVI) and, beside it, when each picture was taken.

A camera of a lane sees faces and documents. So a recording is coarse unless somebody who may decide it says otherwise:
each picture is then a mosaic in which light, shapes and movement can be seen and nobody can be told or read. Played
again by `video:PATH`.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from config.messages.said import say
from drivers.camera import FrameSource
from drivers.errors import CaptureUnwritable, DeviceSilent
from drivers.readings import CameraFrame

_TILES = (40, 22)
"""Across and down: a face that fills half of the height is 11 tiles high."""
_WAIT_SECONDS = 0.01
_FIRST_SECONDS = 15.0
"""Longer than a camera takes to open."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded."""

    video: Path
    times: Path
    """One JSON object a picture: `at` (RFC 3339, UTC), `sequence` of the camera; a gap in it is a picture not seen."""
    pictures: int
    coarse: bool


def coarse(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture as a mosaic of 40 x 22 tiles; (height, width, 3), BGR."""
    tiles = cv2.resize(pixels, _TILES, interpolation=cv2.INTER_AREA)
    size = (pixels.shape[1], pixels.shape[0])
    return np.asarray(cv2.resize(tiles, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def record(
    camera: FrameSource,
    out: Path,
    seconds: float,
    *,
    personal: bool,
    fps: float = 15.0,
    monotonic: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> Recording:
    """Every picture of a started camera for so long; other users of the camera are not disturbed.

    Args:
        camera: started; stays the caller's.
        out: the video, new, `.avi`; only this user may read it.
        seconds: how long, from the first picture.
        personal: whole pictures; else a mosaic.
        fps: the pace at which the video will be played.
        monotonic: seconds that only grow.
        wait: sleeps.

    Raises:
        CaptureUnwritable: no `.avi`, there is such a file already, or it cannot be written.
        DeviceSilent: no picture came.
    """
    first = _first(camera, monotonic, wait)
    times = out.with_suffix(".jsonl")
    _make(out, times)
    try:
        count = _write(_frames(camera, seconds, monotonic, wait), first, out, times, fps, personal)
    except OSError as error:
        pattern = "{path} cannot be written ({why}); make room or choose another place."
        raise CaptureUnwritable(say(pattern, path=str(times), why=error.strerror or "")) from error
    return Recording(out, times, count, not personal)


def _write(
    frames: Iterator[CameraFrame], first: CameraFrame, out: Path, times: Path, fps: float, personal: bool
) -> int:
    """Put the frames into both files; how many they were."""
    size = (first.pixels.shape[1], first.pixels.shape[0])
    writer = cv2.VideoWriter(str(out), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
    if not writer.isOpened():
        raise CaptureUnwritable(say("{path} cannot be written as a video; choose another place.", path=str(out)))
    count = 0
    try:
        with times.open("w", encoding="utf-8") as lines:
            for frame in frames:
                pixels = frame.pixels if personal else coarse(frame.pixels)
                # A camera that comes back may have another size; a video has one.
                writer.write(pixels if (pixels.shape[1], pixels.shape[0]) == size else cv2.resize(pixels, size))
                lines.write(_line(frame))
                count += 1
    finally:
        writer.release()
    return count


def _first(camera: FrameSource, monotonic: Callable[[], float], wait: Callable[[float], None]) -> CameraFrame:
    end = monotonic() + _FIRST_SECONDS
    while monotonic() < end:
        if (frame := camera.newest()) is not None:
            return frame
        wait(_WAIT_SECONDS)
    raise DeviceSilent(say("The camera gave no picture in {seconds} s; check it.", seconds=f"{_FIRST_SECONDS:.0f}"))


def _frames(
    camera: FrameSource, seconds: float, monotonic: Callable[[], float], wait: Callable[[float], None]
) -> Iterator[CameraFrame]:
    """Every frame of so long a time, each once."""
    last, end = -1, monotonic() + seconds
    while monotonic() < end:
        frame = camera.newest()
        if frame is None or frame.sequence == last:
            wait(_WAIT_SECONDS)
            continue
        last = frame.sequence
        yield frame


def _make(*paths: Path) -> None:
    """New files that only this user may read."""
    if paths[0].suffix.lower() != ".avi":
        raise CaptureUnwritable(say("{path} does not end in .avi; give it a name that does.", path=str(paths[0])))
    for path in paths:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            for made in paths[: paths.index(path)]:
                made.unlink()
            pattern = "{path} cannot be written ({why}); choose another place."
            raise CaptureUnwritable(say(pattern, path=str(path), why=error.strerror or "")) from error


def _line(frame: CameraFrame) -> str:
    at = frame.captured_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"at": at, "sequence": frame.sequence}) + "\n"
