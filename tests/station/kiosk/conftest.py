"""What the tests of the screens share: the gallery beside this file, its pictures, and a served kiosk."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from gallery import OFFICER, PIN
from kiosk_in_memory import LaneInMemory, Pictures, Served, kiosk
from kiosk_pages import SIZES


@pytest.fixture(scope="session")
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def lane(pictures: Pictures) -> LaneInMemory:
    return LaneInMemory(pictures)


@pytest.fixture
def served(lane: LaneInMemory) -> Iterator[Served]:
    served = Served(kiosk(lane))
    yield served
    served.stop()


@pytest.fixture
def open_page(chromium, served):
    contexts, strayed, errors = [], [], []

    def opener(layout="wide", language="en", screen="traveller", *, sign_in=True, size=None):
        width, height = size or SIZES[layout]
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, reduced_motion="reduce", has_touch=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda r: None if r.url.startswith(served.url) else strayed.append(r.url))
        page.on("websocket", lambda w: None if f":{served.port}/" in w.url else strayed.append(w.url))
        page.on("pageerror", lambda e: errors.append(str(e)))
        if screen == "officer" and sign_in:
            headers = {"content-type": "application/json", "origin": served.url}
            body = json.dumps({"officer": OFFICER, "pin": PIN})
            assert page.request.post(f"{served.url}/officer/session", data=body, headers=headers).ok
        page.goto(f"{served.url}/{'officer' if screen == 'officer' else ''}?lang={language}")
        return page

    yield opener
    for context in contexts:
        context.close()
    assert strayed == [], "a request left loopback"
    assert errors == []
