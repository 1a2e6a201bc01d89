"""What the lane shows of itself: the one value that every screen is a view of."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from drivers.readings import DeviceHealth, SkinTemperature
from models.regions import Guidance, Quad
from station.evidence import CertificateRead, Evidence, EvidenceKind, Judgement, VerdictKind
from station.lane.deeds import Deed, DeedReport


class Phase(StrEnum):
    """The states of the lane (the table is in station.lane.states)."""

    NOT_READY = "not_ready"
    """A device that the rule set needs has not come up yet, and nobody is being screened."""
    IDLE = "idle"
    GATHERING = "gathering"
    """Evidence of one traveller is being collected."""
    PROPOSED = "proposed"
    """The rules have spoken and a person must act, or confirm."""
    SAVED = "saved"
    """The screening is on disk; the traveller may go, or goes with the officer."""
    AGAIN = "again"
    """The same document was screened within ten minutes; the officer is asked."""


class NeedState(StrEnum):
    """Where one required piece of evidence stands."""

    NEED = "need"
    NOW = "now"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Need:
    """One tile of progress."""

    kind: EvidenceKind
    state: NeedState
    attested: bool = False


class Notice(StrEnum):
    """Something about what is before the camera that is worth saying, without judging."""

    DOCUMENT_UNREADABLE = "document_unreadable"
    OTHER_CODE = "other_code"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    JOURNAL_FULL = "journal_full"
    JOURNAL_FAULTY = "journal_faulty"
    LEFT = "left"
    REASON_NEEDED = "reason_needed"
    FIELD_REFUSED = "field_refused"


@dataclass(frozen=True, slots=True)
class Sight:
    """What the camera sees now; outlines in pixels of the frame of that size."""

    width: int
    height: int
    document: Quad | None = None
    code: Quad | None = None
    guidance: Guidance | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A screening that is on disk."""

    screening: str
    sequence: int
    """Its number in the journal; shown to traveller and officer."""
    at: datetime
    verdict: VerdictKind
    reasons: tuple[str, ...]
    name: str = field(repr=False)
    """SURNAME, GIVEN NAMES or empty; for the officer's list of recent travellers only."""
    nationality: str = ""


@dataclass(frozen=True, slots=True)
class LaneSnapshot:
    """The lane at one moment."""

    at: datetime
    phase: Phase
    revision: int
    """Grows with every change; screens skip what they have."""
    opened_at: datetime | None = None
    evidence: Evidence = field(default_factory=Evidence)
    needs: tuple[Need, ...] = ()
    judgement: Judgement | None = None
    measuring: SkinTemperature | None = None
    """The scanner's newest look, even while nothing is bound."""
    sight: Sight | None = None
    notice: Notice | None = None
    notice_detail: str = ""
    """For OTHER_CODE the kind of code, as `url` or `boarding_pass`; never its content."""
    tray: tuple[CertificateRead, ...] = ()
    """Certificates that belong to no open traveller yet."""
    saved: Saved | None = None
    """The screening of phase SAVED, or the earlier one of phase AGAIN."""
    recent: tuple[Saved, ...] = ()
    """Newest first, at most 20."""
    devices: tuple[DeviceHealth, ...] = ()
    deeds: tuple[DeedReport, ...] = ()
    """What gate, lamp and printer did for the saved screening, and what failed of late."""
    offers: tuple[Deed, ...] = ()
    """What an officer may order: the devices for it are set up."""
