"""Typed settings of one station. Values come from a profile (TOML) and, over it, from DAAN_* environment variables."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyAddress, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class Part(BaseModel):
    """A table of the profile: frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_order(limits: tuple[float, float]) -> tuple[float, float]:
    if limits[0] >= limits[1]:
        raise ValueError("give the lower limit first, then the higher one")
    return limits


Degrees = Annotated[float, Field(gt=0, lt=180)]
Air = Annotated[float, Field(ge=-40, le=60)]
Percent = Annotated[float, Field(ge=0, le=100)]
InOrder = AfterValidator(_in_order)


class LaneMode(StrEnum):
    """Whether an ADMIT that every rule agrees on is saved by itself."""

    AUTOMATIC = "automatic"
    CONFIRMING = "confirming"


class CheckpointSettings(Part):
    """The place, and which way its travellers go."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    name_th: str
    name_en: str
    direction: Literal["inbound", "outbound"] = "inbound"

    @property
    def said_th(self) -> str:
        """The Thai name as it is said: a pier, or else a checkpoint."""
        return self.name_th if self.name_th.startswith(("ด่าน", "ท่าเรือ")) else f"ด่าน{self.name_th}"


class StationSettings(Part):
    """This computer."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")
    lane: str = "1"
    demonstration: bool = False
    """Test signers and a bare key file are accepted, and every screen says so."""
    state: Path = Path("/var/lib/daan/station")
    """Folder of the journal, the keys and the sync state."""


class CameraSettings(Part):
    """The document camera."""

    source: str = "v4l2:0"
    """`v4l2:N` or `v4l2:/dev/…`, `stream:ADDRESS` (rtsp, http, a FIFO), `video:PATH`, `folder:PATH`."""
    width: int = Field(default=1280, ge=320, le=4096)
    height: int = Field(default=720, ge=240, le=4096)
    frames_per_second: float = Field(default=15, gt=0, le=60)
    stale_seconds: float = Field(default=2, gt=0)
    focus: float | None = Field(default=None, ge=0)
    """What a V4L2 camera is fixed to, in its own units (docs/devices/cameras.md); None leaves each as it is."""
    exposure: float | None = Field(default=None, gt=0)
    """In steps of 0.1 ms."""
    gain: float | None = Field(default=None, ge=0)
    white_balance: float | None = Field(default=None, gt=0)
    """Kelvin."""


class ReferenceSourceSettings(Part):
    """A black body in the picture of the thermal scanner. Region in sensor pixels, as the picture is shown."""

    name: str = "black body"
    row: int = Field(ge=0)
    column: int = Field(ge=0)
    rows: int = Field(ge=1)
    columns: int = Field(ge=1)
    set_celsius: float = Field(ge=20, le=50)
    """36 to 37 serves fever screening best (Mazdeyasna 2023, Sensors 23:8011)."""
    emissivity: float = Field(gt=0.5, le=1)
    """Of the source, by its certificate."""
    limit_celsius: float = Field(default=0.3, gt=0)
    """A larger difference is drift: nothing the scanner says may then be used."""


