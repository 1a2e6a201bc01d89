"""The journal's key: 32 raw bytes, kept as hexadecimal in a file that only its owner reads."""

import stat
from pathlib import Path

from station.journal.errors import KeyLost, KeyRefused
from sync.errors import SyncError
from sync.keys import write_private

KEY_BYTES = 32


def read_key(path: Path) -> bytes:
    """The key of an existing journal.

    Raises:
        KeyLost: there is no such file.
        KeyRefused: others can read it, or it does not hold 64 hexadecimal digits.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise KeyLost(
            f"the journal's key file {path.name} is gone; put it back from the safe, "
            "or set the old journal aside to start a new one"
        ) from error
    except (UnicodeDecodeError, PermissionError) as error:
        raise KeyRefused(f"the key file {path.name} cannot be read as text by this user; restore it") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyRefused(f"the key file {path.name} can be read by others; run: chmod 600 {path}")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"the key file {path.name} does not hold 64 hexadecimal digits; restore it")
    return key


def create_key(path: Path, random: bytes) -> bytes:
    """Write a new key, mode 0600 from the first moment, whole and durable before it is used.

    Raises:
        FileExistsError: there is one already.
        KeyRefused: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, random[:KEY_BYTES].hex().encode("ascii") + b"\n", exclusive=True)
    except FileExistsError:
        raise
    except (OSError, SyncError) as error:
        raise KeyRefused(f"the key file {path.name} cannot be written; check its folder, owner and disk") from error
    return random[:KEY_BYTES]
