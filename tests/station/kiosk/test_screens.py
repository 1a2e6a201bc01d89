"""The real pages in Debian's Chromium: every state, both layouts, both languages, by touch."""

import json

import pytest
from gallery import OFFICER, PIN
from kiosk_in_memory import LaneInMemory, Served, kiosk
from kiosk_pages import FAULTS, SIZES, violations, wait_for

from station.evidence import Attestation, VerdictKind
from station.lane.commands import Addressed, Again, Attest, Correct, Decide, MeasureAgain

pytestmark = pytest.mark.browser

STATES = (
    "idle", "not_ready", "document", "document_unreadable", "certificate", "other_code", "temperature", "rest",
    "confirm", "refer", "fever", "torn", "attested", "camera_gone", "journal_full", "admit", "referred", "again",
    "unconfirmed", "on_screen", "settled", "whole_page", "one_document", "thai_card", "several", "letter", "next_code",
    "many_rules", "stale", "no_order", "equipped", "camera_gone_readers", "reader_gone", "reading_gone", "idle_reader",
    "gate_opened", "gate_failed", "slip_failed",
)  # fmt: skip


def show(page, lane, name):
    lane.show(name)
    page.wait_for_selector(f'#app[data-revision="{lane.snapshot().revision}"]')
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("layout", SIZES)
@pytest.mark.parametrize(("screen", "least"), [("traveller", 120), ("officer", 60)])
def test_everything_is_whole_and_in_view(open_page, lane: LaneInMemory, screen, least, layout, language):
    page = open_page(layout, language, screen)
    faults = {}
    for name in STATES:
        show(page, lane, name)
        found = page.evaluate(FAULTS, least)
        if found:
            faults[name] = found
    assert faults == {}


@pytest.mark.parametrize(("screen", "layout", "language"), [("traveller", "tall", "en"), ("officer", "wide", "th")])
def test_axe_finds_nothing(open_page, lane: LaneInMemory, screen, layout, language):
    page = open_page(layout, language, screen)
    found = {}
    for name in STATES:
        show(page, lane, name)
        faults = violations(page)
        if faults:
            found[name] = faults
    assert found == {}


def test_the_night_theme_is_as_readable(open_page, lane: LaneInMemory):
    page = open_page("wide", "en", "officer")
    show(page, lane, "torn")
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert violations(page) == []
    show(page, lane, "on_screen")
    assert violations(page) == []


@pytest.mark.parametrize("layout", SIZES)
def test_the_dialogs_are_whole_and_in_view(open_page, lane: LaneInMemory, layout):
    page = open_page(layout, "th", "officer")
    for name, buttons in (
        ("refer", ("#verdict-refuse", "#verdict-admit", "#field-birth_date", "#attest-temperature")),
        ("document", ("#attest-document", "#attest-certificate")),
    ):
        show(page, lane, name)
        for button in buttons:
            page.click(button)
            assert page.evaluate(FAULTS, 60) == [], button
            if layout == "wide":
                assert violations(page) == [], button
            page.keyboard.press("Escape")


@pytest.mark.parametrize("layout", SIZES)
def test_sign_in_by_touch(open_page, layout):
    page = open_page(layout, "th", "officer", sign_in=False)
    assert page.evaluate(FAULTS, 60) == []
    assert page.evaluate("document.querySelector('.who').scrollHeight <= document.querySelector('.who').clientHeight")
    assert violations(page) == []
    for digit in "0000":
        page.click(f"#key-{digit}")
    page.click("#open")
    page.get_by_text("เหลืออีก 4 ครั้ง").wait_for()
    for digit in PIN:
        page.click(f"#key-{digit}")
    page.click("#open")
    page.wait_for_selector("#verdict-refer")


def test_five_wrong_pins_are_told_as_a_lock(open_page):
    page = open_page("wide", "en", "officer", sign_in=False)
    for _ in range(5):
        page.locator(".d-dots .on").first.wait_for(state="detached")
        page.keyboard.type("0000")
        page.click("#open:not(.is-off)")
    page.get_by_text("is locked until").wait_for()
    page.keyboard.type(PIN)
    assert page.get_attribute("#open", "aria-disabled") == "true"


