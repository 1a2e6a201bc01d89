"""From the lines of a machine-readable zone to a document: every field, every check digit and its state.

Pure: text and today's date in, a frozen document out. The positions are those of models/mrz_layout.py.
ICAO Doc 9303, 8th edition: parts 3 (names, dates, check digits), 4 (TD3), 5 (TD1), 6 (TD2), 7 (visas).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.mrz_layout import ALPHABET, FILLER, LAYOUTS, Check, Layout, check_digit, recognise
from models.regions import MrzFormat
from station.documents.dates import PartialDate, birth_century, expiry_century, from_zone
from station.documents.errors import MrzUnreadable
from station.documents.french_card import LAYOUT as FRENCH_CARD
from station.documents.french_card import is_french_card

CHECK_NAMES = (
    "document_number_check",
    "birth_date_check",
    "expiry_date_check",
    "optional_data_check",
    "composite_check",
)
_LONG_NUMBERS = (MrzFormat.TD1, MrzFormat.TD2)


class CheckState(StrEnum):
    """What a check digit says."""

    OK = "ok"
    WRONG = "wrong"
    NOT_GIVEN = "not_given"
    """A filler stands where the format allows one: nothing is covered."""
    ABSENT = "absent"
    """The format has no such digit."""


class DocumentKind(StrEnum):
    """What the first letter of the document code says (Doc 9303 parts 4 to 7)."""

    PASSPORT = "passport"
    VISA = "visa"
    CARD = "card"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check digit of the zone."""

    name: str
    """As in models/mrz_layout.py: what it covers + `_check`."""
    state: CheckState


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
    """The name reaches the end of its field, so that letters or words may have been cut off."""
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
        return DocumentKind.CARD if self.document_code[:1] in ("I", "A", "C") else DocumentKind.OTHER

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
    if found is MrzFormat.TD2 and is_french_card(clean):
        return _french_card(clean, today)
    layout = LAYOUTS[found]
    number, optional, long_state = _number(layout, clean)
    surname, given_names, truncated = split_name(_raw(layout, clean, "name"))
    birth, expiry = _raw(layout, clean, "birth_date"), _raw(layout, clean, "expiry_date")
    return Document(
        format=found,
        lines=clean,
        document_code=_words(_raw(layout, clean, "document_code")),
        issuing_state=_words(_raw(layout, clean, "issuing_state")),
        document_number=number,
        surname=surname,
        given_names=given_names,
        name_truncated=truncated,
        nationality=_words(_raw(layout, clean, "nationality")),
        birth_date=from_zone(birth, century=birth_century(birth, today)),
        sex=_raw(layout, clean, "sex").strip(FILLER),
        expiry_date=from_zone(expiry, century=expiry_century(expiry, today)),
        optional_data=optional,
        optional_data_2=_words(_raw(layout, clean, "optional_data_2")) if found is MrzFormat.TD1 else "",
        checks=_checks(layout, clean, long_state),
    )


def _french_card(lines: tuple[str, ...], today: date) -> Document:
    surname, given = _raw(FRENCH_CARD, lines, "surname"), _raw(FRENCH_CARD, lines, "given_names")
    birth = _raw(FRENCH_CARD, lines, "birth_date")
    return Document(
        format=MrzFormat.TD2,
        lines=lines,
        document_code=_words(_raw(FRENCH_CARD, lines, "document_code")),
        issuing_state=_words(_raw(FRENCH_CARD, lines, "issuing_state")),
        document_number=_raw(FRENCH_CARD, lines, "document_number").rstrip(FILLER),
        surname=_words(surname),
        given_names=_words(given),
        name_truncated=not (surname.endswith(FILLER) and given.endswith(FILLER)),
        nationality="FRA",
        birth_date=from_zone(birth, century=birth_century(birth, today)),
        sex=_raw(FRENCH_CARD, lines, "sex").strip(FILLER),
        expiry_date=PartialDate(),
        optional_data=_words(_raw(FRENCH_CARD, lines, "optional_data")),
        optional_data_2="",
        checks=_checks(FRENCH_CARD, lines, None),
    )


def split_name(field: str) -> tuple[str, str, bool]:
    """Surname, given names, and whether the field is so full that the name may have been cut (Doc 9303-3, 4.6)."""
    primary, _, secondary = field.partition(FILLER * 2)
    truncated = not field.endswith(FILLER * 2)
    return _words(primary), _words(secondary), truncated


def _raw(layout: Layout, lines: tuple[str, ...], name: str) -> str:
    field = layout.field(name)
    return lines[field.line][field.start : field.start + field.length]


def _words(text: str) -> str:
    return " ".join(word for word in text.split(FILLER) if word)


def _number(layout: Layout, lines: tuple[str, ...]) -> tuple[str, str, CheckState | None]:
    """Whole document number, what is left of the optional data, and the state of a long number's own check digit.

    A number of more than nine characters has `<` in place of its check digit and runs on in the optional data, then
    its check digit, then a filler (Doc 9303-5, 4.2.2 note j; Doc 9303-6, 4.2.2 note j). The state is None otherwise.
    """
    head = _raw(layout, lines, "document_number")
    optional = _raw(layout, lines, "optional_data")
    tail, _, rest = optional.partition(FILLER)
    runs_on = layout.format in _LONG_NUMBERS and not head.endswith(FILLER) and len(tail) > 1
    if not runs_on or _raw(layout, lines, "document_number_check") != FILLER:
        return head.rstrip(FILLER), _words(optional), None
    number = head + tail[:-1]
    state = CheckState.OK if check_digit(number) == tail[-1] else CheckState.WRONG
    return number, _words(rest), state


def _checks(layout: Layout, lines: tuple[str, ...], long_state: CheckState | None) -> tuple[CheckResult, ...]:
    known = {check.name: _state(check, lines) for check in layout.checks}
    if long_state is not None:
        known["document_number_check"] = long_state
    return tuple(CheckResult(name, known.get(name, CheckState.ABSENT)) for name in CHECK_NAMES)


def _state(check: Check, lines: tuple[str, ...]) -> CheckState:
    covered = "".join(lines[line][start:end] for line, start, end in check.covers)
    line, position = check.at
    given = lines[line][position]
    if given == FILLER:
        empty = check.filler_allowed and not covered.strip(FILLER)
        return CheckState.NOT_GIVEN if empty else CheckState.WRONG
    return CheckState.OK if given == check_digit(covered) else CheckState.WRONG
