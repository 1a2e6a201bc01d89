"""Screenings out of the journal for explanation and dry runs. The kiosk may go on writing: this only reads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.rules.ruleset import RuleSet
from config.settings import Settings
from station.journal.errors import JournalFaulty, RecordUnreadable
from station.journal.journal import content
from station.journal.opening import open_reader
from station.journal.reader import JournalReader
from station.judgement.replay import Replayed, Then, replay
from station.paths import paths_of
from station.recorded import Recorded, evidence_of, recorded_of
from sync.facts import Entry, FactKind

ZONE = ZoneInfo("Asia/Bangkok")


@contextmanager
def journal_of(settings: Settings) -> Iterator[JournalReader]:
    """The station's journal, opened for reading.

    Raises:
        JournalError: there is none, its key is gone, or it cannot be read.
    """
    paths = paths_of(settings)
    if not paths.journal.exists():
        raise JournalFaulty(f"there is no journal in {paths.state} yet; the kiosk makes it at its first start")
    reader = open_reader(paths)
    try:
        yield reader
    finally:
        reader.close()


def find(reader: JournalReader, name: str) -> Entry | None:
    """The entry of a screening, by its id or by its number in the journal; None when there is none."""
    number = int(name) if name.isascii() and name.isdecimal() and len(name) < 16 else None
    found: Iterable[Entry] = reader.entries(number - 1, 1) if number else reader.about(name)
    for entry in found:
        if entry.kind is FactKind.SCREENING and number in (None, entry.sequence):
            return entry
    return None


def then_of(recorded: Recorded) -> Then:
    """What was judged, for a replay to compare with."""
    outcomes = {said.rule: (said.truth, said.code) for said in recorded.outcomes}
    return Then(recorded.proposed, recorded.traveller_class, outcomes)


def replayed(payload: dict[str, Any], recorded: Recorded, rules: RuleSet) -> Replayed:
    """A record judged again by a rule set, as of the same moment.

    Raises:
        RecordUnreadable: it does not hold its evidence.
    """
    return replay(evidence_of(payload), then_of(recorded), rules, recorded.now)


@dataclass(frozen=True, slots=True)
class Changed:
    """A screening of which another rule set says something else."""

    screening: str
    sequence: int
    found: Replayed
    proposed: str
    """What the rules in force said then."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """A rule set over screenings of the past."""

    screenings: int
    elsewhere: int
    """At places or in directions that the set is not for."""
    unreadable: int
    """Purged, or of a version that kept less."""
    changed: tuple[Changed, ...]

    @property
    def judged(self) -> int:
        """How many were judged again."""
        return self.screenings - self.elsewhere - self.unreadable


def dry_run(entries: Iterable[Entry], rules: RuleSet) -> DryRun:
    """Judge every screening again by a set, whatever its dates, and keep those whose verdict would be another."""
    screenings = elsewhere = unreadable = 0
    changed = []
    for entry in entries:
        screenings += 1
        payload = content(entry)
        try:
            recorded = recorded_of(payload)
            if recorded.place not in rules.places or recorded.direction not in rules.directions:
                elsewhere += 1
                continue
            found = replayed(payload, recorded, rules)
        except RecordUnreadable:
            unreadable += 1
            continue
        if found.verdict_changes:
            changed.append(Changed(recorded.screening, entry.sequence, found, recorded.proposed.value))
    return DryRun(screenings, elsewhere, unreadable, tuple(changed))


def days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, in Bangkok."""
    began = datetime(first.year, first.month, first.day, tzinfo=ZONE)
    ended = datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(days=1)
    return began, ended
