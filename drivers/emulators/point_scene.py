"""What an emulated one-point sensor looks at: a wall, or something warm that fills its field of view."""

from dataclasses import dataclass, replace

import numpy as np

from drivers.emulators.wire import Fault
from drivers.ports import ThermalProfile
from drivers.readings import ThermalFrame
from drivers.thermal.point import point_frame


@dataclass(frozen=True, slots=True)
class Point:
    """What is in front of the sensor."""

    room_celsius: float = 24.0
    sensor_celsius: float = 29.0
    object_celsius: float | None = None
    """None when nobody is there."""
    noise_celsius: float = 0.05


class Spot:
    """Measurements of a point, with the faults that are the sensor's own.

    Args:
        profile: what the sensor can measure.
        seed: of the noise.
        point: what it looks at first.
    """

    def __init__(self, profile: ThermalProfile, seed: int, point: Point | None = None) -> None:
        self._profile = profile
        self._rng = np.random.default_rng(seed)
        self._point = point or Point()
        self._last: ThermalFrame | None = None
        self._turn = 0

    def present(self, celsius: float | None) -> None:
        """Put something of that temperature in front; None takes it away."""
        self._point = replace(self._point, object_celsius=celsius)

    def measure(self, faults: frozenset[Fault]) -> ThermalFrame | None:
        """The next measurement; None when the sensor is dead."""
        if Fault.ZEROS in faults:
            return None
        if Fault.STUCK in faults and self._last is not None:
            return self._last
        point = self._point
        self._turn += 1
        ambient = point.sensor_celsius + (20.0 * (self._turn % 2) if Fault.JUMP in faults else 0.0)
        seen = point.room_celsius if point.object_celsius is None else point.object_celsius
        celsius = seen + float(self._rng.normal(0.0, point.noise_celsius))
        self._last = point_frame(celsius, ambient, self._profile)
        return self._last
