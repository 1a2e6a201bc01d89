"""The station's sync.db: how far the centre has receipted, and how the last contact went. No facts of travellers.

Plain SQLite (WAL, FULL). One writer, the sync program; the kiosk only reads it, by `read_state`.
"""

import json
import sqlite3
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from config.messages.said import Said, say
from sync.batch import Total
from sync.counts import UNREADABLE, Counts, writing
from sync.errors import SyncError
from sync.facts import rfc3339
from sync.receipt import Receipt

_SCHEMA = """
CREATE TABLE IF NOT EXISTS progress (
    journal TEXT PRIMARY KEY, watermark INTEGER NOT NULL, ranges TEXT NOT NULL, ledger_epoch TEXT NOT NULL,
    receipt TEXT NOT NULL, receipt_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS parked (
    journal TEXT NOT NULL, sequence INTEGER NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (journal, sequence, reason)
) STRICT;
CREATE TABLE IF NOT EXISTS contact (
    one INTEGER PRIMARY KEY CHECK (one = 1), waiting_since TEXT, last_receipt_at TEXT, last_error_at TEXT,
    error TEXT, refused INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT OR IGNORE INTO contact (one) VALUES (1);
"""


_ADDED = (  # in the order in which versions added them
    ("progress", "backed_up", "INTEGER NOT NULL DEFAULT 0"),
    ("progress", "backed_up_at", "TEXT"),
    ("progress", "dictionaries", "TEXT NOT NULL DEFAULT '[]'"),
    ("contact", "said", "TEXT"),
)


