"""Takes a station's sealed export into the ledger, by the same way as a batch from the wire."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.batch import decode
from sync.centre.database import Database
from sync.centre.ledger import Ledger
from sync.errors import BatchUnreadable, ExportUnreadable
from sync.keys import make_or_load_receiving_key, public_key
from sync.sealed import is_signed, open_batches, read_manifest


@dataclass(frozen=True, slots=True)
class Taken:
    """What an export brought."""

    station: str
    journal: str
    entries: int
    fresh: int
    """Entries that the ledger did not hold before."""
    parked: int
    watermark: int


def seal_key(state: Path) -> X25519PrivateKey:
    """The centre's key to which stations seal their exports, made when there is none.

    Raises:
        KeyUnusable: it cannot be written or read.
    """
    return make_or_load_receiving_key(state / "keys" / "seal.key")


def take_export(path: Path, key: X25519PrivateKey, database: Database, now: datetime) -> Taken:
    """Read a whole export and put it into the ledger; a repeat changes nothing.

    Keys that were retired or revoked count here: a person brings the file, and revoking must never cost records.

    Raises:
        ExportUnreadable: cut short, changed, another centre's, or by no key that this station ever had.
        LedgerUnavailable: the database does not answer; run it again.
    """
    ledger = Ledger(database)
    entries = fresh = parked = watermark = 0
    try:
        with path.open(encoding="ascii", errors="replace", newline="\n") as file:
            manifest, signature = read_manifest(file)
            sender = next((k for k in _keys(database, manifest.station) if is_signed(manifest, signature, k)), None)
            if sender is None:
                raise ExportUnreadable(
                    f"the export is not signed by a key of {manifest.station}; check which station it is from"
                )
            file.seek(0)
            for wire in open_batches(file, key):
                batch = decode(wire)
                theirs = (batch.station, batch.journal) == (manifest.station, manifest.journal)
                if not theirs or not batch.head.is_signed_by(sender, batch.station, batch.journal):
                    raise ExportUnreadable("a batch of the export is another station's; tell the technician")
                holding = ledger.take(batch, now)
                entries, fresh = entries + len(batch.sequences()), fresh + holding.fresh
                parked, watermark = parked + len(holding.parked), holding.watermark
    except OSError as error:
        raise ExportUnreadable(f"{path} cannot be read ({error.strerror}); copy it again") from error
    except BatchUnreadable as error:
        raise ExportUnreadable(f"a batch of the export cannot be read: {error}") from error
    return Taken(manifest.station, manifest.journal, entries, fresh, parked, watermark)


def _keys(database: Database, station: str) -> list[Ed25519PublicKey]:
    """Every key that the station ever had."""
    with database.transaction() as connection:
        rows = connection.execute("SELECT sign_key FROM station_key WHERE station = %s", (station,)).fetchall()
    return [public_key(row[0]) for row in rows]
