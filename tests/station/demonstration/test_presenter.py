"""The presenter's page in a real browser, over a small world that keeps to the same port as the real one."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import cv2
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from config.messages.catalogue import Catalogue
from models.specimens.passport import draw_document
from station.certificates.issuing.hcert import make_issuer
from station.demonstration.cards import cast_members
from station.demonstration.cast import Special, Traveller, cast
from station.demonstration.ports import CastMember, PresenterLinks, Visit, WorldState
from station.demonstration.presenter import create_presenter

NOW = datetime(2026, 11, 20, 2, 41, 8, tzinfo=UTC)
SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}
LINKS = PresenterLinks(
    "http://127.0.0.1:8600/", "http://127.0.0.1:8600/officer", "http://127.0.0.1:8700/", "Somjai R.", "482190"
)
EMPTY = WorldState(
    automatic=False,
    current=None,
    holding="nothing",
    waiting=0,
    screen="idle",
    needs=(),
    verdict=None,
    saved=None,
    visits=(),
)


class SmallWorld:
    """A world whose every state the test decides."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self.shown = EMPTY
        self.jpeg: bytes | None = None
        self.presented: list[str] = []

    def present(self, key: str) -> None:
        if key not in self._keys:
            raise KeyError(key)
        self.presented.append(key)
        self.shown = replace(self.shown, waiting=len(self.presented))

    def automatic(self, on: bool) -> None:
        self.shown = replace(self.shown, automatic=on)

    def state(self) -> WorldState:
        return self.shown

    def picture(self) -> bytes | None:
        return self.jpeg


@pytest.fixture(scope="module")
def travellers() -> tuple[Traveller, ...]:
    return cast(20, 7, make_issuer(b"presenter", NOW), NOW)


@pytest.fixture(scope="module")
def cards(travellers: tuple[Traveller, ...]) -> tuple[CastMember, ...]:
    return cast_members(travellers)


@pytest.fixture(scope="module")
def jpeg(travellers: tuple[Traveller, ...]) -> bytes:
    page = draw_document(travellers[1].person, travellers[1].zone)[:, :, :3]
    return bytes(cv2.imencode(".jpg", cv2.resize(page, (1280, 720)))[1].tobytes())


@contextmanager
def serving(world: SmallWorld, cards: tuple[CastMember, ...]) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_presenter(world, cards, LINKS), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@contextmanager
def open_page(browser: Browser, url: str, orientation: str = "landscape") -> Iterator[Page]:
    """The page with its first state; every fault of the page or request off loopback fails the test."""
    width, height = SIZES[orientation]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("request", lambda r: faults.append(r.url) if urlsplit(r.url).hostname not in (None, "127.0.0.1") else None)
    page.goto(url)
    expect(page.locator("html[data-link=live]")).to_be_attached(timeout=10_000)
    try:
        yield page
        assert faults == []
    finally:
        context.close()


OUTSIDE = """() => [...document.querySelectorAll('.o *')].filter((each) => {
  if (each.closest('.vh, svg') || !each.checkVisibility()) return false;
  const box = each.getBoundingClientRect();
  const card = each.closest('.who-card, .answer, .step, .d-card')?.getBoundingClientRect();
  return box.width && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1
    || (card && (box.bottom > card.bottom + 1 || box.right > card.right + 1)));
}).map((each) => each.outerHTML.slice(0, 160))"""


