"""The specimens of ICAO Doc 9303, odd documents of the world, and every mutated digit."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.mrz_checks import CHECK_NAMES, CheckState, check_digit
from models.mrz_layout import ALPHABET, LAYOUTS, TD1, TD3
from models.regions import MrzFormat
from station.documents.errors import MrzUnreadable
from station.documents.mrz import DocumentKind, parse, split_name

TODAY = date(2026, 11, 20)
MANIFEST = Path(__file__).parents[4] / "shared/data/mrz/MANIFEST.csv"

P_TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
P_TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
P_TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
P_MRVA = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
P_MRVB = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
ALL = {"td3": P_TD3, "td1": P_TD1, "td2": P_TD2, "mrv-a": P_MRVA, "mrv-b": P_MRVB, "long": LONG}


@pytest.mark.parametrize("name", ["td3", "td1", "td2", "mrv-a", "mrv-b"])
def test_specimens_of_the_standard(name: str) -> None:
    document = parse(ALL[name], TODAY)
    assert document.checks_hold
    assert (document.surname, document.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert document.issuing_state == "UTO"
    assert document.sex == "F"
    assert not document.name_truncated
    assert tuple(check.name for check in document.checks) == CHECK_NAMES
    assert document.fields()["surname"] == "ERIKSSON"


def test_passport() -> None:
    document = parse(P_TD3, TODAY)
    assert document.format is MrzFormat.TD3
    assert document.kind is DocumentKind.PASSPORT
    assert document.document_code == "P"
    assert document.document_number == "L898902C3"
    assert document.nationality == "UTO"
    assert document.birth_date.date == date(1974, 8, 12)
    assert document.expiry_date.date == date(2012, 4, 15)
    assert document.optional_data == "ZE184226B"
    assert {check.state for check in document.checks} == {CheckState.OK}


def test_visa_has_no_composite() -> None:
    for lines in (P_MRVA, P_MRVB):
        document = parse(lines, TODAY)
        assert document.kind is DocumentKind.VISA
        assert document.check("composite_check") is CheckState.ABSENT
        assert document.check("optional_data_check") is CheckState.ABSENT
        assert document.birth_date.date == date(1940, 9, 7)
        assert document.expiry_date.date == date(1996, 12, 10)


def test_long_number_of_a_card() -> None:
    document = parse(LONG, TODAY)
    assert document.document_number == "D23145890734"
    assert document.check("document_number_check") is CheckState.OK
    assert document.optional_data == ""
    assert document.kind is DocumentKind.CARD
    wrong = parse((LONG[0].replace("7349", "7348"), *LONG[1:]), TODAY)
    assert wrong.check("document_number_check") is CheckState.WRONG
    assert wrong.document_number == "D23145890734"


def test_long_number_of_belgium() -> None:
    line = "IDBEL590000000<" + "12" + check_digit("59000000012") + "<" * 12
    document = parse((line, P_TD1[1], P_TD1[2]), TODAY)
    assert document.document_number == "59000000012"
    assert document.check("document_number_check") is CheckState.OK


def test_filler_for_a_check_digit_that_is_needed_is_wrong() -> None:
    short = parse(("I<UTOD23145890<<<<<<<<<<<<<<<<", P_TD1[1], P_TD1[2]), TODAY)
    assert short.check("document_number_check") is CheckState.WRONG
    filled = parse((P_TD3[0], P_TD3[1][:42] + "<" + P_TD3[1][43]), TODAY)
    assert filled.check("optional_data_check") is CheckState.WRONG


@pytest.mark.parametrize(
    ("digit", "state"), [("<", CheckState.NOT_GIVEN), ("0", CheckState.OK), ("1", CheckState.WRONG)]
)
def test_check_digit_of_empty_optional_data(digit: str, state: CheckState) -> None:
    body = P_TD3[1][:28] + "<" * 14 + digit
    composite = check_digit(body[0:10] + body[13:20] + body[21:43])
    document = parse((P_TD3[0], body + composite), TODAY)
    assert document.check("optional_data_check") is state
    assert document.check("composite_check") is CheckState.OK
    assert document.checks_hold is (state is not CheckState.WRONG)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_mutated_digit_is_noticed(name: str) -> None:
    lines = ALL[name]
    layout = LAYOUTS[parse(lines, TODAY).format]
    for check in layout.checks:
        for line, start, end in (*check.covers, (*check.at, check.at[1] + 1)):
            for at in range(start, end):
                character = lines[line][at]
                other = "5" if character != "5" else "6"
                if character.isdigit() or character == "<":
                    changed = [*lines]
                    changed[line] = lines[line][:at] + other + lines[line][at + 1 :]
                    document = parse(changed, TODAY)
                    assert not document.checks_hold, (check.name, line, at)


def test_states_with_fewer_letters_and_odd_holders() -> None:
    line2 = "C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4"
    document = parse(("P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<", line2), TODAY)
    assert (document.issuing_state, document.nationality) == ("D", "D")
    assert document.check("optional_data_check") is CheckState.NOT_GIVEN
    assert document.checks_hold
    stateless = parse((P_TD3[0], P_TD3[1][:10] + "XXA" + P_TD3[1][13:20] + "<" + P_TD3[1][21:]), TODAY)
    assert stateless.nationality == "XXA"
    assert stateless.sex == ""


def test_french_card_of_before_2021() -> None:
    lines = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F4")
    document = parse(lines, TODAY)
    assert document.checks_hold
    assert (document.surname, document.given_names) == ("BERTHIER", "CORINNE")
    assert (document.document_number, document.nationality) == ("940992310285", "FRA")
    assert document.birth_date.date == date(1965, 12, 6)
    assert document.expiry_date.text == ""
    assert document.check("expiry_date_check") is CheckState.ABSENT
    assert not parse((lines[0], lines[1].replace("CORINNE", "CORINNA")), TODAY).checks_hold


def test_unknown_birth_date_parts() -> None:
    def born(text: str) -> tuple[str, date | None, CheckState]:
        body = P_TD3[1][:13] + text + check_digit(text) + P_TD3[1][20:]
        document = parse((P_TD3[0], body), TODAY)
        return document.birth_date.text, document.birth_date.date, document.check("birth_date_check")

    assert born("7408<<") == ("1974-08-XX", None, CheckState.OK)
    assert born("74<<<<") == ("1974-XX-XX", None, CheckState.OK)
    assert born("<<<<<<") == ("", None, CheckState.OK)
    assert born("740000") == ("1974-XX-XX", None, CheckState.OK)
    assert born("<<0812") == ("XXXX-08-12", None, CheckState.OK)
    assert born("740231") == ("1974-02-31", None, CheckState.OK)


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("261120", date(2026, 11, 20), 2026),
        ("261121", date(2026, 11, 20), 1926),
        ("261121", date(2026, 11, 21), 2026),
        ("27<<<<", date(2026, 11, 20), 1927),
        ("26<<<<", date(2026, 11, 20), 2026),
        ("2612<<", date(2026, 11, 20), 1926),
        ("000229", date(2026, 11, 20), 2000),
        ("990101", date(2099, 1, 1), 2099),
        ("050101", date(2104, 1, 1), 2005),
    ],
)
def test_century_of_birth(text: str, today: date, expected: int) -> None:
    lines = (P_TD3[0], P_TD3[1][:13] + text + check_digit(text) + P_TD3[1][20:])
    assert parse(lines, today).birth_date.year == expected


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("310101", 2026, 2031),
        ("991231", 2026, 1999),
        ("750101", 2026, 2075),
        ("770101", 2026, 1977),
        ("000101", 2098, 2100),
    ],
)
def test_century_of_expiry(text: str, today: int, expected: int) -> None:
    lines = (P_TD3[0], P_TD3[1][:21] + text + check_digit(text) + P_TD3[1][28:])
    assert parse(lines, date(today, 11, 20)).expiry_date.year == expected


@pytest.mark.parametrize(
    ("field", "surname", "given", "truncated"),
    [
        ("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "ERIKSSON", "ANNA MARIA", False),
        ("ARKFREITH<<<<<<<<<<<<<<<<<<<<<", "ARKFREITH", "", False),
        ("PAPANDROPOULOUS<<JONATHON<ALEC", "PAPANDROPOULOUS", "JONATHON ALEC", True),
        ("VAN<DER<MUELLEN<<JODIE<PIPPA<<", "VAN DER MUELLEN", "JODIE PIPPA", False),
        ("VAN<DER<MUELLEN<<JODIE<PIPPAA<", "VAN DER MUELLEN", "JODIE PIPPAA", False),
        ("AL<BASRI<<HUDA<MUHAMMAD<JAWAD<", "AL BASRI", "HUDA MUHAMMAD JAWAD", False),
        ("VILARCHAO<FERNANDEZ<<JOSE<RAMO", "VILARCHAO FERNANDEZ", "JOSE RAMO", True),
        ("BENNELONG<WOOLOOM<WA<WARN<<D<P", "BENNELONG WOOLOOM WA WARN", "D P", True),
        ("SATRIYA<SUDARPA<<<<<<<<<<<<<<<", "SATRIYA SUDARPA", "", False),
        ("NILAVADHANANANDA<<CHAYAPA<DEJT", "NILAVADHANANANDA", "CHAYAPA DEJT", True),
        ("BENNELONG<WOOLOOMOOLOO<WARRAND", "BENNELONG WOOLOOMOOLOO WARRAND", "", True),
        ("<" * 30, "", "", False),
    ],
)
def test_names(field: str, surname: str, given: str, truncated: bool) -> None:
    assert split_name(field) == (surname, given, truncated)


def test_no_format() -> None:
    bad = (
        (),
        ("",),
        (P_TD3[0],),
        (P_TD3[0][:-1], P_TD3[1]),
        (*P_TD3, P_TD3[0]),
        (P_TD1[0], P_TD1[1]),
        (P_TD2[0], P_TD3[1]),
    )
    for lines in bad:
        with pytest.raises(MrzUnreadable, match="fit no format"):
            parse(lines, TODAY)
    with pytest.raises(MrzUnreadable, match="other than A-Z"):
        parse((P_TD3[0].replace("UTO", "U*O"), P_TD3[1]), TODAY)


def test_repr_and_errors_hide_the_holder() -> None:
    document = parse(P_TD3, TODAY)
    for secret in ("ERIKSSON", "L898902C", "1974", "740812"):
        assert secret not in repr(document)
        assert secret not in repr([document])
    with pytest.raises(MrzUnreadable) as caught:
        parse((P_TD3[0], P_TD3[1] + "1"), TODAY)
    assert "ERIKSSON" not in str(caught.value)


def test_white_space_and_case() -> None:
    assert parse([line.lower() + "\r\n" for line in P_TD1], TODAY) == parse(P_TD1, TODAY)


_LINES = st.sampled_from(list(LAYOUTS.values())).flatmap(
    lambda layout: st.lists(
        st.text(ALPHABET, min_size=layout.length, max_size=layout.length), min_size=layout.lines, max_size=layout.lines
    )
)


@settings(max_examples=200, deadline=None)
@given(_LINES, st.dates(date(1970, 1, 1), date(2150, 1, 1)))
def test_never_crashes(lines: list[str], today: date) -> None:
    document = parse(lines, today)
    assert len(document.checks) == 5
    born = document.birth_date.date
    assert born is None or born <= today
    assert document.sex in ("M", "F", "X", "") or document.sex in ALPHABET


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=50), max_size=4))
def test_never_crashes_on_anything(lines: list[str]) -> None:
    try:
        parse(lines, TODAY)
    except MrzUnreadable:
        return


@settings(max_examples=50, deadline=None)
@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=10, max_size=22))
def test_long_numbers_round_trip(number: str) -> None:
    line = ("I<UTO" + number[:9] + "<" + number[9:] + check_digit(number)).ljust(TD1.length, "<")
    document = parse((line, *P_TD1[1:]), TODAY)
    assert document.document_number == number
    assert document.check("document_number_check") is CheckState.OK


def test_specimens_with_known_truth() -> None:
    if not MANIFEST.exists():
        pytest.skip("the specimens are not in ../shared/data")
    with MANIFEST.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["mrz"]]
    held = 0
    for row in rows:
        document = parse(row["mrz"].split("|"), TODAY)
        held += document.checks_hold
        assert document.surname, row["file"]
    assert len(rows) == 50
    assert held == 43, "as many as the data's README counts"
    assert TD3.length == 44
