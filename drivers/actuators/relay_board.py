"""A relay board that keeps itself going: gate, lamp, siren by name, each back to rest by itself if so ordered.

Nothing is switched on by itself: after every opening of the port all relays are put to rest first, so that neither a
restart nor a plug that was pulled leaves an old order in force. The board has no watchdog of its own: if this program
dies, relays stay as they are until power goes or it starts again.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from drivers.actuators import lcus
from drivers.actuators.outcome import Done, Outcome
from drivers.errors import DeviceGone
from drivers.keeper import Backoff, Keeper
from drivers.ports import ByteLink, OpenLink
from drivers.readings import DeviceHealth, DeviceState

ANSWER_SECONDS = 0.3
"""A status takes 10 to 80 ms at 9600 baud."""
_IDLE_QUERY_SECONDS = 10.0
_ORDER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """One board; the link is opened by whoever puts the program together."""

    device: str
    """Its name on screens and in records."""
    channels: int
    """How many relays it has: 1, 2, 4 or 8."""
    names: Mapping[str, int]
    """What each relay switches: `{"gate": 1, "lamp": 2, "siren": 3}`."""


@dataclass(frozen=True, slots=True)
class _Order:
    channel: int
    on: bool
    seconds: float | None
    given: float
    done: Future[Done] = field(repr=False)


class RelayBoard:
    """The thread around one board.

    Args:
        settings: name and wiring.
        open_link: opens its cable.
        monotonic: seconds that only grow.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.

    Raises:
        ValueError: a name stands for a channel that the board has not.
    """

    def __init__(
        self,
        settings: RelaySettings,
        open_link: OpenLink,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        pause: Callable[[float], bool] | None = None,
    ) -> None:
        wrong = [name for name, channel in settings.names.items() if not 1 <= channel <= settings.channels]
        if wrong or not 1 <= settings.channels <= lcus.MOST_CHANNELS:
            raise ValueError(f"{settings.device} has no relay for {', '.join(wrong)}; correct the profile.")
        self._settings = settings
        self._open_link = open_link
        self._monotonic = monotonic
        self._keeper = Keeper(
            settings.device, self._session, Backoff(jitter or random.SystemRandom().random), pause=pause
        )
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = False
        self._rest_at: dict[int, float] = {}
        self._commanded = [False] * settings.channels
        self._answers: bool | None = None
        """Whether this board answers a query; None: not known yet."""
        self._disagrees = False
        self._confirmed_at: float | None = None

    def __enter__(self) -> "RelayBoard":
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start; all relays go to rest."""
        self._keeper.start()

    def stop(self) -> None:
        """Put all relays to rest, end the thread, close the link."""
        self._keeper.stop()
        self._refuse("is being stopped.")

    def switch(self, name: str, on: bool, seconds: float | None = None) -> Future[Done]:
        """Order one relay.

        Args:
            name: what it switches, as in the settings.
            on: whether it is to be energised.
            seconds: back to rest after so long; None: it stays.

        Returns:
            What became of it, at the latest a few seconds later. An order is never carried out late.

        Raises:
            KeyError: nothing of that name is wired.
        """
        order = _Order(self._settings.names[name], on, seconds, self._monotonic(), Future())
        self._orders.put(order)
        if not self._open:
            self._refuse("is not connected; operate it by hand.")
        return order.done

    def commanded(self) -> dict[str, bool]:
        """What each relay has been told last. Not where the gate is."""
        with self._lock:
            return {name: self._commanded[channel - 1] for name, channel in self._settings.names.items()}

    def health(self, now: datetime) -> DeviceHealth:
        """How the board is."""
        del now
        device, condition = self._settings.device, self._keeper.condition
        with self._lock:
            state, reason = condition.state, condition.reason
            if self._open:
                state, reason = DeviceState.READY, ""
                if self._disagrees:
                    state = DeviceState.DEGRADED
                    reason = f"{device} says that its relays are not as commanded; check its power supply."
            elif state is DeviceState.READY:
                # The link has just been closed and the keeper has not yet written down why.
                state, reason = DeviceState.ABSENT, f"{device} is being opened again."
            age = None if self._confirmed_at is None else self._monotonic() - self._confirmed_at
            return DeviceHealth(device, state, reason, age, reconnects=condition.reconnects)

    def _refuse(self, why: str) -> None:
        while True:
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return
            order.done.set_result(Done(Outcome.FAILED, f"{self._settings.device} {why}"))

    def _session(self) -> None:
        link = self._open_link()
        try:
            self._keeper.opened()
            with self._lock:
                self._answers, self._disagrees = None, False
            self._all_to_rest(link)
            self._asked(link)
            self._open = True
            self._keeper.works()
            self._serve(link)
            self._all_to_rest(link)
        finally:
            self._open = False
            self._refuse("went away; operate it by hand.")
            link.close()

    def _serve(self, link: ByteLink) -> None:
        asked = self._monotonic()
        while not self._keeper.stopping:
            try:
                order = self._orders.get(timeout=0.05)
            except queue.Empty:
                order = None
            if order is not None:
                self._carry_out(link, order)
            moment = self._monotonic()
            for channel in [channel for channel, due in self._rest_at.items() if moment >= due]:
                self._write(link, channel, False)
            if moment - asked >= _IDLE_QUERY_SECONDS:
                # Also how an unplug is noticed while nobody orders anything.
                asked = moment
                self._asked(link)
            elif order is None:
                link.read_some()

    def _carry_out(self, link: ByteLink, order: _Order) -> None:
        device = self._settings.device
        if self._monotonic() - order.given > _ORDER_SECONDS:
            order.done.set_result(Done(Outcome.FAILED, f"{device} was busy too long; order it again."))
            return
        try:
            self._write(link, order.channel, order.on)
            if order.on and order.seconds is not None:
                self._rest_at[order.channel] = self._monotonic() + order.seconds
            states = self._asked(link)
        except DeviceGone as error:
            order.done.set_result(Done(Outcome.FAILED, str(error)))
            raise
        if states is None:
            order.done.set_result(Done(Outcome.COMMANDED))
        elif states[order.channel - 1] == order.on:
            order.done.set_result(Done(Outcome.CONFIRMED))
        else:
            order.done.set_result(Done(Outcome.FAILED, f"{device} did not switch; operate it by hand."))

    def _write(self, link: ByteLink, channel: int, on: bool) -> None:
        self._rest_at.pop(channel, None)
        link.write(lcus.switch(channel, on))
        with self._lock:
            self._commanded[channel - 1] = on

    def _all_to_rest(self, link: ByteLink) -> None:
        for channel in range(1, self._settings.channels + 1):
            self._write(link, channel, False)

    def _asked(self, link: ByteLink) -> tuple[bool, ...] | None:
        """Ask which relays are on; None when the board does not say."""
        if self._answers is False:
            link.read_some()
            return None
        while link.read_some():
            # What an earlier question left behind must not answer this one.
            continue
        link.write(lcus.QUERY)
        data, end = b"", self._monotonic() + ANSWER_SECONDS
        states = None
        while states is None and self._monotonic() < end:
            data += link.read_some()
            states = lcus.parse_status(data, self._settings.channels)
        with self._lock:
            if self._answers is None:
                self._answers = states is not None
            if states is not None:
                self._disagrees = list(states) != self._commanded
                self._confirmed_at = self._monotonic()
        return states
