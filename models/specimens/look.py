"""How a document was printed and used: what is on the paper before any camera sees it."""

from dataclasses import dataclass

from models.specimens.fonts import Face

PALETTES = 4
"""How many sets of hues `paper` has."""


@dataclass(frozen=True, slots=True)
class Look:
    """Strengths of what print and use do to a page. The defaults are a fresh, faultless document."""

    cut: Face = Face.OCR_B
    """Which cut of OCR-B the zone is set in."""
    weight: float = 0.0
    """Strokes: -1 as thin as they can still be followed, 0 as drawn, 1 as fat as counters allow."""
    breaks: float = 0.0
    """Share of the lines of a print head that failed: white streaks through the characters, 0 to 1."""
    holes: float = 0.0
    """Share of the ink that did not stick, in dots, 0 to 1; and as many dots where none belong."""
    misplaced: float = 0.0
    """Standard deviation of each character's place, millimetres, across and along; Doc 9303-3 allows a tenth."""
    fade: float = 0.0
    """How pale the palest stretch of a line is, 0 to 1."""
    ground: float = 0.28
    """How much of the security print goes on under the zone; Doc 9303-3, 4.1 asks for nearly none of it; above 1 it
    is darker there than elsewhere."""
    palette: int = 0
    """Which set of hues the paper has, 0 to 3."""
    stamps: int = 0
    """Entry stamps across the zone."""
