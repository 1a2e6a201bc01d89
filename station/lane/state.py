"""The lane's own memory, and what it asks the runner to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from config.settings import LaneSettings
from station.evidence import CertificateRead, DocumentRead, Evidence, HolderMatch, Judgement, VerdictKind
from station.lane.deeds import Deed
from station.lane.snapshot import Notice, Phase, Saved
from station.lane.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Screening:
    """All evidence and the verdict for one traveller at one passage, ready for the journal."""

    id: str
    opened_at: datetime
    decided_at: datetime
    evidence: Evidence
    tray: tuple[CertificateRead, ...]
    """Certificates that were shown and belonged to nobody here."""
    judgement: Judgement
    verdict: VerdictKind
    officer: str = ""
    """Who decided; empty when the rules did."""
    reason: str = ""
    note: str = field(default="", repr=False)
    troubles: tuple[Trouble, ...] = ()
    """Devices that were not ready at some time between opening and deciding."""


@dataclass(frozen=True, slots=True)
class Save:
    """Action: write this screening to the journal, then answer SavedToDisk or SaveFailed."""

    screening: Screening


@dataclass(frozen=True, slots=True)
class Follow:
    """Action: it is on disk; do what the station does by itself after that."""

    saved: Saved


@dataclass(frozen=True, slots=True)
class Act:
    """Action: an officer wants this done now."""

    deed: Deed
    officer: str
    saved: Saved | None
    """Whose screening it is about; None: nobody's."""


Action = Save | Follow | Act


@dataclass(frozen=True, slots=True)
class Rules:
    """What the table needs from outside, as plain functions."""

    settings: LaneSettings
    judge: Callable[[Evidence, datetime], Judgement]
    match: Callable[[DocumentRead, CertificateRead], HolderMatch]
    correct: Callable[[DocumentRead, str, str, str, datetime], DocumentRead | None]
    """(read, field, value, officer, at) -> corrected read; None when that field cannot hold that value."""
    new_id: Callable[[datetime], str]
    second_after: Callable[[datetime], float]
    """Seconds of rest between a high first skin temperature and the second one, by the order of that time."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Where the lane stands."""

    phase: Phase = Phase.IDLE
    screening: str = ""
    """UUIDv7 of the open screening; empty when nobody is at the lane."""
    opened_at: datetime | None = None
    progressed_at: datetime | None = None
    """When evidence last changed."""
    absent_since: datetime | None = None
    evidence: Evidence = field(default_factory=Evidence)
    tray: tuple[CertificateRead, ...] = ()
    judgement: Judgement | None = None
    saving: Screening | None = None
    retry_at: datetime | None = None
    """The journal did not take `saving`; when to try again."""
    next_document: DocumentRead | None = None
    """A second distinct document: it opens the next traveller once this one is saved."""
    away: bool = False
    """Nobody was there for long: until document or certificate is shown again, a face may be somebody else's."""
    measure_again: bool = False
    """An officer wants one more skin temperature."""
    saved: Saved | None = None
    recent: tuple[Saved, ...] = ()
    documents: tuple[tuple[str, datetime, Saved], ...] = ()
    """Identity of each document of the last minutes, when it was saved, and as what."""
    shown: tuple[str, ...] = ()
    """Evidence of the saved traveller that may still be in view: document identity, certificate texts' digests."""
    notice: Notice | None = None
    notice_detail: str = ""
    troubles: tuple[Trouble, ...] = ()
    """Devices that are not ready, and those that were not at some time of the open screening."""
