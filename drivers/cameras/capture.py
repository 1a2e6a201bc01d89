"""Opening cameras, streams and recordings by OpenCV. The only file with cv2.VideoCapture.

OpenCV is told what is wanted and then asked what is so: `set` may return true and be ignored (OpenCV issue 29254).
"""

import errno
import fcntl
import os
import struct
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.cameras.controls import Property
from drivers.cameras.words import Failure, Kind, Opened, Orders

_NUMBERS: Mapping[Property, int] = {
    Property.AUTOFOCUS: cv2.CAP_PROP_AUTOFOCUS,
    Property.FOCUS: cv2.CAP_PROP_FOCUS,
    Property.AUTO_EXPOSURE: cv2.CAP_PROP_AUTO_EXPOSURE,
    Property.EXPOSURE: cv2.CAP_PROP_EXPOSURE,
    Property.GAIN: cv2.CAP_PROP_GAIN,
    Property.AUTO_WHITE_BALANCE: cv2.CAP_PROP_AUTO_WB,
    Property.WHITE_BALANCE: cv2.CAP_PROP_WB_TEMPERATURE,
}
_QUERY_CAPABILITIES = 0x80685600
"""VIDIOC_QUERYCAP of linux/videodev2.h: _IOR('V', 0, struct v4l2_capability), 104 bytes."""
_VIDEO_CAPTURE, _VIDEO_CAPTURE_PLANES = 0x1, 0x1000
_METADATA_CAPTURE, _HAS_NODE_CAPABILITIES = 0x0080_0000, 0x8000_0000


class Capture:
    """An open camera, stream or recording; a table of properties too."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    def read(self) -> NDArray[np.uint8] | None:
        """The next frame, (height, width, 3) BGR; None when none came. Waits for the camera, perhaps for ever."""
        good, pixels = self._capture.read()
        return np.asarray(pixels, np.uint8) if good and pixels is not None else None

    def rewind(self) -> None:
        """A recording begins again."""
        self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)

    def set(self, wanted: Property, value: float) -> bool:
        """Ask for a value."""
        return bool(self._capture.set(_NUMBERS[wanted], value))

    def get(self, wanted: Property) -> float:
        """The value now."""
        return float(self._capture.get(_NUMBERS[wanted]))

    @property
    def fps(self) -> float:
        """Frames a second as stated; 0 when nothing is."""
        return float(self._capture.get(cv2.CAP_PROP_FPS))

    def format(self) -> Opened:
        """What it says of its format after all was set."""
        code = int(self._capture.get(cv2.CAP_PROP_FOURCC))
        letters = struct.pack("<I", code & 0xFFFF_FFFF).decode("latin-1").strip("\0 ")
        width, height = self._capture.get(cv2.CAP_PROP_FRAME_WIDTH), self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        return Opened(letters if letters.isprintable() else "", int(width), int(height), self.fps)

    def close(self) -> None:
        """Give it back."""
        self._capture.release()


def library_surroundings(orders: Orders) -> dict[str, str]:
    """Environment variables for the process that opens cameras: the library reads them before anything else.

    Its own patience is a little shorter than ours, so that it can still say what is wrong. No stream is buffered, and
    none but RTSP, whose first picture may take its time, is examined for seconds first (`analyzeduration`). Its log,
    which names addresses and passwords, is silent.
    """
    options = "rtsp_transport;tcp|fflags;nobuffer"
    return {
        "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": str(max(1, int(0.8 * orders.hung_seconds))),
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": options if orders.where.startswith("rtsp") else f"{options}|analyzeduration;1",
        "OPENCV_FFMPEG_LOGLEVEL": "-8",
        "OPENCV_LOG_LEVEL": "SILENT",
    }


def open_camera(orders: Orders) -> Capture | Failure:
    """What the orders name, opened and set; or why not. May hang as long as the driver does."""
    cv2.setNumThreads(1)
    return _open_v4l2(orders) if orders.kind is Kind.V4L2 else _open_stream(orders)


def _open_v4l2(orders: Orders) -> Capture | Failure:
    capture = cv2.VideoCapture(orders.where, cv2.CAP_V4L2)
    if not capture.isOpened():
        capture.release()
        return _why_not(orders.where)
    # The order matters: a size is only honoured for the format already chosen.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, orders.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, orders.height)
    capture.set(cv2.CAP_PROP_FPS, orders.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return Capture(capture)


def _open_stream(orders: Orders) -> Capture | Failure:
    patience = int(orders.hung_seconds * 800)
    wanted = {
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: patience,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC: patience,
        # Each decoding thread holds a frame back.
        cv2.CAP_PROP_N_THREADS: 1,
    }
    capture = cv2.VideoCapture(orders.where, cv2.CAP_FFMPEG, [part for pair in wanted.items() for part in pair])
    if not capture.isOpened():
        capture.release()
        return Failure.NO_VIDEO
    return Capture(capture)


def open_video(path: str) -> Capture | None:
    """A recording; None when the file is none that can be read."""
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        return None
    return Capture(capture)


def _why_not(path: str) -> Failure:
    """Why a device file does not open as a camera."""
    try:
        node = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        return Failure.BUSY if error.errno == errno.EBUSY else Failure.NO_CAMERA
    try:
        return node_failure(fcntl.ioctl(node, _QUERY_CAPABILITIES, bytes(104)))
    except OSError:
        return Failure.NO_CAMERA
    finally:
        os.close(node)


def node_failure(capability: bytes) -> Failure:
    """Why a video device did not open, from its `struct v4l2_capability` (linux/videodev2.h, 104 bytes)."""
    whole, node = struct.unpack_from("<II", capability, 84)
    able = node if whole & _HAS_NODE_CAPABILITIES else whole
    if able & (_VIDEO_CAPTURE | _VIDEO_CAPTURE_PLANES):
        return Failure.BUSY
    return Failure.METADATA if able & _METADATA_CAPTURE else Failure.NO_CAMERA
