"""The udev rules of a kiosk: every line is one that udev reads, and every name that a profile uses is given."""

import re
import tomllib
from pathlib import Path

import pytest

import config

ROOM = Path(config.__file__).parent
RULES = sorted((ROOM / "appliance" / "udev").glob("*.rules"))
_MATCH = re.compile(r'(ACTION|SUBSYSTEM|KERNEL|DRIVER|TEST|ATTRS?\{[\w/]+\}|ENV\{\w+\})(==|!=)"[^"]*"')
_GIVE = re.compile(r'(GOTO|LABEL|GROUP|MODE|ATTR\{[\w/]+\}|ENV\{\w+\})="[^"]*"|SYMLINK\+="[\w-]+"')


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def parts(line: str) -> list[str]:
    return [part.strip() for part in re.split(r",\s*(?=[A-Z])", line)]


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_every_line_is_matches_and_then_what_is_given(path: Path) -> None:
    assert lines(path)
    for line in lines(path):
        given = False
        for part in parts(line):
            if _GIVE.fullmatch(part):
                given = True
            else:
                assert _MATCH.fullmatch(part), f"{path.name}: {part}"
                assert not given, f"{path.name}: a match behind what is given: {line}"
        assert given, f"{path.name}: nothing is given: {line}"


def test_every_jump_has_a_place_to_go_to_further_down() -> None:
    for path in RULES:
        text = path.read_text()
        for found in re.finditer(r'GOTO="(\w+)"', text):
            assert text.find(f'LABEL="{found.group(1)}"', found.end()) > 0


def test_every_socket_has_one_name_and_every_name_one_socket() -> None:
    named = [line for path in RULES for line in lines(path) if "SYMLINK" in line]
    sockets = [re.search(r'ID_PATH\}=="([^"]+)"', line).group(1) for line in named]  # type: ignore[union-attr]
    names = [re.search(r'SYMLINK\+="([^"]+)"', line).group(1) for line in named]  # type: ignore[union-attr]
    assert len(set(sockets)) == len(set(names)) == len(named)


def test_the_profiles_use_names_that_the_rules_give() -> None:
    text = "".join(path.read_text() for path in RULES)
    given = {f"/dev/{name}" for name in re.findall(r'SYMLINK\+="([^"]+)"', text)}
    used = set()
    for profile in sorted((ROOM / "profiles").glob("*.toml")):
        used |= set(re.findall(r"/dev/daan-[\w-]+", str(tomllib.loads(profile.read_text()))))
    assert used
    assert used <= given


def test_what_modems_are_asked_for_is_kept_from_every_adapter_that_is_kept_awake() -> None:
    text = (ROOM / "appliance" / "udev" / "70-daan.rules").read_text()
    awake = set(re.search(r'ATTR\{idVendor\}=="([^"]+)", TEST', text).group(1).split("|"))  # type: ignore[union-attr]
    quiet = {vid for group in re.findall(r'ATTRS\{idVendor\}=="([^"]+)"', text) for vid in group.split("|")}
    assert awake == quiet


def test_the_user_may_open_ports_and_cameras() -> None:
    text = (ROOM / "appliance" / "sysusers.d" / "daan.conf").read_text()
    assert "\nm daan dialout\n" in text
    assert "\nm daan video\n" in text
