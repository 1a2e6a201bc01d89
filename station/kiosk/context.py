"""What the views need beside the lane's snapshot: the place, the clock, the way to the centre, who is signed in."""

from dataclasses import dataclass, field
from datetime import datetime

from config.settings import Settings
from drivers.registry import thermal_codec
from station.ids import screening_number
from station.kiosk.ports import Believed, UplinkWords


@dataclass(frozen=True, slots=True)
class KioskContext:
    """Facts for one rendering. `now` is UTC."""

    now: datetime
    uplink: UplinkWords
    place_th: str
    place_en: str
    place_code: str
    lane: str
    direction: str
    demonstration: bool
    unsealed: bool
    """The journal's key lies in a bare file."""
    limit_celsius: float | None = None
    """Skin temperature from which the rules call it high; None when no rule says."""
    thermal_shape: tuple[int, int] = (24, 32)
    officer: str = ""
    called_at: datetime | None = None
    """When the traveller called an officer, until one answers."""
    believed: Believed = field(default_factory=Believed)
    """Whom the station believes, and the order in force."""

    def place(self, language: str) -> str:
        """Name of the checkpoint."""
        return self.place_th if language == "th" else self.place_en

    def number(self, sequence: int) -> str:
        """The number of a screening as said and shown: `TC-2-004812`."""
        return screening_number(self.place_code, self.lane, sequence)


def context_of(
    settings: Settings,
    *,
    now: datetime,
    uplink: UplinkWords,
    unsealed: bool,
    limit_celsius: float | None = None,
    officer: str = "",
    called_at: datetime | None = None,
    believed: Believed | None = None,
) -> KioskContext:
    """The context of one rendering from the settings and the moment."""
    profile = thermal_codec(settings.thermal.protocol).profile
    return KioskContext(
        now=now,
        uplink=uplink,
        place_th=settings.checkpoint.said_th,
        place_en=settings.checkpoint.name_en,
        place_code=settings.checkpoint.code,
        lane=settings.station.lane,
        direction=settings.checkpoint.direction,
        demonstration=settings.station.demonstration,
        unsealed=unsealed,
        limit_celsius=limit_celsius,
        thermal_shape=(profile.rows, profile.columns),
        officer=officer,
        called_at=called_at,
        believed=believed or Believed(),
    )
