"""`station calibration` and `station surroundings` as a technician uses them."""

import json
from datetime import datetime, timedelta

import pytest
from typer import Typer
from typer.testing import CliRunner

from config.messages.moments import BANGKOK
from station.commands import calibration

app = Typer()
app.add_typer(calibration.app, name="calibration")
app.add_typer(calibration.around, name="surroundings")

GIVEN = {
    "--by": "Orathai T.",
    "--instrument": "Fluke 4180 no. 1",
    "--certificate": "C-77",
    "--as-found": "-0.4",
    "--offset": "0.4",
    "--as-left": "0.0",
}


def station(*arguments: str, answers: str | None = None):
    return CliRunner().invoke(app, list(arguments), input=answers)


@pytest.fixture
def state(tmp_path):
    return "--state", str(tmp_path / "station")


def due(days: int) -> str:
    return (datetime.now(BANGKOK).date() + timedelta(days=days)).isoformat()


def options(**changes: str) -> list[str]:
    given = GIVEN | {"--due": due(180), "--serial": ""} | {f"--{k.replace('_', '-')}": v for k, v in changes.items()}
    return [part for pair in given.items() for part in pair]


def test_record_and_show(state):
    assert station("calibration", "show", *state).exit_code == 1
    done = station("calibration", "record", *options(), *state)
    assert done.exit_code == 0, done.output
    station("calibration", "record", *options(offset="0.35", due=due(0)), *state)
    shown = station("calibration", "show", "--json", *state)
    assert shown.exit_code == 0
    rows = [json.loads(line) for line in shown.output.splitlines()]
    assert [(row["offset_celsius"], row["counts"]) for row in rows] == [(0.35, True), (0.4, False)]
    assert rows[0]["protocol"] == "gy-mcu90640"
    assert "Fluke 4180 no. 1" in station("calibration", "show", *state).output


def test_a_scanner_that_was_left_off_is_recorded_and_does_not_count(state):
    assert station("calibration", "record", *options(), *state).exit_code == 0
    done = station("calibration", "record", *options(as_left="0.5"), *state)
    assert done.exit_code == 1
    assert "does not count" in done.output
    assert "+0.50 degrees off, more than 0.3" in done.output
    rows = [json.loads(line) for line in station("calibration", "show", "--json", *state).output.splitlines()]
    assert [row["counts"] for row in rows] == [False, False], "the one before does not come back"
    assert json.loads(station("calibration", "record", *options(), "--json", *state).output)["counts"]


def test_the_factor_is_noted(state):
    assert station("calibration", "record", *options(factor="0.95"), *state).exit_code == 0
    assert json.loads(station("calibration", "show", "--json", *state).output)["factor"] == 0.95
    assert station("calibration", "record", *options(factor="95"), *state).exit_code == 2


def test_it_asks_for_what_was_not_given(state):
    answers = "\n".join(["Orathai T.", "Fluke", "C-77", "-0.4", "0.4", "0", due(10), ""]) + "\n"
    done = station("calibration", "record", *state, answers=answers)
    assert done.exit_code == 0, done.output
    assert "As found" in done.output
    assert station("calibration", "show", *state).exit_code == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"due": "soon"},
        {"due": "2026-01-01"},
        {"due": "2099-01-01"},
        {"offset": "9"},
        {"offset": "nan"},
        {"as_found": "0.4"},
        {"by": "  "},
    ],
)
def test_wrong_use(state, changes):
    assert station("calibration", "record", *options(**changes), *state).exit_code == 2
    assert station("calibration", "show", *state).exit_code == 1


def test_surroundings(state):
    assert station("surroundings", "show", *state).exit_code == 1
    assert station("surroundings", "set", *state).exit_code == 2
    assert station("surroundings", "set", "--air", "99", *state).exit_code == 2
    assert station("surroundings", "set", "--air", "29", "--humidity", "70", *state).exit_code == 0
    row = json.loads(station("surroundings", "show", "--json", *state).output)
    assert (row["air_celsius"], row["humidity_percent"], row["counts"]) == (29.0, 70.0, True)
    assert row["flags"] == ["air_outside_guidance"]
    assert station("surroundings", "set", "--air", "36.5", *state).exit_code == 0
    said = station("surroundings", "show", *state).output
    assert "humidity unknown" in said
    assert "outside 18 to 34" in said
