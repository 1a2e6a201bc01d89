"""Totals agree: what a station counted in each hour of its journal against what the ledger holds of it.

An hour is compared once the ledger has received all of it, and then again and again: a row that is removed behind
the ledger's back is found at the next round. Entries held apart count as received, but are in no kind's number.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.batch import Total
from sync.centre.database import Connection, Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOCK = 0x746F74
_KEEP = """
INSERT INTO ledger_total AS t (station, journal, first, last, hour, counts, received_at)
VALUES (%(station)s, %(journal)s, %(first)s, %(last)s, %(hour)s, %(counts)s, %(now)s)
ON CONFLICT (station, journal, first) DO UPDATE SET
    last = excluded.last, hour = excluded.hour, counts = excluded.counts, received_at = excluded.received_at,
    compared_at = NULL, missing = NULL, payloads = NULL, payloads_missing = 0
WHERE (t.last, t.hour, t.counts) IS DISTINCT FROM (excluded.last, excluded.hour, excluded.counts)
"""
_COMPARE = """
WITH due AS MATERIALIZED (
    SELECT t.* FROM ledger_total t JOIN journal j USING (station, journal)
    WHERE j.held @> int8range(t.first, t.last + 1) AND (
        t.compared_at IS NULL OR t.missing > 0 OR t.payloads_missing > 0 OR t.compared_at < CASE
            WHEN t.received_at > %(recent)s THEN %(hour_ago)s ELSE %(day_ago)s END
    )
), found AS (
    SELECT d.station, d.journal, d.first, keys.number, apart.number AS apart, contents.number AS contents
    FROM due d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(least(here.number, told.number)), 0) AS number
        FROM (
            SELECT kind, count(*) AS number FROM ledger_key k
            WHERE k.station = d.station AND k.journal = d.journal AND k.sequence BETWEEN d.first AND d.last
            GROUP BY kind
        ) here LEFT JOIN LATERAL (SELECT coalesce((d.counts ->> here.kind)::bigint, 0) AS number) told ON true
    ) keys
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT p.sequence) AS number FROM parked p
        WHERE p.station = d.station AND p.journal = d.journal AND p.sequence BETWEEN d.first AND d.last
            AND NOT EXISTS (SELECT FROM ledger_key k WHERE (k.station, k.journal, k.sequence)
                                                         = (p.station, p.journal, p.sequence))
    ) apart
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM ledger_payload c
        WHERE c.recorded_at >= d.hour AND c.recorded_at < d.hour + interval '1 hour'
            AND c.station = d.station AND c.journal = d.journal AND c.sequence BETWEEN d.first AND d.last
    ) contents
)
UPDATE ledger_total t SET
    compared_at = %(now)s,
    missing = greatest(t.last - t.first + 1 - found.number - found.apart, 0),
    payloads = greatest(coalesce(t.payloads, 0), found.contents),
    payloads_missing = greatest(coalesce(t.payloads, 0) - found.contents, 0)
FROM found WHERE (t.station, t.journal, t.first) = (found.station, found.journal, found.first)
"""
_DIFFERENCES = """
SELECT station, journal::text, first, last, hour, missing, payloads_missing FROM ledger_total
WHERE missing > 0 OR payloads_missing > 0 ORDER BY station, hour, first
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """An hour in which the ledger holds less than the station counted and the ledger once received."""

    station: str
    journal: str
    first: int
    last: int
    hour: datetime
    missing: int
    """Entries that are not in the ledger, or not of the kind that the station counted."""
    payloads_missing: int
    """Contents that were in the ledger at the first comparison and are not any more."""


def keep_totals(connection: Connection, totals: Iterable[Total], address: dict[str, Any]) -> None:
    """Write down what a station counted; the same again changes nothing.

    Args:
        connection: inside the transaction of the batch.
        totals: of the batch.
        address: `station`, `journal` and `now`.
    """
    rows = [
        {
            **address,
            "first": total.first,
            "last": total.last,
            "hour": _EPOCH + timedelta(milliseconds=total.hour_ms),
            "counts": json.dumps(dict(total.counts), sort_keys=True),
        }
        for total in totals
        if total.hour_ms < 2**43 and sum(total.counts.values()) == total.last - total.first + 1
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_KEEP, rows)


def reconcile(database: Database, now: datetime, everything: bool = False) -> list[Difference]:
    """Compare what is due: hours of the last eight days once an hour, older ones once a day, differing ones always.

    Args:
        database: of the ledger; of several workers at a time one compares, the others only tell.
        now: the centre's time.
        everything: compare every hour there is.

    Raises:
        LedgerUnavailable: the database does not answer.
    """
    moments = {
        "now": now,
        "recent": now - timedelta(days=8),
        "hour_ago": now if everything else now - timedelta(minutes=55),
        "day_ago": now if everything else now - timedelta(hours=23),
    }
    with database.transaction() as connection:
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()
        if row == (True,):
            connection.execute(_COMPARE, moments)
        return [Difference(*found) for found in connection.execute(_DIFFERENCES)]
