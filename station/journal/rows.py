"""One row of the journal as an entry, and the row's own checksum.

The chain covers header, salt and payload; the checksum covers every column, salt and payload by their hash, so that
it still holds once they are purged. Rows of before revision 0003 carry none.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.messages.said import say
from station.journal.errors import JournalDamaged
from sync.facts import Entry, kind_of, payload_hash, priority_of, rfc3339

CHECKSUM_BYTES = 16


def checksum(*columns: int | str | bytes | None) -> bytes:
    """BLAKE2b over the columns, each with its length so that none can pass for another."""
    digest = hashlib.blake2b(digest_size=CHECKSUM_BYTES)
    for value in columns:
        raw = b"" if value is None else value if isinstance(value, bytes) else str(value).encode()
        digest.update(b"%d:" % len(raw) if value is not None else b"-")
        digest.update(raw)
    return digest.digest()


def row_of(fact: Entry, subject: str | None) -> dict[str, Any]:
    """The columns to insert."""
    columns: dict[str, int | str | bytes | None] = {
        "sequence": fact.sequence,
        "kind": str(fact.kind),
        "priority": str(fact.priority),
        "recorded_at": rfc3339(fact.recorded_at),
        "payload_sha256": fact.payload_sha256,
        "chain_sha256": fact.chain_sha256,
        "subject": subject,
    }
    return columns | {"salt": fact.salt, "payload": fact.payload, "checksum": checksum(*columns.values())}


def entry_of(station: str, journal: str, row: Mapping[Any, Any]) -> Entry:
    """The row as it stands, whole or not: on the wire the centre parks what does not hold.

    Raises:
        JournalDamaged: its time is none.
    """
    try:
        recorded_at = datetime.fromisoformat(row["recorded_at"])
    except (TypeError, ValueError) as error:
        raise damaged(row["sequence"]) from error
    return Entry(
        station=station,
        journal=journal,
        sequence=row["sequence"],
        kind=kind_of(row["kind"]),
        priority=priority_of(row["priority"]),
        recorded_at=recorded_at,
        payload_sha256=row["payload_sha256"],
        chain_sha256=row["chain_sha256"],
        salt=row["salt"],
        payload=row["payload"],
    )


def is_whole(row: Mapping[Any, Any]) -> bool:
    """Whether the row's checksum holds, and salt and payload give the hash that the chain covers."""
    names = ("sequence", "kind", "priority", "recorded_at", "payload_sha256", "chain_sha256", "subject")
    if row["checksum"] is not None and checksum(*(row[name] for name in names)) != row["checksum"]:
        return False
    salt, payload = row["salt"], row["payload"]
    if salt is None or payload is None:
        return salt is payload
    return bool(payload_hash(salt, payload) == row["payload_sha256"])


def damaged(sequence: int) -> JournalDamaged:
    """What is raised when a row does not hold."""
    return JournalDamaged(
        say("entry {sequence} of the journal is damaged; start the kiosk again, it salvages the rest",
            sequence=str(sequence))
    )  # fmt: skip
