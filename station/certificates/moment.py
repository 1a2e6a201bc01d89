"""Now, as an interval: the clock is not trusted, so a comparison may have no answer (DESIGN section 5, promise 7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class Interval:
    """The true time lies between these two, both included and both aware."""

    earliest: datetime
    latest: datetime

    def __post_init__(self) -> None:
        """Refuse naive and reversed bounds."""
        if self.earliest.tzinfo is None or self.latest.tzinfo is None:
            raise ValueError("a time without zone was given; pass an aware datetime")
        if self.latest < self.earliest:
            raise ValueError("an interval ends before it starts")

    @classmethod
    def of(cls, now: Self | datetime) -> "Interval":
        """An interval as it is; a moment as an interval of no length.

        Raises:
            ValueError: the moment is naive.
        """
        return now if isinstance(now, Interval) else Interval(now, now)

    def before(self, moment: datetime) -> bool | None:
        """Whether now is before that moment; None when the interval straddles it."""
        if self.latest < moment:
            return True
        return False if self.earliest >= moment else None

    def after(self, moment: datetime) -> bool | None:
        """Whether now is after that moment; None when the interval straddles it."""
        if self.earliest > moment:
            return True
        return False if self.latest <= moment else None
