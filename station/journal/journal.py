"""The journal: append-only facts of one station. What lies above the centre's watermark *is* the outbox."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, insert, select
from sqlalchemy.exc import DatabaseError

from station.ids import uuid7
from station.journal import room
from station.journal.database import WriterLock, open_engine, refusal, suspect
from station.journal.errors import JournalFaulty, JournalFull
from station.journal.facts import Fact
from station.journal.purging import Sign, shed_statement
from station.journal.rows import checksum, damaged, entry_of, is_whole, row_of
from station.journal.tables import entry as entries_table
from station.journal.tables import journal as journal_table
from station.journal.tables import picture as pictures_table
from station.journal.verification import Verification, walk
from sync.facts import GENESIS, Entry, FactKind, Priority, canonical, chain_hash, payload_hash, rfc3339

Clock = Callable[[], datetime]
Random = Callable[[int], bytes]
Also = Callable[[Connection], None]
"""What is written in the same transaction."""

_APPEND = insert(entries_table)
_KEEP = insert(pictures_table).prefix_with("OR IGNORE")
"""Built once: building them anew costs as much as the write itself."""


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
                raise JournalFaulty("the journal does not say whose it is; start the kiosk again, it salvages the rest")
        except JournalFaulty:
            engine.dispose()
            raise
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
        wanted = select(entries_table).where(_of(kind))
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
            raise JournalFaulty("a photograph in the journal is damaged; the record that names it holds")
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

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    def _select(self, wanted: Any, limit: int) -> Sequence[RowMapping]:
        return self._rows(select(entries_table).where(wanted).order_by(entries_table.c.sequence).limit(limit))

    def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        try:
            with self._engine.begin() as connection:
                return connection.execute(query).mappings().all()
        except DatabaseError as error:
            suspect(self._path, error)
            raise JournalFaulty("the journal cannot be read; run: station journal verify") from error

    def _entry(self, row: RowMapping) -> Entry:
        return entry_of(self.station, self.journal, row)

    def _whole(self, row: RowMapping) -> Entry:
        if not is_whole(row):
            raise damaged(row["sequence"])
        return self._entry(row)


class Journal(JournalReader):
    """A journal opened for writing, by one program at a time; its threads may share it."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        station: str,
        clock: Clock,
        random: Random,
        opening: Mapping[str, Any] | None = None,
    ) -> None:
        """Open, or create with its first entry.

        Args:
            path: of the file.
            key: 32 bytes.
            station: whose it is.
            clock: the station's time.
            random: cryptographic bytes.
            opening: for a new journal that continues another: `previous` and whatever else its first entry says.

        Raises:
            JournalBusy: another program writes it.
            KeyLost, JournalFaulty: see `open_engine`; or it is the journal of another station.
            JournalFull: the disk is full.
        """
        self._clock, self._random = clock, random
        self.sign: Sign | None = None
        """Signs purge statements; None while the station has no key of its own."""
        self._writing = threading.Lock()
        self._lock = WriterLock(path.with_suffix(".lock"))
        try:
            engine = open_engine(path, key)
            self._create(engine, station)
            self._open(path, engine)
            if self.station != station:
                raise JournalFaulty(f"this journal is that of {self.station}, not of {station}; correct the profile")
            self._head = self.head()
            if self._head[0] == 0:
                self._begin({"previous": None} | dict(opening or {}) | {"station": station})
        except BaseException:
            self._lock.release()
            raise

    @property
    def written(self) -> tuple[int, bytes]:
        """As `head`, without asking the disk: this journal has one writer."""
        return self._head

    def _create(self, engine: Engine, station: str) -> None:
        now = self._clock()
        with engine.begin() as connection:
            if connection.execute(select(func.count()).select_from(journal_table)).scalar_one() == 0:
                row = {"id": uuid7(now, self._random(10)), "station": station, "opened_at": rfc3339(now)}
                connection.execute(insert(journal_table).values(row))

    def _begin(self, opening: Mapping[str, Any]) -> None:
        before = (opening["previous"] or {}).get("chain_sha256")
        if before:
            self._head = (0, bytes.fromhex(before))
        self.append(FactKind.JOURNAL_OPENED, Priority.NORMAL, opening)
        with suppress(OSError):  # a disk that is nearly full keeps no reserve
            room.keep_reserve(self._path)

    def record(self, fact: Fact) -> Entry:
        """Save one typed fact durably; as `append`."""
        return self.append(fact.kind, fact.priority, fact.payload(), subject=fact.subject)

    def append(
        self,
        kind: FactKind | str,
        priority: Priority | str,
        payload: Mapping[str, Any],
        *,
        subject: str | None = None,
        pictures: Sequence[bytes] = (),
        also: Also | None = None,
    ) -> Entry:
        """Save one fact durably: when this returns, it is on disk.

        On a full disk the oldest photographs give way first, then the reserve; see `station.journal.room`.

        Args:
            kind: what happened.
            priority: ALERT overtakes on the way up.
            payload: JSON values only.
            subject: the screening that it is about.
            pictures: photographs that the payload names by SHA-256; saved with it or not at all.
            also: what else is written with it or not at all.

        Raises:
            JournalFull: the disk is full; nothing was saved.
            JournalFaulty: the disk failed; nothing was saved.
        """
        with self._writing:
            try:
                return self._append(kind, priority, payload, subject, pictures, also)
            except JournalFull:
                needed = sum(len(body) for body in pictures) + room.A_RECORD
                freed, shed = room.make(self._engine, self._path, needed)
                if not freed:
                    raise
                fact = self._append(kind, priority, payload, subject, pictures, also)
                if shed:
                    with suppress(JournalFull):
                        said = shed_statement(shed, self.sign)
                        self._append(FactKind.PURGE, Priority.HEALTH, said, None, (), None)
                return fact

    def _append(
        self,
        kind: FactKind | str,
        priority: Priority | str,
        payload: Mapping[str, Any],
        subject: str | None,
        pictures: Sequence[bytes],
        also: Also | None,
    ) -> Entry:
        salt, body = self._random(16), canonical(payload)
        sequence, previous = self._head
        recorded_at = datetime.fromisoformat(rfc3339(self._clock())).astimezone(UTC)
        draft = Entry(
            self.station, self.journal, sequence + 1, kind, priority, recorded_at,
            payload_hash(salt, body), GENESIS, salt, body,
        )  # fmt: skip
        fact = replace(draft, chain_sha256=chain_hash(previous, draft))
        try:
            with self._engine.begin() as connection:
                connection.execute(_APPEND, row_of(fact, subject))
                for picture in pictures:
                    connection.execute(_KEEP, _picture_row(picture, subject, rfc3339(recorded_at)))
                if also is not None:
                    also(connection)
        except DatabaseError as error:
            suspect(self._path, error)
            raise refusal(error) from error
        self._head = (fact.sequence, fact.chain_sha256)
        return fact

    def write(self, change: Also) -> None:
        """Do something else in one durable transaction, between appends: a purge.

        Raises:
            JournalFull, JournalFaulty: as `append`.
        """
        with self._writing:
            try:
                with self._engine.begin() as connection:
                    change(connection)
            except DatabaseError as error:
                raise refusal(error) from error

    def checkpoint(self) -> bool:
        """Empty the write-ahead log into the file; whether it is empty now (a reader may hold it for a moment)."""
        with self._writing, self._engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            return int(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0

    def close(self) -> None:
        """Let the file and the right to write it go."""
        super().close()
        self._lock.release()


def _of(kind: FactKind) -> Any:
    """Rows of a kind; the second term lets SQLite use the index of the rarer kinds."""
    wanted = entries_table.c.kind == kind.value
    return wanted if kind is FactKind.SCREENING else wanted & (entries_table.c.kind != FactKind.SCREENING.value)


def _picture_row(body: bytes, subject: str | None, recorded_at: str) -> dict[str, Any]:
    name = hashlib.sha256(body).hexdigest()
    words = {"sha256": name, "subject": subject, "recorded_at": recorded_at}
    return words | {"body": body, "checksum": checksum(*words.values())}


def content(fact: Entry) -> dict[str, Any]:
    """The payload as JSON values; empty once purged."""
    return json.loads(fact.payload) if fact.payload is not None else {}
