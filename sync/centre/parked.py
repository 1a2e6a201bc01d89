"""What lies outside the ledger, and what a named person decides about it. Nothing here is ever deleted.

Released: the entry goes into the ledger as it is; where its content does not fit its header or never came, the header
alone, and the centre does without the content. Repaired: the right content is brought, and the hash in the header
proves that it is. A conflict can only be seen to: the ledger keeps what it holds, the other stays beside it (G16: a
correction is a new fact of the station).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import cbor2
from psycopg.rows import dict_row

from config.messages.said import say
from sync.centre.alerts import raise_alerts
from sync.centre.database import Connection, Database
from sync.centre.errors import DecisionRefused
from sync.centre.facts import ScreeningFacts, screening_facts
from sync.centre.insertion import insert
from sync.centre.partitions import Partitions
from sync.columns import MAX_PAYLOAD_BYTES
from sync.facts import Entry, kind_of, payload_hash, priority_of, rfc3339
from sync.receipt import ParkReason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIST = """
SELECT left(encode(content_sha256, 'hex'), 12) AS id, station, journal::text, sequence, reason, received_at,
       resolved_at, resolution, chain_sha256, raw FROM parked
WHERE (%(all)s OR resolved_at IS NULL) ORDER BY station, received_at, sequence
"""
_ONE = """
SELECT station, journal::text, sequence, reason, chain_sha256, raw, content_sha256, resolved_at FROM parked
WHERE encode(content_sha256, 'hex') LIKE %s FOR UPDATE
"""
_RESOLVE = """
UPDATE parked SET resolved_at = %s, resolution = %s
WHERE station = %s AND journal = %s AND sequence = %s AND content_sha256 = %s
"""
_NO_FACTS = ScreeningFacts(None, [], None, None)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, why, and when."""

    who: str
    why: str
    at: datetime


def listed(database: Database, everything: bool = False) -> Iterator[dict[str, Any]]:
    """One object for each record held apart: id, station, journal, sequence, reason, kind, priority, recorded_at,
    received_at, resolved_at, resolution. No content.

    Args:
        database: of the ledger.
        everything: also what is resolved.

    Raises:
        LedgerUnavailable: the database does not answer.
    """
    with database.transaction() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_LIST, {"all": everything}).fetchall()
    for row in rows:
        columns = _columns(row.pop("raw"))
        row.pop("chain_sha256")
        for name in ("received_at", "resolved_at"):
            row[name] = rfc3339(row[name]) if row[name] else None
        recorded = _moment(columns)
        yield {
            **row,
            "kind": columns.get("kind"),
            "priority": columns.get("priority"),
            "recorded_at": rfc3339(recorded) if recorded else None,
        }


def content_of(database: Database, ident: str) -> bytes:
    """The content as it came; empty when none did. It may name a traveller.

    Raises:
        DecisionRefused: there is no such record, or more than one.
        LedgerUnavailable: the database does not answer.
    """
    with database.transaction() as connection:
        payload = _columns(_one(connection, ident)["raw"]).get("payload")
    return payload if isinstance(payload, bytes) else b""


def release(database: Database, ident: str, decision: Decision) -> str:
    """Take the record into the ledger as it is; what was done, in one word.

    Raises:
        DecisionRefused: there is no such record, it was decided before, or its header cannot be read.
        LedgerUnavailable: the database does not answer.
    """
    return _decide(database, ident, decision, None, None)


def repair(database: Database, ident: str, payload: bytes, salt: bytes | None, decision: Decision) -> str:
    """Take the record into the ledger with the content that its header was made of.

    Args:
        database: of the ledger.
        ident: of the record, as `listed` gives it.
        payload: the content, byte for byte.
        salt: 16 bytes; None takes that of the record.
        decision: who, why and when.

    Raises:
        DecisionRefused: as `release`; or the content is not the one that the station put its hash to.
        LedgerUnavailable: the database does not answer.
    """
    return _decide(database, ident, decision, payload, salt)


