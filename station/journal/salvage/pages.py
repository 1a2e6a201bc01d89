"""Pages of a damaged file, each opened for itself: SQLCipher 4 with a raw key, and SQLite's write-ahead log.

SQLCipher (zetetic.net, "SQLCipher Design"): 4,096-byte pages; the last 80 bytes hold a 16-byte IV and HMAC-SHA512 over
ciphertext, IV and little-endian page number; AES-256-CBC. The first 16 bytes of the file are the salt, from which
PBKDF2-HMAC-SHA512 (2 rounds, salt XOR 0x3A) makes the key of the HMAC. Log: sqlite.org/fileformat2.html, section 4.

A page whose HMAC fails is opened all the same: rows prove themselves by their own hashes.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE = 4096
USABLE = PAGE - 80
_SALT, _IV, _HMAC = 16, 16, 64
_HEADER = b"SQLite format 3\x00"
_LOG_HEADER, _FRAME_HEADER = 32, 24


@dataclass(frozen=True, slots=True)
class Page:
    """One version of one page, in the clear."""

    number: int
    body: bytes
    """`USABLE` bytes."""
    good: bool
    """Whether its HMAC holds."""


class Pages:
    """All versions of all pages of a file and its log."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open both for reading.

        Raises:
            OSError: the file itself cannot be read.
        """
        self._key = key
        self._file: BinaryIO = path.open("rb")
        log = path.with_name(path.name + "-wal")
        self._log: BinaryIO | None = log.open("rb") if log.exists() else None
        self._count = path.stat().st_size // PAGE
        self._versions: dict[int, list[int]] = defaultdict(list)
        for offset, number in self._frames():
            self._versions[number].append(offset)
        self._salt_key = self._find_salt()
        self._cached = lru_cache(maxsize=512)(self._read)

    def close(self) -> None:
        """Let the files go."""
        self._file.close()
        if self._log is not None:
            self._log.close()

    def __iter__(self) -> Iterator[Page]:
        """Every version of every page: of the file first, then of the log in its order."""
        for number in range(1, self._count + 1):
            yield self._cached(number, None)
        for offset, number in sorted((o, n) for n, offsets in self._versions.items() for o in offsets):
            yield self._cached(number, offset)

    def of(self, number: int) -> tuple[Page, ...]:
        """The versions of one page, the newest first; empty when there is none."""
        offsets: list[int | None] = list(reversed(self._versions.get(number, [])))
        if 1 <= number <= self._count:
            offsets.append(None)
        return tuple(self._cached(number, offset) for offset in offsets)

    def _frames(self) -> Iterator[tuple[int, int]]:
        """Offset of the page and its number, of the frames that belong to the log as it is now."""
        if self._log is None:
            return
        header = self._log.read(_LOG_HEADER)
        salts, offset = header[16:24], _LOG_HEADER
        while len(head := self._at(self._log, offset, _FRAME_HEADER)) == _FRAME_HEADER:
            number = int.from_bytes(head[:4], "big")
            if head[8:16] == salts and 0 < number < 2**31:
                yield offset + _FRAME_HEADER, number
            offset += _FRAME_HEADER + PAGE

    def _find_salt(self) -> bytes | None:
        """The HMAC's key by the salt that authenticates a page: of the file's head, or of a page 1 in the log."""
        salts = [self._at(self._file, 0, _SALT)]
        if self._log is not None:
            salts += [self._at(self._log, offset, _SALT) for offset in self._versions.get(1, [])]
        for salt in dict.fromkeys(salts):
            made = hashlib.pbkdf2_hmac("sha512", self._key, bytes(b ^ 0x3A for b in salt), 2, 32)
            some = [self._raw(number, None) for number in range(1, min(self._count, 64) + 1)]
            logged = [self._raw(n, o) for n, offsets in self._versions.items() for o in offsets[:1]][:64]
            if any(_authentic(made, number, raw) for number, raw in [*some, *logged]):
                return made
        return None

    def _raw(self, number: int, offset: int | None) -> tuple[int, bytes]:
        if offset is None or self._log is None:
            return number, self._at(self._file, (number - 1) * PAGE, PAGE)
        return number, self._at(self._log, offset, PAGE)

    def _read(self, number: int, offset: int | None) -> Page:
        _, raw = self._raw(number, offset)
        if len(raw) < PAGE:
            return Page(number, bytes(USABLE), False)
        good = self._salt_key is not None and _authentic(self._salt_key, number, raw)
        begin = _SALT if number == 1 else 0
        opener = Cipher(AES(self._key), CBC(raw[USABLE : USABLE + _IV])).decryptor()
        plain = opener.update(raw[begin:USABLE]) + opener.finalize()
        return Page(number, (_HEADER if number == 1 else b"") + plain, good)

    @staticmethod
    def _at(file: BinaryIO, offset: int, length: int) -> bytes:
        """So many bytes; fewer at the end or where the disk does not read."""
        try:
            file.seek(offset)
            return file.read(length)
        except OSError:
            return b""


def _authentic(key: bytes, number: int, raw: bytes) -> bool:
    if len(raw) < PAGE:
        return False
    begin = _SALT if number == 1 else 0
    said = hmac.digest(key, raw[begin : PAGE - _HMAC] + number.to_bytes(4, "little"), "sha512")
    return hmac.compare_digest(said, raw[PAGE - _HMAC :])
