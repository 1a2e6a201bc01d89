"""From the lines of a machine-readable zone to a document: every field, every check digit and its state.

Pure: text and today's date in, a frozen document out. The positions are those of models/mrz_layout.py.
ICAO Doc 9303, 8th edition: parts 3 (names, dates, check digits), 4 (TD3), 5 (TD1), 6 (TD2), 7 (visas).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.mrz_checks import CheckResult, CheckState, check_results, long_number
from models.mrz_layout import ALPHABET, FILLER, FRENCH_ID, LAYOUTS, Layout, recognise
from models.regions import MrzFormat
from station.documents.dates import PartialDate, birth_century, expiry_century, from_zone
from station.documents.errors import MrzUnreadable

_CARDS = (MrzFormat.TD1, MrzFormat.TD2, MrzFormat.FRENCH_ID)


class DocumentKind(StrEnum):
    """What the first letter of the document code says (Doc 9303 parts 4 to 7).

    The size of a card makes a card of any letter that is none of these: residence permits of Estonia are RP.
    """

    PASSPORT = "passport"
    VISA = "visa"
    CARD = "card"
    OTHER = "other"


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """What a machine-readable zone says. `repr` shows no personal data."""

    format: MrzFormat
    lines: tuple[str, ...]
    document_code: str
    issuing_state: str
    """ISO 3166-1 alpha-3 or a code of Doc 9303-3, section 5 (`D`, `UTO`, `XXA`)."""
    document_number: str
    """Whole, with what ran on in the optional data; fillers at the end taken off."""
    surname: str
    """Primary identifier, words parted by one space."""
    given_names: str
    """Secondary identifier; empty when there is none."""
    name_truncated: bool
    """A letter stands at the very end of the name's field: letters or words may have been cut off, and it must be
    taken that they were (Doc 9303-4, 4.2.3; the same in parts 5 to 7)."""
    nationality: str
    birth_date: PartialDate
    sex: str
    """`M`, `F`, `X`, or empty when unspecified."""
    expiry_date: PartialDate
    optional_data: str
    optional_data_2: str
    """Second optional field of TD1; empty elsewhere."""
    checks: tuple[CheckResult, ...]
    """All of CHECK_NAMES, in that order."""

    def __repr__(self) -> str:
        """Hide names, numbers and dates."""
        wrong = ",".join(self.wrong_checks) or "none"
        return f"Document({self.format} {self.document_code} {self.issuing_state}, wrong checks: {wrong})"

    @property
    def kind(self) -> DocumentKind:
        """Passport, visa or card."""
        if self.document_code.startswith("V"):
            return DocumentKind.VISA
        if self.document_code.startswith("P"):
            return DocumentKind.PASSPORT
        card = self.format in _CARDS or self.document_code[:1] in ("I", "A", "C")
        return DocumentKind.CARD if card else DocumentKind.OTHER

    @property
    def wrong_checks(self) -> tuple[str, ...]:
        """Names of the check digits that do not hold."""
        return tuple(check.name for check in self.checks if check.state is CheckState.WRONG)

    @property
    def checks_hold(self) -> bool:
        """Whether every check digit that is there holds."""
        return not self.wrong_checks

    def check(self, name: str) -> CheckState:
        """State of one check digit; ABSENT when the format has none of that name."""
        return next((check.state for check in self.checks if check.name == name), CheckState.ABSENT)

    def fields(self) -> dict[str, str]:
        """Every field as text, for `station read --json` and the officer's screen."""
        return {
            "document_code": self.document_code,
            "issuing_state": self.issuing_state,
            "document_number": self.document_number,
            "surname": self.surname,
            "given_names": self.given_names,
            "nationality": self.nationality,
            "birth_date": self.birth_date.text,
            "sex": self.sex,
            "expiry_date": self.expiry_date.text,
            "optional_data": self.optional_data,
            "optional_data_2": self.optional_data_2,
        }


def parse(lines: Sequence[str], today: date) -> Document:
    """Read the lines of a zone.

    Args:
        lines: two or three lines, each of its format's exact length; white space around them is taken off.
        today: decides the century of two-digit years.

    Raises:
        MrzUnreadable: number and length of the lines fit no format, or a character is outside the 37 of the zone.
    """
    clean = tuple(line.strip().upper() for line in lines)
    if any(character not in ALPHABET for line in clean for character in line):
        raise MrzUnreadable("The zone holds a character other than A-Z, 0-9 and <; read the document again.")
    found = recognise(clean)
    if found is None:
        shape = " + ".join(str(len(line)) for line in clean) or "none"
        raise MrzUnreadable(
            f"Lines of {shape} characters fit no format (3 of 30, 2 of 36 or 2 of 44); read the document again."
        )
    if found is MrzFormat.FRENCH_ID:
        return _french_card(clean, today)
    layout = LAYOUTS[found]
    number, optional = _number(layout, clean)
    surname, given_names, truncated = split_name(layout.cut("name", clean))
    birth, expiry = layout.cut("birth_date", clean), layout.cut("expiry_date", clean)
    return Document(
        format=found,
        lines=clean,
        document_code=_words(layout.cut("document_code", clean)),
        issuing_state=_words(layout.cut("issuing_state", clean)),
        document_number=number,
        surname=surname,
        given_names=given_names,
        name_truncated=truncated,
        nationality=_words(layout.cut("nationality", clean)),
        birth_date=from_zone(birth, century=birth_century(birth, today)),
        sex=layout.cut("sex", clean).strip(FILLER),
        expiry_date=from_zone(expiry, century=expiry_century(expiry, today)),
        optional_data=optional,
        optional_data_2=_words(layout.cut("optional_data_2", clean)) if found is MrzFormat.TD1 else "",
        checks=check_results(layout, clean),
    )


def _french_card(lines: tuple[str, ...], today: date) -> Document:
    surname, given = FRENCH_ID.cut("surname", lines), FRENCH_ID.cut("given_names", lines)
    birth = FRENCH_ID.cut("birth_date", lines)
    return Document(
        format=MrzFormat.FRENCH_ID,
        lines=lines,
        document_code=_words(FRENCH_ID.cut("document_code", lines)),
        issuing_state=_words(FRENCH_ID.cut("issuing_state", lines)),
        document_number=FRENCH_ID.cut("document_number", lines).rstrip(FILLER),
        surname=_words(surname),
        given_names=_words(given),
        name_truncated=_cut(surname) or _cut(given),
        nationality="FRA",
        birth_date=from_zone(birth, century=birth_century(birth, today)),
        sex=FRENCH_ID.cut("sex", lines).strip(FILLER),
        expiry_date=PartialDate(),
        optional_data=_words(FRENCH_ID.cut("optional_data", lines)),
        optional_data_2="",
        checks=check_results(FRENCH_ID, lines),
    )


def split_name(field: str) -> tuple[str, str, bool]:
    """Surname, given names, and whether the name may have been cut (Doc 9303-3, 4.6; see `Document.name_truncated`).

    A field without `<<` is a surname only.
    """
    primary, _, secondary = field.partition(FILLER * 2)
    return _words(primary), _words(secondary), _cut(field)


def _cut(field: str) -> bool:
    return not field.endswith(FILLER)


def _words(text: str) -> str:
    return " ".join(word for word in text.split(FILLER) if word)


def _number(layout: Layout, lines: tuple[str, ...]) -> tuple[str, str]:
    """Whole document number, and what is left of the optional data."""
    if (whole := long_number(layout, lines)) is not None:
        return whole[0], _words(whole[2])
    return layout.cut("document_number", lines).rstrip(FILLER), _words(layout.cut("optional_data", lines))