class UplinkWord(StrEnum):
    """What the screen says about the way to the centre."""

    ALL_SENT = "all_sent"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UplinkState:
    """What waits, since when, and why."""

    word: UplinkWord
    waiting: int
    """Entries that are not receipted."""
    since: datetime | None
    """When the waiting began; None when nothing waits or nothing was tried yet."""
    last_receipt_at: datetime | None
    reason: str | None
    """One sentence: what is wrong and what to do; None when nothing is."""
    watermark: int = 0
    """Every entry up to this one is receipted."""
    parked: int = 0
    """Entries of the journal that the centre holds apart, not in its ledger."""

    @property
    def sentence(self) -> Said:
        """What waits, since when, why, and what to do."""
        if not self.waiting:
            return say("Everything is at the centre.") if self.reason is None else say("{why}", why=self.reason)
        since = self.since.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if self.since else ""
        told = {"n": str(self.waiting), "since": since, "why": self.reason or ""}
        if self.reason is None:
            return Said("{n} entries wait and are being sent.", told)
        if not since:
            return Said("{n} entries wait: {why}", told)
        return Said("{n} entries wait since {since}: {why}", told)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the centre holds of one journal, by its last receipt."""

    watermark: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    ledger_epoch: str | None = None
    backed_up: int = 0
    """Every entry up to this one is in a backup of the centre as well."""
    backed_up_at: datetime | None = None
    """When the centre said so, by its own clock."""

    dictionaries: tuple[int, ...] = ()
    """Numbers of the shared dictionaries that the centre can unpack with."""

    def holds(self, sequence: int) -> bool:
        """Whether the centre has receipted this entry."""
        if sequence <= self.watermark:
            return True
        at = bisect_right(self.ranges, (sequence, sys.maxsize)) - 1
        return at >= 0 and sequence <= self.ranges[at][1]

    def believed(self) -> tuple[tuple[int, int], ...]:
        """Everything receipted, as (first, last)."""
        return (((1, self.watermark),) if self.watermark else ()) + self.ranges

    def holes(self, head: int) -> Iterator[tuple[int, int]]:
        """What is not receipted up to `head`, as (first, last)."""
        expected = self.watermark + 1
        for first, last in self.ranges:
            if expected < first and expected <= head:
                yield expected, min(first - 1, head)
            expected = max(expected, last + 1)
        if expected <= head:
            yield expected, head

    def waiting(self, head: int) -> int:
        """How many of the entries up to `head` are not receipted."""
        above = sum(min(last, head) - first + 1 for first, last in self.ranges if first <= head)
        return max(0, head - self.watermark - above)


class SyncStore:
    """The writer's side of sync.db. Every write raises SyncError when the disk does not take it."""

    def __init__(self, path: Path) -> None:
        """Open or create.

        Raises:
            SyncError: the file cannot be opened.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.executescript(_SCHEMA)
            _add_columns(self._file)
            self.counts = Counts(self._file)
        except (OSError, sqlite3.Error) as error:
            raise SyncError(f"the sync state {path} cannot be opened; move it away, sending rebuilds it") from error

    def progress(self, journal: str) -> Progress:
        """What the last receipt said of a journal; nothing held when there was none.

        Raises:
            SyncError: the file cannot be read.
        """
        try:
            return _progress(self._file, journal)
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise SyncError(UNREADABLE) from error

    def receipted(
        self,
        receipt: Receipt,
        progress: Progress,
        sent: Sequence[int],
        all_sent: bool,
        now: datetime,
        totals: Sequence[Total] = (),
    ) -> None:
        """Write down a believed receipt, in one transaction.

        Args:
            receipt: as verified.
            progress: what holds after it.
            sent: sequences of the answered batch: what it no longer names as parked is parked no longer.
            all_sent: whether nothing waits any more.
            now: the station's time.
            totals: those of the answered batch: they are not sent again in this ledger epoch.
        """
        at = rfc3339(now)
        with self._writing():
            self._file.execute(
                "INSERT OR REPLACE INTO progress (journal, watermark, ranges, ledger_epoch, receipt, receipt_at,"
                " backed_up, backed_up_at, dictionaries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    receipt.journal, progress.watermark, json.dumps(progress.ranges), receipt.ledger_epoch,
                    receipt.batch_sha256.hex(), at, progress.backed_up,
                    rfc3339(progress.backed_up_at) if progress.backed_up_at else None,
                    json.dumps(progress.dictionaries),
                ),
            )  # fmt: skip
            if receipt.parked_all:
                self._file.execute("DELETE FROM parked WHERE journal = ?", (receipt.journal,))
            self._file.executemany(
                "DELETE FROM parked WHERE journal = ? AND sequence = ?", [(receipt.journal, number) for number in sent]
            )
            self._file.executemany(
                "UPDATE total SET ledger_epoch = ? WHERE journal = ? AND first = ?",
                [(receipt.ledger_epoch, receipt.journal, total.first) for total in totals],
            )
            self._file.executemany(
                "INSERT OR IGNORE INTO parked VALUES (?, ?, ?, ?)",
                [(receipt.journal, parked.sequence, parked.reason.value, at) for parked in receipt.parked],
            )
            self._file.execute(
                "UPDATE contact SET last_receipt_at = ?, error = NULL, refused = 0,"
                " waiting_since = CASE WHEN ? THEN NULL ELSE coalesce(waiting_since, ?) END",
                (at, all_sent, at),
            )

    def waiting(self, now: datetime) -> None:
        """Write down that something waits from now on, unless that is known."""
        with self._writing():
            self._file.execute("UPDATE contact SET waiting_since = ? WHERE waiting_since IS NULL", (rfc3339(now),))

    def failed(self, reason: str, refused: bool, now: datetime) -> None:
        """Write down why the last attempt did not end in a receipt; a `Said` is kept with its pattern and values."""
        said = json.dumps(_kept(reason)) if isinstance(reason, Said) else None
        with self._writing():
            self._file.execute(
                "UPDATE contact SET last_error_at = ?, error = ?, said = ?, refused = ?",
                (rfc3339(now), reason, said, refused),
            )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _writing(self) -> AbstractContextManager[None]:
        return writing(self._file)


def read_state(path: Path, head_sequence: int, journal: str | None = None) -> UplinkState:
    """What the screen says, from a read-only look into sync.db; never raises.

    Args:
        path: of sync.db.
        head_sequence: highest sequence of the open journal.
        journal: its UUID; None takes the one that was receipted last.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1)) as file:
            if journal is None:
                newest = file.execute("SELECT journal FROM progress ORDER BY receipt_at DESC LIMIT 1").fetchone()
                journal = newest[0] if newest else ""
            progress = _progress(file, journal)
            row = file.execute("SELECT * FROM contact").fetchone()
            count = "SELECT count(DISTINCT sequence) FROM parked WHERE journal = ?"
            parked = int(file.execute(count, (journal,)).fetchone()[0])
        _, since, last_receipt_at, _, reason, refused, *later = row
        reason = _said(reason, later[0]) if later else reason
        began, receipted_at = _moment(since), _moment(last_receipt_at)
    except (sqlite3.Error, OSError, ValueError, TypeError):
        nothing = UplinkWord.WAITING if head_sequence else UplinkWord.ALL_SENT
        return UplinkState(nothing, head_sequence, None, None, say("sync has not run here yet; start: station sync"))
    waiting = progress.waiting(head_sequence)
    word = UplinkWord.WAITING if waiting else UplinkWord.ALL_SENT
    if refused or parked:
        word = UplinkWord.REFUSED
    return UplinkState(
        word, waiting, began if waiting else None, receipted_at, _why(reason, parked), progress.watermark, parked
    )


