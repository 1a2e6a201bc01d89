"""An encrypted file of frames, for backups: whoever finds it without the centre's key learns its size.

`daan-backup-1`, 16 random bytes, then chunks: length (4 bytes, big-endian) and AES-256-GCM of up to 1 MiB. The key of
the file is HKDF-SHA-256 of the centre's key and the 16 bytes; the nonce is the chunk's number, with a last byte that
tells the final chunk, so that a file that was cut short, put in another order or lengthened does not open (the STREAM
construction; Hoang et al. 2015, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance").
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.messages.said import say
from sync.centre.errors import BackupUnusable
from sync.errors import KeyUnusable
from sync.keys import write_private

_MAGIC = b"daan-backup-1\n"
_SALT = 16
_CHUNK = 2**20
_TAG = 16


def backup_key(path: Path) -> bytes:
    """The 32 bytes at `path`, made when there are none. They belong with the centre's other keys, and off the machine.

    Raises:
        KeyUnusable: it cannot be written, is readable by others, or is no such key.
    """
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, secrets.token_bytes(32), exclusive=True)
        mode, key = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise KeyUnusable(say("the backup key {path} cannot be read; restore it", path=str(path))) from error
    if mode & 0o077 or len(key) != 32:
        raise KeyUnusable(say("the backup key {path} is damaged or open to others; chmod 600", path=str(path)))
    return key


class VaultWriter:
    """Writes chunks; only `finish` makes the file whole."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        salt = secrets.token_bytes(_SALT)
        self._file, self._cipher = file, _cipher(key, salt)
        self._number, self._waiting = 0, bytearray()
        file.write(_MAGIC + salt)

    def write(self, content: bytes | memoryview) -> None:
        """Add bytes."""
        self._waiting += content
        while len(self._waiting) > _CHUNK:
            self._put(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def finish(self) -> None:
        """Write what is left, as the final chunk."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, content: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), content, None)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


def open_vault(file: IO[bytes], key: bytes) -> Iterator[bytes]:
    """The content in chunks, each authenticated.

    Raises:
        BackupUnusable: another centre's, changed, or cut short.
    """
    if file.read(len(_MAGIC)) != _MAGIC:
        raise BackupUnusable(say("the file is no backup of a centre; choose another"))
    cipher, number, last = _cipher(key, file.read(_SALT)), 0, False
    while head := file.read(4):
        length = int.from_bytes(head, "big")
        sealed = file.read(length) if _TAG <= length <= _CHUNK + _TAG and not last else b""
        here = file.tell()
        last = not file.read(1)
        file.seek(here)
        try:
            yield cipher.decrypt(_nonce(number, last), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise BackupUnusable(
                say("the backup was changed, cut short, or is of another centre's key; take another one")
            ) from error
        number += 1
    if not last:
        raise BackupUnusable(say("the backup was cut short; take another one"))


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"daan-backup").derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
