import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.messages.catalogue import LANGUAGES, Catalogue, messages, placeholders
from config.messages.moments import born_day, clock, day
from config.rules.reasons import REASONS

ROOT = Path(__file__).resolve().parents[3]
KIOSK = ROOT / "station" / "kiosk"
_KEY = re.compile(r"[a-z][a-z_]*(?:\.[A-Za-z0-9_-]+)+")
_CALL = re.compile(r'word\(\s*"([a-z_]+\.[A-Za-z0-9_.]+)"')


def keys_of_the_kiosk():
    """Keys that stand whole in the kiosk's program and pages; those put together are covered by tests of the views."""
    families = {key.partition(".")[0] for key in messages("en")}
    found = set()
    for path in KIOSK.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _KEY.fullmatch(node.value):
                found.add(node.value)
    for path in (KIOSK / "static").glob("*.js"):
        found |= set(_CALL.findall(path.read_text(encoding="utf-8")))
    return {
        key
        for key in found
        if key.partition(".")[0] in families and not key.endswith((".css", ".svg", ".js", ".html", "_"))
    }


def test_every_language_has_every_key():
    keys = {language: set(messages(language)) for language in LANGUAGES}
    assert keys["th"] == keys["en"]


def test_placeholders_agree():
    thai, english = messages("th"), messages("en")
    differ = [key for key in english if placeholders(english[key]) != placeholders(thai.get(key, ""))]
    assert differ == []


def test_every_key_of_the_kiosk_has_a_sentence():
    assert len(keys_of_the_kiosk()) > 100
    assert keys_of_the_kiosk() - set(messages("en")) == set()


def test_every_reason_has_a_sentence():
    assert [reason.message for reason in REASONS.values() if reason.message not in messages("th")] == []


def test_thai_is_thai():
    foreign = {"language.en", "officer.test_pcr", "welcome.title_second", "help.language", "officer.switch_language"}
    thai = messages("th")
    latin = [k for k, text in thai.items() if not re.search("[ก-๛]", text) and re.search("[a-z]{3}", text)]
    assert [key for key in latin if key not in foreign and not key.startswith(("code_kind.", "language."))] == []


def test_a_missing_key_falls_back_to_english_then_to_itself():
    catalogue = Catalogue("th", {"a.b": "ก {x}"}, {"a.b": "A {x}", "a.c": "C"})
    assert catalogue.text("a.b", x=1) == "ก 1"
    assert catalogue.text("a.b") == "ก "
    assert catalogue.text("a.c") == "C"
    assert catalogue.text("a.d") == "a.d"
    assert catalogue.english("a.b") == "A {x}"
    assert "a.c" in catalogue
    assert catalogue.under("a.c") == {"a.c": "C"}


def test_an_unknown_language_is_an_error():
    with pytest.raises(FileNotFoundError):
        Catalogue.load("xx")


def test_moments_are_in_bangkok_and_thai_years_are_buddhist():
    late = datetime(2026, 11, 20, 18, 41, 7, tzinfo=UTC)
    assert day(late, "en") == "21 Nov 2026"
    assert day(late, "th") == "21 พ.ย. 2569"
    assert clock(late) == "01:41"
    assert clock(late, seconds=True) == "01:41:07"
    assert born_day(date(1991, 4, 17), "th") == "17 เม.ย. 1991"
