"""Pictures dropped into a folder, good ones and others."""

import os
import struct
import time
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.cameras.picture_folder import BadPicture, PictureFolder, decode_picture, picture_size
from drivers.errors import DeviceAbsent


def picture(grey: int, width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), grey, np.uint8)


def encoded(suffix: str, pixels: np.ndarray) -> bytes:
    return bytes(cv2.imencode(suffix, pixels)[1])


def drop(folder: Path, name: str, data: bytes, age: float = 0.0) -> None:
    """Write under another name and rename, as the module asks."""
    hidden = folder / f".{name}.part"
    hidden.write_bytes(data)
    moment = time.time() - age
    os.utime(hidden, (moment, moment))
    hidden.rename(folder / name)


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_size_is_read_from_the_header(suffix: str) -> None:
    data = encoded(suffix, picture(90, 1283, 721))
    assert picture_size(data) == (1283, 721)
    assert decode_picture(data).shape == (721, 1283, 3)


def test_progressive_jpeg() -> None:
    data = bytes(cv2.imencode(".jpg", picture(90, 640, 480), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1])
    assert picture_size(data) == (640, 480)


def test_a_huge_picture_is_refused_by_its_header() -> None:
    """A few bytes that claim 3.6 gigapixels: decoding would take 10 GB."""
    with pytest.raises(BadPicture, match="60000 x 60000 pixels, more than 60 million"):
        decode_picture(png_header(60_000, 60_000) + b"IEND")
    jpeg = bytearray(encoded(".jpg", picture(1)))
    start = jpeg.index(b"\xff\xc0")
    jpeg[start + 5 : start + 9] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(BadPicture, match="more than 60 million"):
        decode_picture(bytes(jpeg))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff" + b"\x00" * 100,
        b"\xff\xd8\xff\xe0\x00\x00" * 3,
        b"no picture at all",
        b"GIF89a" + b"\x00" * 50,
        encoded(".jpg", picture(200))[:-200],
        encoded(".png", picture(200))[:-20],
        png_header(64, 48) + b"\x00" * 20 + b"IEND",
    ],
)
def test_what_is_no_picture_says_so(data: bytes) -> None:
    with pytest.raises(BadPicture):
        decode_picture(data)


def test_the_newest_wins_and_names_break_a_tie(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    assert folder.grab().pixels is None
    drop(tmp_path, "b.png", encoded(".png", picture(10)), age=20)
    drop(tmp_path, "a.png", encoded(".png", picture(20)), age=30)
    look = folder.grab()
    assert look.pixels is not None
    assert look.pixels[0, 0, 0] == 10
    assert look.fresh
    again = folder.grab()
    assert again.pixels is look.pixels
    assert not again.fresh
    same = time.time() - 5
    for name, grey in (("x.png", 30), ("y.png", 40)):
        drop(tmp_path, name, encoded(".png", picture(grey)))
        os.utime(tmp_path / name, (same, same))
    newest = folder.grab().pixels
    assert newest is not None
    assert newest[0, 0, 0] == 40


def test_the_same_name_over_and_over(tmp_path: Path) -> None:
    """Replaced faster than a folder's time stamp ticks; each one is seen."""
    folder = PictureFolder(tmp_path)
    for grey in range(0, 250, 5):
        drop(tmp_path, "frame.png", encoded(".png", picture(grey, 64 + grey)))
        look = folder.grab()
        assert look.pixels is not None
        assert look.pixels[0, 0, 0] == grey


def test_written_in_place_in_an_old_folder(tmp_path: Path) -> None:
    drop(tmp_path, "frame.png", encoded(".png", picture(10)), age=100)
    os.utime(tmp_path, (time.time() - 100,) * 2)
    folder = PictureFolder(tmp_path)
    folder.grab()
    folder.grab()
    (tmp_path / "frame.png").write_bytes(encoded(".png", picture(77)))
    look = folder.grab()
    assert look.pixels is not None
    assert look.pixels[0, 0, 0] == 77


def test_rubbish_counts_once_and_the_next_good_one_is_taken(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    drop(tmp_path, "a.png", encoded(".png", picture(10)), age=9)
    assert folder.grab().pixels is not None
    drop(tmp_path, "b.jpg", b"rubbish", age=6)
    looks = [folder.grab() for _ in range(3)]
    assert [look.fresh for look in looks] == [True, False, False]
    assert all(look.pixels is None and "neither a JPEG nor a PNG" in look.wrong for look in looks)
    drop(tmp_path, "c.jpg", encoded(".jpg", picture(90)))
    assert folder.grab().pixels is not None


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "deep.png").mkdir()
    (tmp_path / ".hidden.png").write_bytes(b"x")
    look = PictureFolder(tmp_path).grab()
    assert look.pixels is None
    assert "no picture yet" in look.wrong


def test_a_picture_taken_away(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path)
    drop(tmp_path, "a.png", encoded(".png", picture(10)), age=100)
    os.utime(tmp_path, (time.time() - 50,) * 2)
    folder.grab()
    folder.grab()
    (tmp_path / "a.png").unlink()
    os.utime(tmp_path, (time.time() - 50,) * 2)
    assert folder.grab().pixels is None
    assert "no picture yet" in folder.grab().wrong


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeviceAbsent, match="make it or correct the profile"):
        PictureFolder(tmp_path / "none").grab()
    (tmp_path / "file").write_text("")
    with pytest.raises(DeviceAbsent):
        PictureFolder(tmp_path / "file").grab()


def test_messages_never_name_the_file(tmp_path: Path) -> None:
    drop(tmp_path, "somchai_jaidee.jpg", b"rubbish")
    assert "somchai" not in PictureFolder(tmp_path).grab().wrong
