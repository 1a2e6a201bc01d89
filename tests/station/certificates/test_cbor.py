"""Our decoder against cbor2, and against what strangers send."""

import contextlib
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.certificates.hcert.cbor import MAX_DEPTH, CborError, Tag, decode

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5) | st.integers(-100, 100), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(_VALUES, st.booleans())
def test_reads_what_cbor2_writes(value: Any, canonical: bool) -> None:
    assert decode(cbor2.dumps(value, canonical=canonical)) == value


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=64))
def test_never_crashes(data: bytes) -> None:
    with contextlib.suppress(CborError):
        decode(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        # RFC 8949, appendix A.
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("f97bff", 65504.0),
        ("fa47c35000", 100000.0),
        ("f7", None),
        ("c11a514b67b0", Tag(1, 1363896240)),
        ("3bffffffffffffffff", -(2**64)),
    ],
)
def test_examples_of_the_standard(data: str, value: Any) -> None:
    assert decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    "data",
    [
        "",
        "18",
        "9bffffffffffffffff",
        "bb7fffffffffffffff",
        "5bffffffffffffffff",
        "1c",
        "1f",
        "df00",
        "ff",
        "81ff",
        "a1ff",
        "a101ff",
        "c1ff",
        "a2010101 02",
        "a1810101",
        "a1f97e0001",
        "0000",
        "62c328",
        "5f6161ff",
        "5f5f4101ffff",
        "f800",
        "f8ff",
        "e0",
        "a2616101616102",
    ],
)
def test_refuses(data: str) -> None:
    with pytest.raises(CborError):
        decode(bytes.fromhex(data))


def test_limits() -> None:
    assert decode(b"\x81" * MAX_DEPTH + b"\x00")
    with pytest.raises(CborError, match="levels"):
        decode(b"\x81" * (MAX_DEPTH + 1) + b"\x00")
    with pytest.raises(CborError, match="items"):
        decode(b"\x99\xff\xff" + bytes(65535))
    # A tag that would make a general decoder build a number of 10^9 digits is only a pair here.
    assert decode(bytes.fromhex("c4821a3b9aca0001")) == Tag(4, [1_000_000_000, 1])


def test_true_is_not_one() -> None:
    assert len(decode(bytes.fromhex("a201f5f5f4"))) == 2
