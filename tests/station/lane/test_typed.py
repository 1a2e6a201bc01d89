"""What officers type: Thai identity cards, dates of both eras, what each field can hold."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.lane.typed import PATTERNS, THAI_ID, common_era, day, fault, tidied, tidy

TODAY = date(2026, 11, 20)
CARD = {
    "kind": THAI_ID, "document_number": "1-1014-00234-56-7", "birth_date": "2533-04-17", "expiry_date": "2575-04-16",
    "surname_th": "ใจดี", "given_names_th": "สมชาย", "surname": "Jaidee", "given_names": "somchai",
}  # fmt: skip


def card(**changes):
    return tidied(CARD | {"document_number": number()} | changes)


def number(first_twelve="110140023456"):
    total = sum(int(d) * w for d, w in zip(first_twelve, range(13, 1, -1), strict=True))
    return first_twelve + str((11 - total % 11) % 10)


def test_a_thai_card_is_kept_with_both_names_and_years_of_the_common_era():
    kept = card(document_number="-".join(re.match(r"(.)(.{4})(.{5})(..)(.)", number()).groups()))
    assert fault(kept, TODAY) == ""
    assert kept["document_number"] == number()
    assert (kept["birth_date"], kept["expiry_date"]) == ("1990-04-17", "2032-04-16")
    assert (kept["surname"], kept["given_names"], kept["surname_th"]) == ("JAIDEE", "SOMCHAI", "ใจดี")
    assert kept["nationality"] == "THA"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"document_number": number()[:12]}, "document_number"),
        ({"document_number": number()[:12] + str((int(number()[12]) + 1) % 10)}, "document_number"),
        ({"document_number": "9" + number()[1:]}, "document_number"),
        ({"document_number": ""}, "document_number"),
        ({"birth_date": "2534-02-29"}, "birth_date"),
        ({"birth_date": "2599-01-01"}, "birth_date"),
        ({"birth_date": ""}, "birth_date"),
        ({"expiry_date": ""}, "expiry_date"),
        ({"expiry_date": "", "for_life": "yes"}, ""),
        ({"birth_date": "2475"}, ""),
        ({"birth_date": "2535-02-29"}, ""),
        ({"surname_th": "Jaidee"}, "surname_th"),
        ({"surname_th": "ณ อยุธยา"}, ""),
        ({"given_names_th": "น้ำผึ้ง"}, ""),
        ({"given_names_th": "์สมชาย"}, "given_names_th"),
        ({"surname": "ใจดี"}, "surname"),
        ({"surname": "O'Neill-Jaidee"}, ""),
        ({"given_names": ""}, "given_names"),
    ],
)
def test_what_a_thai_card_cannot_hold_is_named(changes, wrong):
    assert fault(card(**changes), TODAY) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, ""),
        ({"given_names": "", "expiry_date": ""}, ""),
        ({"surname": ""}, "surname"),
        ({"surname": "D4AN"}, "surname"),
        ({"surname": "Müller"}, ""),
        ({"document_number": "UT 482 1907"}, ""),
        ({"document_number": "UT<1"}, "document_number"),
        ({"nationality": "THAI"}, "nationality"),
        ({"expiry_date": "2031-02-30"}, "expiry_date"),
    ],
)
def test_what_a_page_cannot_hold_is_named(changes, wrong):
    page = {"document_number": "UT4821907", "nationality": "UTO", "birth_date": "1991-04-17",
            "expiry_date": "2031-09-02", "surname": "Lindqvarn", "given_names": "Maja"}  # fmt: skip
    assert fault(tidied(page | changes), TODAY) == wrong


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_both_eras_mean_the_same_day(value):
    buddhist = f"{value.year + 543:04d}-{value.month:02d}-{value.day:02d}"
    assert common_era(buddhist) == value.isoformat()
    assert common_era(value.isoformat()) == value.isoformat()


def test_dates_that_are_none():
    assert day("expiry_date", "2031-13-01", TODAY) is None
    assert day("birth_date", "2026-11-21", TODAY) is None
    assert day("expiry_date", "2026-11-21", TODAY) is not None
    assert tidy("birth_date", "2533-XX-XX") == "1990-XX-XX"


@given(st.dictionaries(st.sampled_from([*CARD, "for_life"]), st.text(max_size=40)))
def test_any_typed_values_are_taken_or_named(values):
    wrong = fault(tidied(values), TODAY)
    assert wrong == "" or wrong in {name for group in PATTERNS.values() for name in group}


def test_patterns_can_travel_to_the_page():
    assert json.loads(json.dumps(PATTERNS, ensure_ascii=False))[THAI_ID]["document_number"] == "[0-9]{13}"
