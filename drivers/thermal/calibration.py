"""The calibration record of a thermal scanner: who measured what against which instrument, and until when it holds.

Pure. A record is of one device: of its protocol and serial number. A device that tells no serial number is matched by
a record without one. The newest record of the device counts; the older ones stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.messages.moments import BANGKOK
from config.messages.said import SaidDay, say

AS_LEFT_LIMIT_CELSIUS = 0.3
"""Laboratory limit of non-contact clinical thermometers (ISO 80601-2-56, as retold): a calibration that leaves more
has not made the scanner right."""
USUAL_FACTOR = 1.0
_FACTOR_STEP = 0.005


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """One calibration."""

    id: str
    at: datetime
    """Aware."""
    by: str
    """Who did it; never in a log and never in a screening."""
    instrument: str
    """What it was compared with: a black body or a thermometer, by maker and serial number."""
    certificate: str
    """Of the instrument."""
    as_found_celsius: float
    """What the scanner read too much before anything was done; too little is negative."""
    offset_celsius: float
    """Added to every raw value from then on."""
    as_left_celsius: float
    """What it read too much afterwards, the offset included."""
    due: date
    """The last day on which it counts, in Bangkok."""
    protocol: str
    serial_number: str = ""
    """Empty when the device tells none."""
    factor: float | None = None
    """By which the device multiplied its readings then, by a setting of its own; None when that was not noted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the records say of one device at one time."""

    record: CalibrationRecord | None
    """The one in force; None when there is none."""
    trouble: str = ""
    """One sentence when there is none."""


def with_factor(found: Standing, told: float | None, usual: float) -> Standing:
    """The same for a device that multiplies its readings: a calibration holds for the factor that it was done with.

    Args:
        found: what the records say.
        told: the factor as the device tells it; None when it tells none.
        usual: what is right where the record does not name one.
    """
    record = found.record
    if record is None or (told is None and record.factor is None):
        return found
    wanted = usual if record.factor is None else record.factor
    if told is not None and abs(told - wanted) <= _FACTOR_STEP:
        return found
    return Standing(
        None,
        say(
            "The scanner multiplies every reading by {said} instead of {wanted}; correct its factor, or calibrate it "
            "with this one (station calibration record --factor).",
            said="-" if told is None else f"{told:.2f}",
            wanted=f"{wanted:.2f}",
        ),
    )


def standing(records: Iterable[CalibrationRecord], protocol: str, serial_number: str, now: datetime) -> Standing:
    """Whether a device is calibrated.

    Args:
        records: oldest first.
        protocol: of the device.
        serial_number: as the device tells it; empty when it tells none.
        now: aware.

    Raises:
        ValueError: `now` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError("The time needs a zone; give an aware one.")
    known = list(records)
    own = [each for each in known if (each.protocol, each.serial_number) == (protocol, serial_number)]
    if not own and known:
        return Standing(
            None,
            say(
                "The calibration record is of another scanner, not of {protocol} {serial}; calibrate this one "
                "(station calibration record).",
                protocol=protocol,
                serial=serial_number or "-",
            ),
        )
    if not own:
        none = say("There is no calibration record of this scanner; calibrate it (station calibration record).")
        return Standing(None, none)
    newest = own[-1]
    if newest.at > now + timedelta(days=1):
        return Standing(None, say("The calibration record is of a day to come; check the clock."))
    if now.astimezone(BANGKOK).date() > newest.due:
        until = SaidDay(newest.due)
        return Standing(
            None,
            say("The scanner's calibration was due on {day}; calibrate it (station calibration record).", day=until),
        )
    if abs(newest.as_left_celsius) > AS_LEFT_LIMIT_CELSIUS:
        return Standing(
            None,
            say(
                "The calibration left the scanner {left} degrees off, more than {limit}; correct its offset and "
                "calibrate it again (station calibration record).",
                left=f"{newest.as_left_celsius:+.2f}",
                limit=f"{AS_LEFT_LIMIT_CELSIUS:g}",
            ),
        )
    return Standing(newest)
