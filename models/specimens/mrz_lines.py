"""Draws lines of the machine-readable zone as cameras and scanners see them.

Every picture is drawn from characters and noise; no picture of a document goes in. The places of the characters are
known, so that each of the network's columns can be labelled.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from models.mrz_layout import ALPHABET
from models.specimens.mrz_degrade import backdrop_bank, degrade
from models.specimens.mrz_text import random_line

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

STRIP_HEIGHT, STRIP_WIDTH, COLUMNS = 32, 640, 160
"""The network's input in pixels, and how many columns it answers with."""
BLANK = len(ALPHABET)
"""The class of a column that stands between characters."""
PITCH, ROWS, CAP = 28, 96, 26
"""Canvas: pixels from character to character, its height, the height of a capital letter."""
_OCR_B = ("OCRB.otf", "OCRBS.otf", "OCRBL.otf")
_OTHERS = (
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "NotoSansMono-Regular.ttf",
    "LiberationMono-Regular.ttf",
    "DejaVuSans.ttf",
    "DejaVuSerif.ttf",
    "NotoSans-Regular.ttf",
    "NotoSerif-Regular.ttf",
)
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One training line."""

    text: str
    strip: Grey
    """(32, 640) grey."""
    labels: npt.NDArray[np.int64]
    """(160,) class of each column."""


def find_fonts() -> tuple[list[Path], list[Path]]:
    """The installed OCR-B fonts, and other faces that some specimens are printed in.

    Raises:
        FileNotFoundError: no OCR-B font is installed.
    """
    found = {path.name: path for folder in _FOLDERS for path in Path(folder).rglob("*.[ot]tf")}
    ocr_b = [found[name] for name in _OCR_B if name in found]
    if not ocr_b:
        raise FileNotFoundError("no OCR-B font found: install Debian's package fonts-ocr-b")
    return ocr_b, [found[name] for name in _OTHERS if name in found]


def glyphs(font: Path) -> Floats:
    """Ink of each character of the alphabet, (37, ROWS, 2 * PITCH), capitals CAP pixels high, 0 to 1."""
    probe = ImageFont.truetype(str(font), 100)
    _, top, _, bottom = probe.getbbox("H")
    face = ImageFont.truetype(str(font), round(100 * CAP / (bottom - top)))
    mono = "OCRB" in font.name or "Mono" in font.name
    base = (ROWS + CAP) // 2
    sheet = np.zeros((len(ALPHABET), ROWS, 2 * PITCH), np.float32)
    for index, character in enumerate(ALPHABET):
        image = Image.new("L", (2 * PITCH, ROWS), 0)
        x0, _, x1, _ = face.getbbox(character, anchor="ls")
        middle = face.getlength(character) / 2 if mono else (x0 + x1) / 2
        ImageDraw.Draw(image).text((PITCH - middle, base), character, fill=255, font=face, anchor="ls")
        sheet[index] = np.asarray(image, np.float32) / 255
    return sheet


class LineArtist:
    """Draws lines; holds the glyph sheets and a bank of printed backgrounds, drawn once from `seed`."""

    def __init__(self, seed: int) -> None:
        ocr_b, others = find_fonts()
        self._ocr_b = [glyphs(path) for path in ocr_b]
        self._others = [glyphs(path) for path in others]
        self._bank = backdrop_bank(np.random.default_rng(seed), count=48)

    def draw(self, rng: Generator, text: str | None = None, *, hardness: float | None = None) -> DrawnLine:
        """One line, invented unless `text` is given; `hardness` 0 (a flat scan) to 1 (barely legible)."""
        line = text if text is not None else random_line(rng)
        hard = float(rng.random()) ** 1.2 if hardness is None else hardness
        ink, left = self._canvas(rng, line)
        centres = left + PITCH * (np.arange(len(line), dtype=np.float32) + 0.5)
        strip, centres, pitch = degrade(
            rng, ink, centres, float(PITCH), CAP, self._bank, hard, (STRIP_HEIGHT, STRIP_WIDTH)
        )
        return DrawnLine(line, strip, column_labels(line, centres, pitch))

    def _canvas(self, rng: Generator, text: str) -> tuple[Floats, float]:
        """Ink of the line and its neighbours, (ROWS, width), and where the first cell begins."""
        sheet = self._sheet(rng)
        margin = 4 * PITCH
        ink = np.zeros((ROWS, len(text) * PITCH + 2 * margin), np.float32)
        self._write(rng, ink, text, sheet, margin, 0)
        gap = round(CAP * float(rng.uniform(1.5, 2.7)))
        for side in (-1, 1):
            if rng.random() < 0.6:
                mine = rng.random() < 0.75
                other = random_line(rng)[: len(text)].ljust(len(text), "<")
                shift = 0 if mine else int(rng.integers(-PITCH, PITCH))
                self._write(rng, ink, other, sheet if mine else self._sheet(rng), margin + shift, side * gap)
        self._clutter(rng, ink, margin, len(text))
        return ink, float(margin)

    def _sheet(self, rng: Generator) -> Floats:
        pool = self._others if self._others and rng.random() < 0.12 else self._ocr_b
        return pool[int(rng.integers(len(pool)))]

    def _write(self, rng: Generator, ink: Floats, text: str, sheet: Floats, left: int, down: int) -> None:
        wobble = float(rng.choice([0, 0, 0.6, 1.2]))
        fade = float(rng.choice([0, 0, 0.15, 0.35]))
        for index, character in enumerate(text):
            x = left + index * PITCH - PITCH // 2 + round(float(rng.normal(0, wobble)))
            y = down + round(float(rng.normal(0, wobble)))
            top, bottom = max(0, y), min(ROWS, ROWS + y)
            if bottom <= top:
                continue
            glyph = sheet[ALPHABET.index(character), top - y : bottom - y]
            area = ink[top:bottom, x : x + 2 * PITCH]
            np.maximum(area, glyph * (1 - fade * float(rng.random())), out=area)

    def _clutter(self, rng: Generator, ink: Floats, margin: int, count: int) -> None:
        """What stands beside the zone: page edges, rules, stray print; sometimes strokes across it."""
        height, width = ink.shape
        for side in (0, 1):
            kind = rng.random()
            x = (
                margin - round(PITCH * float(rng.uniform(0.6, 3)))
                if side == 0
                else (margin + count * PITCH + round(PITCH * float(rng.uniform(0.6, 3))))
            )
            if kind < 0.15:
                cv2.line(
                    ink,
                    (x, 0),
                    (x + int(rng.integers(-6, 7)), height),
                    float(rng.uniform(0.2, 1)),
                    int(rng.integers(1, 5)),
                )
            elif kind < 0.3:
                beside = ink[:, : max(0, x)] if side == 0 else ink[:, x:]
                np.maximum(beside, float(rng.uniform(0.2, 1)), out=beside)
            elif kind < 0.38:
                cv2.circle(
                    ink, (x, int(rng.integers(0, height))), int(rng.integers(2, 20)), float(rng.uniform(0.2, 0.9)), -1
                )
        if rng.random() < 0.08:
            self._stamp(rng, ink)
        if rng.random() < 0.06:
            for _ in range(int(rng.integers(1, 4))):
                start = (int(rng.integers(0, width)), int(rng.integers(0, height)))
                stop = (int(rng.integers(0, width)), int(rng.integers(0, height)))
                layer = np.zeros_like(ink)
                cv2.line(layer, start, stop, float(rng.uniform(0.1, 0.45)), int(rng.integers(1, 9)))
                np.maximum(ink, layer, out=ink)

    def _stamp(self, rng: Generator, ink: Floats) -> None:
        """Part of an entry stamp across the line: a frame or a ring, and letters at any angle, paler than the print."""
        height, width = ink.shape
        layer = np.zeros(ink.shape, np.uint8)
        at = (int(rng.integers(0, width)), int(rng.integers(-height // 2, 3 * height // 2)))
        size = (int(rng.integers(3 * CAP, 9 * CAP)), int(rng.integers(2 * CAP, 6 * CAP)))
        turn, thick = float(rng.uniform(0, 180)), int(rng.integers(1, 6))
        if rng.random() < 0.5:
            cv2.ellipse(layer, at, size, turn, 0, 360, 255, thick, cv2.LINE_AA)
        else:
            corners = cv2.boxPoints((at, (2.0 * size[0], 2.0 * size[1]), turn)).astype(np.int32)
            cv2.polylines(layer, [corners], True, 255, thick, cv2.LINE_AA)
        word = "".join(rng.choice(list(ALPHABET[:36]), size=int(rng.integers(3, 12))))
        face = int(rng.choice([cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX]))
        cv2.putText(layer, word, (at[0] - 3 * CAP, at[1]), face, float(rng.uniform(0.8, 2.2)), 255, thick, cv2.LINE_AA)
        strength = float(rng.uniform(0.1, 0.5)) / 255
        np.maximum(ink, strength * layer, out=ink)


def column_labels(text: str, centres: Floats, pitch: float) -> npt.NDArray[np.int64]:
    """Class of each column, for characters centred at `centres` (strip pixels) and `pitch` pixels apart."""
    labels = np.full(COLUMNS, BLANK, np.int64)
    step = STRIP_WIDTH / COLUMNS
    columns = (np.arange(COLUMNS) + 0.5) * step
    nearest = np.abs(columns[:, None] - centres[None, :])
    which = nearest.argmin(axis=1)
    inside = nearest[np.arange(COLUMNS), which] <= 0.32 * pitch
    codes = np.array([ALPHABET.index(character) for character in text], np.int64)
    labels[inside] = codes[which[inside]]
    return labels
