"""Rule sets taken into force at a station, and every set that ever was: one folder, each file by its SHA-256.

`FOLDER/sets/SHA256.json` is never changed nor removed, so that an old verdict can be replayed. `FOLDER/installed.json`
says which of them were installed and when; it is replaced whole. A set comes in only when it reads, its own cases come
out right and cover it, and its number is above those of the other sets for the same place and direction.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.rules.cases import failing_cases, uncovered
from config.rules.errors import RuleSetRefused, RuleSetUnreadable
from config.rules.reading import digest, read
from config.rules.ruleset import RuleSet

INDEX = "installed.json"
SETS = "sets"
_FORMAT = "daan-installed-rules-1"


@dataclass(frozen=True, slots=True)
class Installed:
    """A set that was taken into force; its dates say when it counts."""

    rules: RuleSet
    installed_at: datetime


def install(file: Path, folder: Path, *, now: datetime, beside: Iterable[RuleSet] = ()) -> Installed:
    """Take a set into force. The same file again changes nothing.

    Args:
        file: the rule set.
        folder: of the station; made when it is not there.
        now: aware; noted as the time of the installation.
        beside: sets that count here without having been installed, as those of the program.

    Raises:
        RuleSetUnreadable: the file is no rule set, or what is installed was damaged.
        RuleSetRefused: its own cases fail or do not cover it, or a set with that number or a higher one is there.
        OSError: the folder cannot be written.
    """
    content = _bytes(file)
    rules = read(content, file.name)
    _sound(rules)
    with _locked(folder):
        if _path(rules.digest, folder).exists():
            _keep(content, rules.digest, folder)  # the same file again mends a damaged one
        there = load_installed(folder)
        for each in there:
            if each.rules.digest == rules.digest:
                return each
        for old in (*(each.rules for each in there), *beside):
            _newer(rules, old)
        _keep(content, rules.digest, folder)
        found = Installed(rules, now.astimezone(UTC))
        _write_whole(folder / INDEX, _index((*there, found)))
    return found


def keep(file: Path, folder: Path) -> str:
    """Store a set for replay without taking it into force, as those that come with the program; its SHA-256.

    Raises:
        RuleSetUnreadable: the file is no rule set.
        OSError: the folder cannot be written.
    """
    content = _bytes(file)
    rules = read(content, file.name)
    with _locked(folder):
        _keep(content, rules.digest, folder)
    return rules.digest


def load_installed(folder: Path) -> tuple[Installed, ...]:
    """The sets that were taken into force, in the order of their installation; none when there is no folder yet.

    Raises:
        RuleSetUnreadable: a file is missing or is not the one that was installed.
    """
    index = folder / INDEX
    if not index.exists():
        return ()
    try:
        found = json.loads(index.read_bytes())
        if found["format"] != _FORMAT:
            raise ValueError("another format")
        rows = [(str(row["sha256"]), datetime.fromisoformat(row["installed_at"])) for row in found["installed"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RuleSetUnreadable(f"{index} is damaged; install the rule sets again.") from error
    return tuple(Installed(_stored(sha256, folder), at) for sha256, at in rows)


def find(sha256: str, folder: Path) -> RuleSet | None:
    """A set that was installed or kept, by the digest that a verdict names; None when it never was.

    Raises:
        RuleSetUnreadable: the stored file is not the one of that digest.
    """
    known = len(sha256) == 64 and sha256.isalnum() and _path(sha256, folder).exists()
    return _stored(sha256, folder) if known else None


def _sound(rules: RuleSet) -> None:
    wrong = failing_cases(rules)
    if wrong:
        raise RuleSetRefused(f"The rule set fails its own cases and is not installed: {wrong[0]}")
    missing = uncovered(rules)
    if missing:
        raise RuleSetRefused(f"The rule set {rules.id} is not installed: {missing[0]}; add such a case.")


def _newer(rules: RuleSet, old: RuleSet) -> None:
    places = sorted(set(rules.places) & set(old.places))
    if not places or not set(rules.directions) & set(old.directions) or rules.number > old.number:
        return
    if rules.digest == old.digest:
        return
    raise RuleSetRefused(
        f"The rule set {rules.id} has the number {rules.number}, but {old.id} with the number {old.number} is already "
        f"there for {places[0]}; give it a number above {old.number}."
    )


def _path(sha256: str, folder: Path) -> Path:
    return folder / SETS / f"{sha256}.json"


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RuleSetUnreadable(f"The rule set {file} cannot be read ({error.strerror}); correct the path.") from error


def _stored(sha256: str, folder: Path) -> RuleSet:
    path = _path(sha256, folder)
    content = _bytes(path)
    if digest(content) != sha256:
        raise RuleSetUnreadable(f"The rule set {path} was altered after it was installed; install it again.")
    return read(content, path.name)


def _keep(content: bytes, sha256: str, folder: Path) -> None:
    path = _path(sha256, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or digest(path.read_bytes()) != sha256:
        _write_whole(path, content)


def _index(installed: tuple[Installed, ...]) -> bytes:
    rows: list[dict[str, Any]] = [
        {
            "sha256": each.rules.digest,
            "id": each.rules.id,
            "number": each.rules.number,
            "installed_at": each.installed_at.isoformat(timespec="seconds"),
        }
        for each in installed
    ]
    return json.dumps({"format": _FORMAT, "installed": rows}, indent=1).encode() + b"\n"


def _write_whole(path: Path, content: bytes) -> None:
    """Old or new, never half of it, wherever the power goes."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One installation at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
