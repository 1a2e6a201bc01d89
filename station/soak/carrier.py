"""The soak's `station sync`: the same program with a clock that jumps, and a history of what went by."""

import hashlib
import signal
import threading
from collections.abc import Callable

from station.journal.errors import JournalError
from station.paths import paths_of
from station.soak.controls import Controls
from station.soak.writer import Stage, end_with_parent, settings_of
from station.uplink_program import UplinkProgram
from sync.batch import decode
from sync.client import Centre
from sync.errors import SyncError
from sync.faults.history import Event, History, What
from sync.receipt import Receipt

_AGAIN_SECONDS = 0.1


class Watched:
    """A centre that tells a history what is sent to it and what it is believed to have said."""

    def __init__(self, centre: Centre, history: History) -> None:
        self._centre, self._history = centre, history

    def send(self, batch: bytes) -> Receipt:
        """As the centre's."""
        read = decode(batch)
        digest = hashlib.sha256(batch).hexdigest()[:16]
        self._history.tell(
            Event(What.SENT, read.station, journal=read.journal, ranges=_runs(read.sequences()), about=digest)
        )
        receipt = self._centre.send(batch)
        self._history.tell(
            Event(
                What.RECEIPTED, receipt.station, journal=receipt.journal, watermark=receipt.watermark,
                ranges=receipt.ranges, about=digest,
            )
        )  # fmt: skip
        return receipt


def carry(stage: Stage, controls: Controls) -> None:
    """Drain the journal until told to end."""
    carry_through(stage, controls, lambda centre: centre)


def carry_through(stage: Stage, controls: Controls, through: Callable[[Centre], Centre]) -> None:
    """The same with something between the uplink and its centre."""
    end_with_parent()
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    settings = settings_of(stage)
    paths = paths_of(settings)
    with History(stage.carried) as history:
        while not told.is_set():
            try:
                program = UplinkProgram(
                    settings, paths, controls.clock(), lambda centre: Watched(through(centre), history)
                )
            except (JournalError, SyncError):  # as `station sync`: there is no journal yet, or it cannot be read now
                told.wait(_AGAIN_SECONDS)
                continue
            try:
                program.run(told)
            except (JournalError, SyncError):
                told.wait(_AGAIN_SECONDS)
            finally:
                program.close()


def _runs(sequences: list[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for sequence in sorted(sequences):
        if found and found[-1][1] + 1 == sequence:
            found[-1] = (found[-1][0], sequence)
        else:
            found.append((sequence, sequence))
    return tuple(found)
