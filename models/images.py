"""Pictures in, arrays out: decodes what people feed us without trusting it, and a few pure helpers."""

import io
import math
import warnings

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from models.errors import PictureUnreadable
from models.regions import Quad

Grey = npt.NDArray[np.uint8]
Bgr = npt.NDArray[np.uint8]

MAX_PIXELS = 60_000_000
"""A picture that claims more is refused before it is unpacked."""
MIN_SIDE = 16
_HALVED = 24_000_000
"""A picture with more pixels than this is unpacked at half its size: no zone or code needs more."""
_KNOWN = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
"""Pillow knows dozens of formats; some start other programs. What a camera, a scanner or a phone writes is enough."""

_HALVES = ("L", "RGB", "RGBA", "CMYK")
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What the EXIF orientation asks for (Exif 2.32, 4.6.5.1, tag 274)."""


def decode_picture(content: bytes) -> Bgr:
    """The picture in these bytes as (height, width, 3) BGR, upright by its EXIF tag, transparency over white.

    Of an animation or a file with several pages the first is taken. Above 24 megapixels the answer is half as wide and
    half as high.

    Raises:
        PictureUnreadable: not a picture, cut short, smaller than 16 pixels a side, or larger than 60 megapixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(content)
    except PictureUnreadable:
        raise
    except Image.DecompressionBombError as error:
        raise PictureUnreadable(_too_large()) from error
    except UnidentifiedImageError as error:
        raise PictureUnreadable(
            "this is not a picture that we know: give a JPEG, PNG, WebP, AVIF, TIFF, BMP or GIF file"
        ) from error
    except Exception as error:  # Pillow's readers raise anything from SyntaxError to struct.error on broken files
        raise PictureUnreadable("the picture is damaged or cut short: take or send it again") from error


def _decode(content: bytes) -> Bgr:
    with Image.open(io.BytesIO(content), formats=_KNOWN) as picture:
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise PictureUnreadable(_too_large())
        if min(width, height) < MIN_SIDE:
            raise PictureUnreadable("the picture is smaller than 16 pixels a side: take a larger one")
        large = width * height > _HALVED
        if large:
            picture.draft(None, (width // 2, height // 2))  # a JPEG is unpacked at half its size
        picture.load()
        whole = large and max(picture.size) == max(width, height) and picture.mode in _HALVES
        return _bgr(_rgb(_upright(picture, picture.reduce(2) if whole else picture)))


def _upright(picture: Image.Image, small: Image.Image) -> Image.Image:
    """Turned as the EXIF tag says; a broken tag turns nothing."""
    try:
        turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # whatever is wrong with the tags, the picture itself has been unpacked
        turn = None
    return small if turn is None else small.transpose(turn)


def _bgr(picture: Image.Image) -> Bgr:
    return np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), np.uint8)


def _too_large() -> str:
    return f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels: send a smaller one"


def _rgb(picture: Image.Image) -> Image.Image:
    """Eight bits of red, green, blue, whatever the file's own mode."""
    if picture.mode.startswith("I") or picture.mode == "F":
        if picture.mode.startswith("I;16"):
            return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
        values = np.asarray(picture, np.float32)
        deep = values.max(initial=0) > 255
        scaled = (
            values / 257 if deep else values * 255 if picture.mode == "F" and values.max(initial=0) <= 1 else values
        )
        return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, layered).convert("RGB")
    return picture.convert("RGB")


def grey(image: npt.NDArray[np.uint8]) -> Grey:
    """(height, width) grey of a BGR, BGRA or grey picture.

    Raises:
        ValueError: not (height, width) or (height, width, 1, 3 or 4), not 8 bits, or empty.
    """
    fits = image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (1, 3, 4))
    if not fits or image.dtype != np.uint8 or not image.size:
        raise ValueError("a picture is height x width (x 1, 3 or 4) of 8-bit values: convert it first")
    if image.ndim == 2:
        return image
    if image.shape[2] == 1:
        return image[:, :, 0]
    code = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(image, code), np.uint8)


def shrink(image: npt.NDArray[np.uint8], side: int) -> tuple[npt.NDArray[np.uint8], float]:
    """The picture with its longer side at most `side` pixels, and the factor that brings coordinates back."""
    longest = max(image.shape[:2])
    if longest <= side:
        return image, 1.0
    factor = longest / side
    size = (max(1, round(image.shape[1] / factor)), max(1, round(image.shape[0] / factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), factor


def straighten(
    image: npt.NDArray[np.uint8], quad: Quad, width: int, height: int, bend: float = 0.0
) -> npt.NDArray[np.uint8]:
    """What lies inside `quad`, as a `width` x `height` picture; averaged, not skipped, where it must shrink.

    With `bend`, the middle of the quad lies so many heights below the line between its ends: the columns are moved
    along a parabola, as the print of a curved page is.
    """
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    across = max(np.hypot(bx - ax, by - ay), np.hypot(cx - dx, cy - dy))
    down = max(np.hypot(dx - ax, dy - ay), np.hypot(cx - bx, cy - by))
    wide, tall = max(width, round(across)), max(height, round(down))
    if wide > 4 * width or tall > 4 * height:
        wide, tall = min(wide, 4 * width), min(tall, 4 * height)
    spare = math.ceil(abs(bend) * tall)
    target = np.array([(0, spare), (wide, spare), (wide, tall + spare), (0, tall + spare)], np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(quad, np.float32), target)
    size = (wide, tall + 2 * spare)
    piece = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if spare:
        x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32))
        y += spare + bend * tall * 4 * (x / wide) * (1 - x / wide)
        piece = cv2.remap(piece, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if (wide, tall) == (width, height):
        return np.asarray(piece, np.uint8)
    return np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
