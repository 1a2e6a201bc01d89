"""A journal opened for reading: what the uplink sends, what screens and commands look up."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, func, null, select
from sqlalchemy.exc import DatabaseError

from config.messages.said import say
from station.journal.database import is_damage, mark, open_engine, suspect
from station.journal.errors import JournalDamaged, JournalFaulty
from station.journal.rows import damaged, entry_of, is_whole
from station.journal.tables import entry as entries_table
from station.journal.tables import journal as journal_table
from station.journal.tables import picture as pictures_table
from station.journal.verification import Verification, walk
from sync.facts import GENESIS, Entry, FactKind, Priority, rfc3339


class JournalReader:
    """A journal opened for reading; the uplink's outbox."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open.

        Raises:
            KeyLost, JournalFaulty: see `open_engine`.
        """
        self._open(path, open_engine(path, key, read_only=True))

    def _open(self, path: Path, engine: Engine) -> None:
        self._path, self._engine = path, engine
        try:
            rows = self._rows(select(journal_table))
            if len(rows) != 1:
                raise JournalDamaged(
                    say("the journal lost the page of its name; start the kiosk again, it salvages the rest")
                )
        except JournalFaulty:
            engine.dispose()
            raise
        self._columns = self._present()
        self.station: str = rows[0]["station"]
        self.journal: str = rows[0]["id"]

    def head(self) -> tuple[int, bytes]:
        """Highest sequence (0 when empty) and its chain hash."""
        newest = select(entries_table.c.sequence, entries_table.c.chain_sha256)
        rows = self._rows(newest.order_by(entries_table.c.sequence.desc()).limit(1))
        return (rows[0]["sequence"], rows[0]["chain_sha256"]) if rows else (0, GENESIS)

    def entries(self, after: int, limit: int) -> Iterator[Entry]:
        """Entries with sequence > `after`, in order, at most `limit`; as they stand: the centre parks a damaged one."""
        yield from (self._entry(row) for row in self.rows(after, limit))

    def alerts(self, after: int, limit: int) -> Iterator[Entry]:
        """Those of them with priority ALERT."""
        wanted = (entries_table.c.sequence > after) & (entries_table.c.priority == Priority.ALERT.value)
        yield from (self._entry(row) for row in self._select(wanted, limit))

    def about(self, screening: str) -> tuple[Entry, ...]:
        """All entries about one screening, oldest first: the original, and every correction of it."""
        return tuple(self._whole(row) for row in self._select(entries_table.c.subject == screening, 1000))

    def count(self, kind: FactKind) -> int:
        """How many entries of a kind there are."""
        wanted = select(func.count().label("count")).select_from(entries_table)
        return int(self._rows(wanted.where(_of(kind)))[0]["count"])

    def newest(self, kind: FactKind, limit: int) -> tuple[Entry, ...]:
        """The newest entries of a kind, newest first."""
        wanted = select(*self._columns).where(_of(kind))
        rows = self._rows(wanted.order_by(entries_table.c.sequence.desc()).limit(limit))
        return tuple(self._whole(row) for row in rows)

    def between(self, kind: FactKind, first: datetime, end: datetime) -> Iterator[Entry]:
        """Entries of a kind that were recorded from `first` on and before `end`, in order."""
        after, page = 0, 1000
        times = (entries_table.c.recorded_at >= rfc3339(first)) & (entries_table.c.recorded_at < rfc3339(end))
        while found := self._select(_of(kind) & times & (entries_table.c.sequence > after), page):
            yield from (self._whole(row) for row in found)
            after = found[-1]["sequence"]

    def picture(self, sha256: str) -> bytes:
        """A photograph by the digest that a record names; empty when it is not here, or was purged.

        Raises:
            JournalFaulty: it is damaged.
        """
        rows = self._rows(select(pictures_table.c.body).where(pictures_table.c.sha256 == sha256))
        if rows and hashlib.sha256(rows[0]["body"]).hexdigest() != sha256:
            raise JournalDamaged(say("a photograph in the journal is damaged; the record that names it holds"))
        return bytes(rows[0]["body"]) if rows else b""

    def verify(self) -> Verification:
        """Walk the whole chain, every row and every page."""
        return walk(self._engine, self.rows, self._entry)

    def rows(self, after: int, limit: int) -> Sequence[RowMapping]:
        """Rows with sequence > `after`, in order, at most `limit`.

        Raises:
            JournalFaulty: the file cannot be read there.
        """
        return self._select(entries_table.c.sequence > after, limit)

    def outline(self, after: int, through: int) -> Sequence[RowMapping]:
        """Sequence, kind and time of entries above `after` and up to `through` that still have their content."""
        table = entries_table.c
        wanted = (table.sequence > after) & (table.sequence <= through) & table.payload.is_not(None)
        return self._rows(select(table.sequence, table.kind, table.recorded_at).where(wanted).order_by(table.sequence))

    def pictures_before(self, moment: str) -> int:
        """How many photographs are older than that time (RFC 3339)."""
        table = pictures_table
        counted = select(func.count().label("count")).select_from(table).where(table.c.recorded_at < moment)
        return int(self._rows(counted)[0]["count"])

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    def _select(self, wanted: Any, limit: int) -> Sequence[RowMapping]:
        return self._rows(select(*self._columns).where(wanted).order_by(entries_table.c.sequence).limit(limit))

    def _present(self) -> tuple[Any, ...]:
        """The columns of an entry; a file that an older version made has no checksums until the kiosk has opened it."""
        with self._engine.begin() as connection:
            there = {row[1] for row in connection.exec_driver_sql("PRAGMA table_info(entry)")}
        return tuple(each if each.name in there else null().label(each.name) for each in entries_table.c)

    def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        try:
            with self._engine.begin() as connection:
                return connection.execute(query).mappings().all()
        except DatabaseError as error:
            suspect(self._path, error)
            kind = JournalDamaged if is_damage(error) else JournalFaulty
            raise kind("the journal cannot be read; run: station journal verify") from error

    def _entry(self, row: RowMapping) -> Entry:
        return entry_of(self.station, self.journal, row)

    def _whole(self, row: RowMapping) -> Entry:
        if not is_whole(row):
            mark(self._path)
            raise damaged(row["sequence"])
        return self._entry(row)


def _of(kind: FactKind) -> Any:
    """Rows of a kind; the second term lets SQLite use the index of the rarer kinds."""
    wanted = entries_table.c.kind == kind.value
    return wanted if kind is FactKind.SCREENING else wanted & (entries_table.c.kind != FactKind.SCREENING.value)
