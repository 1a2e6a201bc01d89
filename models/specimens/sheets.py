"""The documents' sizes and where their zones lie, in millimetres, one row for each kind.

Sources: Doc 9303-3, 4 (zone: OCR-B size 1, ten characters to the inch, 6.35 mm from line to line), Doc 9303-4, 2
(TD3: 125 x 88), Doc 9303-5, 2 (TD1: 85.6 x 53.98), Doc 9303-6, 2 (TD2: 105 x 74), Doc 9303-7, 2 (MRV-A: 120 x 80,
MRV-B: 105 x 74). The French identity card of 1988 has the size of a TD2.
"""

from dataclasses import dataclass

from models.mrz_layout import LAYOUTS
from models.regions import MrzFormat, Quad

DPI = 300
MM = DPI / 25.4
"""Pixels of a drawn page to the millimetre."""
PITCH_MM = 2.54
LINE_MM = 6.35
CAPITAL_MM = 2.4
"""Height of a capital letter of OCR-B size 1 (ISO 1073-2)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of document: sizes and places in millimetres."""

    width: float
    height: float
    corner: float
    zone: float
    """Height of the strip at the lower edge that is kept for the machine-readable zone."""
    margin: float
    """Left edge to the first character of the zone."""
    last_line: float
    """Lower edge to the middle of the last line."""
    picture: tuple[float, float, float, float]
    """Portrait: left, top, width, height."""
    text_left: float
    heading: str
    title: str
    kind: str


_UTOPIA = "U T O P I A"

SHEETS = {
    MrzFormat.TD3: Sheet(
        125, 88, 3.2, 23.2, 6.6, 8.3, (6, 15.5, 35, 45), 45.5, _UTOPIA, "PASSPORT · หนังสือเดินทาง · PASSEPORT", "P"
    ),
    MrzFormat.TD1: Sheet(
        85.6, 53.98, 3.2, 20.5, 4.7, 4.6, (4, 9.4, 18.2, 22.6), 25.5, _UTOPIA, "IDENTITY CARD · บัตรประจำตัว", "I"
    ),
    MrzFormat.TD2: Sheet(
        105, 74, 3.2, 23.2, 4.6, 8.3, (5, 13, 25.5, 33), 34.5, _UTOPIA, "IDENTITY CARD · บัตรประจำตัว", "I"
    ),
    MrzFormat.MRV_A: Sheet(120, 80, 1.0, 23.2, 4.1, 8.3, (5, 14.5, 29, 38), 38.5, _UTOPIA, "VISA · วีซ่า", "V"),
    MrzFormat.MRV_B: Sheet(105, 74, 1.0, 23.2, 4.1, 8.3, (5, 13, 25.5, 33), 34.5, _UTOPIA, "VISA · วีซ่า", "V"),
    MrzFormat.FRENCH_ID: Sheet(
        105,
        74,
        3.2,
        21.0,
        6.2,
        7.4,
        (5, 13, 26.0, 34.5),
        35.0,
        "RÉPUBLIQUE FRANÇAISE",
        "CARTE NATIONALE D'IDENTITÉ",
        "ID",
    ),
}


def sheet_zone(kind: MrzFormat) -> tuple[float, float]:
    """Where the zone's first character begins: left edge, middle of the first line; millimetres from the upper left."""
    sheet = SHEETS[kind]
    return sheet.margin, sheet.height - sheet.last_line - (LAYOUTS[kind].lines - 1) * LINE_MM


def zone_quad(kind: MrzFormat) -> Quad:
    """The box about the zone's characters in pixels of the page that `passport.draw_document` returns."""
    left, first = sheet_zone(kind)
    layout = LAYOUTS[kind]
    x0, x1 = left * MM, (left + layout.length * PITCH_MM) * MM
    y0, y1 = (first - 1.3) * MM, (first + (layout.lines - 1) * LINE_MM + 1.3) * MM
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)
