"""Whole scenes before a thermal sensor with their truth: who is there, what may be measured, what must not be."""

from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.emulators.thermal_people import Hair, Hat, Person, skin_of
from drivers.emulators.thermal_physics import (
    Plane,
    Sensor,
    Thing,
    Unit,
    compose,
    expose,
    make_unit,
    perceive,
    seen_shares,
)
from drivers.emulators.thermal_things import Cup, Dog, Hand, Patch, Wall
from drivers.readings import ThermalFrame

_FACE, _BODY, _OTHERS, _HOT = 1, 2, 10, 20


class Kind(StrEnum):
    """What the scene is about."""

    FACE = "face"
    FACE_HAT = "face, cap or straw hat"
    FACE_GLASSES = "face, glasses"
    FACE_MASK = "face, mask"
    FACE_SUN = "face, sun on the wall behind"
    FACE_CUP = "face, hot cup in the hand before the chest"
    FACE_OTHERS = "face, another person behind"
    CUP_AT_FACE = "hot cup at or beside the face"
    HOT_WALL_FACE = "face before a wall hotter than skin"
    NOBODY = "nobody"
    SUN = "nobody, sun on the wall"
    HOT_WALL = "nobody, wall or bonnet in the sun"
    LAMP = "nobody, lamp or engine"
    CUP = "nobody, hot cup"
    CUP_HAND = "hot cup in a hand"
    HAND = "a hand only"
    DOG = "a dog"
    BACK = "a person from behind"
    FAR = "a person at 2.5 to 4 m"
    HELMET = "motorcycle helmet, visor down"
    ASIDE = "a face cut by the picture's side"
    TOO_NEAR = "a face at 0.12 to 0.18 m"


MEASURABLE = frozenset(
    {Kind.FACE, Kind.FACE_HAT, Kind.FACE_GLASSES, Kind.FACE_MASK, Kind.FACE_SUN, Kind.FACE_CUP, Kind.FACE_OTHERS}
)
EITHER = frozenset({Kind.CUP_AT_FACE, Kind.HOT_WALL_FACE})
"""A face is there, but refusing it is right too; a value from anything else than skin is wrong."""
PEOPLE = MEASURABLE | EITHER | {Kind.BACK, Kind.FAR, Kind.HELMET, Kind.ASIDE, Kind.TOO_NEAR}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so, whatever the sensor says."""

    kind: Kind
    person: bool
    measurable: bool | None
    """A whole face, well placed and in range; None where measuring and refusing are both right."""
    canthus_celsius: float | None
    """Surface temperature of the warmest inner eye corner of the nearest person."""
    glasses: bool
    hat: bool
    distance_metres: float | None
    face: NDArray[np.bool_]
    """(rows, columns): most of the pixel's light comes from bare skin of that face."""
    hot: NDArray[np.bool_]
    """(rows, columns): some of the pixel's light comes from a thing that is neither a person nor the plain wall."""
    face_width_pixels: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A scene through one unit's lens; `expose` it as often as frames are needed."""

    truth: Truth
    perceived: Plane
    unit: Unit
    air_celsius: float

    def frame(self, rng: np.random.Generator) -> ThermalFrame:
        """The next frame: the same scene, new noise."""
        return expose(self.perceived, self.unit, self.air_celsius + 6.0, rng)


