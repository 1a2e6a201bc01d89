"""Finds the fonts that specimens are set in: OCR-B for the machine-readable zone, Noto for the rest."""

from enum import Enum
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from models.errors import ModelMissing

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"))


class Face(Enum):
    """One font file and the package of Debian that brings it."""

    OCR_B = ("OCRB.otf", "fonts-ocr-b")
    OCR_B_SHARP = ("OCRBS.otf", "fonts-ocr-b")
    OCR_B_OBLIQUE = ("OCRBL.otf", "fonts-ocr-b")
    MONO = ("DejaVuSansMono.ttf", "fonts-dejavu-core")
    MONO_BOLD = ("DejaVuSansMono-Bold.ttf", "fonts-dejavu-core")
    SERIF = ("NotoSerif-Regular.ttf", "fonts-noto-core")
    SANS = ("NotoSans-Regular.ttf", "fonts-noto-core")
    SANS_BOLD = ("NotoSans-Bold.ttf", "fonts-noto-core")
    THAI = ("NotoSansThai-Regular.ttf", "fonts-noto-core")
    THAI_BOLD = ("NotoSansThai-Bold.ttf", "fonts-noto-core")
    ARABIC = ("NotoSansArabic-Regular.ttf", "fonts-noto-core")


@lru_cache(maxsize=64)
def font(face: Face, size_px: float) -> ImageFont.FreeTypeFont:
    """The face at a size in pixels per em.

    Raises:
        ModelMissing: the font is not installed.
    """
    return ImageFont.truetype(str(file_of(face)), size_px)


@lru_cache(maxsize=16)
def file_of(face: Face) -> Path:
    """Where the face lies.

    Raises:
        ModelMissing: the font is not installed.
    """
    name, package = face.value
    for folder in FOLDERS:
        for path in folder.expanduser().rglob(name):
            return path
    raise ModelMissing(f"the font {name} is not installed: run `apt install {package}` and try again")


def face_for(text: str, *, bold: bool = False) -> Face | None:
    """The face that has the letters of `text`; None when no font that we ask for has them (Chinese, Japanese...)."""
    highest = max(map(ord, text), default=0)
    if any(0x0E00 <= ord(letter) <= 0x0E7F for letter in text):
        return Face.THAI_BOLD if bold else Face.THAI
    if any(0x0600 <= ord(letter) <= 0x06FF for letter in text):
        return Face.ARABIC
    if highest < 0x0530 or 0x1E00 <= highest <= 0x2044:
        return Face.SANS_BOLD if bold else Face.SANS
    return None
