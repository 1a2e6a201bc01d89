"""What the ledger holds, counted in the ledger itself and not by what was once written down about it."""

from collections.abc import Iterator
from typing import Any

from psycopg.rows import dict_row

from sync.centre.database import Database
from sync.centre.ranges import journal_gaps, split
from sync.facts import rfc3339

_REPORT = """
SELECT s.name AS station, s.checkpoint, s.last_contact_at, s.revoked_at, j.journal::text, j.held, j.highest_normal,
       j.head_sequence, j.head_watermark, j.believed, coalesce(j.backed_up, 0) AS backed_up,
       coalesce(d.differs, 0) AS differs, coalesce(p.conflicts, 0) AS conflicts, k.entries, k.distinct_entries,
       k.screenings, k.alerts, k.last_sequence, p.parked, p.parked_only
FROM station s LEFT JOIN journal j ON j.station = s.name
LEFT JOIN LATERAL (
    SELECT count(*) AS entries, count(DISTINCT sequence) AS distinct_entries, max(sequence) AS last_sequence,
           count(*) FILTER (WHERE kind = 'screening') AS screenings,
           count(*) FILTER (WHERE priority = 'alert') AS alerts
    FROM ledger_key WHERE station = j.station AND journal = j.journal
) k ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS parked, count(*) FILTER (WHERE reason = 'conflict') AS conflicts,
           count(DISTINCT q.sequence) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM ledger_key l WHERE (l.station, l.journal, l.sequence) = (q.station, q.journal, q.sequence)
    )) AS parked_only
    FROM parked q WHERE q.station = j.station AND q.journal = j.journal AND q.resolved_at IS NULL
) p ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS differs FROM ledger_total t
    WHERE t.station = j.station AND t.journal = j.journal AND (t.missing > 0 OR t.payloads_missing > 0)
) d ON true
ORDER BY s.name, j.opened_at
"""


def report(database: Database) -> Iterator[dict[str, Any]]:
    """One object per journal of each station (one without a journal for a station that never spoke).

    Keys: station, checkpoint, journal, entries, screenings, alerts, duplicated, watermark, head (declared by the
    station), waiting, gaps, parked, conflicts (of the parked: other content under an address of the ledger), differs
    (hours in which the ledger holds less than the station counted), backed_up (in the newest backup up to here),
    unexplained (held by the books minus held in fact; not 0 is an alarm),
    last_contact_at, revoked.

    Raises:
        LedgerUnavailable: the database does not answer.
    """
    with database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_REPORT).fetchall()
    for row in rows:
        last = row["last_contact_at"]
        held = row["held"]
        watermark = split(held)[0] if held is not None else 0
        head = row["head_sequence"] or 0
        by_the_books = sum(int(r.upper or 0) - int(r.lower or 0) for r in held) if held is not None else 0
        yield {
            "station": row["station"],
            "checkpoint": row["checkpoint"],
            "journal": row["journal"],
            "entries": row["entries"],
            "screenings": row["screenings"],
            "alerts": row["alerts"],
            "duplicated": row["entries"] - row["distinct_entries"],
            "watermark": watermark,
            "head": head,
            "waiting": max(0, head - watermark),
            "gaps": [list(g) for g in journal_gaps(row)] if held is not None else [],
            "parked": row["parked"],
            "conflicts": row["conflicts"],
            "differs": row["differs"],
            "backed_up": row["backed_up"],
            "unexplained": by_the_books - row["entries"] - row["parked_only"],
            "last_contact_at": rfc3339(last) if last else None,
            "revoked": row["revoked_at"] is not None,
        }
