"""What the screens need of a lane: one protocol, and how the way to the centre stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from station.lane.commands import Addressed, Command
from station.lane.snapshot import LaneSnapshot

Picture = tuple[int, bytes]
"""Sequence of the picture, and its encoded bytes."""


class UplinkState(StrEnum):
    """How the way to the centre stands."""

    OFF = "off"
    """Sync is switched off by the profile."""
    CONNECTED = "connected"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """The centre answers, but parked records or does not know this station: a person must look."""


@dataclass(frozen=True, slots=True)
class UplinkWords:
    """What the officer is told about the way to the centre."""

    state: UplinkState
    waiting: int = 0
    """Entries of the journal without a receipt."""
    waiting_since: datetime | None = None
    """When the oldest of them was written."""
    receipted_through: int = 0
    """Every entry up to this sequence has a receipt of the centre."""
    contact_at: datetime | None = None
    """When the centre last answered with its signature."""


class LaneHandle(Protocol):
    """One lane, as the screens see it. Every method may be called from any thread and returns at once, but `wait`."""

    def snapshot(self) -> LaneSnapshot:
        """The newest snapshot."""
        ...

    def wait(self, revision: int, timeout: float) -> LaneSnapshot:
        """Block until the lane is past `revision`, at most `timeout` seconds; then the newest snapshot."""
        ...

    def send(self, command: Command | Addressed) -> None:
        """Hand an officer's command to the lane; its answer is a later snapshot."""
        ...

    def camera_jpeg(self) -> Picture | None:
        """The newest camera frame as JPEG, encoded once however many screens look; None when there is none."""
        ...

    def thermal_png(self) -> Picture | None:
        """The newest thermal picture, coloured (station.kiosk.pictures.thermal_png); None when there is none."""
        ...

    def uplink(self) -> UplinkWords:
        """How the way to the centre stands."""
        ...
