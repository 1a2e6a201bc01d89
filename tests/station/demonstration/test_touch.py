"""One traveller through both screens by touch, in a real browser, with every program of the demonstration running."""

import shutil
import time
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from station.demonstration.cast import Special
from station.demonstration.house import House, people
from sync.centre.embedded import data_folder

pytestmark = pytest.mark.browser
PORTRAIT, LANDSCAPE = {"width": 1080, "height": 1920}, {"width": 1920, "height": 1080}
WAIT = 30_000


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("touch"))
    cast = people(14, 2, house.prepare())
    world = house.world(cast, 2)
    world.start()
    house.open()
    yield house, world, {t.special: t for t in cast}
    world.stop()
    house.stop()
    shutil.rmtree(data_folder(house.centre_state), ignore_errors=True)


@pytest.fixture
def page_of(chromium):
    contexts, requests = [], []

    def open_page(address, viewport):
        context = chromium.new_context(viewport=viewport, has_touch=True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda socket: requests.append(socket.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert {urlsplit(url).hostname for url in requests if not url.startswith("data:")} <= {"127.0.0.1"}
    assert any(url.startswith("ws://") for url in requests)


def violations(page):
    return [(v["id"], [n["target"] for n in v["nodes"]]) for v in Axe().run(page).response["violations"]]


def sign_in(officer):
    officer.get_by_text("Somjai R.").first.tap()
    for digit in "2569":
        officer.get_by_role("button", name=digit, exact=True).tap()
    if officer.get_by_role("button", name="Open lane").count():
        officer.get_by_role("button", name="Open lane").tap()
    expect(officer.get_by_text("Nobody at the lane")).to_be_visible(timeout=WAIT)


def test_a_traveller_by_touch_from_passport_to_receipt(demonstration, page_of):
    house, world, cast = demonstration
    traveller = page_of(house.kiosk_address + "/?lang=th", PORTRAIT)
    officer = page_of(house.kiosk_address + "/officer?lang=en", LANDSCAPE)
    board = page_of(house.centre_address + "/?lang=en", LANDSCAPE)
    traveller.get_by_role("button", name="English").tap()
    expect(traveller.get_by_text("Welcome to Phuket")).to_be_visible(timeout=WAIT)
    assert violations(traveller) == []
    sign_in(officer)

    world.present(cast[Special.EXPIRED_CERTIFICATE].key)
    expect(officer.get_by_text("Refer to a person")).to_be_visible(timeout=WAIT)
    expect(officer.get_by_text("C-EXP").first).to_be_visible()
    expect(traveller.get_by_text("An officer", exact=False).first).to_be_visible(timeout=WAIT)
    assert violations(officer) == []
    assert violations(traveller) == []

    officer.locator("button", has_text="Refuse").last.tap()
    dialog = officer.get_by_role("dialog")
    dialog.get_by_text("No acceptable proof was shown").tap()
    assert violations(officer) == []
    dialog.locator("button", has_text="Refuse").last.tap()

    expect(officer.get_by_text("Refused").first).to_be_visible(timeout=WAIT)
    name = cast[Special.EXPIRED_CERTIFICATE].zone[0][5:].split("<")[0]
    assert name not in board.content()
    expect(board.get_by_text("O-NOP").first).to_be_visible(timeout=WAIT)
    assert violations(board) == []


def test_the_screens_say_when_the_kiosk_is_gone_and_come_back(demonstration, page_of):
    house, _, _ = demonstration
    traveller = page_of(house.kiosk_address + "/?lang=en", LANDSCAPE)
    expect(traveller.get_by_text("Welcome to Phuket")).to_be_visible(timeout=WAIT)
    gone = traveller.get_by_text("The kiosk is starting again")
    expect(gone).to_be_hidden()
    house.kiosk.kill()
    began = time.monotonic()
    expect(gone).to_be_visible(timeout=10_000)
    assert time.monotonic() - began < 6
    house.kiosk.start()
    expect(gone).to_be_hidden(timeout=WAIT)
    expect(traveller.get_by_text("Welcome to Phuket")).to_be_visible(timeout=WAIT)
