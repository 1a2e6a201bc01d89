import json
import re
from dataclasses import replace

import pytest
from gallery import BELIEVED, MATCH, NOW, OFFICER, settings
from kiosk_in_memory import LaneInMemory

from config.messages.catalogue import Catalogue
from config.theme.assets import text
from drivers.readings import TemperatureState, WhyNot
from models.regions import Guidance
from station.evidence import Truth
from station.kiosk.context import context_of
from station.kiosk.outline import outline_of, page_around, spot_of
from station.kiosk.views import officer_view, traveller_view
from station.lane.snapshot import Sight

KEY = re.compile(r"^[a-z_]+\.[a-z_.0-9]+$")
SCREENS = {
    "idle": "idle", "not_ready": "not_ready", "document": "document", "document_unreadable": "document",
    "certificate": "certificate", "other_code": "certificate", "temperature": "temperature", "rest": "rest",
    "confirm": "confirm", "refer": "refer", "fever": "refer", "torn": "refer", "attested": "confirm",
    "camera_gone": "document", "journal_full": "refer", "admit": "admit", "referred": "refer", "again": "again",
    "unconfirmed": "refer", "on_screen": "refer", "settled": "confirm", "whole_page": "document",
    "one_document": "document", "thai_card": "refer", "several": "confirm", "letter": "confirm",
    "next_code": "certificate", "many_rules": "refer", "stale": "idle", "no_order": "confirm",
    "equipped": "document", "camera_gone_readers": "document", "reader_gone": "document", "reading_gone": "document",
    "idle_reader": "idle", "gate_opened": "admit", "gate_failed": "admit", "slip_failed": "admit",
}  # fmt: skip


def context(uplink, **changes):
    made = context_of(
        settings(), now=NOW, uplink=uplink, unsealed=True, limit_celsius=37.5, officer=OFFICER, believed=BELIEVED
    )
    return replace(made, **changes)


