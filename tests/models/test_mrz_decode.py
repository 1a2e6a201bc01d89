import numpy as np
import pytest

from models.mrz_checks import check_digit, failed_checks
from models.mrz_decode import ALPHABET_PENALTY, REPAIR_GATE, decode, penalties
from models.mrz_layout import ALPHABET, FRENCH_ID, LAYOUTS, MRV_A, TD1, TD2, TD3
from models.mrz_spell import BLANK, collapse, spell
from models.regions import MrzFormat, ReadState
from models.specimens.mrz_text import compose

ICAO_TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
ICAO_TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
ICAO_TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
ICAO_MRV_A = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
IMPOSSIBLE = "745312"
"""No month, and both check digits over the birth date still hold."""
LONG_TD1 = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<<<<<<<<<<<<<<")


def table(text: str, share: float = 0.97) -> np.ndarray:
    """Log-probabilities that say `text`, each character with `share`."""
    rows = np.full((len(text), len(ALPHABET)), (1 - share) / (len(ALPHABET) - 1))
    rows[np.arange(len(text)), [ALPHABET.index(c) for c in text]] = share
    return np.log(rows).astype(np.float32)


def confuse(rows: np.ndarray, at: int, seen: str, rival: str, nats: float) -> None:
    """Makes position `at` say `seen`, with `rival` so many nats behind."""
    row = np.full(len(ALPHABET), 1e-4)
    row[ALPHABET.index(seen)] = 1.0
    row[ALPHABET.index(rival)] = np.exp(-nats)
    rows[at] = np.log(row / row.sum())


def columns(text: str, each: int = 2, share: float = 0.98) -> np.ndarray:
    """What the network would answer for `text`: `each` columns a character, a blank between."""
    codes = [code for c in text for code in [*[ALPHABET.index(c)] * each, BLANK]]
    rows = np.full((len(codes), BLANK + 1), (1 - share) / BLANK)
    rows[np.arange(len(codes)), codes] = share
    return np.log(rows).astype(np.float32)


@pytest.mark.parametrize(
    ("layout", "lines"), [(TD3, ICAO_TD3), (TD1, ICAO_TD1), (TD2, ICAO_TD2), (MRV_A, ICAO_MRV_A), (TD1, LONG_TD1)]
)
def test_specimens_of_the_standard_are_clean(layout, lines):
    decoded = decode(layout, tuple(table(line) for line in lines))
    assert decoded.lines == lines
    assert decoded.state is ReadState.CLEAN
    assert decoded.failed_checks == ()


def test_collapse_merges_repeats_and_drops_blanks():
    text, runs = collapse(columns("AA<<7"))
    assert text == "AA<<7"
    assert runs == [(0, 2), (3, 5), (6, 8), (9, 11), (12, 14)]


def test_spell_keeps_an_exact_line():
    line = ICAO_TD3[1]
    rows = spell(columns(line)[None], 44, penalties(TD3)[1:])[0]
    assert rows.shape == (44, 37)
    assert "".join(ALPHABET[code] for code in rows.argmax(axis=1)) == line
    assert np.allclose(np.exp(rows).sum(axis=1), 1, atol=1e-3)


def test_spell_drops_the_character_too_many():
    line = ICAO_TD3[1]
    answer = columns(line)
    weak = np.full((1, BLANK + 1), 0.3 / BLANK)
    weak[0, ALPHABET.index("8")], weak[0, BLANK] = 0.45, 0.4
    answer = np.concatenate([answer[:30], np.log(weak / weak.sum()).astype(np.float32), answer[29:30], answer[30:]])
    assert len(collapse(answer)[0]) == 45
    rows = spell(answer[None], 44, penalties(TD3)[1:])[0]
    assert "".join(ALPHABET[code] for code in rows.argmax(axis=1)) == line


def test_spell_finds_a_character_that_greedy_reading_lost():
    line = ICAO_TD2[1]
    answer = columns(line)
    lost = line.index("7") * 3
    answer[lost : lost + 2, BLANK] = np.log(0.6)
    answer[lost : lost + 2, ALPHABET.index("7")] = np.log(0.38)
    assert len(collapse(answer)[0]) == 35
    rows = spell(answer[None], 36, penalties(TD2)[1:])[0]
    assert "".join(ALPHABET[code] for code in rows.argmax(axis=1)) == line


def test_cutting_agrees_with_greedy_reading_on_any_path():
    rng = np.random.default_rng(4)
    for length in (30, 36, 44):
        text = "".join(rng.choice(list(ALPHABET), size=length))
        answer = np.logaddexp(columns(text), np.log(0.2 * rng.random((3 * length, BLANK + 1)) + 1e-6))
        answer -= np.logaddexp.reduce(answer, axis=1, keepdims=True)
        doubled = np.concatenate([answer[:4], answer[3:4], answer[4:]]).astype(np.float32)
        (rows,) = spell(doubled[None], length, (np.zeros((length, 37), np.float32),))
        assert "".join(ALPHABET[code] for code in rows.argmax(axis=1)) == text


