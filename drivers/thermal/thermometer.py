"""One scanner as a thermometer: newest frames and what is known around them in, one skin temperature out.

What is remembered from look to look stands here (a point sensor's background, the passers-by); every step is a pure
function of a module beside this one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from config.messages.said import say
from drivers.errors import DriverError
from drivers.ports import Fact, ThermalProfile
from drivers.readings import SkinTemperature
from drivers.thermal import reference
from drivers.thermal.calibration import USUAL_FACTOR, Standing, with_factor
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, TimedFrame, measure
from drivers.thermal.passers import Passer, PassersSettings, drift, recent
from drivers.thermal.point_measure import Background, PointSettings, follow, measure_point
from drivers.thermal.qualifying import Circumstances, qualified
from drivers.thermal.surroundings import Surroundings, Window

_ALL_FRAMES = 1_000
_PASSERS_EVERY = timedelta(minutes=1)


class FrameGiver(Protocol):
    """What is asked of a scanner (drivers.thermal.scanner)."""

    @property
    def device(self) -> str:
        """Its name."""

    @property
    def emissivity(self) -> float | None:
        """The one in force; None when it is not known."""

    @property
    def facts(self) -> Mapping[Fact, str]:
        """What it has said about itself."""

    def recent(self, count: int) -> tuple[TimedFrame, ...]:
        """Up to so many newest frames, oldest first."""


@dataclass(frozen=True, slots=True)
class ThermometerSettings:
    """How one scanner's frames become skin temperatures."""

    profile: ThermalProfile
    """Of its protocol; one row of one column is a point sensor."""
    window: Window
    emissivity: float = 0.98
    """For a scanner that does not tell its own."""
    factor: float = USUAL_FACTOR
    """Of a scanner that multiplies its readings by one, where the calibration record does not name it."""
    steady: MeasureSettings = field(default_factory=MeasureSettings)
    face: FaceSettings = field(default_factory=FaceSettings)
    point: PointSettings = field(default_factory=PointSettings)
    source: reference.ReferenceSettings | None = None
    passers: PassersSettings = field(default_factory=PassersSettings)

    @property
    def is_point(self) -> bool:
        """Whether the scanner sees one point and no picture."""
        return self.profile.rows * self.profile.columns == 1


class Thermometer:
    """Measures with one scanner; one thread looks, any may ask for the rest.

    Args:
        scanner: gives the frames.
        settings: how they are measured.
        calibration: what the records say of the device with that protocol and serial number at that time.
        around: what is known of the air at that time.

    Raises:
        DriverError: a reference source is set up that the scanner cannot see.
    """

    def __init__(
        self,
        scanner: FrameGiver,
        settings: ThermometerSettings,
        calibration: Callable[[str, str, datetime], Standing],
        around: Callable[[datetime], Surroundings],
    ) -> None:
        self._scanner, self._settings = scanner, settings
        self._calibration, self._around = calibration, around
        self._background: Background | None = None
        self._passers: tuple[Passer, ...] = ()
        self._passers_trouble, self._passers_at = "", datetime.min
        self._complaint = ""
        source, profile = settings.source, settings.profile
        if source and (source.row + source.rows > profile.rows or source.column + source.columns > profile.columns):
            raise DriverError(
                say(
                    "The reference source lies outside the {rows} x {columns} picture of {protocol}; correct it in "
                    "[thermal.reference] of the profile, or take it out for a point sensor.",
                    rows=str(profile.rows),
                    columns=str(profile.columns),
                    protocol=profile.protocol,
                )
            )

    @property
    def complaint(self) -> str:
        """One sentence on what keeps its readings from being used, or makes them doubtful; empty when nothing does."""
        return self._complaint

    def remember(self, those: Iterable[Passer], now: datetime) -> None:
        """Count further people among the passers-by, in any order; one of a time to come is nobody's hour."""
        self._passers = recent((*self._passers, *those), now)

    def look(self, now: datetime, *, warming: bool = False) -> SkinTemperature:
        """The newest skin temperature.

        Args:
            now: aware.
            warming: the scanner has not been powered for long enough.
        """
        frames = self._scanner.recent(_ALL_FRAMES)
        emissivity = self._scanner.emissivity or self._settings.emissivity
        known = self._known(frames, now, emissivity)
        self._complaint = known.complaint
        return qualified(self._raw(frames, now, emissivity, warming), known)

    def _raw(self, frames: Sequence[TimedFrame], now: datetime, emissivity: float, warming: bool) -> SkinTemperature:
        settings, device = self._settings, self._scanner.device
        if settings.is_point:
            since = self._background.at if self._background else datetime.min.replace(tzinfo=now.tzinfo)
            # After the clock was set back every kept frame looks old: the background then begins anew.
            fresh = [each for each in frames if each[1] > since] or [each for each in frames[-1:] if each[1] < since]
            for frame, at in fresh:
                self._background = follow(self._background, frame, at, settings.point)
            return measure_point(
                frames, self._background, now, settings.steady, settings.point,
                device=device, emissivity=emissivity, warming=warming,
            )  # fmt: skip
        frames = frames[-settings.steady.frames_used :]
        if settings.source is not None:
            frames = [(reference.without_source(frame, settings.source), at) for frame, at in frames]
        return measure(
            frames, now, settings.steady, settings.face, device=device, emissivity=emissivity, warming=warming
        )

    def _known(self, frames: Sequence[TimedFrame], now: datetime, emissivity: float) -> Circumstances:
        settings, facts = self._settings, self._scanner.facts
        serial = facts.get(Fact.SERIAL, "")
        kept, around = self._calibration(settings.profile.protocol, serial, now), self._around(now)
        factor = facts.get(Fact.FACTOR)
        calibration = with_factor(kept, None if factor is None else float(factor), settings.factor)
        source = settings.source
        seen = None
        if source is not None:
            seen = reference.look_at(
                frames, now, source,
                emissivity=emissivity, air_celsius=around.air_celsius,
                offset_celsius=calibration.record.offset_celsius if calibration.record else 0.0,
            )  # fmt: skip
        return Circumstances(
            calibration, around, settings.window, source, seen, self._hourly(now), serial, _firmware(facts),
            least_celsius=settings.point.least_celsius if settings.is_point else None,
        )  # fmt: skip

    def _hourly(self, now: datetime) -> str:
        """The passers-by are counted anew each minute: an hour does not change in a frame."""
        if self._passers_at == datetime.min or abs(now - self._passers_at) >= _PASSERS_EVERY:
            self._passers_at = now
            self._passers_trouble = drift(self._passers, now, self._settings.passers)
        return self._passers_trouble


def _firmware(facts: Mapping[Fact, str]) -> str:
    """What the device is, with what it does to its readings by settings of its own: a calibration includes that."""
    own = [f"{fact.value} {facts[fact]}" for fact in (Fact.FACTOR, Fact.OFFSET) if fact in facts]
    return ", ".join(part for part in (facts.get(Fact.FIRMWARE, ""), *own) if part)
