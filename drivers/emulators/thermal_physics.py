"""How a thermal sensor sees surfaces: radiance, lens, pixels, noise. Pure; randomness is an argument.

Surfaces are painted far to near on a canvas finer than the sensor's pixels. Every surface sends out its own grey-body
radiance and the reflected radiance of its surroundings, both by the fourth power of the temperature, which is also how
the MLX90640 turns a signal into a temperature (data sheet rev. 11, section 11.2.2.9). The lens blurs, a pixel averages,
and the device turns the mean back into degrees with the emissivity that it was set to. So a pixel half on a cup and
half on a wall reads as it would in life. `docs/thermal.md` lists the numbers and their sources.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.readings import ThermalFrame

Plane = NDArray[np.float32]
_KELVIN = 273.15
_SKIN_EMISSIVITY = 0.98


@dataclass(frozen=True, slots=True)
class Sensor:
    """A thermal scanner's optics and faults."""

    name: str
    rows: int
    columns: int
    field_degrees: tuple[float, float]
    """Horizontal, vertical; every pixel sees the same angle."""
    noise_celsius: tuple[float, float]
    """Standard deviation of one pixel from frame to frame: from the best to the worst unit and rate."""
    step_celsius: float
    """What one unit of the protocol means."""
    dead_pixels: int
    """At most so many."""
    blur_pixels: float = 0.5
    """Standard deviation of the lens's blur."""
    pattern_celsius: float = 0.12
    """Standard deviation of the error that each pixel keeps."""
    drift_celsius: float = 0.15
    """Of the slow error across the picture."""
    fine: int = 8
    """Samples to a pixel's side."""


MLX90640_55 = Sensor("MLX90640, 55 x 35 degrees", 24, 32, (55.0, 35.0), (0.10, 0.28), 0.01, 4)
MLX90640_110 = Sensor("MLX90640, 110 x 75 degrees", 24, 32, (110.0, 75.0), (0.10, 0.28), 0.01, 4)
SENXOR_80 = Sensor("SenXor 80 x 62, 45 x 35 degrees", 62, 80, (45.0, 34.9), (0.10, 0.25), 0.1, 2, 0.6, fine=4)
SENXOR_160 = Sensor("SenXor 160 x 120, 56 x 42 degrees", 120, 160, (56.0, 42.0), (0.06, 0.15), 0.1, 4, 0.6, fine=2)
SENSORS = (MLX90640_55, MLX90640_110, SENXOR_80, SENXOR_160)


@dataclass(slots=True)
class Canvas:
    """Surfaces as seen from the lens, `fine` samples to a sensor pixel's side."""

    across: Plane
    """Tangent of the angle right of the middle, (rows, columns)."""
    down: Plane
    celsius: Plane
    emissivity: Plane
    owner: NDArray[np.uint8]
    """Number of what is seen there; 0 is the background."""

    def paint(self, where: NDArray[np.bool_], celsius: Plane | float, owner: int, emissivity: float = 0.95) -> None:
        """Put a surface in front of what is there."""
        self.celsius[where] = celsius[where] if isinstance(celsius, np.ndarray) else celsius
        self.emissivity[where] = emissivity
        self.owner[where] = owner


class Thing(Protocol):
    """Something to be seen."""

    @property
    def distance_metres(self) -> float:
        """From the lens."""

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint it."""


def blank(sensor: Sensor, celsius: float) -> Canvas:
    """Nothing but a wall of one temperature."""
    shape = (sensor.rows * sensor.fine, sensor.columns * sensor.fine)
    angles = [
        np.radians((np.arange(count, dtype=np.float32) + 0.5) / count - 0.5) * field
        for count, field in zip(shape, reversed(sensor.field_degrees), strict=True)
    ]
    down, across = np.meshgrid(np.tan(angles[0]), np.tan(angles[1]), indexing="ij")
    return Canvas(
        across.astype(np.float32),
        down.astype(np.float32),
        np.full(shape, celsius, np.float32),
        np.full(shape, 0.95, np.float32),
        np.zeros(shape, np.uint8),
    )


def compose(sensor: Sensor, wall_celsius: float, things: Iterable[tuple[Thing, int]]) -> Canvas:
    """The things, each with its number, the farthest first, before a wall."""
    canvas = blank(sensor, wall_celsius)
    for thing, owner in sorted(things, key=lambda pair: -pair[0].distance_metres):
        thing.draw(canvas, owner)
    return canvas


def seen_shares(canvas: Canvas, sensor: Sensor, owners: Iterable[int]) -> Plane:
    """How much of every sensor pixel's light comes from these owners, (rows, columns), 0 to 1."""
    mine = np.isin(canvas.owner, list(owners)).astype(np.float32)
    return _through_lens(mine, sensor)


def perceive(canvas: Canvas, sensor: Sensor, surroundings_celsius: float) -> Plane:
    """What a perfect sensor of this shape and lens would say, (rows, columns) in degrees Celsius."""
    own = (canvas.celsius + _KELVIN) ** 4
    reflected = np.float32((surroundings_celsius + _KELVIN) ** 4)
    radiance = _through_lens(canvas.emissivity * own + (1 - canvas.emissivity) * reflected, sensor)
    corrected = (radiance - (1 - _SKIN_EMISSIVITY) * reflected) / _SKIN_EMISSIVITY
    return np.asarray(corrected**0.25 - _KELVIN, np.float32)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a sensor, with the errors that it keeps."""

    sensor: Sensor
    noise_celsius: float
    pattern: Plane
    """Fixed pattern, slow drift across the picture and the error of the whole picture, (rows, columns)."""
    offset_celsius: float
    """The whole picture's error, a part of `pattern`: what a calibration takes away."""
    dead: tuple[tuple[int, int, float], ...]
    """(row, column, what it always says)."""


def make_unit(sensor: Sensor, rng: np.random.Generator) -> Unit:
    """A unit as it may come out of the box."""
    shape = (sensor.rows, sensor.columns)
    drift = cv2.resize(rng.normal(0, sensor.drift_celsius, (3, 3)), shape[::-1], interpolation=cv2.INTER_CUBIC)
    offset = float(rng.normal(0, 0.5))
    dead = tuple(
        (int(rng.integers(sensor.rows)), int(rng.integers(sensor.columns)), float(rng.choice([-40.0, 5.0, 39.0, 85.0])))
        for _ in range(int(rng.integers(sensor.dead_pixels + 1)))
    )
    # Makers sort out units with two of them side by side.
    apart = tuple(
        (row, column, says)
        for index, (row, column, says) in enumerate(dead)
        if not any(abs(row - other[0]) <= 1 and abs(column - other[1]) <= 1 for other in dead[:index])
    )
    pattern = rng.normal(0, sensor.pattern_celsius, shape) + drift + offset
    return Unit(sensor, float(rng.uniform(*sensor.noise_celsius)), pattern.astype(np.float32), offset, apart)


def expose(perceived: Plane, unit: Unit, die_celsius: float, rng: np.random.Generator) -> ThermalFrame:
    """One frame as the unit sends it."""
    celsius = perceived + unit.pattern + rng.normal(0, unit.noise_celsius, perceived.shape)
    for row, column, says in unit.dead:
        celsius[row, column] = says
    step = unit.sensor.step_celsius
    return ThermalFrame((np.round(celsius / step) * step).astype(np.float32), die_celsius)


def _through_lens(light: Plane, sensor: Sensor) -> Plane:
    blurred = cv2.GaussianBlur(light, (0, 0), sensor.blur_pixels * sensor.fine, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(blurred, (sensor.columns, sensor.rows), interpolation=cv2.INTER_AREA), np.float32)
