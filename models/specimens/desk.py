"""Draws what lies under a document: counters of laminate, felt, stone and steel, and the hand that holds the page."""

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.specimens.pen import smooth

Picture = NDArray[np.uint8]
Size = tuple[int, int]
Colour = tuple[float, float, float]
"""Blue, green, red."""

_SKINS: tuple[Colour, ...] = ((170, 196, 232), (140, 172, 214), (104, 142, 190), (72, 104, 148), (54, 74, 108))
_SLEEVES: tuple[Colour, ...] = ((92, 70, 52), (60, 58, 58), (140, 150, 156), (78, 96, 70))


def desk(size: Size, rng: Random) -> Picture:
    """A counter top seen from above, with its own texture: height x width x 3, BGR."""
    chance = np.random.default_rng(rng.getrandbits(64))
    draw = rng.choice((_wood, _wood, _felt, _stone, _steel))
    field = draw((size[0] // 2, size[1] // 2), rng, chance)
    whole = cv2.resize(np.clip(field, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(whole, dtype=np.uint8)


def _tint(field: NDArray[np.float32], colour: Colour, contrast: float) -> NDArray[np.float32]:
    """A field about 0 as shades of one colour."""
    return (1 + contrast * field)[:, :, None] * np.array(colour, np.float32)


def _cloud(size: Size, chance: np.random.Generator, cells: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth noise with that many cells across and down."""
    coarse = chance.standard_normal((cells[1], cells[0])).astype(np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _wood(size: Size, rng: Random, chance: np.random.Generator) -> NDArray[np.float32]:
    colour = rng.choice(((118, 158, 196), (92, 124, 160), (70, 92, 124), (148, 176, 202)))
    bend = _cloud(size, chance, (5, 4)) * 9
    rows = np.arange(size[1], dtype=np.float32)[:, None] + bend
    rings = np.sin(rows * rng.uniform(0.09, 0.16)) * 0.5 + np.sin(rows * rng.uniform(0.45, 0.7) + bend) * 0.28
    fibres = _cloud(size, chance, (24, size[1])) * 0.35
    return _tint((rings + fibres).astype(np.float32), colour, 0.07)


def _felt(size: Size, rng: Random, chance: np.random.Generator) -> NDArray[np.float32]:
    colour = rng.choice(((92, 84, 62), (74, 92, 66), (98, 70, 58), (70, 66, 64)))
    return _tint(
        _cloud(size, chance, (size[0] // 2, size[1] // 2)) * 0.7 + _cloud(size, chance, (9, 6)) * 0.5, colour, 0.07
    )


def _stone(size: Size, rng: Random, chance: np.random.Generator) -> NDArray[np.float32]:
    colour = rng.choice(((196, 204, 208), (168, 172, 176), (132, 134, 136)))
    ground = _tint(
        _cloud(size, chance, (size[0] // 3, size[1] // 3)) * 0.5 + _cloud(size, chance, (12, 8)), colour, 0.03
    )
    for _ in range(240):
        middle = rng.randrange(size[0]), rng.randrange(size[1])
        shade = rng.uniform(0.72, 1.12)
        fleck = tuple(part * shade for part in colour)
        axes = rng.randrange(1, 5), rng.randrange(1, 4)
        cv2.ellipse(ground, middle, axes, rng.randrange(180), 0, 360, fleck, -1, cv2.LINE_AA)
    return ground


def _steel(size: Size, rng: Random, chance: np.random.Generator) -> NDArray[np.float32]:
    colour = rng.choice(((176, 174, 170), (150, 150, 148)))
    brushed = _cloud(size, chance, (14, size[1])) * 0.8 + _cloud(size, chance, (6, 4))
    return _tint(brushed, colour, 0.045)


def draw_hand(canvas: Picture, page: tuple[int, int, int, int], rng: Random) -> None:
    """Draws a hand that holds the page by one side, in place: arm and palm behind the page, the thumb on it.

    Args:
        canvas: height x width x 4 (blue, green, red, opacity), larger than the page.
        page: left, top, right, bottom of the page within the canvas. The thumb covers at most a twelfth of its width,
            in the upper part, where neither a machine-readable zone nor the middle of a code lies.
        rng: which side, which skin, how far in.
    """
    left, top, right, bottom = page
    unit = min(right - left, bottom - top)
    side = rng.choice((-1, 1))
    edge = left if side < 0 else right
    y = top + (bottom - top) * rng.uniform(0.16, 0.4)
    skin = rng.choice(_SKINS)
    reach, wide = rng.uniform(0.05, 0.085), rng.uniform(0.055, 0.068)
    drop = rng.uniform(0.05, 0.5)

    def place(points: list[tuple[float, float]]) -> NDArray[np.float64]:
        """Hand units (1 is the page's shorter side, outwards and down from thumb and edge) to pixels."""
        return np.array([(edge + side * u * unit, y + v * unit) for u, v in smooth(points, closed=True)])

    def arm(start: float, upper: float, lower: float) -> list[tuple[float, float]]:
        """Both sides of an arm that leaves the picture, in steps of the same length so that the curve stays calm."""
        steps = [start + 0.35 * step for step in range(10)]
        out = [(u, upper + drop * (u - start)) for u in steps]
        return [*out, *((u, lower + drop * (u - start)) for u in reversed(steps))]

    palm = [
        (-0.2, 0.0),
        (0.04, -0.12),
        (0.2, -0.19),
        (0.42, -0.19),
        *arm(0.68, -0.13, 0.47),
        (0.4, 0.54),
        (0.12, 0.46),
        (-0.2, 0.3),
    ]
    cuff = arm(0.86, -0.16 + 0.18 * drop, 0.58 + 0.18 * drop)
    tip = wide - reach
    thumb = [
        (-reach, 0.0),
        (tip - wide * 0.5, -wide * 0.86),
        (tip + wide * 1.2, -wide),
        (0.2, -wide * 1.35),
        (0.36, -wide * 1.4),
    ]
    thumb += [(0.4, 0.06), (0.36, 0.19), (0.2, wide * 1.9), (tip + wide * 1.2, wide), (tip - wide * 0.5, wide * 0.86)]
    free = canvas[:, :, 3] < 128
    _draw_round(canvas, place(palm), skin, wide * unit, free)
    _draw_round(canvas, place(thumb), skin, wide * unit, None)
    _draw_round(canvas, place(cuff), rng.choice(_SLEEVES), 0.3 * unit, free)
    nail = (round(edge + side * (wide * 0.95 - reach) * unit), round(y))
    pale = [part + (245 - part) * 0.4 for part in skin]
    axes = (round(wide * 0.6 * unit), round(wide * 0.5 * unit))
    cv2.ellipse(canvas, nail, axes, 0, 0, 360, (*pale, 255.0), -1, cv2.LINE_AA)


def _draw_round(
    canvas: Picture, outline: NDArray[np.float64], colour: Colour, roundness: float, free: NDArray[np.bool_] | None
) -> None:
    """A filled shape that gets darker towards its rim, as a round thing under a lamp; only where `free`."""
    height, width = canvas.shape[:2]
    x0, y0 = (max(0, math.floor(value) - 4) for value in outline.min(axis=0))
    x1, y1 = min(width, math.ceil(outline[:, 0].max()) + 4), min(height, math.ceil(outline[:, 1].max()) + 4)
    if x1 <= x0 or y1 <= y0:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(mask, [np.round((outline - (x0, y0)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    coarse = cv2.resize(mask, (max(1, mask.shape[1] // 3), max(1, mask.shape[0] // 3)), interpolation=cv2.INTER_AREA)
    depth = np.clip(cv2.distanceTransform(coarse, cv2.DIST_L2, 3) * (3 / max(roundness, 1)), 0, 1)
    shade = (168 + 87 * np.sqrt(1 - (1 - depth) ** 2)).astype(np.uint8)
    shade = np.asarray(cv2.resize(shade, (mask.shape[1], mask.shape[0])), dtype=np.uint8)
    if free is not None:
        mask[~free[y0:y1, x0:x1]] = 0
    body = cv2.merge([cv2.convertScaleAbs(shade, alpha=part * 1.04 / 255) for part in colour])
    part = canvas[y0:y1, x0:x1]
    weight = mask.astype(np.float32) / 255
    under = cv2.cvtColor(part, cv2.COLOR_BGRA2BGR)
    part[:, :, :3] = cv2.blendLinear(body, under, weight, 1 - weight)
    np.maximum(part[:, :, 3], mask, out=part[:, :, 3])
