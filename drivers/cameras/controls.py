"""Focus, exposure, gain and white balance: which properties are set in which order, and what reading them back means.

Pure over a table of properties, which is an opened camera or, in the tests, a recorded one. Reading a document needs
all of them fixed: a camera that hunts for focus or light is unsharp or dim just when a page is held up.

The order matters (OpenCV issue 9738, howdy pull request 166; kernel documentation, "Camera Control Reference"):
a value is refused while its automatic is on, some cameras only leave automatic exposure after having been told to
enter it, and some take a value only once pictures flow, so it is tried again after a few frames.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Property(StrEnum):
    """What is set and read; `drivers.cameras.capture` knows OpenCV's number for each."""

    AUTOFOCUS = "autofocus"
    FOCUS = "focus"
    AUTO_EXPOSURE = "auto_exposure"
    EXPOSURE = "exposure"
    GAIN = "gain"
    AUTO_WHITE_BALANCE = "auto_white_balance"
    WHITE_BALANCE = "white_balance"


class Control(StrEnum):
    """What a profile may fix."""

    FOCUS = "focus"
    EXPOSURE = "exposure"
    GAIN = "gain"
    WHITE_BALANCE = "white_balance"


_MANUAL_EXPOSURE, _AUTOMATIC_EXPOSURE = 1.0, 3.0
"""V4L2_EXPOSURE_MANUAL and V4L2_EXPOSURE_APERTURE_PRIORITY: what USB cameras call manual and automatic."""

_BEFORE: Mapping[Control, tuple[tuple[Property, float], ...]] = {
    Control.FOCUS: ((Property.AUTOFOCUS, 0.0),),
    Control.EXPOSURE: (
        (Property.AUTO_EXPOSURE, _AUTOMATIC_EXPOSURE),
        (Property.AUTO_EXPOSURE, _MANUAL_EXPOSURE),
    ),
    Control.GAIN: (),
    Control.WHITE_BALANCE: ((Property.AUTO_WHITE_BALANCE, 0.0),),
}
_STAYS_OFF: Mapping[Control, tuple[Property, float]] = {
    Control.FOCUS: (Property.AUTOFOCUS, 0.0),
    Control.EXPOSURE: (Property.AUTO_EXPOSURE, _MANUAL_EXPOSURE),
    Control.WHITE_BALANCE: (Property.AUTO_WHITE_BALANCE, 0.0),
}
_STEP, _SHARE = 5.0, 0.05
"""Cameras round to steps of their own (focus of many goes by fives): so near is what was asked for."""


class Properties(Protocol):
    """A table of properties, as OpenCV offers a camera's."""

    def set(self, wanted: Property, value: float) -> bool:
        """Ask for a value; true says little, it may be ignored all the same."""

    def get(self, wanted: Property) -> float:
        """The value now; 0 or -1 when the camera has no such thing."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A control that is not as it was asked for."""

    control: Control
    asked: float
    got: float
    automatic: bool
    """Its automatic is still on."""


def steps(asked: Mapping[Control, float]) -> tuple[tuple[Property, float], ...]:
    """What to set, in this order; nothing for what is not asked for."""
    return tuple(
        step
        for control in Control
        if control in asked
        for step in (*_BEFORE[control], (Property(control.value), float(asked[control])))
    )


def apply(table: Properties, asked: Mapping[Control, float]) -> None:
    """Set all of it; whether it was taken is for `refused` to say."""
    for wanted, value in steps(asked):
        table.set(wanted, value)


def refused(table: Properties, asked: Mapping[Control, float]) -> tuple[Refused, ...]:
    """What reading back shows to be otherwise than asked for."""
    found = []
    for control in Control:
        if control not in asked:
            continue
        got, value = table.get(Property(control.value)), float(asked[control])
        off = _STAYS_OFF.get(control)
        automatic = off is not None and table.get(off[0]) > 0 and table.get(off[0]) != off[1]
        if automatic or abs(got - value) > max(_STEP, _SHARE * abs(value)):
            found.append(Refused(control, value, got, automatic))
    return tuple(found)
