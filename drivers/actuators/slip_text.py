"""Lines of text, Thai and Latin mixed, as the dots of a slip. The fonts are files that the caller names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from unicodedata import category

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drivers.actuators.escpos import Align

_LEADING = 1.5
"""Thai has marks above and below the letters: lines stand further apart than in Latin."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """TrueType or OpenType files of one look; Noto's Thai files hold no Latin letters."""

    latin: Path
    thai: Path


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line, broken into several when it is too long."""

    text: str
    dots_high: int = 28
    """Size of the letters; 8 dots are a millimetre."""
    align: Align = Align.LEFT
    rule: bool = False
    """A line is drawn across in place of text."""


_NOT_FIRST = "ะาำๅๆฯ"
"""Thai letters that belong to the one before: vowels written after it, signs of repeating and shortening."""
_NOT_LAST = "เแโใไ"
"""Thai vowels written before the letter to which they belong."""


def draw(lines: Sequence[SlipLine], face: Typeface, columns: int) -> NDArray[np.bool_]:
    """The dots of these lines.

    Args:
        lines: from top to bottom; an empty text is an empty line.
        face: the letters.
        columns: dots across.

    Returns:
        (rows, columns), true is black.

    Raises:
        OSError: a font cannot be read.
    """
    strips = [_rule(line, columns) if line.rule else _strip(line, face, columns) for line in lines]
    return np.concatenate(strips) if strips else np.zeros((0, columns), np.bool_)


def _rule(line: SlipLine, columns: int) -> NDArray[np.bool_]:
    dots = np.zeros((line.dots_high, columns), np.bool_)
    dots[line.dots_high // 2 : line.dots_high // 2 + 2] = True
    return dots


def _strip(line: SlipLine, face: Typeface, columns: int) -> NDArray[np.bool_]:
    fonts = {
        True: ImageFont.truetype(str(face.thai), line.dots_high),
        False: ImageFont.truetype(str(face.latin), line.dots_high),
    }

    def length(text: str) -> float:
        return sum(fonts[thai].getlength(run) for thai, run in runs(text))

    broken = break_line(line.text, length, columns)
    pitch = round(line.dots_high * _LEADING)
    paper = Image.new("1", (columns, pitch * len(broken)), 0)
    brush = ImageDraw.Draw(paper)
    for at, text in enumerate(broken):
        left = max(0.0, (columns - length(text)) * line.align / 2)
        for thai, run in runs(text):
            brush.text((left, at * pitch + pitch * 0.75), run, font=fonts[thai], fill=1, anchor="ls")
            left += fonts[thai].getlength(run)
    return np.asarray(paper, np.bool_)


def runs(text: str) -> list[tuple[bool, str]]:
    """The text in pieces of one script: (whether it is Thai, piece)."""
    return [(thai, "".join(piece)) for thai, piece in groupby(text, lambda letter: "\u0e00" <= letter <= "\u0e7f")]


def break_line(text: str, length: Callable[[str], float], columns: int) -> list[str]:
    """Break at blanks, or between letters where there is none (Thai), but not inside a letter with vowels and marks."""
    broken: list[str] = []
    rest = text.strip()
    while length(rest) > columns:
        fits = next(end for end in range(len(rest) - 1, 0, -1) if end == 1 or length(rest[:end]) <= columns)
        blank = rest.rfind(" ", 1, fits + 1)
        end = blank if blank > 0 else fits
        while end > 1 and _belongs(rest[end - 1], rest[end]):
            end -= 1
        broken.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*broken, rest]


def _belongs(letter: str, following: str) -> bool:
    """Whether no line may end between these two."""
    return category(following) in ("Mn", "Mc") or following in _NOT_FIRST or letter in _NOT_LAST