def texts(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(("name", "screen"), SCREENS.items())
def test_the_traveller_sees_the_right_screen_and_nothing_private(lane: LaneInMemory, name, screen, language):
    exhibit = lane.exhibits[name]
    view = traveller_view(exhibit.snapshot, context(exhibit.uplink), Catalogue.load(language))
    assert view["screen"] == screen
    shown = json.dumps(view, ensure_ascii=False)
    for private in ("LINDQVARN", "LINDKVARN", "UT4821907", "1991", "M-NAU", "C-SIG", "HALVAR", "Elin", "1101400234562",
                    "RATTANA", "รัตน"):  # fmt: skip
        assert private not in shown, private
    assert not [text for text in texts(view) if KEY.match(text)], "a key without a sentence"


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_officer_sees_every_sentence_in_words(lane: LaneInMemory, name, language):
    exhibit = lane.exhibits[name]
    view = officer_view(exhibit.snapshot, context(exhibit.uplink), Catalogue.load(language))
    assert not [text for text in texts(view) if KEY.match(text)], "a key without a sentence"
    json.dumps(view)


def test_rules_stand_worst_first(lane: LaneInMemory):
    view = officer_view(lane.exhibits["torn"].snapshot, context(lane.uplink()), Catalogue.load("en"))
    assert [row["state"] for row in view["rules"]] == ["fail", "fail", "unsure", "unsure", "ok", "ok"]
    assert view["rules"][0]["code"] == "M-CHK"
    assert view["rules"][0]["text"] == "Check digit does not hold: birth date"


def test_the_officer_sees_check_digits_corrections_and_differing_letters(lane: LaneInMemory):
    view = officer_view(lane.exhibits["torn"].snapshot, context(lane.uplink()), Catalogue.load("en"))
    fields = {field["name"]: field for field in view["document"]["fields"]}
    assert fields["birth_date"]["mark"] == "fail"
    assert fields["surname"]["original"] == "read: LINDOVARN"
    assert [piece["text"] for piece in view["document"]["lines"][1] if piece["wrong"]] == ["910471"]
    surname = view["holder"]["rows"][0]
    assert [run["text"] for run in surname["document"] if run["marked"]] == ["Q"]
    assert [run["text"] for run in surname["certificate"] if run["marked"]] == ["K"]
    assert view["holder"]["asking"]


def test_a_certificate_that_nobody_has_bound_is_never_called_different(lane: LaneInMemory):
    shown = lane.exhibits["refer"].snapshot
    fields = (replace(MATCH.fields[0], truth=Truth.FAIL),)
    other = replace(MATCH, truth=Truth.FAIL, fields=fields)
    judged = replace(shown.judgement, holder=other)
    tones = {}
    for bound in (False, True):
        evidence = replace(shown.evidence, certificates=(replace(shown.evidence.certificate, bound=bound),))
        snapshot = replace(shown, evidence=evidence, judgement=judged)
        card = officer_view(snapshot, context(lane.uplink()), Catalogue.load("en"))["holder"]
        tones[bound] = (card["chip"], card["rows"][0]["mark"])
    assert tones == {False: ("Cannot tell", "unsure"), True: ("Differs", "fail")}


def test_admit_against_the_rules_needs_a_reason_and_with_them_none(lane: LaneInMemory):
    english = Catalogue.load("en")
    refer = officer_view(lane.exhibits["refer"].snapshot, context(lane.uplink()), english)["verdicts"]
    admit = officer_view(lane.exhibits["confirm"].snapshot, context(lane.uplink()), english)["verdicts"]
    idle = officer_view(lane.exhibits["idle"].snapshot, context(lane.uplink()), english)["verdicts"]
    assert (refer["main"], refer["admit_reason"], refer["refer_hint"]) == ("refer", True, "M-EXP · M-NAU")
    assert (admit["main"], admit["admit_reason"]) == ("admit", False)
    assert (idle["main"], idle["open"]) == ("", False)


def test_saved_says_whether_the_centre_has_it(lane: LaneInMemory):
    exhibit, english = lane.exhibits["admit"], Catalogue.load("en")
    waiting = officer_view(exhibit.snapshot, context(exhibit.uplink), english)["saved"]
    held = replace(exhibit.uplink, receipted_through=4812)
    receipted = officer_view(exhibit.snapshot, context(held), english)["saved"]
    assert (waiting["number"], waiting["sync"]) == ("TC-2-004812", "Waiting to be sent")
    assert receipted["sync"] == "Receipted by the EOC"


def test_one_alert_the_gravest_first(lane: LaneInMemory):
    english = Catalogue.load("en")
    gone = lane.exhibits["camera_gone"]
    assert officer_view(gone.snapshot, context(gone.uplink), english)["alert"]["action"] == "attest_document"
    called = officer_view(gone.snapshot, context(gone.uplink, called_at=NOW), english)["alert"]
    assert called["action"] == "answer_call"
    full = lane.exhibits["journal_full"]
    grave = officer_view(full.snapshot, context(full.uplink, called_at=NOW), english)["alert"]
    assert grave["title"] == "The disk is full: nothing can be saved"


def test_nothing_is_green_when_something_could_not_be_told(lane: LaneInMemory):
    view = officer_view(lane.exhibits["journal_full"].snapshot, context(lane.uplink()), Catalogue.load("en"))
    assert view["proposal"]["tone"] == "refer"
    assert any(row["state"] == Truth.CANNOT_TELL.value or row["state"] == "unsure" for row in view["rules"])


def test_an_upright_zone_gets_its_page_around_it():
    zone = ((100.0, 500.0), (1100.0, 500.0), (1100.0, 585.0), (100.0, 585.0))
    (left, top), (right, _), (_, bottom), _ = page_around(zone)
    assert left < 100
    assert right > 1100
    assert bottom > 585
    assert 1.3 < (right - left) / (bottom - top) < 1.5, "a page of 125 x 88 mm"


def test_outlines_are_shares_of_the_picture():
    code = ((64.0, 36.0), (128.0, 36.0), (128.0, 72.0), (64.0, 72.0))
    found = outline_of(Sight(1280, 720, code=code, guidance=Guidance.CLOSER))
    assert found == {"kind": "code", "points": [[0.05, 0.05], [0.1, 0.05], [0.1, 0.1], [0.05, 0.1]], "good": True}
    assert outline_of(Sight(1280, 720)) is None
    assert outline_of(Sight(0, 0, code=code)) is None
    assert spot_of((0, 31), (24, 32)) == [0.9844, 0.0208]


def test_a_zone_without_extent_stays_as_it_is():
    point = ((1.0, 1.0),) * 4
    assert page_around(point) == point


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("guidance", list(Guidance))
def test_every_advice_has_its_picture_and_words(lane: LaneInMemory, guidance, language):
    shown = lane.exhibits["document"].snapshot
    view = traveller_view(
        replace(shown, sight=replace(shown.sight, guidance=guidance)), context(lane.uplink()), Catalogue.load(language)
    )
    assert f'id="i-{view["guide"]["icon"]}"' in text("pictograms.svg")
    assert not [words for words in texts(view) if KEY.match(words)], "a key without a sentence"


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("why", [None, *WhyNot])
@pytest.mark.parametrize("state", list(TemperatureState))
def test_every_word_of_the_scanner_has_its_picture_and_words(lane: LaneInMemory, state, why, language):
    shown = lane.exhibits["temperature"].snapshot
    measuring = replace(shown.measuring, state=state, why_not=why)
    now, catalogue = context(lane.uplink()), Catalogue.load(language)
    view = traveller_view(replace(shown, measuring=measuring), now, catalogue)
    assert f'id="i-{view["guide"]["icon"]}"' in text("pictograms.svg")
    assert not [words for words in texts(view) if KEY.match(words)], "a key without a sentence"
    view = officer_view(replace(shown, measuring=measuring), now, catalogue)
    assert not [words for words in texts(view) if KEY.match(words)], "a key without a sentence"


def test_a_doubt_is_said_with_its_button_and_a_settled_one_names_it(lane: LaneInMemory):
    english = Catalogue.load("en")
    doubted = officer_view(lane.exhibits["unconfirmed"].snapshot, context(lane.uplink()), english)
    fields = {field["name"]: field for field in doubted["document"]["fields"]}
    assert (fields["surname"]["mark"], fields["surname"]["check"]) == ("unsure", "unconfirmed: compare with the page")
    assert fields["surname"]["confirm"] == "Confirm"
    assert fields["birth_date"]["confirm"] == ""
    assert doubted["document"]["chip"] == "Name unsure"
    assert (doubted["ask"]["action"], doubted["ask"]["button"]) == ("confirm_names", "Name is right")
    settled = officer_view(lane.exhibits["settled"].snapshot, context(lane.uplink()), english)["document"]
    assert [field["check"] for field in settled["fields"]][:1] == ["confirmed"]
    assert [field["original"] for field in settled["fields"]][:1] == [""]
    assert [note["text"] for note in settled["notes"]] == ["On a screen · document itself seen"]


def test_a_screen_and_a_second_document_are_said(lane: LaneInMemory):
    view = officer_view(lane.exhibits["on_screen"].snapshot, context(lane.uplink()), Catalogue.load("en"))
    assert [note["text"] for note in view["document"]["notes"]] == [
        "On a screen: ask for the document itself", "Two documents in view: one at a time",
    ]  # fmt: skip
    assert view["document"]["seen"] == "Document seen"
    assert view["ask"]["action"] == "document_seen"


def test_a_thai_card_stands_with_both_names(lane: LaneInMemory):
    view = officer_view(lane.exhibits["thai_card"].snapshot, context(lane.uplink()), Catalogue.load("en"))
    fields = {field["name"]: field for field in view["document"]["fields"]}
    assert (fields["surname"]["value"], fields["surname"]["thai"]) == ("RATTANAKUL", "รัตนกุล")
    assert (fields["document_number"]["label"], fields["document_number"]["value"]) == (
        "ID number",
        "1-1014-00234-56-2",
    )
    assert view["document"]["typed"]["kind"] == "thai_id"
    assert "ภัทรพร รัตนกุล" in view["who"]["facts"]
    assert view["strip"]["now"]["name"] == "RATTANAKUL"
