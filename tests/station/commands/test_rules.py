"""`station rules explain`, `dry-run`, `install`, `list`: over a real journal that another connection holds open."""

import importlib.util
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.loader import load
from config.rules.reading import SHIPPED
from station.commands.rules import app
from station.errors import CannotWrite
from station.evidence import Attestation
from station.journal.journal import Journal
from station.journal.keys.file import create_key
from station.lane.commands import Attest
from station.orders import keep_rule_sets
from station.paths import paths_of
from sync.facts import FactKind, Priority

_spec = importlib.util.spec_from_file_location(
    "lane_people", Path(__file__).parent.parent / "lane" / "people.py"
)  # fmt: skip
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
NAMES = ("LINDQVARN", "Lindqvarn", "HALVAR", "Halvar", "UT4821907")


@pytest.fixture
def lane(tmp_path):
    """A lane that writes into the journal of a station; the journal stays open for writing, as the kiosk holds it."""
    settings = load("demo", {"station": {"state": tmp_path / "station"}})
    paths = paths_of(settings)
    key = create_key(paths.journal_key, os.urandom(32))
    clock = [people.NOON]
    book = Journal(paths.journal, key, settings.station.name, lambda: clock[0], os.urandom)
    keep_rule_sets(settings)
    bench = people.Bench(book)
    bench.state, bench.clock = paths.state, clock
    yield bench
    book.close()


def rules(lane, *arguments, expect=0):
    done = CliRunner().invoke(app, [*map(str, arguments), "--state", str(lane.state)], catch_exceptions=False)
    assert done.exit_code == expect, (done.output, done.stderr)
    return done.stdout


def pass_by(lane, number, *evidence):
    lane.feed(*evidence)
    assert len(lane.saved) == number
    lane.later(5, present=False)
    return lane.saved[-1]["screening"]


def good(surname="Lindqvarn", number="UT4821907", celsius=36.4):
    document = people.document(surname.upper(), "MAJA ELIN", number)
    return document, people.certificate(surname), people.temperature(celsius)


def changed_set(folder, **changes):
    content = json.loads((SHIPPED / "demo-2026.json").read_bytes()) | {"number": 9, "id": "demo-next", **changes}
    path = folder / "next.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_explain_shows_everything_and_judges_the_same_again(lane):
    name = pass_by(lane, 1, *good())
    text = rules(lane, "explain", name)
    assert "Judged again under the same rule set: the same, ADMIT." in text
    for part in ("document (passport, clean)", "skin temperature no. 1: 36.4", "C-ENT", "Demonstration order 1/2569"):
        assert part in text
    assert rules(lane, "explain", "2") == text, "entry 1 opens the journal, entry 2 is the screening"
    row = json.loads(rules(lane, "explain", name, "--json"))
    assert row["replay"] == {"state": "same", "proposed": "ADMIT", "differences": []}
    assert row["rule_set"]["digest"] == people.RULE_SET.digest
    assert {each["rule"] for each in row["outcomes"]} >= {"document-readable", "skin-temperature"}


def test_explain_says_different_and_what(lane):
    pass_by(lane, 1, *good())
    body = lane.saved[0] | {"screening": "altered", "proposed": "REFER", "class": "crew"}
    body["outcomes"] = [
        each | {"truth": "fail", "code": "T-HOT"} if each["rule"] == "skin-temperature" else each
        for each in body["outcomes"]
    ]
    lane.journal.append(FactKind.SCREENING, Priority.NORMAL, body, subject="altered")
    row = json.loads(rules(lane, "explain", "altered", "--json", expect=1))
    assert row["replay"]["state"] == "different"
    assert {each["what"] for each in row["replay"]["differences"]} == {"verdict", "class", "skin-temperature"}


def test_explain_says_when_the_rule_set_is_gone_and_when_there_is_no_such_screening(lane):
    pass_by(lane, 1, *good())
    rule_set = lane.saved[0]["rule_set"] | {"digest": "ab" * 32}
    lane.journal.append(
        FactKind.SCREENING, Priority.NORMAL, lane.saved[0] | {"screening": "old", "rule_set": rule_set}, subject="old"
    )
    text = rules(lane, "explain", "old", expect=3)
    assert "Judged again: not possible. The rule set demo-2026 no. 1 of that digest is gone" in text
    rules(lane, "explain", "no-such-screening", expect=2)
    rules(lane, "explain", "1", expect=2)


