"""The text of a SMART Health Card's code: digits, in one part or in several (Framework 1.4, "Encoding QRs").

`shc:/` and two digits for each character of the JWS; a part of several says `shc:/2/3/` in front. Splitting is
deprecated since December 2022, but such cards are on paper.
"""

import re
from dataclasses import dataclass

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.result import Step, Verdict

PREFIX = "shc:/"
OFFSET = 45
"""Code point of `-`, the lowest character of a JWS: it is written as 00."""
HIGHEST = ord("z") - OFFSET
MAX_PARTS = 50
"""The framework sets no limit; a card of 17 parts is the largest seen."""

_PART = re.compile(r"shc:/(?:(?P<index>[0-9]{1,4})/(?P<total>[0-9]{1,4})/)?(?P<digits>[0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """One code of a card."""

    index: int
    """From 1."""
    total: int
    digits: str
    numbered: bool = True
    """Whether it says which part it is."""


def read_parts(text: str) -> tuple[Part, ...]:
    """The parts in a text, parted by white space; each once.

    Raises:
        StepFailed: something else stands in it, an odd number of digits, or a part whose number cannot be.
    """
    found: dict[Part, None] = {}
    for word in text.split():
        match = _PART.fullmatch(word)
        if match is None:
            raise _damaged("it holds characters that such a code cannot have")
        index, total = int(match["index"] or 1), int(match["total"] or 1)
        if not 1 <= index <= total <= MAX_PARTS:
            raise _damaged(f"its part numbers are impossible (parts are numbered from 1, at most {MAX_PARTS})")
        if len(match["digits"]) % 2:
            raise _damaged("its number of digits is odd, so a part is missing")
        found[Part(index, total, match["digits"], match["index"] is not None)] = None
    if not found:
        raise _damaged("it is empty")
    return tuple(found)


def join(parts: tuple[Part, ...]) -> str:
    """The JWS that all parts make together, in whatever order they come.

    Raises:
        StepFailed: undecided when parts are missing or belong to different cards; invalid when digits are no JWS.
    """
    total = parts[0].total
    by_index = {part.index: part.digits for part in parts}
    pieces = {(part.index, part.digits) for part in parts}
    if any(part.total != total for part in parts) or len(pieces) != len(by_index):
        raise _incomplete("The codes belong to different SMART Health Cards; show all codes of one card.")
    missing = [str(index) for index in range(1, total + 1) if index not in by_index]
    if missing:
        shown = f"part {parts[0].index} was" if len(by_index) == 1 else f"{len(by_index)} parts were"
        word = "part" if len(missing) == 1 else "parts"
        raise _incomplete(
            f"Of a SMART Health Card of {total} codes {shown} shown; show {word} {', '.join(missing)} too."
        )
    return decode_digits("".join(by_index[index] for index in range(1, total + 1)))


def decode_digits(digits: str) -> str:
    """Characters out of pairs of digits.

    Raises:
        StepFailed: a pair stands for no character of a JWS.
    """
    numbers = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    if max(numbers, default=0) > HIGHEST:
        raise _damaged(f"a pair of digits is above {HIGHEST}")
    return "".join(chr(number + OFFSET) for number in numbers)


def encode_numeric(jws: str) -> str:
    """The text of the one code of a card.

    Raises:
        ValueError: a character that no compact JWS has.
    """
    return PREFIX + _digits(jws)


def encode_parts(jws: str, total: int) -> tuple[str, ...]:
    """The texts of the codes of a card that is split, into parts of about the same size.

    Raises:
        ValueError: a character that no compact JWS has, more parts than characters, or more than MAX_PARTS.
    """
    if not 1 <= total <= min(MAX_PARTS, len(jws)):
        raise ValueError(f"a card has 1 to {MAX_PARTS} parts and no empty one")
    cuts = [len(jws) * number // total for number in range(total + 1)]
    return tuple(f"{PREFIX}{n}/{total}/{_digits(jws[cuts[n - 1] : cuts[n]])}" for n in range(1, total + 1))


def _digits(jws: str) -> str:
    numbers = [ord(character) - OFFSET for character in jws]
    if not numbers or min(numbers) < 0 or max(numbers) > HIGHEST:
        raise ValueError("the text holds characters that no compact JWS has")
    return "".join(f"{number:02d}" for number in numbers)


def _damaged(what: str) -> StepFailed:
    return StepFailed(
        Step.NUMERIC, ReasonCode.CERTIFICATE_NUMERIC, f"The card's digits are damaged: {what}; scan it again."
    )


def _incomplete(sentence: str) -> StepFailed:
    return StepFailed(Step.NUMERIC, ReasonCode.CERTIFICATE_PART, sentence, Verdict.UNDECIDED)