def read_progress(path: Path, journal: str) -> Progress:
    """What the centre holds of a journal, from a read-only look into sync.db; nothing when that cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1)) as file:
            return _progress(file, journal)
    except (sqlite3.Error, OSError, ValueError, TypeError):
        return Progress()


def journals_of(path: Path) -> tuple[str, ...]:
    """The journals of which the centre ever receipted something, the newest receipt first; never raises."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1)) as file:
            return tuple(str(row[0]) for row in file.execute("SELECT journal FROM progress ORDER BY receipt_at DESC"))
    except (sqlite3.Error, OSError):
        return ()


def parked_of(path: Path, journal: str) -> frozenset[int] | None:
    """Entries of a journal that the centre holds apart, perhaps without their payload; None when that is not known."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=1)) as file:
            rows = file.execute("SELECT sequence FROM parked WHERE journal = ?", (journal,))
            return frozenset(int(row[0]) for row in rows)
    except (sqlite3.Error, OSError):
        return None


def _why(reason: str | None, parked: int) -> str | None:
    """One sentence: what is wrong and what to do."""
    apart = None
    if parked == 1:
        apart = say("the centre parked 1 record outside its ledger; tell the centre's staff")
    elif parked:
        apart = say("the centre parked {n} records outside its ledger; tell the centre's staff", n=str(parked))
    return say("{first}; {second}", first=reason, second=apart) if reason and apart else reason or apart


def _said(text: str | None, kept: str | None) -> str | None:
    return _back(json.loads(kept)) if text is not None and kept else text


def _kept(text: str) -> Any:
    if not isinstance(text, Said):
        return text
    return [text.pattern, {name: _kept(value) for name, value in text.values.items()}]


def _back(kept: Any) -> str:
    if isinstance(kept, str):
        return kept
    pattern, values = kept
    return Said(pattern, {name: _back(value) for name, value in values.items()})


def _progress(file: sqlite3.Connection, journal: str) -> Progress:
    # A file that an older version made has no columns for the backup until the sync program has opened it.
    row = file.execute("SELECT * FROM progress WHERE journal = ?", (journal,)).fetchone()
    if row is None:
        return Progress()
    ranges: list[list[int]] = json.loads(row[2])
    held = Progress(int(row[1]), tuple((first, last) for first, last in ranges), str(row[3]))
    if len(row) < 9:
        return held
    known = tuple(json.loads(row[8]))
    return replace(held, backed_up=int(row[6]), backed_up_at=_moment(row[7]), dictionaries=known)


def _add_columns(file: sqlite3.Connection) -> None:
    """What older versions of the file lack."""
    for table, name, kind in _ADDED:
        if name not in {row[1] for row in file.execute(f"PRAGMA table_info({table})")}:
            file.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
