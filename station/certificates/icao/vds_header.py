"""The header of a constrained seal (Doc 9303-13, 2.2; BSI TR-03137-1, 2.3).

0xDC, version (2 or 3), country, signer and certificate reference, day of issue, day of signature, document reference.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from station.certificates.icao.coding import Malformed, c40, date
from station.documents.dates import written

MAGIC = 0xDC
FIXED, VARIABLE = 2, 3
"""Versions 3 and 4 of the specification: certificate references of five characters, or of as many as are said."""
_SIGNER_AT, _REFERENCE_AT = 4, 8
_TAIL = 8
"""Bytes behind the certificate reference: two dates, document reference."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header taken apart."""

    version: int
    country: str
    """As written, without fillers: `D`, `UTO`."""
    signer: str
    """Two letters of country and two characters: the common name of the signer's certificate."""
    reference: str
    """Of the signer's certificate: serial number or hash in hexadecimal digits, leading zeros kept."""
    issued: str
    """Day of the document's issue, `2016-02-01`."""
    signed: str
    document: int
    """Feature definition and type category, as one number of 16 bits."""
    size: int
    """Bytes of the header."""


def read_header(data: bytes) -> Header:
    """Take the header of a seal apart.

    Raises:
        Malformed: another magic number or version, cut off, or no reading of the certificate reference leads to dates.
    """
    if len(data) < _REFERENCE_AT + _TAIL or data[0] != MAGIC:
        raise Malformed("it does not start as a seal does")
    if data[1] not in (FIXED, VARIABLE):
        raise Malformed("it is of an unknown version")
    who = c40(data[_SIGNER_AT:_REFERENCE_AT])
    for reference, end in _references(data, who):
        dates = data[end : end + 3], data[end + 3 : end + 6]
        if end + _TAIL > len(data) or not all(_is_day(day) for day in dates):
            continue
        return Header(
            version=data[1],
            country=c40(data[2:4]).strip(),
            signer=who[:4],
            reference=reference,
            issued=date(dates[0]),
            signed=date(dates[1]),
            document=int.from_bytes(data[end + 6 : end + _TAIL], "big"),
            size=end + _TAIL,
        )
    raise Malformed("its certificate reference or its dates are unreadable")


def _references(data: bytes, who: str) -> Iterator[tuple[str, int]]:
    """Readings of the certificate reference, the one of the specification first, each with where it ends.

    In version 4 two characters count the reference's own, in hexadecimal digits. Germany's attestation of arrival has
    three more characters and no count (BSI TR-03137-1, profile of 2016); some issuers count in decimal digits.
    """
    count = who[4:]
    sizes = []
    if data[1] == VARIABLE:
        sizes = [
            int(count, base) for base in (16, 10) if count.isalnum() and count.isascii() and _is_number(count, base)
        ]
    ends = [("", _REFERENCE_AT + (size + 2) // 3 * 2) for size in sizes if size]
    for start, end in (*ends, (count, _REFERENCE_AT + 2)):
        with contextlib.suppress(Malformed):
            yield start + c40(data[_REFERENCE_AT:end]).strip(), end


def _is_number(text: str, base: int) -> bool:
    return all(digit in "0123456789ABCDEF"[:base] for digit in text)


def _is_day(data: bytes) -> bool:
    """A day of the calendar, or zeros where none is given."""
    if data == bytes(3):
        return True
    try:
        found = written(date(data))
    except Malformed:
        return False
    return found is not None and found.date is not None
