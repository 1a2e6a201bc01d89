"""Names and decodes the values of constrained seals by a catalogue of fields; others are shown as bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from station.certificates.icao import coding
from station.certificates.icao.coding import Malformed


class Coding(StrEnum):
    """How a value is written."""

    C40 = "c40"
    MRZ = "mrz"
    """C40 of the lines of a machine-readable zone."""
    VISA_A = "visa-a"
    """C40 of the first 44 and then 28 characters of a visa's zone: its optional data is left out."""
    VISA_B = "visa-b"
    """C40 of the first 36 and then 28 characters."""
    UTF8 = "utf8"
    BYTE = "byte"
    BYTES = "bytes"
    DATE_TEXT = "date-text"
    """YYYYMMDD in ASCII."""
    MASKED_DATE = "masked-date"
    DATE_TIME = "date-time"
    PARTS = "parts"
    """A list of values of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of value."""

    name: str
    coding: Coding = Coding.C40
    parts: Mapping[int, "Field"] = field(default_factory=dict)


def describe(data: bytes, fields: Mapping[int, Field]) -> dict[str, Any]:
    """Name and decode every value of a list.

    A value that does not decode is shown as hexadecimal text, as one that is not in the catalogue; a name that occurs
    again gets a number.

    Raises:
        Malformed: the list itself is broken.
    """
    found: dict[str, Any] = {}
    for each in coding.values(data):
        known = fields.get(each.tag) or Field(f"TAG_{each.tag:02X}", Coding.BYTES)
        try:
            value = _DECODERS[known.coding](each.value) if not known.parts else describe(each.value, known.parts)
        except (Malformed, UnicodeDecodeError):
            value = each.value.hex()
        name, count = known.name, 1
        while name in found:
            count += 1
            name = f"{known.name}_{count}"
        found[name] = value
    return found


def _zone(data: bytes) -> str:
    """Lines of a machine-readable zone: three of 30, two of 36, or two of 44."""
    text = coding.c40(data).replace(" ", "<")
    width = {90: 30, 72: 36, 88: 44}.get(len(text), len(text)) or 1
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def _visa_zone(data: bytes, first: int) -> str:
    text = coding.c40(data).replace(" ", "<")
    return f"{text[:first]}\n{text[first : first + 28]}"


def _date_text(data: bytes) -> str:
    text = data.decode("ascii")
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdecimal() else text


def _byte(data: bytes) -> int:
    if len(data) != 1:
        raise Malformed("a byte is not one byte")
    return data[0]


_DECODERS: Mapping[Coding, Callable[[bytes], Any]] = {
    Coding.C40: coding.c40,
    Coding.MRZ: _zone,
    Coding.VISA_A: partial(_visa_zone, first=44),
    Coding.VISA_B: partial(_visa_zone, first=36),
    Coding.UTF8: bytes.decode,
    Coding.BYTE: _byte,
    Coding.BYTES: bytes.hex,
    Coding.DATE_TEXT: _date_text,
    Coding.MASKED_DATE: coding.masked_date,
    Coding.DATE_TIME: coding.date_time,
    Coding.PARTS: bytes.hex,
}
