"""Work for a device's thread: each piece has an answer that always comes, at the latest when the device goes away."""

import queue
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from config.messages.said import say
from drivers.actuators.outcome import Done, Outcome


class Order(Protocol):
    """One piece of work."""

    @property
    def done(self) -> Future[Done]:
        """What becomes of it."""


def settle(order: Order, done: Done) -> None:
    """Answer an order; a second answer is dropped."""
    # Two threads may answer at once: looking first would not help.
    with suppress(InvalidStateError):
        order.done.set_result(done)


T = TypeVar("T", bound=Order)


class Orders(Generic[T]):
    """Orders in the sequence in which they were given.

    Args:
        device: its name, for what is said when an order is refused.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._current: T | None = None

    def put(self, order: T) -> None:
        """Give an order."""
        self._waiting.put(order)

    def next(self, seconds: float) -> T | None:
        """The next order, waited for so long; the device's thread calls this."""
        try:
            self._current = self._waiting.get(timeout=seconds)
        except queue.Empty:
            self._current = None
        return self._current

    def refuse(self, why: str, *, current: bool = False) -> None:
        """Answer all that wait with a failure.

        Args:
            why: a sentence that names the device as `{device}`.
            current: also the one that is being carried out.
        """
        done = Done(Outcome.FAILED, say(why, device=self._device))
        if current and self._current is not None:
            settle(self._current, done)
        while True:
            try:
                settle(self._waiting.get_nowait(), done)
            except queue.Empty:
                return
