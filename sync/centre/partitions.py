"""One partition of the payload table per month, made when first needed.

Only months that a sane clock can give get one: what lies outside goes to the default partition, so that a station
with a wrong clock cannot fill the catalogue.
"""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from psycopg import sql

from sync.centre.database import Connection, Database

_LOCK = 0x6D6F6E74
_OLDEST = timedelta(days=400)
_NEWEST = timedelta(days=40)
_MOVE = """
WITH moved AS (DELETE FROM ledger_payload_other WHERE recorded_at >= %s AND recorded_at < %s RETURNING *)
INSERT INTO {} SELECT * FROM moved
"""


class Partitions:
    """Remembers which months exist, so that a batch asks the database only once a month."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[tuple[int, int]] = set()
        self._guard = threading.Lock()

    def ensure(self, moments: Iterable[datetime], now: datetime) -> None:
        """Make the partitions that these times need.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        sane = (m.astimezone(UTC) for m in moments if now - _OLDEST <= m <= now + _NEWEST)
        missing = {(m.year, m.month) for m in sane} - self._known
        for year, month in sorted(missing):
            self._make(year, month)
            with self._guard:
                self._known.add((year, month))

    def _make(self, year: int, month: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            make_month(connection, year, month)


def make_month(connection: Connection, year: int, month: int) -> None:
    """Make the partition of a month, unless it is there, and move into it what lay in the default one."""
    name = f"ledger_payload_{year}_{month:02}"
    first = datetime(year, month, 1, tzinfo=UTC)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    if connection.execute("SELECT to_regclass(%s)", (name,)).fetchone() != (None,):
        return
    connection.execute(sql.SQL("CREATE TABLE {} (LIKE ledger_payload INCLUDING ALL)").format(sql.Identifier(name)))
    connection.execute(sql.SQL(_MOVE).format(sql.Identifier(name)), (first, after))
    connection.execute(
        sql.SQL("ALTER TABLE ledger_payload ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})").format(
            sql.Identifier(name), sql.Literal(first), sql.Literal(after)
        )
    )
