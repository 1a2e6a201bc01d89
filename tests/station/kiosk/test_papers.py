"""Printed results, letters, classes and old screenings by touch: the real pages over a real lane and a real journal."""

from dataclasses import replace
from datetime import date

import pytest
from gallery import BELIEVED, NOW, OFFICER, document_read, taken
from kiosk_in_memory import LaneInMemory, Served, kiosk
from kiosk_pages import FAULTS, violations, wait_for
from lane_live import LiveLane

from config.rules.reading import load_history
from station.certificates.issuing.hcert import Subject, Vaccination, issue, make_issuer
from station.certificates.verify import verify
from station.evidence import Attestation, CertificateRead
from station.lane.commands import Addressed, Attest
from station.lane.events import CertificateSeen, DocumentSeen, TemperatureSeen

pytestmark = pytest.mark.browser
ISSUER = make_issuer(b"papers", NOW)
TEMPERATURE = TemperatureSeen(taken(36.4).reading)
BOTH = pytest.mark.parametrize(("layout", "language"), [("wide", "en"), ("tall", "th")])


@pytest.fixture
def live(pictures, tmp_path):
    lane = LiveLane(pictures, tmp_path)
    yield lane
    lane.stop()


@pytest.fixture
def live_page(live, chromium, open_page, served):
    """A page over the real lane: `served` of the other fixture shows the lane in memory."""
    server = Served(kiosk(live))
    address, served.url, served.port = (served.url, served.port), server.url, server.port
    yield open_page
    served.url, served.port = address
    server.stop()


def touch(page, field, keys):
    """Type into a field by the dialog's own keys."""
    page.tap(f"#input-{field}")
    for key in keys:
        if key == " ":
            page.tap(".keys .space")
        else:
            page.tap(f'[data-key="{key}"]')


def whole(page):
    assert page.evaluate(FAULTS, 60) == []
    assert violations(page) == []


def attested(record):
    return [row for row in record["evidence"] if row["kind"] == "attested"]


@BOTH
def test_a_pcr_paper_by_touch_with_its_photograph_and_its_explanation(live, live_page, layout, language):
    page = live_page(layout, language, "officer")
    live.see(DocumentSeen(document_read()), TEMPERATURE)
    page.tap("#ask-action")
    touch(page, "issuer", "LAB 7")
    touch(page, "date", "25691119")  # as a Thai paper has it
    touch(page, "time", "0830")
    whole(page)
    page.tap("#choice-negative")
    page.locator(".opinion .d-rule.is-ok").first.wait_for()
    assert page.locator(".opinion").inner_text().count("25 h" if language == "en" else "25 ชม.") == 1
    page.tap("#photograph")
    page.wait_for_selector(".photo img:visible")
    assert page.evaluate("document.querySelector('.photo img').naturalWidth") >= 640
    whole(page)
    page.tap("#photograph")  # once more
    page.tap("#dialog-done")
    page.wait_for_selector('[data-phase="saved"]')
    record = live.kept[0]
    assert record["verdict"] == "ADMIT"
    (row,) = attested(record)
    assert (row["what"], row["officer"]) == ("paper", OFFICER)
    assert row["values"] == {"kind": "pcr", "issuer": "LAB 7", "at": "2026-11-19T08:30:00+07:00", "result": "negative"}
    assert len(row["picture_sha256"]) == 64
    page.locator(".qi .tell").first.tap()
    page.locator(".explained .again-line.tone-admit").wait_for()
    assert "LAB 7" in page.locator(".explained").inner_text()
    assert OFFICER in page.locator(".explained").inner_text()
    whole(page)
    page.tap("#dialog-close")


def test_an_old_result_is_said_before_it_is_kept_and_refers(live, live_page):
    page = live_page("wide", "en", "officer")
    live.see(DocumentSeen(document_read()), TEMPERATURE)
    page.tap("#paper")
    touch(page, "issuer", "LAB")
    touch(page, "date", "20261101")
    page.tap("#choice-negative")
    page.locator(".opinion .d-rule.is-fail").first.wait_for()
    assert "19 d old, time of day not given" in page.locator(".opinion").inner_text()
    page.tap("#dialog-done")
    page.wait_for_selector("#verdict-refer.is-main")
    assert "by Somjai R." in page.locator(".certs").inner_text()
    page.tap("#cert-0")
    whole(page)
    page.tap("#proof-0")
    assert page.input_value("#input-date") == "2026-11-01", "what was typed is there to be corrected"
    whole(page)
    page.tap("#dialog-extra")
    page.get_by_text("No certificate yet").wait_for()
    page.tap("#verdict-refer")
    page.wait_for_selector('[data-phase="saved"]')
    assert [row["values"] for row in attested(live.kept[0])][-1] == {"kind": "pcr", "withdrawn": "yes"}


def test_a_result_that_is_still_to_come_is_refused(live, live_page):
    page = live_page("wide", "en", "officer")
    live.see(DocumentSeen(document_read()), TEMPERATURE)
    page.tap("#paper")
    touch(page, "issuer", "LAB")
    touch(page, "date", "20261120")
    touch(page, "time", "2359")
    page.tap("#choice-negative")
    page.get_by_text("still to come").wait_for()


