"""The journal: append-only facts of one station. What lies above the centre's watermark *is* the outbox."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, func, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from station.ids import uuid7
from station.journal.database import WriterLock, open_engine
from station.journal.errors import JournalFaulty, JournalFull
from station.journal.tables import entry as entries_table
from station.journal.tables import journal as journal_table
from station.journal.tables import picture as pictures_table
from sync.facts import GENESIS, Entry, FactKind, Priority, canonical, chain_hash, payload_hash, rfc3339

Clock = Callable[[], datetime]
Random = Callable[[int], bytes]

_APPEND = insert(entries_table)
_KEEP = insert(pictures_table).prefix_with("OR IGNORE")
"""Built once: building them anew costs as much as the write itself."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found."""

    entries: int
    purged: int
    broken_at: int | None
    """The first sequence whose hash, payload or place does not hold; None when the chain is whole."""


class JournalReader:
    """A journal opened for reading; the uplink's outbox."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open.

        Raises:
            KeyLost, JournalFaulty: see `open_engine`.
        """
        self._open(open_engine(path, key, read_only=True))

    def _open(self, engine: Engine) -> None:
        self._engine = engine
        with engine.begin() as connection:
            row = connection.execute(select(journal_table)).mappings().one()
        self.station: str = row["station"]
        self.journal: str = row["id"]

    def head(self) -> tuple[int, bytes]:
        """Highest sequence (0 when empty) and its chain hash."""
        newest = select(entries_table.c.sequence, entries_table.c.chain_sha256)
        rows = self._rows(newest.order_by(entries_table.c.sequence.desc()).limit(1))
        return (rows[0]["sequence"], rows[0]["chain_sha256"]) if rows else (0, GENESIS)

    def entries(self, after: int, limit: int) -> Iterator[Entry]:
        """Entries with sequence > `after`, in order, at most `limit`."""
        yield from self._select(entries_table.c.sequence > after, limit)

    def alerts(self, after: int, limit: int) -> Iterator[Entry]:
        """Those of them with priority ALERT."""
        wanted = (entries_table.c.sequence > after) & (entries_table.c.priority == Priority.ALERT.value)
        yield from self._select(wanted, limit)

    def about(self, screening: str) -> tuple[Entry, ...]:
        """All entries about one screening, oldest first."""
        return tuple(self._select(entries_table.c.subject == screening, 1000))

    def count(self, kind: FactKind) -> int:
        """How many entries of a kind there are."""
        wanted = select(func.count().label("count")).select_from(entries_table)
        return int(self._rows(wanted.where(entries_table.c.kind == kind.value))[0]["count"])

    def newest(self, kind: FactKind, limit: int) -> tuple[Entry, ...]:
        """The newest entries of a kind, newest first."""
        wanted = select(entries_table).where(entries_table.c.kind == kind.value)
        rows = self._rows(wanted.order_by(entries_table.c.sequence.desc()).limit(limit))
        return tuple(self._entry(row) for row in rows)

    def between(self, kind: FactKind, first: datetime, end: datetime) -> Iterator[Entry]:
        """Entries of a kind that were recorded from `first` on and before `end`, in order."""
        after, page = 0, 1000
        times = (entries_table.c.recorded_at >= rfc3339(first)) & (entries_table.c.recorded_at < rfc3339(end))
        wanted = (entries_table.c.kind == kind.value) & times
        while found := self._select(wanted & (entries_table.c.sequence > after), page):
            yield from found
            after = found[-1].sequence

    def picture(self, sha256: str) -> bytes:
        """A photograph by the digest that a record names; empty when it is not here, or was purged."""
        rows = self._rows(select(pictures_table.c.body).where(pictures_table.c.sha256 == sha256))
        return bytes(rows[0]["body"]) if rows else b""

    def verify(self) -> Verification:
        """Walk the whole chain."""
        previous, expected, purged = GENESIS, 1, 0
        while True:
            page = tuple(self.entries(expected - 1, 1000))
            if not page:
                return Verification(expected - 1, purged, None)
            for fact in page:
                if fact.payload is None or fact.salt is None:
                    purged += 1
                    whole = True
                else:
                    whole = payload_hash(fact.salt, fact.payload) == fact.payload_sha256
                if fact.sequence != expected or not whole or chain_hash(previous, fact) != fact.chain_sha256:
                    return Verification(expected - 1, purged, expected)
                previous, expected = fact.chain_sha256, expected + 1

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    def _select(self, wanted: Any, limit: int) -> tuple[Entry, ...]:
        query = select(entries_table).where(wanted).order_by(entries_table.c.sequence).limit(limit)
        return tuple(self._entry(row) for row in self._rows(query))

    def _rows(self, query: Select[Any]) -> Sequence[RowMapping]:
        try:
            with self._engine.begin() as connection:
                return connection.execute(query).mappings().all()
        except DatabaseError as error:
            raise JournalFaulty("the journal cannot be read; run: station journal verify") from error

    def _entry(self, row: RowMapping) -> Entry:
        return Entry(
            station=self.station,
            journal=self.journal,
            sequence=row["sequence"],
            kind=FactKind(row["kind"]),
            priority=Priority(row["priority"]),
            recorded_at=datetime.fromisoformat(row["recorded_at"]),
            payload_sha256=row["payload_sha256"],
            chain_sha256=row["chain_sha256"],
            salt=row["salt"],
            payload=row["payload"],
        )