def test_field_alphabets_settle_what_looks_alike():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 12, "0", "O", 2.0)  # nationality UT0
    decoded = decode(TD3, (upper, lower))
    assert (decoded.state, decoded.lines) == (ReadState.CLEAN, ICAO_TD3)
    confuse(lower, 13, "T", "7", 0.8)  # birth date T40812
    decoded = decode(TD3, (upper, lower))
    assert (decoded.state, decoded.lines) == (ReadState.CORRECTED, ICAO_TD3), "not only what was seen decided"


def test_between_o_and_zero_the_digits_may_decide_more():
    """What OCR-B hardly shows: one flip of the two never keeps a check digit."""
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 15, "O", "0", 2.5)  # birth date 74O812
    decoded = decode(TD3, (upper, lower))
    assert (decoded.state, decoded.lines) == (ReadState.CORRECTED, ICAO_TD3)
    confuse(lower, 15, "O", "0", 3.5)
    assert decode(TD3, (upper, lower)).state is ReadState.FAILED
    printed = "OO1234567" + check_digit("OO1234567") + ICAO_TD3[1][10:43]
    printed += check_digit(printed[0:10] + printed[13:20] + printed[21:43])
    rows = table(printed)
    confuse(rows, 1, "0", "O", 1.0)
    assert decode(TD3, (upper, rows)).lines[1] == printed


def test_a_letter_printed_in_a_date_is_not_argued_away():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 13, "T", "7", 3.0)
    assert decode(TD3, (upper, lower)).state is ReadState.FAILED


def test_a_line_of_another_length_leaves_its_name_unconfirmed():
    tables = tuple(table(line, 0.999) for line in ICAO_TD3)
    assert decode(TD3, tables, frozenset({1})).unconfirmed == ("nationality", "sex")
    assert decode(TD3, tables, frozenset({0})).unconfirmed == (
        "document_code",
        "issuing_state",
        "surname",
        "given_names",
    )


def test_alphabets_are_a_penalty_and_no_ban():
    national = ("IDROUSAVA<<SUPERMAN<<<<<<<<<<<<<<<<<", "HD198025<51328505095M130509012049941")
    decoded = decode(TD2, tuple(table(line, 0.9999) for line in national))
    assert np.log(0.9999 / 2.8e-6) > ALPHABET_PENALTY
    assert decoded.lines == national


def test_a_near_rival_is_taken_when_the_digits_fail():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 1, "B", "8", 0.6)
    decoded = decode(TD3, (upper, lower))
    assert decoded.lines == ICAO_TD3
    assert decoded.state is ReadState.CORRECTED


def test_nothing_is_repaired_beyond_the_gate():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 1, "B", "8", REPAIR_GATE + 0.3)
    decoded = decode(TD3, (upper, lower))
    assert decoded.lines[1][1] == "B"
    assert decoded.state is ReadState.FAILED
    assert "document_number_check" in decoded.failed_checks


def test_of_two_repairs_none_is_taken():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    row = np.full(len(ALPHABET), 1e-4)
    for character, share in (("J", 1.0), ("L", 0.6), ("B", 0.5)):  # L and B both make the digits hold
        row[ALPHABET.index(character)] = share
    lower[0] = np.log(row / row.sum())
    assert decode(TD3, (upper, lower)).state is ReadState.FAILED
    row[ALPHABET.index("B")] = 0.1
    lower[0] = np.log(row / row.sum())
    assert decode(TD3, (upper, lower)).lines == ICAO_TD3


def test_names_are_never_repaired():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(upper, 5, "F", "E", 0.1)
    decoded = decode(TD3, (upper, lower))
    assert decoded.lines[0].startswith("P<UTOFRIKSSON")
    assert decoded.confidences[0][5] < 0.6


def test_a_doubtful_character_in_a_checked_field_is_not_accepted():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    lower[3] = np.log(np.full(37, 1 / 37) + 0.1 * (np.arange(37) == ALPHABET.index(ICAO_TD3[1][3])))
    decoded = decode(TD3, (upper, lower))
    assert decoded.lines == ICAO_TD3
    assert decoded.state is ReadState.FAILED


def test_visas_need_more_certainty():
    doubt = tuple(table(line, 0.6) for line in ICAO_MRV_A)
    assert decode(MRV_A, doubt).state is ReadState.FAILED


def test_unknown_states_become_the_nearest_known_one():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 11, "I", "T", 1.5)
    assert decode(TD3, (upper, lower)).lines == ICAO_TD3
    confuse(lower, 11, "I", "T", 4.5)
    assert decode(TD3, (upper, lower)).lines[1][10:13] == "UIO"


