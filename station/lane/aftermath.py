"""What happens after "saved": the gate opens, the lamp calls, a slip is printed; and what became of it.

Only a saved ADMIT and an officer's hand open the gate; no alert does, and nothing is switched because the program
started. The siren is an officer's alone. Nothing here waits: devices answer when they can, the lane goes on.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from config.messages.said import say
from config.settings import Settings
from drivers.actuators.outcome import Done, Outcome
from drivers.actuators.relay_board import RelayBoard
from drivers.actuators.slip_printer import SlipPrinter
from station.evidence import VerdictKind
from station.faults import log_fault
from station.lane.deeds import Deed, DeedReport, DeedState
from station.lane.slip import slip_pieces
from station.lane.snapshot import Saved

_log = logging.getLogger(__name__)

_TOLD_SECONDS = 20.0
"""What failed is told for so long, even when the traveller has gone on by then."""
_MOST = 12
_STATES = {
    Outcome.CONFIRMED: DeedState.CONFIRMED,
    Outcome.COMMANDED: DeedState.COMMANDED,
    Outcome.FAILED: DeedState.FAILED,
}


class Aftermath:
    """The station's hands (station.lane.runner.Aftermath).

    Args:
        settings: what is set up, for how long the gate stays open, whose slip is printed.
        relays: gate and lamp; None when there are none.
        printer: of slips; None when there is none.
        record: writes an officer's act down: (deed, officer, saved, at).
        now: the time of day.
        monotonic: seconds that only grow; how old a report is does not depend on the clock being set.
    """

    def __init__(
        self,
        settings: Settings,
        relays: RelayBoard | None,
        printer: SlipPrinter | None,
        record: Callable[[Deed, str, Saved | None, datetime], None],
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._relays, self._printer = settings, relays, printer
        self._record, self._now, self._monotonic = record, now, monotonic
        self._lock = threading.Lock()
        self._reports: list[tuple[DeedReport, float]] = []
        """Each with its monotonic time."""
        self._drawing = ThreadPoolExecutor(1, "slips")

    def stop(self) -> None:
        """Slips that are not drawn yet are not printed any more."""
        self._drawing.shutdown(wait=False, cancel_futures=True)

    @property
    def offers(self) -> tuple[Deed, ...]:
        """What an officer may order."""
        wired = tuple(deed for deed in (Deed.GATE, Deed.SIREN) if deed in self._wired())
        return (*wired, Deed.SLIP) if self._printer is not None else wired

    def saved(self, saved: Saved) -> None:
        """Gate for an ADMIT, lamp for everybody who waits for a person, a slip as the settings say."""
        deed = Deed.GATE if saved.verdict is VerdictKind.ADMIT else Deed.LAMP
        if deed in self._wired():
            self._switch(deed, saved)
        slips = self._settings.printer.slips if self._settings.printer else "none"
        if self._printer is not None and (slips == "all" or (slips == "referred" and deed is Deed.LAMP)):
            self._print(saved)

    def act(self, deed: Deed, officer: str, saved: Saved | None, at: datetime) -> None:
        """What an officer ordered; written down before it is done, and done even when it cannot be."""
        if deed not in self.offers:
            return
        try:
            self._record(deed, officer, saved, at)
        except Exception as error:
            # A person stands before the gate: a full disk must not keep it shut.
            log_fault(_log, f"the officer's act {deed.value} could not be written down", error)
        if deed is not Deed.SLIP:
            self._switch(deed, saved)
        elif saved is not None:
            self._print(saved)

    def reports(self, screening: str, now: datetime) -> tuple[DeedReport, ...]:
        """What was done for that screening, and what failed or was ordered for nobody of late, oldest first.

        Args:
            screening: UUIDv7; empty for nobody.
            now: the caller's time of day; ages are measured by the monotonic clock and do not depend on it.
        """
        del now
        moment = self._monotonic()
        with self._lock:
            self._reports = self._reports[-_MOST:]
            return tuple(
                each
                for each, since in self._reports
                if (screening and each.screening == screening)
                or (moment - since < _TOLD_SECONDS and (each.state is DeedState.FAILED or not each.screening))
            )

    def _wired(self) -> set[str]:
        wanted = self._settings.relays
        return set(wanted.names) if wanted is not None and self._relays is not None else set()

    def _switch(self, deed: Deed, saved: Saved | None) -> None:
        assert self._relays is not None  # _wired said so
        wanted = self._settings.relays
        assert wanted is not None
        seconds = {Deed.GATE: wanted.gate_seconds, Deed.LAMP: wanted.lamp_seconds, Deed.SIREN: wanted.siren_seconds}
        report = self._begin(deed, saved)
        self._when_done(self._relays.switch(deed.value, True, seconds[deed]), report)

    def _print(self, saved: Saved) -> None:
        report = self._begin(Deed.SLIP, saved)
        self._drawing.submit(self._draw, saved, report)

    def _draw(self, saved: Saved, report: DeedReport) -> None:
        assert self._printer is not None
        try:
            pieces = slip_pieces(saved, self._settings)
        except Exception as error:
            log_fault(_log, "a slip could not be drawn", error)
            sentence = say("The slip could not be drawn; write it by hand and see the log.")
            self._ended(report, Done(Outcome.FAILED, sentence))
            return
        self._when_done(self._printer.print_slip(pieces), report)

    def _begin(self, deed: Deed, saved: Saved | None) -> DeedReport:
        """One report for each deed of a screening: what was ordered last counts."""
        screening, sequence = (saved.screening, saved.sequence) if saved else ("", 0)
        report = DeedReport(deed, DeedState.UNDER_WAY, self._now(), screening, sequence)
        with self._lock:
            others = [each for each in self._reports if (each[0].deed, each[0].screening) != (deed, screening)]
            self._reports = [*others, (report, self._monotonic())]
        return report

    def _when_done(self, future: Future[Done], report: DeedReport) -> None:
        future.add_done_callback(lambda done: self._ended(report, done.result()))

    def _ended(self, report: DeedReport, done: Done) -> None:
        state = _STATES[done.outcome]
        about = f"screening no. {report.sequence}" if report.sequence else "nobody on record"
        _log.info("%s for %s: %s %s", report.deed.value, about, state.value, done.reason)
        ended = replace(report, state=state, reason=done.reason, at=self._now()), self._monotonic()
        with self._lock:
            self._reports = [ended if each[0] is report else each for each in self._reports]


def act_payload(deed: Deed, officer: str, saved: Saved | None, at: str) -> dict[str, str | None]:
    """An officer's act as the journal keeps it."""
    return {"act": deed.value, "officer": officer, "at": at, "screening": saved.screening if saved else None}
