"""How the stations' devices are: the newest word of each station, for the board."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from sync.batch import payload_object
from sync.centre.database import Connection
from sync.facts import Entry, FactKind, rfc3339

_READY = "ready"
_MOST_DEVICES = 32
_LONGEST = {"device": 40, "kind": 32, "state": 32, "since": 40, "reason": 300}

_NOTE = """
INSERT INTO station_devices AS s (station, recorded_at, devices) VALUES (%s, %s, %s)
ON CONFLICT (station) DO UPDATE SET recorded_at = excluded.recorded_at, devices = excluded.devices
WHERE excluded.recorded_at > s.recorded_at
"""


def note_devices(connection: Connection, station: str, entries: Iterable[Entry]) -> None:
    """Keep the newest word of a station among these entries, unless a newer one is kept already.

    Args:
        connection: inside the transaction of the batch.
        station: whose entries they are.
        entries: new ones of any kind.
    """
    said = [entry for entry in entries if entry.kind is FactKind.DEVICES and entry.payload is not None]
    if said:
        newest = max(said, key=lambda entry: entry.recorded_at)
        connection.execute(_NOTE, (station, newest.recorded_at, Jsonb(_shown(newest.payload or b""))))


def not_ready(connection: Connection) -> dict[str, dict[str, Any]]:
    """By station: when it last spoke of its devices, and those that were not ready then."""
    rows: list[tuple[str, datetime, list[dict[str, str]]]] = connection.execute(
        "SELECT station, recorded_at, devices FROM station_devices"
    ).fetchall()
    return {
        station: {"at": rfc3339(at), "not_ready": [device for device in devices if device["state"] != _READY]}
        for station, at, devices in rows
    }


def _shown(payload: bytes) -> list[dict[str, str]]:
    """Read leniently: what a newer station says otherwise is left out, and nothing that could not be shown is kept."""
    content = payload_object(payload) or {}
    told = content.get("devices")
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    found = [{name: _text(row.get(name), longest) for name, longest in _LONGEST.items()} for row in rows]
    return [row for row in found if row["device"] and row["state"]][:_MOST_DEVICES]


def _text(value: Any, longest: int) -> str:
    return value if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""
