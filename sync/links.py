"""Several ways to the same centre: the first that works, back to the first of all when it works again.

What comes over any of them is believed as little as ever: only the centre's signed receipt counts.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from config.messages.said import say
from sync.client import Centre
from sync.counts import Counts
from sync.errors import CentreRefused, CentreUnreachable, ReceiptRejected, SyncError
from sync.receipt import Receipt

_BACK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Link:
    """One way."""

    name: str
    monthly_bytes: int | None
    """Beyond it only alerts go this way; None for as much as it takes."""


class Meter:
    """The bytes of each link in the calendar month (UTC), kept in sync.db so that a restart forgets none."""

    def __init__(self, counts: Counts, clock: Callable[[], datetime]) -> None:
        self._counts, self._clock = counts, clock

    def is_used_up(self, link: Link) -> bool:
        """Whether the month's budget is gone."""
        return link.monthly_bytes is not None and self._counts.spent(link.name, self._month()) >= link.monthly_bytes

    def spender(self, link: Link) -> Callable[[int], None]:
        """Counts bytes of a link that has a budget."""

        def spend(number: int) -> None:
            if link.monthly_bytes is not None:
                with suppress(SyncError):  # a full disk must not keep back an alert
                    self._counts.spend(link.name, self._month(), number)

        return spend

    def _month(self) -> str:
        return self._clock().strftime("%Y-%m")


class Links:
    """A centre at the end of several links."""

    def __init__(
        self,
        ways: Sequence[tuple[Link, Centre]],
        meter: Meter,
        urgent: Callable[[], bool],
        monotonic: Callable[[], float],
    ) -> None:
        """Begin with the first.

        Args:
            ways: in the order in which they are wanted; one at least.
            meter: of the bytes.
            urgent: whether what is sent now is an alert: it goes over a link whose budget is used up, too.
            monotonic: seconds that never jump.
        """
        self._ways, self._meter, self._urgent, self._monotonic = tuple(ways), meter, urgent, monotonic
        self._at = 0
        self._away_since = 0.0

    @property
    def link(self) -> str:
        """The link that is in use."""
        return self._ways[self._at][0].name

    def send(self, batch: bytes) -> Receipt:
        """Hand over one batch by the first link that gives a receipt.

        Raises:
            CentreUnreachable, CentreRefused, ReceiptRejected: what the last link said; nothing counts as taken.
        """
        if self._at and self._monotonic() - self._away_since >= _BACK_SECONDS:
            self._use(0)
        failure: SyncError | None = None
        used_up: Link | None = None
        for at in range(self._at, self._at + len(self._ways)):
            link, centre = self._ways[at % len(self._ways)]
            if self._meter.is_used_up(link) and not self._urgent():
                used_up = link
                continue
            try:
                receipt = centre.send(batch)
            except (CentreUnreachable, CentreRefused, ReceiptRejected) as error:
                if isinstance(error, CentreRefused) and error.status in {429, 503}:
                    raise  # it is the centre, and it is busy: it would be so over any link
                failure = error
                continue
            self._use(at % len(self._ways))
            return receipt
        if used_up is None or isinstance(failure, CentreRefused | ReceiptRejected):
            assert failure is not None
            raise failure
        why = _used_up(used_up)
        raise CentreUnreachable(say("{first}; {second}", first=failure.args[0], second=why) if failure else why)

    def _use(self, at: int) -> None:
        if at != self._at or at == 0:
            self._away_since = self._monotonic()
        self._at = at


def _used_up(link: Link) -> str:
    return say(
        "the month's data of link {link} is used up, only alerts go that way; repair the other link or raise its limit",
        link=link.name,
    )
