"""A slip printer that keeps itself going. A slip is printed once or said to have failed; never again by itself.

The pieces of a slip go out one by one, each followed by the question "done so far?". That paces the printer without
handshake lines and makes "printed" something that the printer has said. A printer that does not answer gets the pieces
at the speed of its line, and its slips are "commanded" only.
"""

import queue
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from drivers.actuators import escpos
from drivers.actuators.escpos import About, PrinterState
from drivers.actuators.outcome import Done, Outcome
from drivers.errors import DeviceGone
from drivers.keeper import Backoff, Keeper
from drivers.ports import ByteLink, OpenLink
from drivers.readings import DeviceHealth, DeviceState

_WRITE_BYTES = 512
"""At once: half a second at 9600 baud, less than the link's own limit."""


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """One printer; the link is opened by whoever puts the program together."""

    device: str
    """Its name on screens and in records."""
    answer_seconds: float = 5.0
    """For one piece of a slip: its time on the line and on the paper."""
    state_seconds: float = 0.5
    """For an answer that comes at once."""
    idle_seconds: float = 5.0
    """How often an idle printer is asked how it is."""
    slip_seconds: float = 60.0
    """A slip that could not be begun for so long is not printed any more: the traveller has gone."""


@dataclass(frozen=True, slots=True)
class _Slip:
    pieces: tuple[bytes, ...] = field(repr=False)
    given: float
    done: Future[Done] = field(repr=False)


class SlipPrinter:
    """The thread around one printer.

    Args:
        settings: name and limits.
        open_link: opens its cable.
        monotonic: seconds that only grow.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
    """

    def __init__(
        self,
        settings: PrinterSettings,
        open_link: OpenLink,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        pause: Callable[[float], bool] | None = None,
    ) -> None:
        self._settings = settings
        self._open_link = open_link
        self._monotonic = monotonic
        self._keeper = Keeper(
            settings.device, self._session, Backoff(jitter or random.SystemRandom().random), pause=pause
        )
        self._slips: queue.SimpleQueue[_Slip] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = False
        self._answers = False
        self._torn = False
        """The last slip stopped in the middle: what is left of it must not stand on the next one."""
        self._state = PrinterState()
        self._answered_at: float | None = None

    def __enter__(self) -> "SlipPrinter":
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start; a second call does nothing."""
        self._keeper.start()

    def stop(self) -> None:
        """End the thread and close the link; slips that have not been begun fail."""
        self._keeper.stop()
        self._refuse("is being stopped.")

    def print_slip(self, pieces: tuple[bytes, ...]) -> Future[Done]:
        """Print one slip.

        Args:
            pieces: as `escpos.slip` makes them.
        """
        slip = _Slip(pieces, self._monotonic(), Future())
        self._slips.put(slip)
        if not self._open:
            self._refuse("is not connected; write the slip by hand.")
        return slip.done

    def health(self, now: datetime) -> DeviceHealth:
        """How the printer is."""
        del now
        condition = self._keeper.condition
        with self._lock:
            state, reason = condition.state, condition.reason
            if self._open:
                trouble = self._trouble()
                state, reason = (DeviceState.FAILED, trouble) if trouble else (DeviceState.READY, "")
                if not trouble and self._state.paper_near_end:
                    state, reason = DeviceState.DEGRADED, f"{self._settings.device} is nearly out of paper."
            elif state is DeviceState.READY:
                # The link has just been closed and the keeper has not yet written down why.
                state, reason = DeviceState.ABSENT, f"{self._settings.device} is being opened again."
            age = None if self._answered_at is None else self._monotonic() - self._answered_at
            return DeviceHealth(self._settings.device, state, reason, age, reconnects=condition.reconnects)

    def _trouble(self) -> str:
        device = self._settings.device
        if self._state.paper_end:
            return f"{device} is out of paper; put in a new roll."
        if self._state.cover_open:
            return f"The cover of {device} is open; close it."
        if self._state.error or self._state.offline:
            return f"{device} is stopped; open its cover, clear the paper, switch it off and on."
        return ""

    def _refuse(self, why: str) -> None:
        while True:
            try:
                slip = self._slips.get_nowait()
            except queue.Empty:
                return
            slip.done.set_result(Done(Outcome.FAILED, f"{self._settings.device} {why}"))

    def _session(self) -> None:
        link = self._open_link()
        try:
            self._keeper.opened()
            self._look(link)
            self._open = True
            self._keeper.works()
            looked = self._monotonic()
            while not self._keeper.stopping:
                try:
                    self._print(link, self._slips.get(timeout=0.05))
                except queue.Empty:
                    link.read_some()
                if self._monotonic() - looked >= self._settings.idle_seconds:
                    self._look(link)
                    looked = self._monotonic()
        finally:
            self._open = False
            self._refuse("went away; write the slip by hand.")
            link.close()

    def _print(self, link: ByteLink, slip: _Slip) -> None:
        try:
            slip.done.set_result(self._printed(link, slip))
        except DeviceGone as error:
            slip.done.set_result(Done(Outcome.FAILED, str(error)))
            raise

    def _printed(self, link: ByteLink, slip: _Slip) -> Done:
        device = self._settings.device
        if self._monotonic() - slip.given > self._settings.slip_seconds:
            return Done(Outcome.FAILED, f"{device} was busy too long; print the slip again.")
        self._look(link)
        if trouble := self._trouble():
            return Done(Outcome.FAILED, trouble)
        for piece in (*([escpos.recover()] if self._torn else []), *slip.pieces):
            self._torn = True
            for at in range(0, len(piece), _WRITE_BYTES):
                link.write(piece[at : at + _WRITE_BYTES])
            if not self._answers:
                continue
            link.write(escpos.ASK_DONE)
            answer = self._answer(link, self._settings.answer_seconds, escpos.is_done_answer)
            if answer is None or answer & 0x0C:
                self._look(link)
                why = self._trouble() or f"{device} stopped in the middle of a slip; look at it."
                return Done(Outcome.FAILED, why)
        self._torn = False
        return Done(Outcome.CONFIRMED if self._answers else Outcome.COMMANDED)

    def _look(self, link: ByteLink) -> None:
        """Ask how the printer is; one that answered once and does so no more keeps its last state and is offline."""
        answers: dict[About, int] = {}
        while link.read_some():
            # What an earlier question left behind must not answer these.
            continue
        for about in About:
            link.write(escpos.ask(about))
            answer = self._answer(link, self._settings.state_seconds, escpos.is_state_answer)
            if answer is None:
                break
            answers[about] = answer
        with self._lock:
            if len(answers) == len(About):
                self._answers, self._answered_at = True, self._monotonic()
                self._state = escpos.parse_state(answers)
            elif self._answers:
                self._state = PrinterState(offline=True)

    def _answer(self, link: ByteLink, seconds: float, fits: Callable[[int], bool]) -> int | None:
        end = self._monotonic() + seconds
        while self._monotonic() < end:
            for byte in link.read_some():
                if fits(byte):
                    return byte
        return None
