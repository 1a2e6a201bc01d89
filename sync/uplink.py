"""The uplink: drains an outbox to the centre; only receipts are believed.

Alerts go first, then verdicts, corrections, and what only describes the station; within a class in the journal's
order. Classes matter in a backlog only: what fits into one batch goes together. Photographs are no entries and do not
go up (docs/reliability.md says why).
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.messages.said import say
from sync.batch import MAX_ENTRIES, MAX_RANGES, Beside, ChainHead, encode, sign_head
from sync.client import Centre
from sync.dictionary import DICTIONARIES
from sync.errors import CentreRefused, ReceiptRejected, SyncError
from sync.facts import Entry, Outbox, Priority
from sync.receipt import Receipt
from sync.sync_store import Progress, SyncStore
from sync.tally import count_hours

_CLASSES = {Priority.NORMAL: 0, Priority.CORRECTION: 1, Priority.HEALTH: 2, Priority.PHOTO: 3}
_MOST_OVERTAKEN = 200
"""So many entries of lower classes may be overtaken; more would make receipts long, and keep them waiting for ever."""
_MOST_PAGES = 20
"""How far ahead of the oldest waiting entry a verdict is looked for."""
_TOTALS = 100


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
        boot: str = "",
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
            boot: which start of the machine this is.
        """
        if not 1 <= limits.entries <= MAX_ENTRIES:
            raise ValueError(f"a batch holds 1 to {MAX_ENTRIES} entries; correct batch_entries")
        self._outbox, self._store, self._centre, self._key = outbox, store, centre, key
        self._clock, self._limits, self._sealed, self._boot = clock, limits, sealed, boot
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
        result = self._drain(say_hello)
        with suppress(SyncError):  # what is not counted now is counted next time
            count_hours(self._outbox, self._store.counts, self._clock())
        return result

    def _drain(self, say_hello: bool) -> DrainResult:
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
        return self._cut(self._by_class())

    def _by_class(self) -> list[Entry]:
        """What goes next, in the order of the journal: the first class that waits, filled up with those after it."""
        most, found = self._limits.entries, list[Entry]()
        higher = pages = 0
        for entry in self._waiting():
            found.append(entry)
            pages += len(found) % most == 0
            higher += _class_of(entry) == 0
            if higher == most or len(found) - higher >= _MOST_OVERTAKEN + most or pages == _MOST_PAGES:
                break
        if len(found) - higher >= _MOST_OVERTAKEN:
            return found[:most]
        return sorted(sorted(found, key=_class_of)[:most], key=lambda entry: entry.sequence)

    def _waiting(self) -> Iterator[Entry]:
        """Entries that are not receipted, in order."""
        for first, last in self._progress().holes(self._outbox.head()[0]):
            after = first - 1
            while after < last and (page := list(self._outbox.entries(after, min(self._limits.entries, last - after)))):
                yield from page
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
        totals = self._store.counts.totals_due(journal, progress.ledger_epoch, _TOTALS)
        beside = Beside(None, progress.believed()[:MAX_RANGES], totals, self._boot)
        receipt = self._ask(head, entries, beside, progress)
        if receipt.station != self._outbox.station or receipt.journal != journal:
            raise ReceiptRejected(say("the receipt is for another journal; nothing was taken from it"))
        after = merge(progress, receipt)
        if after.ledger_epoch != progress.ledger_epoch or (entries and not after.holds(entries[0].sequence)):
            self._alerts_after = 0
        if any(not after.holds(entry.sequence) for entry in entries):
            raise ReceiptRejected(
                say("the receipt leaves out entries of the batch that it answers; ask the centre's staff")
            )
        all_sent = after.waiting(self._outbox.head()[0]) == 0
        sent = [entry.sequence for entry in entries]
        self._store.receipted(receipt, after, sent, all_sent, self._clock(), totals)

    def _ask(self, head: ChainHead, entries: list[Entry], beside: Beside, progress: Progress) -> Receipt:
        """Send a batch, packed with the best dictionary that the centre last said it has."""
        station, journal = self._outbox.station, self._outbox.journal
        best = max((number for number in progress.dictionaries if number in DICTIONARIES), default=0)
        try:
            return self._centre.send(encode(station, journal, head, entries, self._sealed, beside, best))
        except CentreRefused as error:
            if not best or error.kind != "batch-unreadable":
                raise
        # An older centre has taken the place of the one that said so.
        return self._centre.send(encode(station, journal, head, entries, self._sealed, beside))

    def _failed(self, error: Exception, batches: int, entries: int) -> DrainResult:
        busy = isinstance(error, CentreRefused) and error.status in {429, 503}
        refused = isinstance(error, CentreRefused | ReceiptRejected) and not busy
        with suppress(SyncError):  # a full disk may be what failed
            self._store.failed(_text(error), refused, self._clock())
        return DrainResult(
            Outcome.REFUSED if refused else Outcome.UNREACHABLE,
            batches,
            entries,
            self.alert_waits(),
            _text(error),
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
    return Progress(
        receipt.watermark, receipt.ranges, receipt.ledger_epoch, receipt.backed_up, said_at, receipt.dictionaries
    )


def _class_of(entry: Entry) -> int:
    """Lower goes first. What a later version calls by another word is taken for a verdict."""
    return _CLASSES[entry.priority] if isinstance(entry.priority, Priority) and entry.priority in _CLASSES else 0


def _text(error: Exception) -> str:
    """What it says; a `Said` stays one."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, str) else str(error)
