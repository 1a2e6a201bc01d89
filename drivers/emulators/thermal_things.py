"""Warm and hot things before a thermal sensor that are not a face. All painted in metres at their own distance."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.emulators.thermal_physics import Canvas, Plane


@dataclass(frozen=True, slots=True)
class Wall:
    """What is behind everything: uneven, a little warmer above."""

    celsius: float
    seed: int
    """Of its unevenness."""
    uneven_celsius: float = 0.4
    slope_celsius: float = 0.4
    """From the bottom of the picture to its top."""
    distance_metres: float = 20.0

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint the whole picture."""
        shape = canvas.celsius.shape
        lumps = np.random.default_rng(self.seed).normal(0, self.uneven_celsius, (4, 5)).astype(np.float32)
        height = np.linspace(0.5, -0.5, shape[0], dtype=np.float32)[:, None]
        celsius = (
            self.celsius + self.slope_celsius * height + cv2.resize(lumps, shape[::-1], interpolation=cv2.INTER_CUBIC)
        )
        canvas.paint(np.ones(shape, np.bool_), celsius.astype(np.float32), owner)


@dataclass(frozen=True, slots=True)
class Patch:
    """A plain warm surface: sun on a wall, a lamp, an engine, a bonnet, the body of an animal."""

    distance_metres: float
    celsius: float
    x: float
    y: float
    half_width: float
    half_height: float
    round_shape: bool = True
    tilt_degrees: float = 0.0
    rough_celsius: float = 0.0
    """Standard deviation of its own unevenness."""
    seed: int = 0
    emissivity: float = 0.95

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint an ellipse or a rectangle."""
        across, down = _place(canvas, self.distance_metres, self.x, self.y)
        tilt = np.radians(self.tilt_degrees)
        u = (across * np.cos(tilt) + down * np.sin(tilt)) / self.half_width
        v = (down * np.cos(tilt) - across * np.sin(tilt)) / self.half_height
        inside = u**2 + v**2 < 1 if self.round_shape else (np.abs(u) < 1) & (np.abs(v) < 1)
        lumps = np.random.default_rng(self.seed).normal(0, 1, (5, 5)).astype(np.float32)
        rough = cv2.remap(
            lumps,
            np.clip((u + 1) * 2, 0, 4).astype(np.float32),
            np.clip((v + 1) * 2, 0, 4).astype(np.float32),
            cv2.INTER_LINEAR,
        )
        canvas.paint(inside, (self.celsius + self.rough_celsius * rough).astype(np.float32), owner, self.emissivity)


@dataclass(frozen=True, slots=True)
class Cup:
    """A cup of a hot drink: the wall cooler than what can be seen of the drink."""

    distance_metres: float
    celsius: float
    """Of its outside."""
    x: float
    y: float
    drink_celsius: float = 65.0

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint it, a little wider above."""
        u, v = _place(canvas, self.distance_metres, self.x, self.y)
        canvas.paint((np.abs(v) < 0.05) & (np.abs(u) < 0.04 - 0.12 * v), self.celsius, owner)
        canvas.paint((u / 0.04) ** 2 + ((v + 0.05) / 0.008) ** 2 < 1, self.drink_celsius, owner)


@dataclass(frozen=True, slots=True)
class Hand:
    """An open hand, or one that holds something; the fingers upwards."""

    distance_metres: float
    celsius: float
    x: float
    y: float
    air_celsius: float
    open_fingers: bool = True
    tilt_degrees: float = 0.0

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint palm, fingers, wrist; fingers cooler than the palm."""
        across, down = _place(canvas, self.distance_metres, self.x, self.y)
        tilt = np.radians(self.tilt_degrees)
        u, v = across * np.cos(tilt) + down * np.sin(tilt), down * np.cos(tilt) - across * np.sin(tilt)
        fingers = np.zeros_like(u, np.bool_)
        for index, length in enumerate((0.065, 0.08, 0.075, 0.06)):
            apart = 0.021 + (0.006 if self.open_fingers else 0.0)
            lean = (index - 1.5) * apart
            reach = length if self.open_fingers else 0.02
            fingers |= (np.abs(u - lean - (index - 1.5) * 0.12 * np.clip(-v - 0.04, 0, 1)) < 0.0085) & (
                (v < -0.035) & (v > -0.04 - reach)
            )
        cool = self.celsius - 0.25 * max(0.0, self.celsius - self.air_celsius)
        canvas.paint((np.abs(u) < 0.03) & (v > 0.02), self.celsius - 0.3, owner, 0.98)
        canvas.paint(_oval(u, v, 0.043, 0.055), self.celsius, owner, 0.98)
        canvas.paint(fingers, cool, owner, 0.98)


@dataclass(frozen=True, slots=True)
class Dog:
    """A dog of about knee height, seen from the front: coat, warmer head, warm eyes, cold nose."""

    distance_metres: float
    coat_celsius: float
    skin_celsius: float
    x: float
    y: float
    size: float = 1.0

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint it."""
        u, v = _place(canvas, self.distance_metres, self.x, self.y)
        u, v = (u / self.size).astype(np.float32), (v / self.size).astype(np.float32)
        canvas.paint(_oval(u, v - 0.22, 0.13, 0.17), self.coat_celsius, owner)
        head = (self.coat_celsius + self.skin_celsius) / 2
        canvas.paint(_oval(u, v, 0.08, 0.09), head, owner)
        canvas.paint(_oval(u, v - 0.05, 0.035, 0.04), head + 0.5, owner)
        for side in (-1, 1):
            canvas.paint(_oval(u - side * 0.07, v + 0.08, 0.025, 0.05), head - 1, owner)
            canvas.paint(_oval(u - side * 0.03, v + 0.015, 0.012, 0.009), self.skin_celsius, owner)
        canvas.paint(_oval(u, v - 0.05, 0.014, 0.011), self.coat_celsius - 2, owner)


def _place(canvas: Canvas, distance: float, x: float, y: float) -> tuple[Plane, Plane]:
    return (
        np.asarray(canvas.across * distance - x, np.float32),
        np.asarray(canvas.down * distance - y, np.float32),
    )


def _oval(u: Plane, v: Plane, half_width: float, half_height: float) -> NDArray[np.bool_]:
    return np.asarray((u / half_width) ** 2 + (v / half_height) ** 2 < 1, np.bool_)
