"""Opens a station's journal, whatever it finds: a key being replaced, a lost key, a damaged file. The lane starts."""

import os
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from config.messages.said import say
from station.journal.database import mark_of, set_aside
from station.journal.errors import JournalDamaged, KeyLost
from station.journal.journal import Journal
from station.journal.keys.file import KEY_BYTES, create_key
from station.journal.keys.rotation import opening
from station.journal.keys.source import JournalKeys, keys_of
from station.journal.purging import signer
from station.journal.reader import JournalReader
from station.journal.rows import entry_of, is_whole
from station.journal.salvage.carving import is_key_of
from station.journal.salvage.pages import PAGE
from station.journal.salvage.salvage import Held, Salvage, finish, note_of, salvage
from station.paths import StationPaths
from sync.errors import SyncError
from sync.facts import chain_hash
from sync.keys import load_station_keys
from sync.sync_store import journals_of, read_progress

_TAIL = 1000
"""Entries that are looked at when a journal is opened; the daily walk looks at all."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A journal that is ready."""

    journal: Journal
    trouble: str = ""
    """One sentence about what was found; empty when all is well."""


def open_reader(paths: StationPaths) -> JournalReader:
    """The journal for reading.

    Raises:
        JournalError: its message says what to do.
    """
    keys = keys_of(paths)
    return JournalReader(paths.journal, _which(paths, keys))


def open_for_writing(
    paths: StationPaths, station: str, clock: Callable[[], datetime], random: Callable[[int], bytes] = os.urandom
) -> Opened:
    """The journal for writing, made with a new bare key when there is neither journal nor key.

    A damaged one is salvaged; one whose key is lost cannot be read by anybody, so it is set aside untouched.

    Raises:
        KeyLocked, KeyRefused, JournalBusy, JournalFull, JournalFaulty: the message says what to do.
    """
    try:
        keys = keys_of(paths)
    except KeyLost as error:
        if not paths.journal.exists():
            return _begin(paths, station, clock, random, "")
        return _begin(paths, station, clock, random, _aside(paths, error, clock()))
    try:
        return _open(paths, keys, station, clock, random)
    except KeyLost as error:
        aside = _aside(paths, error, clock())
        fresh = _journal(paths, keys.keys[-1], station, clock, random)
        return Opened(fresh, aside)


def _open(
    paths: StationPaths, keys: JournalKeys, station: str, clock: Callable[[], datetime], random: Callable[[int], bytes]
) -> Opened:
    """Open; salvage first when something is wrong with the file."""
    damaged = _damage(paths, keys)
    if damaged is None:
        key = _which(paths, keys) if paths.journal.exists() else keys.keys[-1]
        try:
            return Opened(_journal(paths, key, station, clock, random))
        except JournalDamaged:  # in a page that only a writer looks at
            damaged = key
    told = _salvage(paths, damaged, station, clock, random)
    return Opened(_journal(paths, damaged, station, clock, random), told.sentence())


def _damage(paths: StationPaths, keys: JournalKeys) -> bytes | None:
    """The key of a file that must be salvaged; None when there is none, or it opens and its end holds.

    Raises:
        KeyLost: the file is another key's.
        JournalFaulty: it is no journal at all, or the disk does not read it.
    """
    path = paths.journal
    if not path.exists():
        return None
    if any(finish(path, key) for key in reversed(keys.keys)):
        return None
    if note_of(path).exists() or path.stat().st_size < PAGE:
        return _carvable(paths, keys)
    try:
        with closing(open_reader(paths)) as reader:
            return None if _holds(reader, mark_of(path)) else _carvable(paths, keys)
    except (KeyLost, JournalDamaged):
        return _carvable(paths, keys)


def _holds(reader: JournalReader, mark: Path) -> bool:
    """Whether the end of the journal holds; all of it, when something was wrong before."""
    if mark.exists():
        whole = reader.verify().holds
        if whole:
            mark.unlink()
        return whole
    head = reader.head()[0]
    rows = reader.rows(max(0, head - _TAIL), _TAIL)
    facts = [entry_of(reader.station, reader.journal, row) for row in rows]
    links = all(chain_hash(a.chain_sha256, b) == b.chain_sha256 for a, b in pairwise(facts))
    return links and all(is_whole(row) for row in rows)


def _carvable(paths: StationPaths, keys: JournalKeys) -> bytes:
    """The key with which anything of the file can be read.

    Raises:
        KeyLost: none of them.
    """
    path = paths.journal
    for key in reversed(keys.keys):
        if path.stat().st_size < PAGE or is_key_of(path, key):
            return key
    raise KeyLost(
        say(
            "{file} does not open with this key; put the right key file back, or set the journal aside to start a new "
            "one",
            file=path.name,
        )
    )


def _salvage(
    paths: StationPaths, key: bytes, station: str, clock: Callable[[], datetime], random: Callable[[int], bytes]
) -> Salvage:
    held = Held(lambda: journals_of(paths.sync), lambda journal: read_progress(paths.sync, journal))
    return salvage(paths.journal, key, station, held, clock, random)


def _which(paths: StationPaths, keys: JournalKeys) -> bytes:
    """The key that opens the file; there are two while it is being replaced."""
    return keys.keys[0] if len(keys.keys) == 1 else opening(paths.journal, keys.keys)


def _journal(
    paths: StationPaths, key: bytes, station: str, clock: Callable[[], datetime], random: Callable[[int], bytes]
) -> Journal:
    journal = Journal(paths.journal, key, station, clock, random)
    with suppress(SyncError):  # a station that is not enrolled has no key to sign with
        journal.sign = signer(load_station_keys(paths.keys).sign)
    return journal


def _begin(
    paths: StationPaths, station: str, clock: Callable[[], datetime], random: Callable[[int], bytes], trouble: str
) -> Opened:
    """A new journal under a new bare key."""
    key = create_key(paths.journal_key, random(KEY_BYTES))
    return Opened(_journal(paths, key, station, clock, random), trouble)


def _aside(paths: StationPaths, error: KeyLost, moment: datetime) -> str:
    aside = set_aside(paths.journal, moment)
    return say("{error}. The old journal is kept as {file}; a new one was begun.", error=str(error), file=aside.name)
