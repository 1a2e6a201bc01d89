"""JSON of strangers: what is refused, and that nothing else than ValueError comes out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.certificates.strict_json import MAX_DEPTH, MAX_ITEMS, loads

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": 1} x',
        '{"a": 1, "a": 1}',
        '{"o": {"a": 1, "\\u0061": 2}}',
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e999",
        "-1e999",
        "9" * 4301,
        "[" * 65 + "]" * 65,
        "[" * 100_000,
        '{"a":' * 65 + "1" + "}" * 65,
        "[" + "1," * 20_000 + "1]",
        "[" + "[]," * 15_000 + "[]]",
        '"\\ud800"',
        '{"\\udc00": 1}',
        '"\ud800"',
        "\ufeff{}",
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        '{"a": 1}'.encode("utf-16"),
        '"' + '\\"' * 30_000,
        '"' + '\\"' * 30_000 + "\\",
        "'a'",
        "[1,]",
        "01",
    ],
)
def test_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(text)


def test_limits_are_reached_but_not_passed() -> None:
    assert loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert len(loads("[" + "1," * (MAX_ITEMS - 2) + "1]")) == MAX_ITEMS - 1
    assert loads("9" * 4300) == 10**4300 - 1


def test_marks_inside_strings_are_no_structure() -> None:
    assert loads('["[[[[\\"{,"]') == ['[[[[\\"{,'.replace("\\", "")]
    assert loads(json.dumps("[" * 500)) == "[" * 500
    assert loads('"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_the_message_quotes_nothing() -> None:
    with pytest.raises(ValueError, match="twice") as caught:
        loads('{"secret": 1, "secret": 2}')
    assert "secret" not in str(caught.value)


@given(_JSON)
def test_reads_what_json_writes(value: object) -> None:
    assert loads(json.dumps(value)) == value
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.text(alphabet='[]{},:"\\ue0d8123-. \ufeff', max_size=60) | st.text() | st.binary())
def test_only_value_errors(text: str | bytes) -> None:
    try:
        value = loads(text)
    except ValueError:
        return
    assert value == json.loads(text)
