"""A person before a thermal sensor: where the skin is warm, and what covers it. Numbers: `docs/thermal.md`."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from drivers.emulators.thermal_physics import Canvas, Plane

CANTHUS_ROW_METRES = -0.025
"""Of the inner corners of the eyes, from the middle of the face; down is positive."""
_CANTHUS_SIDE_METRES = 0.016
_HEAD_HALF_WIDTH = 0.076
_SEEN_ANGLE = np.radians(78)
"""Beyond this angle from the nose the head is ears and hair."""


class Hair(StrEnum):
    """What grows on the head."""

    SHORT = "short"
    LONG = "long"
    BALD = "bald"
    FRINGE = "fringe"


class Hat(StrEnum):
    """What is worn on it."""

    CAP = "cap"
    STRAW = "straw"
    HELMET = "helmet"
    """A motorcycle helmet with its visor down, which is opaque at these wavelengths."""


@dataclass(frozen=True, slots=True)
class Skin:
    """Surface temperatures of one face in one air, degrees Celsius."""

    forehead: float
    cheek: float
    nose: float
    chin: float
    neck: float
    ear: float
    canthus: float


def skin_of(air_celsius: float, core_celsius: float, rng: np.random.Generator) -> Skin:
    """Of a person of that core temperature who has been in that air; people differ."""
    warm, air = 0.6 * (core_celsius - 36.8) + rng.normal(0, 0.5), air_celsius - 22
    return Skin(
        forehead=33.4 + 0.17 * air + warm,
        cheek=32.2 + 0.23 * air + warm + rng.normal(0, 0.3),
        nose=30.8 + 0.33 * air + warm + rng.normal(0, 0.8),
        chin=32.6 + 0.20 * air + warm + rng.normal(0, 0.3),
        neck=33.6 + 0.17 * air + warm + rng.normal(0, 0.3),
        ear=30.8 + 0.33 * air + warm + rng.normal(0, 0.6),
        canthus=34.6 + 0.125 * air + 0.9 * (core_celsius - 36.8) + rng.normal(0, 0.3),
    )


@dataclass(frozen=True, slots=True)
class Person:
    """Head, neck and clothed shoulders. `x`, `y`: the middle of the face, metres right of and below the axis."""

    distance_metres: float
    skin: Skin
    air_celsius: float
    x: float = 0.0
    y: float = 0.0
    size: float = 1.0
    """1 is an adult; 0.78 a child of about four."""
    turn_degrees: float = 0.0
    """180 shows the back of the head."""
    tilt_degrees: float = 0.0
    hair: Hair = Hair.SHORT
    hat: Hat | None = None
    glasses: bool = False
    mask: bool = False

    @property
    def face_box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of brow to mouth and cheek to cheek, in metres; nothing of it may be cut off."""
        across, above, below = 0.07 * self.size, 0.06 * self.size, 0.08 * self.size
        return self.x - across, self.y - above, self.x + across, self.y + below

    def draw(self, canvas: Canvas, owner: int) -> None:
        """Paint clothes, neck, head and what is worn; only bare skin of the face gets `owner`, the rest `owner + 1`."""
        across = (canvas.across * self.distance_metres - self.x) / self.size
        down = (canvas.down * self.distance_metres - self.y) / self.size
        tilt = np.radians(self.tilt_degrees)
        u, v = across * np.cos(tilt) + down * np.sin(tilt), down * np.cos(tilt) - across * np.sin(tilt)
        self._draw_body(canvas, across, down, owner + 1)
        head = (u / _HEAD_HALF_WIDTH) ** 2 + ((v + 0.018) / 0.125) ** 2 < 1
        angle = np.arcsin(np.clip(u / _HEAD_HALF_WIDTH, -1, 1)) - np.radians(self.turn_degrees)
        angle = (angle + np.pi) % (2 * np.pi) - np.pi
        self._draw_hair(canvas, head, u, v, owner + 1)
        hairline = {Hair.BALD: -0.2, Hair.FRINGE: -0.045}.get(self.hair, -0.078) + 3.0 * u**2
        bare = head & (np.abs(angle) < _SEEN_ANGLE) & (v > hairline)
        if self.hair is Hair.BALD:
            bare |= head & (v < 0)
        round_f = np.asarray(np.sin(angle) * _HEAD_HALF_WIDTH, np.float32)
        front = np.abs(angle) < np.pi / 2
        # Grazing skin reflects the cooler surroundings, and the sides of a face are cooler.
        edge = np.clip(((u / _HEAD_HALF_WIDTH) ** 2 + ((v + 0.018) / 0.125) ** 2), 0, 1) ** 3
        skin = self._skin(round_f, v, front) - edge * 0.05 * np.float32(self.skin.forehead - self.air_celsius + 4)
        canvas.paint(bare, skin, owner, 0.98)
        for side in (-1, 1):
            ear = ((u - side * 0.08) / 0.011) ** 2 + ((v - 0.005) / 0.032) ** 2 < 1
            if self.hair is not Hair.LONG:
                canvas.paint(ear, self.skin.ear, owner + 1, 0.98)
        self._draw_worn(canvas, head, u, v, round_f, front, owner + 1)

    def _skin(self, u: Plane, v: Plane, front: NDArray[np.bool_]) -> Plane:
        """Of the face, u metres from its middle line around the head, v below its middle."""
        skin = self.skin
        lower = np.clip((v + 0.02) / 0.09, 0, 1)
        celsius = skin.forehead + lower * (skin.chin - skin.forehead)

        def spot(at_u: float, at_v: float, sd_u: float, sd_v: float) -> Plane:
            return np.asarray(
                np.exp(-(((u - at_u) / sd_u) ** 2) / 2 - ((v - at_v) / sd_v) ** 2 / 2) * front, np.float32
            )

        for side in (-1, 1):
            celsius = celsius + (skin.cheek - celsius) * spot(side * 0.047, 0.03, 0.02, 0.022)
            orbit = max(skin.forehead, skin.canthus - 1.0)
            celsius = celsius + (orbit - celsius) * 0.6 * spot(side * 0.028, CANTHUS_ROW_METRES, 0.014, 0.009)
        celsius = celsius + (skin.nose - celsius) * spot(0.0, 0.022, 0.012, 0.02)
        for side in (-1, 1):
            celsius = celsius + (skin.canthus - celsius) * spot(
                side * _CANTHUS_SIDE_METRES, CANTHUS_ROW_METRES, 0.006, 0.006
            )
        return np.asarray(celsius, np.float32)

    def _covering(self, share: float) -> float:
        """A cover that takes this share of its temperature from the skin under it, the rest from the air."""
        return self.air_celsius + share * (self.skin.forehead - self.air_celsius)

    def _draw_body(self, canvas: Canvas, across: Plane, down: Plane, owner: int) -> None:
        slope = 0.17 + 0.35 * np.clip(np.abs(across) - 0.06, 0, None)
        body = (down > slope) & (np.abs(across) < 0.21)
        canvas.paint(body, self._covering(0.4), owner)
        neck = (np.abs(across) < 0.055) & (down > 0.06) & (down < 0.185)
        collar = (down > 0.17) & (down < 0.235 - np.abs(across) * 1.1)
        bare = neck if abs(self.turn_degrees) > 90 else neck | collar
        canvas.paint(bare, self.skin.neck, owner, 0.98)

    def _draw_hair(self, canvas: Canvas, head: NDArray[np.bool_], u: Plane, v: Plane, owner: int) -> None:
        if self.hair is Hair.BALD:
            canvas.paint(head, self.skin.forehead - 0.6, owner, 0.98)
            return
        hair = head
        if self.hair is Hair.LONG:
            hair = hair | ((np.abs(u) < 0.092) & (v > -0.06) & (v < 0.2) & ((np.abs(u) > 0.058) | (v < 0)))
            if abs(self.turn_degrees) > 90:
                hair = hair | ((np.abs(u) < 0.092) & (v > -0.06) & (v < 0.2))
        canvas.paint(hair, self._covering(0.45), owner)

    def _draw_worn(
        self,
        canvas: Canvas,
        head: NDArray[np.bool_],
        u: Plane,
        v: Plane,
        round_f: Plane,
        front: NDArray[np.bool_],
        owner: int,
    ) -> None:
        if self.mask:
            canvas.paint(
                head & front & (v > 0.012 + 4 * round_f**2) & (np.abs(round_f) < 0.066), self._covering(0.6), owner
            )
        if self.glasses:
            for side in (-1, 1):
                lens = ((round_f - side * 0.033) / 0.027) ** 2 + ((v + 0.02) / 0.021) ** 2 < 1
                canvas.paint(head & front & lens, self._covering(0.25), owner, 0.9)
        if self.hat is Hat.HELMET:
            canvas.paint((u / 0.125) ** 2 + ((v + 0.02) / 0.15) ** 2 < 1, self._covering(0.12), owner, 0.92)
        elif self.hat is not None:
            crown = ((u / 0.082) ** 2 + ((v + 0.04) / 0.115) ** 2 < 1) & (v < -0.05)
            reach = 0.085 if self.hat is Hat.CAP else 0.17
            brim = (np.abs(u) < reach) & (np.abs(v + 0.047) < 0.012)
            canvas.paint(crown | brim, self._covering(0.2), owner)
