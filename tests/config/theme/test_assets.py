import re
from pathlib import Path

import pytest

from config.theme import assets

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_is_there_and_asks_nothing_of_anyone():
    for name in assets.MEDIA_TYPES:
        text = assets.text(name)
        assert text
        outside = re.findall(r"""(?:url\(|href=|@import )["']?(https?:[^"')]+)""", text)
        assert outside == [], name


def test_an_unknown_file_is_none():
    with pytest.raises(KeyError):
        assets.read("../assets.py")


def test_every_pictogram_that_the_kiosk_names_is_in_the_sprite():
    symbols = set(re.findall(r'<symbol id="([is]-[a-z]+)"', assets.text("pictograms.svg")))
    named = set()
    for path in (ROOT / "station" / "kiosk" / "static").glob("*.js"):
        named |= set(re.findall(r'\bicon\("([a-z-]+)"', path.read_text(encoding="utf-8")))
    whole = {name if re.match("[is]-", name) else f"i-{name}" for name in named}
    assert whole - symbols == set()
    assert len(whole) > 15
