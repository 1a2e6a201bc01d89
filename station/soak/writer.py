"""The soak's kiosk: a process that saves one invented screening after another, as the lane does, until it is killed."""

import hashlib
import importlib.util
import os
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import parent_process
from pathlib import Path

from config.loader import load
from config.settings import Settings
from station.journal.errors import JournalError
from station.journal.journal import Journal
from station.paths import paths_of
from station.soak.controls import Controls
from station.soak.payloads import at, invent
from sync.facts import FactKind, Priority, canonical
from sync.faults.disk import DiskLayer
from sync.faults.history import Event, History, What, read

_AGAIN_SECONDS = 0.01
_WAIT_SECONDS = 0.002
_TAIL_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Stage:
    """One station of a soak, as its processes need to know it."""

    station: str
    state: Path
    key: bytes = field(repr=False)
    """The journal's."""
    seed: int
    records: int
    """How many are to be saved."""
    written: Path
    """The history that the writer keeps."""
    carried: Path
    """The history that the uplink keeps."""
    bad_disk: bool
    """Whether the journal lies on a disk that can be told to fail."""


def settings_of(stage: Stage) -> Settings:
    """The demonstration's profile with this station's name and folder; small batches, so that more of them are hit."""
    station = {"name": stage.station, "state": stage.state}
    return load("demo", {"station": station, "sync": {"poll_seconds": 0.05, "batch_entries": 120}})


def sqlcipher() -> Path:
    """The shared library that holds the journal's SQLite.

    Raises:
        OSError: it is not a file of its own here.
    """
    found = importlib.util.find_spec("sqlcipher3._sqlite3")
    if found is None or found.origin is None:
        raise OSError("sqlcipher3 has no library file here; install its wheel")
    return Path(found.origin)


def end_with_parent() -> None:
    """Let this process end when the soak does, however that ends."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def write(stage: Stage, controls: Controls) -> None:
    """Save until there are enough."""
    end_with_parent()
    with ExitStack() as stack:
        if stage.bad_disk:
            stack.enter_context(DiskLayer(sqlcipher(), controls.decide))
        journal = open_journal(stage, controls)
        stack.callback(journal.close)
        history = stack.enter_context(History(stage.written))
        number = last_number(stage.written)
        while controls.saved < stage.records:
            if not controls.may_save:
                time.sleep(_WAIT_SECONDS)
                continue
            number += 1
            save(journal, history, stage, number, controls)


def open_journal(stage: Stage, controls: Controls) -> Journal:
    """The journal, as soon as the disk lets it be opened."""
    path = paths_of(settings_of(stage)).journal
    while True:
        try:
            return Journal(path, stage.key, stage.station, controls.clock(), os.urandom)
        except JournalError:
            controls.count_refused()
            time.sleep(_AGAIN_SECONDS)


def save(journal: Journal, history: History, stage: Stage, number: int, controls: Controls) -> None:
    """One record: tell that it is there, append it however often it takes, tell that it is saved."""
    invented, alert = invent(stage.seed, stage.station, number)
    payload = at(invented, controls.clock()())
    content = hashlib.sha256(canonical(payload)).hexdigest()
    history.tell(Event(What.CREATED, stage.station, number, content))
    while True:
        try:
            entry = journal.append(FactKind.SCREENING, Priority.ALERT if alert else Priority.NORMAL, payload)
            break
        except JournalError as error:
            history.tell(Event(What.REFUSED, stage.station, number, content, about=type(error).__name__))
            controls.count_refused()
            time.sleep(_AGAIN_SECONDS)
    history.tell(Event(What.SAVED, stage.station, number, content, journal.journal, entry.sequence))
    controls.count_saved()


def last_number(written: Path) -> int:
    """The last record that was begun before; a record in doubt is never made again, or it could be there twice."""
    if not written.exists():
        return 0
    tail = written.with_suffix(".tail")
    with written.open("rb") as file:
        file.seek(max(0, written.stat().st_size - _TAIL_BYTES))
        tail.write_bytes(file.read())
    return max((event.number for event in read(tail)), default=0)
