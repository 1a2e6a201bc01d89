"""Canonical JSON against the numbers and names of RFC 8785."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.certificates.icao.canonical import canonical

# RFC 8785, appendix B: bits of a double, and how it is printed.
NUMBERS = (
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
)


@pytest.mark.parametrize(("bits", "printed"), NUMBERS)
def test_numbers(bits: str, printed: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number) == printed.encode()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 10**400, b"x", {1: 2}, object(), "\ud800"])
def test_what_is_no_json(bad: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(bad)


def test_large_whole_numbers_are_rounded_as_doubles() -> None:
    assert canonical(2**53 + 1) == b"9007199254740992"
    assert canonical(10**21) == b"1e+21"
    assert canonical(-(2**53)) == b"-9007199254740992"


def test_keys_are_sorted_by_utf_16() -> None:
    # RFC 8785, 3.2.3: a surrogate pair sorts before the letters behind it in Unicode.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    order = list(json.loads(canonical(dict.fromkeys(names, 0))))
    assert order == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_texts() -> None:
    assert (
        canonical('\u20ac$\u000f\nA\'B"\\\\"/\u2028\x7f') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u2028\x7f"'.encode()
    )
    assert canonical([None, True, False, {}, []]) == b"[null,true,false,{},[]]"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_is_written_reads_back_and_is_stable(value: object) -> None:
    try:
        written = canonical(value)
    except ValueError:
        return
    assert canonical(json.loads(written)) == written
