"""The EU's partial variable hash filter (dgca-partialvarhashfilter, "Data Format"), byte for byte.

Big-endian: version (2 bytes), false positive rate (float), capacity (4), size of a part (1), then the first `size`
bytes of every hash, sorted as signed numbers.
"""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

VERSION = 1
_HEADER = struct.Struct(">hfib")


class Partition(IntEnum):
    """How the publisher cut its lists: by nothing, by a hash's first byte, or by its first two; in bytes."""

    POINT = 0
    VECTOR = 1
    COORDINATE = 2


@dataclass(frozen=True, slots=True, repr=False)
class PartialHashFilter:
    """The beginnings of hashes."""

    size: int
    """Bytes of each part."""
    rate: float
    capacity: int
    parts: bytes
    """One after the other."""

    def might_contain(self, hashed: bytes) -> bool:
        """Whether a hash begins like one of them: False is certain."""
        part = hashed[: self.size]
        if len(part) < self.size:
            return False
        place = self.parts.find(part)
        while place >= 0 and place % self.size:
            place = self.parts.find(part, place + 1)
        return place >= 0

    def __len__(self) -> int:
        """How many parts."""
        return len(self.parts) // self.size


def size_for(capacity: int, rate: float, partition: Partition, least: int = 1) -> int:
    """Bytes per part that the published program takes for so many elements.

    Raises:
        ValueError: no capacity.
    """
    if capacity <= 0:
        raise ValueError("a filter needs a capacity above 0")
    number = math.ceil(math.log10(capacity) / math.log10(2))
    return max(least, math.ceil(number / 8 + number % 8 - int(partition) + rate))


def make(size: int, rate: float, capacity: int, hashes: Iterable[bytes]) -> PartialHashFilter:
    """A filter over these hashes.

    Raises:
        ValueError: a hash is shorter than a part, or a part has no size that the format can name.
    """
    if not 0 < size <= 127:
        raise ValueError("a part of a hash has 1 to 127 bytes")
    parts = [hashed[:size] for hashed in hashes]
    if any(len(part) < size for part in parts):
        raise ValueError("a hash is shorter than the filter's parts")
    parts.sort(key=lambda part: int.from_bytes(part, "big", signed=True))
    return PartialHashFilter(size, rate, capacity, b"".join(parts))


def read(data: bytes) -> PartialHashFilter:
    """A filter from its bytes.

    Raises:
        ValueError: it is none, or of another version.
    """
    if len(data) < _HEADER.size:
        raise ValueError("a partial hash filter is cut short")
    version, rate, capacity, size = _HEADER.unpack_from(data)
    if version != VERSION or size <= 0:
        raise ValueError("a partial hash filter is of an unknown version or names no size")
    parts = data[_HEADER.size :]
    if len(parts) % size:
        raise ValueError("a partial hash filter is cut in the middle of a part")
    return PartialHashFilter(size, rate, capacity, parts)


def write(found: PartialHashFilter) -> bytes:
    """A filter's bytes."""
    return _HEADER.pack(VERSION, found.rate, found.capacity, found.size) + found.parts
