"""Every field of documents with the habits of states (models/specimens/national.py says what they hold)."""

from datetime import date

import pytest

from models.regions import MrzFormat
from models.specimens.national import Habit, habits
from station.documents.mrz import DocumentKind, parse

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("habit", habits(), ids=lambda habit: habit.name)
def test_fields(habit: Habit) -> None:
    document = parse(habit.zone, TODAY)
    assert document.checks_hold
    fields = document.fields()
    assert {name: fields[name] for name, _ in habit.says} == dict(habit.says)


def test_kinds() -> None:
    for habit in habits():
        document = parse(habit.zone, TODAY)
        expected = {"P": DocumentKind.PASSPORT, "V": DocumentKind.VISA}.get(habit.zone[0][0], DocumentKind.CARD)
        assert document.kind is expected, habit.name


def test_names_count_as_cut_only_where_a_letter_ends_the_field() -> None:
    cut = {habit.name for habit in habits() if parse(habit.zone, TODAY).name_truncated}
    assert cut == {
        "name field NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
        "name field NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU",
        "name field BENNELONG<WOOLOOM<WARRAND<WARNAM<<DINGO",
        "name field PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR",
        "name field WOLFESCHLEGELSTEINHAUSENBERGERDORFFWELC",
        "name field RATTANAKOSINTHAWORNNUKUN<<PHIMLAPHATTHA",
        "name cut on a card",
        "card of Portugal, a long number whose digit counts the filler",
    }


def test_every_field_of_the_french_card() -> None:
    lines = ("IDFRADURAND<DE<LA<TOUR<<<<<<<<GVA002", "1710GVA123451JEAN<LUC<<MARI9111233M2")
    document = parse(lines, TODAY)
    assert document.checks_hold
    assert document.format is MrzFormat.FRENCH_ID
    assert document.fields() == {
        "document_code": "ID",
        "issuing_state": "FRA",
        "document_number": "1710GVA12345",
        "surname": "DURAND DE LA TOUR",
        "given_names": "JEAN LUC MARI",
        "nationality": "FRA",
        "birth_date": "1991-11-23",
        "sex": "M",
        "expiry_date": "",
        "optional_data": "GVA002",
        "optional_data_2": "",
    }
    assert document.name_truncated
    assert document.kind is DocumentKind.CARD
