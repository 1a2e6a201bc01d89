"""The bare key file: 32 raw bytes as hexadecimal, read by its owner alone. For the demonstration."""

import stat
from collections.abc import Sequence
from pathlib import Path

from config.messages.said import say
from station.journal.errors import KeyLost, KeyRefused
from sync.errors import SyncError
from sync.keys import write_private

KEY_BYTES = 32


class FileSource:
    """A key file, with one key on each line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[bytes, ...]:
        """The keys.

        Raises:
            KeyLost: there is no such file.
            KeyRefused: others can read it, or it does not hold keys.
        """
        try:
            mode = self._path.stat().st_mode
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError as error:
            raise KeyLost(
                say(
                    "the journal's key file {file} is gone; put it back from the safe, or set the old journal aside to "
                    "start a new one",
                    file=self._path.name,
                )
            ) from error
        except (UnicodeDecodeError, PermissionError) as error:
            raise KeyRefused(
                say("the key file {file} cannot be read as text by this user; restore it", file=self._path.name)
            ) from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyRefused(
                say("the key file {file} can be read by others; run: chmod 600 {path}", file=self._path.name,
                    path=str(self._path))
            )  # fmt: skip
        return parse(text, say("the key file {file}", file=self._path.name))

    def write(self, keys: Sequence[bytes]) -> None:
        """Replace the keys, whole or not at all.

        Raises:
            KeyRefused: the folder cannot be written.
        """
        try:
            write_private(self._path, text_of(keys))
        except SyncError as error:
            raise _unwritable(self._path) from error

    def remove(self) -> None:
        """Take the file away."""
        self._path.unlink(missing_ok=True)


def read_key(path: Path) -> bytes:
    """The key in force of a key file; see `FileSource.read`."""
    return FileSource(path).read()[-1]


def create_key(path: Path, random: bytes) -> bytes:
    """Write a new key, mode 0600 from the first moment, whole and durable before it is used.

    Raises:
        FileExistsError: there is one already.
        KeyRefused: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, text_of([random[:KEY_BYTES]]), exclusive=True)
    except FileExistsError:
        raise
    except (OSError, SyncError) as error:
        raise _unwritable(path) from error
    return random[:KEY_BYTES]


def text_of(keys: Sequence[bytes]) -> bytes:
    """One key on each line."""
    return b"".join(key.hex().encode("ascii") + b"\n" for key in keys)


def parse(text: str, where: str) -> tuple[bytes, ...]:
    """The keys of `text_of`.

    Raises:
        KeyRefused: it holds something else; the message names `where`.
    """
    try:
        keys = tuple(bytes.fromhex(line) for line in text.split())
    except ValueError:
        keys = ()
    if not 1 <= len(keys) <= 2 or any(len(key) != KEY_BYTES for key in keys):
        raise KeyRefused(say("{file} does not hold 64 hexadecimal digits; restore it", file=where))
    return keys


def _unwritable(path: Path) -> KeyRefused:
    return KeyRefused(say("the key file {file} cannot be written; check its folder, owner and disk", file=path.name))