def _decide(database: Database, ident: str, decision: Decision, payload: bytes | None, salt: bytes | None) -> str:
    if not decision.who.strip() or not decision.why.strip():
        raise DecisionRefused(say("a decision needs a name and a reason; give --by and --why"))
    with database.transaction() as connection:
        row = _one(connection, ident)
    entry = _entry(row)
    if entry is not None:
        Partitions(database).ensure([entry.recorded_at], decision.at)
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (row["station"],))
        row = _one(connection, ident)
        if row["resolved_at"] is not None:
            raise DecisionRefused(say("record {id} was decided before; see: eoc parked list --all", id=ident))
        done = _act(connection, row, entry, payload, salt, decision.at)
        address = (row["station"], row["journal"], row["sequence"])
        connection.execute(_RESOLVE, (decision.at, done, *address, row["content_sha256"]))
        about = {"station": address[0], "journal": address[1], "sequence": address[2], "reason": row["reason"]}
        connection.execute(
            "INSERT INTO ledger_act VALUES (%s, %s, %s, %s, %s)",
            (decision.at, decision.who, f"parked-{done}", decision.why,
             json.dumps({**about, "content_sha256": row["content_sha256"].hex()})),
        )  # fmt: skip
    return done


def _act(
    connection: Connection, row: dict[str, Any], entry: Entry | None, payload: bytes | None, salt: bytes | None,
    now: datetime,
) -> str:  # fmt: skip
    if row["reason"] == ParkReason.CONFLICT.value:
        if payload is not None:
            raise DecisionRefused(say("a conflict is not repaired: the ledger holds the other content; release it"))
        return "seen"
    if entry is None:
        raise DecisionRefused(say("the header of the record cannot be read; keep it, and ask the station's technician"))
    if payload is not None:
        entry = replace(entry, payload=payload, salt=salt if salt is not None else entry.salt)
        if entry.salt is None or payload_hash(entry.salt, payload) != entry.payload_sha256:
            raise DecisionRefused(say("this is not the content that the station put its hash to; nothing was changed"))
    elif entry.payload is None or entry.salt is None or payload_hash(entry.salt, entry.payload) != entry.payload_sha256:
        entry = replace(entry, payload=None, salt=None)
    facts = screening_facts(entry) or _NO_FACTS
    address = {"station": row["station"], "journal": UUID(row["journal"]), "now": now}
    fresh, unequal, refused = insert(connection, [(entry, facts)], address)
    if unequal:
        raise DecisionRefused(say("the ledger holds other content under this address; it stays, and so does this"))
    if refused:
        raise DecisionRefused(say("the database does not take the record; release it without its content"))
    raise_alerts(connection, [(entry, facts)] if fresh else [], [], address)
    return "repaired" if payload is not None else "released"


def _one(connection: Connection, ident: str) -> dict[str, Any]:
    if len(ident) < 6 or not all(letter in "0123456789abcdef" for letter in ident):
        raise DecisionRefused(say("{id} is no id of a record; see: eoc parked list", id=ident))
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_ONE, (ident + "%",)).fetchall()
    if len(rows) != 1:
        raise DecisionRefused(say("there is no single record {id}; see: eoc parked list", id=ident))
    return rows[0]


def _columns(raw: bytes) -> dict[str, Any]:
    try:
        columns = cbor2.loads(raw)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError):
        return {}
    return columns if isinstance(columns, dict) else {}


def _moment(columns: dict[str, Any]) -> datetime | None:
    try:
        return _EPOCH + timedelta(milliseconds=columns["recorded_ms"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _entry(row: dict[str, Any]) -> Entry | None:
    """The record as an entry; None when its header cannot be told."""
    columns, chain = _columns(row["raw"]), bytes(row["chain_sha256"])
    salt, payload, declared = columns.get("salt"), columns.get("payload"), columns.get("payload_sha256")
    recorded, kind, priority = _moment(columns), columns.get("kind"), columns.get("priority")
    salt, payload = (value if isinstance(value, bytes) else None for value in (salt, payload))
    if declared is None and salt is not None and payload is not None:
        declared = payload_hash(salt, payload)
    if not isinstance(declared, bytes) or len(declared) != 32 or len(chain) != 32 or recorded is None:
        return None
    if not isinstance(kind, str) or not isinstance(priority, str):
        return None
    if payload is not None and len(payload) > MAX_PAYLOAD_BYTES:
        payload = None
    return Entry(
        row["station"], row["journal"], row["sequence"], kind_of(kind[:32]), priority_of(priority[:32]), recorded,
        declared, chain, salt, payload,
    )  # fmt: skip
