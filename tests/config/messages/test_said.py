import copy
import pickle
from datetime import date

from config.messages.said import Said, SaidDay, say, translated


def test_a_sentence_is_its_english_text_and_keeps_what_it_was_made_of() -> None:
    said = say("{device} is out of paper; put in a new roll.", device="printer")
    assert said == "printer is out of paper; put in a new roll."
    assert said.values == {"device": "printer"}


def test_it_survives_an_exception() -> None:
    said = say("{device} is being opened again.", device="thermal")
    assert isinstance(str(ValueError(said)), Said)


def test_a_sentence_inside_a_sentence_is_translated_too() -> None:
    said = say("{device}", device=say("{device}", device="thermal"))
    assert translated(said, "th") == "เครื่องวัดอุณหภูมิ"
    assert translated(said, "en") == "thermal"


def test_what_nobody_translated_stays_english() -> None:
    assert translated("plain", "th") == "plain"
    assert translated(say("no such {thing}", thing="thermal"), "th") == "no such เครื่องวัดอุณหภูมิ"


def test_braces_in_a_value_stay() -> None:
    assert say("{path} is gone.", path="{device}", device="x") == "{device} is gone."


def test_it_can_be_copied() -> None:
    said = say("{a}", a="1")
    copied = pickle.loads(pickle.dumps(said))
    assert copied == "1"
    assert copied.pattern == "{a}"


def test_a_day_is_shown_in_the_readers_calendar() -> None:
    said = say("The scanner's calibration was due on {day}; calibrate it (station calibration record).",
               day=SaidDay(date(2026, 11, 20)))  # fmt: skip
    assert "20 Nov 2026" in said
    assert "20 พ.ย. 2569" in translated(said, "th")
    assert translated(copy.deepcopy(said), "th") == translated(said, "th")
