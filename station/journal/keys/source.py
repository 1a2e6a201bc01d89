"""The key sources of a journal, and which of them is in use.

A source holds one key, and two while the key is being replaced: the one that opens the file counts.
"""

import os
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from station.journal.keys.credential import CredentialSource
from station.journal.keys.file import FileSource
from station.journal.keys.passphrase import UnlockedSource, passphrase_file
from station.paths import StationPaths


class Seal(StrEnum):
    """What keeps the key from whoever takes the disk."""

    TPM = "tpm"
    PASSPHRASE = "passphrase"
    NONE = "none"
    """A bare file: for the demonstration only; everywhere else UNSEALED is shown."""


class KeySource(Protocol):
    """Holds the journal's key."""

    def read(self) -> tuple[bytes, ...]:
        """The keys, the one in force or to be in force last."""


@dataclass(frozen=True, slots=True)
class JournalKeys:
    """What may open the journal."""

    keys: tuple[bytes, ...] = field(repr=False)
    seal: Seal

    @property
    def sealed(self) -> bool:
        """Whether a stolen disk keeps its secrets."""
        return self.seal is not Seal.NONE


def keys_of(paths: StationPaths) -> JournalKeys:
    """The keys by the source that this station has: a credential before a passphrase before a bare file.

    Raises:
        KeyLocked: a supervisor must enter the passphrase first.
        KeyLost: there is no key.
        KeyRefused: what holds it is readable by others, or is no key.
    """
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    credential = CredentialSource(paths.journal_credential, handed)
    if credential.is_there():
        return JournalKeys(credential.read(), Seal.TPM)
    if passphrase_file(paths.journal_key).exists():
        return JournalKeys(UnlockedSource(paths.journal_unlocked).read(), Seal.PASSPHRASE)
    return JournalKeys(FileSource(paths.journal_key).read(), Seal.NONE)
