"""Key files: Ed25519 to sign, X25519 to receive; PKCS #8 PEM, mode 0600, never readable by others."""

import base64
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.errors import KeyUnusable, SyncError

SIGN_FILE = "sign.key"
RECEIVE_FILE = "receive.key"


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The two keys that a station makes for itself and that never leave it."""

    sign: Ed25519PrivateKey
    receive: X25519PrivateKey

    def __repr__(self) -> str:
        """Show nothing: these are secrets."""
        return "StationKeys(hidden)"


def make_station_keys(folder: Path) -> StationKeys:
    """Make both keys in `folder` (created 0700 when missing); keys that are there already are kept.

    Raises:
        KeyUnusable: the folder cannot be written, or a key that is there cannot be used.
    """
    _private_folder(folder)
    if not (folder / SIGN_FILE).exists():
        _save(folder / SIGN_FILE, Ed25519PrivateKey.generate())
    if not (folder / RECEIVE_FILE).exists():
        _save(folder / RECEIVE_FILE, X25519PrivateKey.generate())
    return load_station_keys(folder)


def load_station_keys(folder: Path) -> StationKeys:
    """Read both keys.

    Raises:
        KeyUnusable: a file is missing, readable by others, or not the right kind of key.
    """
    sign, receive = _load(folder / SIGN_FILE), _load(folder / RECEIVE_FILE)
    if not isinstance(sign, Ed25519PrivateKey) or not isinstance(receive, X25519PrivateKey):
        raise KeyUnusable(f"the keys in {folder} are not Ed25519 and X25519; enrol this station again")
    return StationKeys(sign, receive)


def make_or_load_signing_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key at `path`, made first when there is none (the centre's receipt key).

    Raises:
        KeyUnusable: it cannot be written, is readable by others, or is another kind of key.
    """
    _private_folder(path.parent)
    if not path.exists():
        _save(path, Ed25519PrivateKey.generate())
    key = _load(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} is not an Ed25519 key; restore it from the backup of the keys")
    return key


def make_or_load_receiving_key(path: Path) -> X25519PrivateKey:
    """The X25519 key at `path`, made first when there is none (the centre's, to which exports are sealed).

    Raises:
        KeyUnusable: it cannot be written, is readable by others, or is another kind of key.
    """
    _private_folder(path.parent)
    if not path.exists():
        _save(path, X25519PrivateKey.generate())
    key = _load(path)
    if not isinstance(key, X25519PrivateKey):
        raise KeyUnusable(f"{path} is not an X25519 key; restore it from the backup of the keys")
    return key


def public_bytes(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    """The raw 32-byte public key."""
    return key.public_key().public_bytes_raw()


def public_key(raw: bytes) -> Ed25519PublicKey:
    """The Ed25519 public key from its 32 raw bytes.

    Raises:
        KeyUnusable: the bytes are no such key.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise KeyUnusable("a public key is not 32 bytes of Ed25519; ask the centre for a new package") from error


def encode(raw: bytes) -> str:
    """base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of `encode`.

    Raises:
        ValueError: the text is not base64url.
    """
    if not text.isascii() or set(text) & set("+/="):
        raise ValueError("not base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def sign_detached(key: Ed25519PrivateKey, purpose: str, message: bytes) -> bytes:
    """64-byte Ed25519 signature over `purpose`, a line feed and `message`: one key, no two meanings."""
    return key.sign(purpose.encode("ascii") + b"\n" + message)


def detached_is_good(key: Ed25519PublicKey, purpose: str, message: bytes, signature: bytes) -> bool:
    """Whether `signature` was made by `sign_detached` for the same purpose and message."""
    try:
        key.verify(signature, purpose.encode("ascii") + b"\n" + message)
    except InvalidSignature:
        return False
    return True


def write_private(path: Path, content: bytes, exclusive: bool = False) -> None:
    """Write a file that only its owner can read: whole or not at all, and on the disk when this returns.

    Args:
        path: where; its folder is there.
        content: what.
        exclusive: leave a file that is there already as it is.

    Raises:
        FileExistsError: `exclusive`, and there is one.
        SyncError: the folder cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(".partial", f".{path.name}.", path.parent)  # made 0600
        partial = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if exclusive:
                path.hardlink_to(partial)  # unlike a rename, it never replaces
            else:
                partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        _flush_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise SyncError(f"{path} cannot be written ({error.strerror}); check the folder and its owner") from error


def _flush_folder(folder: Path) -> None:
    """Put a name on the disk: a file that was flushed can still lose its name in a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise KeyUnusable(f"the key folder {folder} cannot be made ({error.strerror}); check its owner") from error


def _save(path: Path, key: Ed25519PrivateKey | X25519PrivateKey) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with suppress(FileExistsError):  # another program was quicker: its key counts
        write_private(path, pem, exclusive=True)


def _load(path: Path) -> object:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyUnusable(f"{path} can be read by others; run chmod 600 on it, and replace the key if it was seen")
        return serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyUnusable(f"{path} cannot be read ({error.strerror}); enrol first or check its owner") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"{path} is not a key file; restore it or enrol again") from error
