"""Dates with unknown parts."""

from datetime import date

import pytest

from station.documents.dates import PartialDate, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1964-08-12", PartialDate(1964, 8, 12)),
        ("1964-08-12T00:00:00", PartialDate(1964, 8, 12)),
        ("1964-08", PartialDate(1964, 8)),
        ("1964-08-00", PartialDate(1964, 8)),
        ("1964-00-00", PartialDate(1964)),
        ("1964-XX-XX", PartialDate(1964)),
        ("1964", PartialDate(1964)),
        (" 1964 ", PartialDate(1964)),
        ("", PartialDate()),
        ("12.08.1964", None),
        ("1964-13-01", None),
        ("1964-08-32", None),
        ("64", None),
        ("x", None),
    ],
)
def test_written(text: str, expected: PartialDate | None) -> None:
    assert written(text) == expected


def test_text_comes_back() -> None:
    for each in (PartialDate(1964, 8, 12), PartialDate(1964, 8), PartialDate(1964), PartialDate(None, 8, 12)):
        assert written(each.text) == each


def test_agreement() -> None:
    full = PartialDate(1964, 8, 12)
    assert full.agrees(full) is True
    assert full.agrees(PartialDate(1964, 8, 13)) is False
    assert full.agrees(PartialDate(1964)) is None
    assert full.agrees(PartialDate(1965)) is False
    assert full.agrees(PartialDate()) is None


def test_bounds() -> None:
    assert PartialDate(2024, 2).bounds() == (date(2024, 2, 1), date(2024, 2, 29))
    assert PartialDate(2024).bounds() == (date(2024, 1, 1), date(2024, 12, 31))
    assert PartialDate(2024, None, 5).bounds() == (date(2024, 1, 1), date(2024, 12, 31))
    assert PartialDate(2023, 2, 29).bounds() is None
    assert PartialDate(None, 2, 3).bounds() is None
    assert PartialDate(2023, 2, 29).date is None
