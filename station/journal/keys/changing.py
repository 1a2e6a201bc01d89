"""Changes what holds the journal's key, or the key itself, for a technician at the station."""

import os
from collections.abc import Callable, Sequence

from config.messages.said import say
from station.journal.errors import KeyRefused
from station.journal.keys.credential import CredentialSource
from station.journal.keys.file import KEY_BYTES, FileSource
from station.journal.keys.passphrase import PassphraseSource, UnlockedSource, passphrase_file
from station.journal.keys.rotation import KeyStore, rotate
from station.journal.keys.source import JournalKeys, Seal
from station.paths import StationPaths

Random = Callable[[int], bytes]


def unlock(paths: StationPaths, passphrase: str, random: Random = os.urandom) -> None:
    """Open the key with the passphrase, until the computer is switched off.

    Raises:
        KeyLost, KeyRefused, PassphraseWrong: the message says what to do.
    """
    held = PassphraseSource(passphrase_file(paths.journal_key), passphrase, random)
    UnlockedSource(paths.journal_unlocked).write(held.read())


class _Passphrase:
    """The wrapped key and its opened copy, kept alike."""

    def __init__(self, paths: StationPaths, passphrase: str, random: Random) -> None:
        self._wrapped = PassphraseSource(passphrase_file(paths.journal_key), passphrase, random)
        self._opened = UnlockedSource(paths.journal_unlocked)

    def write(self, keys: Sequence[bytes]) -> None:
        """The opened copy first: a kiosk that starts in between finds the journal's key there in any case."""
        self._opened.write(keys)
        self._wrapped.write(keys)


def store_of(paths: StationPaths, seal: Seal, passphrase: str, random: Random) -> KeyStore:
    """Where a key under that seal is written."""
    if seal is Seal.TPM:
        return CredentialSource(paths.journal_credential)
    if seal is Seal.PASSPHRASE:
        return _Passphrase(paths, passphrase, random)
    return FileSource(paths.journal_key)


def change(
    paths: StationPaths, present: JournalKeys | None, seal: Seal, passphrase: str = "", random: Random = os.urandom
) -> None:
    """A new key under that seal; a journal that is there is encrypted anew, and a bare key file goes.

    Args:
        paths: of the station.
        present: what opens the journal now; None when there is neither journal nor key.
        seal: what shall keep the key from now on.
        passphrase: for PASSPHRASE; the one in use when the key only rotates.
        random: cryptographic bytes.

    Raises:
        JournalError: the message says what to do; the journal opens with the old key or the new one.
    """
    if seal is Seal.PASSPHRASE and present is not None and present.seal is seal:
        unlock(paths, passphrase, random)  # a wrong one must not become the new one unseen
    store = store_of(paths, seal, passphrase, random)
    if not paths.journal.exists():
        store.write([random(KEY_BYTES)])
    elif present is None:
        raise KeyRefused(say("there is a journal and no key; put the key back first"))
    else:
        rotate(paths.journal, present.keys, store, random)
    if seal is not Seal.NONE:
        FileSource(paths.journal_key).remove()
