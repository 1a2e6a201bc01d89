"""The Thai national number: its rule, its print, and what its check digit sees of slips of the hand."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.documents.thai_id import check_digit, digits_of, formatted, is_valid

TWELVE = st.text("0123456789", min_size=12, max_size=12)
VALID = TWELVE.filter(lambda twelve: twelve[0] != "9").map(lambda twelve: twelve + check_digit(twelve))


def test_public_example() -> None:
    assert check_digit("111203456356") == "2"
    assert is_valid("1112034563562")
    assert not is_valid("1112034563563")


@pytest.mark.parametrize(
    "text",
    [
        "1-1120-34563-56-2",
        "1 1120 34563 56 2",
        "1 - 1120 - 34563 - 56 - 2",
        "1\u20131120\u201334563\u201356\u20132",
        "๑-๑๑๒๐-๓๔๕๖๓-๕๖-๒",
    ],
)
def test_as_it_is_typed_or_printed(text: str) -> None:
    assert digits_of(text) == "1112034563562"
    assert is_valid(text)
    assert formatted(text) == "1-1120-34563-56-2"


@pytest.mark.parametrize("text", ["", " ", "-", "111203456356", "11120345635620", "1112O34563562", "١" * 13, "1.1120"])
def test_no_number(text: str) -> None:
    assert not is_valid(text)


def test_class_of_person() -> None:
    valid = {first for first in "0123456789" if is_valid(first + "00000000000" + check_digit(first + "0" * 11))}
    assert valid == set("012345678")


def test_of_an_unfinished_number_the_groups_that_are_there() -> None:
    whole, printed = "1112034563562", "1-1120-34563-56-2"
    shown = [formatted(whole[:count]) for count in range(14)]
    assert shown[0] == ""
    assert shown[13] == printed
    assert all(printed.startswith(part) for part in shown)
    assert [len(part) for part in shown] == [0, 1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15, 17]
    for bad in ("1112O34563562", "11120345635621"):
        with pytest.raises(ValueError, match="thirteen digits"):
            formatted(bad)
    for bad in ("", "11120345635", "1112034563562", "11120345635๖"):
        with pytest.raises(ValueError, match="first twelve"):
            check_digit(bad)


@settings(max_examples=200, deadline=None)
@given(VALID)
def test_print_and_back(number: str) -> None:
    assert is_valid(number)
    assert digits_of(formatted(number)) == number
    assert is_valid(formatted(number))


@settings(max_examples=100, deadline=None)
@given(VALID, st.integers(0, 12), st.sampled_from("0123456789"))
def test_another_digit_is_caught_but_for_the_two_blind_spots(number: str, at: int, digit: str) -> None:
    other = number[:at] + digit + number[at + 1 :]
    if other == number:
        return
    remainders = [sum(int(d) * (13 - n) for n, d in enumerate(each[:12])) % 11 for each in (number, other)]
    blind = at == 2 or (at < 12 and set(remainders) <= {0, 10})
    assert is_valid(other) is (blind and other[0] != "9")


def test_how_many_slips_are_caught() -> None:
    """Measured over 2,000 numbers: the module says what it cannot see, and it is no more than that."""
    rng = random.Random(7)
    caught = {"third digit": 0, "another digit": 0, "neighbours exchanged": 0}
    total = dict.fromkeys(caught, 0)
    for _ in range(2000):
        twelve = rng.choice("012345678") + "".join(rng.choice("0123456789") for _ in range(11))
        number = twelve + check_digit(twelve)
        for at in range(13):
            digit = rng.choice([d for d in "0123456789" if d != number[at]])
            kind = "third digit" if at == 2 else "another digit"
            total[kind] += 1
            caught[kind] += not is_valid(number[:at] + digit + number[at + 1 :])
        for at in range(12):
            if number[at] != number[at + 1]:
                total["neighbours exchanged"] += 1
                caught["neighbours exchanged"] += not is_valid(
                    number[:at] + number[at + 1] + number[at] + number[at + 2 :]
                )
    assert caught["third digit"] == 0
    assert caught["another digit"] / total["another digit"] > 0.98
    assert caught["neighbours exchanged"] / total["neighbours exchanged"] > 0.97
