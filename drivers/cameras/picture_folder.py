"""Pictures from a folder, the newest wins: for benches, demonstrations and network cameras that drop files.

Whoever writes should write under another name and rename: a file seen half written counts as a bad picture once and is
read again when it has changed.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from config.messages.said import say
from drivers.errors import DeviceAbsent

MOST_PIXELS = 60_000_000
MOST_BYTES = 64 * 1024 * 1024
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SETTLED_NS = 1_000_000_000
"""A folder's own time stamp is coarse: two changes may share it, so a folder changed just now is read again."""


class BadPicture(Exception):
    """A file is no picture that can be used; the message says why."""


def picture_size(data: bytes) -> tuple[int, int]:
    """(width, height) from the header of a JPEG or a PNG, nothing decoded.

    Sources: ISO/IEC 10918-1 (JPEG) annex B, W3C PNG section 11.2.1.

    Raises:
        BadPicture: neither of the two, or cut short.
    """
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if not data.startswith(_JPEG):
        raise BadPicture(say("is neither a JPEG nor a PNG"))
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    raise BadPicture(say("is a damaged JPEG"))


def decode_picture(data: bytes) -> NDArray[np.uint8]:
    """(height, width, 3) BGR of a JPEG or a PNG, turned as its EXIF orientation says.

    Raises:
        BadPicture: no picture, cut short, or more than MOST_PIXELS; those are refused before decoding.
    """
    width, height = picture_size(data)
    if width * height > MOST_PIXELS:
        size, most = f"{width} x {height}", str(MOST_PIXELS // 1_000_000)
        raise BadPicture(say("has {size} pixels, more than {most} million", size=size, most=most))
    # OpenCV fills a torn picture with grey and says nothing, so the end mark is asked for.
    if (b"\xff\xd9" if data.startswith(_JPEG) else b"IEND") not in data[-64:]:
        raise BadPicture(say("is cut short"))
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise BadPicture(say("cannot be decoded")) from error
    if pixels is None:
        raise BadPicture(say("cannot be decoded"))
    return np.asarray(pixels, np.uint8)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look through a camera gave."""

    pixels: NDArray[np.uint8] | None
    """(height, width, 3), BGR."""
    wrong: str = ""
    """Why there are no pixels; a clause without a full stop, and without file names: they may name people."""
    fresh: bool = False
    """First look at this picture, good or bad."""
    notice: str = ""
    """A sentence about what is not as it should be although there are pixels."""
    fourcc: str = ""
    """How the camera says that its pictures are coded."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was at one moment."""

    changed_ns: int
    name: str
    size: int


class PictureFolder:
    """The newest picture of a folder, decoded once for as long as it stays the newest and unchanged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder_changed_ns = -1
        self._newest: _Seen | None = None
        self._decoded: _Seen | None = None
        self._pixels: NDArray[np.uint8] | None = None
        self._wrong = ""

    def grab(self) -> Look:
        """The newest picture, or why there is none.

        Raises:
            DeviceAbsent: the folder is not there or may not be read.
        """
        try:
            newest = self._look()
            if newest is None:
                return Look(None, say("the folder holds no picture yet"))
            fresh = newest != self._decoded
            if fresh:
                self._decoded, self._pixels, self._wrong = newest, None, ""
                self._read(newest)
        except FileNotFoundError:
            # Removed between looking and reading: look again from the start.
            self._folder_changed_ns, self._decoded = -1, None
            if not self._folder.is_dir():
                raise DeviceAbsent(
                    say("There is no folder {path}; make it or correct the profile.", path=str(self._folder))
                ) from None
            return Look(None, say("the newest picture has just been taken away"))
        except (PermissionError, NotADirectoryError) as error:
            pattern = "{path} is no folder that this user may read; correct its rights or the profile."
            raise DeviceAbsent(say(pattern, path=str(self._folder))) from error
        if self._wrong:
            return Look(
                None, say("the newest picture {wrong}; the next good one will be used", wrong=self._wrong), fresh
            )
        return Look(self._pixels, fresh=fresh)

    def _look(self) -> _Seen | None:
        changed = self._folder.stat().st_mtime_ns
        settled = time.time_ns() - changed > _SETTLED_NS
        if settled and changed == self._folder_changed_ns:
            # No file came or went; the newest may still be written in place.
            return self._newest and self._seen(self._folder / self._newest.name)
        self._folder_changed_ns = changed
        found = [self._seen(path) for path in self._folder.iterdir() if self._is_picture(path)]
        self._newest = max(found, key=lambda seen: (seen.changed_ns, seen.name), default=None)
        return self._newest

    @staticmethod
    def _is_picture(path: Path) -> bool:
        return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and path.is_file()

    @staticmethod
    def _seen(path: Path) -> _Seen:
        status = path.stat()
        return _Seen(status.st_mtime_ns, path.name, status.st_size)

    def _read(self, seen: _Seen) -> None:
        try:
            if seen.size > MOST_BYTES:
                raise BadPicture(say("has more than {size} MiB", size=str(MOST_BYTES // (1024 * 1024))))
            self._pixels = decode_picture((self._folder / seen.name).read_bytes())
        except BadPicture as error:
            self._wrong = str(error)
        except PermissionError:
            self._wrong = say("may not be read by this user")