def test_dry_run_counts_and_names_screenings_but_no_people(lane, tmp_path):
    warm = pass_by(lane, 1, *good(celsius=37.2))
    pass_by(lane, 2, *good("Halvar", "UT1112223"))
    thresholds = {"skin_celsius_limit": 37.0, "second_after_seconds": 3}
    new = changed_set(tmp_path, thresholds=thresholds)
    day = "2026-11-20"
    text = rules(lane, "dry-run", new, "--from", day, "--to", day)
    assert "2 screenings, 2 judged again, 1 would change" in text
    assert f"{warm} (no. 2): ADMIT to REFER" in text
    assert "skin-temperature: pass T-OK -> cannot_tell T-2ND" in text
    assert not any(name in text for name in NAMES)
    out = rules(lane, "dry-run", new, "--from", day, "--to", day, "--json")
    changed, total = map(json.loads, out.splitlines())
    assert (changed["screening"], changed["from"], changed["to"]) == (warm, "ADMIT", "REFER")
    assert (total["screenings"], total["changed"], total["moves"]) == (2, 1, {"ADMIT to REFER": 1})
    assert not any(name in out for name in NAMES)
    same = changed_set(tmp_path)
    assert ", 0 would change" in rules(lane, "dry-run", same, "--from", day, "--to", day)
    assert "0 screenings" in rules(lane, "dry-run", same, "--from", "2026-11-19", "--to", "2026-11-19")
    for impossible in ("9999-12-31", "0001-01-01"):
        rules(lane, "dry-run", same, "--from", impossible, "--to", impossible, expect=2)


def test_dry_run_takes_yesterday_when_no_day_is_given(lane, tmp_path):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    lane.clock[0] = yesterday
    pass_by(lane, 1, *good())
    out = rules(lane, "dry-run", changed_set(tmp_path), "--json")
    assert json.loads(out.splitlines()[-1])["screenings"] == 1


def test_dry_run_passes_over_other_places_and_what_was_purged(lane, tmp_path):
    pass_by(lane, 1, *good())
    lane.journal.append(FactKind.SCREENING, Priority.NORMAL, {"screening": "half"}, subject="half")
    out = rules(
        lane, "dry-run", changed_set(tmp_path, places=["ao-po"]), "--from", "2026-11-20", "--to", "2026-11-20", "--json"
    )
    total = json.loads(out.splitlines()[-1])
    assert (total["screenings"], total["elsewhere"], total["unreadable"], total["judged"]) == (2, 1, 1, 0)


def test_a_paper_and_its_picture_are_told_by_officer_and_digest(lane):
    paper = {"kind": "antigen", "issuer": "Lab", "at": "2026-11-20T08:00:00+07:00", "result": "negative"}
    document, _, skin = good()
    name = pass_by(lane, 1, document, Attest("Somjai R.", Attestation.PAPER, paper, b"\xff\xd8\xff paper"), skin)
    text = rules(lane, "explain", name)
    assert "paper, attested by officer Somjai R.: " in text
    assert "issuer Lab, kind antigen" in text
    assert "picture SHA-256 " in text
    assert "attested by officer [" in text


def test_install_and_list(lane, tmp_path):
    new = changed_set(tmp_path)
    assert "demo-next no. 9 is installed" in rules(lane, "install", new)
    rows = [json.loads(line) for line in rules(lane, "list", "--json").splitlines()]
    assert {row["rule_set"]: bool(row["installed_at"]) for row in rows} == {"demo-2026": False, "demo-next": True}
    assert [row["rule_set"] for row in rows if row["in_force"]] == ["demo-next"]
    assert "* demo-next no. 9" in rules(lane, "list")
    older = changed_set(tmp_path, number=3, id="demo-older")
    rules(lane, "install", older, expect=1)
    first = changed_set(tmp_path, number=1, id="as-low-as-the-shipped-one")
    rules(lane, "install", first, expect=1)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"places": ["samui"]}, "it is for samui, and this is demo"),
        ({"directions": ["outbound"]}, "it is for outbound, and this lane is inbound"),
        ({"valid_from": "2019-01-01T00:00:00+07:00", "valid_to": "2020-01-01T00:00:00+07:00"}, "ended before 2020-01"),
    ],
)
def test_a_set_that_judges_nobody_here_says_so(lane, tmp_path, changes, why):
    new = changed_set(tmp_path, **changes)
    assert why in rules(lane, "install", new)
    (line,) = (each for each in rules(lane, "list").splitlines() if "demo-next" in each)
    assert why in line


def test_a_folder_that_cannot_be_written_is_one_sentence(lane, tmp_path):
    (lane.state / "rules" / "sets").rename(tmp_path / "away")
    (lane.state / "rules" / "sets").write_text("")
    with pytest.raises(CannotWrite, match="cannot be written"):
        rules(lane, "install", changed_set(tmp_path))


def test_a_set_without_its_cases_is_not_good(tmp_path):
    done = CliRunner().invoke(app, ["test", "--json", str(changed_set(tmp_path, cases=[]))])
    row = json.loads(done.stdout)
    assert (done.exit_code, row["failing"]) == (1, [])
    assert any("certificate-entry" in each for each in row["uncovered"])
