"""What became of something that a device was told to do."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How far it is known to have been done."""

    CONFIRMED = "confirmed"
    """The device itself says that it has done it."""
    COMMANDED = "commanded"
    """The bytes have gone out; this device cannot say more. Never shown as done."""
    FAILED = "failed"
    """It was not done, or not wholly."""


@dataclass(frozen=True, slots=True)
class Done:
    """One order and what became of it."""

    outcome: Outcome
    reason: str = ""
    """One English sentence when it failed."""


@dataclass(frozen=True, slots=True)
class ActuatorProfile:
    """The fixed facts of one kind of actuator."""

    protocol: str
    baud: int
    """As delivered."""
    bauds: tuple[int, ...]
