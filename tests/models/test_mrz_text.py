from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.mrz_checks import failed_checks
from models.mrz_layout import LAYOUTS, recognise
from models.regions import MrzFormat
from models.specimens.mrz_text import compose, name_field, random_line, random_zone

ANNA = {
    "issuing_state": "UTO",
    "surname": "Eriksson",
    "given_names": "Anna Maria",
    "nationality": "UTO",
    "birth": date(1974, 8, 12),
    "sex": "F",
    "expiry": date(2012, 4, 15),
}


def test_the_specimens_of_the_standard():
    assert compose(MrzFormat.TD3, document_code="P", number="L898902C3", optional="ZE184226B", **ANNA) == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )
    assert compose(MrzFormat.TD2, document_code="I", number="D23145890", **ANNA) == (
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
        "D231458907UTO7408122F1204159<<<<<<<6",
    )
    assert compose(MrzFormat.TD1, document_code="I", number="D23145890", **ANNA) == (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    )


def test_the_french_card():
    lines = compose(
        MrzFormat.FRENCH_ID,
        document_code="ID",
        issuing_state="FRA",
        surname="Berthier",
        given_names="Corinne",
        number="940992310285",
        birth=date(1965, 12, 6),
        sex="F",
    )
    assert lines == ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F4")
    lines = compose(
        MrzFormat.FRENCH_ID,
        document_code="ID",
        issuing_state="FRA",
        surname="Durand de la Tour",
        given_names="Jean-Luc Marie Anne",
        number="1710GVA12345",
        birth=date(1991, 11, 23),
        sex="M",
        optional="GVA002",
    )
    assert lines[0] == "IDFRADURAND<DE<LA<TOUR<<<<<<<<GVA002"
    assert lines[1][13:27] == "JEAN<LUC<<MARI"
    assert failed_checks(LAYOUTS[MrzFormat.FRENCH_ID], lines) == ()


def test_a_long_number_runs_on_in_the_optional_data():
    lines = compose(MrzFormat.TD1, document_code="I", number="D23145890734", **ANNA)
    assert lines[0].startswith("I<UTOD23145890<7349<")
    assert failed_checks(LAYOUTS[MrzFormat.TD1], lines) == ()


def test_empty_optional_data_has_a_filler_or_a_zero():
    for sign in "<0":
        lines = compose(MrzFormat.TD3, document_code="P", number="L898902C3", empty_check=sign, **ANNA)
        assert lines[1][42] == sign
        assert failed_checks(LAYOUTS[MrzFormat.TD3], lines) == ()


def test_names_are_cut_at_the_end_of_the_field():
    assert name_field("Müller-O'Brien", "Jean Luc", 39).startswith("M<LLER<OBRIEN<<JEAN<LUC")
    assert name_field("A" * 50, "Berta", 39) == "A" * 36 + "<<B"
    assert name_field("Papandropoulous", "", 20) == "PAPANDROPOULOUS<<<<<"


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="document_number"):
        compose(MrzFormat.TD3, document_code="P", number="L898902C36X", **ANNA)
    with pytest.raises(ValueError, match="optional_data"):
        compose(MrzFormat.TD3, document_code="P", number="L8989", optional="*", **ANNA)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 2**32), st.sampled_from(list(MrzFormat)))
def test_invented_zones_are_valid(seed, format_):
    zone = random_zone(np.random.default_rng(seed), format_)
    assert recognise(zone) is format_
    assert failed_checks(LAYOUTS[format_], zone) == ()


def test_lines_repeat_with_their_seed():
    assert random_line(np.random.default_rng(5)) == random_line(np.random.default_rng(5))


def test_some_lines_hold_look_alikes_where_digits_belong():
    rng = np.random.default_rng(6)
    dates = [line[13:19] + line[21:27] for line in (random_line(rng) for _ in range(4000)) if len(line) == 44]
    plain = [date for date in dates if sum(c.isdigit() or c == "<" for c in date) >= 9]
    slipped = [date for date in plain if set("OIBSZG") & set(date)]
    assert 0.05 < len(slipped) / len(plain) < 0.2
    assert sum("O" in date for date in slipped) > len(slipped) / 2
