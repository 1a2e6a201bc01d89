"""What a kiosk does for its journal every day, beside the lane: erase what is due, look at every page and row."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.messages.said import Said, say
from config.settings import RetentionSettings
from station.journal import room
from station.journal.database import mark
from station.journal.errors import JournalError
from station.journal.journal import Journal
from station.journal.opening import open_reader
from station.journal.retention import Purged, backup_of, purge
from station.journal.verification import Verification
from station.paths import StationPaths

_log = logging.getLogger(__name__)

_EVERY = timedelta(hours=24)
_FIRST_SECONDS = 120.0
"""After the start, so that the lane is ready first."""
_ASIDE = timedelta(days=90)
"""A damaged file that was salvaged is kept no longer than the records that it holds."""


@dataclass(frozen=True, slots=True)
class Care:
    """What one round did and found."""

    purged: Purged
    found: Verification
    forgotten: int
    """Damaged files, salvaged long ago, that were erased."""

    def trouble(self) -> Said | None:
        """One sentence when the journal must be salvaged."""
        if self.found.holds:
            return None
        return say("The journal is damaged in places; restart the kiosk in a quiet moment, it salvages the rest.")


def once(paths: StationPaths, journal: Journal, settings: RetentionSettings, now: datetime) -> Care:
    """One round; a journal that does not hold is marked, so that the next start salvages it.

    Raises:
        JournalError: it was cut off; the next round goes on.
    """
    backup = backup_of(paths.sync, journal.journal)
    purged = purge(journal, settings, backup, now)
    with suppress(OSError):
        room.keep_reserve(paths.journal)
    reader = open_reader(paths)
    try:
        found = reader.verify()
    finally:
        reader.close()
    if not found.holds:
        mark(paths.journal)
    forgotten = _forget(paths, now) if backup.through else 0
    return Care(purged, found, forgotten)


def _forget(paths: StationPaths, now: datetime) -> int:
    """Erase damaged files whose records have long been in the centre's backup; their key opened them until now."""
    gone = 0
    for aside in paths.state.glob("journal-damaged-*.db"):
        with suppress(ValueError, OSError):
            made = datetime.strptime(aside.stem.rpartition("-")[2] + "+0000", "%Y%m%dT%H%M%SZ%z")
            if now - made > _ASIDE:
                aside.with_name(aside.name + "-wal").unlink(missing_ok=True)
                aside.unlink()
                gone += 1
    return gone


class Caretaker:
    """The thread of the daily round."""

    def __init__(
        self, paths: StationPaths, journal: Journal, settings: RetentionSettings, clock: Callable[[], datetime]
    ) -> None:
        self._paths, self._journal, self._settings, self._clock = paths, journal, settings, clock
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-care", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes when the lane is ready."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the round that is under way."""
        self._told.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait = _FIRST_SECONDS
        while not self._told.wait(wait):
            wait = _EVERY.total_seconds()
            try:
                done = once(self._paths, self._journal, self._settings, self._clock())
            except JournalError as error:
                _log.error("%s", error)
                continue
            _log.info("%s entries and %s photographs erased", done.purged.count, done.purged.photographs)
            if done.trouble():
                _log.error("%s", done.trouble())
