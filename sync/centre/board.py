"""What the board shows, read from the ledger: counts of today in Asia/Bangkok, contact, gaps, alerts. No names."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from sync.centre.database import Connection, Database
from sync.centre.devices import not_ready
from sync.centre.ranges import journal_gaps, split
from sync.facts import rfc3339

ZONE = ZoneInfo("Asia/Bangkok")
LIVE = timedelta(seconds=90)
LATE = timedelta(minutes=10)
CLOCK_OFF = timedelta(minutes=1)
"""A station's clock further from the centre's than this is shown; its records keep the time that it said."""
RECENT = 30
ALERTS = 50
_SKEW = timedelta(minutes=5)
_VERDICTS = ("ADMIT", "REFER", "REFUSE")

_STATIONS = """
SELECT c.code, c.name_th, c.name_en, s.name AS station, s.last_contact_at, s.clock_skew_seconds,
       s.revoked_at IS NOT NULL AS revoked, s.sealed
FROM checkpoint c JOIN station s ON s.checkpoint = c.code ORDER BY c.code, s.name
"""
_JOURNALS = """
SELECT station, held, highest_normal, head_sequence, head_watermark, believed FROM journal ORDER BY station, opened_at
"""
_TROUBLE = """
SELECT s.name AS station, coalesce(p.parked, 0) AS parked, coalesce(p.conflicts, 0) AS conflicts,
       coalesce(t.differs, 0) AS differs, coalesce(c.jumps, 0) AS jumps
FROM station s
LEFT JOIN (SELECT station, count(*) AS parked, count(*) FILTER (WHERE reason = 'conflict') AS conflicts
           FROM parked WHERE resolved_at IS NULL GROUP BY station) p ON p.station = s.name
LEFT JOIN (SELECT station, count(*) AS differs FROM ledger_total
           WHERE missing > 0 OR payloads_missing > 0 GROUP BY station) t ON t.station = s.name
LEFT JOIN LATERAL (SELECT count(*) AS jumps FROM clock_record r WHERE r.station = s.name AND r.jumped
                   AND r.received_at > %(day_ago)s) c ON true
"""
_COUNTS = """
SELECT station, extract(hour FROM recorded_at AT TIME ZONE 'Asia/Bangkok')::int AS hour, verdict, count(*) AS number,
       count(*) FILTER (WHERE recorded_at > %(hour_ago)s) AS lately,
       count(*) FILTER (WHERE 'T-HOT' = ANY(reasons)) AS hot
FROM ledger_payload WHERE recorded_at >= %(midnight)s AND recorded_at < %(tomorrow)s AND kind = 'screening'
GROUP BY 1, 2, 3
"""
_RECENT = """
SELECT p.station, s.checkpoint, p.sequence, p.recorded_at, p.received_at, p.verdict, p.reasons, p.document_kind,
       p.nationality
