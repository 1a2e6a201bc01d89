import contextlib
import io
import struct
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.errors import PictureUnreadable
from models.images import decode_picture, grey, shrink, straighten


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


CORNERS = np.zeros((60, 90, 3), np.uint8)
CORNERS[:30, :45], CORNERS[:30, 45:], CORNERS[30:, :45] = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def corners_of(picture):
    """The largest channel of the quarters: upper left, upper right, lower left; None for black."""
    height, width = picture.shape[:2]
    spots = [(height // 4, width // 4), (height // 4, 3 * width // 4), (3 * height // 4, width // 4)]
    return [int(picture[spot].argmax()) if picture[spot].max() > 100 else None for spot in spots]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_turn_is_undone(kind):
    # What a camera stores for each value (Exif 2.32, tag 274), from the upright picture.
    upright = Image.fromarray(CORNERS)
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }
    for value, image in stored.items():
        exif = Image.Exif()
        exif[0x0112] = value
        picture = decode_picture(encoded(image, kind, exif=exif))
        assert picture.shape == (60, 90, 3), value
        assert corners_of(picture) == [2, 1, 0], value


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_exif_turn_that_does_not_exist_turns_nothing(value):
    exif = Image.Exif()
    exif[0x0112] = value
    assert decode_picture(encoded(Image.fromarray(CORNERS), "JPEG", exif=exif)).shape == (60, 90, 3)


def test_broken_exif_does_not_cost_the_picture():
    content = encoded(Image.fromarray(CORNERS), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xee" * 40)
    assert decode_picture(content).shape == (60, 90, 3)


def test_one_pixel_is_refused_clearly():
    for kind in ("PNG", "JPEG", "GIF", "BMP"):
        with pytest.raises(PictureUnreadable, match="16 pixels"):
            decode_picture(encoded(Image.new("RGB", (1, 1)), kind))


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_of_every_kind(suffix, channels):
    deep = np.zeros((40, 60, channels), np.uint16)
    deep[:, :, 0], deep[:, :, -1] = 0x4000, 0xC000 if channels < 4 else 0xFFFF
    done, content = cv2.imencode(suffix, deep)
    assert done
    picture = decode_picture(content.tobytes())
    assert picture.shape == (40, 60, 3)
    wanted = [0xC0] * 3 if channels == 1 else [0x40, 0, 0xC0 if channels == 3 else 0]
    assert np.abs(picture[20, 30].astype(int) - wanted).max() <= 2


def test_a_cmyk_photograph_keeps_its_colours():
    photograph = Image.new("CMYK", (60, 40), (0, 255, 255, 0))
    blue, green, red = decode_picture(encoded(photograph, "JPEG"))[20, 30]
    assert red > 200
    assert max(blue, green) < 60


def test_palettes_with_and_without_a_hole():
    flat = RED.convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    assert decode_picture(encoded(flat, "GIF"))[5, 5, 2] > 240
    holed = Image.new("P", (60, 40), 0)
    holed.putpalette([0, 0, 0, 255, 0, 0])
    assert decode_picture(encoded(holed, "PNG", transparency=0)).min() == 255


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_pictures_the_first_is_taken(kind):
    frames = [Image.new("RGB", (60, 40), colour) for colour in ((250, 0, 0), (0, 250, 0), (0, 0, 250))]
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert decode_picture(content).shape == (40, 60, 3)
    assert decode_picture(content)[20, 30].argmax() == 2


def test_a_picture_of_fifty_megapixels_is_unpacked_at_half_size():
    large = Image.new("L", (8660, 5774), 200)
    large.paste(30, (0, 0, 4330, 2887))
    for kind in ("JPEG", "PNG"):
        tracemalloc.start()
        picture = decode_picture(encoded(large, kind))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert picture.shape == (2887, 4330, 3)
        assert (picture[100, 100, 0] < 40, picture[-100, -100, 0] > 190) == (True, True)
        assert most < 120_000_000


def test_more_than_sixty_megapixels_are_refused_in_every_format():
    for kind in ("PNG", "TIFF", "GIF", "BMP", "WEBP"):
        side = 7800 if kind != "WEBP" else 7900
        with pytest.raises(PictureUnreadable, match="million pixels"):
            decode_picture(encoded(Image.new("1" if kind not in ("WEBP", "GIF") else "L", (side, side)), kind))


def test_a_bomb_beside_the_picture_is_not_unpacked():
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    plain = encoded(RED)
    bomb = chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(200_000_000), 9))
    tracemalloc.start()
    with contextlib.suppress(PictureUnreadable):
        decode_picture(plain[:33] + bomb * 3 + plain[33:])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 30_000_000


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'><rect width='90' height='90'/></svg>"
POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 90 90\n%%EndComments\nshowpage\n"


@pytest.mark.parametrize("content", [SVG, POSTSCRIPT, b"P6 90 90 255 " + bytes(24300), "สวัสดี".encode() * 40])
def test_other_kinds_of_files_are_not_pictures(content):
    with pytest.raises(PictureUnreadable, match="not a picture that we know"):
        decode_picture(content)


@pytest.mark.parametrize(
    "shape", [(0, 0), (0, 90, 3), (90,), (90, 90, 2), (90, 90, 5), (3, 90, 90, 3)], ids=lambda shape: str(shape)
)
def test_arrays_that_are_no_pictures_are_told_apart(shape):
    with pytest.raises(ValueError, match="8-bit values"):
        grey(np.zeros(shape, np.uint8))


def test_only_eight_bits_are_taken():
    for kind in (np.uint16, np.float32, np.bool_):
        with pytest.raises(ValueError, match="8-bit values"):
            grey(np.zeros((90, 90, 3), kind))
    assert grey(np.full((9, 8, 1), 7, np.uint8)).shape == (9, 8)


def test_helpers_keep_places():
    image = np.zeros((40, 60), np.uint8)
    image[10:20, 30:50] = 255
    quad = ((30.0, 10.0), (50.0, 10.0), (50.0, 20.0), (30.0, 20.0))
    assert straighten(image, quad, 20, 10).mean() > 240
    small, factor = shrink(image, 30)
    assert small.shape == (20, 30)
    assert factor == 2
    assert grey(np.zeros((5, 6, 4), np.uint8)).shape == (5, 6)
