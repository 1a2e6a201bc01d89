"""Reads and draws 2D codes. Reading: zxing-cpp, the same on a 2x enlargement, without motion blur, zbar for stills.

The order follows a measurement over 1,092 webcam-like pictures: "as it is, then twice as large" read 97 % at 4 ms, zbar
alone 69 % at 39 ms; the wider list of symbologies costs five times as much as QR alone, so that it runs on every fifth
picture only. Motion blur is undone where something looks like a smeared code (models/deblur.py). The text is returned
exactly as encoded: no trimming, no case, no interpretation.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from models.deblur import undo_motion
from models.errors import ModelMissing, PictureUnreadable
from models.regions import CodeReading, Quad

Picture = NDArray[np.uint8]

_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
_WIDE = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCodeModel2,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
    ]
)
_NAMES = {"QR Code": "qr", "Aztec": "aztec", "Data Matrix": "datamatrix", "PDF417": "pdf417"}
_ENLARGE_UP_TO = 4_000_000
"""Pictures of more pixels are not enlarged: a code in them is large enough, and the enlargement would cost 100 ms."""
_ZBAR_UP_TO = 12_000_000
_TURNS = {"UP": 0, "RIGHT": 1, "DOWN": 2, "LEFT": 3}


class CodeReader:
    """Finds the 2D codes of one picture after another.

    Holds a counter and nothing else; one reader may be used by one thread at a time.
    """

    def __init__(self, *, wide_every: int = 5, second_opinion: bool = True) -> None:
        """`wide_every`: every Nth picture is also searched for Aztec, Data Matrix and PDF417; 0 never.

        `second_opinion`: ask zbar when zxing-cpp finds nothing in a still picture.
        """
        self._wide_every = wide_every
        self._second_opinion = second_opinion
        self._calls = 0

    def read(self, image_bgr: Picture, *, still: bool = False) -> tuple[CodeReading, ...]:
        """Every 2D code found, exact text, quad clockwise from the upper left corner of the code.

        Args:
            image_bgr: height x width x 3 (blue, green, red) or height x width (grey), uint8.
            still: one picture that will not come again: all symbologies and all readers are tried.

        Raises:
            PictureUnreadable: not an 8-bit picture of one or three channels.
            ModelMissing: a still picture needs zbar and its system library is not installed.
        """
        started = time.perf_counter()
        grey = _grey(image_bgr)
        self._calls += 1
        wide = still or (self._wide_every > 0 and self._calls % self._wide_every == 0)
        found: Sequence[CodeReading] = ()
        for attempt in self._attempts(grey, wide=wide, still=still):
            found = attempt()
            if found:
                break
        elapsed = (time.perf_counter() - started) * 1000
        return tuple(CodeReading(code.text, code.symbology, code.quad, elapsed) for code in found)

    def _attempts(self, grey: Picture, *, wide: bool, still: bool) -> list[Callable[[], list[CodeReading]]]:
        attempts = [lambda: _zxing(grey, _WIDE if wide else _QR, 1)]
        if grey.size <= _ENLARGE_UP_TO:
            attempts.append(lambda: _zxing(_enlarged(grey), _WIDE if still else _QR, 2))
        attempts.append(lambda: _deblurred(grey))
        if still and self._second_opinion and grey.size <= _ZBAR_UP_TO:
            attempts.append(lambda: _zbar(grey))
        return attempts


def draw_code(text: str | bytes, *, symbology: str = "qr", correction: str = "M", module: int = 4) -> Picture:
    """The code as a picture: height x width, 0 for a dark module and 255 for a light one, quiet zone included.

    Args:
        text: what the code says; bytes go in as they are.
        symbology: `qr`, `aztec`, `datamatrix` or `pdf417`.
        correction: error correction level of a QR code: L, M, Q or H (7, 15, 25, 30 %).
        module: pixels per module.

    Raises:
        ValueError: no such symbology, or the text is longer than the symbology holds.
    """
    formats = {
        "qr": zxingcpp.BarcodeFormat.QRCode,
        "aztec": zxingcpp.BarcodeFormat.Aztec,
        "datamatrix": zxingcpp.BarcodeFormat.DataMatrix,
        "pdf417": zxingcpp.BarcodeFormat.PDF417,
    }
    if symbology not in formats:
        raise ValueError(f"{symbology} codes are not drawn here: use one of {', '.join(formats)}")
    options = {"ec_level": correction} if symbology == "qr" else {}
    code = zxingcpp.create_barcode(text, formats[symbology], **options)
    return np.array(code.to_image(scale=module, add_quiet_zones=True), dtype=np.uint8)


def _grey(image: Picture) -> Picture:
    if image.dtype != np.uint8 or image.size == 0 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        raise PictureUnreadable(
            f"a picture of shape {image.shape} and type {image.dtype} cannot be searched: give 8-bit grey or BGR"
        )
    if image.ndim == 2:
        return np.ascontiguousarray(image)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _enlarged(grey: Picture) -> Picture:
    height, width = grey.shape
    return np.asarray(cv2.resize(grey, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _zxing(grey: Picture, formats: zxingcpp.BarcodeFormats, scale: int) -> list[CodeReading]:
    # Plain, not HRI: HRI rewrites GS1 content for human eyes.
    found = zxingcpp.read_barcodes(grey, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    return [CodeReading(code.text, _name(code), _quad(code.position, scale)) for code in found if code.valid]


def _deblurred(grey: Picture) -> list[CodeReading]:
    """Codes in the part that looks like one and is smeared, after the smear was taken out."""
    for part in undo_motion(grey):
        found = _zxing(part.pixels, _QR, 1)
        if found:
            return [replace(code, quad=_moved(code.quad, part.left, part.top)) for code in found]
    return []


def _moved(quad: Quad, right: int, down: int) -> Quad:
    first, second, third, fourth = ((x + right, y + down) for x, y in quad)
    return first, second, third, fourth


def _name(code: Any) -> str:
    symbology = str(code.symbology)
    return _NAMES.get(symbology, symbology.lower())


def _quad(position: Any, scale: int) -> Quad:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return _clockwise([(corner.x / scale, corner.y / scale) for corner in corners])


def _clockwise(corners: list[tuple[float, float]]) -> Quad:
    """The same corners from the same first one; turned round when a mirrored code gave them anticlockwise."""
    first, second, third, fourth = corners
    doubled_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, [*corners[1:], first], strict=True))
    return (first, second, third, fourth) if doubled_area >= 0 else (first, fourth, third, second)


def _zbar(grey: Picture) -> list[CodeReading]:
    """What zbar finds, QR only.

    zbar guesses the character set of anything that is not ASCII (Big5, Shift-JIS), so only ASCII is believed: every
    health certificate but VDS-NC is ASCII, and a wrong letter in a name would be worse than no reading.
    """
    pyzbar = _pyzbar()
    found = pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [
        CodeReading(code.data.decode("ascii"), "qr", _zbar_quad(code))
        for code in found
        if code.data.isascii() and len(code.polygon) == 4
    ]


def _zbar_quad(code: Any) -> Quad:
    """The hull comes in image order, with a word for how the code is turned: the first corner follows from both."""
    points = [(float(point.x), float(point.y)) for point in code.polygon]
    clockwise = list(_clockwise(points))
    upper_left = min(range(4), key=lambda index: clockwise[index][0] + clockwise[index][1])
    start = (upper_left + _TURNS.get(code.orientation or "UP", 0)) % 4
    first, second, third, fourth = (clockwise[(start + step) % 4] for step in range(4))
    return (first, second, third, fourth)


def _pyzbar() -> Any:
    """The zbar binding; imported here because it loads a system library that may be absent.

    Raises:
        ModelMissing: the system library libzbar0 is not installed.
    """
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError) as error:
        raise ModelMissing("the zbar library is not installed: run `apt install libzbar0` and try again") from error
    return pyzbar
