"""From what code and passport readers send to events. Each reader has a thread that does nothing but hand on."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from drivers.readers.reader import ReadEvent
from drivers.readers.reads import CodeRead, FailedRead, MrzRead
from station.faults import log_fault
from station.lane.presented import Presented

_log = logging.getLogger(__name__)

PRESENT_SECONDS = 2.0
"""Whoever has just presented something is there: a read is one moment, where a camera looks all the time."""
UNREADABLE_SECONDS = 2.0
"""Failed reads are told no more often: a line full of noise gives a hundred a second."""
_WAIT_SECONDS = 0.5


class Reader(Protocol):
    """What is needed of a drivers.readers.reader.SerialReader."""

    @property
    def device(self) -> str:
        """Its name in records."""

    @property
    def reads_documents(self) -> bool:
        """True for passport readers, false for code readers."""

    def wait_newer(self, sequence: int, seconds: float) -> tuple[ReadEvent, ...]:
        """Every kept read after that one; waits for the first."""

    def forget(self, through: int | None = None) -> None:
        """Drop the kept reads up to that one."""


class ReaderSense:
    """The thread of one reader.

    Args:
        reader: already started.
        presented: takes what was read.
        monotonic: seconds that only grow.
    """

    def __init__(self, reader: Reader, presented: Presented, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._reader, self._presented, self._monotonic = reader, presented, monotonic
        self._present_at = self._failed_at = self._told_at = -1e9
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{reader.device} reading", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the read at hand."""
        self._stop.set()
        self._thread.join(5)

    def present(self) -> bool:
        """Whether something was presented within the last moment."""
        return self._monotonic() - self._present_at < PRESENT_SECONDS

    def _run(self) -> None:
        sequence = 0
        while not self._stop.is_set():
            sequence = self._take_up(sequence)
            if sequence:
                # It is the lane's now: a traveller's data does not lie in the driver any longer.
                self._reader.forget(sequence)

    def _take_up(self, sequence: int) -> int:
        """Hand on what is newer than that; answers the newest. What was read lives no longer than this call."""
        for event in self._reader.wait_newer(sequence, _WAIT_SECONDS):
            sequence = event.sequence
            try:
                self._hand_on(event)
            except Exception as error:
                # One read that we handle wrongly must not silence the reader.
                log_fault(_log, "a read could not be taken up", error)
        return sequence

    def _hand_on(self, event: ReadEvent) -> None:
        moment = self._monotonic()
        if isinstance(event.read, FailedRead):
            # One failed read is somebody; without a pause between them they are noise, and nobody.
            if moment - self._failed_at >= PRESENT_SECONDS:
                self._present_at = moment
            self._failed_at = moment
            if moment - self._told_at < UNREADABLE_SECONDS:
                return
            self._told_at = moment
        else:
            self._present_at = moment
        match event.read:
            case CodeRead() as code:
                self._presented.code(code.text(), event.at, self._reader.device)
            case MrzRead(lines):
                self._presented.zone(lines, event.at, self._reader.device)
            case _:
                self._presented.unreadable(document=self._reader.reads_documents)
