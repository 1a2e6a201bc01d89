import contextlib
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.errors import PictureUnreadable
from models.images import decode_picture, grey, shrink, straighten, turned, unturned


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


RED = Image.new("RGB", (60, 40), (250, 10, 20))


def test_blue_comes_first():
    picture = decode_picture(encoded(RED))
    assert picture.shape == (40, 60, 3)
    assert picture.dtype == np.uint8
    assert tuple(picture[5, 5]) == (20, 10, 250)


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7 nothing", bytes(200), b"\xff\xd8\xff\xe0garbage"])
def test_garbage_is_refused_in_one_sentence(content):
    with pytest.raises(PictureUnreadable) as caught:
        decode_picture(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
def test_cut_short_pictures_are_refused(kind):
    noisy = Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 90, 3), dtype=np.uint8))
    content = encoded(noisy, kind)
    with pytest.raises(PictureUnreadable):
        decode_picture(content[: len(content) // 2])


def test_a_picture_that_claims_to_be_huge_is_not_unpacked():
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    for side in (8000, 40000):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        with pytest.raises(PictureUnreadable, match="million pixels"):
            decode_picture(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""))


def test_tiny_pictures_are_refused():
    with pytest.raises(PictureUnreadable, match="smaller than 16"):
        decode_picture(encoded(Image.new("L", (300, 4))))


def test_exif_turns_the_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode_picture(encoded(RED, "JPEG", exif=exif)).shape == (60, 40, 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK"])
def test_every_mode_becomes_bgr(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    picture = decode_picture(encoded(RED.convert(mode), kind))
    assert picture.shape == (40, 60, 3)


def test_sixteen_bits_and_transparency():
    deep = Image.fromarray(np.full((30, 30), 0x8000, np.uint16))
    assert decode_picture(encoded(deep)).mean() == pytest.approx(127, abs=2)
    clear = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    assert decode_picture(encoded(clear)).min() == 255


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 300))
def test_no_bytes_raise_anything_else(noise, at):
    content = encoded(RED, "JPEG")
    for candidate in (noise, content[:at] + noise + content[at + len(noise) :]):
        with contextlib.suppress(PictureUnreadable):
            assert decode_picture(candidate).ndim == 3


def test_helpers_keep_places():
    image = np.zeros((40, 60), np.uint8)
    image[10:20, 30:50] = 255
    quad = ((30.0, 10.0), (50.0, 10.0), (50.0, 20.0), (30.0, 20.0))
    assert straighten(image, quad, 20, 10).mean() > 240
    for quarters in range(4):
        found = cv2.boundingRect(turned(image, quarters))
        x, y, w, h = (float(v) for v in found)
        corners = unturned(((x, y), (x + w, y), (x + w, y + h), (x, y + h)), quarters, 60, 40)
        assert {tuple(map(round, corner)) for corner in corners} == {(30, 10), (50, 10), (50, 20), (30, 20)}
    small, factor = shrink(image, 30)
    assert small.shape == (20, 30)
    assert factor == 2
    assert grey(np.zeros((5, 6, 4), np.uint8)).shape == (5, 6)
