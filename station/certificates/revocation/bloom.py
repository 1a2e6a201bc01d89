"""The EU's standardised Bloom filter (dgc-bloomfilter, "Data Format"), byte for byte.

Header, big-endian: version (2 bytes), number of hashes and hash function (1 each), false positive rate (float),
capacity, elements held and length (4 each), then words of 32 bits, the first bit of a word its highest. The description
names the hash function before the number of hashes and counts the length in bytes; the published program writes the
number of hashes first and counts words. Both orders are read (the hash function can only be 0), the program's is
written.
"""

import hashlib
import math
import struct
from dataclasses import dataclass, replace

VERSION = 1
SHA256 = 0
_HEADER = struct.Struct(">hbbfiii")
_WORD_BITS = 32


@dataclass(frozen=True, slots=True, repr=False)
class BloomFilter:
    """Says "certainly not" or "perhaps" of an element."""

    hashes: int
    rate: float
    """Share of false alarms when full."""
    capacity: int
    held: int
    words: bytes

    @property
    def bits(self) -> int:
        """How many bits it has."""
        return len(self.words) * 8

    def might_contain(self, element: bytes) -> bool:
        """False: certainly not. True: perhaps."""
        return all(self.words[place >> 3] & (0x80 >> (place & 7)) for place in self._places(element))

    def adding(self, elements: list[bytes]) -> "BloomFilter":
        """The same filter with further elements."""
        words = bytearray(self.words)
        for element in elements:
            for place in self._places(element):
                words[place >> 3] |= 0x80 >> (place & 7)
        return replace(self, words=bytes(words), held=self.held + len(elements))

    def _places(self, element: bytes) -> list[int]:
        return [place_of(element, number, self.bits) for number in range(self.hashes)]


def place_of(element: bytes, number: int, bits: int) -> int:
    """Which bit the hash of that number sets: SHA-256 of element and number as a signed integer, modulo `bits`."""
    hashed = hashlib.sha256(element + bytes([number & 0xFF])).digest()
    return int.from_bytes(hashed, "big", signed=True) % bits


def make(capacity: int, rate: float) -> BloomFilter:
    """An empty filter for so many elements and such a share of false alarms.

    Raises:
        ValueError: no capacity, or a rate outside (0, 1].
    """
    if capacity <= 0 or not 0 < rate <= 1:
        raise ValueError("a Bloom filter needs a capacity above 0 and a rate above 0 and up to 1")
    rate = struct.unpack(">f", struct.pack(">f", rate))[0]  # the format's own precision decides the size
    bits = math.ceil(capacity * math.log(rate) / math.log(1 / math.pow(2, math.log(2))))
    octets = bits // 8 + 1
    words = octets // 4 + octets % 4  # as published: generous where octets are no multiple of four
    hashes = max(1, math.floor(words * _WORD_BITS / capacity * math.log(2) + 0.5))
    if hashes > 127:
        raise ValueError("a Bloom filter with so small a rate needs more hashes than its format can name")
    return BloomFilter(hashes, rate, capacity, 0, bytes(words * 4))


def read(data: bytes) -> BloomFilter:
    """A filter from its bytes.

    Raises:
        ValueError: it is none, of another version, or with an unknown hash function.
    """
    if len(data) < _HEADER.size:
        raise ValueError("a Bloom filter is cut short")
    version, first, second, rate, capacity, held, length = _HEADER.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"a Bloom filter of version {version} is not known")
    hashes = first if second == SHA256 else second if first == SHA256 else 0
    if hashes <= 0:
        raise ValueError("a Bloom filter names an unknown hash function or no number of hashes")
    words = data[_HEADER.size :]
    if not words or len(words) % 4 or length not in (len(words) // 4, len(words)):
        raise ValueError("a Bloom filter has another length than it says")
    return BloomFilter(hashes, rate, capacity, held, words)


def write(found: BloomFilter) -> bytes:
    """A filter's bytes."""
    head = _HEADER.pack(VERSION, found.hashes, SHA256, found.rate, found.capacity, found.held, len(found.words) // 4)
    return head + found.words
