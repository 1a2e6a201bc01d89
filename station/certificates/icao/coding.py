"""How seals write texts, dates and lists of values (Doc 9303-13, sections 2.3 to 2.6; ICAO TR Datastructure for
Barcode, sections on encoding).

C40 packs three of 39 characters into two bytes; a date is the number MMDDYYYY in three bytes, and of a partial one
each digit that is unknown has a bit in a byte before them; values follow each other as tag, length, value.
"""

from dataclasses import dataclass

_C40 = (
    {3: " "} | {value: chr(value + 44) for value in range(4, 14)} | {value: chr(value + 51) for value in range(14, 40)}
)
_SHIFT = 0
"""Fills a pair of bytes that has fewer than three characters."""
_UNLATCH = 0xFE
"""The byte behind it is one ASCII character, plus one."""


class Malformed(ValueError):
    """Bytes that are no such value; the message says which, without content."""


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """One tag with its value, and where it stands."""

    tag: int
    value: bytes
    start: int
    """Offset of the tag."""
    end: int
    """Offset behind the value."""


def c40(data: bytes) -> str:
    """Decode C40; fillers of a machine-readable zone come out as spaces.

    Raises:
        Malformed: an odd number of bytes, or a pair that stands for nothing.
    """
    if len(data) % 2:
        raise Malformed("a C40 text has an odd number of bytes")
    text = []
    for first, second in zip(data[::2], data[1::2], strict=True):
        if first == _UNLATCH:
            text.append(chr((second - 1) % 256))
            continue
        packed = first * 256 + second - 1
        for value in (packed // 1600, packed // 40 % 40, packed % 40):
            if value == _SHIFT:
                continue
            if value not in _C40 or packed < 0:
                raise Malformed("a C40 text has a value that stands for no character")
            text.append(_C40[value])
    return "".join(text)


def date(data: bytes) -> str:
    """Three bytes as `2016-05-23`, whether or not the calendar has such a day.

    Raises:
        Malformed: other than three bytes, or a number of more than eight digits.
    """
    digits = _digits(data, 3, 8)
    return f"{digits[4:]}-{digits[:2]}-{digits[2:4]}"


def masked_date(data: bytes) -> str:
    """Four bytes as `19XX-10-XX`: unknown digits are X.

    Raises:
        Malformed: other than four bytes, or a number of more than eight digits.
    """
    if len(data) != 4:
        raise Malformed("a partial date has not four bytes")
    digits = "".join(
        "X" if data[0] >> (7 - place) & 1 else digit for place, digit in enumerate(_digits(data[1:], 3, 8))
    )
    return f"{digits[4:]}-{digits[:2]}-{digits[2:4]}"


def date_time(data: bytes) -> str:
    """Six bytes as `2021-02-11T14:00:00`, without a zone.

    Raises:
        Malformed: other than six bytes, or a number of more than fourteen digits.
    """
    digits = _digits(data, 6, 14)
    return f"{digits[4:8]}-{digits[:2]}-{digits[2:4]}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}"


def values(data: bytes) -> list[Value]:
    """Take a list of tag, length, value apart; lengths as in DER (ITU-T X.690, 8.1.3), tags of one byte.

    Raises:
        Malformed: it ends inside a value, or a length is of more than three bytes.
    """
    found: list[Value] = []
    at = 0
    while at < len(data):
        start, tag = at, data[at]
        if at + 1 >= len(data):
            raise Malformed("a value has no length")
        length, at = data[at + 1], at + 2
        # 0x80 has no meaning here in DER; early seals write a length of 128 so.
        if length > 0x80:
            count = length & 0x7F
            if count > 3 or at + count > len(data):
                raise Malformed("a length is none")
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise Malformed("a value is longer than what is there")
        found.append(Value(tag, data[at : at + length], start, at + length))
        at += length
    return found


def _digits(data: bytes, size: int, places: int) -> str:
    if len(data) != size:
        raise Malformed(f"a date has not {size} bytes")
    digits = f"{int.from_bytes(data, 'big'):0{places}d}"
    if len(digits) > places:
        raise Malformed("a date has too many digits")
    return digits
