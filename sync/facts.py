"""The words on the wire: an entry of a station's journal as both ends see it.

An entry is addressed by (station, journal, sequence). Its chain hash covers the header and SHA-256(salt + payload),
so that payload and salt can be purged later and the chain still verifies. Header and payload are canonical JSON
(RFC 8785 subset: sorted keys, no spaces, UTF-8, no floats beyond their shortest form).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

GENESIS = bytes(32)
"""The chain hash before the first entry of a journal that has no predecessor."""


class FactKind(StrEnum):
    """What an entry says happened."""

    JOURNAL_OPENED = "journal_opened"
    SCREENING = "screening"
    CORRECTION = "correction"
    """A named person says that an earlier screening was wrong; that one stays as it is."""
    OFFICER_ACT = "officer_act"
    """Something that an officer did beside a verdict, as opening the gate."""
    DEVICES = "devices"
    """How the station's devices are."""
    INCIDENT = "incident"
    COMPLAINT = "complaint"
    DECLARATION = "declaration"
    """A traveller's own answers."""
    SHIFT = "shift"
    ZERO_REPORT = "zero_report"
    """Nobody was screened in a span of time: silence that is meant."""
    PURGE = "purge"
    """A signed statement of what was erased, and by which rule."""


class Priority(StrEnum):
    """What overtakes what on the way up, first to last. The word is part of the chain: its spelling stays."""

    ALERT = "alert"
    NORMAL = "normal"
    """Verdicts, and whatever else keeps the order of the journal."""
    CORRECTION = "correction"
    HEALTH = "health"
    """Devices, shifts, zero reports, statements: what only describes the station."""
    PHOTO = "photo"
    """The largest and least urgent; the first that is shed."""


def kind_of(text: str) -> FactKind | str:
    """The kind by its word; a word that this version does not know stays a word (G11)."""
    try:
        return FactKind(text)
    except ValueError:
        return text


def priority_of(text: str) -> Priority | str:
    """The priority by its word; as `kind_of`."""
    try:
        return Priority(text)
    except ValueError:
        return text


def canonical(value: Mapping[str, Any]) -> bytes:
    """Serialise to the one byte string that is hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def payload_hash(salt: bytes, payload: bytes) -> bytes:
    """SHA-256(salt + payload), 32 bytes."""
    return hashlib.sha256(salt + payload).digest()


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and `Z` (RFC 3339, 5.6).

    Raises:
        ValueError: the moment is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without zone was given; pass an aware datetime")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of a station's journal, with its place in the chain."""

    station: str
    journal: str
    """UUIDv7 of the journal file."""
    sequence: int
    """1, 2, 3 … without holes."""
    kind: FactKind | str
    """A plain word when a newer version wrote it."""
    priority: Priority | str
    recorded_at: datetime
    payload_sha256: bytes
    """SHA-256(salt + payload)."""
    chain_sha256: bytes
    """SHA-256(previous chain hash + header)."""
    salt: bytes | None
    """16 random bytes; None once purged."""
    payload: bytes | None
    """Canonical JSON; None once purged."""

    def __repr__(self) -> str:
        """Hide the payload: it holds personal data."""
        return f"Entry({self.station}/{self.journal}/{self.sequence} {self.kind})"


def header(entry: Entry) -> bytes:
    """The canonical header that the chain covers."""
    return header_bytes(
        entry.station,
        entry.journal,
        entry.sequence,
        str(entry.kind),
        str(entry.priority),
        entry.recorded_at,
        entry.payload_sha256,
    )


def header_bytes(
    station: str, journal: str, sequence: int, kind: str, priority: str, recorded_at: datetime, payload_sha256: bytes
) -> bytes:
    """The same from words that this version need not know."""
    return canonical(
        {
            "journal": journal,
            "kind": kind,
            "payload_sha256": payload_sha256.hex(),
            "priority": priority,
            "recorded_at": rfc3339(recorded_at),
            "sequence": sequence,
            "station": station,
        }
    )


def chain_hash(previous: bytes, entry: Entry) -> bytes:
    """The chain hash that `entry` must carry after `previous`, 32 bytes."""
    return hashlib.sha256(previous + header(entry)).digest()


def chain_before(first: Entry) -> bytes:
    """The chain hash that entry 1 follows from: the head of the journal that it says it continues, else GENESIS."""
    if first.kind is not FactKind.JOURNAL_OPENED or first.payload is None:
        return GENESIS
    try:
        return bytes.fromhex(json.loads(first.payload)["previous"]["chain_sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return GENESIS


class Outbox(Protocol):
    """What the uplink needs of a journal: read only."""

    @property
    def station(self) -> str:
        """The station's name."""

    @property
    def journal(self) -> str:
        """UUIDv7 of the open journal."""

    def head(self) -> tuple[int, bytes]:
        """Highest sequence (0 when empty) and its chain hash."""

    def entries(self, after: int, limit: int) -> Iterator[Entry]:
        """Entries with sequence > `after`, in order, at most `limit`."""

    def alerts(self, after: int, limit: int) -> Iterator[Entry]:
        """Those of them with priority ALERT."""
