"""One entry as a row of columns on the wire, both ways: nothing that the other end can work out itself.

A payload hash is left out when SHA-256(salt + payload) gives it, a chain hash when it follows from the entry before
in the same batch; reading puts both back. Kinds and priorities that only a newer station knows are kept as their words.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from sync.facts import Entry, chain_hash, header_bytes, kind_of, payload_hash, priority_of
from sync.receipt import ParkReason

MAX_PAYLOAD_BYTES = 2**18
COLUMNS = ("sequence", "kind", "priority", "recorded_ms", "salt", "payload", "payload_sha256", "chain_sha256")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ParkedEntry:
    """An entry that cannot go into the ledger, with what there is of it."""

    sequence: int
    reason: ParkReason
    chain_sha256: bytes
    raw: bytes
    """CBOR map of the entry's columns, for repair by hand."""


def pack_entry(entry: Entry) -> bytes:
    """One entry whole, as a CBOR map of the columns: the `raw` of a parked entry."""
    return cbor2.dumps(dict(zip(COLUMNS, row_of(entry, None), strict=True)))


def row_of(entry: Entry, previous: Entry | None) -> tuple[Any, ...]:
    """The values of `COLUMNS`. A payload over the limit is left out, its salt is not: so the other end can tell."""
    salt, payload = entry.salt, entry.payload
    declared: bytes | None = entry.payload_sha256
    if payload is not None and len(payload) > MAX_PAYLOAD_BYTES:
        payload = None
    elif salt is not None and payload is not None and payload_hash(salt, payload) == declared:
        declared = None
    chain: bytes | None = entry.chain_sha256
    follows = previous is not None and previous.sequence + 1 == entry.sequence
    if follows and previous is not None and chain_hash(previous.chain_sha256, entry) == chain:
        chain = None
    recorded_ms = milliseconds(entry.recorded_at)
    return (entry.sequence, str(entry.kind), str(entry.priority), recorded_ms, salt, payload, declared, chain)


def milliseconds(moment: datetime) -> int:
    """Since 1970, whole."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def read_row(
    station: str, journal: str, row: tuple[Any, ...], chain: tuple[int, bytes] | None
) -> tuple[Entry | ParkedEntry, tuple[int, bytes] | None]:
    """One entry, and (sequence, chain hash) for the next one to follow from.

    Args:
        station: whose journal it is.
        journal: UUID of the journal.
        row: values of `COLUMNS`; the first is a sequence.
        chain: the same of the entry before in the batch; None for the first.
    """
    sequence, kind, priority, recorded_ms, salt, payload, declared, chain_sha256 = row
    try:
        if not all(value is None or isinstance(value, bytes) for value in (salt, payload)):
            raise TypeError("salt and payload are bytes or absent")
        computed = payload_hash(salt, payload) if salt is not None and payload is not None else None
        entry = Entry(
            station=station,
            journal=journal,
            sequence=sequence,
            kind=kind_of(_word(kind)),
            priority=priority_of(_word(priority)),
            recorded_at=_EPOCH + timedelta(milliseconds=recorded_ms),
            payload_sha256=_hash(declared if declared is not None else computed),
            chain_sha256=b"",
            salt=salt,
            payload=payload,
        )
        follows = chain is not None and chain[0] + 1 == sequence
        expected = chain_hash(chain[1], entry) if follows and chain is not None else None
        entry = _with_chain(entry, _hash(chain_sha256 if chain_sha256 is not None else expected))
    except (TypeError, ValueError, OverflowError, AttributeError):
        known = chain_sha256 if isinstance(chain_sha256, bytes) else _chain_anyway(station, journal, row, chain)
        return _parked(row, ParkReason.UNREADABLE, known), ((sequence, known) if len(known) == 32 else None)
    here = (sequence, entry.chain_sha256)
    if expected is not None and expected != entry.chain_sha256:
        return _parked(row, ParkReason.CHAIN, entry.chain_sha256), here
    if computed is not None and computed != entry.payload_sha256:
        return _parked(row, ParkReason.PAYLOAD_HASH, entry.chain_sha256), here
    if payload is not None and salt is None:  # nothing can show that this is the payload of the header
        return _parked(row, ParkReason.PAYLOAD_HASH, entry.chain_sha256), here
    if payload is None and salt is not None:
        return _parked(row, ParkReason.OVERSIZE, entry.chain_sha256), here
    if payload is not None and len(payload) > MAX_PAYLOAD_BYTES:
        return _parked(row, ParkReason.OVERSIZE, entry.chain_sha256), here
    return entry, here


def _chain_anyway(station: str, journal: str, row: tuple[Any, ...], chain: tuple[int, bytes] | None) -> bytes:
    """The chain hash of an entry that cannot be read, as far as its header can: what follows it needs it."""
    sequence, kind, priority, recorded_ms, salt, payload, declared, _ = row
    if chain is None or chain[0] + 1 != sequence:
        return b""
    try:
        digest = _hash(declared if declared is not None else payload_hash(salt, payload))
        recorded_at = _EPOCH + timedelta(milliseconds=recorded_ms)
        words = header_bytes(station, journal, sequence, kind, priority, recorded_at, digest)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return b""
    return hashlib.sha256(chain[1] + words).digest()


def _with_chain(entry: Entry, chain_sha256: bytes) -> Entry:
    return Entry(
        entry.station, entry.journal, entry.sequence, entry.kind, entry.priority, entry.recorded_at,
        entry.payload_sha256, chain_sha256, entry.salt, entry.payload,
    )  # fmt: skip


def _parked(row: tuple[Any, ...], reason: ParkReason, chain_sha256: bytes) -> ParkedEntry:
    columns = dict(zip(COLUMNS, row, strict=True))
    try:
        raw = cbor2.dumps(columns)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError):  # a value that refers to itself
        raw = cbor2.dumps({name: value if isinstance(value, bytes | int) else None for name, value in columns.items()})
    return ParkedEntry(row[0], reason, chain_sha256, raw)


def _hash(value: Any) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise ValueError("not a SHA-256 hash")
    return value


def _word(value: Any) -> str:
    """A kind or priority, also one that only a newer station knows: it is part of the header and must survive."""
    if not isinstance(value, str) or not 0 < len(value) <= 32 or not value.isascii() or not value.isprintable():
        raise ValueError("not a kind or priority")
    return value