class Journal(JournalReader):
    """A journal opened for writing, by one program at a time."""

    def __init__(self, path: Path, key: bytes, station: str, clock: Clock, random: Random) -> None:
        """Open, or create with its first entry.

        Raises:
            JournalBusy: another program writes it.
            KeyLost, JournalFaulty: see `open_engine`; or it is the journal of another station.
            JournalFull: the disk is full.
        """
        self._clock, self._random = clock, random
        self._lock = WriterLock(path.with_suffix(".lock"))
        try:
            engine = open_engine(path, key)
            self._create(engine, station)
            self._open(engine)
            if self.station != station:
                raise JournalFaulty(f"this journal is that of {self.station}, not of {station}; correct the profile")
        except BaseException:
            self._lock.release()
            raise
        self._head = self.head()
        if self._head[0] == 0:
            self.append(FactKind.JOURNAL_OPENED, Priority.NORMAL, {"station": station, "previous": None})

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

    def append(
        self,
        kind: FactKind,
        priority: Priority,
        payload: Mapping[str, Any],
        *,
        subject: str | None = None,
        pictures: Sequence[bytes] = (),
    ) -> Entry:
        """Save one fact durably: when this returns, it is on disk.

        Args:
            kind: what happened.
            priority: ALERT overtakes on the way up.
            payload: JSON values only.
            subject: the screening that it is about.
            pictures: photographs that the payload names by SHA-256; saved with it or not at all.

        Raises:
            JournalFull: the disk is full; nothing was saved.
            JournalFaulty: the disk failed; nothing was saved.
        """
        salt, body = self._random(16), canonical(payload)
        sequence, previous = self._head
        recorded_at = datetime.fromisoformat(rfc3339(self._clock())).astimezone(UTC)
        draft = Entry(
            self.station, self.journal, sequence + 1, kind, priority, recorded_at,
            payload_hash(salt, body), GENESIS, salt, body,
        )  # fmt: skip
        fact = replace(draft, chain_sha256=chain_hash(previous, draft))
        row = {
            "sequence": fact.sequence,
            "kind": kind.value,
            "priority": priority.value,
            "recorded_at": rfc3339(recorded_at),
            "payload_sha256": fact.payload_sha256,
            "chain_sha256": fact.chain_sha256,
            "salt": salt,
            "payload": body,
            "subject": subject,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(_APPEND, row)
                for body_of in pictures:
                    name = hashlib.sha256(body_of).hexdigest()
                    kept = {"sha256": name, "subject": subject, "recorded_at": row["recorded_at"], "body": body_of}
                    connection.execute(_KEEP, kept)
        except OperationalError as error:
            if "full" in str(error.orig):
                raise JournalFull("the disk is full, nothing was saved; free space, then try again") from error
            raise JournalFaulty("the disk did not take the record, nothing was saved; see station doctor") from error
        except DatabaseError as error:
            raise JournalFaulty("the journal did not take the record; run: station journal verify") from error
        self._head = (fact.sequence, fact.chain_sha256)
        return fact

    def close(self) -> None:
        """Let the file and the right to write it go."""
        super().close()
        self._lock.release()


def content(fact: Entry) -> dict[str, Any]:
    """The payload as JSON values; empty once purged."""
    return json.loads(fact.payload) if fact.payload is not None else {}
