"""Lines of text in any language as the dots of a slip. The font is a file that the caller names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from drivers.actuators.escpos import Align

_LEADING = 1.5
"""Thai has marks above and below the letters: lines stand further apart than in Latin."""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line, broken into several when it is too long."""

    text: str
    dots_high: int = 28
    """Size of the letters; 8 dots are a millimetre."""
    align: Align = Align.LEFT


def draw(lines: Sequence[SlipLine], font: Path, columns: int) -> NDArray[np.bool_]:
    """The dots of these lines.

    Args:
        lines: from top to bottom; an empty text is an empty line.
        font: a TrueType or OpenType file that has the letters.
        columns: dots across.

    Returns:
        (rows, columns), true is black.

    Raises:
        OSError: the font cannot be read.
    """
    strips = [_strip(line, ImageFont.truetype(str(font), line.dots_high), columns) for line in lines]
    return np.concatenate(strips) if strips else np.zeros((0, columns), np.bool_)


def _strip(line: SlipLine, font: ImageFont.FreeTypeFont, columns: int) -> NDArray[np.bool_]:
    broken = break_line(line.text, font, columns)
    pitch = round(line.dots_high * _LEADING)
    paper = Image.new("1", (columns, pitch * len(broken)), 0)
    brush = ImageDraw.Draw(paper)
    for at, text in enumerate(broken):
        left = round((columns - font.getlength(text)) * line.align / 2)
        brush.text((max(0, left), at * pitch + pitch * 0.75), text, font=font, fill=1, anchor="ls")
    return np.asarray(paper, np.bool_)


def break_line(text: str, font: ImageFont.FreeTypeFont, columns: int) -> list[str]:
    """Break at blanks, or between letters where there is none (Thai), never before a mark that belongs to a letter."""
    broken: list[str] = []
    rest = text.strip()
    while font.getlength(rest) > columns:
        fits = next(end for end in range(len(rest) - 1, 0, -1) if end == 1 or font.getlength(rest[:end]) <= columns)
        blank = rest.rfind(" ", 1, fits + 1)
        end = blank if blank > 0 else fits
        while end > 1 and category(rest[end]) in ("Mn", "Mc"):
            end -= 1
        broken.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*broken, rest]
