"""How the stations' devices are: the newest word of each station, for the board."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from sync.batch import payload_object
from sync.centre.database import Connection
from sync.facts import Entry, FactKind, rfc3339

_READY = "ready"
_MOST_DEVICES = 32
_LONGEST = {"device": 40, "kind": 32, "state": 32, "since": 40, "reason": 300}
_FIGURES = ("frames_good", "frames_bad", "resyncs", "reconnects", "rate_hertz", "last_good_seconds", "ambient_celsius")
_LARGEST = 2**53
"""Beyond it a page's numbers are no longer exact."""

_NOTE = """
INSERT INTO station_devices AS s (station, journal, sequence, recorded_at, devices) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (station) DO UPDATE SET
    journal = excluded.journal, sequence = excluded.sequence,
    recorded_at = excluded.recorded_at, devices = excluded.devices
WHERE CASE
    WHEN s.journal IS NULL THEN true
    WHEN s.journal = excluded.journal THEN excluded.sequence > s.sequence
    ELSE coalesce((SELECT opened_at FROM journal WHERE station = excluded.station AND journal = excluded.journal),
                  'infinity')
         > (SELECT opened_at FROM journal WHERE station = s.station AND journal = s.journal)
END
"""
"""The later entry of one journal, and of two journals the one that came to the centre later: no clock of a station has
a say. A journal that has no row yet comes with this very batch."""


def note_devices(connection: Connection, station: str, entries: Iterable[Entry]) -> None:
    """Keep the newest word of a station among these entries, unless a newer one is kept already.

    Args:
        connection: inside the transaction of the batch.
        station: whose entries they are.
        entries: new ones of one journal, of any kind.
    """
    said = [entry for entry in entries if entry.kind is FactKind.DEVICES and entry.payload is not None]
    if said:
        newest = max(said, key=lambda entry: entry.sequence)
        told = Jsonb(_shown(newest.payload or b""))
        connection.execute(_NOTE, (station, UUID(newest.journal), newest.sequence, newest.recorded_at, told))


def not_ready(connection: Connection) -> dict[str, dict[str, Any]]:
    """By station: when it last spoke of its devices, and those that were not ready then."""
    rows: list[tuple[str, datetime, list[dict[str, Any]]]] = connection.execute(
        "SELECT station, recorded_at, devices FROM station_devices"
    ).fetchall()
    return {
        station: {"at": rfc3339(at), "not_ready": [device for device in devices if device["state"] != _READY]}
        for station, at, devices in rows
    }


def _shown(payload: bytes) -> list[dict[str, Any]]:
    """Read leniently: what a newer station says otherwise is left out, and nothing that could not be shown is kept."""
    content = payload_object(payload) or {}
    told = content.get("devices")
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    found = [
        {name: _text(row.get(name), longest) for name, longest in _LONGEST.items()}
        | {name: _figure(row.get(name)) for name in _FIGURES}
        for row in rows
    ]
    return [row for row in found if row["device"] and row["state"]][:_MOST_DEVICES]


def _figure(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if number and -_LARGEST < value < _LARGEST else None


def _text(value: Any, longest: int) -> str:
    return value if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""
