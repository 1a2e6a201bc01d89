"""Holder of the document against holder of the certificate: a table of what travellers really bring."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.mrz_checks import check_digit
from station.certificates.result import Holder
from station.documents.dates import written
from station.documents.mrz import Document, parse
from station.documents.transliteration import normalise
from station.evidence import Truth
from station.judgement.holder import match
from station.judgement.likeness import distance, similarity

TODAY = date(2026, 11, 20)
PASS, FAIL, UNSURE = Truth.PASS, Truth.FAIL, Truth.CANNOT_TELL
BORN = "1974-08-12"


def document(surname: str, given: str, born: str = "740812") -> Document:
    """A passport; a name that is too long is cut at the end of its field."""
    name = f"P<UTO{surname.replace(' ', '<')}<<{given.replace(' ', '<')}".ljust(44, "<")[:44]
    number = f"L898902C36UTO{born}{check_digit(born)}F3204159".ljust(42, "<")
    return parse((name, number + "00"), TODAY)


def card(name: str) -> Document:
    """A card with that name field of thirty."""
    return parse(("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", name.ljust(30, "<")), TODAY)


def holder(surname: str, given: str, born: str = BORN, latin: bool = True) -> Holder:
    return Holder(
        surname,
        given,
        normalise(surname).replace(" ", "<") if latin else "",
        normalise(given).replace(" ", "<") if latin else "",
        born,
        written(born),
    )


@pytest.mark.parametrize(
    ("on_document", "on_certificate", "truth"),
    [
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "Anna Maria"), PASS),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "Anna-Maria"), PASS),
        (("ERIKSSON", "ANNAMARIA"), ("Eriksson", "Anna Maria"), PASS),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "Anna"), PASS),
        (("ERIKSSON", "ANNA"), ("Eriksson", "Anna Maria"), PASS),
        (("ERIKSSON", "ANNA MARIA"), ("Anna Maria", "Eriksson"), PASS),
        (("ERIKSSON", "ANNA MARIA"), ("", "Eriksson Anna Maria"), PASS),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "Maria Anna"), PASS),
        (("MUELLER", "JUERGEN"), ("Müller", "Jürgen"), PASS),
        (("MULLER", "JURGEN"), ("Müller", "Jürgen"), PASS),
        (("MUXXLLER", "JUXXRGEN"), ("Müller", "Jürgen"), PASS),
        (("OCONNOR", "SEAN"), ("O'Connor", "Seán"), PASS),
        (("GORBACHEV", "SERGEI"), ("Горбачёв", "Сергей"), PASS),
        (("MALEE", "SOMSRI"), ("Malee", "Miss Somsri"), PASS),
        (("VAN DER MUELLEN", "JODIE"), ("Vandermüllen", "Jodie"), PASS),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "A M"), UNSURE),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "Maria"), UNSURE),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", ""), UNSURE),
        (("ERIKSSON", "ANNA MARIA"), ("Erikson", "Anna Maria"), UNSURE),
        (("ERIKSSON BERG", "ANNA MARIA"), ("Eriksson", "Anna Maria"), UNSURE),
        (("BERG", "ANNA MARIA"), ("Eriksson", "Anna Maria"), UNSURE),
        (("SUKHOTHAI", "SOMCHAI"), ("Sukothai", "Somchay"), UNSURE),
        (("ERIKSSON", "ANNA MARIA"), ("", ""), UNSURE),
        (("ERIKSSON", "ANNA MARIA"), ("Eriksson", "Peter"), FAIL),
        (("ERIKSSON", "ANNA MARIA"), ("Berg", "Peter"), FAIL),
        (("LEE", "AN"), ("Lee", "Bo"), FAIL),
        (("LI", "WEI"), ("Lu", "Mei"), FAIL),
    ],
)
def test_names(on_document: tuple[str, str], on_certificate: tuple[str, str], truth: Truth) -> None:
    for latin in (True, False):
        found = match(document(*on_document), holder(*on_certificate, latin=latin))
        assert found.truth is truth, (latin, found.score)
        assert 0 <= found.score <= 1
        assert [field.name for field in found.fields] == ["surname", "given_names", "birth_date"]


@pytest.mark.parametrize(
    ("field", "certificate", "truth"),
    [
        ("PAPANDROPOULOUS<<JONATHON<ALEC", ("Papandropoulous", "Jonathon Alecsander"), PASS),
        ("PAPANDROPOULOUS<<JONATHON<ALEC", ("Papandropoulous", "Jonathon Alec Peter"), PASS),
        ("PAPANDROPOULOUS<<JONATHON<ALEC", ("Papandropoulous", "Jonathon"), PASS),
        ("PAPANDROPOULOUS<<JONATHON<ALEC", ("Papandropoulous", "Jonathan Alecsander"), UNSURE),
        ("PAPANDROPOULOUS<<JONATHON<ALEC", ("Papandropoulous", "Peter Alecsander"), FAIL),
        ("PAPANDROPOULOUS<<JONATHON<ALEC", ("Smith", "Jonathon Alecsander"), UNSURE),
        ("PAPANDROPOULOUSEXAMPLOUSLY<<JO", ("Papandropoulousexamplously", "Jonathon"), UNSURE),
        ("BENNELONG<WOOLOOMOOLOO<WARRAND", ("Bennelong Wooloomooloo Warrandyte", "Dingo Potoroo"), UNSURE),
        ("BENNELONG<WOOLOOMOOLOO<WARRAND", ("Smith", "John"), FAIL),
        ("BENN<WOOL<WARR<<DING<POTO<EXAM", ("Bennelong Wooloomooloo Warrandyte", "Dingo Potoroo Example"), UNSURE),
    ],
)
def test_cut_names(field: str, certificate: tuple[str, str], truth: Truth) -> None:
    assert len(field) == 30
    assert card(field).name_truncated
    assert match(card(field), holder(*certificate)).truth is truth


def test_cut_name_of_a_passport() -> None:
    long = document("PAPANDROPOULOUS", "NILAVADHANANANDA CHAYAPA DEJTHAMRONG")
    assert match(long, holder("Papandropoulous", "Nilavadhanananda Chayapa Dejthamrong")).truth is PASS


@pytest.mark.parametrize(
    ("on_document", "on_certificate", "truth"),
    [
        ("740812", "1974-08-12", PASS),
        ("740812", "1974-08", UNSURE),
        ("740812", "1974", UNSURE),
        ("740812", "", UNSURE),
        ("740812", "12.8.1974", UNSURE),
        ("74<<<<", "1974", PASS),
        ("7408<<", "1974-08-00", PASS),
        ("74<<<<", "1974-08-12", UNSURE),
        ("<<<<<<", "1974-08-12", UNSURE),
        ("<<<<<<", "", UNSURE),
        ("740812", "1974-12-08", UNSURE),
        ("740812", "1974-08-13", FAIL),
        ("740812", "1975", FAIL),
        ("74<<<<", "1975-08-12", FAIL),
    ],
)
def test_birth_dates(on_document: str, on_certificate: str, truth: Truth) -> None:
    found = match(document("ERIKSSON", "ANNA", on_document), holder("Eriksson", "Anna", on_certificate))
    assert found.truth is truth
    assert found.fields[2].truth is truth


def test_a_wrong_check_digit_accuses_nobody() -> None:
    good = document("ERIKSSON", "ANNA")
    broken = parse((good.lines[0], good.lines[1][:18] + "7" + good.lines[1][19:]), TODAY)
    assert match(broken, holder("Eriksson", "Anna")).truth is UNSURE


def test_different_name_and_birth_date_is_no_marriage() -> None:
    found = match(document("BERG", "ANNA"), holder("Eriksson", "Anna", "1980-01-01"))
    assert found.truth is FAIL


def test_values_side_by_side() -> None:
    found = match(document("ERIKSSON", "ANNA"), holder("Erikson", "Anne", "1974-08-13"))
    surname, given_names, birth = found.fields
    assert (surname.document, surname.certificate, surname.differs_at) == ("ERIKSSON", "ERIKSON", (5,))
    assert (given_names.differs_at, birth.differs_at) == ((3,), (9,))
    assert "ERIKSSON" not in repr(found)
    same = match(document("ERIKSSON", "ANNA"), holder("Eriksson", "Anna"))
    assert same.score == 1
    assert all(field.differs_at == () for field in same.fields)


def test_distance() -> None:
    assert distance("", "ABC") == 3
    assert distance("KITTEN", "SITTING") == 3
    assert similarity("", "") == 1
    assert similarity("A", "B") == 0


_NAME = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ ", max_size=14)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=12))
def test_never_crashes(surname: str, given_names: str, born: str) -> None:
    held = Holder(surname, given_names, surname, given_names, born, written(born))
    found = match(document("ERIKSSON", "ANNA"), held)
    for field in found.fields:
        assert all(0 <= at < len(field.document) for at in field.differs_at)


@settings(max_examples=100, deadline=None)
@given(_NAME, _NAME)
def test_the_same_name_is_the_same(surname: str, given_names: str) -> None:
    if normalise(surname) and normalise(given_names):
        found = match(document(normalise(surname), normalise(given_names)), holder(surname, given_names))
        assert found.truth is PASS
