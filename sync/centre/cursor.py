"""Consumers follow the ledger: what is new, station by station, after a cursor that the database keeps.

Every statement that puts keys into the ledger gives its station one position more (schema, `announce`). It is given
under a row lock that holds until the commit, so positions become visible in order and without holes, and a cursor
skips nothing. There is no order between stations, as the ledger promises none. Whoever follows sees every entry at
least once and must take a repeat for nothing: the address is (station, journal, sequence).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.centre.database import Connection, Database
from sync.facts import Entry, kind_of, priority_of

_EPOCH = "SELECT epoch FROM ledger_epoch ORDER BY since DESC LIMIT 1"
_NEWS = """
SELECT f.station, f.position, f.journal, f.sequences
FROM feed_head h
LEFT JOIN feed_cursor c ON c.station = h.station AND c.follower = %(follower)s AND c.epoch = %(epoch)s
JOIN feed f ON f.station = h.station AND f.position > coalesce(c.position, 0)
    AND f.position <= coalesce(c.position, 0) + %(limit)s
WHERE h.position > coalesce(c.position, 0)
ORDER BY f.position - coalesce(c.position, 0), f.station
LIMIT %(limit)s
"""
"""One announcement of each station, then the next: none starves, and of each it is a run that starts at its cursor."""
_ENTRIES = """
SELECT k.station, k.journal, k.sequence, k.kind, k.priority, k.recorded_at, k.payload_sha256, k.chain_sha256,
       p.salt, p.payload, s.checkpoint
FROM ledger_key k
JOIN station s ON s.name = k.station
LEFT JOIN ledger_payload p ON p.station = k.station AND p.journal = k.journal AND p.sequence = k.sequence
    AND p.recorded_at = k.recorded_at
WHERE k.station = %(station)s AND k.journal = %(journal)s AND k.sequence >= lower(%(sequences)s::int8multirange)
    AND k.sequence < upper(%(sequences)s::int8multirange) AND k.sequence <@ %(sequences)s::int8multirange
ORDER BY k.sequence
"""
_DONE = """
INSERT INTO feed_cursor AS c (station, follower, epoch, position) VALUES (%s, %s, %s, %s)
ON CONFLICT (station, follower) DO UPDATE SET epoch = excluded.epoch, position =
    CASE WHEN c.epoch = excluded.epoch THEN greatest(c.position, excluded.position) ELSE excluded.position END
"""
_BEHIND = """
SELECT coalesce(sum(h.position - coalesce(c.position, 0)), 0)
FROM feed_head h
LEFT JOIN feed_cursor c ON c.station = h.station AND c.follower = %(follower)s AND c.epoch = %(epoch)s
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the ledger, with the place that its station stands at now."""

    checkpoint: str
    entry: Entry
    """Without salt and payload once they are purged."""


@dataclass(frozen=True, slots=True)
class News:
    """What came after a cursor. Within a station in the order in which the ledger took it."""

    entries: tuple[Told, ...]
    epoch: str
    positions: tuple[tuple[str, int], ...]
    """Where the cursor stands after it: (station, position)."""


class Follower:
    """One consumer by its name; two programs with one name share its work badly and lose nothing."""

    def __init__(self, database: Database, name: str) -> None:
        self._database, self._name = database, name

    def next(self, limit: int = 20) -> News | None:
        """What comes next; None when there is nothing. It comes again until `done` is told of it.

        Args:
            limit: announcements at most; one is what one statement put into the ledger, 5,000 entries at most.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            epoch = _epoch(connection)
            asked = {"follower": self._name, "epoch": epoch, "limit": limit}
            announced = connection.execute(_NEWS, asked).fetchall()
            if not announced:
                return None
            entries = [told for row in announced for told in _entries(connection, row)]
        positions = {station: position for station, position, *_ in announced}  # ascending for each station
        return News(tuple(entries), epoch, tuple(positions.items()))

    def done(self, news: News) -> None:
        """Move the cursor behind it. Never back, unless the ledger was restored since.

        Raises:
            LedgerUnavailable: the database does not answer; the news come again.
        """
        with self._database.transaction() as connection, connection.cursor() as cursor:
            rows = [(station, self._name, news.epoch, position) for station, position in sorted(news.positions)]
            cursor.executemany(_DONE, rows)

    def start_again(self) -> None:
        """Forget the cursor: everything comes again from the first entry.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM feed_cursor WHERE follower = %s", (self._name,))

    def behind(self) -> int:
        """How many announcements lie after the cursor.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            row = connection.execute(_BEHIND, {"follower": self._name, "epoch": _epoch(connection)}).fetchone()
        return int(row[0]) if row else 0


def _epoch(connection: Connection) -> str:
    row = connection.execute(_EPOCH).fetchone()
    assert row is not None
    return str(row[0])


def _entries(connection: Connection, announced: Sequence[Any]) -> list[Told]:
    station, _, journal, sequences = announced
    asked = {"station": station, "journal": journal, "sequences": sequences}
    return [_told(row) for row in connection.execute(_ENTRIES, asked)]


def _told(row: Sequence[Any]) -> Told:
    station, journal, sequence, kind, priority, recorded_at, payload_sha256, chain_sha256, salt, payload, place = row
    entry = Entry(
        station, str(journal), sequence, kind_of(kind), priority_of(priority), recorded_at, payload_sha256,
        chain_sha256, salt, payload,
    )  # fmt: skip
    return Told(place, entry)
