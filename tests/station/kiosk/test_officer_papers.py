"""What the officer screen says of proofs, classes, trust and old screenings; what a page may ask of the kiosk."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from gallery import BELIEVED, LETTER, NOW, OFFICER, PCR_PAPER, STALE, settings
from kiosk_in_memory import LaneInMemory

from config.messages.catalogue import Catalogue
from config.places import PROVINCES, countries, name_of
from config.rules.reading import load_all, load_history
from drivers.readings import CameraFrame
from station.evidence import MOST_PICTURE_BYTES, Attestation
from station.journal.errors import JournalFaulty
from station.kiosk.context import context_of
from station.kiosk.errands import Errands
from station.kiosk.errors import BadCommand
from station.kiosk.officer_boot import closed_lists
from station.kiosk.officer_class import asks_origin, class_card
from station.kiosk.officer_trust import believed_words, duty_lines
from station.kiosk.pictures import paper_jpeg
from station.kiosk.ports import Believed, TrustAge
from station.kiosk.views import officer_view, traveller_view
from station.lane.commands import Attest, MeasureAgain
from station.lane.snapshot import Saved
from station.lane.state import Screening
from station.records import payload

ENGLISH, THAI = Catalogue.load("en"), Catalogue.load("th")


def context(exhibit=None, believed=None):
    return context_of(
        settings(), now=NOW, uplink=exhibit.uplink if exhibit else None, unsealed=False, officer=OFFICER,
        believed=believed or BELIEVED,
    )  # fmt: skip


def view(lane, name, catalogue=ENGLISH):
    exhibit = lane.exhibits[name]
    return officer_view(exhibit.snapshot, context(exhibit, exhibit.believed), catalogue)


def test_every_proof_stands_with_its_format_and_whose_word_it_is(lane: LaneInMemory):
    rows = view(lane, "several")["certificate"]["rows"]
    assert [(row["kind"], row["mark"]) for row in rows] == [
        ("certificate", "ok"),
        ("certificate", "unsure"),
        ("paper", "now"),
    ]
    assert rows[0]["text"].startswith("EU DCC · Signed by")
    assert rows[1]["text"].startswith("SMART Health Card · C-KID")
    assert rows[2]["title"] == "PCR · negative · 19 Nov 2026 08:30"
    assert "by Somjai R." in rows[2]["text"]
    assert "with photograph" in rows[2]["facts"]
    assert rows[2]["values"] == PCR_PAPER


def test_a_rule_names_the_proof_that_satisfied_it(lane: LaneInMemory):
    rules = {row["rule"]: row for row in view(lane, "several")["rules"]}
    assert rules["certificate-entry"]["proof"] == "EU DCC · Vaccination"
    assert rules["tested"]["proof"] == "PCR, on paper"
    assert rules["tested"]["order"] == "§5 (2)"
    assert rules["document-in-date"]["proof"] == ""


def test_a_letter_is_shown_with_its_class(lane: LaneInMemory):
    shown = view(lane, "letter")
    assert shown["certificate"]["rows"][0]["title"] == "Exemption letter · Crew on duty"
    assert (shown["class"]["title"], shown["class"]["mark"]) == ("Crew on duty", "now")
    assert shown["class"]["how"] == "by letter · Somjai R., 09:41"
    thai = view(lane, "letter", THAI)["class"]
    assert thai["title"] == "ลูกเรือที่ปฏิบัติหน้าที่"


def test_the_next_code_of_a_card_is_asked_for_on_both_screens(lane: LaneInMemory):
    card = view(lane, "next_code")["certificate"]
    assert (card["chip"], card["rows"][0]["text"]) == ("Next code", "1 of 3 codes read · still to show: no. 1, 3")
    exhibit = lane.exhibits["next_code"]
    shown = traveller_view(exhibit.snapshot, context(exhibit), ENGLISH)
    assert shown["say"]["title"] == "Show the next code"
    assert shown["say"]["hint"] == "Code 1 of 3 of your certificate"
    assert shown["thanks"] == "Thank you: 1 of 3 codes read"


def test_the_class_says_who_found_it_and_what_proof_each_demands(lane: LaneInMemory):
    found = view(lane, "refer")["class"]
    assert (found["title"], found["how"], found["mark"]) == ("Traveller", "found by the rules", "ok")
    assert [choice["code"] for choice in found["choices"]] == [each.id for each in BELIEVED.order.selectable]
    assert all(choice["proof"] for choice in found["choices"])
    assert view(lane, "many_rules")["class"]["how"] == "cannot tell: choose"
    assert not view(lane, "admit")["class"]["choices"], "a saved traveller's class is not chosen any more"
    assert not class_card(lane.exhibits["refer"].snapshot, context(believed=Believed()), ENGLISH)["there"]


def test_the_origin_is_asked_for_by_the_orders_that_look_at_it():
    asking = {each.valid_from.date().isoformat() for each in load_history() if asks_origin(each)}
    assert "2021-04-22" in asking or "2021-04-21" in asking
    assert not any(asks_origin(each) for each in load_all())


def test_fresh_trust_is_quiet_and_old_trust_is_a_warning():
    fresh = believed_words(context(), ENGLISH)
    assert (fresh["stale"], fresh["short"]) == (False, "Trust 4 d")
    assert [row["tone"] for row in fresh["rows"]] == ["admit", "admit", "admit", "admit", "idle"]
    assert fresh["rows"][1]["text"] == "Signers: 1713 · 19 h old, of 19 Nov 2026 14:41"
    old = believed_words(context(believed=STALE), ENGLISH)
    assert (old["stale"], old["short"]) == (True, "Trust 20 d old")
    assert [row["tone"] for row in old["rows"]] == ["admit", "unsure", "admit", "admit", "unsure"]
    assert (
        believed_words(context(believed=replace(STALE, stale_after=timedelta(days=30))), ENGLISH)["short"]
        == "Trust undated"
    )
    assert [line["tone"] for line in duty_lines(context(), THAI)] == ["admit", "admit"]
    assert [line["tone"] for line in duty_lines(context(believed=STALE), ENGLISH)] == ["admit", "unsure", "unsure"]


def test_no_order_one_that_ends_and_data_of_tomorrow_are_said():
    none = believed_words(context(believed=Believed()), ENGLISH)
    assert (none["stale"], none["short"]) == (True, "No order in force")
    assert duty_lines(context(believed=Believed()), ENGLISH)[-1]["text"] == "No trust data"
    ending = replace(BELIEVED.order, valid_to=NOW + timedelta(hours=3))
    assert believed_words(context(believed=Believed(order=ending)), ENGLISH)["short"] == "Order ends at 12:41"
    ahead = (TrustAge(BELIEVED.trust[0].scheme, 3, NOW + timedelta(days=2)),)
    assert believed_words(context(believed=replace(BELIEVED, trust=ahead)), ENGLISH)["short"] == "Check the clock"


def test_a_photograph_is_kept_only_with_the_traveller_it_was_taken_for(lane: LaneInMemory):
    errands = Errands(lane, OFFICER)
    command = Attest(OFFICER, Attestation.PAPER, PCR_PAPER)
    answer = errands.photograph("then")
    assert answer["picture"].startswith("data:image/jpeg;base64,")
    message = {"picture": answer["digest"], "opened": "then"}
    kept = errands.pictured(command, message)
    assert isinstance(kept, Attest)
    assert hashlib.sha256(kept.picture).hexdigest() == answer["digest"]
    assert errands.pictured(command, {}) is command
    assert errands.pictured(MeasureAgain(OFFICER), message) == MeasureAgain(OFFICER)
    for wrong in ({"picture": "0" * 64, "opened": "then"}, {"picture": answer["digest"], "opened": "now"}):
        with pytest.raises(BadCommand):
            errands.pictured(command, wrong)
    lane.put(replace(lane.exhibits["refer"], camera=False))
    assert errands.photograph("then") == {"type": "photograph", "picture": "", "digest": ""}


@pytest.mark.parametrize(
    ("changes", "state", "code"),
    [
        ({}, "ok", "pass"),
        ({"result": "positive"}, "fail", "C-POS"),
        ({"at": "2026-11-01T08:30:00+07:00"}, "fail", "C-AGE"),
    ],
)
def test_the_order_is_asked_about_a_paper_before_it_is_kept(lane: LaneInMemory, changes, state, code):
    snapshot = lane.exhibits["certificate"].snapshot
    command = Attest(OFFICER, Attestation.PAPER, PCR_PAPER | changes)
    answer = Errands(lane, OFFICER).weigh(command, snapshot, context(), ENGLISH)
    assert [(row["state"], row["code"]) for row in answer["rows"]] == [(state, code)]
    assert answer["age"] == ("19 d old" if "at" in changes else "25 h old")
    assert snapshot.evidence.attested == (), "nothing is kept of it"


def test_what_cannot_be_is_named_and_a_letter_shows_its_class(lane: LaneInMemory):
    snapshot, errands = lane.exhibits["certificate"].snapshot, Errands(lane, OFFICER)
    future = Attest(OFFICER, Attestation.PAPER, PCR_PAPER | {"at": "2026-11-21"})
    assert errands.weigh(future, snapshot, context(), ENGLISH)["field"] == "at"
    letter = errands.weigh(Attest(OFFICER, Attestation.EXEMPTION, LETTER), snapshot, context(), ENGLISH)
    assert [(row["state"], row["order"]) for row in letter["rows"]] == [("ok", "§7")]
    resident = Attest(OFFICER, Attestation.EXEMPTION, LETTER | {"class": "resident"})
    assert errands.weigh(resident, snapshot, context(), ENGLISH)["rows"][0]["title"] == "Phuket resident"
    assert errands.weigh(MeasureAgain(OFFICER), snapshot, context(), ENGLISH)["rows"] == []


def saved_screening(lane, name):
    """A traveller of the gallery, judged by the real rules, as the journal keeps it."""
    shown = lane.exhibits[name].snapshot
    judged = lane.judge(shown.evidence)
    screening = Screening("s0", NOW, NOW, shown.evidence, (), judged, judged.verdict, OFFICER, "", "seen")
    body = json.loads(json.dumps(payload(screening, settings())))
    return body, Saved("s0", 4811, NOW, judged.verdict, judged.reasons, "LINDQVARN, MAJA ELIN", "UTO")


@pytest.mark.parametrize("catalogue", [ENGLISH, THAI], ids=["en", "th"])
@pytest.mark.parametrize("name", ["several", "letter", "torn", "attested", "thai_card", "fever"])
def test_a_saved_screening_is_explained_as_it_was_judged(lane: LaneInMemory, name, catalogue):
    body, saved = saved_screening(lane, name)
    lane.records["s0"] = body
    snapshot = replace(lane.exhibits["idle"].snapshot, recent=(saved,))
    told = Errands(lane, OFFICER).explain("s0", snapshot, context(), catalogue)["told"]
    assert told["unreadable"] == ""
    assert told["again"]["mark"] == "ok", "the record says all that was judged"
    assert len(told["rules"]) == len(body["outcomes"])
    assert told["number"] == "TC-2-004811"
    assert told["evidence"]
    assert not [row for row in told["rules"] if row["title"].startswith("reason.")]


def test_what_cannot_be_explained_is_said(lane: LaneInMemory, monkeypatch):
    errands, snapshot = Errands(lane, OFFICER), lane.exhibits["idle"].snapshot
    first = snapshot.recent[0].screening
    assert "purged" in errands.explain(first, snapshot, context(), ENGLISH)["told"]["unreadable"]
    lane.records[first] = {"verdict": "ADMIT"}
    assert "older version" in errands.explain(first, snapshot, context(), ENGLISH)["told"]["unreadable"]
    body, _ = saved_screening(lane, "several")
    body["rule_set"]["digest"] = "0" * 64
    lane.records[first] = body
    assert errands.explain(first, snapshot, context(), ENGLISH)["told"]["again"]["mark"] == "wait"

    def broken(_):
        raise JournalFaulty("the journal cannot be read")

    monkeypatch.setattr(lane, "recorded", broken)
    assert errands.explain(first, snapshot, context(), ENGLISH)["told"]["unreadable"]
    with pytest.raises(BadCommand):
        errands.explain("somebody else's", snapshot, context(), ENGLISH)


def test_a_photograph_fits_into_the_record_however_much_is_in_it():
    noise = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    found = paper_jpeg(CameraFrame(noise, NOW, 1))
    assert found is None or len(found) <= MOST_PICTURE_BYTES
    smooth = np.full((720, 1280, 3), 200, np.uint8)
    calm = paper_jpeg(CameraFrame(smooth, NOW, 1))
    assert calm is not None
    assert calm.startswith(b"\xff\xd8\xff")


def test_places_have_their_names_in_both_languages():
    assert len(PROVINCES) == 77
    assert (name_of("TH-83", "en"), name_of("TH-83", "th")) == ("Phuket", "ภูเก็ต")
    assert (name_of("DE", "en"), name_of("DE", "th"), name_of("XX-1", "en")) == ("Germany", "เยอรมนี", "XX-1")
    assert not {"EU", "UN", "ZZ"} & set(countries("en"))
    places = closed_lists(THAI)["places"]
    assert len({place["code"] for place in places}) == len(places)
    assert next(place for place in places if place["code"] == "TH-10")["find"] == "bangkok กรุงเทพมหานคร"
