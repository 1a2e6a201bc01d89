"""The table of docs/rules.md: it says what the sets and the judgement say today, and what it says is sensible."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.rules.reading import load_history
from station.commands import rules
from station.commands.rules_table import as_json, as_markdown, judged, written
from station.commands.typical_travellers import TRAVELLERS
from station.errors import CannotWrite
from station.evidence import VerdictKind

DOCUMENT = Path(__file__).parents[3] / "docs/rules.md"
SETS = load_history()
ORDERS = ["04-21", "06-01", "07-01", "07-20", "07-25", "09-11", "10-01", "10-16"]


def _row(start: str) -> dict[str, tuple[str, ...]]:
    """Reasons by order; ADMIT is without any."""
    (row,) = (each for each in judged(SETS) if each.traveller.words == start)
    for found in row.judgements:
        assert (found.verdict is VerdictKind.ADMIT) == (not found.reasons)
    return {name: found.reasons for name, found in zip(ORDERS, row.judgements, strict=True)}


def test_the_document_is_up_to_date() -> None:
    """If not: `station rules table --write docs/rules.md`."""
    assert DOCUMENT.read_text(encoding="utf-8") == written(DOCUMENT, as_markdown(SETS))


def test_two_doses_alone_were_enough_but_for_the_summer() -> None:
    found = _row("From Bangkok, two doses of Sinovac 60 days ago")
    assert [name for name, reasons in found.items() if reasons == ("C-MOR",)] == ["07-20", "07-25", "09-11", "10-01"]
    assert [name for name, reasons in found.items() if not reasons] == ["04-21", "06-01", "07-01", "10-16"]


def test_the_window_of_the_test_moved_from_seven_days_to_72_hours_and_back() -> None:
    found = _row("From Bangkok, two doses of Sinovac 60 days ago, antigen test 5 days old")
    assert {name for name, reasons in found.items() if reasons == ("C-AGE",)} == {"07-25", "09-11"}
    assert not any(_row("From Bangkok, two doses of Sinovac 60 days ago, antigen test 2 days old").values())


def test_one_dose_of_astrazeneca_was_enough_until_october() -> None:
    found = _row("From Bangkok, one dose of AstraZeneca 30 days ago, antigen test 1 day old")
    assert {name: reasons for name, reasons in found.items() if reasons} == {"10-16": ("C-DOS",)}


def test_who_has_nothing_is_referred_and_never_refused() -> None:
    assert set(_row("From Bangkok, nothing to show").values()) == {("C-MIS",)}
    assert _row("From Krabi, nothing to show")["04-21"] == ()
    assert _row("Origin not told, two doses of Sinovac 60 days ago, antigen test 2 days old")["04-21"] == ("R-CLS",)
    verdicts = {found.verdict for row in judged(SETS) for found in row.judgements}
    assert verdicts == {VerdictKind.ADMIT, VerdictKind.REFER}


def test_the_sandbox_needs_its_papers() -> None:
    seen = "From Germany, two doses of Pfizer 60 days ago, RT-PCR 60 hours old, papers of the sandbox seen"
    assert [name for name, reasons in _row(seen).items() if not reasons] == ORDERS[2:]
    assert set(_row("The same visitor from Germany, papers of the sandbox not seen").values()) == {("R-OFF",)}


@pytest.mark.parametrize("each", TRAVELLERS, ids=lambda each: each.words)
def test_no_document_and_no_proof_is_the_trouble(each: object) -> None:
    """What the table shows comes from the orders: the travellers' documents and papers are in order."""
    row = next(row for row in judged(SETS) if row.traveller is each)
    for found in row.judgements:
        assert not [reason for reason in found.reasons if reason[0] in "MT" or reason in ("C-RUU", "C-RUL", "R-UNS")]


def test_command() -> None:
    shown = CliRunner().invoke(rules.app, ["table"])
    assert shown.exit_code == 0
    assert re.search(r"^\| Ambulance from Bangkok \|", shown.output, re.MULTILINE)
    lines = CliRunner().invoke(rules.app, ["table", "--json"]).output.splitlines()
    assert [json.loads(line) for line in lines] == list(as_json(SETS))
    assert len(lines) == len(TRAVELLERS) * 8


def test_command_writes_only_its_part(tmp_path: Path) -> None:
    path = tmp_path / "rules.md"
    path.write_text(DOCUMENT.read_text(encoding="utf-8").replace("refer C-MIS", "?"), encoding="utf-8")
    assert CliRunner().invoke(rules.app, ["table", "--write", str(path)]).exit_code == 0
    assert path.read_bytes() == DOCUMENT.read_bytes()
    path.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="add the two lines"):
        written(path, "")


def test_a_document_without_the_part_or_none_at_all(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("nothing", encoding="utf-8")
    for name, words in (("other.md", "add the two lines"), ("missing.md", "cannot be written")):
        done = CliRunner().invoke(rules.app, ["table", "--write", str(tmp_path / name)])
        assert isinstance(done.exception, CannotWrite)
        assert words in str(done.exception)