class ThermalSettings(Part):
    """The thermal scanner."""

    protocol: str = "gy-mcu90640"
    port: str = "/dev/daan-thermal"
    """Device path or pyserial URL."""
    baud: int | None = None
    """None takes the protocol's own, as delivered."""
    rate_hz: float | None = Field(default=None, gt=0)
    """Frames a second; None leaves the module as it is."""
    emissivity: float = Field(default=0.98, gt=0, le=1)
    """Of human skin (ISO/TR 13154). Modules with one fixed emissivity say their own."""
    factor: float = Field(default=1.0, gt=0.5, lt=2)
    """By which a scanner that tells such a factor (SenXor) is to multiply its readings, where the calibration record
    does not name one; any other is no calibration. The factory's own is unconfirmed (docs/devices/thermal.md)."""
    warm_up_seconds: float | None = Field(default=None, ge=0)
    """From the first good frame; None takes the protocol's own (MLX90640 data sheet: up to 4 minutes)."""
    field_of_view_degrees: tuple[Degrees, Degrees] = (55, 35)
    """Of the lens, horizontal and vertical: tells how far away a face is. Default: MLX90640 with the narrower lens."""
    frames: int = Field(default=6, ge=1, le=64)
    """Good frames in one measurement."""
    spread_limit_celsius: float = Field(default=0.5, gt=0)
    stale_seconds: float = Field(default=2, gt=0)
    bare: tuple[Literal["glasses", "hat"], ...] = ("glasses", "hat")
    """What travellers must take off to be measured; a scanner that may not look at bare eye corners misses fevers."""
    point_least_celsius: float = Field(default=32, ge=28, le=36)
    """A sensor of one point that reads less is too far from the forehead (healthy ones: 31.0 to 35.6, Ng 2005)."""
    air_celsius: Annotated[tuple[Air, Air], InOrder] = (18, 34)
    """For which air this site's scanner was validated: the site's decision (docs/thermal.md says how). The default is
    what a covered road point on Phuket sees; at 34 degrees a face hardly stands out from what is behind it."""
    humidity_percent: Annotated[tuple[Percent, Percent], InOrder] = (10, 95)
    """The same for relative humidity; the default leaves out condensing air only."""
    surroundings_hours: float = Field(default=6, gt=0)
    """Air and humidity that were entered longer ago are unknown."""
    reference: ReferenceSourceSettings | None = None
    """None: there is no black body in the picture."""
    passers_limit_celsius: float = Field(default=0.5, gt=0)
    """An hour whose median differs more from the hours before is flagged."""
    passers_people: int = Field(default=20, ge=5)
    """So many people make an hour's median worth comparing."""


class ReaderSettings(Part):
    """A code or passport reader on a serial port."""

    device: str = Field(default="reader", pattern=r"^[a-z][a-z0-9-]{1,30}$")
    """Its name on screens and in records; each reader its own."""
    protocol: str
    port: str
    """Device path or pyserial URL."""
    baud: int | None = None
    """None takes the protocol's own, as delivered."""


_WIRED = ("gate", "lamp", "siren")


def _wiring(channels: int) -> dict[str, int]:
    return {name: channel for channel, name in enumerate(_WIRED[:channels], 1)}


class RelaySettings(Part):
    """A relay board: gate, lamp, siren."""

    port: str
    baud: int | None = None
    channels: Literal[1, 2, 4, 8] = 4
    names: dict[str, int] = Field(default_factory=lambda given: _wiring(given.get("channels", 4)))
    """What each relay switches, each its own; relays that are not named are never switched. Default: gate, lamp, siren
    on the first three, as far as the board goes."""
    gate_seconds: float = Field(default=8, gt=0, le=120)
    """The gate stays open so long after an ADMIT was saved, then falls back to rest by itself."""
    lamp_seconds: float = Field(default=10, gt=0, le=600)
    """The lamp calls the officer so long after a REFER."""
    siren_seconds: float = Field(default=10, gt=0, le=600)
    """The siren sounds so long after an officer ordered it; nothing else does."""

    @field_validator("names")
    @classmethod
    def _each_its_own(cls, names: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        channels = info.data.get("channels", 8)
        beyond = sorted(name for name, channel in names.items() if not 1 <= channel <= channels)
        if beyond:
            raise ValueError(f"a board of {channels} has no relay for {', '.join(beyond)}")
        shared = sorted(name for name, channel in names.items() if list(names.values()).count(channel) > 1)
        if shared:
            raise ValueError(f"{' and '.join(shared)} stand on one relay; give each its own")
        return names


class PrinterSettings(Part):
    """A slip printer."""

    port: str
    baud: int | None = None
    paper_mm: Literal[58, 80] = 80
    slips: Literal["none", "referred", "all"] = "referred"
    """Whose screening is printed by itself once it is saved; an officer may print any."""


class LaneSettings(Part):
    """How the lane behaves."""

    mode: LaneMode = LaneMode.AUTOMATIC
    patience_seconds: float = Field(default=45, gt=0)
    """Without progress for so long, the officer is called with what there is."""
    refer_after_seconds: float = Field(default=0, ge=0)
    """An unanswered REFER is saved as REFER after so long; 0 waits for the officer."""
    absence_seconds: float = Field(default=3, gt=0)
    """Nobody and nothing in view for so long: the traveller has left."""
    again_minutes: float = Field(default=10, ge=0)


class RetentionSettings(Part):
    """How long each class of facts keeps its content, in days; the centre must hold it in a backup before.

    90 days is what Phuket's Smart Pier states, the local yardstick (research of the mission, section 5); photographs
    are kept for hours. What no class names (openings, purge statements) is kept.
    """

    screening: float = Field(default=90, ge=3)
    """Screenings, their corrections and certificates, declarations: they are one record."""
    complaint: float = Field(default=90, ge=3)
    """Complaints and incidents."""
    operation: float = Field(default=30, ge=3)
    """Devices, shifts, zero reports, an officer's acts."""
    photograph_hours: float = Field(default=72, ge=1)
    """They never leave the station, so they wait for no backup."""


class JournalSettings(Part):
    """The store."""

    key_file: Path | None = None
    """Default: state/keys/journal.key. A bare key file is for the demonstration; elsewhere screens say UNSEALED."""
    credential: Path | None = None
    """The key sealed to the TPM by systemd-creds, such as /etc/credstore.encrypted/daan-journal-key."""
    unlocked: Path = Path("/run/daan")
    """Folder on a memory file system for the key that a passphrase opened."""
    retention: RetentionSettings = RetentionSettings()


class LinkSettings(Part):
    """One of several ways to the same centre."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    address: str | None = None
    """Another URL of the centre, such as one behind a VPN; None takes that of the enrolment."""
    source: IPvAnyAddress | None = None
    """This computer's address on that link."""
    interface: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]{1,15}$")
    """Its network interface, such as `wwan0`."""
    monthly_megabytes: int | None = Field(default=None, ge=1)
    """Beyond it only alerts go this way; None for as much as it takes."""


