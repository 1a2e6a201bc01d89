"""C40, dates and lists of values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.certificates.icao import coding
from station.certificates.icao.coding import Malformed


def test_c40() -> None:
    assert coding.c40(bytes.fromhex("d9c5")) == "UTO"
    assert coding.c40(bytes.fromhex("6abc")) == "D  "
    assert coding.c40(bytes.fromhex("fe45")) == "D"  # one character left over
    for bad in (b"\x00", b"\x00\x00", b"\x01\x02\x03", b"\xff\xff"):
        with pytest.raises(Malformed):
            coding.c40(bad)


def test_dates() -> None:
    assert coding.date(bytes.fromhex("4fd590")) == "2016-05-23"
    assert coding.masked_date(bytes.fromhex("00203a19")) == "2025-02-11"
    assert coding.masked_date(bytes((0b00110011,)) + (10001900).to_bytes(3, "big")) == "19XX-10-XX"
    assert coding.date_time((2_11_2021_14_05_09).to_bytes(6, "big")) == "2021-02-11T14:05:09"
    for bad in (b"", b"\x00" * 4):
        with pytest.raises(Malformed):
            coding.date(bad)
    with pytest.raises(Malformed):
        coding.masked_date(b"\x00\x00\x00")
    with pytest.raises(Malformed):
        coding.date_time(b"\xff" * 6)


def test_values() -> None:
    found = coding.values(b"\x01\x02ab\x02\x81\x03abc\x03\x82\x00\x01x")
    assert [(each.tag, each.value) for each in found] == [(1, b"ab"), (2, b"abc"), (3, b"x")]
    assert [(each.start, each.end) for each in found] == [(0, 4), (4, 10), (10, 15)]
    # A length of 128 in one byte, as early seals have it.
    (long,) = coding.values(b"\x03\x80" + b"x" * 128)
    assert len(long.value) == 128
    for bad in (b"\x01", b"\x01\x02a", b"\x01\x81", b"\x01\x84\x00\x00\x00\x01a", b"\x01\x80a"):
        with pytest.raises(Malformed):
            coding.values(bad)


@given(st.binary(max_size=80))
def test_no_bytes_break_it(data: bytes) -> None:
    for decode in (coding.c40, coding.date, coding.masked_date, coding.date_time, coding.values):
        try:
            decode(data)
        except Malformed:
            continue
