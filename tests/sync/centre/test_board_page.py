"""The board in a real browser, served by a real server on loopback that answers `/v1/board` as the centre does."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from sync.centre import board_page

NOW = datetime(2026, 11, 20, 2, 41, 8, tzinfo=UTC)  # 09:41:08 in Phuket
SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def checkpoint(
    code: str, th: str, en: str, state: str, ago: timedelta | None, rate: int, **more: Any
) -> dict[str, Any]:
    """A checkpoint with a morning of travellers."""
    shape = [0, 0, 0, 0, 1, 2, 5, 8, 10, 6] + [0] * 14
    hours = [{"admit": rate * n, "refer": rate * n // 15, "refuse": rate * n // 90} for n in shape]
    verdicts = {name.upper(): sum(hour[name] for hour in hours) for name in ("admit", "refer", "refuse")}
    station = {"name": f"{code}-1", "state": state, "revoked": False}
    return {
        "code": code,
        "names": {"th": th, "en": en},
        "stations": [station],
        "state": state,
        "last_contact_at": None if ago is None else rfc3339(NOW - ago),
        "screened_today": sum(verdicts.values()),
        "screened_hour": sum(hours[9].values()),
        "by_verdict": verdicts,
        "per_hour": hours,
        "waiting": None if ago is None else 0,
        "gaps": [],
        "parked": 0,
    } | more


_OUT = {
    "name": "rassada-1",
    "state": "live",
    "revoked": False,
    "devices": {
        "at": rfc3339(NOW - timedelta(minutes=9)),
        "not_ready": [
            {"device": kind, "kind": kind, "state": state, "since": rfc3339(NOW - timedelta(minutes=ago)), "reason": ""}
            for kind, state, ago in (("printer", "absent", 9), ("thermal", "failed", 41))
        ],
    },
}
"""A station that is heard and whose scanner failed 41 minutes ago."""


def day(now: datetime) -> dict[str, Any]:
    """A busy morning: one checkpoint late, one with a gap, one silent, alerts open and taken."""
    places = [
        checkpoint("tha-chatchai", "ท่าฉัตรไชย", "Tha Chatchai", "late", timedelta(minutes=4), 60, waiting=38),
        checkpoint("rassada", "ท่าเรือรัษฎา", "Rassada Pier", "live", timedelta(seconds=3), 30, stations=[_OUT]),
        checkpoint("ao-po", "ท่าเรืออ่าวปอ", "Ao Po Pier", "live", timedelta(seconds=2), 9, gaps=[[4101, 4104]]),
        checkpoint("chalong", "ท่าเรือฉลอง", "Chalong Pier", "silent", timedelta(minutes=39), 7),
        checkpoint("demo", "ด่านสาธิต", "Demonstration", "live", timedelta(seconds=1), 1),
    ]
    verdicts = ("ADMIT", "ADMIT", "REFER", "ADMIT", "REFUSE")
    reasons = {"ADMIT": [], "REFER": ["M-NAM"], "REFUSE": ["C-SIG", "O-FLS"]}
    recent = [
        {
            "station": "rassada-1",
            "checkpoint": "rassada",
            "sequence": 2431 - number,
            "recorded_at": rfc3339(NOW - timedelta(seconds=9 * number)),
            "received_at": rfc3339(NOW - timedelta(seconds=9 * number)),
            "verdict": verdicts[number % 5],
            "reasons": reasons[verdicts[number % 5]],
            "document_kind": ("passport", "card")[number % 2],
            "nationality": "UTO",
        }
        for number in range(20)
    ]
    codes = (("temperature", "T-HOT"), ("certificate", "C-SIG"), ("document", "M-CHK"))
    alerts = [
        {
            "id": f"018f-{number}",
            "at": rfc3339(NOW - timedelta(minutes=2 + number)),
            "kind": codes[number % 3][0],
            "checkpoint": "rassada",
            "station": "rassada-1",
            "reasons": [codes[number % 3][1]],
            "acknowledged_by": "Anong K." if number > 5 else None,
            "acknowledged_at": rfc3339(NOW) if number > 5 else None,
        }
        for number in range(8)
    ]
    return _board(now, places, recent, alerts)


def first_start(now: datetime) -> dict[str, Any]:
    """One station is enrolled and has not been heard; nothing is screened."""
    return _board(now, [checkpoint("demo", "ด่านสาธิต", "Demonstration", "never", None, 0)], [], [])


def nothing(now: datetime) -> dict[str, Any]:
    """Not even a station."""
    return _board(now, [], [], [])


def _board(now: datetime, places: list[Any], recent: list[Any], alerts: list[Any]) -> dict[str, Any]:
    totals = {name: sum(p["by_verdict"][name.upper()] for p in places) for name in ("admit", "refer", "refuse")}
    screened = sum(totals.values())
    return {
        "at": rfc3339(now),
        "checkpoints": places,
        "totals": {"screened": screened, **totals, "hot": 17 if recent else 0},
        "recent": recent,
        "alerts": alerts,
    }


class Centre:
    """A server of the board's contract on a loopback port of its own."""

    def __init__(self, make: Callable[[datetime], dict[str, Any]]) -> None:
        self.make = make
        self.taken: dict[str, str] = {}
        self.refuse_acknowledgement = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._started = time.monotonic()
        self.start(self._socket)

    def snapshot(self) -> dict[str, Any]:
        board = self.make(NOW + timedelta(seconds=time.monotonic() - self._started))
        for alert in board["alerts"]:
            if alert["id"] in self.taken:
                alert |= {"acknowledged_by": self.taken[alert["id"]], "acknowledged_at": board["at"]}
        return board

    def start(self, listening: socket.socket | None = None) -> None:
        config = uvicorn.Config(self._app(), host="127.0.0.1", port=self.port, log_level="warning")
        self._server = uvicorn.Server(config)
        sockets = [listening or socket.create_server(("127.0.0.1", self.port))]
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": sockets}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(10)

    def url(self, language: str = "en", theme: str = "light") -> str:
        return f"http://127.0.0.1:{self.port}/?lang={language}&theme={theme}"

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/v1/board")
        def board() -> dict[str, Any]:
            return self.snapshot()

        @app.websocket("/v1/board/live")
        async def live(page: WebSocket) -> None:
            await page.accept()
            with suppress(WebSocketDisconnect, RuntimeError):
                while True:
                    await page.send_json(self.snapshot())
                    await asyncio.sleep(0.5)

        @app.post("/v1/alerts/{alert}/acknowledge")
        def acknowledge(alert: str, body: dict[str, str]) -> dict[str, bool]:
            if self.refuse_acknowledgement:
                raise RuntimeError("the ledger is away")
            self.taken[alert] = body["by"]
            return {"acknowledged": True}

        board_page.mount(app)
        return app


