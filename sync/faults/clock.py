"""A clock that jumps: every program takes its clock as an argument, so here is one to hand it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Jump(StrEnum):
    """What a bad clock does."""

    TRUE = "true"
    DAY_AHEAD = "day_ahead"
    DAY_BEHIND = "day_behind"
    BACK = "back"
    """Put back by an hour, as by a person or a time server."""
    LEAP = "leap"
    """The same second twice (a leap second as POSIX counts it)."""
    FROZEN = "frozen"
    """Stands still."""
    NO_BATTERY = "no_battery"
    """Starts at 1 January 1970."""


_SHIFTS = {
    Jump.TRUE: timedelta(),
    Jump.DAY_AHEAD: timedelta(days=1),
    Jump.DAY_BEHIND: timedelta(days=-1),
    Jump.BACK: timedelta(hours=-1),
    Jump.LEAP: timedelta(seconds=-1),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Jumped:
    """A jump and the true time at which it came."""

    jump: Jump
    at: datetime


def told(true: datetime, jumped: Jumped) -> datetime:
    """What the clock says at a true time."""
    match jumped.jump:
        case Jump.FROZEN:
            return jumped.at
        case Jump.NO_BATTERY:
            return _EPOCH + (true - jumped.at)
        case other:
            return true + _SHIFTS[other]


@dataclass(frozen=True, slots=True)
class FaultyClock:
    """A clock to hand to a program."""

    true: Callable[[], datetime]
    jumped: Callable[[], Jumped]
    """The newest jump; it may be another at every call."""

    def __call__(self) -> datetime:
        """What it says now."""
        return told(self.true(), self.jumped())
