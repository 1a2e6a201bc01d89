"""A supervisor's passphrase: it opens the file that holds the journal's key, and the key stays in memory until the end.

The key is random; the passphrase only wraps it: AES-256-GCM under Argon2id (RFC 9106, section 4, second recommended
option: 3 passes, 4 lanes, 64 MiB). `station journal unlock` puts the opened key into a file on a memory file system
(systemd's runtime folder), where kiosk and sync find it until the computer is switched off.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.messages.said import say
from station.journal.errors import KeyLocked, KeyLost, KeyRefused, PassphraseWrong
from station.journal.keys.file import FileSource, parse, text_of
from sync.errors import SyncError
from sync.keys import decode, encode, write_private

SHORTEST = 12
_PASSES, _LANES, _MEMORY_KIB = 3, 4, 2**16
_PURPOSE = b"daan-journal-key-v1"


def passphrase_file(key_file: Path) -> Path:
    """The file of the wrapped key, beside where the bare one would lie."""
    return key_file.with_name("journal.passphrase.json")


class PassphraseSource:
    """The wrapped key with the passphrase that opens it."""

    def __init__(self, path: Path, passphrase: str, random: Callable[[int], bytes]) -> None:
        self._path, self._passphrase, self._random = path, passphrase, random

    def __repr__(self) -> str:
        """Hide the passphrase."""
        return f"PassphraseSource({self._path.name})"

    def read(self) -> tuple[bytes, ...]:
        """Unwrap the keys.

        Raises:
            PassphraseWrong: it is another one.
            KeyLost, KeyRefused: the file is gone, or is none of ours.
        """
        try:
            held = json.loads(self._path.read_bytes())
            salt, nonce, wrapped = (decode(held[name]) for name in ("salt", "nonce", "wrapped"))
            costs = int(held["passes"]), int(held["memory_kib"]), int(held["lanes"])
        except FileNotFoundError as error:
            raise KeyLost(say("{file} is gone; put it back from the safe", file=self._path.name)) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KeyRefused(say("{file} cannot be read; put it back from the safe", file=self._path.name)) from error
        if not (1 <= costs[0] <= 16 and 8 <= costs[1] <= 2**21 and 1 <= costs[2] <= 16):
            raise KeyRefused(
                say("{file} asks for an unlikely amount of work; put it back from the safe", file=self._path.name)
            )
        try:
            plain = AESGCM(_derive(self._passphrase, salt, *costs)).decrypt(nonce, wrapped, _PURPOSE)
        except InvalidTag as error:
            raise PassphraseWrong(
                say("the passphrase is not the one of this journal; type it again, small and capital letters differ")
            ) from error
        return parse(plain.decode("ascii"), self._path.name)

    def write(self, keys: Sequence[bytes]) -> None:
        """Wrap the keys anew, whole or not at all.

        Raises:
            KeyRefused: the passphrase is too short, or the folder cannot be written.
        """
        if len(self._passphrase) < SHORTEST:
            raise KeyRefused(
                say("the passphrase is shorter than {letters} letters; choose a longer one", letters=str(SHORTEST))
            )
        salt, nonce = self._random(16), self._random(12)
        wrapping = _derive(self._passphrase, salt, _PASSES, _MEMORY_KIB, _LANES)
        held = {
            "version": 1,
            "kdf": "argon2id",
            "passes": _PASSES,
            "memory_kib": _MEMORY_KIB,
            "lanes": _LANES,
            "salt": encode(salt),
            "nonce": encode(nonce),
            "wrapped": encode(AESGCM(wrapping).encrypt(nonce, text_of(keys), _PURPOSE)),
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self._path, json.dumps(held, indent=2).encode() + b"\n")
        except (OSError, SyncError) as error:
            raise KeyRefused(
                say("{file} cannot be written; check its folder, owner and disk", file=self._path.name)
            ) from error

    def remove(self) -> None:
        """Take the file away."""
        self._path.unlink(missing_ok=True)


class UnlockedSource:
    """The opened key in memory, until the computer is switched off."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[bytes, ...]:
        """The keys.

        Raises:
            KeyLocked: nobody has entered the passphrase since the computer was switched on.
        """
        try:
            return FileSource(self._path).read()
        except KeyLost as error:
            raise KeyLocked(
                say("the journal is locked; a supervisor enters the passphrase with: station journal unlock")
            ) from error

    def write(self, keys: Sequence[bytes]) -> None:
        """Keep the opened keys.

        Raises:
            KeyRefused: the folder cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise KeyRefused(
                say("{folder} cannot be made; see [journal] unlocked in the profile", folder=str(self._path.parent))
            ) from error
        FileSource(self._path).write(keys)


def _derive(passphrase: str, salt: bytes, passes: int, memory_kib: int, lanes: int) -> bytes:
    return hash_secret_raw(passphrase.encode(), salt, passes, memory_kib, lanes, 32, Type.ID)
