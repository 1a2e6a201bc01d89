"""What happens to a lane, from sensors, from the clock and from the store. Officers' commands are in `commands`."""

from dataclasses import dataclass
from enum import StrEnum

from drivers.readings import DeviceHealth, SkinTemperature
from station.evidence import CertificateRead, DocumentRead
from station.lane.snapshot import Saved


@dataclass(frozen=True, slots=True)
class DocumentSeen:
    """A document was read, its check digits hold; `lane.step` decides whose it is."""

    read: DocumentRead


@dataclass(frozen=True, slots=True)
class DocumentUnreadable:
    """Something is before the camera, and no zone or code in it can be read, for longer than a steady hand needs."""


@dataclass(frozen=True, slots=True)
class CertificateUnreadable:
    """A reader could not make out the code that it was shown."""


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """A health certificate was read and verified."""

    read: CertificateRead


@dataclass(frozen=True, slots=True)
class OtherCodeSeen:
    """A code that is no health certificate is in view: its kind is said, nothing is judged."""

    kind: str


@dataclass(frozen=True, slots=True)
class TemperatureSeen:
    """The scanner has a whole measurement of a face."""

    reading: SkinTemperature


@dataclass(frozen=True, slots=True)
class Tick:
    """Time goes by."""

    present: bool
    """Somebody or something is before a sensor."""
    devices: tuple[DeviceHealth, ...] = ()
    """How every device is now."""


@dataclass(frozen=True, slots=True)
class SavedToDisk:
    """The journal holds the screening."""

    saved: Saved


class SaveTrouble(StrEnum):
    """Why the journal did not take a screening."""

    FULL = "full"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """The journal does not hold the screening; it is tried again."""

    trouble: SaveTrouble


Event = (
    DocumentSeen
    | DocumentUnreadable
    | CertificateUnreadable
    | CertificateSeen
    | OtherCodeSeen
    | TemperatureSeen
    | Tick
    | SavedToDisk
    | SaveFailed
)
