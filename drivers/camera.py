"""Cameras: V4L2 devices, video files and picture folders behind one FrameSource. The only file with cv2.VideoCapture.

OpenCV is told the format, and what really comes is read back from the frame: `set` may return true and be ignored.
"""

import os
import random
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from drivers.camera_loop import Camera, Ended, Eye
from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone
from drivers.picture_folder import Look, PictureFolder
from drivers.readings import CameraFrame, DeviceHealth


class FrameSource(Protocol):
    """Something that always has a newest picture, or says why not."""

    def start(self) -> None:
        """Begin; returns at once."""

    def stop(self) -> None:
        """End and give the camera back."""

    def newest(self) -> CameraFrame | None:
        """The newest frame; None when there is none that is fresh. Its pixels are read-only: copy to draw on them."""

    def health(self, now: datetime) -> DeviceHealth:
        """How the camera is."""


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """How a camera is driven."""

    device: str = "camera"
    """Its name on screens and in records."""
    width: int = 1280
    height: int = 720
    """Asked of a V4L2 device; what comes is in the frame."""
    fps: float = 15.0
    """Asked of a V4L2 device; the pace of a folder; a video file keeps its own when it states one."""
    loop: bool = True
    """A video file starts again at its end."""
    stale_seconds: float = 2.0


class _Capture:
    """A V4L2 device or a video file by OpenCV."""

    def __init__(self, capture: cv2.VideoCapture, name: str, pace_seconds: float, is_sensor: bool, loop: bool) -> None:
        self._capture = capture
        self._name = name
        self._loop = loop
        self._read_any = False
        self.pace_seconds = pace_seconds
        self.is_sensor = is_sensor

    def grab(self) -> Look:
        good, pixels = self._capture.read()
        if not good and not self.is_sensor and self._read_any:
            if not self._loop:
                raise Ended(f"The recording {self._name} has ended; start again to see it once more.")
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, pixels = self._capture.read()
        if not good or pixels is None:
            raise DeviceGone(f"{self._name} gives no pictures any more; check its cable.")
        self._read_any = True
        return Look(np.asarray(pixels, np.uint8), fresh=True)

    def close(self) -> None:
        self._capture.release()


class _Folder:
    """A picture folder as a camera: the picture stays in front of the lens until the next one comes."""

    is_sensor = False

    def __init__(self, folder: Path, fps: float) -> None:
        self._pictures = PictureFolder(folder)
        self.pace_seconds = 1 / fps

    def grab(self) -> Look:
        return self._pictures.grab()

    def close(self) -> None:
        return


def _open_v4l2(where: str, settings: CameraSettings) -> _Capture:
    path = Path(f"/dev/video{where}") if where.isdecimal() else Path(where)
    if not path.exists():
        raise DeviceAbsent(f"There is no camera at {path}; plug it in or correct the profile.")
    if not stat.S_ISCHR(path.stat().st_mode):
        raise DeviceAbsent(f"{path} is not a camera; correct the profile.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise DeviceAbsent(f"This user may not open {path}; add the user to the group video and log in again.")
    capture = cv2.VideoCapture(str(path), cv2.CAP_V4L2)
    if not capture.isOpened():
        capture.release()
        raise DeviceBusy(f"{path} does not open: another program holds it, or it is not a capture node.")
    # The order matters: a size is only honoured for the format already chosen.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    capture.set(cv2.CAP_PROP_FPS, settings.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return _Capture(capture, str(path), pace_seconds=0.0, is_sensor=True, loop=False)


def _open_video(where: str, settings: CameraSettings) -> _Capture:
    if not Path(where).is_file():
        raise DeviceAbsent(f"There is no recording {where}; correct the profile.")
    capture = cv2.VideoCapture(where, cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        raise DeviceAbsent(f"{where} is not a video that can be read; correct the profile.")
    stated = capture.get(cv2.CAP_PROP_FPS)
    pace = 1 / stated if 1 <= stated <= 240 else 1 / settings.fps
    return _Capture(capture, where, pace_seconds=pace, is_sensor=False, loop=settings.loop)


def _open_folder(where: str, settings: CameraSettings) -> _Folder:
    if not Path(where).is_dir():
        raise DeviceAbsent(f"There is no folder {where}; make it or correct the profile.")
    return _Folder(Path(where), settings.fps)


_KINDS: dict[str, Callable[[str, CameraSettings], Eye]] = {
    "v4l2": _open_v4l2,
    "video": _open_video,
    "folder": _open_folder,
}


def open_source(
    url: str,
    settings: CameraSettings | None = None,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    monotonic: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] | None = None,
) -> Camera:
    """A camera by its URL; call `start` (or enter it as a context) to open it. A missing device is not an error here.

    Args:
        url: `v4l2:0`, `v4l2:/dev/v4l/by-path/...`, `video:PATH` or `folder:PATH`.
        settings: name, size, pace.
        now: the time of day, in UTC.
        monotonic: seconds that only grow; ages are judged by them.
        jitter: random numbers from 0 to 1 for the pauses between attempts.

    Raises:
        ValueError: no such kind of source.
    """
    kind, _, where = url.partition(":")
    if kind not in _KINDS or not where:
        raise ValueError(f"{url} is no camera; write v4l2:NUMBER, v4l2:PATH, video:PATH or folder:PATH.")
    chosen = settings or CameraSettings()
    return Camera(
        chosen.device,
        chosen.stale_seconds,
        lambda: _KINDS[kind](where, chosen),
        now,
        monotonic,
        jitter or random.SystemRandom().random,
    )
