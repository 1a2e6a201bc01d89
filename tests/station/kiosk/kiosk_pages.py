"""What the tests of the pages look at: sizes of the screens, faults of a layout, accessibility."""

import time
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

SIZES = {"tall": (1080, 1920), "wide": (1920, 1080)}
FAULTS = Path(__file__).with_name("faults.js").read_text(encoding="utf-8")


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["target"] for node in v["nodes"]]) for v in found]


def wait_for(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()
