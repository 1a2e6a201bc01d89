"""Draws a health certificate as travellers show it: a printed sheet, or a phone in light or dark mode."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.qr import draw_code
from models.specimens import guilloche
from models.specimens.fonts import Face, font
from models.specimens.frames import Box
from models.specimens.marks import TEAL, Ink, draw_text, emblem, stamp_specimen
from models.specimens.reach import Difficulty

Page = NDArray[np.uint8]

CODE_FILL = {Difficulty.EASY: (0.56, 0.78), Difficulty.HARD: (0.42, 0.60)}
"""Which part of the frame's height the code takes; give it to `frames.frame` as `fill` with `code_box` as `focus`."""

_INK: Ink = (20, 32, 38)
_GREY: Ink = (92, 108, 114)
_PAPER: Ink = (252, 251, 247)
_SHEET = (1165, 1654)
"""A5 at 200 dots per inch."""
_PHONE = (820, 1700)


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """A page and where its code is."""

    pixels: Page
    """height x width x 4: blue, green, red, opacity."""
    code_box: Box
    """The code with its quiet zone, pixels."""


def draw_sheet(code_text: str, rows: Sequence[tuple[str, str]], *, correction: str = "Q") -> CertificatePage:
    """A printed certificate.

    Args:
        code_text: what the QR code says, exactly.
        rows: label and value of what is printed beside it, such as ("Name", "LINDQVARN, Maja Elin").
        correction: error correction level of the code: L, M, Q or H.

    Raises:
        ValueError: the text is too long for a QR code.
        ModelMissing: a font is not installed.
    """
    width, height = _SHEET
    canvas = np.full((height, width, 3), _PAPER[::-1], np.float32)
    band = guilloche.band(width, 120, periods=26, strands=6, amplitude=30)
    guilloche.mix(canvas[0:120], (60.0, 140.0, 146.0), band, 0.55)
    guilloche.mix(canvas[height - 120 :], (60.0, 140.0, 146.0), band, 0.55)
    picture = Image.fromarray(np.ascontiguousarray(canvas.astype(np.uint8)[:, :, ::-1]))
    draw = ImageDraw.Draw(picture)
    mark = emblem(110)
    picture.paste(mark, (90, 160), mark)
    draw_text(draw, (226, 212), "HEALTH CERTIFICATE", 50, TEAL, bold=True)
    draw_text(draw, (226, 262), "ใบรับรองสุขภาพ · Utopia", 34, _GREY, bold=False)
    box = _paste_code(picture, code_text, correction, (width // 2, 700), 740, inverted=False)
    y = round(box[3]) + 74
    for label, value in rows:
        draw_text(draw, (130, y), label, 25, _GREY, bold=False)
        _draw_fitting(draw, (130, y + 44), value, 38, _INK, width - 260)
        y += 96
    picture = stamp_specimen(picture, (width / 2, height * 0.83), 150, 18)
    return CertificatePage(_opaque(picture, corner=4), box)


def draw_phone(
    code_text: str, rows: Sequence[tuple[str, str]], *, dark: bool = False, correction: str = "Q"
) -> CertificatePage:
    """A phone that shows the certificate full screen; in dark mode the code is light on dark.

    Arguments and errors as for `draw_sheet`.
    """
    width, height = _PHONE
    ground, ink, grey = ((16, 22, 26), (232, 240, 240), (150, 166, 172)) if dark else ((247, 249, 250), _INK, _GREY)
    picture = Image.new("RGB", (width, height), (12, 13, 15))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((22, 22, width - 23, height - 23), 74, fill=ground)
    draw.rounded_rectangle((width // 2 - 90, 44, width // 2 + 90, 76), 16, fill=(12, 13, 15))
    draw_text(draw, (76, 86), "09:41", 30, ink, bold=True)
    draw.rounded_rectangle((width - 134, 62, width - 78, 88), 7, outline=ink, width=3)
    draw.rectangle((width - 129, 67, width - 96, 83), fill=ink)
    accent = (127, 208, 214) if dark else TEAL
    mark = emblem(76, accent)
    picture.paste(mark, (66, 134), mark)
    draw_text(draw, (160, 176), "Health certificate", 40, ink, bold=True)
    draw_text(draw, (160, 214), "SPECIMEN · Utopia", 27, grey, bold=False)
    box = _paste_code(picture, code_text, correction, (width // 2, 620), 700, inverted=dark)
    y = round(box[3]) + 76
    for label, value in rows:
        draw_text(draw, (80, y), label, 26, grey, bold=False)
        _draw_fitting(draw, (80, y + 44), value, 38, ink, width - 160)
        y += 104
    draw.rounded_rectangle((width // 2 - 130, height - 62, width // 2 + 130, height - 52), 5, fill=grey)
    return CertificatePage(_opaque(picture, corner=92), box)


def _code(text: str, correction: str, room: int, *, inverted: bool) -> Image.Image:
    """The code at the largest whole module that fits, then to the exact room, as a print or a screen scales it."""
    plain = draw_code(text, correction=correction, module=1)
    module = max(1, room // plain.shape[0])
    sharp = np.kron(plain, np.ones((module, module), np.uint8))
    sized = cv2.resize(
        sharp, (room, room), interpolation=cv2.INTER_AREA if sharp.shape[0] >= room else cv2.INTER_LINEAR
    )
    if inverted:
        # Light modules on the dark screen's own ground: 16 to 236 instead of pure black and white.
        return Image.fromarray((236 - sized.astype(np.float32) * (214 / 255)).astype(np.uint8)).convert("RGB")
    return Image.fromarray(np.asarray(sized, dtype=np.uint8)).convert("RGB")


def _paste_code(
    picture: Image.Image, text: str, correction: str, middle: tuple[int, int], room: int, *, inverted: bool
) -> Box:
    left, top = middle[0] - room // 2, middle[1] - room // 2
    picture.paste(_code(text, correction, room, inverted=inverted), (left, top))
    return float(left), float(top), float(left + room), float(top + room)


def _draw_fitting(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, fill: Ink, room: float
) -> None:
    """Bold text, smaller when it would not fit."""
    length = font(Face.SANS_BOLD, 100).getlength(text) / 100
    draw_text(draw, at, text, min(size, room / max(length, 1)), fill, bold=True)


def _opaque(picture: Image.Image, *, corner: int) -> Page:
    colour = np.array(picture, dtype=np.uint8)[:, :, ::-1]
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, picture.size[0] - 1, picture.size[1] - 1), corner, fill=255)
    return np.ascontiguousarray(np.dstack([colour, np.array(mask, dtype=np.uint8)]))
