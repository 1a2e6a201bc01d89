"""From a raw skin temperature to one that may be used, or that says why not. Pure.

`max_celsius` is the raw value and every correction, each of which is kept; nothing else ever changes it. Only READY
may pass a rule. Of several things that are wrong the first one counts: no calibration, drift, conditions,
a value too cool for skin.
"""

from dataclasses import dataclass, replace

from drivers.readings import Correction, CorrectionKind, Flag, SkinTemperature, TemperatureState
from drivers.thermal.calibration import Standing
from drivers.thermal.reference import ReferenceLook, ReferenceSettings
from drivers.thermal.surroundings import Surroundings, Window, flags_of, trouble_of


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that is known around one measurement."""

    calibration: Standing
    around: Surroundings
    window: Window
    source: ReferenceSettings | None = None
    """The reference source; None when none is set up."""
    reference: ReferenceLook | None = None
    """What it said; None when none is set up."""
    passers_trouble: str = ""
    serial_number: str = ""
    firmware: str = ""
    least_celsius: float | None = None
    """Less, corrected, is not of a forehead alone; None for a scanner with a picture, which sees the face."""

    @property
    def troubles(self) -> tuple[tuple[TemperatureState, str], ...]:
        """What keeps a reading from being used, the gravest first."""
        found = (
            (TemperatureState.UNCALIBRATED, self.calibration.trouble),
            (TemperatureState.DRIFT, self.reference.trouble if self.reference else ""),
            (TemperatureState.OUT_OF_CONDITIONS, trouble_of(self.around, self.window)),
        )
        return tuple((state, sentence) for state, sentence in found if sentence)

    def too_cool(self, celsius: float) -> bool:
        """Whether a corrected value is less than a forehead alone has."""
        return self.least_celsius is not None and celsius < self.least_celsius

    @property
    def complaint(self) -> str:
        """One sentence for the scanner's health; empty when there is nothing to say."""
        return self.troubles[0][1] if self.troubles else self.passers_trouble


def qualified(reading: SkinTemperature, known: Circumstances) -> SkinTemperature:
    """The reading with its corrections, its flags and, when it must not be used, the state that says so."""
    corrections = _corrections(known) if reading.raw_celsius is not None else ()
    raw, record = reading.raw_celsius, known.calibration.record
    celsius = None if raw is None else raw + sum(each.celsius for each in corrections)
    state = reading.state
    if state is TemperatureState.READY and known.troubles:
        state = known.troubles[0][0]
    elif state is TemperatureState.READY and celsius is not None and known.too_cool(celsius):
        state = TemperatureState.TOO_COOL
    flags = (*reading.flags, *flags_of(known.around))
    flags += (Flag.NO_REFERENCE,) if known.source is None else ()
    flags += (Flag.PASSERS_DRIFT,) if known.passers_trouble else ()
    return replace(
        reading,
        state=state,
        max_celsius=celsius,
        corrections=corrections,
        flags=flags,
        calibration=record.id if record else "",
        serial_number=known.serial_number,
        firmware=known.firmware,
        air_celsius=known.around.air_celsius,
        humidity_percent=known.around.humidity_percent,
    )


def _corrections(known: Circumstances) -> tuple[Correction, ...]:
    found = []
    if record := known.calibration.record:
        found.append(Correction(CorrectionKind.CALIBRATION, record.offset_celsius, record.id))
    if known.source and known.reference and known.reference.correction_celsius is not None:
        called = f"{known.source.name} {known.source.set_celsius:g}"
        found.append(Correction(CorrectionKind.REFERENCE, known.reference.correction_celsius, called))
    return tuple(found)
