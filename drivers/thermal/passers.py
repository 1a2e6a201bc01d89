"""A weak second check of a scanner: the median skin temperature of each hour's passers-by. Pure.

Most people who pass are healthy, so an hour whose median is far from that of the hours before says that the scanner
or the air has changed. It flags and never blocks: a cold morning does the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from config.messages.said import say

Passer = tuple[datetime, float]
"""When, and the first skin temperature of one person."""
KEPT = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class PassersSettings:
    """When an hour may be compared."""

    people: int = 20
    """In the last hour, and in an hour before for that one to count."""
    hours: int = 3
    """So many hours before, each with enough people, make a baseline."""
    limit_celsius: float = 0.5


def recent(passers: Iterable[Passer], now: datetime) -> tuple[Passer, ...]:
    """Those that may still be looked at."""
    return tuple(each for each in passers if now - KEPT < each[0] <= now)


def drift(passers: Iterable[Passer], now: datetime, settings: PassersSettings) -> str:
    """One sentence when the last hour is far from the hours before it; empty otherwise, or when too few passed."""
    hours: dict[int, list[float]] = {}
    for at, celsius in recent(passers, now):
        hours.setdefault(int((now - at) / timedelta(hours=1)), []).append(celsius)
    full = {ago: median(values) for ago, values in hours.items() if len(values) >= settings.people}
    before = [value for ago, value in full.items() if ago > 0]
    if 0 not in full or len(before) < settings.hours:
        return ""
    difference = full[0] - median(before)
    if abs(difference) <= settings.limit_celsius:
        return ""
    return say(
        "The median of the last hour's {people} passers-by is {difference} degrees from the hours before; look at the "
        "scanner, its place and the air.",
        people=str(len(hours[0])),
        difference=f"{difference:+.1f}",
    )
