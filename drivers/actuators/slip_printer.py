"""A slip printer that keeps itself going. A slip is printed once or said to have failed; never again by itself.

The pieces of a slip go out one by one, each followed by the question "done so far?". That paces the printer without
handshake lines and makes "printed" something that the printer has said. A printer that does not answer gets the pieces
at the speed of its line, and its slips are "commanded" only.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from config.messages.said import say
from drivers.actuators import escpos
from drivers.actuators.asking import heard, quieted
from drivers.actuators.escpos import About, PrinterState
from drivers.actuators.orders import Orders, settle
from drivers.actuators.outcome import Done, Outcome
from drivers.errors import DeviceGone
from drivers.ports import ByteLink, OpenLink
from drivers.readings import DeviceState
from drivers.supervisor import State, Supervisor

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


class SlipPrinter(Supervisor):
    """The thread around one printer.

    Args:
        settings: name and limits.
        open_link: opens its cable.
        monotonic: seconds that only grow.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
        port: a device path whose coming ends a pause early; empty when there is none.
    """

    def __init__(
        self,
        settings: PrinterSettings,
        open_link: OpenLink,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        pause: Callable[[float], bool] | None = None,
        port: str = "",
    ) -> None:
        super().__init__(settings.device, open_link, monotonic=monotonic, jitter=jitter, pause=pause, port=port)
        self._settings = settings
        self._slips: Orders[_Slip] = Orders(settings.device)
        self._takes_slips = False
        self._answers = False
        """Whether the printer at this opening has answered: the next one may be another printer."""
        self._noisy = False
        self._torn = False
        """The last slip stopped in the middle: what is left of it must not stand on the next one."""
        self._paper = PrinterState()

    def stop(self) -> None:
        """End the thread and close the link; slips that have not been begun fail."""
        super().stop()
        self._slips.refuse("{device} is being stopped.")

    def print_slip(self, pieces: tuple[bytes, ...]) -> Future[Done]:
        """Print one slip.

        Args:
            pieces: as `slip_bytes.slip` makes them.
        """
        slip = _Slip(pieces, self._monotonic(), Future())
        self._slips.put(slip)
        if not self._takes_slips:
            self._slips.refuse("{device} is not connected; write the slip by hand.")
        return slip.done

    def _state(self, moment: float) -> State:
        del moment
        if not self._takes_slips:
            return DeviceState.IDENTIFYING, ""
        if trouble := self._trouble():
            return DeviceState.FAILED, trouble
        if self._noisy:
            what = "{device} sends without being asked; check its cable and what is plugged in in its place."
            return DeviceState.DEGRADED, say(what, device=self._device)
        if self._paper.paper_near_end:
            return DeviceState.DEGRADED, say("{device} is nearly out of paper.", device=self._device)
        return DeviceState.READY, ""

    def _trouble(self) -> str:
        state = self._paper
        if state.paper_end:
            return say("{device} is out of paper; put in a new roll.", device=self._device)
        if state.cover_open:
            return say("The cover of {device} is open; close it.", device=self._device)
        if state.error or state.offline:
            what = "{device} is stopped; open its cover, clear the paper, switch it off and on."
            return say(what, device=self._device)
        return ""

    def _opened(self, moment: float) -> None:
        self._answers, self._noisy, self._paper = False, False, PrinterState()

    def _closed(self) -> None:
        self._takes_slips = False
        self._slips.refuse("{device} went away; write the slip by hand.", current=True)

    def _serve(self, link: ByteLink) -> None:
        self._look(link)
        self._takes_slips = True
        self._keeper.works()
        looked = self._monotonic()
        while not self._keeper.stopping:
            slip = self._slips.next(0.05)
            if slip is None:
                link.read_some()
            else:
                self._print(link, slip)
            if self._monotonic() - looked >= self._settings.idle_seconds:
                self._look(link)
                looked = self._monotonic()

    def _print(self, link: ByteLink, slip: _Slip) -> None:
        try:
            settle(slip, self._printed(link, slip))
        except DeviceGone as error:
            settle(slip, Done(Outcome.FAILED, str(error)))
            raise

    def _printed(self, link: ByteLink, slip: _Slip) -> Done:
        if self._monotonic() - slip.given > self._settings.slip_seconds:
            what = "{device} was busy too long; print the slip again."
            return Done(Outcome.FAILED, say(what, device=self._device))
        self._look(link)
        if trouble := self._trouble():
            return Done(Outcome.FAILED, trouble)
        said = self._sent(link, slip)
        return Done(Outcome.FAILED, said) if said else Done(Outcome.CONFIRMED if self._answers else Outcome.COMMANDED)

    def _sent(self, link: ByteLink, slip: _Slip) -> str:
        """Send a slip piece by piece; why it stopped, empty when it did not."""
        for piece in (*([escpos.recover()] if self._torn else []), *slip.pieces):
            if self._keeper.stopping:
                # The line may be slow and the slip long: whoever ends the program does not wait for it.
                return say("{device} is being stopped.", device=self._device)
            self._torn = True
            for at in range(0, len(piece), _WRITE_BYTES):
                link.write(piece[at : at + _WRITE_BYTES])
            if not self._answers:
                continue
            link.write(escpos.ASK_DONE)
            answer = self._answer(link, self._settings.answer_seconds, escpos.is_done_answer)
            if answer is None or answer & 0x0C:
                self._look(link)
                stopped = say("{device} stopped in the middle of a slip; look at it.", device=self._device)
                return self._trouble() or stopped
        self._torn = False
        return ""

    def _look(self, link: ByteLink) -> None:
        """Ask how the printer is; one that has answered since its port was opened and does so no more is offline."""
        answers: dict[About, int] = {}
        silent = quieted(link, lambda: self._keeper.stopping)
        for about in About:
            link.write(escpos.ask(about))
            answer = self._answer(link, self._settings.state_seconds, escpos.is_state_answer)
            if answer is None:
                break
            answers[about] = answer
        with self._fresh:
            self._noisy = not silent and not self._keeper.stopping
            if len(answers) == len(About):
                self._answers = True
                self._tally.good_at(self._monotonic())
                self._paper = escpos.parse_state(answers)
            elif self._answers:
                self._paper = PrinterState(offline=True)

    def _answer(self, link: ByteLink, seconds: float, fits: Callable[[int], bool]) -> int | None:
        for data in heard(link, seconds, self._monotonic, lambda: self._keeper.stopping):
            for byte in data:
                if fits(byte):
                    return byte
        return None
