"""Walks a journal: every page, every row, the chain, and whether each erased payload has a statement."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from station.journal.errors import JournalFaulty
from station.journal.rows import checksum, is_whole
from sync.facts import GENESIS, Entry, FactKind, chain_before, chain_hash

_PAGE = 1000
_PICTURES = "SELECT sha256, subject, recorded_at, body, checksum FROM picture WHERE sha256 > ? ORDER BY sha256 LIMIT 20"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk found."""

    entries: int
    """Those that hold, up to the first that does not."""
    purged: int
    broken_at: int | None
    """The first sequence whose hash, payload, checksum or place does not hold; None when the chain is whole."""
    unstated: int = 0
    """Purged entries that no purge statement names."""
    bad_pages: int = 0
    """Pages of the file that fail their own authentication."""
    bad_pictures: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken_at is None and not (self.unstated or self.bad_pages or self.bad_pictures)


def walk(
    engine: Engine, rows: Callable[[int, int], Sequence[Mapping[Any, Any]]], read: Callable[[Any], Entry]
) -> Verification:
    """Look at everything; never raises for what is found.

    Args:
        engine: of the journal's file.
        rows: rows after a sequence, at most so many.
        read: a row as an entry.
    """
    walked, broken_at = _Walk(), None
    try:
        while page := rows(walked.expected - 1, _PAGE):
            broken_at = next((walked.expected for row in page if not walked.takes(row, read)), None)
            if broken_at is not None:
                break
    except JournalFaulty:
        broken_at = walked.expected
    return Verification(
        walked.expected - 1, len(walked.purged), broken_at, walked.unstated() if broken_at is None else 0,
        _bad_pages(engine), _bad_pictures(engine),
    )  # fmt: skip


class _Walk:
    """Where a walk stands."""

    def __init__(self) -> None:
        self.expected = 1
        self.purged: list[int] = []
        self._previous = GENESIS
        self._summed = False
        self._stated: list[tuple[int, int]] = []

    def takes(self, row: Mapping[Any, Any], read: Callable[[Any], Entry]) -> bool:
        """Whether the row follows and holds; goes on behind it."""
        fact = read(row)
        if fact.sequence == 1:
            self._previous = chain_before(fact)
        # Once rows carry a checksum, one without it has lost it.
        lacks = self._summed and row["checksum"] is None
        if fact.sequence != self.expected or lacks or not is_whole(row):
            return False
        if chain_hash(self._previous, fact) != fact.chain_sha256:
            return False
        if fact.payload is None:
            self.purged.append(fact.sequence)
        elif fact.kind is FactKind.PURGE:
            self._stated += stated(fact)
        self._summed = row["checksum"] is not None
        self._previous, self.expected = fact.chain_sha256, self.expected + 1
        return True

    def unstated(self) -> int:
        """Purged entries that no statement names."""
        stated = sorted(self._stated)
        missing, index, reach = 0, 0, 0
        for sequence in self.purged:
            while index < len(stated) and stated[index][0] <= sequence:
                reach = max(reach, stated[index][1])
                index += 1
            missing += sequence > reach
        return missing


def stated(statement: Entry) -> list[tuple[int, int]]:
    """First and last of the runs of entries that a purge statement names."""
    try:
        said = json.loads(statement.payload or b"{}")
        classes = [] if "origin" in said else said.get("classes", [])  # one that was salvaged speaks of another journal
        return [(int(first), int(last)) for each in classes for first, last in each.get("ranges", [])]
    except (ValueError, TypeError, AttributeError):
        return []


def _bad_pages(engine: Engine) -> int:
    """Pages of the file itself that fail; asked twice, as a checkpoint may write under the reader."""

    def ask() -> set[str]:
        with engine.begin() as connection:
            return {str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")}

    try:
        found = ask()
        return len(found & ask()) if found else 0
    except DatabaseError:
        return 1


def _bad_pictures(engine: Engine) -> int:
    """Photographs whose row or body does not hold."""
    bad, after = 0, ""
    try:
        with engine.begin() as connection:
            there = {row[1] for row in connection.exec_driver_sql("PRAGMA table_info(picture)")}
        if not there:
            return 0
        wanted = _PICTURES if "checksum" in there else _PICTURES.replace(", checksum", ", NULL")
        while True:
            with engine.begin() as connection:
                found = connection.exec_driver_sql(wanted, (after,)).all()
            if not found:
                return bad
            for name, subject, at, body, held in found:
                whole = hashlib.sha256(body).hexdigest() == name
                bad += not (whole and (held is None or held == checksum(name, subject, at)))
            after = found[-1][0]
    except DatabaseError:
        return bad + 1
