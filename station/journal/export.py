"""Writes a station's sealed export: what the centre lacks, or everything, sealed to the centre's key."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from station.journal.errors import ExportRefused
from sync.batch import encode, sign_head
from sync.facts import Entry, Outbox, rfc3339
from sync.sealed import Manifest, write
from sync.sync_store import Progress

_ENTRIES, _BYTES = 500, 2**20


def export(
    path: Path, outbox: Outbox, held: Progress, to: bytes, key: Ed25519PrivateKey, now: datetime, *, sealed: bool
) -> Manifest:
    """Write the file, whole or not at all.

    Args:
        path: where; nothing is there yet.
        outbox: the journal.
        held: what the centre holds already and is left out; `Progress()` exports everything.
        to: the centre's X25519 public key.
        key: the station's signing key.
        now: the station's time.
        sealed: whether the journal's key is sealed, as batches say it.

    Raises:
        ExportRefused: the file is there already, or cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    told = Manifest(outbox.station, outbox.journal, 0, 0, 0, 0, rfc3339(now), "")
    try:
        if path.exists():
            raise ExportRefused(f"{path} is there already; give another name")
        try:
            with partial.open("x", encoding="ascii", newline="\n") as file:
                partial.chmod(0o600)
                written = write(file, told, _batches(outbox, held, key, now, sealed), to, key)
            partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise ExportRefused(f"{path} cannot be written ({error.strerror}); choose another place") from error
    return written


def _batches(
    outbox: Outbox, held: Progress, key: Ed25519PrivateKey, now: datetime, sealed: bool
) -> Iterator[tuple[bytes, int, int, int]]:
    head = sign_head(key, outbox.station, outbox.journal, *outbox.head(), held.watermark, now)
    for entries in _cut(outbox, held):
        wire = encode(outbox.station, outbox.journal, head, entries, sealed)
        yield wire, len(entries), entries[0].sequence, entries[-1].sequence


def _cut(outbox: Outbox, held: Progress) -> Iterator[list[Entry]]:
    after, batch, size = held.watermark, list[Entry](), 0
    while page := list(outbox.entries(after, _ENTRIES)):
        for entry in page:
            if held.holds(entry.sequence):
                continue
            if batch and (len(batch) == _ENTRIES or size > _BYTES):
                yield batch
                batch, size = [], 0
            batch.append(entry)
            size += len(entry.payload or b"")
        after = page[-1].sequence
    if batch:
        yield batch
