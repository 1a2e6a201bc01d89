"""Cameras of every kind behind one FrameSource: devices, network cameras, recordings, picture folders.

Devices and network cameras are held by a process of their own (`drivers.cameras.process`), because their drivers may
hang; recordings and folders are read here.
"""

import os
import random
import re
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from config.messages.said import say
from drivers.cameras.capture import Capture, open_video
from drivers.cameras.controls import Control
from drivers.cameras.format import Expected
from drivers.cameras.loop import Camera, Ended, Eye, LoopSettings
from drivers.cameras.picture_folder import Look, PictureFolder
from drivers.cameras.process import ProcessEye, ProcessSettings, Unended
from drivers.cameras.words import Kind
from drivers.errors import DeviceAbsent, DeviceGone
from drivers.readings import CameraFrame, DeviceHealth

_STREAM_FROZEN_SECONDS = 30.0
"""H.264 may send a still desk as the same pixels for a while; every picture of its own (key frame) is another again."""
_NETWORK = ("rtsp", "http", "https")


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
    """Asked of a V4L2 device, expected of a stream; the pace of a folder. A recording keeps its own."""
    loop: bool = True
    """A recording starts again at its end."""
    stale_seconds: float = 2.0
    controls: Mapping[Control, float] = field(default_factory=dict)
    """What is fixed on a V4L2 device; the rest stays as it is."""
    open_seconds: float = 10.0
    """A device or stream that takes longer to open is stuck."""
    hung_seconds: float = 5.0
    """A device or stream that gives nothing for so long is stuck."""


class _Recording:
    """A video file as a camera, at its own pace."""

    is_sensor = False

    def __init__(self, capture: Capture, name: str, settings: CameraSettings) -> None:
        self._capture = capture
        self._name = name
        self._loop = settings.loop
        self._read_any = False
        self.pace_seconds = 1 / capture.fps if 1 <= capture.fps <= 240 else 1 / settings.fps

    def grab(self) -> Look:
        pixels = self._capture.read()
        if pixels is None and self._read_any:
            if not self._loop:
                raise Ended(say("The recording {path} has ended; start again to see it once more.", path=self._name))
            self._capture.rewind()
            pixels = self._capture.read()
        if pixels is None:
            raise DeviceGone(say("The recording {path} gives no pictures; record it anew.", path=self._name))
        self._read_any = True
        return Look(pixels, fresh=True)

    def close(self) -> None:
        self._capture.close()


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


@dataclass(frozen=True, slots=True)
class _Openings:
    """What all openings of one camera share."""

    settings: CameraSettings
    stopping: Callable[[], bool]
    unended: Unended = field(default_factory=Unended)


def device_path(where: str) -> Path:
    """The device file of `v4l2:WHERE`: a number, or a path such as `/dev/v4l/by-path/...-video-index0`."""
    return Path(f"/dev/video{where}") if where.isdecimal() else Path(where)


def _open_v4l2(where: str, openings: _Openings) -> Eye:
    path = device_path(where)
    if re.search(r"-index[1-9]\d*$", path.name):
        pattern = "{path} carries data about pictures, not pictures; take the name that ends in -video-index0."
        raise DeviceAbsent(say(pattern, path=str(path)))
    if not path.exists():
        raise DeviceAbsent(say("There is no camera at {path}; plug it in or correct the profile.", path=str(path)))
    if not stat.S_ISCHR(path.stat().st_mode):
        raise DeviceAbsent(say("{path} is not a camera; correct the profile.", path=str(path)))
    if not os.access(path, os.R_OK | os.W_OK):
        pattern = "This user may not open {path}; add the user to the group video and log in again."
        raise DeviceAbsent(say(pattern, path=str(path)))
    return _open_process(Kind.V4L2, str(path), str(path), openings)


def _open_stream(where: str, openings: _Openings) -> Eye:
    if urlsplit(where).scheme not in _NETWORK:
        path = Path(where)
        if not path.exists():
            raise DeviceAbsent(say("There is no stream at {path}; start it or correct the profile.", path=where))
        if stat.S_ISREG(path.stat().st_mode):
            raise DeviceAbsent(say("{path} is a recording; write video: before it in the profile.", path=where))
    return _open_process(Kind.STREAM, where, spoken_address(where), openings)


def spoken_address(where: str) -> str:
    """What may be said of a stream: host and port of an address, never its user, password or path; a path as it is."""
    parts = urlsplit(where)
    if parts.scheme not in _NETWORK:
        return where
    host = parts.hostname or "?"
    return f"{host}:{parts.port}" if parts.port else host


def _open_process(kind: Kind, where: str, label: str, openings: _Openings) -> ProcessEye:
    settings = openings.settings
    eye = ProcessEye(
        ProcessSettings(
            kind, where, label, settings.width, settings.height, settings.fps, settings.controls,
            settings.open_seconds, settings.hung_seconds,
        ),
        openings.unended,
    )  # fmt: skip
    try:
        eye.wait_opened(openings.stopping)
    except BaseException:
        eye.close()
        raise
    return eye


def _open_video(where: str, openings: _Openings) -> Eye:
    if not Path(where).is_file():
        raise DeviceAbsent(say("There is no recording {path}; correct the profile.", path=where))
    capture = open_video(where)
    if capture is None:
        raise DeviceAbsent(say("{path} is not a video that can be read; correct the profile.", path=where))
    return _Recording(capture, where, openings.settings)


def _open_folder(where: str, openings: _Openings) -> Eye:
    if not Path(where).is_dir():
        raise DeviceAbsent(say("There is no folder {path}; make it or correct the profile.", path=where))
    return _Folder(Path(where), openings.settings.fps)


_KINDS: dict[str, Callable[[str, _Openings], Eye]] = {
    "v4l2": _open_v4l2,
    "stream": _open_stream,
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
        url: `v4l2:0`, `v4l2:/dev/v4l/by-path/...`, `stream:rtsp://...`, `stream:FIFO`, `video:PATH` or `folder:PATH`.
        settings: name, size, pace, controls, patience.
        now: the time of day, in UTC.
        monotonic: seconds that only grow; ages are judged by them.
        jitter: random numbers from 0 to 1 for the pauses between attempts.

    Raises:
        ValueError: no such kind of source.
    """
    kind, _, where = url.partition(":")
    if kind not in _KINDS or not where:
        raise ValueError(
            f"{kind or url} is no camera; write v4l2:NUMBER, v4l2:PATH, stream:ADDRESS, video:PATH or folder:PATH."
        )
    chosen = settings or CameraSettings()
    openings = _Openings(chosen, lambda: camera.stopping)
    camera = Camera(
        _judged(kind, where, chosen),
        lambda: _KINDS[kind](where, openings),
        now,
        monotonic,
        jitter or random.SystemRandom().random,
    )
    return camera


def _judged(kind: str, where: str, settings: CameraSettings) -> LoopSettings:
    """What is expected of that kind of source, and what would be a fault of it."""
    known = LoopSettings(settings.device, settings.stale_seconds)
    if kind == "v4l2":
        expected = Expected((settings.width, settings.height), "MJPG", settings.fps)
        return replace(known, expected=expected, port=str(device_path(where)))
    if kind == "stream":
        return replace(known, expected=Expected(fps=settings.fps), frozen_seconds=_STREAM_FROZEN_SECONDS)
    return known