FROM ledger_payload p JOIN station s ON s.name = p.station
WHERE p.recorded_at < %(soon)s AND p.kind = 'screening'
ORDER BY p.recorded_at DESC, p.sequence DESC LIMIT %(limit)s
"""
_ALERTS = """
SELECT a.*, s.checkpoint FROM alert a JOIN station s ON s.name = a.station
ORDER BY a.acknowledged_at IS NOT NULL, a.received_at DESC LIMIT %(limit)s
"""


class Board:
    """Snapshots of the ledger for the screen of the duty officer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def snapshot(self, now: datetime) -> dict[str, Any]:
        """Everything on the board at `now`, as JSON values.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        times = {
            "midnight": midnight,
            "tomorrow": midnight + timedelta(days=1),
            "hour_ago": now - timedelta(hours=1),
            "day_ago": now - timedelta(days=1),
            "soon": now + _SKEW,
        }
        with self._database.transaction() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            stations = _all(connection, _STATIONS, {})
            journals = _by_station(_all(connection, _JOURNALS, {}))
            trouble = {row["station"]: row for row in _all(connection, _TROUBLE, times)}
            counts = _all(connection, _COUNTS, times)
            recent = _all(connection, _RECENT, {**times, "limit": RECENT})
            alerts = _all(connection, _ALERTS, {"limit": ALERTS})
            devices = not_ready(connection)
        checkpoints = _checkpoints(stations, journals, trouble, counts, devices, now)
        verdicts = [place["by_verdict"] for place in checkpoints]
        return {
            "at": rfc3339(now),
            "checkpoints": checkpoints,
            "totals": {
                "screened": sum(place["screened_today"] for place in checkpoints),
                "admit": sum(v["ADMIT"] for v in verdicts),
                "refer": sum(v["REFER"] for v in verdicts),
                "refuse": sum(v["REFUSE"] for v in verdicts),
                "hot": sum(row["hot"] for row in counts),
            },
            "recent": [_with_times(row, ("recorded_at", "received_at")) for row in recent],
            "alerts": [_alert(row) for row in alerts],
        }

    def version(self) -> str:
        """Changes whenever a snapshot could look different for another reason than the clock; cheap to ask.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT (SELECT max(last_contact_at) FROM station), (SELECT count(*) FROM station),"
                " (SELECT max(acknowledged_at) FROM alert), (SELECT max(revoked_at) FROM station)"
            ).fetchone()
        return repr(row)

    def acknowledge(self, alert: str, name: str, now: datetime) -> bool:
        """Write down who took an alert; the first one stays. Whether there is such an alert.

        Raises:
            LedgerUnavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE alert SET acknowledged_by = %s, acknowledged_at = %s WHERE id = %s AND acknowledged_at IS NULL",
                (name, now, alert),
            )
            return connection.execute("SELECT 1 FROM alert WHERE id = %s", (alert,)).fetchone() is not None


def state_of(last_contact_at: datetime | None, now: datetime) -> str:
    """One word for how long ago a station was heard."""
    if last_contact_at is None:
        return "never"
    if now - last_contact_at <= LIVE:
        return "live"
    return "late" if now - last_contact_at <= LATE else "silent"


def _checkpoints(
    stations: list[dict[str, Any]],
    journals: dict[str, list[dict[str, Any]]],
    trouble: dict[str, dict[str, Any]],
    counts: list[dict[str, Any]],
    devices: dict[str, dict[str, Any]],
    now: datetime,
) -> list[dict[str, Any]]:
    by_station = _by_station(counts)
    places: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in stations:
        places[row["code"]].append(row)
    found = []
    for code, members in places.items():
        rows = [row for member in members for row in by_station.get(member["station"], [])]
        contacts = [m["last_contact_at"] for m in members if m["last_contact_at"] is not None]
        last = max(contacts, default=None)
        details = [
            _station(m, journals.get(m["station"], []), trouble[m["station"]], now)
            | {"devices": devices.get(m["station"])}
            for m in members
        ]
        waiting = [d["waiting"] for d in details if d["waiting"] is not None]
        found.append(
            {
                "code": code,
                "names": {"th": members[0]["name_th"], "en": members[0]["name_en"]},
                "stations": details,
                "state": state_of(last, now),
                "last_contact_at": rfc3339(last) if last else None,
                "screened_today": sum(row["number"] for row in rows),
                "screened_hour": sum(row["lately"] for row in rows),
                "by_verdict": {v: sum(r["number"] for r in rows if r["verdict"] == v) for v in _VERDICTS},
                "per_hour": _per_hour(rows),
                "waiting": sum(waiting) if waiting else None,
                "gaps": [gap for d in details for gap in d["gaps"]],
                **{name: sum(d[name] for d in details) for name in ("parked", "conflicts", "differs")},
                "clocks_off": sum(d["clock_off"] for d in details),
            }
        )
    return found


def _station(
    member: dict[str, Any], journals: list[dict[str, Any]], trouble: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """One station. A journal that was set aside counts too: what it never sent is still not here."""
    last, skew = member["last_contact_at"], member["clock_skew_seconds"]
    missing = [gap for journal in journals for gap in journal_gaps(journal)]
    waiting = sum(max(0, j["head_sequence"] - split(j["held"])[0]) for j in journals)
    return {
        "name": member["station"],
        "state": state_of(last, now),
        "last_contact_at": rfc3339(last) if last else None,
        "waiting": waiting if journals else None,
        "gaps": [list(gap) for gap in missing],
        "parked": trouble["parked"],
        "conflicts": trouble["conflicts"],
        "differs": trouble["differs"],
        "clock_jumps": trouble["jumps"],
        "clock_off": skew is not None and abs(skew) > CLOCK_OFF.total_seconds(),
        "clock_skew_seconds": round(skew, 1) if skew is not None else None,
        "revoked": member["revoked"],
        "sealed": member["sealed"],
    }


def _by_station(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["station"]].append(row)
    return found


def _per_hour(rows: list[dict[str, Any]]) -> list[dict[str, int]]:
    hours = [{"admit": 0, "refer": 0, "refuse": 0} for _ in range(24)]
    for row in rows:
        if row["verdict"] in _VERDICTS:
            hours[row["hour"]][row["verdict"].lower()] += row["number"]
    return hours


def _alert(row: dict[str, Any]) -> dict[str, Any]:
    taken = row["acknowledged_at"]
    return {
        "id": row["id"],
        "at": rfc3339(row["recorded_at"]),
        "kind": row["kind"],
        "checkpoint": row["checkpoint"],
        "station": row["station"],
        "reasons": row["reasons"],
        "acknowledged_by": row["acknowledged_by"],
        "acknowledged_at": rfc3339(taken) if taken else None,
    }


def _with_times(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {**row, **{name: rfc3339(row[name]) for name in names}}


def _all(connection: Connection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), values).fetchall()