class SyncSettings(Part):
    """The way to the centre."""

    enabled: bool = True
    batch_entries: int = Field(default=500, ge=1, le=5000)
    poll_seconds: float = Field(default=1, gt=0)
    links: tuple[LinkSettings, ...] = ()
    """Tried in this order; empty for whatever way the system takes."""


class KioskSettings(Part):
    """The screens' own server."""

    host: Literal["127.0.0.1", "::1", "localhost"] = "127.0.0.1"
    """Loopback only: the screens stand at the station itself."""
    port: int = Field(default=8600, ge=0, le=65535)
    languages: tuple[str, ...] = ("th", "en")
    officers: dict[str, str] = Field(default_factory=dict)
    """Officer name -> argon2 hash of the PIN."""


class TrustSettings(Part):
    """What is believed of certificates and orders."""

    bundles: tuple[Path, ...] = ()
    """Files or folders with signer certificates or trust bundles; relative ones count from the state folder."""
    rule_sets: tuple[Path, ...] = ()
    """Further rule sets beside those that the program ships."""
    stale_days: float = Field(default=14, gt=0)
    """Trust lists older than this are reported: new signers are unknown, and what was revoked since is not."""


_OTHER_DEVICES = ("camera", "thermal", "relays", "printer", "journal")
"""Names on screens and in records that no reader may take."""


class Settings(BaseSettings):
    """Everything that is set for one station."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="DAAN_", env_nested_delimiter="__", case_sensitive=False
    )

    station: StationSettings
    checkpoint: CheckpointSettings
    camera: CameraSettings = CameraSettings()
    thermal: ThermalSettings = ThermalSettings()
    readers: tuple[ReaderSettings, ...] = ()
    relays: RelaySettings | None = None
    printer: PrinterSettings | None = None
    lane: LaneSettings = LaneSettings()
    journal: JournalSettings = JournalSettings()
    sync: SyncSettings = SyncSettings()
    kiosk: KioskSettings = KioskSettings()
    trust: TrustSettings = TrustSettings()

    @field_validator("readers")
    @classmethod
    def _each_reader_has_its_name(cls, readers: tuple[ReaderSettings, ...]) -> tuple[ReaderSettings, ...]:
        names = [reader.device for reader in readers]
        taken = sorted({name for name in names if name in _OTHER_DEVICES or names.count(name) > 1})
        if taken:
            raise ValueError(f"two devices are called {', '.join(taken)}; give each reader a device name of its own")
        return readers

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the loader hands over: it lays environment over profile, and the command line over both."""
        return (init_settings,)
