"""Cameras without the hardware: MJPEG over loopback HTTP or through a FIFO, at the pace of a camera.

Both are real streams that another process opens; what can go wrong with a camera is made to go wrong here, see
`Fault`. `NetworkCamera` is what a network camera is. `PipeCamera` is the nearest thing to a camera whose driver is
stuck: a read from it never comes back, and no time limit of the video library ends it.
"""

import errno
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Scene = Callable[[int], Picture]
"""The picture before the lens, (height, width, 3) BGR, by the number of the shot."""

_BOUNDARY = b"daan-frame"


class Fault(StrEnum):
    """What can be made to go wrong."""

    FREEZE = "freeze"
    """One and the same picture again and again."""
    DROP = "drop"
    """Every third picture is missing."""
    SLOW = "slow"
    """A third of the pictures a second."""
    STALL = "stall"
    """Connected, and nothing comes any more."""
    UNPLUG = "unplug"
    """Whoever is connected is cut off, and nobody else gets in."""
    RESIZE = "resize"
    """Pictures of half the width and height."""
    BLACK = "black"
    """A lid on the lens: nothing but a little noise."""
    OVEREXPOSED = "overexposed"
    BLURRED = "blurred"
    """Out of focus."""
    GARBAGE = "garbage"
    """Bytes in the middle of every picture are noise."""


def desk_scene(width: int = 640, height: int = 360, seed: int = 1) -> Scene:
    """A desk with a lined sheet that sways on it, grained as a sensor does it."""
    rng = np.random.default_rng(seed)
    ground = np.full((height, width, 3), (96, 120, 140), np.uint8)
    cv2.rectangle(ground, (width // 6, height // 6), (width * 5 // 6, height * 5 // 6), (225, 228, 230), -1)
    for line in range(height // 4, height * 3 // 4, max(6, height // 24)):
        for word in range(width // 5, width * 4 // 5, max(10, width // 40)):
            cv2.putText(ground, "<E", (word, line), cv2.FONT_HERSHEY_PLAIN, height / 700, (30, 30, 30), 1, cv2.LINE_AA)
    grain = rng.integers(-4, 5, (height + 32, width + 32, 1), np.int16)

    def picture(shot: int) -> Picture:
        swayed = np.roll(ground, round(3 * np.sin(shot / 5)), axis=1)
        y, x = (shot * 7) % 32, (shot * 13) % 32
        return np.asarray(np.clip(swayed + grain[y : y + height, x : x + width], 0, 255), np.uint8)

    return picture


def spoil(pixels: Picture, faults: Collection[Fault], shot: int = 0) -> Picture:
    """What lens and sensor make of it; faults of the wire are left to the stream."""
    if Fault.RESIZE in faults:
        pixels = np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    if Fault.BLURRED in faults:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), pixels.shape[1] / 213), np.uint8)
    if Fault.BLACK in faults:
        pixels = np.asarray(np.random.default_rng(shot).integers(0, 5, pixels.shape), np.uint8)
    if Fault.OVEREXPOSED in faults:
        pixels = np.asarray(cv2.convertScaleAbs(pixels, alpha=2.2, beta=70), np.uint8)
    return pixels


class Lens:
    """A scene through faults to JPEGs. `faults` may be changed at any time, from any thread."""

    def __init__(self, scene: Scene, fps: float, quality: int = 85) -> None:
        self.fps = fps
        self.faults: set[Fault] = set()
        self._scene = scene
        self._quality = quality
        self._rng = np.random.default_rng(1)
        self._frozen: bytes | None = None

    def shoot(self, shot: int) -> bytes | None:
        """The JPEG of that shot; None when none comes."""
        faults = frozenset(self.faults)
        if Fault.STALL in faults or (Fault.DROP in faults and shot % 3 == 0) or (Fault.SLOW in faults and shot % 3):
            return None
        if Fault.FREEZE in faults and self._frozen is not None:
            return self._frozen
        pixels = spoil(self._scene(shot), faults, shot)
        data = bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, self._quality])[1])
        self._frozen = data
        return self._with_garbage(data) if Fault.GARBAGE in faults else data

    def _with_garbage(self, data: bytes) -> bytes:
        at = len(data) // 3
        return data[:at] + bytes(self._rng.integers(0, 256, 400, np.uint8)) + data[at + 400 :]


class NetworkCamera:
    """A camera on the network: multipart MJPEG over HTTP, on loopback. A context manager; `url` is what is opened.

    Args:
        scene: what is before it; a desk with a sheet when not given.
        fps: pictures a second.
        quality: of the JPEGs, 1 to 100.
    """

    def __init__(self, scene: Scene | None = None, fps: float = 15.0, quality: int = 85) -> None:
        self._lens = Lens(scene or desk_scene(), fps, quality)
        self._server = _server(self._lens)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="emulated camera")

    def __enter__(self) -> "NetworkCamera":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._lens.faults = {Fault.UNPLUG}
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where its pictures are."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/video.mjpg"

    @property
    def faults(self) -> set[Fault]:
        """What goes wrong now; add and discard."""
        return self._lens.faults


def _server(lens: Lens) -> ThreadingHTTPServer:
    class Viewer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY.decode()}")
            self.end_headers()
            try:
                for data in _stream(lens, lambda: Fault.UNPLUG in lens.faults):
                    head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (_BOUNDARY, len(data))
                    self.wfile.write(head + data + b"\r\n")
            except OSError:
                return  # whoever looked has gone

        def log_message(self, format: str, *args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        def verify_request(self, request: object, client_address: object) -> bool:
            return Fault.UNPLUG not in lens.faults

    return Server(("127.0.0.1", 0), Viewer)


class PipeCamera:
    """MJPEG through a FIFO. A context manager; `path` is what is opened, by one at a time.

    Args:
        path: where the FIFO is made; a file there is an error.
        scene: what is before it; a desk with a sheet when not given.
        fps: pictures a second.
    """

    def __init__(self, path: Path, scene: Scene | None = None, fps: float = 15.0) -> None:
        self.path = path
        self._lens = Lens(scene or desk_scene(), fps)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulated camera")

    def __enter__(self) -> "PipeCamera":
        os.mkfifo(self.path)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.path.unlink(missing_ok=True)

    @property
    def faults(self) -> set[Fault]:
        """What goes wrong now; add and discard."""
        return self._lens.faults

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            if Fault.UNPLUG in self.faults:
                continue
            try:
                pipe = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno == errno.ENXIO:
                    continue  # nobody reads
                raise
            try:
                for data in _stream(self._lens, lambda: Fault.UNPLUG in self.faults or self._stop.is_set()):
                    self._push(pipe, data)
            except BrokenPipeError:
                continue
            finally:
                os.close(pipe)

    def _push(self, pipe: int, data: bytes) -> None:
        """All of it, as fast as the reader takes it."""
        while data and not self._stop.is_set():
            try:
                data = data[os.write(pipe, data) :]
            except BlockingIOError:
                time.sleep(0.001)


def _stream(lens: Lens, ended: Callable[[], bool]) -> Iterator[bytes]:
    """The lens's pictures at its pace until `ended`."""
    shot, due = 0, time.monotonic()
    while not ended():
        due = max(due + 1 / lens.fps, time.monotonic())
        data = lens.shoot(shot)
        shot += 1
        if data is not None:
            yield data
        time.sleep(max(0.0, due - time.monotonic()))
