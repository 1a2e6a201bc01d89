"""The uplink: drains an outbox to the centre. Alerts first, then everything in order; only receipts are believed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.batch import MAX_ENTRIES, encode, sign_head
from sync.client import Centre
from sync.errors import CentreRefused, ReceiptRejected, SyncError
from sync.facts import Entry, Outbox
from sync.receipt import Receipt
from sync.sync_store import Progress, SyncStore


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """How much goes into one batch."""

    entries: int = 500
    payload_bytes: int = 2**20
    """Before compression."""


class Outcome(StrEnum):
    """How a drain ended."""

    ALL_SENT = "all_sent"
    UNREACHABLE = "unreachable"
    """No answer, a busy centre, or a disk that does not take the receipt: it is tried again."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DrainResult:
    """How a drain ended and what it carried."""

    outcome: Outcome
    batches: int
    entries: int
    """Entries in receipted batches."""
    alert_waits: bool
    reason: str | None = None
    retry_after_seconds: float | None = None


class Uplink:
    """One journal's way to the centre."""

    def __init__(
        self,
        outbox: Outbox,
        store: SyncStore,
        centre: Centre,
        key: Ed25519PrivateKey,
        clock: Callable[[], datetime],
        limits: BatchLimits = BatchLimits(),
        sealed: bool = False,
    ) -> None:
        """Make an uplink; nothing is sent yet.

        Args:
            outbox: the journal to send.
            store: remembers what was receipted.
            centre: where it goes.
            key: the station's signing key.
            clock: the station's time.
            limits: of one batch.
            sealed: whether the station's keys are bound to its hardware; the centre's board shows it.
        """
        if not 1 <= limits.entries <= MAX_ENTRIES:
            raise ValueError(f"a batch holds 1 to {MAX_ENTRIES} entries; correct batch_entries")
        self._outbox, self._store, self._centre, self._key = outbox, store, centre, key
        self._clock, self._limits, self._sealed = clock, limits, sealed
        self._alerts_after = 0
        """Every alert up to here is receipted."""

    def alert_waits(self) -> bool:
        """Whether an alert is not receipted yet; also when the sync state cannot be read: one may wait."""
        try:
            return next(self._waiting_alerts(), None) is not None
        except SyncError:
            return True

    def drain(self, say_hello: bool = False) -> DrainResult:
        """Send until nothing waits or something goes wrong.

        Args:
            say_hello: send a batch without entries when nothing waits: a sign of life that declares the head, and
                that shows whether the centre still holds what it receipted.
        """
        batches = entries = 0
        while True:
            try:
                batch = self._next_batch()
                if not batch and not say_hello:
                    return DrainResult(Outcome.ALL_SENT, batches, entries, False)
                say_hello = False
                if batch:
                    self._store.waiting(self._clock())
                self._send(batch)
            except SyncError as error:
                return self._failed(error, batches, entries)
            batches += 1
            entries += len(batch)

    def _next_batch(self) -> list[Entry]:
        alerts = list(islice(self._waiting_alerts(), self._limits.entries))
        if alerts:
            return self._cut(alerts)
        progress = self._progress()
        after = progress.watermark
        while True:  # what overtook is skipped; a page may hold nothing else
            page = list(self._outbox.entries(after, self._limits.entries))
            waiting = [entry for entry in page if not progress.holds(entry.sequence)]
            if waiting or not page:
                return self._cut(waiting)
            after = page[-1].sequence

    def _cut(self, entries: list[Entry]) -> list[Entry]:
        """The first entries that stay within the bytes of a batch; one at least."""
        total = 0
        for index, entry in enumerate(entries):
            total += len(entry.payload or b"")
            if total > self._limits.payload_bytes and index:
                return entries[:index]
        return entries

    def _waiting_alerts(self) -> Iterator[Entry]:
        progress = self._progress()
        after = max(self._alerts_after, progress.watermark)
        all_held = True
        while True:
            page = list(self._outbox.alerts(after, self._limits.entries))
            for entry in page:
                all_held = all_held and progress.holds(entry.sequence)
                if all_held:
                    self._alerts_after = entry.sequence
                elif not progress.holds(entry.sequence):
                    yield entry
            if len(page) < self._limits.entries:
                return
            after = page[-1].sequence

    def _progress(self) -> Progress:
        return self._store.progress(self._outbox.journal)

    def _send(self, entries: list[Entry]) -> None:
        journal, progress = self._outbox.journal, self._progress()
        head = sign_head(
            self._key, self._outbox.station, journal, *self._outbox.head(), progress.watermark, self._clock()
        )
        receipt = self._centre.send(encode(self._outbox.station, journal, head, entries, self._sealed))
        if receipt.station != self._outbox.station or receipt.journal != journal:
            raise ReceiptRejected("the receipt is for another journal; nothing was taken from it")
        after = merge(progress, receipt)
        if after.ledger_epoch != progress.ledger_epoch or (entries and not after.holds(entries[0].sequence)):
            self._alerts_after = 0
        if any(not after.holds(entry.sequence) for entry in entries):
            raise ReceiptRejected("the receipt leaves out entries of the batch that it answers; ask the centre's staff")
        all_sent = after.waiting(self._outbox.head()[0]) == 0
        sent = [entry.sequence for entry in entries]
        self._store.receipted(receipt, after, sent, all_sent, self._clock())

    def _failed(self, error: Exception, batches: int, entries: int) -> DrainResult:
        busy = isinstance(error, CentreRefused) and error.status in {429, 503}
        refused = isinstance(error, CentreRefused | ReceiptRejected) and not busy
        with suppress(SyncError):  # a full disk may be what failed
            self._store.failed(str(error), refused, self._clock())
        return DrainResult(
            Outcome.REFUSED if refused else Outcome.UNREACHABLE,
            batches,
            entries,
            self.alert_waits(),
            str(error),
            error.retry_after if isinstance(error, CentreRefused) else None,
        )


def merge(before: Progress, receipt: Receipt) -> Progress:
    """What holds after a receipt.

    Within one ledger epoch what was receipted stays so; in a new epoch the centre was restored from a backup, and only
    what it says now counts: what it lacks is sent again.
    """
    if before.ledger_epoch == receipt.ledger_epoch and receipt.watermark < before.watermark:
        return before
    said_at = receipt.issued_at if receipt.backed_up else None
    return Progress(receipt.watermark, receipt.ranges, receipt.ledger_epoch, receipt.backed_up, said_at)
