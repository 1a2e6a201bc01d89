"""Frames to bytes for the screens: camera frames as JPEG, thermal frames coloured as PNG. Pure."""

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.readings import CameraFrame, ThermalFrame
from station.evidence import MOST_PICTURE_BYTES

_WIDE = 256
"""Pixels that a thermal picture is wide at least."""
_COLDEST, _WARMEST = 22.0, 38.5
"""Degrees Celsius at the ends of the palette. Fixed, so that a colour means the same in every picture."""
_STOPS = np.array(
    [(18, 16, 36), (46, 32, 92), (104, 40, 110), (176, 58, 98), (228, 98, 64), (246, 158, 62), (250, 208, 104),
     (254, 246, 214)],
    dtype=np.float32,
)  # fmt: skip
"""Red, green, blue at equal steps from coldest to warmest; lightness only grows, so that it also reads in grey."""


def camera_jpeg(frame: CameraFrame, *, width: int = 960, quality: int = 78) -> bytes:
    """A camera frame as JPEG, made smaller to `width` when it is wider."""
    pixels: NDArray[np.uint8] = frame.pixels
    rows, columns = pixels.shape[:2]
    if columns > width:
        size = (width, round(rows * width / columns))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, quality))[1].tobytes()


_PAPER_WIDTHS = (1600, 1280, 1024, 800, 640)
_PAPER_QUALITIES = (85, 75, 65, 55)


def paper_jpeg(frame: CameraFrame, most: int = MOST_PICTURE_BYTES) -> bytes | None:
    """A camera frame as a JPEG of at most `most` bytes, as large and as fine as fits; None when nothing does.

    Fineness gives way first, down to where compression would smear small print; then size.
    """
    for width in _PAPER_WIDTHS:
        for quality in _PAPER_QUALITIES:
            encoded = camera_jpeg(frame, width=width, quality=quality)
            if len(encoded) <= most:
                return encoded
    return None


def thermal_png(frame: ThermalFrame) -> bytes | None:
    """A thermal frame as a coloured PNG, smoothed between sensor elements; None when one point was measured."""
    rows, columns = frame.celsius.shape
    if rows * columns == 1:
        return None
    enlarged = max(1, -(-_WIDE // columns))
    size = (columns * enlarged, rows * enlarged)
    known = np.nan_to_num(frame.celsius.astype(np.float32), nan=_COLDEST)
    smooth = cv2.resize(known, size, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(smooth, (0, 0), enlarged * 0.5)
    share = np.clip((smooth - _COLDEST) / (_WARMEST - _COLDEST), 0, 1) * (len(_STOPS) - 1)
    below = np.minimum(share.astype(np.intp), len(_STOPS) - 2)
    part = (share - below)[..., None]
    colours = _STOPS[below] * (1 - part) + _STOPS[below + 1] * part
    bgr = colours[..., ::-1].astype(np.uint8)
    return cv2.imencode(".png", bgr, (cv2.IMWRITE_PNG_COMPRESSION, 1))[1].tobytes()
