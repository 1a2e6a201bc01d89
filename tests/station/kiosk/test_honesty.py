"""The officer's screen over a real lane: what is not certain is said, settled by touch, and judged again."""

from datetime import date

import pytest
from gallery import NOW, OFFICER, document_read, taken
from kiosk_in_memory import Served, kiosk
from kiosk_pages import FAULTS, violations
from lane_live import LiveLane

from models.regions import Note
from station.certificates.issuing.hcert import Subject, Vaccination, issue, make_issuer
from station.certificates.verify import verify
from station.documents.thai_id import check_digit
from station.evidence import CertificateRead
from station.lane.events import CertificateSeen, DocumentSeen, TemperatureSeen

pytestmark = pytest.mark.browser
ISSUER = make_issuer(b"screens", NOW)
NUMBER = "110140023456" + check_digit("110140023456")
MAJA = Subject("Lindqvarn", "Maja Elin", date(1991, 4, 17))
SOMCHAI = Subject("Jaidee", "Somchai", date(1990, 4, 17))
TEMPERATURE = TemperatureSeen(taken(36.4).reading)


@pytest.fixture
def live(pictures, tmp_path):
    lane = LiveLane(pictures, tmp_path)
    yield lane
    lane.stop()


@pytest.fixture
def served(live):
    served = Served(kiosk(live))
    yield served
    served.stop()


def certificate(subject):
    text = issue(ISSUER, subject, Vaccination(on=date(2026, 8, 1)), NOW, "0001")
    return CertificateSeen(CertificateRead("c", NOW, "camera-1", verify(text, ISSUER.bundle(NOW), NOW)))


def touch(page, keys):
    """Type by the dialog's own keys; what stands under shift is found there."""
    for key in keys:
        if key == " ":
            page.tap(".keys .space")
            continue
        if not page.locator(f'[data-key="{key}"]').count():
            page.tap("#keys-shift")
        page.tap(f'[data-key="{key}"]')


def whole(page):
    assert page.evaluate(FAULTS, 60) == []
    assert violations(page) == []


@pytest.mark.parametrize(("layout", "language", "refer"), [("wide", "en", "Refer"), ("tall", "th", "ส่งต่อ")])
def test_a_name_that_is_not_certain_is_confirmed_with_one_touch(open_page, live, layout, language, refer):
    page = open_page(layout, language, "officer")
    doubted = document_read(unconfirmed=("surname", "given_names", "sex"))
    live.see(DocumentSeen(doubted), certificate(MAJA), TEMPERATURE)
    page.wait_for_selector("#verdict-refer.is-main")
    page.get_by_text("M-CFM").first.wait_for()
    whole(page)
    page.tap("#confirm-sex")
    page.locator("#confirm-sex").wait_for(state="detached")
    assert page.locator("#verdict-refer.is-main").count(), "a doubt about the sex is not what holds"
    page.tap("#ask-action")
    page.wait_for_selector('[data-phase="saved"]')
    kept = live.kept[0]
    assert kept["verdict"] == "ADMIT"
    assert kept["document"]["unconfirmed"] == []
    assert [(c["field"], c["officer"]) for c in kept["document"]["corrections"]] == [
        ("sex", OFFICER), ("surname", OFFICER), ("given_names", OFFICER),
    ]  # fmt: skip


def test_a_name_that_was_misread_is_corrected_in_the_dialog(open_page, live):
    page = open_page("wide", "en", "officer")
    live.see(DocumentSeen(document_read(unconfirmed=("surname",))), certificate(MAJA), TEMPERATURE)
    page.tap("#field-surname")
    page.get_by_text("Confirm as read").wait_for()
    whole(page)
    touch(page, "'1")
    page.get_by_text("Letters A to Z, space, hyphen and apostrophe only").wait_for()
    page.tap("#dialog-done", force=True)
    assert page.input_value("#input-surname") == "LINDQVARN'1", "nothing typed is lost"
    page.fill("#input-surname", "LINDQVARN")
    page.tap("#dialog-done")
    page.wait_for_selector('[data-phase="saved"]')
    assert live.kept[0]["verdict"] == "ADMIT"


def test_a_passport_on_a_screen_is_referred_until_the_document_is_seen(open_page, live):
    page = open_page("wide", "th", "officer")
    live.see(DocumentSeen(document_read(notes=tuple(Note))), certificate(MAJA), TEMPERATURE)
    page.get_by_text("M-SCR").first.wait_for()
    page.get_by_text("มีเอกสารสองฉบับในภาพ").wait_for()
    whole(page)
    page.tap("#ask-action")
    page.wait_for_selector('[data-phase="saved"]')
    assert live.kept[0]["document"]["notes"] == ["screen", "several_documents"]


def type_card(page, number, born, expires):
    page.tap("#ask-action")
    page.tap("#choice-thai_id")
    touch(page, number)
    page.tap("#input-birth_date")
    touch(page, born)
    if expires:
        page.tap("#input-expiry_date")
        touch(page, expires)
    else:
        page.tap("#for-life")
    for name, keys in (
        ("given_names_th", "สมชาย"),
        ("surname_th", "ณ ใจดี"),
        ("given_names", "SOMCHAI"),
        ("surname", "JAIDEE"),
    ):
        page.tap(f"#input-{name}")
        touch(page, keys)


