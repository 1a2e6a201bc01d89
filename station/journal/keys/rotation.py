"""A new key for the journal, safe to be cut off anywhere: both keys are kept until the file holds the new one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from station.journal.database import WriterLock, open_engine, rekey
from station.journal.errors import KeyLost
from station.journal.keys.file import KEY_BYTES


class KeyStore(Protocol):
    """A source that can be written."""

    def write(self, keys: Sequence[bytes]) -> None:
        """Replace the keys, whole or not at all."""


def opening(path: Path, keys: Sequence[bytes]) -> bytes:
    """The key that opens the file, the newest first.

    Raises:
        KeyLost: none does.
        JournalFaulty: the file cannot be read at all.
    """
    lost: KeyLost | None = None
    for key in reversed(keys):
        try:
            open_engine(path, key, read_only=True).dispose()
        except KeyLost as error:
            lost = error
        else:
            return key
    assert lost is not None
    raise lost


def rotate(path: Path, keys: Sequence[bytes], store: KeyStore, random: Callable[[int], bytes]) -> bytes:
    """Give the journal a new key, kept in `store`; the present one may come from another source.

    While it works the store holds the present and the new key; at the end the new one alone.

    Returns:
        The new key.

    Raises:
        JournalBusy: the kiosk runs; stop it first.
        KeyLost: none of `keys` opens the journal.
        KeyRefused: the store cannot be written; the journal keeps its key.
        JournalFull, JournalFaulty: the file could not be rewritten; it keeps its key.
    """
    lock = WriterLock(path.with_suffix(".lock"))
    try:
        present, new = opening(path, keys), random(KEY_BYTES)
        store.write([present, new])
        rekey(path, present, new)
        store.write([new])
        return new
    finally:
        lock.release()
