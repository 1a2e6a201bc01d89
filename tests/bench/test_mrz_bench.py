"""The bench's own arithmetic, and that a reader which cannot run is named in its row."""

import importlib
import sys
from pathlib import Path

import pytest

from models.mrz_checks import check_digit
from models.regions import MrzFormat, MrzReading, ReadState

HERE = Path(__file__).parent
ZONE = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


@pytest.fixture(scope="module", autouse=True)
def _beside():
    """The bench's modules import each other as a script's neighbours do."""
    paths = [str(HERE), str(HERE / "peers")]
    sys.path[:0] = paths
    yield
    for path in paths:
        sys.path.remove(path)


@pytest.fixture
def counts():
    return importlib.import_module("mrz_counts")


@pytest.fixture
def peers():
    return importlib.import_module("mrz_peers")


def _with(line, at, character):
    text = ZONE[line][:at] + character + ZONE[line][at + 1 :]
    return (text, ZONE[1]) if line == 0 else (ZONE[0], text)


@pytest.mark.parametrize("tries", [1, 4, 300, 1200])
def test_no_errors_have_the_exact_binomial_bound(counts, tries):
    assert counts.upper_bound(0, tries) == pytest.approx(1 - 0.05 ** (1 / tries), rel=1e-6)


def test_bounds_of_some_errors(counts):
    assert counts.upper_bound(0, 0) is None
    assert counts.upper_bound(3, 3) == 1
    assert counts.upper_bound(1, 100) == pytest.approx(0.0465598, abs=1e-6)
    assert counts.upper_bound(5, 50) == pytest.approx(0.198833, abs=1e-5)


def test_the_rule_that_every_reader_of_text_is_held_to(counts):
    assert counts.follows_the_rule(ZONE)
    assert not counts.follows_the_rule(_with(1, 0, "M"))
    assert not counts.follows_the_rule((ZONE[0], ZONE[1][:-1]))
    assert not counts.follows_the_rule((ZONE[0][:-1] + "ß", ZONE[1]))
    assert not counts.follows_the_rule(())


def test_where_an_accepted_reading_is_wrong(counts):
    assert counts.wrong_in_checked(_with(1, 0, "M"), ZONE)
    assert not counts.wrong_in_checked(_with(0, 6, "B"), ZONE)
    assert counts.wrong_in_checked(ZONE[:1], ZONE)
    assert counts.wrong_unmarked(_with(0, 6, "B"), ZONE, ()) == {"surname"}
    assert counts.wrong_unmarked(_with(0, 6, "B"), ZONE, ("surname",)) == set()
    assert counts.wrong_unmarked(_with(0, 16, "B"), ZONE, ("surname",)) == {"given_names"}
    assert counts.wrong_unmarked(_with(1, 11, "B"), ZONE, ("surname",)) == {"nationality"}
    assert counts.wrong_unmarked(_with(1, 0, "M"), ZONE, ()) == set()


def test_a_tally_counts_what_was_believed_and_wrong(counts):
    tally = counts.Tally()
    assert tally.add(MrzReading(ReadState.CLEAN, MrzFormat.TD3, ZONE, unconfirmed=("surname",)), ZONE)
    assert not tally.add(MrzReading(ReadState.CLEAN, MrzFormat.TD3, _with(0, 6, "B")), ZONE)
    assert not tally.add(MrzReading(ReadState.CORRECTED, MrzFormat.TD3, _with(1, 0, "V")), ZONE)
    assert not tally.add(MrzReading(ReadState.FAILED, MrzFormat.TD3, _with(1, 0, "M")), ZONE)
    assert not tally.add(MrzReading(ReadState.ABSENT), ZONE)
    figures = tally.plus(counts.Tally()).figures()
    assert (figures["read"], figures["exact"], figures["accepted"], figures["clean"]) == (5, 1, 3, 2)
    assert (figures["wrong"], figures["wrong_clean"], figures["wrong_checked"]) == (2, 1, 1)
    assert (figures["wrong_names"], figures["wrong_other"], figures["marked"]) == (1, 0, 1)


def test_lines_of_a_zone_are_picked_out_of_a_page():
    pick = importlib.import_module("picking").pick
    spaced = [" ".join(ZONE[0]), ZONE[1].lower()]
    assert pick(["UTOPIA", "PASSPORT OF THE STATE OF UTOPIA 1234", *spaced, "SPECIMEN"]) == list(ZONE)
    assert pick(["P<UTOERIKSSON«ANNA<MARIA<<<<<<<<<<<<<<<<<<<", ZONE[1]]) == list(ZONE)
    assert pick([ZONE[0][:-2], ZONE[1]]) == [ZONE[0][:-2], ZONE[1]]
    assert pick(["", "UTOPIA"]) == []


def test_a_reader_without_tesseract_says_so(peers, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    reader = next(reader for reader in peers.READERS if reader.tesseract)
    row = peers.measure(reader, [peers.Task(tmp_path / "none.png", ZONE, still=True)])
    assert row == {"unavailable": "tesseract is not installed: apt-get install tesseract-ocr"}


def test_a_reader_that_does_not_start_says_so(peers, tmp_path):
    row = peers.measure(peers.Reader("none", "missing"), [peers.Task(tmp_path / "none.png", ZONE, still=True)])
    assert list(row) == ["unavailable"]
    assert "does not start" in row["unavailable"]


def test_our_own_worker_answers_and_outlives_a_broken_picture(peers, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n but no more")
    row = peers.measure(peers.READERS[0], [peers.Task(broken, ZONE, still=True)] * 2)
    assert (row["good"], row["exact"], row["accepted"], row["threw"]) == (2, 0, 0, 2)
    assert row["cpu"]["count"] == 2
    assert row["peak_mb"] > 20


def test_the_sample_zone_is_right():
    assert check_digit(ZONE[1][:9]) == ZONE[1][9]
