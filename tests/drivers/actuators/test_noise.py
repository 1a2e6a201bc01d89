"""A line on which something never stops sending: what is due is done, what is asked is answered, the thread ends."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from drivers.actuators import lcus
from drivers.actuators.orders import settle
from drivers.actuators.outcome import Done, Outcome
from drivers.actuators.relay_board import RelayBoard, RelaySettings, _Order
from drivers.actuators.relay_look import RelayLook
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.readings import DeviceHealth, DeviceState

NOW = datetime.now(UTC)
READ_SECONDS = 0.05


class NoisyLink:
    """A ByteLink on which bytes that mean nothing always arrive; each read takes its time by the link's own clock."""

    name = "noisy"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds = 0.0
        self.noise = b"U" * 100
        self.written: list[tuple[float, bytes]] = []
        self.closed = threading.Event()

    def monotonic(self) -> float:
        with self._lock:
            return self._seconds

    def read_some(self) -> bytes:
        with self._lock:
            self._seconds += READ_SECONDS
        time.sleep(0.0005)
        return self.noise

    def write(self, data: bytes) -> None:
        self.written.append((self.monotonic(), data))

    def close(self) -> None:
        self.closed.set()

    def when(self, data: bytes, since: int = 0) -> float | None:
        return next((at for at, sent in self.written[since:] if sent == data), None)


def until(true: Callable[[], bool], seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come"
        time.sleep(0.005)


def ended(stop: Callable[[], None], link: NoisyLink) -> None:
    """The thread gives its link back without being left behind."""
    stopping = threading.Thread(target=stop, daemon=True)
    stopping.start()
    assert link.closed.wait(8), "it does not look whether it is to stop"
    stopping.join(8)
    assert not stopping.is_alive()


def test_a_gate_falls_back_to_rest_while_the_line_is_full_of_noise() -> None:
    link = NoisyLink()
    board = RelayBoard(RelaySettings("relays", 4, {"gate": 1, "lamp": 2}), lambda: link, monotonic=link.monotonic)
    board.start()
    until(lambda: board.health(NOW).state is DeviceState.DEGRADED)
    assert "sends without being asked" in board.health(NOW).reason
    begun = len(link.written)
    # A lamp that is ordered while the gate is open makes the thread wait for silence, then for an answer.
    gate, lamp = board.switch("gate", True, 1.0), board.switch("lamp", True, 60.0)
    assert gate.result(8) == lamp.result(8) == Done(Outcome.COMMANDED)
    until(lambda: link.when(lcus.switch(1, False), begun) is not None)
    opened, shut = link.when(lcus.switch(1, True), begun), link.when(lcus.switch(1, False), begun)
    assert opened is not None
    assert shut is not None
    assert shut - opened <= 1.0 + 3 * READ_SECONDS
    ended(board.stop, link)
    assert [sent for _, sent in link.written[-4:]] == [lcus.switch(channel, False) for channel in range(1, 5)]


def test_a_line_that_falls_silent_is_well_again() -> None:
    link = NoisyLink()
    board = RelayBoard(RelaySettings("relays", 4, {"gate": 1}), lambda: link, monotonic=link.monotonic)
    board.start()
    until(lambda: board.health(NOW).state is DeviceState.DEGRADED)
    link.noise = b""
    assert board.switch("gate", True).result(8) == Done(Outcome.COMMANDED)
    assert board.health(NOW).state is DeviceState.READY
    ended(board.stop, link)


def test_who_only_looks_at_a_board_is_not_held_by_noise() -> None:
    link = NoisyLink()
    look = RelayLook("relays", lambda: link, monotonic=link.monotonic)
    look.start()
    until(lambda: look.health(NOW).state is DeviceState.READY)
    assert look.states is None
    ended(look.stop, link)


def test_a_printer_among_noise_says_so_and_prints_what_it_is_given() -> None:
    link = NoisyLink()
    printer = SlipPrinter(PrinterSettings("printer"), lambda: link, monotonic=link.monotonic)
    printer.start()

    def health() -> DeviceHealth:
        return printer.health(NOW)

    until(lambda: health().state is DeviceState.DEGRADED)
    assert "sends without being asked" in health().reason
    assert printer.print_slip((b"piece",)).result(8) == Done(Outcome.COMMANDED)
    assert link.when(b"piece") is not None
    ended(printer.stop, link)


def test_a_printer_that_is_being_stopped_does_not_send_the_rest_of_a_slip() -> None:
    link = NoisyLink()
    link.noise = b""
    printer = SlipPrinter(PrinterSettings("printer"), lambda: link, monotonic=link.monotonic)
    held, goes_on = threading.Event(), threading.Event()

    def write(data: bytes) -> None:
        link.written.append((link.monotonic(), data))
        if data == b"1":
            held.set()
            goes_on.wait(8)

    link.write = write  # type: ignore[method-assign]
    printer.start()
    until(lambda: printer.health(NOW).state is DeviceState.READY)
    done = printer.print_slip((b"1", b"2", b"3"))
    assert held.wait(8)
    stopping = threading.Thread(target=printer.stop, daemon=True)
    stopping.start()
    until(lambda: printer._keeper.stopping)
    goes_on.set()
    assert done.result(8) == Done(Outcome.FAILED, "printer is being stopped.")
    stopping.join(8)
    assert link.when(b"1") is not None
    assert link.when(b"2") is None


class Raced(Future[Done]):
    """Another thread answers between the look and the answer."""

    def done(self) -> bool:
        return False


@pytest.mark.parametrize("kind", [Raced, Future])
def test_of_two_answers_the_first_counts(kind: type[Future[Done]]) -> None:
    order = _Order(1, True, None, 0.0, kind())
    settle(order, Done(Outcome.CONFIRMED))
    settle(order, Done(Outcome.FAILED, "late"))
    assert order.done.result(1) == Done(Outcome.CONFIRMED)
