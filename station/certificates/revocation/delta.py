"""Revocations over a weak line: a delta in chunks, fetched in any order, resumed after any cut, applied in one step.

The manifest is JSON: `{"format": "daan-revocations-1", "from": version, "to": version, "created_at": RFC 3339,
"chunks": [{"sequence": 0, "sha256": hex, "bytes": n}]}`; `from` 0 is a whole list that replaces everything. A chunk is
zlib over JSON: `{"batches": [{"name", "scheme", "kind", "kid", "issuer", "country", "expires", "exact",
"digests": base64 of all of them, "before": [seconds or null], "filters": [{"kind", "prefix", "body"}]}],
"dropped": [name]}`. Bytes are base64, times seconds since 1970.
"""

import hashlib
import json
import sqlite3
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from station.certificates.errors import TrustUnreadable
from station.certificates.revocation.batches import HASH_BYTES, Batch, Entry, Filter, FilterKind, HashKind
from station.certificates.revocation.store import (
    RevocationStore,
    check_filter,
    drop_batch,
    drop_everything,
    forget_expired,
    put_batch,
    set_meta,
)

FORMAT = "daan-revocations-1"
_LARGEST_CHUNK = 16 * 1024 * 1024
_MOST_CHUNKS = 10_000
_ENTRIES_PER_CHUNK = 10_000
_PART = "#"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a delta consists of."""

    since: int
    """The version that it builds on; 0 for a whole list."""
    version: int
    created_at: datetime
    digests: tuple[str, ...]
    """SHA-256 of every chunk in hex, by sequence."""

    @property
    def digest(self) -> str:
        """Tells one delta from another."""
        return hashlib.sha256(repr((self.since, self.version, self.digests)).encode()).hexdigest()


def read_manifest(data: bytes) -> Manifest:
    """A manifest from its JSON.

    Raises:
        TrustUnreadable: it is none.
    """
    try:
        content = json.loads(data)
        created_at = datetime.fromisoformat(content["created_at"])
        chunks = content["chunks"]
        since, version = content["from"], content["to"]
        if content["format"] != FORMAT or created_at.tzinfo is None or len(chunks) > _MOST_CHUNKS:
            raise ValueError("another format")
        if not (isinstance(since, int) and isinstance(version, int) and 0 <= since < version):
            raise ValueError("its versions do not grow")
        if [chunk["sequence"] for chunk in chunks] != list(range(len(chunks))):
            raise ValueError("its chunks are not in order")
        return Manifest(since, version, created_at, tuple(str(chunk["sha256"]) for chunk in chunks))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrustUnreadable(f"The manifest of the revocation delta is none ({error}); fetch it again.") from error


def make_delta(
    batches: Iterable[Batch], dropped: Sequence[str] = (), *, since: int, version: int, created_at: datetime
) -> tuple[bytes, list[bytes]]:
    """A delta: its manifest and its chunks, each of at most 10,000 entries."""
    chunks = [_pack(part, ()) for part in _portions(batches)]
    if dropped:
        chunks.append(_pack((), dropped))
    rows = [
        {"sequence": number, "sha256": hashlib.sha256(chunk).hexdigest(), "bytes": len(chunk)}
        for number, chunk in enumerate(chunks)
    ]
    stamp = created_at.astimezone(UTC).isoformat()
    content = {"format": FORMAT, "from": since, "to": version, "created_at": stamp, "chunks": rows}
    return json.dumps(content).encode(), chunks


class Receiver:
    """Takes a delta in chunk by chunk; everything that arrived survives any cut."""

    def __init__(self, store: RevocationStore, manifest: Manifest) -> None:
        """Go on with this delta, or begin it; chunks of another one are dropped.

        Raises:
            TrustUnreadable: it is not newer than what is held, or builds on another version.
        """
        held = store.holdings().version
        if manifest.version <= held:
            raise TrustUnreadable(
                f"The revocation delta is for version {manifest.version}, and {held} is here already."
            )
        if manifest.since not in (0, held):
            raise TrustUnreadable(
                f"The revocation delta builds on version {manifest.since}, and {held} is here; fetch the whole list."
            )
        self._store = store
        self._manifest = manifest
        if store.meta("incoming") != manifest.digest:
            with store.changing() as connection:
                connection.execute("DELETE FROM chunk")
                set_meta(connection, "incoming", manifest.digest)

    def missing(self) -> tuple[int, ...]:
        """Which chunks are still to be fetched."""
        with self._store.changing() as connection:
            here = {row[0] for row in connection.execute("SELECT sequence FROM chunk")}
        return tuple(number for number in range(len(self._manifest.digests)) if number not in here)

    def take(self, sequence: int, data: bytes) -> None:
        """Keep one chunk.

        Raises:
            TrustUnreadable: its digest or its number is not the manifest's.
        """
        digests = self._manifest.digests
        if not 0 <= sequence < len(digests) or hashlib.sha256(data).hexdigest() != digests[sequence]:
            raise TrustUnreadable(f"Chunk {sequence} of the revocation delta is damaged; fetch it again.")
        with self._store.changing() as connection:
            connection.execute("INSERT OR REPLACE INTO chunk VALUES (?, ?)", (sequence, data))

    def apply(self, now: datetime) -> None:
        """Make it the list in force, in one step; expired batches are dropped.

        Raises:
            TrustUnreadable: a chunk is missing or holds something else; the list in force stays.
        """
        if self.missing():
            raise TrustUnreadable(f"{len(self.missing())} chunks of the revocation delta are missing; fetch them.")
        with self._store.changing() as connection:
            if self._manifest.since == 0:
                drop_everything(connection)
            rows = connection.execute("SELECT body FROM chunk ORDER BY sequence").fetchall()
            for (body,) in rows:
                batches, dropped = _unpack(body)
                for batch in batches:
                    _add(connection, batch)
                for name in dropped:
                    drop_batch(connection, name)
            forget_expired(connection, now)
            connection.execute("DELETE FROM chunk")
            connection.execute("DELETE FROM meta WHERE name = 'incoming'")
            set_meta(connection, "version", str(self._manifest.version))
            set_meta(connection, "created_at", self._manifest.created_at.astimezone(UTC).isoformat())


def _add(connection: sqlite3.Connection, batch: Batch) -> None:
    for each in batch.filters:
        try:
            check_filter(each)
        except ValueError as error:
            raise TrustUnreadable(f"The revocation delta holds a filter that is none ({error}).") from error
    base, _, part = batch.name.rpartition(_PART)
    if part == "0":
        drop_batch(connection, base)
    put_batch(connection, batch)


def _portions(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """Batches cut so that a chunk stays small; every part has a name of its own."""
    portion: list[Batch] = []
    held = 0
    for batch in batches:
        cuts = range(0, max(1, len(batch.entries)), _ENTRIES_PER_CHUNK)
        for number, start in enumerate(cuts):
            part = replace(
                batch,
                name=f"{batch.name}{_PART}{number}",
                entries=batch.entries[start : start + _ENTRIES_PER_CHUNK],
                filters=batch.filters if start == 0 else (),
            )
            if portion and held + len(part.entries) > _ENTRIES_PER_CHUNK:
                yield portion
                portion, held = [], 0
            portion.append(part)
            held += len(part.entries)
    if portion:
        yield portion


def _pack(batches: Iterable[Batch], dropped: Sequence[str]) -> bytes:
    rows = [
        {
            "name": batch.name, "scheme": batch.scheme, "kind": batch.kind.value, "kid": _text(batch.kid),
            "issuer": batch.issuer, "country": batch.country, "exact": batch.exact,
            "expires": _seconds(batch.expires),
            "digests": _text(b"".join(entry.digest for entry in batch.entries)),
            "before": [_seconds(entry.before) for entry in batch.entries] if _dated(batch) else [],
            "filters": [
                {"kind": each.kind.value, "prefix": _text(each.prefix), "body": _text(each.body)}
                for each in batch.filters
            ],
        }
        for batch in batches
    ]  # fmt: skip
    return zlib.compress(json.dumps({"batches": rows, "dropped": list(dropped)}).encode(), 9)


def _unpack(data: bytes) -> tuple[list[Batch], list[str]]:
    try:
        engine = zlib.decompressobj()
        plain = engine.decompress(data, _LARGEST_CHUNK)
        if not engine.eof:
            raise ValueError("it is too large or cut short")
        content = json.loads(plain)
        return [_batch(row) for row in content["batches"]], [str(name) for name in content["dropped"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, zlib.error) as error:
        raise TrustUnreadable(f"A chunk of the revocation delta holds something else ({error}).") from error


def _batch(row: Mapping[str, Any]) -> Batch:
    digests = b64decode(row["digests"], validate=True)
    if len(digests) % HASH_BYTES:
        raise ValueError("the hashes are cut")
    count = len(digests) // HASH_BYTES
    before = row["before"] or [None] * count
    parts = (digests[start : start + HASH_BYTES] for start in range(0, len(digests), HASH_BYTES))
    return Batch(
        name=str(row["name"]),
        scheme=str(row["scheme"]),
        kind=HashKind(row["kind"]),
        kid=b64decode(row["kid"], validate=True),
        issuer=str(row["issuer"]),
        country=str(row["country"]),
        expires=_moment(row["expires"]),
        exact=row["exact"] is True,
        entries=tuple(Entry(part, _moment(each)) for part, each in zip(parts, before, strict=True)),
        filters=tuple(
            Filter(FilterKind(each["kind"]), b64decode(each["body"], validate=True), b64decode(each["prefix"]))
            for each in row["filters"]
        ),
    )


def _dated(batch: Batch) -> bool:
    return any(entry.before is not None for entry in batch.entries)


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
