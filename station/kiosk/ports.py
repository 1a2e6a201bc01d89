"""What the screens need of a lane: one protocol, how the way to the centre stands, and what is believed here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from config.rules.ruleset import RuleSet
from station.certificates.trust.bundle import Scheme
from station.equipment import Equipment
from station.evidence import Evidence, Judgement
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


@dataclass(frozen=True, slots=True)
class TrustAge:
    """The signers of one world of trust, and how old that knowledge is."""

    scheme: Scheme
    signers: int
    made_at: datetime | None
    """Of the oldest dated part; None when that is not known."""


@dataclass(frozen=True, slots=True)
class Believed:
    """Whom the station believes, and the order that it judges by."""

    trust: tuple[TrustAge, ...] = ()
    order: RuleSet | None = None
    """The rule set in force at this moment."""
    stale_after: timedelta = timedelta(days=14)
    """Trust data older than this is warned of."""


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

    def equipment(self) -> tuple[Equipment, ...]:
        """Every device with its health of this moment, and what is known of it."""
        ...

    def uplink(self) -> UplinkWords:
        """How the way to the centre stands."""
        ...

    def believed(self) -> Believed:
        """Whom the station believes now, and the order in force."""
        ...

    def judge(self, evidence: Evidence) -> Judgement:
        """What the order in force says of evidence that is not at the lane yet. Nothing is kept of it."""
        ...

    def photograph(self) -> bytes | None:
        """The newest camera frame as a JPEG of at most MOST_PICTURE_BYTES; None when there is no fresh one."""
        ...

    def recorded(self, screening: str) -> Mapping[str, Any]:
        """The journal's payload of a saved screening; empty when there is none, or when it was purged.

        Raises:
            JournalError: the journal cannot be read.
        """
        ...

    def rule_set(self, digest: str) -> RuleSet | None:
        """The rule set whose file has that SHA-256; None when it is not here."""
        ...
