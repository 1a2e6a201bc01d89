"""What is done about a saved screening beside the record: gate, lamp, slip; and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """One thing that a device does."""

    GATE = "gate"
    """The gate is opened, and falls back to rest by itself."""
    LAMP = "lamp"
    """The lamp calls the officer."""
    SIREN = "siren"
    """The siren sounds, by an officer's hand alone, and falls silent by itself."""
    SLIP = "slip"
    """A slip is printed."""


class DeedState(StrEnum):
    """How far it has come."""

    UNDER_WAY = "under_way"
    CONFIRMED = "confirmed"
    """The device says that it has done it."""
    COMMANDED = "commanded"
    """The device cannot say; never shown as done."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeedReport:
    """One deed and what became of it."""

    deed: Deed
    state: DeedState
    at: datetime
    screening: str = ""
    """UUIDv7; empty when the officer's act was about nobody on record."""
    sequence: int = 0
    """Of that screening in the journal."""
    reason: str = ""
    """One sentence when it failed."""
