"""What the codecs of one-point sensors share: a reading as a picture of one pixel. Pure."""

import math

import numpy as np

from drivers.ports import ThermalProfile
from drivers.readings import ThermalFrame


def point_frame(celsius: float, ambient: float, profile: ThermalProfile) -> ThermalFrame | None:
    """A one-pixel frame; None when a value is none that the device can measure."""
    low, high = profile.plausible_celsius
    coldest, warmest = profile.ambient_celsius
    if not (low <= celsius <= high and coldest <= ambient <= warmest):
        return None
    return ThermalFrame(np.full((1, 1), celsius, np.float32), ambient)


def point_value(frame: ThermalFrame, profile: ThermalProfile) -> float:
    """The one value of a frame that is to be sent.

    Raises:
        ValueError: the picture is not one pixel, or a value is none that the device can measure.
    """
    if frame.celsius.shape != (1, 1):
        raise ValueError(f"{profile.protocol} measures one point, not {frame.celsius.shape}; give it one pixel.")
    celsius = float(frame.celsius[0, 0])
    if not math.isfinite(celsius) or point_frame(celsius, frame.ambient_celsius, profile) is None:
        low, high = profile.plausible_celsius
        raise ValueError(f"{profile.protocol} measures from {low:g} to {high:g} degrees; correct the value.")
    return celsius