def check_layout(page: Page) -> None:
    """Nothing lies outside of the window or of its card, every control can be hit by a finger."""
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    assert page.evaluate(OUTSIDE) == []
    for control in page.locator("a:visible, button:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 59.9, control.evaluate("e => e.outerHTML")


def at_the_lane(cards: tuple[CastMember, ...]) -> WorldState:
    """A feverish traveller has been referred; ten others have been here, one with an unexpected end."""
    visits = [Visit(card.key, card.expects, f"DE-1-{1190 + number:06}") for number, card in enumerate(cards[:10])]
    visits[5] = replace(visits[5], outcome="ADMIT")
    visits[6] = replace(visits[6], outcome=None, saved="")
    needs = (("document", "done"), ("certificate", "done"), ("temperature", "done"))
    return WorldState(True, cards[1].key, "face", 3, "refer", needs, "REFER", "DE-1-001204", tuple(visits))


def test_the_cast_shows_what_is_special_and_what_a_right_station_says(travellers: tuple[Traveller, ...]) -> None:
    members = cast_members(travellers)
    thai, english = Catalogue.load("th"), Catalogue.load("en")
    assert all(member.about_key in thai and member.about_key in english for member in members)
    assert {f"presenter.about.{special}" for special in Special} == {member.about_key for member in members}
    assert [m.expects for m in members] == [str(t.expects) for t in travellers]
    assert all(m.portrait_png.startswith(b"\x89PNG") for m in members)
    assert travellers[0].person.surname not in repr(members[0])


def test_only_its_own_page_on_loopback_is_answered(cards: tuple[CastMember, ...]) -> None:
    world = SmallWorld(tuple(card.key for card in cards))
    client = TestClient(create_presenter(world, cards, LINKS), base_url="http://127.0.0.1:8500")
    ours = {"origin": "http://127.0.0.1:8500"}
    key = cards[0].key
    page = client.get("/?lang=th")
    assert page.status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 403
    assert client.post("/present", json={"key": key}).status_code == 403
    assert client.post("/present", json={"key": key}, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/present", json={"key": "nobody"}, headers=ours).status_code == 404
    assert client.post("/present", json={"key": key, "more": 1}, headers=ours).status_code == 422
    assert world.presented == []
    assert client.post("/present", json={"key": key}, headers=ours).status_code == 204
    assert world.presented == [key]
    assert client.get(f"/portrait/{key}.png").content == cards[0].portrait_png
    assert client.get("/portrait/nobody.png").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("orientation", SIZES)
@pytest.mark.parametrize(("language", "theme"), [("th", "dark"), ("en", "light")])
def test_a_busy_lane_fits_and_is_accessible(
    chromium: Browser, cards: tuple[CastMember, ...], jpeg: bytes, orientation: str, language: str, theme: str
) -> None:
    world = SmallWorld(tuple(card.key for card in cards))
    world.shown, world.jpeg = at_the_lane(cards), jpeg
    with (
        serving(world, cards) as address,
        open_page(chromium, f"{address}/?lang={language}&theme={theme}", orientation) as page,
    ):
        expect(page.locator("#picture")).to_be_visible()
        expect(page.locator("#answer")).to_contain_text("DE-1-001204")
        expect(page.locator(".who-card").first).to_contain_text(" 1190")
        expect(page.locator(".who-card.is-here")).to_contain_text(cards[1].name)
        expect(page.locator(".step.is-done")).to_have_count(3)
        expect(page.get_by_text("482190")).to_be_visible()
        check_layout(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("orientation", SIZES)
def test_a_traveller_is_sent_by_touch(chromium: Browser, cards: tuple[CastMember, ...], orientation: str) -> None:
    world = SmallWorld(tuple(card.key for card in cards))
    with serving(world, cards[:14]) as address, open_page(chromium, f"{address}/?lang=en", orientation) as page:
        expect(page.get_by_text("No picture before the camera yet")).to_be_visible()
        page.get_by_role("button", name="Feverish, twice").first.click()
        page.get_by_role("button", name="Present ").click()
        expect(page.get_by_text("1 waiting")).to_be_visible()
        assert world.presented == [cards[1].key]
        page.get_by_role("switch", name="Let them come by themselves").click()
        expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "true")
        assert world.state().automatic
        world.shown = replace(world.shown, current=cards[1].key, holding="passport", needs=(("document", "now"),))
        expect(page.locator(".step.is-now")).to_contain_text("Passport")
        expect(page.locator("#holding")).to_have_text("Holds up the passport")
        check_layout(page)
        assert Axe().run(page).violations_count == 0
        for name, target in (("Traveller screen", LINKS.traveller), ("Officer screen", LINKS.officer)):
            expect(page.get_by_role("link", name=name)).to_have_attribute("href", target)


@pytest.mark.browser
def test_more_travellers_than_fit_are_on_the_next_page(chromium: Browser, cards: tuple[CastMember, ...]) -> None:
    many = (*cards, *(replace(card, key=f"again-{card.key}") for card in cards[:4]))
    world = SmallWorld(tuple(card.key for card in many))
    with serving(world, many) as address, open_page(chromium, f"{address}/?lang=en") as page:
        expect(page.locator(".who-card")).to_have_count(16)
        check_layout(page)
        page.get_by_role("button", name="Further travellers").click()
        expect(page.locator(".who-card")).to_have_count(8)


@pytest.mark.browser
@pytest.mark.parametrize("orientation", SIZES)
def test_it_says_when_the_demonstration_is_gone(
    chromium: Browser, cards: tuple[CastMember, ...], orientation: str
) -> None:
    with ExitStack() as viewing:
        with serving(SmallWorld(()), cards[:8]) as address:
            page = viewing.enter_context(open_page(chromium, f"{address}/?lang=en", orientation))
        expect(page.get_by_text("The demonstration does not answer")).to_be_visible(timeout=8_000)
        check_layout(page)
        assert Axe().run(page).violations_count == 0
