"""The French identity card of 1995 to 2021: the size of a TD2, with an arrangement of its own (décret 55-1397).

Line 1: ID, FRA, surname (25), department and office (6). Line 2: number (12) and its digit, given names (14), birth
date and its digit, sex, and a digit over both lines. It names no expiry date.
"""

from models.mrz_layout import Charset, Check, Field, Layout
from models.regions import MrzFormat

LAYOUT = Layout(
    MrzFormat.TD2,
    2,
    36,
    (
        Field("document_code", 0, 0, 2, Charset.ALPHA),
        Field("issuing_state", 0, 2, 3, Charset.ALPHA),
        Field("surname", 0, 5, 25, Charset.ALPHA),
        Field("optional_data", 0, 30, 6, Charset.ANY),
        Field("document_number", 1, 0, 12, Charset.ANY),
        Field("document_number_check", 1, 12, 1, Charset.DIGIT),
        Field("given_names", 1, 13, 14, Charset.ALPHA),
        Field("birth_date", 1, 27, 6, Charset.NUMERIC),
        Field("birth_date_check", 1, 33, 1, Charset.DIGIT),
        Field("sex", 1, 34, 1, Charset.SEX),
        Field("composite_check", 1, 35, 1, Charset.DIGIT),
    ),
    (
        Check("document_number_check", ((1, 0, 12),), (1, 12)),
        Check("birth_date_check", ((1, 27, 33),), (1, 33)),
        Check("composite_check", ((0, 0, 36), (1, 0, 35)), (1, 35)),
    ),
)


def is_french_card(lines: tuple[str, ...]) -> bool:
    """Whether two lines of 36 are arranged so: such a card has a digit where a TD2 has its nationality."""
    return lines[0].startswith("IDFRA") and lines[1][10:13] != "FRA"
