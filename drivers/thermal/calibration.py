"""The calibration record of a thermal scanner: who measured what against which instrument, and until when it holds.

Pure. A record is of one device: of its protocol and serial number. A device that tells no serial number is matched by
a record without one. The newest record of the device counts; the older ones stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.messages.moments import BANGKOK
from config.messages.said import SaidDay, say


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What the records say of one device at one time."""

    record: CalibrationRecord | None
    """The one in force; None when there is none."""
    trouble: str = ""
    """One sentence when there is none."""


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
    return Standing(newest)
