"""`station testcert` as a person runs it: pictures that are read again, a trust folder, and what verify then says."""

import json
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from station.cli import app

AT = "2026-11-20T10:00:00+07:00"


def station(*arguments: object, expect: int = 0) -> Result:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == expect, (done.output, done.exception)
    return done


def rows(done: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_format_and_flaw_is_verified_from_its_pictures(tmp_path: Path) -> None:
    made = rows(station("testcert", "--out", tmp_path, "--at", AT, "--json"))
    assert {row["format"] for row in made} == {"hcert", "ddcc", "shc", "vds-nc", "divoc"}
    assert all(row["for"] == "TEST ONLY - FOR DRILLS" for row in made)
    said = rows(station("verify", "--json", "--batch", tmp_path / "batch.jsonl"))
    assert len(said) == len(made) > 40
    for row, result in zip(made, said, strict=True):
        assert {name: result[name] for name in ("verdict", "step", "reason")} == row["expected"], row
        assert result["test_signer"] is (result["signer"] != ""), row
    pictures = [row["pictures"][0] for row in made if row["flaw"] == "none"]
    again = rows(station("verify", "--json", "--at", AT, "--trust", tmp_path / "trust", *pictures))
    assert [row["verdict"] for row in again] == ["valid"] * 5
    assert cv2.imread(str(pictures[0])) is not None


def test_a_chosen_holder_kind_and_flaw(tmp_path: Path) -> None:
    chosen = ("--format", "shc", "--flaw", "none", "--flaw", "wrong-key-usage", "--kind", "test", "--chunks", 3)
    holder = ("--holder", "DE<LA<CRUZ<<JOSE<MARIA", "--born", "1971-03-04")
    made = rows(station("testcert", "--out", tmp_path, "--at", AT, *chosen, *holder, "--seed", "s", "--json"))
    assert [row["flaw"] for row in made] == ["none"], "a test's second signer may sign tests"
    assert len(made[0]["pictures"]) == 3
    (said,) = rows(station("verify", "--json", "--batch", tmp_path / "batch.jsonl"))
    assert said["holder"]["surname"] == "DE LA CRUZ"
    assert said["holder"]["birth_date"] == "1971-03-04"
    assert said["entries"][0]["kind"] == "t"
    text = Path(made[0]["text"]).read_text()
    station("testcert", "--out", tmp_path, "--at", AT, *chosen, *holder, "--seed", "s")
    assert Path(made[0]["text"]).read_text() == text, "the same seed repeats a drill"


def test_it_says_plainly_what_it_made(tmp_path: Path) -> None:
    said = station("testcert", "--out", tmp_path, "--format", "hcert", "--flaw", "expired").stdout
    assert said.startswith("TEST ONLY - FOR DRILLS.")
    assert "hcert-expired.png: expired; verify says invalid (C-EXP, step time)" in said
    assert "station verify" in said


@pytest.mark.parametrize(
    "wrong",
    [
        ("--format", "paper"),
        ("--format", "divoc", "--kind", "recovery"),
        ("--flaw", "ugly"),
        ("--format", "hcert", "--flaw", "broken_chain"),
        ("--holder", "nobody"),
        ("--born", "yesterday"),
        ("--chunks", "0"),
        ("--at", "tomorrow"),
    ],
)
def test_wrong_use_is_exit_2(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    station("testcert", "--out", tmp_path / "new", *wrong, expect=2)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(app, ["testcert", "--out", str(tmp_path / "file" / "x"), "--format", "hcert"])
    assert "cannot be written" in str(done.exception)
