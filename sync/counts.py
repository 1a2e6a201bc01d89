"""What the uplink counts in sync.db: the journal's hours for the centre to compare, and the bytes of each link."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from config.messages.said import say
from sync.batch import Total
from sync.errors import SyncError

UNREADABLE = say("the sync state cannot be read; move sync.db away, sending rebuilds it")
_COUNTED_DAYS = 35
_SCHEMA = """
CREATE TABLE IF NOT EXISTS total (
    journal TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, hour_ms INTEGER NOT NULL,
    counts TEXT NOT NULL, ledger_epoch TEXT, PRIMARY KEY (journal, first)
) STRICT;
CREATE TABLE IF NOT EXISTS tally (
    journal TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, hour_ms INTEGER NOT NULL,
    counts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS traffic (
    link TEXT NOT NULL, month TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (link, month)
) STRICT;
"""


@contextmanager
def writing(file: sqlite3.Connection) -> Iterator[None]:
    """One transaction, whole or not at all.

    Raises:
        SyncError: the disk does not take it.
    """
    try:
        file.execute("BEGIN IMMEDIATE")
        with file:
            yield
    except sqlite3.Error as error:
        raise SyncError(say("the sync state cannot be written; free space on the disk, nothing is lost")) from error


class Counts:
    """Counts in an open sync.db. Every method raises SyncError when the file cannot be read or written."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        file.executescript(_SCHEMA)

    def counted(self, journal: str) -> int:
        """To which entry the journal was counted."""
        return int(self._one("SELECT coalesce(max(last), 0) FROM tally WHERE journal = ?", (journal,))[0])

    def open_total(self, journal: str) -> Total | None:
        """The count of the hour that is not over; None when there is none."""
        row = self._one("SELECT first, last, hour_ms, counts FROM tally WHERE journal = ?", (journal,))
        return Total(row[0], row[1], row[2], json.loads(row[3])) if row and row[3] != "{}" else None

    def count(self, journal: str, closed: Sequence[Total], begun: Total) -> None:
        """Write down hours that are over, and how far the next one is counted."""
        rows = [(journal, t.first, t.last, t.hour_ms, json.dumps(dict(t.counts))) for t in closed]
        with writing(self._file):
            self._file.executemany("INSERT OR REPLACE INTO total VALUES (?, ?, ?, ?, ?, NULL)", rows)
            self._file.execute(
                "INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?, ?)",
                (journal, begun.first, begun.last, begun.hour_ms, json.dumps(dict(begun.counts))),
            )
            oldest = begun.hour_ms - _COUNTED_DAYS * 86_400_000
            self._file.execute("DELETE FROM total WHERE hour_ms < ? AND ledger_epoch IS NOT NULL", (oldest,))

    def totals_due(self, journal: str, ledger_epoch: str | None, limit: int) -> tuple[Total, ...]:
        """Counts that the centre has not receipted in this epoch, oldest first; none before the first receipt."""
        query = (
            "SELECT first, last, hour_ms, counts FROM total"
            " WHERE journal = ? AND ledger_epoch IS NOT ? ORDER BY first LIMIT ?"
        )
        try:
            rows = self._file.execute(query, (journal, ledger_epoch, limit)).fetchall()
            return tuple(Total(row[0], row[1], row[2], json.loads(row[3])) for row in rows)
        except (sqlite3.Error, ValueError) as error:
            raise SyncError(UNREADABLE) from error

    def spent(self, link: str, month: str) -> int:
        """Bytes that went over a link in a month (`2026-11`)."""
        row = self._one("SELECT coalesce(sum(bytes), 0) FROM traffic WHERE link = ? AND month = ?", (link, month))
        return int(row[0])

    def spend(self, link: str, month: str, number: int) -> None:
        """Add to them."""
        with writing(self._file):
            self._file.execute(
                "INSERT INTO traffic VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
                (link, month, number),
            )

    def _one(self, query: str, values: tuple[Any, ...]) -> Any:
        try:
            return self._file.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise SyncError(UNREADABLE) from error