def test_the_officer_decides_by_touch(open_page, lane: LaneInMemory):
    page = open_page("wide", "en", "officer")
    show(page, lane, "refer")
    page.click("#same-holder")
    page.click("#verdict-refer")
    page.click("#measure-again")
    page.click("#verdict-refuse")
    page.dispatch_event("#dialog-done", "click")
    assert page.is_visible("dialog[open]"), "a refusal without a reason stays open"
    page.click("#choice-O-OTH")
    page.dispatch_event("#dialog-done", "click")
    assert page.is_visible("dialog[open]"), "another reason needs its note"
    page.click("#choice-O-FLS")
    page.click("#input-note")
    for key in "OK":
        page.get_by_role("button", name=key, exact=True).click()
    page.click("#dialog-done")
    page.click("#verdict-admit")
    page.click("#choice-O-PRF")
    page.click("#dialog-done")
    page.click("#field-surname")
    assert page.evaluate("document.activeElement.selectionStart") == len("LINDQVARN"), "typing goes on at the end"
    page.fill("#input-surname", "LINDKVARN")
    page.click("#dialog-done")
    show(page, lane, "document")
    page.click("#attest-document")
    page.fill("#input-document_number", "ut4821907")
    assert page.inner_text(".mf:has(#input-document_number) .cd") == "check\n4"
    page.fill("#input-nationality", "UTO")
    page.type("#input-birth_date", "19910417")
    page.type("#input-expiry_date", "20310902")
    page.fill("#input-surname", "Lindqvarn")
    page.click("#dialog-done")
    show(page, lane, "again")
    page.click("#again-yes")
    wait_for(lambda: len(lane.commands) == 8)
    values = {"document_number": "UT4821907", "nationality": "UTO", "birth_date": "1991-04-17",
              "expiry_date": "2031-09-02", "surname": "LINDQVARN"}  # fmt: skip
    assert [each.command if isinstance(each, Addressed) else each for each in lane.commands] == [
        Attest(OFFICER, Attestation.SAME_HOLDER),
        Decide(OFFICER, VerdictKind.REFER),
        MeasureAgain(OFFICER),
        Decide(OFFICER, VerdictKind.REFUSE, "O-FLS", "OK"),
        Decide(OFFICER, VerdictKind.ADMIT, "O-PRF"),
        Correct(OFFICER, "surname", "LINDKVARN"),
        Attest(OFFICER, Attestation.DOCUMENT, values),
        Again(OFFICER, True),
    ]


def test_a_dialog_about_one_traveller_closes_when_another_comes(open_page, lane: LaneInMemory):
    page = open_page("wide", "en", "officer")
    show(page, lane, "refer")
    page.click("#verdict-refuse")
    show(page, lane, "idle")
    assert not page.is_visible("dialog[open]")
    page.get_by_text("The traveller changed meanwhile").wait_for()


def test_the_traveller_chooses_a_language_reads_the_notice_and_calls(open_page, lane: LaneInMemory):
    page = open_page("tall", "th")
    officer = open_page("wide", "en", "officer")
    page.click("#language-en")
    page.wait_for_selector('html[lang="en"]')
    page.click("#privacy-open")
    assert page.evaluate(FAULTS, 120) == []
    assert violations(page) == []
    page.click("#privacy-next")
    show(page, lane, "document")
    page.click("#help-help")
    officer.get_by_text("The traveller asks for an officer").wait_for()
    page.get_by_text("An officer is coming").wait_for()
    officer.click("#alert-action")
    page.get_by_text("An officer is coming").wait_for(state="detached")


@pytest.mark.parametrize("layout", SIZES)
@pytest.mark.parametrize("language", ["th", "en"])
def test_the_privacy_notice_and_the_lower_screen_are_whole(open_page, lane: LaneInMemory, layout, language):
    page = open_page(layout, language)
    page.click("#privacy-open")
    assert page.evaluate(FAULTS, 120) == []
    show(page, lane, "certificate")
    page.click("#help-lower")
    assert page.evaluate(FAULTS, 120) == []
    show(page, lane, "admit")
    assert page.evaluate(FAULTS, 120) == []


def test_the_pictures_are_painted(open_page, lane: LaneInMemory):
    colours = "(c) => new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size"
    page = open_page("wide", "en", "officer")
    show(page, lane, "refer")
    for canvas in page.locator("canvas").element_handles():
        wait_for(lambda canvas=canvas: canvas.evaluate(colours) > 60)


@pytest.mark.parametrize("size", [(1366, 768), (2560, 1440), (768, 1366)])
def test_other_panels_are_scaled_and_never_scroll(open_page, lane: LaneInMemory, size):
    least = 40 if size == (2560, 1440) else 20
    for screen in ("traveller", "officer"):
        page = open_page(screen=screen, size=size)
        show(page, lane, "refer")
        assert page.evaluate(FAULTS, least) == []


def test_a_stopped_server_is_said_and_the_pages_come_back(chromium, lane: LaneInMemory):
    served = Served(kiosk(lane))
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    try:
        traveller, officer = context.new_page(), context.new_page()
        headers = {"content-type": "application/json", "origin": served.url}
        body = json.dumps({"officer": OFFICER, "pin": PIN})
        assert officer.request.post(f"{served.url}/officer/session", data=body, headers=headers).ok
        traveller.goto(f"{served.url}/?lang=en")
        officer.goto(f"{served.url}/officer?lang=en")
        traveller.wait_for_selector("#app[data-revision]")
        officer.wait_for_selector("#app[data-revision]")
        served.stop()
        traveller.get_by_text("It comes back by itself").wait_for(timeout=6000)
        officer.get_by_text("No answer from the kiosk").wait_for(timeout=6000)
        for page, (width, height) in ((traveller, (1920, 1080)), (officer, (1920, 1080)), (officer, SIZES["tall"])):
            page.set_viewport_size({"width": width, "height": height})
            box = page.locator("#gone").bounding_box()
            assert box["x"] >= 0 <= box["y"]
            assert box["height"] > 100
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
        assert violations(traveller) == []
        served = Served(kiosk(lane), served.port)
        traveller.wait_for_selector("#gone", state="hidden", timeout=6000)
        officer.get_by_text("Who is on duty?").wait_for(timeout=6000)
    finally:
        context.close()
        served.stop()
