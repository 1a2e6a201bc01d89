"""CBOR of strangers (RFC 8949): decoded with limits, duplicate keys refused, tags kept as they are.

Our own, because a general decoder builds what a tag asks for: numbers of any size from one exponent (tag 5), cycles
(tag 29), patterns (tag 35). Here a tag is a pair, and nothing is built that the bytes do not spell out.
"""

import math
import struct
from dataclasses import dataclass, field
from typing import Any

MAX_DEPTH = 24
MAX_ITEMS = 20_000
_BREAK = object()


class CborError(ValueError):
    """The bytes are no well-formed CBOR, or exceed a limit; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged value."""

    number: int
    value: Any = field(repr=False)


def decode(data: bytes) -> Any:
    """Decode one whole item: int, float, str, bytes, list, dict, bool, None or Tag.

    Raises:
        CborError: truncated, trailing bytes, reserved encodings, a duplicate or unhashable key, broken UTF-8, or more
            than MAX_DEPTH levels or MAX_ITEMS items.
    """
    reader = _Reader(data)
    value = reader.item(0)
    if value is _BREAK:
        raise CborError("a break stands where a value is expected")
    if reader.at != len(data):
        raise CborError(f"{len(data) - reader.at} bytes are left over")
    return value


class _Reader:
    """A position in the bytes, and how many items were read so far."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.items = 0

    def item(self, depth: int) -> Any:
        """The next item; _BREAK for the end of an indefinite one."""
        self.items += 1
        if self.items > MAX_ITEMS:
            raise CborError(f"more than {MAX_ITEMS} items")
        if depth > MAX_DEPTH:
            raise CborError(f"nested more than {MAX_DEPTH} levels deep")
        head = self.take(1)[0]
        major, info = head >> 5, head & 31
        if major == 7:
            return self.simple(info)
        length = self.argument(info)
        if length is None and major in (0, 1, 6):
            raise CborError(f"reserved encoding at byte {self.at - 1}")
        if major in (2, 3):
            return self.string(major, length)
        if major == 4:
            return self.array(length, depth)
        if major == 5:
            return self.map(length, depth)
        number = length or 0
        if major == 6:
            return Tag(number, self.value(depth + 1))
        return -1 - number if major == 1 else number

    def value(self, depth: int) -> Any:
        """The next item, which may not be a break."""
        item = self.item(depth)
        if item is _BREAK:
            raise CborError(f"a break stands where a value is expected, at byte {self.at - 1}")
        return item

    def take(self, count: int) -> bytes:
        """So many bytes."""
        if count > len(self.data) - self.at:
            raise CborError(f"cut off after {len(self.data)} bytes")
        chunk = self.data[self.at : self.at + count]
        self.at += count
        return chunk

    def argument(self, info: int) -> int | None:
        """The number in or after the head; None for an indefinite length."""
        if info < 24:
            return info
        if info < 28:
            return int.from_bytes(self.take(1 << (info - 24)), "big")
        if info == 31:
            return None
        raise CborError(f"reserved encoding at byte {self.at - 1}")

    def string(self, major: int, length: int | None) -> str | bytes:
        """A byte string or a text, whole or in chunks."""
        if length is not None:
            raw = self.take(length)
        else:
            chunks = []
            while (head := self.take(1)[0]) != 0xFF:
                size = self.argument(head & 31) if head >> 5 == major else None
                if size is None:
                    raise CborError(f"a chunk of another kind at byte {self.at - 1}")
                chunks.append(self.take(size))
            raw = b"".join(chunks)
        if major == 2:
            return raw
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise CborError("a text is not UTF-8") from error

    def array(self, length: int | None, depth: int) -> list[Any]:
        """A list."""
        if length is not None:
            return [self.value(depth + 1) for _ in range(self.fits(length))]
        values = []
        while (value := self.item(depth + 1)) is not _BREAK:
            values.append(value)
        return values

    def map(self, length: int | None, depth: int) -> dict[Any, Any]:
        """A dictionary; a key that comes twice would let two readers see two certificates."""
        pairs: dict[Any, Any] = {}
        left = -1 if length is None else self.fits(length)
        while left != 0:
            key = self.item(depth + 1)
            if key is _BREAK and length is None:
                break
            if key is _BREAK or isinstance(key, list | dict | Tag | float):
                raise CborError(f"a map key is neither number nor text, at byte {self.at - 1}")
            # True == 1 in Python, not in CBOR.
            marked = (bool, key) if isinstance(key, bool) else key
            if marked in pairs:
                raise CborError("a map holds one key twice")
            pairs[marked] = self.value(depth + 1)
            left -= 1
        return pairs

    def fits(self, length: int) -> int:
        """A count that the rest of the bytes can hold: each item takes one byte at least."""
        if length > len(self.data) - self.at:
            raise CborError(f"cut off after {len(self.data)} bytes")
        return length

    def simple(self, info: int) -> Any:
        """False, true, null, undefined, floats, break."""
        if info in (20, 21):
            return info == 21
        if info in (22, 23):
            return None
        if info in (25, 26, 27):
            return struct.unpack({25: ">e", 26: ">f", 27: ">d"}[info], self.take(1 << (info - 24)))[0]
        if info == 31:
            return _BREAK
        raise CborError(f"an unassigned simple value at byte {self.at - 1}")


def is_number(value: object) -> bool:
    """Whether it is a finite number (true and false are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
