"""Which order is in force: shipped, installed while the kiosk runs, and never a damaged one."""

import json
from datetime import UTC, datetime

import pytest

from config.loader import load
from config.rules.installed import INDEX, install
from config.rules.reading import SHIPPED
from station.orders import Orders, keep_rule_sets, rule_set_of
from station.paths import paths_of

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    return load("demo", {"station": {"state": tmp_path / "station"}})


def newer(folder, number=7, **changes):
    """The demonstration's set with a number of its own."""
    content = json.loads((SHIPPED / "demo-2026.json").read_bytes()) | {"number": number, **changes}
    path = folder / f"set-{number}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_what_is_installed_while_the_kiosk_runs_counts_at_once(settings, tmp_path):
    orders = Orders(settings)
    assert orders.in_force(NOW).number == 1
    install(newer(tmp_path), paths_of(settings).rules, now=NOW)
    assert orders.in_force(NOW).number == 7
    (paths_of(settings).rules / INDEX).write_text("{}")
    assert orders.in_force(NOW).number == 7, "what is damaged replaces nothing"


def test_every_set_that_judged_is_kept_by_its_digest(settings, tmp_path):
    first = Orders(settings).in_force(NOW)
    keep_rule_sets(settings)
    assert (paths_of(settings).rules / "sets" / f"{first.digest}.json").exists()
    assert rule_set_of(first.digest, settings) == first
    assert rule_set_of("0" * 64, settings) is None
    assert rule_set_of("", settings) is None
