"""The journal: append-only facts of one station. What lies above the centre's watermark *is* the outbox."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DatabaseError

from config.messages.said import say
from station.ids import uuid7
from station.journal import room
from station.journal.database import WriterLock, checkpoint, open_engine, refusal, suspect
from station.journal.errors import JournalFaulty, JournalFull
from station.journal.facts import Fact
from station.journal.purging import Sign, shed_statement
from station.journal.reader import JournalReader
from station.journal.rows import checksum, row_of
from station.journal.tables import entry as entries_table
from station.journal.tables import journal as journal_table
from station.journal.tables import picture as pictures_table
from sync.facts import GENESIS, Entry, FactKind, Priority, canonical, chain_hash, payload_hash, rfc3339

Clock = Callable[[], datetime]
Random = Callable[[int], bytes]
Also = Callable[[Connection], object]
"""What is written in the same transaction."""

_APPEND = insert(entries_table)
_KEEP = insert(pictures_table).prefix_with("OR IGNORE")
"""Built once: building them anew costs as much as the write itself."""


_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact that is about to be saved with the time at which it was recorded elsewhere."""

    kind: FactKind | str
    priority: Priority | str
    recorded_at: datetime
    payload: Mapping[str, Any] = field(repr=False)
    subject: str | None = None


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
                raise JournalFaulty(
                    say("this journal is that of {its}, not of {station}; correct the profile", its=self.station,
                        station=station)
                )  # fmt: skip
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
        opening = dict(opening) | {"journal": self.journal}  # a second place, should its own page be lost
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
                freed, shed = room.make(self._engine, self._path, needed, give_reserve=not pictures)
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
        recorded_at = datetime.fromisoformat(rfc3339(self._clock())).astimezone(UTC)
        fact = self._next(self._head, kind, priority, recorded_at, canonical(payload))

        def all_of_it(connection: Connection) -> None:
            connection.execute(_APPEND, row_of(fact, subject))
            for picture in pictures:
                connection.execute(_KEEP, _picture_row(picture, subject, rfc3339(recorded_at)))
            if also is not None:
                also(connection)

        self._put(all_of_it)
        self._head = (fact.sequence, fact.chain_sha256)
        return fact

    def _next(
        self,
        head: tuple[int, bytes],
        kind: FactKind | str,
        priority: Priority | str,
        recorded_at: datetime,
        body: bytes,
    ) -> Entry:
        """The entry that follows `head`."""
        salt = self._random(16)
        draft = Entry(
            self.station, self.journal, head[0] + 1, kind, priority, recorded_at,
            payload_hash(salt, body), GENESIS, salt, body,
        )  # fmt: skip
        return replace(draft, chain_sha256=chain_hash(head[1], draft))

    def _put(self, change: Also) -> None:
        """One transaction."""
        try:
            with self._engine.begin() as connection:
                change(connection)
        except DatabaseError as error:
            suspect(self._path, error)
            raise refusal(error) from error

    def extend(self, drafts: Iterable[Draft]) -> int:
        """Save facts that were recorded elsewhere, many in one transaction; how many there were.

        Raises:
            JournalFull, JournalFaulty: as `append`; those of earlier transactions stay.
        """
        count = 0
        with self._writing:
            for some in _batched(drafts, _TOGETHER):
                head, rows = self._head, []
                for draft in some:
                    fact = self._next(head, draft.kind, draft.priority, draft.recorded_at, canonical(draft.payload))
                    rows.append(row_of(fact, draft.subject))
                    head = (fact.sequence, fact.chain_sha256)
                self._put(partial(_append_rows, rows))
                self._head, count = head, count + len(rows)
        return count

    def keep_picture(self, body: bytes, subject: str | None, recorded_at: str) -> None:
        """Keep a photograph of before; as `append`, without a record."""
        self.write(lambda connection: connection.execute(_KEEP, _picture_row(body, subject, recorded_at)))

    def write(self, change: Also) -> None:
        """Do something else in one durable transaction, between appends: a purge.

        Raises:
            JournalFull, JournalFaulty: as `append`.
        """
        with self._writing:
            self._put(change)

    def checkpoint(self) -> bool:
        """Empty the write-ahead log into the file; whether it is empty now (a reader may hold it for a moment)."""
        with self._writing:
            return checkpoint(self._engine)

    def close(self) -> None:
        """Let the file and the right to write it go."""
        super().close()
        self._lock.release()


def _append_rows(rows: list[dict[str, Any]], connection: Connection) -> None:
    connection.execute(_APPEND, rows)


def _batched(drafts: Iterable[Draft], size: int) -> Iterator[list[Draft]]:
    each = iter(drafts)
    while some := list(islice(each, size)):
        yield some


def _picture_row(body: bytes, subject: str | None, recorded_at: str) -> dict[str, Any]:
    name = hashlib.sha256(body).hexdigest()
    words = {"sha256": name, "subject": subject, "recorded_at": recorded_at}
    return words | {"body": body, "checksum": checksum(*words.values())}


def content(fact: Entry) -> dict[str, Any]:
    """The payload as JSON values; empty once purged."""
    return json.loads(fact.payload) if fact.payload is not None else {}
