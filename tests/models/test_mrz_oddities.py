"""Habits of states: valid documents are read as they are printed, defective ones are failed as they are printed."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.mrz_checks import CheckState, check_results, failed_checks, long_number
from models.mrz_dates import implausible, possible
from models.mrz_decode import decode
from models.mrz_layout import ALPHABET, LAYOUTS, recognise
from models.mrz_reader import MrzReader
from models.mrz_states import DOC_9303, ISO_3166, KNOWN, STATES
from models.regions import MrzFormat, ReadState
from models.specimens.mrz_text import compose
from models.specimens.national import habits

ISO_CODES = Path("/usr/share/iso-codes/json/iso_3166-1.json")
HABITS = habits()
ANNA = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
CARD = ("7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
DEFECTIVE = {
    "Spain, wrong digits on a specimen": (
        ("IDESPAAA1000014<00000023T<<<<<", "7212018F1101236ESP<<<<<<<<<<<8", "ESPANOLA<ESPANOLA<CARMEN<<<<<<"),
        ("composite_check",),
    ),
    "CMW, the number one place too far right": (
        ("IDCMW<512849702<<<<<<<<<<<<<<<", "6104128M1402209CMW<<<<<<<<<<<1", "PUBLIC<<JON<<<<<<<<<<<<<<<<<<<"),
        ("composite_check",),
    ),
    "Austria, no digit over the expiry": (
        ("IDAUT000009993<<<<<<<<<<<<<<<<", "7109094F111231AUT<<<<<<<<<<<<0", "MUSTERFRAU<<ISOLDE<<<<<<<<<<<<"),
        ("document_number_check", "expiry_date_check", "composite_check"),
    ),
    "invented, the composite one place too far left": (
        ("P<USASMITH<<JOHN<DAVID<<<<<<<<<<<<<<<<<<<<<<", "A123456784USA8503150M3205149<<<<<<<<<<<<<<6<"),
        ("composite_check",),
    ),
    "Canada, another digit over the birth date": (
        ("P<CANAMAN<<RITA<TANIA<<<<<<<<<<<<<<<<<<<<<<<", "ERE82721<9CAN8412072M2405251<<<<<<<<<<<<<<04"),
        ("composite_check",),
    ),
    "a filler for the digit of a short number": (("I<UTOD23145890<<<<<<<<<<<<<<<<", *CARD), ("document_number_check",)),
    "a long number with a wrong digit": (("I<UTOD23145890<7348<<<<<<<<<<<", *CARD), ("document_number_check",)),
    "a filler for the digit of optional data": (
        (ANNA, "L898902C36UTO7408122F1204159ZE184226B<<<<<<1"),
        ("optional_data_check",),
    ),
    "France, another composite": (
        ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F5"),
        ("composite_check",),
    ),
    "France, another given name": (
        ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNA<<<<<<<6512068F4"),
        ("composite_check",),
    ),
}


def certain(zone: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """Log-probabilities of a network that is sure of every character."""
    tables = []
    for line in zone:
        rows = np.full((len(line), len(ALPHABET)), 0.001 / 36)
        rows[np.arange(len(line)), [ALPHABET.index(character) for character in line]] = 0.999
        tables.append(np.log(rows).astype(np.float32))
    return tuple(tables)


@pytest.fixture(scope="module")
def reader() -> MrzReader:
    return MrzReader.load()


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_a_habit_of_a_state_is_no_defect(habit):
    layout = LAYOUTS[recognise(habit.zone)]
    assert failed_checks(layout, habit.zone) == ()
    assert implausible(layout, habit.zone) == ()
    decoded = decode(layout, certain(habit.zone))
    assert (decoded.state, decoded.lines) == (ReadState.CLEAN, habit.zone)


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_a_habit_of_a_state_is_read_from_the_page(reader, flat_page, habit):
    reading = reader.read(flat_page(habit.zone), still=True)
    assert reading.lines == habit.zone
    # Of O and 0 the check digits may decide: that is no clean reading, and an accepted one.
    settled = (ReadState.CLEAN, ReadState.CORRECTED) if "letter O" in habit.name else (ReadState.CLEAN,)
    assert reading.state in settled
    assert reading.format is recognise(habit.zone)


@pytest.mark.parametrize(("zone", "failing"), DEFECTIVE.values(), ids=DEFECTIVE)
def test_a_defect_is_read_as_printed_and_named(reader, flat_page, zone, failing):
    layout = LAYOUTS[recognise(zone)]
    assert set(failing) <= set(failed_checks(layout, zone))
    decoded = decode(layout, certain(zone))
    assert (decoded.state, decoded.lines) == (ReadState.FAILED, zone)
    assert set(failing) <= set(decoded.failed_checks)
    reading = reader.read(flat_page(zone), still=True)
    assert (reading.state, reading.lines) == (ReadState.FAILED, zone)


def test_long_numbers_are_cut_where_their_digit_ends():
    layout = LAYOUTS[MrzFormat.TD1]
    assert long_number(layout, ("I<UTOD23145890<7349<<<<<<<<<<<", *CARD)) == ("D23145890734", "9", "<<<<<<<<<<")
    assert long_number(layout, ("I<UTOD23145890<7349<AB12<<<<<<", *CARD)) == ("D23145890734", "9", "AB12<<<<<<")
    full = long_number(layout, ("I<UTOD23145890<345678901234569", *CARD))
    assert full == ("D2314589034567890123456", "9", "")
    for short in ("I<UTOD23145890<<<<<<<<<<<<<<<<", "I<UTOD23145890<7<<<<<<<<<<<<<<", "I<UTOD231458907734<<<<<<<<<<<<"):
        assert long_number(layout, (short, *CARD)) is None


def test_only_portugal_counts_the_filler_of_a_long_number():
    layout = LAYOUTS[MrzFormat.TD1]
    card = ("I<PRT000024759<ZZ7{}<<<<<<<<<<<", "8010100F2006017PRT<<<<<<<<<<<{}", "CARLOS<MONTEIRO<<AMELIA<VANESS")
    for digit, composite in (("2", "8"), ("0", "2")):
        zone = (card[0].format(digit), card[1].format(composite), card[2])
        assert failed_checks(layout, zone) == ()
    other = (card[0].format("2").replace("PRT", "UTO"), card[1].format("8"), card[2])
    assert failed_checks(layout, other) == ("document_number_check",)
    assert "document_number_check" in failed_checks(layout, (card[0].format("3"), card[1].format("8"), card[2]))


def test_an_empty_optional_field_may_have_either_digit_and_no_other():
    layout = LAYOUTS[MrzFormat.TD3]
    states = {}
    for sign in ALPHABET:
        lower = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<" + sign
        results = {result.name: result.state for result in check_results(layout, (ANNA, lower + "0"))}
        states.setdefault(results["optional_data_check"], []).append(sign)
    assert states[CheckState.OK] == ["0"]
    assert states[CheckState.NOT_GIVEN] == ["<"]
    assert len(states[CheckState.WRONG]) == 35


def test_every_state_code():
    assert len(ISO_3166) == len(set(ISO_3166)) == 249
    assert {part: len(codes) for part, codes in DOC_9303.items()} == {
        "A": 7, "B": 1, "C": 3, "D": 11, "E": 4, "F": 2, "G": 1, "H": 1
    }  # fmt: skip
    more = [code for codes in DOC_9303.values() for code in codes]
    assert len(more) == len(set(more)) == 30
    assert not set(more) & set(ISO_3166)
    assert len(KNOWN) == 249 + 30 + 6
    assert all(len(code) == 3 and set(code) <= set(ALPHABET[10:]) for code in KNOWN)
    assert {"D<<", "SI<", "BDR", "CMW", "XXA", "XXB", "XXC", "XXX", "UNO", "UNA", "UNK", "EUE", "XOM", "XPO"} <= KNOWN
    assert {code.ljust(3, "<") for code in STATES} < KNOWN


def test_the_iso_codes_are_those_of_the_registry():
    if not ISO_CODES.exists():
        pytest.skip("the package iso-codes is not installed")
    entries = json.loads(ISO_CODES.read_text(encoding="utf-8"))["3166-1"]
    assert {entry["alpha_3"] for entry in entries} == set(ISO_3166)


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_a_known_code_stays_as_it_is_printed(code):
    zone = compose(
        MrzFormat.TD3,
        document_code="P",
        issuing_state=code.strip("<"),
        surname="Eriksson",
        given_names="Anna",
        number="L898902C3",
        nationality=code.strip("<"),
        birth="740812",
        sex="F",
        expiry="320415",
    )
    decoded = decode(LAYOUTS[MrzFormat.TD3], certain(zone))
    assert (decoded.state, decoded.lines, decoded.unconfirmed) == (ReadState.CLEAN, zone, ())


@pytest.mark.parametrize(
    "text",
    [
        "740812",
        "000229",
        "040229",
        "991231",
        "7408<<",
        "74<<<<",
        "<<<<<<",
        "740000",
        "7400<<",
        "740800",
        "<<0812",
        "<<<<31",
        "740<31",
        "7402<9",
        "7<0812",
    ],
)
def test_dates_that_can_be(text):
    assert possible(text)


@pytest.mark.parametrize(
    "text",
    [
        "741312",
        "740832",
        "740231",
        "010229",
        "740431",
        "<<0230",
        "7413<<",
        "74<<32",
        "7A0812",
        "74O812",
        "7408A2",
        "74004<",
        "74",
        "7408123",
    ],
)
def test_dates_that_cannot_be(text):
    assert not possible(text)


def test_impossible_dates_are_named_and_never_refused():
    layout = LAYOUTS[MrzFormat.TD3]
    zone = compose(
        MrzFormat.TD3,
        document_code="P",
        issuing_state="UTO",
        surname="Eriksson",
        given_names="Anna",
        number="L898902C3",
        nationality="UTO",
        birth="740231",
        sex="F",
        expiry="321301",
    )
    assert implausible(layout, zone) == ("birth_date", "expiry_date")
    assert decode(layout, certain(zone)).state is ReadState.CLEAN
    french = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6513068F4")
    assert implausible(LAYOUTS[MrzFormat.FRENCH_ID], french) == ("birth_date",)
