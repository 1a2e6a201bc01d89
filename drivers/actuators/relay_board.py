"""A relay board that keeps itself going: gate, lamp, siren by name, each back to rest by itself if so ordered.

Nothing is switched on by itself: after every opening of the port all relays are put to rest first, so that neither a
restart nor a plug that was pulled leaves an old order in force. The board has no watchdog of its own: if this program
dies, relays stay as they are until power goes or it starts again.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from config.messages.said import say
from drivers.actuators import lcus
from drivers.actuators.asking import heard, quieted
from drivers.actuators.orders import Orders, settle
from drivers.actuators.outcome import Done, Outcome
from drivers.errors import DeviceGone
from drivers.ports import ByteLink, OpenLink
from drivers.readings import DeviceState
from drivers.supervisor import State, Supervisor

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


class RelayBoard(Supervisor):
    """The thread around one board.

    Args:
        settings: name and wiring.
        open_link: opens its cable.
        monotonic: seconds that only grow.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
        port: a device path whose coming ends a pause early; empty when there is none.

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
        port: str = "",
    ) -> None:
        wrong = [name for name, channel in settings.names.items() if not 1 <= channel <= settings.channels]
        if wrong or not 1 <= settings.channels <= lcus.MOST_CHANNELS:
            raise ValueError(f"{settings.device} has no relay for {', '.join(wrong)}; correct the profile.")
        super().__init__(settings.device, open_link, monotonic=monotonic, jitter=jitter, pause=pause, port=port)
        self._settings = settings
        self._orders: Orders[_Order] = Orders(settings.device)
        self._takes_orders = False
        self._rest_at: dict[int, float] = {}
        self._commanded = [False] * settings.channels
        self._answers: bool | None = None
        """Whether this board answers a query; None: not known yet."""
        self._disagrees = False
        self._noisy = False

    def stop(self) -> None:
        """Put all relays to rest, end the thread, close the link."""
        super().stop()
        self._orders.refuse("{device} is being stopped.")

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
        if not self._takes_orders:
            self._orders.refuse("{device} is not connected; operate it by hand.")
        return order.done

    def commanded(self) -> dict[str, bool]:
        """What each relay has been told last. Not where the gate is."""
        with self._fresh:
            return {name: self._commanded[channel - 1] for name, channel in self._settings.names.items()}

    def _state(self, moment: float) -> State:
        del moment
        if not self._takes_orders:
            return DeviceState.IDENTIFYING, ""
        if self._noisy:
            what = "{device} sends without being asked; check its cable and what is plugged in in its place."
            return DeviceState.DEGRADED, say(what, device=self._device)
        if self._disagrees:
            what = "{device} says that its relays are not as commanded; check its power supply."
            return DeviceState.DEGRADED, say(what, device=self._device)
        return DeviceState.READY, ""

    def _opened(self, moment: float) -> None:
        self._answers, self._disagrees, self._noisy = None, False, False

    def _closed(self) -> None:
        self._takes_orders = False
        self._orders.refuse("{device} went away; operate it by hand.", current=True)

    def _serve(self, link: ByteLink) -> None:
        self._all_to_rest(link)
        self._quiet(link)
        self._asked(link)
        self._takes_orders = True
        self._keeper.works()
        asked = self._monotonic()
        while not self._keeper.stopping:
            order = self._orders.next(0.05)
            if order is not None:
                self._carry_out(link, order)
            self._tend(link)
            if self._monotonic() - asked >= _IDLE_QUERY_SECONDS:
                # Also how an unplug is noticed while nobody orders anything.
                asked = self._monotonic()
                self._quiet(link)
                self._asked(link)
            elif order is None:
                link.read_some()
        self._all_to_rest(link)

    def _carry_out(self, link: ByteLink, order: _Order) -> None:
        if self._monotonic() - order.given > _ORDER_SECONDS:
            why = say("{device} was busy too long; order it again.", device=self._device)
            return settle(order, Done(Outcome.FAILED, why))
        try:
            self._quiet(link)
            self._write(link, order.channel, order.on)
            if order.on and order.seconds is not None:
                self._rest_at[order.channel] = self._monotonic() + order.seconds
            states = self._asked(link)
        except DeviceGone as error:
            settle(order, Done(Outcome.FAILED, str(error)))
            raise
        if states is None:
            return settle(order, Done(Outcome.COMMANDED))
        if states[order.channel - 1] == order.on:
            return settle(order, Done(Outcome.CONFIRMED))
        why = say("{device} did not switch; operate it by hand.", device=self._device)
        return settle(order, Done(Outcome.FAILED, why))

    def _write(self, link: ByteLink, channel: int, on: bool) -> None:
        self._rest_at.pop(channel, None)
        link.write(lcus.switch(channel, on))
        with self._fresh:
            self._commanded[channel - 1] = on

    def _tend(self, link: ByteLink) -> bool:
        """Put to rest what is due; true when the thread is to end."""
        moment = self._monotonic()
        for channel in [channel for channel, due in self._rest_at.items() if moment >= due]:
            self._write(link, channel, False)
        return self._keeper.stopping

    def _all_to_rest(self, link: ByteLink) -> None:
        for channel in range(1, self._settings.channels + 1):
            self._write(link, channel, False)

    def _quiet(self, link: ByteLink) -> None:
        """Take away what an earlier question left; a board speaks only when asked."""
        if self._answers is False:
            # Nothing is asked of it, so that nothing has to be taken away.
            link.read_some()
            return
        silent = quieted(link, lambda: self._tend(link))
        with self._fresh:
            self._noisy = not silent and not self._keeper.stopping

    def _asked(self, link: ByteLink) -> tuple[bool, ...] | None:
        """Ask which relays are on; None when the board does not say. The line is to be quiet before."""
        if self._answers is False:
            return None
        wanted = list(self._commanded)  # what is put to rest while it answers is not in the answer
        link.write(lcus.QUERY)
        data, states = b"", None
        for more in heard(link, ANSWER_SECONDS, self._monotonic, lambda: self._tend(link)):
            data += more
            states = lcus.parse_status(data, self._settings.channels)
            if states is not None:
                break
        with self._fresh:
            if self._answers is None and not self._noisy:
                self._answers = states is not None
            if states is not None:
                self._disagrees = list(states) != wanted
                self._tally.good_at(self._monotonic())
        return states
