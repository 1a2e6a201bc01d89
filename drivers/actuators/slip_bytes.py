"""The bytes of a slip, made by python-escpos: the one file that touches that library.

Slips are pictures: no printer has to know Thai, and vowels and tone marks stand where they belong.
"""

import os
import shutil
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from drivers.actuators.escpos import DOTS_58_MM, DOTS_80_MM, STRIP_ROWS

_PRINTERS = {DOTS_58_MM: "POS-5890", DOTS_80_MM: "TM-T20II"}
"""The printer of python-escpos' table that stands for every one with so many dots across."""
_TEAR_LINES = 4
"""Fed on paper that is torn off by hand: the last line clears the edge."""


def slip(dots: NDArray[np.bool_]) -> tuple[bytes, ...]:
    """A whole slip: one picture in strips of STRIP_ROWS rows, then a cut, in the pieces in which it is sent.

    The first call takes 0.3 s: python-escpos reads its table of printers.

    Args:
        dots: (rows, columns), true is black; as many columns as fit on 58 or 80 mm, or fewer.

    Raises:
        ValueError: it is empty or too wide.
    """
    rows, columns = dots.shape
    across = next((dots for dots in sorted(_PRINTERS) if columns <= dots), 0)
    if not rows or not columns or not across:
        raise ValueError(f"A slip is 1 to {DOTS_80_MM} dots wide; draw it smaller.")
    printer = _maker()(profile=_PRINTERS[across])

    def said() -> bytes:
        piece: bytes = printer.output
        printer.clear()
        return piece

    printer.hw("INIT")
    printer.set(align="center")
    pieces = [said()]
    for at in range(0, rows, STRIP_ROWS):
        printer.image(Image.fromarray(~dots[at : at + STRIP_ROWS]), impl="bitImageRaster")
        pieces.append(said())
    if not printer.profile.supports("paperFullCut"):
        printer.print_and_feed(_TEAR_LINES)
    printer.cut(feed=False)  # a printer without a knife ignores it
    return (*pieces, said())


@cache
def _maker() -> Any:
    from escpos import capabilities  # type: ignore[import-untyped]
    from escpos.printer import Dummy  # type: ignore[import-untyped]

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        # It copies its table into a new folder at every start and leaves it there.
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return Dummy
