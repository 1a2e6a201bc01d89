"""Taking rule sets into force: only sound and newer ones, whole or not at all, and nothing ever lost."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.rules.errors import RuleSetRefused, RuleSetUnreadable
from config.rules.installed import INDEX, SETS, find, install, keep, load_installed
from config.rules.reading import HISTORY, SHIPPED, digest, load
from config.rules.ruleset import in_force

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEMO = json.loads((SHIPPED / "demo-2026.json").read_text())


def _set(folder: Path, name: str = "set.json", **changes: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(DEMO | changes))
    return path


def _changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    content = copy.deepcopy(DEMO)
    change(content)
    path = folder / "changed.json"
    path.write_text(json.dumps(content))
    return path


def test_nothing_is_installed_at_first(tmp_path: Path) -> None:
    assert load_installed(tmp_path / "rules") == ()
    assert find("0" * 64, tmp_path / "rules") is None


def test_a_set_comes_into_force(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    done = install(_set(tmp_path), folder, now=NOW)
    assert done.installed_at == NOW
    assert load_installed(folder) == (done,)
    assert find(done.rules.digest, folder) == done.rules
    assert done.rules.digest == digest((tmp_path / "set.json").read_bytes())


def test_the_newer_one_counts_and_the_old_one_stays(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    old = install(_set(tmp_path), folder, now=NOW)
    new = install(_set(tmp_path, number=2, id="newer"), folder, now=NOW)
    sets = [each.rules for each in load_installed(folder)]
    assert in_force(sets, "demo", "inbound", NOW) == new.rules
    assert find(old.rules.digest, folder) == old.rules


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    first = install(_set(tmp_path), folder, now=NOW)
    install(_set(tmp_path, number=2), folder, now=NOW)
    before = (folder / INDEX).read_bytes()
    again = install(_set(tmp_path), folder, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert again == first
    assert (folder / INDEX).read_bytes() == before


@pytest.mark.parametrize("number", [4, 5])
def test_a_lower_or_equal_number_is_refused(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "rules"
    install(_set(tmp_path, number=5, id="five"), folder, now=NOW)
    with pytest.raises(RuleSetRefused, match=f"has the number {number}, but five with the number 5") as caught:
        install(_set(tmp_path, number=number, order="another"), folder, now=NOW)
    assert "above 5" in str(caught.value)
    assert [each.rules.id for each in load_installed(folder)] == ["five"]


def test_the_number_is_above_those_of_the_sets_that_came_with_the_program(tmp_path: Path) -> None:
    folder, came = tmp_path / "rules", (load(SHIPPED / "demo-2026.json"),)
    with pytest.raises(RuleSetRefused, match="give it a number above 1"):
        install(_set(tmp_path, id="another"), folder, now=NOW, beside=came)
    done = install(SHIPPED / "demo-2026.json", folder, now=NOW, beside=came)
    assert done.rules == came[0], "the same file may be installed"
    install(_set(tmp_path, id="another", number=2), folder, now=NOW, beside=came)


@pytest.mark.parametrize("changes", [{"places": ["chalong"]}, {"directions": ["outbound"]}])
def test_another_place_or_direction_counts_for_itself(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = tmp_path / "rules"
    install(_set(tmp_path, number=5), folder, now=NOW)
    install(_set(tmp_path, number=1, id="other", **changes), folder, now=NOW)
    assert len(load_installed(folder)) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["cases"][0].update(expected=False), "fails its own cases"),
        (lambda c: c.update(cases=[]), "has no case that comes out “pass”"),
        (lambda c: c.update(cases=[each for each in c["cases"] if "crew" not in each["name"]]), "class crew"),
    ],
)
def test_what_is_not_proved_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], Any], words: str) -> None:
    folder = tmp_path / "rules"
    with pytest.raises(RuleSetRefused, match=words):
        install(_changed(tmp_path, change), folder, now=NOW)
    assert load_installed(folder) == ()


def test_what_is_no_set_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    with pytest.raises(RuleSetUnreadable, match=r"broken\.json"):
        install(broken, tmp_path / "rules", now=NOW)
    with pytest.raises(RuleSetUnreadable, match="cannot be read"):
        install(tmp_path / "nowhere.json", tmp_path / "rules", now=NOW)


def test_an_altered_set_is_found_out_and_mended(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    done = install(_set(tmp_path), folder, now=NOW)
    stored = folder / SETS / f"{done.rules.digest}.json"
    stored.write_bytes(stored.read_bytes().replace(b"37.5", b"39.5"))
    for look in (lambda: load_installed(folder), lambda: find(done.rules.digest, folder)):
        with pytest.raises(RuleSetUnreadable, match="altered"):
            look()
    install(tmp_path / "set.json", folder, now=NOW)
    assert load_installed(folder) == (done,)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "x", "installed": []}'])
def test_a_damaged_index_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / INDEX).write_text(content)
    with pytest.raises(RuleSetUnreadable, match="install the rule sets again"):
        load_installed(tmp_path)


def test_an_interrupted_write_leaves_the_old_state(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    done = install(_set(tmp_path), folder, now=NOW)
    (folder / f"{INDEX}.new").write_text('{"format"')
    (folder / SETS / "0.json.new").write_text("{")
    assert load_installed(folder) == (done,)
    install(_set(tmp_path, number=2), folder, now=NOW)
    assert len(load_installed(folder)) == 2


def test_kept_sets_can_be_found_but_are_not_in_force(tmp_path: Path) -> None:
    for path in sorted(HISTORY.glob("*.json")):
        sha256 = keep(path, tmp_path)
        found = find(sha256, tmp_path)
        assert found is not None
        assert found.id == path.stem
    assert load_installed(tmp_path) == ()
    assert find("../../etc/passwd", tmp_path) is None