@BOTH
def test_an_exemption_letter_by_touch(live, live_page, layout, language):
    page = live_page(layout, language, "officer")
    live.see(DocumentSeen(document_read()), TEMPERATURE)
    page.tap("#paper")
    page.tap("#choice-exemption")
    page.tap("#choice-crew")
    touch(page, "issuer", "HARBOUR OFFICE")
    touch(page, "reference", "HO-12")
    touch(page, "until", "25691231")
    page.get_by_text("§7").first.wait_for()
    whole(page)
    page.tap("#dialog-done")
    page.wait_for_selector('[data-phase="saved"]')
    record = live.kept[0]
    assert (record["verdict"], record["class"]) == ("ADMIT", "crew")
    (row,) = attested(record)
    assert row["values"] == {
        "class": "crew", "issuer": "HARBOUR OFFICE", "reference": "HO-12", "until": "2026-12-31",
    }  # fmt: skip
    assert row["picture_sha256"] is None


def test_a_vaccination_paper_beside_a_certificate(live, live_page):
    page = live_page("wide", "en", "officer")
    text = issue(
        ISSUER, Subject("Lindqvarn", "Maja Elin", date(1991, 4, 17)), Vaccination(on=date(2026, 11, 19)), NOW, "1"
    )
    read = CertificateRead("c", NOW, "camera-1", verify(text, ISSUER.bundle(NOW), NOW))
    live.see(DocumentSeen(document_read()), CertificateSeen(read), TEMPERATURE)
    page.tap("#paper")
    page.tap("#choice-vaccination")
    touch(page, "issuer", "CLINIC")
    touch(page, "date", "20260801")
    touch(page, "doses", "22")
    page.locator('[id="choice-EU/1/20/1528"]').tap()
    page.locator(".opinion .d-rule.is-ok").first.wait_for()
    page.tap("#dialog-done")
    page.wait_for_selector('[data-phase="saved"]')
    assert attested(live.kept[0])[0]["values"]["product"] == "EU/1/20/1528"


def commands(lane):
    return [each.command if isinstance(each, Addressed) else each for each in lane.commands]


def show(page, lane, exhibit):
    lane.put(exhibit)
    page.wait_for_selector(f'#app[data-revision="{lane.snapshot().revision}"]')


def test_without_a_camera_a_paper_is_kept_without_photograph_and_says_so(open_page, lane: LaneInMemory):
    page = open_page("wide", "en", "officer")
    show(page, lane, replace(lane.exhibits["certificate"], camera=False))
    page.tap("#paper")
    page.get_by_text("No picture from the camera: kept without a photograph").wait_for()
    whole(page)
    touch(page, "issuer", "LAB")
    touch(page, "date", "20261119")
    page.tap("#choice-positive")
    page.tap("#dialog-done")
    values = {"kind": "pcr", "issuer": "LAB", "at": "2026-11-19", "result": "positive"}
    wait_for(lambda: commands(lane) == [Attest(OFFICER, Attestation.PAPER, values)])


@BOTH
def test_a_class_is_chosen_and_left_to_the_rules_again(open_page, lane: LaneInMemory, layout, language):
    page = open_page(layout, language, "officer")
    show(page, lane, lane.exhibits["many_rules"])
    page.tap("#class")
    whole(page)
    page.tap("#choice-resident")
    page.tap("#dialog-done")
    show(page, lane, lane.exhibits["letter"])
    page.tap("#class")
    page.tap("#choice-as-found")
    page.tap("#dialog-done")
    wait_for(lambda: len(lane.commands) == 3)
    assert commands(lane) == [
        Attest(OFFICER, Attestation.CLASS, {"class": "resident"}),
        Attest(OFFICER, Attestation.EXEMPTION, {}),
        Attest(OFFICER, Attestation.CLASS, {}),
    ]


@BOTH
def test_the_origin_is_asked_where_the_order_asks(open_page, lane: LaneInMemory, layout, language):
    page = open_page(layout, language, "officer")
    show(page, lane, lane.exhibits["refer"])
    assert not page.locator("#origin").count(), "the demonstration's order does not look at it"
    order = next(each for each in load_history() if each.valid_from.date() <= date(2021, 4, 22) < date(2021, 6, 1))
    show(page, lane, replace(lane.exhibits["refer"], believed=replace(BELIEVED, order=order)))
    page.tap("#origin")
    touch(page, "place", "PHANG")
    whole(page)
    page.tap("#place-TH-82")
    page.tap("#dialog-done")
    wait_for(lambda: commands(lane) == [Attest(OFFICER, Attestation.ORIGIN, {"province": "TH-82"})])


@BOTH
def test_what_the_station_believes_and_every_dialog_are_whole(open_page, lane: LaneInMemory, layout, language):
    page = open_page(layout, language, "officer")
    show(page, lane, lane.exhibits["several"])
    for button in ("#believed", "#cert-0", "#class"):
        page.tap(button)
        whole(page)
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="detached")
    page.tap("#paper")
    for kind in ("pcr", "antigen", "vaccination", "recovery", "exemption"):
        page.tap(f"#choice-{kind}")
        whole(page)
    page.keyboard.press("Escape")
    page.locator(".qi .tell").first.tap()
    page.get_by_text("cannot be read now" if language == "en" else "อ่านไม่ได้ในตอนนี้").wait_for()
    whole(page)
