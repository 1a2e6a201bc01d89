"""Devices on the screens: marks, the other way when one is gone, a device's own page, gate and slip."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from gallery import ALL_DEVICES, BELIEVED, NOW, OFFICER, settings
from kiosk_in_memory import LaneInMemory
from kiosk_pages import FAULTS, SIZES, violations, wait_for

from config.messages.catalogue import Catalogue
from config.messages.said import say
from drivers.readings import DeviceKind, DeviceState
from station.evidence import VerdictKind
from station.judgement.judge import judge
from station.kiosk.context import context_of
from station.kiosk.errands import Errands
from station.kiosk.errors import BadCommand
from station.kiosk.messages import command_of
from station.kiosk.officer_explain import missing_rows
from station.kiosk.ports import UplinkState, UplinkWords
from station.kiosk.views import officer_view, traveller_view
from station.lane.commands import Addressed, OpenGate, PrintSlip, SoundSiren
from station.lane.deeds import Deed, DeedReport, DeedState
from station.lane.snapshot import Phase
from station.lane.state import Screening
from station.lane.troubles import Trouble
from station.recorded import recorded_of
from station.records import payload

READING = ("camera", "document_reader", "code_reader")
ENGLISH, THAI = Catalogue.load("en"), Catalogue.load("th")


def context():
    return context_of(
        settings(), now=NOW, uplink=UplinkWords(UplinkState.CONNECTED), unsealed=False, limit_celsius=37.5,
        officer=OFFICER, believed=BELIEVED,
    )  # fmt: skip


def with_devices(lane, name="document", **states):
    """A state of the gallery on a lane with every device; some of them ill, by kind."""
    ill = {DeviceKind(kind): state for kind, state in states.items()}
    devices = tuple(replace(d, state=ill.get(d.kind, d.state)) for d in ALL_DEVICES)
    return replace(lane.exhibits[name].snapshot, devices=devices)


@pytest.mark.parametrize("catalogue", [ENGLISH, THAI], ids=["en", "th"])
@pytest.mark.parametrize("state", DeviceState)
def test_every_device_in_every_state_has_a_mark_a_word_and_a_page(lane: LaneInMemory, state, catalogue):
    shown = replace(lane.exhibits["idle"].snapshot, devices=tuple(replace(d, state=state) for d in ALL_DEVICES))
    lane.put(replace(lane.exhibits["idle"], snapshot=shown))
    marks = officer_view(shown, context(), catalogue)["state"]["devices"]
    words = {mark["label"] for mark in marks}
    assert len(words) == len(ALL_DEVICES), "two devices look alike"
    assert not any(word.startswith("device.") for word in words)
    assert {mark["mark"] for mark in marks} == {"ok" if state is DeviceState.READY else marks[0]["mark"]}
    for device in ALL_DEVICES:
        told = Errands(lane, OFFICER).device(device.device, shown, catalogue)["told"]
        assert not [text for text in json.dumps(told).split('"') if text.startswith(("panel.", "device."))]
    assert Errands(lane, OFFICER).device("nothing", shown, catalogue)["told"] is None


def test_a_device_page_says_what_is_wrong_and_what_the_device_said_of_itself(lane: LaneInMemory):
    sentence = say("{device} is out of paper; put in a new roll.", device="printer")
    devices = tuple(
        replace(d, state=DeviceState.FAILED, reason=sentence) if d.device == "printer" else d for d in ALL_DEVICES
    )
    lane.put(replace(lane.exhibits["idle"], snapshot=replace(lane.exhibits["idle"].snapshot, devices=devices)))
    errands, shown = Errands(lane, OFFICER), lane.snapshot()
    printer = errands.device("printer", shown, ENGLISH)["told"]
    assert (printer["state"], printer["why"]) == ("Does not work", sentence)
    scanner = errands.device("thermal-1", shown, ENGLISH)["told"]
    facts = {fact["label"]: fact["text"] for fact in scanner["facts"]}
    assert facts["Serial number"] == "90640-0017"
    assert (facts["Emissivity"], facts["Last good"], facts["Good"]) == ("0.98", "0.1 s ago", "900")
    assert errands.device("relays", shown, ENGLISH)["told"]["act"] is None, "no gate is wired"
    wired = replace(shown, offers=(Deed.GATE,))
    assert errands.device("relays", wired, ENGLISH)["told"]["act"]["act"] == "do_gate"


@pytest.mark.parametrize(
    ("gone", "tone", "words", "action"),
    [
        ({"camera": "absent"}, "unsure", "The readers still read", "attest_document"),
        ({"camera": "failed", "code_reader": "absent"}, "unsure", "passport reader still reads", "attest_document"),
        ({"camera": "absent", "document_reader": "absent"}, "unsure", "QR reader still reads", "attest_document"),
        (dict.fromkeys(READING, "absent"), "refuse", "type the document", "attest_document"),
        ({"document_reader": "absent"}, "unsure", "The camera still reads passports", ""),
        ({"code_reader": "failed"}, "unsure", "The camera still reads codes", ""),
        ({"thermal": "absent"}, "refuse", "measure by hand", "attest_temperature"),
    ],
)
def test_what_to_do_without_a_device(lane: LaneInMemory, gone, tone, words, action):
    shown = with_devices(lane, **{kind: DeviceState(state) for kind, state in gone.items()})
    told = officer_view(shown, context(), ENGLISH)["alert"]
    assert (told["tone"], told["action"]) == (tone, action)
    assert words in told["text"]


def test_gate_printer_and_a_reader_that_has_a_twin_raise_no_alert(lane: LaneInMemory):
    shown = with_devices(lane, relays=DeviceState.ABSENT, printer=DeviceState.FAILED)
    assert officer_view(shown, context(), ENGLISH)["alert"] is None
    twin = replace(ALL_DEVICES[2], device="passports-2", state=DeviceState.ABSENT)
    shown = replace(shown, devices=(*ALL_DEVICES, twin))
    assert officer_view(shown, context(), ENGLISH)["alert"] is None


@pytest.mark.parametrize(
    ("gone", "begin", "show"),
    [
        ({}, "", "camera"),
        ({"document_reader": "absent", "code_reader": "absent"}, "", "camera"),
        ({"camera": "absent"}, "reader", None),
        ({"camera": "absent", "document_reader": "failed"}, "gone", None),
        ({"thermal": "absent"}, "gone", "camera"),
    ],
)
def test_a_traveller_is_told_the_way_that_works(lane: LaneInMemory, gone, begin, show):
    states = {kind: DeviceState(state) for kind, state in gone.items()}
    assert traveller_view(with_devices(lane, "idle", **states), context(), ENGLISH)["begin"] == begin
    view = traveller_view(with_devices(lane, "document", **states), context(), ENGLISH)
    assert view["show"] == show
    wanted = {"reader": "into the reader", "gone": "give it to the officer"}.get(begin if show is None else "", "photo")
    assert wanted in view["say"]["hint"]


def test_only_what_the_device_says_is_called_done(lane: LaneInMemory):
    exhibit = lane.exhibits["gate_opened"]
    card = officer_view(exhibit.snapshot, context(), ENGLISH)["deeds"]
    assert [(told["mark"], told["text"]) for told in card["told"]] == [
        ("ok", "Gate: relay switched"), ("unsure", "Slip: sent, look whether it came"),
    ]  # fmt: skip
    assert [offer["act"] for offer in card["offers"]] == ["do_gate", "do_slip"]
    gathering = replace(exhibit.snapshot, phase=Phase.GATHERING, saved=None, deeds=())
    assert officer_view(gathering, context(), ENGLISH)["deeds"] == {"told": [], "offers": []}


def test_a_gate_that_did_not_open_is_the_first_thing_said_even_when_the_traveller_has_gone(lane: LaneInMemory):
    exhibit = lane.exhibits["gate_failed"]
    told = officer_view(exhibit.snapshot, context(), ENGLISH)["alert"]
    assert (told["tone"], told["title"]) == ("refuse", "The gate was not opened")
    assert told["text"] == "TC-2-004812 · relays did not switch; operate it by hand."
    later = replace(exhibit.snapshot, phase=Phase.IDLE, saved=None)
    assert officer_view(later, context(), ENGLISH)["alert"]["title"] == "The gate was not opened"
    nobody = DeedReport(Deed.GATE, DeedState.FAILED, NOW)
    told = officer_view(replace(later, deeds=(nobody,)), context(), ENGLISH)["alert"]
    assert "nobody on record" in told["text"]
    slip = officer_view(lane.exhibits["slip_failed"].snapshot, context(), ENGLISH)["alert"]
    assert (slip["action"], slip["button"]) == ("do_slip", "Print again")


def test_commands_for_gate_and_slip():
    assert command_of({"type": "do_gate"}, OFFICER) == OpenGate(OFFICER)
    assert command_of({"type": "do_slip"}, OFFICER) == PrintSlip(OFFICER)
    assert command_of({"type": "do_siren"}, OFFICER) == SoundSiren(OFFICER)
    with pytest.raises(BadCommand):
        command_of({"type": "do_lamp"}, OFFICER)


@pytest.mark.parametrize(("catalogue", "word"), [(ENGLISH, "Alarm"), (THAI, "ไซเรน")], ids=["en", "th"])
def test_the_alarm_is_there_at_all_times_when_a_siren_is_wired(lane: LaneInMemory, catalogue, word):
    done = lane.exhibits["gate_opened"].snapshot
    for phase in Phase:
        shown = officer_view(replace(done, phase=phase), context(), catalogue)
        assert shown["state"]["siren"] == {"act": "do_siren", "icon": "bell", "text": word}
        assert "do_siren" not in [offer["act"] for offer in shown["deeds"]["offers"]], "it has its own place"
    none = replace(done, offers=(Deed.GATE, Deed.SLIP))
    assert officer_view(none, context(), catalogue)["state"]["siren"] is None


@pytest.mark.parametrize("catalogue", [ENGLISH, THAI], ids=["en", "th"])
@pytest.mark.parametrize("state", DeedState)
def test_what_became_of_the_alarm_is_said_even_when_nobody_is_there(lane: LaneInMemory, catalogue, state):
    idle = replace(lane.exhibits["idle"].snapshot, deeds=(DeedReport(Deed.SIREN, state, NOW),))
    shown = officer_view(idle, context(), catalogue)
    assert shown["deeds"]["told"][0]["text"] == catalogue.text(f"deed.siren_{state.value}")
    failed = state is DeedState.FAILED
    assert (shown["alert"] is not None) == failed
    if failed:
        assert shown["alert"]["title"] == catalogue.text("officer.deed_failed_siren")
        assert catalogue.text("officer.nobody_on_record") in shown["alert"]["text"]


@pytest.mark.parametrize("catalogue", [ENGLISH, THAI], ids=["en", "th"])
def test_an_explained_screening_says_what_was_missing(lane: LaneInMemory, catalogue):
    evidence = lane.exhibits["attested"].snapshot.evidence
    judged = judge(evidence, BELIEVED.order, NOW)
    troubles = (
        Trouble("camera", "camera", DeviceState.ABSENT, "x", NOW - timedelta(seconds=60), NOW - timedelta(seconds=5)),
        Trouble("gm65", "code_reader", DeviceState.FAILED, "", NOW - timedelta(seconds=30)),
    )
    screening = Screening("s", NOW, NOW, evidence, (), judged, VerdictKind.REFER, OFFICER, troubles=troubles)
    body = json.loads(json.dumps(payload(screening, settings())))
    rows = missing_rows(recorded_of(body), catalogue)
    assert len(rows) == len(body["filled"]) + 2
    assert all(by == "officer" for by in body["filled"].values())
    assert "09:40:07" in rows[-2]["text"]
    assert "09:41:02" in rows[-2]["text"]
    assert "gm65" in rows[-1]["title"]
    assert not any(text.startswith(("officer.", "panel.", "need.")) for row in rows for text in row.values())


# --- in the browser -------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("layout", SIZES)
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_touch_on_a_device_opens_its_page_and_keeps_it_fresh(open_page, lane: LaneInMemory, layout, language):
    lane.show("equipped")
    page = open_page(layout, language, "officer")
    page.click("#device-thermal-1")
    page.wait_for_selector(".is-device[open] dl.facts")
    assert page.evaluate(FAULTS, 60) == []
    assert violations(page) == []
    exhibit = lane.exhibits["equipped"]
    devices = tuple(replace(d, frames_good=4321) if d.device == "thermal-1" else d for d in exhibit.snapshot.devices)
    lane.put(replace(exhibit, snapshot=replace(exhibit.snapshot, devices=devices)))
    wait_for(lambda: "4321" in page.inner_text(".is-device dl.facts"))
    page.click("#dialog-close")
    page.wait_for_timeout(1500)
    assert page.locator(".is-device[open]").count() == 0, "an answer on its way opened it again"


@pytest.mark.browser
@pytest.mark.parametrize("layout", SIZES)
def test_gate_and_slip_are_one_touch(open_page, lane: LaneInMemory, layout):
    lane.show("gate_opened")
    page = open_page(layout, "en", "officer")
    opened = lane.snapshot().opened_at
    page.click("#do_slip")
    wait_for(lambda: len(lane.commands) == 1)
    page.click("#do_gate")
    wait_for(lambda: len(lane.commands) == 2)
    assert lane.commands == [Addressed(PrintSlip(OFFICER), opened), OpenGate(OFFICER)]
    lane.show("equipped")
    exhibit = lane.exhibits["equipped"]
    lane.put(replace(exhibit, snapshot=replace(exhibit.snapshot, offers=(Deed.GATE,))))
    page.click("#device-relays")
    page.wait_for_selector(".is-device[open] #do_gate")
    page.click(".is-device #do_gate")
    wait_for(lambda: len(lane.commands) == 3)
    assert lane.commands[-1] == OpenGate(OFFICER)


@pytest.mark.browser
@pytest.mark.parametrize("layout", SIZES)
@pytest.mark.parametrize("language", ["th", "en"])
def test_the_alarm_is_one_touch_in_every_state(open_page, lane: LaneInMemory, layout, language):
    page = open_page(layout, language, "officer")
    for count, name in enumerate(("equipped", "gate_opened", "idle"), 1):
        lane.put(replace(lane.exhibits[name], snapshot=replace(lane.exhibits[name].snapshot, offers=(Deed.SIREN,))))
        page.wait_for_selector(f'#app[data-revision="{lane.snapshot().revision}"]')
        assert page.evaluate(FAULTS, 60) == []
        page.click("#do_siren")
        wait_for(lambda count=count: len(lane.commands) == count)
    assert lane.commands == [SoundSiren(OFFICER)] * 3
