"""The station's own count of its journal, hour by hour and by kind: what the centre compares its ledger with."""

from collections import Counter
from datetime import datetime

from sync.batch import Total
from sync.columns import milliseconds
from sync.counts import Counts
from sync.facts import Outbox

_HOUR_MS = 3_600_000


def count_hours(outbox: Outbox, kept: Counts, now: datetime, limit: int = 2000) -> None:
    """Go on counting where the last count ended.

    A run ends with its hour, by the times in the journal; a clock that goes back begins another run of the same hour.

    Args:
        outbox: the journal.
        kept: the counts.
        now: the station's time; an hour that is over by it is closed.
        limit: so many entries at most: the rest is for the next call.

    Raises:
        SyncError: the counts cannot be read or written.
    """
    begun = kept.open_total(outbox.journal)
    closed, counts = list[Total](), Counter(begun.counts if begun else {})
    first, last, hour = (begun.first, begun.last, begun.hour_ms) if begun else (0, kept.counted(outbox.journal), 0)
    before = last
    for entry in outbox.entries(last, limit):
        its = milliseconds(entry.recorded_at) // _HOUR_MS * _HOUR_MS
        if counts and its != hour:
            closed.append(Total(first, last, hour, dict(counts)))
            counts.clear()
        if not counts:
            first, hour = entry.sequence, its
        counts[str(entry.kind)] += 1
        last = entry.sequence
    if counts and last - before < limit and milliseconds(now) >= hour + _HOUR_MS:
        closed.append(Total(first, last, hour, dict(counts)))
        counts.clear()
    if last != before or closed:
        kept.count(outbox.journal, closed, Total(first, last, hour, dict(counts)))
