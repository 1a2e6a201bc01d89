"""The layouts of the machine-readable zone, as one table (ICAO Doc 9303, 8th edition, parts 3 to 7).

Positions count from 0 here; Doc 9303 counts from 1. The reader decodes with this table, the parser splits with it,
the specimens are composed from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.regions import MrzFormat

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
"""The 37 characters of the zone (Doc 9303-3, 4.3)."""
FILLER = "<"


class Charset(StrEnum):
    """What may stand at a position (Doc 9303-3, 4.3 and the data element tables of parts 4 to 7)."""

    ALPHA = "ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
    NUMERIC = "0123456789<"
    DIGIT = "0123456789"
    ANY = ALPHABET
    SEX = "MFX<"


@dataclass(frozen=True, slots=True)
class Field:
    """One data element of the zone."""

    name: str
    """One of: document_code, issuing_state, name (surname and given_names in FRENCH_ID), document_number, nationality,
    birth_date, sex, expiry_date, optional_data, optional_data_2; a check digit is the name of what it covers +
    `_check`, or `composite_check`."""
    line: int
    start: int
    length: int
    charset: Charset


@dataclass(frozen=True, slots=True)
class Check:
    """One check digit and what it covers (Doc 9303-3, 4.9: weights 7 3 1, modulo 10)."""

    name: str
    covers: tuple[tuple[int, int, int], ...]
    """(line, start, end) spans, concatenated in this order."""
    at: tuple[int, int]
    """(line, position) of the digit."""
    filler_allowed: bool = False
    """The digit may be `<` when everything covered is filler (Doc 9303-4, 4.2.2, note j)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One format: so many lines of one length."""

    format: MrzFormat
    lines: int
    length: int
    fields: tuple[Field, ...]
    checks: tuple[Check, ...]

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            KeyError: the format has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.format.value} has no field {name}")

    def cut(self, name: str, lines: tuple[str, ...]) -> str:
        """What these lines say in the field of that name.

        Raises:
            KeyError: the format has no such field.
        """
        field = self.field(name)
        return lines[field.line][field.start : field.start + field.length]


def _lower_line(*, optional: int, optional_check: bool, composite: bool) -> tuple[Field, ...]:
    """Line 2 of the two-line formats; they share the first 28 positions."""
    any_, digit = Charset.ANY, Charset.DIGIT
    fields = [
        Field("document_number", 1, 0, 9, any_),
        Field("document_number_check", 1, 9, 1, Charset.NUMERIC),
        Field("nationality", 1, 10, 3, Charset.ALPHA),
        Field("birth_date", 1, 13, 6, Charset.NUMERIC),
        Field("birth_date_check", 1, 19, 1, digit),
        Field("sex", 1, 20, 1, Charset.SEX),
        Field("expiry_date", 1, 21, 6, Charset.NUMERIC),
        Field("expiry_date_check", 1, 27, 1, digit),
        Field("optional_data", 1, 28, optional, any_),
    ]
    end = 28 + optional
    if optional_check:
        fields.append(Field("optional_data_check", 1, end, 1, Charset.NUMERIC))
        end += 1
    if composite:
        fields.append(Field("composite_check", 1, end, 1, digit))
    return tuple(fields)


def _upper_line(length: int) -> tuple[Field, ...]:
    """Line 1 of the two-line formats."""
    return (
        Field("document_code", 0, 0, 2, Charset.ALPHA),
        Field("issuing_state", 0, 2, 3, Charset.ALPHA),
        Field("name", 0, 5, length - 5, Charset.ALPHA),
    )


_COMMON_CHECKS = (
    Check("document_number_check", ((1, 0, 9),), (1, 9), filler_allowed=True),
    Check("birth_date_check", ((1, 13, 19),), (1, 19)),
    Check("expiry_date_check", ((1, 21, 27),), (1, 27)),
)

TD1 = Layout(
    MrzFormat.TD1,
    3,
    30,
    (
        Field("document_code", 0, 0, 2, Charset.ALPHA),
        Field("issuing_state", 0, 2, 3, Charset.ALPHA),
        Field("document_number", 0, 5, 9, Charset.ANY),
        Field("document_number_check", 0, 14, 1, Charset.NUMERIC),
        Field("optional_data", 0, 15, 15, Charset.ANY),
        Field("birth_date", 1, 0, 6, Charset.NUMERIC),
        Field("birth_date_check", 1, 6, 1, Charset.DIGIT),
        Field("sex", 1, 7, 1, Charset.SEX),
        Field("expiry_date", 1, 8, 6, Charset.NUMERIC),
        Field("expiry_date_check", 1, 14, 1, Charset.DIGIT),
        Field("nationality", 1, 15, 3, Charset.ALPHA),
        Field("optional_data_2", 1, 18, 11, Charset.ANY),
        Field("composite_check", 1, 29, 1, Charset.DIGIT),
        Field("name", 2, 0, 30, Charset.ALPHA),
    ),
    (
        Check("document_number_check", ((0, 5, 14),), (0, 14), filler_allowed=True),
        Check("birth_date_check", ((1, 0, 6),), (1, 6)),
        Check("expiry_date_check", ((1, 8, 14),), (1, 14)),
        Check("composite_check", ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29)),
    ),
)
"""Doc 9303-5, 4.2. A number longer than nine characters runs on in optional_data, with `<` as its check digit."""

TD2 = Layout(
    MrzFormat.TD2,
    2,
    36,
    _upper_line(36) + _lower_line(optional=7, optional_check=False, composite=True),
    (*_COMMON_CHECKS, Check("composite_check", ((1, 0, 10), (1, 13, 20), (1, 21, 35)), (1, 35))),
)
"""Doc 9303-6, 4.2."""

TD3 = Layout(
    MrzFormat.TD3,
    2,
    44,
    _upper_line(44) + _lower_line(optional=14, optional_check=True, composite=True),
    (
        *_COMMON_CHECKS,
        Check("optional_data_check", ((1, 28, 42),), (1, 42), filler_allowed=True),
        Check("composite_check", ((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43)),
    ),
)
"""Doc 9303-4, 4.2."""

MRV_A = Layout(
    MrzFormat.MRV_A,
    2,
    44,
    _upper_line(44) + _lower_line(optional=16, optional_check=False, composite=False),
    _COMMON_CHECKS,
)
"""Doc 9303-7, 4.2: a visa has no composite check digit."""

MRV_B = Layout(
    MrzFormat.MRV_B,
    2,
    36,
    _upper_line(36) + _lower_line(optional=8, optional_check=False, composite=False),
    _COMMON_CHECKS,
)
"""Doc 9303-7, 5.2."""

FRENCH_ID = Layout(
    MrzFormat.FRENCH_ID,
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
"""The French identity card of 1988 to 2021, the size of a TD2 with an arrangement of its own (décret 55-1397):
department and office in optional_data, no expiry date, and a composite digit over both lines, names included."""

LAYOUTS: dict[MrzFormat, Layout] = {layout.format: layout for layout in (TD1, TD2, TD3, MRV_A, MRV_B, FRENCH_ID)}


def recognise(lines: tuple[str, ...]) -> MrzFormat | None:
    """Which format lines of these lengths and these first characters are; None when no format fits.

    A French card is told from a TD2 by the digit that stands where a TD2 has its nationality.
    """
    shape = (len(lines), {len(line) for line in lines})
    if shape == (3, {30}):
        return MrzFormat.TD1
    visa = lines[0].startswith("V") if lines else False
    if shape == (2, {44}):
        return MrzFormat.MRV_A if visa else MrzFormat.TD3
    if shape == (2, {36}):
        if lines[0].startswith("IDFRA") and lines[1][10:13] != "FRA":
            return MrzFormat.FRENCH_ID
        return MrzFormat.MRV_B if visa else MrzFormat.TD2
    return None
