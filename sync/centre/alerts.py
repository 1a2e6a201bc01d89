"""Alerts: one for each entry of priority ALERT, also for one that is parked: what is damaged may be what matters."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from sync.batch import payload_object
from sync.centre.database import Connection
from sync.centre.facts import ScreeningFacts, alert_kind, known_codes
from sync.columns import ParkedEntry
from sync.facts import Entry, Priority
from sync.receipt import ParkReason

_RAISE = """
INSERT INTO alert AS a (id, station, recorded_at, received_at, kind, reasons) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (station, id) DO UPDATE SET kind = excluded.kind, reasons = excluded.reasons
WHERE a.reasons = '{}' AND excluded.reasons <> '{}'
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def raise_alerts(
    connection: Connection,
    taken: Iterable[tuple[Entry, ScreeningFacts]],
    parked: Iterable[ParkedEntry],
    address: dict[str, Any],
) -> None:
    """Write down the alerts of a batch; a repeat adds none.

    Args:
        connection: inside the transaction of the batch.
        taken: entries that were new in the ledger.
        parked: entries held apart.
        address: `station`, `journal` and `now`.
    """
    place = f"{address['station']}-{address['journal']}"
    for entry, facts in taken:
        if entry.priority is Priority.ALERT:
            _raise(connection, f"{place}-{entry.sequence}", entry.recorded_at, facts.reasons, address)
    for apart in parked:
        columns = _columns(apart)
        if columns.get("priority") == Priority.ALERT.value:
            name = f"{place}-{apart.sequence}"
            if apart.reason is ParkReason.CONFLICT:  # another event than the one of this address in the ledger
                name += f"-{hashlib.sha256(apart.raw).hexdigest()[:8]}"
            _raise(connection, name, _moment(columns, address["now"]), _reasons(columns), address)


def _raise(connection: Connection, name: str, at: datetime, reasons: list[str], address: dict[str, Any]) -> None:
    connection.execute(_RAISE, (name, address["station"], at, address["now"], alert_kind(reasons), reasons))


def _columns(apart: ParkedEntry) -> dict[str, Any]:
    try:
        columns = cbor2.loads(apart.raw)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError):
        return {}
    return columns if isinstance(columns, dict) else {}


def _moment(columns: dict[str, Any], now: datetime) -> datetime:
    """When the entry says it was recorded; now when it says nothing usable."""
    try:
        return _EPOCH + timedelta(milliseconds=columns["recorded_ms"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return now


def _reasons(columns: dict[str, Any]) -> list[str]:
    payload = columns.get("payload")
    content = payload_object(payload) if isinstance(payload, bytes) else None
    return known_codes(content.get("reasons")) if content else []
