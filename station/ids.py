"""Identifiers that sort by time."""

from datetime import datetime
from uuid import UUID


def uuid7(moment: datetime, random: bytes) -> str:
    """A UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, 74 bits of randomness.

    Args:
        moment: aware.
        random: at least 10 bytes from a cryptographic source.
    """
    value = int(moment.timestamp() * 1000) << 80 | int.from_bytes(random[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