@contextmanager
def serving(make: Callable[[datetime], dict[str, Any]]) -> Iterator[Centre]:
    centre = Centre(make)
    try:
        yield centre
    finally:
        centre.stop()


@contextmanager
def open_page(browser: Browser, url: str, size: tuple[int, int]) -> Iterator[Page]:
    """The page with its first figures; every fault of the page or request off loopback fails the test."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("request", lambda r: faults.append(r.url) if urlsplit(r.url).hostname not in (None, "127.0.0.1") else None)
    page.goto(url)
    expect(page.locator("html[data-link=live]")).to_be_attached(timeout=10_000)
    expect(page.locator("#rows li").first).to_be_visible()
    try:
        yield page
        assert faults == []
    finally:
        context.close()


OVERFLOW = """() => {
  const bad = [];
  for (const each of document.querySelectorAll('.o *')) {
    if (each.closest('.vh, svg') || !each.checkVisibility()) continue;
    const box = each.getBoundingClientRect();
    if (box.width && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1))
      bad.push('outside: ' + each.outerHTML.slice(0, 120));
    const style = getComputedStyle(each);
    if (style.textOverflow === 'ellipsis' && each.scrollWidth > each.clientWidth + 1)
      bad.push('cut: ' + each.textContent);
  }
  for (const each of document.querySelectorAll('.cp, .kp, .al, .re')) {
    if (!each.checkVisibility()) continue;
    const card = each.closest('.d-card, .kps').getBoundingClientRect();
    if (each.getBoundingClientRect().bottom > card.bottom + 1) bad.push('below its card: ' + each.textContent);
  }
  if (document.scrollingElement.scrollHeight > innerHeight + 1) bad.push('scrolls');
  return bad;
}"""


def check_layout(page: Page) -> None:
    """Nothing lies outside, nothing is cut, every control can be hit by a finger."""
    assert page.evaluate(OVERFLOW) == []
    for control in page.locator("a:visible, button:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 59.9, control.evaluate("e => e.outerHTML")


def test_language_is_the_asked_then_the_browsers_then_thai() -> None:
    assert board_page.choose_language("en", "th") == "en"
    assert board_page.choose_language("xx", "fr-FR,en;q=0.8,th;q=0.5") == "en"
    assert board_page.choose_language(None, "fr") == "th"


def test_page_and_files_are_served_under_a_strict_policy() -> None:
    app = FastAPI()
    board_page.mount(app)
    client = TestClient(app)
    page = client.get("/?lang=th")
    assert page.status_code == 200
    assert '<html lang="th"' in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "style=" not in page.text
    assert client.get("/theme/tokens.css").headers["content-type"].startswith("text/css")
    assert client.get("/static/board.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/theme/../catalogue.py").status_code == 404
    assert client.get("/theme/assets.py").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("orientation", SIZES)
@pytest.mark.parametrize(("language", "theme"), [("th", "dark"), ("en", "light")])
def test_a_busy_morning_fits_and_is_accessible(chromium: Browser, orientation: str, language: str, theme: str) -> None:
    with serving(day) as centre, open_page(chromium, centre.url(language, theme), SIZES[orientation]) as page:
        expect(page.locator("#clock")).to_contain_text("20 พ.ย. 2569" if language == "th" else "20 Nov 2026")
        expect(page.locator("#rows .cp")).to_have_count(5)
        expect(page.locator("#recent .re").nth(4)).to_be_visible()
        check_layout(page)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("orientation", SIZES)
@pytest.mark.parametrize("make", [first_start, nothing], ids=["first start", "no station"])
def test_an_empty_board_says_so(
    chromium: Browser, orientation: str, make: Callable[[datetime], dict[str, Any]]
) -> None:
    with serving(make) as centre, open_page(chromium, centre.url(), SIZES[orientation]) as page:
        for sentence in ("No alerts", "No screening yet", "Nobody has been screened today yet"):
            expect(page.get_by_text(sentence, exact=True)).to_be_visible()
        expect(page.locator("#rows")).to_contain_text("no station yet")
        check_layout(page)
        assert Axe().run(page).violations_count == 0


@pytest.mark.browser
def test_a_silent_station_shows_no_figure_as_if_live(chromium: Browser) -> None:
    with serving(day) as centre, open_page(chromium, centre.url(), SIZES["landscape"]) as page:
        silent = page.locator("#rows .is-off")
        expect(silent).to_have_count(1)
        expect(silent.locator(".hr b")).to_have_text("?")
        expect(silent.locator(".ct b")).to_have_text("Silent 39 min")
        expect(silent.locator(".mx small")).to_contain_text("to 09:02")
        expect(page.locator("#rows .cp").nth(2)).to_contain_text("gap 4,101 to 4,104")
        expect(page.locator("#rows .cp").nth(1)).to_contain_text("scanner failed +1")
        expect(page.locator("#rows .cp").nth(1)).to_contain_text("scanner since 09:00")
        expect(page.locator("#markers")).to_contain_text("silent since 09:02")


@pytest.mark.browser
def test_an_alert_is_acknowledged_by_touch_and_every_alert_can_be_reached(chromium: Browser) -> None:
    with serving(day) as centre, open_page(chromium, centre.url(), SIZES["landscape"]) as page:
        expect(page.locator("#alerts-open")).to_have_text("6 open")
        seen = set(page.locator("#alerts .al:visible").all_inner_texts())
        following = page.get_by_role("button", name="Next alerts")
        while following.is_enabled():
            following.click()
            seen |= set(page.locator("#alerts .al:visible").all_inner_texts())
        assert len(seen) == 8
        while page.get_by_role("button", name="Previous alerts").is_enabled():
            page.get_by_role("button", name="Previous alerts").click()
        centre.refuse_acknowledgement = True
        page.get_by_role("button", name="Acknowledge: Hot skin").first.click()
        expect(page.get_by_text("Not sent. Press again")).to_be_visible()
        centre.refuse_acknowledgement = False
        page.get_by_text("Not sent. Press again").click()
        expect(page.locator("#alerts-open")).to_have_text("5 open")
        assert centre.taken == {"018f-0": "Duty desk"}
        page.get_by_role("button", name="Next alerts").click()
        expect(page.locator("#alerts .is-seen").first).to_contain_text("Duty desk")
        check_layout(page)


@pytest.mark.browser
@pytest.mark.parametrize("orientation", SIZES)
def test_it_says_when_the_centre_is_gone_and_comes_back_by_itself(chromium: Browser, orientation: str) -> None:
    with serving(day) as centre, open_page(chromium, centre.url(), SIZES[orientation]) as page:
        expect(page.locator("#link")).to_contain_text("Board live")
        centre.stop()
        expect(page.get_by_text("The centre does not answer. It reconnects by itself.")).to_be_visible(timeout=8_000)
        expect(page.locator("#gone")).to_contain_text("Figures are of 09:41:")
        expect(page.locator("#link")).to_be_hidden()
        check_layout(page)
        assert Axe().run(page).violations_count == 0
        centre.start()
        expect(page.locator("#link")).to_contain_text("Board live", timeout=10_000)
        expect(page.locator("#gone")).to_be_hidden()


@pytest.mark.browser
def test_theme_is_switched_and_kept(chromium: Browser) -> None:
    with serving(first_start) as centre:
        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{centre.port}/?lang=en")
        page.get_by_role("button", name="Dark screen").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator("#rows li").first).to_be_visible()
        assert page.evaluate(OVERFLOW) == []
        context.close()
