"""Digits of cards: there and back again, in one part and in several, and everything that is no card."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.certificates.errors import StepFailed
from station.certificates.result import Verdict
from station.certificates.shc.numeric import encode_numeric, encode_parts, join, read_parts

_JWS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=1, max_size=300)


def read(text: str) -> str:
    return join(read_parts(text))


def test_the_frameworks_own_example() -> None:
    assert encode_numeric("X") == "shc:/43"
    assert read("shc:/5676290952432060346029243740").startswith("eyJ")
    assert read("SHC:/43") == "X"


@given(_JWS)
def test_digits_there_and_back(jws: str) -> None:
    assert read(encode_numeric(jws)) == jws


@given(_JWS, st.integers(1, 50), st.randoms(use_true_random=False))
def test_parts_in_any_order(jws: str, total: int, random) -> None:
    parts = list(encode_parts(jws, min(total, len(jws))))
    sizes = {len(part) for part in parts}
    assert max(sizes) - min(sizes) <= 4, "balanced, but for the digits of the numbers"
    random.shuffle(parts)
    assert read("\n".join(parts)) == jws
    assert read(" \t".join([*parts, parts[0]])) == jws


@pytest.mark.parametrize("total", [0, 51, 4])
def test_parts_that_cannot_be_made(total: int) -> None:
    with pytest.raises(ValueError, match="parts"):
        encode_parts("abc", total)


@pytest.mark.parametrize("jws", ["", "a b", "{", "é", "+"])
def test_texts_that_have_no_digits(jws: str) -> None:
    with pytest.raises(ValueError, match="no compact JWS"):
        encode_numeric(jws)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shc:/1/3/4343", "of 3 codes part 1 was shown; show parts 2, 3 too"),
        ("shc:/2/2/4343", "of 2 codes part 2 was shown; show part 1 too"),
        ("shc:/3/3/43 shc:/1/3/43", "of 3 codes 2 parts were shown; show part 2 too"),
        ("shc:/1/2/43 shc:/1/2/44", "different"),
        ("shc:/1/2/43 shc:/2/3/44", "different"),
        ("shc:/43 shc:/44", "different"),
    ],
)
def test_incomplete_cards_are_undecided(text: str, words: str) -> None:
    with pytest.raises(StepFailed) as caught:
        read(text)
    stop = caught.value
    assert (stop.verdict, stop.step.value, stop.reason.value) == (Verdict.UNDECIDED, "numeric", "C-PRT")
    assert words in stop.sentence


@pytest.mark.parametrize(
    "text",
    [
        "shc:/", "shc:/123", "shc:/78", "shc:/99", "shc:/0/2/43", "shc:/3/2/43", "shc:/1/51/43", "shc:/1/2/",
        "shc:/1/43", "shc:/-1/2/43", "shc:/1/2/3/43", "shc:/4a", "shc:/٤٣", "shc:/43 hello", "shc:/99999/99999/43", "",
    ],
)  # fmt: skip
def test_damaged_digits(text: str) -> None:
    with pytest.raises(StepFailed) as caught:
        read(text)
    stop = caught.value
    assert (stop.verdict, stop.step.value, stop.reason.value) == (Verdict.INVALID, "numeric", "C-NUM")