@pytest.mark.parametrize(
    ("layout", "language", "expires", "wrong"),
    [("wide", "en", "25750416", "The check digit does not fit"), ("tall", "th", "", "เลขตรวจไม่ตรง")],
)
def test_a_thai_card_is_typed_by_touch(open_page, live, layout, language, expires, wrong):
    page = open_page(layout, language, "officer")
    live.see(certificate(SOMCHAI), TEMPERATURE)
    page.wait_for_selector("#ask-action")
    mistyped = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    type_card(page, mistyped, "25330417", expires)
    assert page.input_value("#input-document_number") == "-".join(
        (mistyped[0], mistyped[1:5], mistyped[5:10], mistyped[10:12], mistyped[12])
    )
    page.get_by_text(wrong).wait_for()
    whole(page)
    page.tap("#dialog-done", force=True)
    assert page.is_visible("dialog[open]"), "a number that does not hold is not used"
    assert page.input_value("#input-surname_th") == "ณ ใจดี", "nothing typed is lost"
    page.tap("#input-document_number")
    page.tap(".keys [aria-label]")
    touch(page, NUMBER[-1])
    page.get_by_text("= 1990-04-17").wait_for()
    whole(page)
    page.tap("#dialog-done")
    page.wait_for_selector('[data-phase="saved"]')
    page.get_by_text("ณ ใจดี").first.wait_for()
    whole(page)
    kept = live.kept[0]
    document = kept["document"]
    assert kept["verdict"] == "ADMIT"
    assert (document["document_number"], document["birth_date"]) == (NUMBER, "1990-04-17")
    assert document["expiry_date"] == ("2032-04-16" if expires else "")
    assert (document["surname"], document["surname_th"]) == ("JAIDEE", "ณ ใจดี")
    assert (document["given_names"], document["given_names_th"]) == ("SOMCHAI", "สมชาย")


def test_every_fault_of_a_thai_number_is_named(open_page, live):
    page = open_page("wide", "en", "officer")
    live.see(TEMPERATURE)
    page.tap("#attest-document")
    page.tap("#choice-thai_id")
    said = page.locator(".k-thai_id .say")
    for keys, words in (("9", "a number never starts with 9"), (NUMBER[:5], "5 of 13 digits"), (NUMBER, "number fits")):
        page.fill("#input-document_number", "")
        touch(page, keys)
        assert said.inner_text() == words
    page.fill("#input-document_number", "๑๑๐๑๔")
    assert page.input_value("#input-document_number") == "1-1014"
    page.tap("#input-surname_th")
    for keys in ("สมชาย", "ญาณี ฐิติ", "ธ์"):
        page.fill("#input-surname_th", "")
        touch(page, keys)
        assert page.input_value("#input-surname_th") == keys
    page.tap("#choice-page")
    assert page.locator("#input-surname_th").count() == 0
    page.tap("#choice-thai_id")
    assert page.input_value("#input-surname_th") == "ธ์", "what was typed of one kind is still there"


def test_a_typed_card_is_opened_and_typed_again(open_page, live):
    page = open_page("wide", "en", "officer")
    live.see(TEMPERATURE)
    page.tap("#attest-document")
    page_of = {"document_number": "UT4821907", "nationality": "UTO", "birth_date": "1991-04-17",
               "expiry_date": "2031-09-02", "surname": "Lindkvarn", "given_names": "Maja Elin"}  # fmt: skip
    for name, value in page_of.items():
        page.fill(f"#input-{name}", value)
    page.tap("#dialog-done")
    page.tap("#field-surname")
    assert page.input_value("#input-document_number") == "UT4821907"
    page.fill("#input-surname", "Lindqvarn")
    page.tap("#dialog-done")
    page.get_by_text("LINDQVARN, MAJA ELIN").wait_for()


def test_the_sex_may_be_emptied(open_page, live):
    page = open_page("wide", "en", "officer")
    live.see(DocumentSeen(document_read()))
    page.tap("#field-sex")
    page.fill("#input-sex", "")
    page.tap("#dialog-done")
    page.locator("#field-sex.is-corrected").wait_for()


def test_what_the_lane_cannot_take_is_still_in_the_form(open_page, live):
    page = open_page("wide", "en", "officer")
    page.add_init_script(
        "const parse = JSON.parse; JSON.parse = (text) => parse(text.replaceAll('[A-Z]{1,3}', '[A-Z0-9]{1,3}'));"
    )
    page.reload()
    live.see(DocumentSeen(document_read()))
    page.tap("#field-nationality")
    page.fill("#input-nationality", "UT0")
    page.tap("#dialog-done")
    page.get_by_text("The lane could not take this value: Nationality").wait_for()
    assert page.input_value("#input-nationality") == "UT0"
    page.fill("#input-nationality", "XXA")
    page.tap("#dialog-done")
    page.locator("#field-nationality.is-corrected").wait_for()
