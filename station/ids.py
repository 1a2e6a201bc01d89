"""Identifiers that sort by time, and numbers that people say."""

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


def screening_number(checkpoint: str, lane: str, sequence: int) -> str:
    """The number of a screening as said and shown: `TC-2-004812`.

    Args:
        checkpoint: its code, as `tha-chatchai`.
        lane: as set.
        sequence: of the screening in the journal.
    """
    initials = "".join(word[0] for word in checkpoint.split("-")).upper()
    short = initials if len(initials) > 1 else checkpoint[:2].upper()
    return f"{short}-{lane}-{sequence:06d}"