def stage(kind: Kind, sensor: Sensor, air: float, distance: float, rng: np.random.Generator) -> Shot:
    """A scene of that kind; everything that is not said is drawn.

    Args:
        kind: what it is about.
        sensor: through which it is seen.
        air: degrees Celsius.
        distance: of the person or the thing, metres; kinds with a distance in their name have their own.
        rng: of everything else.
    """
    people, others, wall = _cast(kind, sensor, air, distance, rng)
    things: list[tuple[Thing, int]] = [(wall, _HOT if kind in (Kind.HOT_WALL_FACE, Kind.HOT_WALL) else 0)]
    things += [(thing, _HOT) for thing in others if not isinstance(thing, Hand)]
    things += [(thing, _OTHERS) for thing in others if isinstance(thing, Hand)]
    things += [(each, _FACE if index == 0 else _OTHERS) for index, each in enumerate(people)]
    canvas = compose(sensor, wall.celsius, things)
    nearest = people[0] if people else None
    face = seen_shares(canvas, sensor, [_FACE]) > 0.5
    hot = seen_shares(canvas, sensor, [_HOT]) > 0.02
    # Two pixels apart the lens keeps them apart; nearer, refusing is right too.
    touching = bool((cv2.dilate(hot.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & face).any())
    truth = Truth(
        kind=kind,
        person=kind in PEOPLE,
        measurable=None if kind in EITHER or (kind in MEASURABLE and touching) else kind in MEASURABLE,
        canthus_celsius=nearest.skin.canthus if nearest else None,
        glasses=nearest is not None and nearest.glasses,
        hat=nearest is not None and nearest.hat is not None,
        distance_metres=nearest.distance_metres if nearest else None,
        face=face,
        hot=hot,
        face_width_pixels=_pixels(0.15 * nearest.size, nearest.distance_metres, sensor) if nearest else 0.0,
    )
    return Shot(truth, perceive(canvas, sensor, air), make_unit(sensor, rng), air)


def _pixels(metres: float, distance: float, sensor: Sensor) -> float:
    return float(np.degrees(2 * np.arctan(metres / 2 / distance)) / sensor.field_degrees[0] * sensor.columns)


def _cast(
    kind: Kind, sensor: Sensor, air: float, distance: float, rng: np.random.Generator
) -> tuple[list[Person], list[Thing], Wall]:
    wall = Wall(air + float(rng.normal(0, 0.7)), int(rng.integers(1 << 30)))
    if kind in (Kind.HOT_WALL_FACE, Kind.HOT_WALL):
        wall = replace(wall, celsius=float(rng.uniform(37.5, 55)), uneven_celsius=1.0)
    people = _people(kind, sensor, air, distance, rng) if kind in PEOPLE else []
    return people, _things(kind, air, distance, people, rng), wall


def _people(kind: Kind, sensor: Sensor, air: float, distance: float, rng: np.random.Generator) -> list[Person]:
    if kind is Kind.FAR:
        distance = float(rng.uniform(2.5, 4.0))
    elif kind is Kind.TOO_NEAR:
        distance = float(rng.uniform(0.12, 0.18))
    person = _placed(_person(air, distance, rng), sensor, rng, cut=kind is Kind.ASIDE)
    if kind is Kind.FACE_HAT:
        person = replace(person, hat=Hat.CAP if rng.random() < 0.6 else Hat.STRAW)
    elif kind is Kind.FACE_GLASSES:
        person = replace(person, glasses=True)
    elif kind is Kind.FACE_MASK:
        person = replace(person, mask=True)
    elif kind is Kind.HELMET:
        person = replace(person, hat=Hat.HELMET)
    elif kind is Kind.BACK:
        person = replace(person, turn_degrees=float(rng.uniform(140, 220)))
    people = [person]
    if kind is Kind.FACE_OTHERS:
        behind = person.distance_metres + float(rng.uniform(0.6, 1.5))
        aside = float(rng.choice([-1, 1])) * rng.uniform(0.2, 0.45) * behind
        people.append(replace(_person(air, behind, rng), x=float(aside), y=float(rng.uniform(-0.15, 0.1))))
    return people


def _person(air: float, distance: float, rng: np.random.Generator) -> Person:
    core = float(rng.uniform(37.8, 40.0) if rng.random() < 0.15 else rng.normal(36.8, 0.3))
    return Person(
        distance_metres=distance,
        skin=skin_of(air, core, rng),
        air_celsius=air,
        size=float(rng.uniform(0.76, 0.9) if rng.random() < 0.15 else rng.normal(1.0, 0.05)),
        turn_degrees=float(rng.normal(0, 8)),
        tilt_degrees=float(rng.normal(0, 5)),
        hair=Hair(str(rng.choice([each.value for each in Hair], p=[0.45, 0.3, 0.08, 0.17]))),
    )


def _placed(person: Person, sensor: Sensor, rng: np.random.Generator, *, cut: bool) -> Person:
    """The person where a face is well placed: within a fifth of the picture from the middle, wholly seen."""
    half = [
        person.distance_metres * np.tan(np.radians(field / 2 * (1 - 2 / count)))
        for field, count in zip(sensor.field_degrees, (sensor.columns, sensor.rows), strict=True)
    ]
    if cut:
        side = float(rng.choice([-1, 1])) * (half[0] + rng.uniform(-0.05, 0.05) * person.size)
        return replace(person, x=side, y=float(rng.uniform(-0.3, 0.3)) * half[1])
    left, top, right, bottom = person.face_box
    free_x = min(0.4 * half[0], max(0.0, half[0] - (right - left) / 2))
    low, high = -half[1] - top, half[1] - bottom
    y = rng.uniform(max(low, -0.4 * half[1]), min(high, 0.4 * half[1])) if low < high else (low + high) / 2
    return replace(person, x=float(rng.uniform(-free_x, free_x)), y=float(y))


def _things(kind: Kind, air: float, distance: float, people: list[Person], rng: np.random.Generator) -> list[Thing]:
    def near(middle: float, spread: float) -> float:
        return float(rng.normal(middle, spread))

    if kind in (Kind.FACE_SUN, Kind.SUN):
        behind = float(rng.uniform(1.5, 4.0)) + distance
        return [_sunny(air, behind, rng) for _ in range(int(rng.integers(1, 4)))]
    if kind is Kind.HOT_WALL and rng.random() < 0.4:
        return [Patch(3.0, near(60, 8), near(0, 0.5), 1.0, 1.2, 0.6, round_shape=False, rough_celsius=3.0)]
    if kind is Kind.LAMP:
        hot, size = float(rng.uniform(45, 140)), float(rng.uniform(0.03, 0.12))
        return [
            Patch(
                distance, hot, near(0, 0.05), near(0, 0.05), size, size * 1.2, rough_celsius=0.1 * (hot - air), seed=3
            )
        ]
    if kind is Kind.DOG:
        skin = float(rng.uniform(34, 37))
        coat = air + float(rng.uniform(0.3, 0.6)) * (skin - air)
        return [Dog(distance, coat, skin, near(0, 0.03), near(0, 0.03), float(rng.uniform(0.8, 1.3)))]
    if kind is Kind.HAND:
        return [_hand(air, distance, rng, near(0, 0.04), near(0, 0.04), open_fingers=rng.random() < 0.6)]
    if kind in (Kind.CUP, Kind.CUP_HAND):
        x, y = near(0, 0.04), near(0, 0.04)
        cup = _cup(distance, x, y, rng)
        held = [_hand(air, distance + 0.03, rng, x + 0.03, y + 0.02, open_fingers=False)]
        return [cup, *(held if kind is Kind.CUP_HAND else [])]
    if kind in (Kind.FACE_CUP, Kind.CUP_AT_FACE):
        person = people[0]
        before = max(0.1, person.distance_metres - float(rng.uniform(0.05, 0.12)))
        low = kind is Kind.FACE_CUP
        aside = float(rng.choice([-1, 1])) * rng.uniform(0.0, 0.12)
        at = (person.x + aside, person.y + (rng.uniform(0.22, 0.32) if low else rng.uniform(-0.02, 0.12)))
        x, y = (float(each) * before / person.distance_metres for each in at)
        return [_cup(before, x, y, rng), _hand(air, before + 0.03, rng, x + 0.03, y + 0.03, open_fingers=False)]
    return []


def _sunny(air: float, distance: float, rng: np.random.Generator) -> Patch:
    return Patch(
        distance,
        air + float(rng.uniform(3, 25)),
        float(rng.normal(0, 0.35)) * distance,
        float(rng.normal(0, 0.25)) * distance,
        float(rng.uniform(0.04, 0.3)) * distance,
        float(rng.uniform(0.04, 0.3)) * distance,
        round_shape=rng.random() < 0.5,
        tilt_degrees=float(rng.uniform(-30, 30)),
        rough_celsius=float(rng.uniform(0.2, 1.5)),
        seed=int(rng.integers(1 << 30)),
    )


def _cup(distance: float, x: float, y: float, rng: np.random.Generator) -> Cup:
    return Cup(distance, float(rng.uniform(40, 65)), x, y, float(rng.uniform(55, 80)))


def _hand(air: float, distance: float, rng: np.random.Generator, x: float, y: float, *, open_fingers: bool) -> Hand:
    celsius = 31.0 + 0.27 * (air - 22) + float(rng.normal(0, 1.2))
    return Hand(distance, celsius, x, y, air, open_fingers, float(rng.normal(0, 15)))