def test_failed_checks_are_named():
    broken = (ICAO_TD3[0], ICAO_TD3[1].replace("7408122", "7408123"))
    assert failed_checks(TD3, broken) == ("birth_date_check", "composite_check")
    empty = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<8"
    assert "optional_data_check" not in failed_checks(TD3, (ICAO_TD3[0], empty))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.format.value)
def test_noise_is_never_accepted(layout):
    rng = np.random.default_rng(7)
    for _ in range(20):
        noise = tuple(
            np.log(rng.dirichlet(np.full(37, 0.3), layout.length) + 1e-9).astype(np.float32)
            for _ in range(layout.lines)
        )
        assert decode(layout, noise).state is ReadState.FAILED


def test_a_repair_to_a_date_that_no_calendar_has_is_none():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    printed = ICAO_TD3[1][:13] + IMPOSSIBLE + ICAO_TD3[1][19:]
    assert failed_checks(TD3, (ICAO_TD3[0], printed)) == ()
    for at, seen in enumerate(printed):
        lower[at] = table(seen)[0]
    confuse(lower, 16, "5", IMPOSSIBLE[3], 0.3)
    assert decode(TD3, (upper, lower)).state is ReadState.FAILED


def test_a_printed_impossible_date_is_read_when_it_is_certain():
    printed = ICAO_TD3[1][:13] + IMPOSSIBLE + ICAO_TD3[1][19:]
    decoded = decode(TD3, (table(ICAO_TD3[0]), table(printed, 0.99)))
    assert (decoded.state, decoded.lines[1]) == (ReadState.CLEAN, printed)
    assert decode(TD3, (table(ICAO_TD3[0]), table(printed, 0.8))).state is ReadState.FAILED


def test_a_name_that_is_not_certain_is_named_unconfirmed():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    assert decode(TD3, (upper, lower)).unconfirmed == ()
    confuse(upper, ICAO_TD3[0].index("ANNA") + 1, "N", "H", 0.6)
    decoded = decode(TD3, (upper, lower))
    assert (decoded.state, decoded.unconfirmed) == (ReadState.CLEAN, ("given_names",))


def test_an_unknown_state_near_a_known_one_becomes_it_and_that_is_a_correction():
    upper, lower = table(ICAO_TD3[0]), table(ICAO_TD3[1])
    confuse(lower, 12, "D", "O", 0.4)  # nationality UTD
    decoded = decode(TD3, (upper, lower))
    assert (decoded.state, decoded.lines) == (ReadState.CORRECTED, ICAO_TD3)
    confuse(lower, 12, "D", "O", 6.0)
    decoded = decode(TD3, (upper, lower))
    assert decoded.lines[1][10:13] == "UTD"
    assert "nationality" in decoded.unconfirmed


FRENCH = compose(
    MrzFormat.FRENCH_ID,
    document_code="ID",
    issuing_state="FRA",
    surname="Berthier",
    given_names="Corinne",
    number="880692310285",
    birth="651206",
    sex="F",
)


def test_the_french_cards_composite_digit_confirms_no_name():
    """K for a filler has its value: one digit over both lines does not see it."""
    upper, lower = table(FRENCH[0], 0.999), table(FRENCH[1], 0.999)
    assert decode(FRENCH_ID, (upper, lower)).unconfirmed == ()
    confuse(upper, FRENCH[0].index("<"), "K", "<", 1.5)
    decoded = decode(FRENCH_ID, (upper, lower))
    assert (decoded.state, decoded.unconfirmed) == (ReadState.FAILED, ("surname",))


def test_what_a_digit_cannot_see_must_be_certain():
    """G and 6 have one value: a number that may be either is not believed, however well its digit holds."""
    zone = compose(
        MrzFormat.TD3,
        document_code="P",
        issuing_state="UTO",
        surname="Doe",
        given_names="Jo",
        number="AB6123456",
        birth="651206",
        sex="F",
        expiry="300101",
    )
    for doubt, state in ((5.0, ReadState.CLEAN), (2.5, ReadState.FAILED)):
        upper, lower = table(zone[0], 0.999), table(zone[1], 0.999)
        confuse(lower, 2, "6", "G", doubt)
        assert (decode(TD3, (upper, lower)).state, zone[1][2]) == (state, "6")


def test_a_state_that_the_list_decided_is_unconfirmed():
    upper, lower = table(ICAO_TD3[0], 0.999), table(ICAO_TD3[1], 0.999)
    confuse(lower, 12, "Z", "O", 2.5)  # nationality UTZ
    assert decode(TD3, (upper, lower)).unconfirmed == ("nationality",)
