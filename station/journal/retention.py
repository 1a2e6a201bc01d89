"""What is kept how long: content is erased by class and age, the chain stays whole, and a signed statement says what.

Only what the centre holds in its ledger and in a backup is erased, and nothing younger than 72 hours. Age is counted
by the earlier of the station's clock and the centre's signed time, so that a clock that runs ahead erases nothing.
The statement is written first; an erasure that was cut off is finished by the next one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from config.settings import RetentionSettings
from station.journal.journal import Journal
from station.journal.purging import statement
from station.journal.verification import stated
from sync.facts import FactKind, Priority, rfc3339
from sync.sync_store import parked_of, read_progress

LEAST = timedelta(hours=72)
_PAGE = 5000
_CHUNK = 200
_MOST_RANGES = 2000
_ERASE = "UPDATE entry SET salt = NULL, payload = NULL WHERE sequence BETWEEN ? AND ? AND payload IS NOT NULL"
_OLD_PICTURES = "SELECT sha256 FROM picture WHERE recorded_at < ? ORDER BY recorded_at LIMIT 20"


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of facts and how long their content is kept."""

    name: str
    kinds: tuple[FactKind, ...]
    keep: timedelta


@dataclass(frozen=True, slots=True)
class Backup:
    """What the centre holds safely of the journal."""

    through: int = 0
    """Every entry up to this one is in a backup."""
    said_at: datetime | None = None
    """By the centre's clock."""
    apart: frozenset[int] = frozenset()
    """Entries that it holds outside its ledger, perhaps without their content: they stay here."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one class has to erase."""

    rule: Rule
    ranges: tuple[tuple[int, int], ...]
    """First and last of each run of entries."""

    @property
    def count(self) -> int:
        """How many entries."""
        return sum(last - first + 1 for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was erased, or would be."""

    classes: tuple[Due, ...]
    photographs: int
    emptied: bool
    """Whether the write-ahead log is empty, so that no erased byte is left in it."""

    @property
    def count(self) -> int:
        """Entries whose content was erased."""
        return sum(due.count for due in self.classes)


def rules_of(settings: RetentionSettings) -> tuple[Rule, ...]:
    """The classes; a kind that none names is kept for ever: openings and statements hold nothing personal."""
    days = {"screening": settings.screening, "complaint": settings.complaint, "operation": settings.operation}
    return tuple(Rule(name, kinds, timedelta(days=days[name])) for name, kinds in _CLASSES.items())


_CLASSES: dict[str, tuple[FactKind, ...]] = {
    "screening": (FactKind.SCREENING, FactKind.CORRECTION, FactKind.DECLARATION),
    "complaint": (FactKind.COMPLAINT, FactKind.INCIDENT),
    "operation": (FactKind.DEVICES, FactKind.SHIFT, FactKind.ZERO_REPORT, FactKind.OFFICER_ACT),
}


def backup_of(sync: Path, journal: str) -> Backup:
    """What sync.db says of the centre; nothing when it cannot be read or does not say so."""
    held, apart = read_progress(sync, journal), parked_of(sync, journal)
    if apart is None or not held.backed_up:
        return Backup()
    return Backup(min(held.backed_up, held.watermark), held.backed_up_at, apart)


def purge(
    journal: Journal, settings: RetentionSettings, backup: Backup, now: datetime, dry_run: bool = False
) -> Purged:
    """Erase what is due, under a signed statement.

    Args:
        journal: opened for writing.
        settings: how long each class is kept.
        backup: what the centre holds safely.
        now: the station's time.
        dry_run: only say what would be erased.

    Raises:
        JournalFull, JournalFaulty: it was cut off; the next purge finishes it.
    """
    due = tuple(_due(journal, rules_of(settings), backup, now))
    before = rfc3339(now - timedelta(hours=settings.photograph_hours))
    photographs = journal.pictures_before(before)
    if dry_run:
        return Purged(due, photographs, False)
    for older in journal.newest(FactKind.PURGE, 5):
        _erase(journal, stated(older))
    if due or photographs:
        told = {"count": photographs, "rule": {"hours": settings.photograph_hours}} if photographs else None
        said = statement([_class_of(each) for each in due], told, journal.sign)
        journal.append(FactKind.PURGE, Priority.HEALTH, said)
    _erase(journal, [run for each in due for run in each.ranges])
    _erase_pictures(journal, before)
    return Purged(due, photographs, journal.checkpoint())


def _due(journal: Journal, rules: Sequence[Rule], backup: Backup, now: datetime) -> Iterator[Due]:
    if backup.said_at is None:
        return
    trusted = min(now, backup.said_at)
    latest = {kind.value: rfc3339(trusted - max(rule.keep, LEAST)) for rule in rules for kind in rule.kinds}
    found: dict[str, list[int]] = {}
    after = 0
    while after < backup.through:
        page = journal.outline(after, min(backup.through, after + _PAGE))
        for row in page:
            if row["recorded_at"] < latest.get(row["kind"], "") and row["sequence"] not in backup.apart:
                found.setdefault(row["kind"], []).append(row["sequence"])
        if page and all(row["recorded_at"] >= max(latest.values()) for row in page):
            break  # entries are in the order of time, but for clocks that jumped: those wait for a later purge
        after += _PAGE
    left = _MOST_RANGES
    for rule in rules:
        ranges = _runs(sorted(n for kind in rule.kinds for n in found.get(kind.value, ())))[:left]
        left -= len(ranges)
        if ranges:
            yield Due(rule, ranges)


def _class_of(due: Due) -> dict[str, Any]:
    return {
        "class": due.rule.name,
        "ranges": [list(run) for run in due.ranges],
        "count": due.count,
        "rule": {"days": due.rule.keep / timedelta(days=1)},
    }


def _erase(journal: Journal, ranges: Sequence[tuple[int, int]]) -> None:
    """In short transactions: a traveller's record never waits long."""
    for first, last in ranges:
        for start in range(first, last + 1, _CHUNK):
            end = min(last, start + _CHUNK - 1)
            journal.write(partial(_erase_run, (start, end)))


def _erase_run(run: tuple[int, int], connection: Connection) -> None:
    connection.exec_driver_sql(_ERASE, run)


def _erase_pictures(journal: Journal, before: str) -> None:
    gone = [1]

    def some(connection: Connection) -> None:
        names = [(row[0],) for row in connection.exec_driver_sql(_OLD_PICTURES, (before,))]
        if names:
            connection.exec_driver_sql("DELETE FROM picture WHERE sha256 = ?", names)
        gone[0] = len(names)

    while gone[0]:
        journal.write(some)


def _runs(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)
