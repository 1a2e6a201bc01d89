"""The check digits of a zone: how each is computed, and what each says (ICAO Doc 9303-3, 4.9)."""

from dataclasses import dataclass
from enum import StrEnum

from models.mrz_layout import ALPHABET, FILLER, Check, Layout
from models.regions import MrzFormat

CHECK_NAMES = (
    "document_number_check",
    "birth_date_check",
    "expiry_date_check",
    "optional_data_check",
    "composite_check",
)
_LONG_NUMBERS = (MrzFormat.TD1, MrzFormat.TD2)
_COUNT_THE_FILLER = ("PRT",)
"""States whose digit over a long number covers the filler in the middle too (public specimen of Portugal's card)."""
_VALUES = {character: at for at, character in enumerate(ALPHABET)} | {FILLER: 0}
_WEIGHTS = (7, 3, 1)


class CheckState(StrEnum):
    """What a check digit says."""

    OK = "ok"
    WRONG = "wrong"
    NOT_GIVEN = "not_given"
    """A filler stands where the format allows one: nothing is covered."""
    ABSENT = "absent"
    """The format has no such digit."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check digit of the zone."""

    name: str
    """As in models/mrz_layout.py: what it covers + `_check`."""
    state: CheckState


def character_value(character: str) -> int:
    """What a character counts in a check digit: 0 to 9, letters 10 to 35, `<` 0.

    Raises:
        ValueError: it is not of the alphabet.
    """
    try:
        return _VALUES[character]
    except KeyError:
        raise ValueError("a character is not one of the 37 of the zone") from None


def check_digit(text: str) -> str:
    """The check digit over `text`: weights 7 3 1, modulo 10; letters count 10 to 35, `<` counts 0.

    Raises:
        ValueError: a character outside the alphabet.
    """
    return str(sum(character_value(character) * _WEIGHTS[at % 3] for at, character in enumerate(text)) % 10)


def check_results(layout: Layout, lines: tuple[str, ...]) -> tuple[CheckResult, ...]:
    """The state of all of CHECK_NAMES, in that order."""
    known = {check.name: _state(layout, check, lines) for check in layout.checks}
    return tuple(CheckResult(name, known.get(name, CheckState.ABSENT)) for name in CHECK_NAMES)


def failed_checks(layout: Layout, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the check digits that do not hold."""
    return tuple(check.name for check in layout.checks if _state(layout, check, lines) is CheckState.WRONG)


def _state(layout: Layout, check: Check, lines: tuple[str, ...]) -> CheckState:
    covered = "".join(lines[line][start:end] for line, start, end in check.covers)
    line, position = check.at
    given = lines[line][position]
    if given != FILLER:
        return CheckState.OK if given == check_digit(covered) else CheckState.WRONG
    if check.filler_allowed and not covered.strip(FILLER):
        return CheckState.NOT_GIVEN
    if check.name == "document_number_check" and (number := long_number(layout, lines)):
        return CheckState.OK if number[1] in _long_digits(layout, lines, number[0]) else CheckState.WRONG
    return CheckState.WRONG


def _long_digits(layout: Layout, lines: tuple[str, ...], number: str) -> set[str]:
    """The digits that a long number may have: that of Doc 9303, and one that counts the filler where a state does."""
    digits = {check_digit(number)}
    if layout.cut("issuing_state", lines) in _COUNT_THE_FILLER:
        digits.add(check_digit(number[:9] + FILLER + number[9:]))
    return digits


def long_number(layout: Layout, lines: tuple[str, ...]) -> tuple[str, str, str] | None:
    """A number of more than nine characters: the whole number, its own check digit, what is left of the optional data.

    It has `<` in place of its check digit and runs on in the optional data, then its check digit, then a filler unless
    the field is full (Doc 9303-5, 4.2.2 note j; Doc 9303-6, 4.2.2 note j). None when the zone has no such number.
    """
    if layout.format not in _LONG_NUMBERS:
        return None
    head, optional = layout.cut("document_number", lines), layout.cut("optional_data", lines)
    tail, _, rest = optional.partition(FILLER)
    if layout.cut("document_number_check", lines) != FILLER or head.endswith(FILLER) or len(tail) < 2:
        return None
    return head + tail[:-1], tail[-1], rest


def checked_places(layout: Layout) -> list[tuple[int, int]]:
    """(line, position) of everything that a check digit covers, and of the digits."""
    places = {(line, at) for check in layout.checks for line, start, end in check.covers for at in range(start, end)}
    return sorted(places | {check.at for check in layout.checks})
