"""Named conditions under which a webcam sees a 2D code: for the benchmark and for the tests of the code reader.

One condition at a time at a strength that hurts, each on a frame of 1280 x 720 with a little noise and JPEG. Widths are
those of the code itself, without its quiet zone.
"""

import math
from collections.abc import Callable
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.specimens import camera
from models.specimens.desk import desk

Picture = NDArray[np.uint8]
Size = tuple[int, int]

FRAME_SIZE: Size = (1280, 720)
CURLED = "paper curled to 57 degrees"
"""The one condition that no reader we know manages; figures are given without it."""


def _place(code: Picture, rng: Random, *, width: float, roll: float = 0, tilt: float = 0) -> Picture:
    """The code, `width` pixels wide without its quiet zone, on a card on a desk; tilted about one of the two axes."""
    scale = width / _ink_width(code if code.ndim == 2 else code[:, :, 1])
    colour = cv2.cvtColor(code, cv2.COLOR_GRAY2BGR) if code.ndim == 2 else code
    edge = round(0.06 * colour.shape[1])
    ground = tuple(float(part) for part in colour[0, 0])
    card = cv2.copyMakeBorder(colour, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=ground)
    box = (card.shape[1], card.shape[0])
    middle = (FRAME_SIZE[0] / 2 + rng.uniform(-60, 60), FRAME_SIZE[1] / 2 + rng.uniform(-20, 20))
    pitch, yaw = (tilt, 0.0) if rng.random() < 0.5 else (0.0, tilt)
    quad = camera.project(box, middle, scale, roll=roll, pitch=pitch, yaw=yaw)
    matrix = camera.homography(box, quad)
    mask = cv2.warpPerspective(np.full(card.shape[:2], 255, np.uint8), matrix, FRAME_SIZE)
    # Warped at double size and halved: a bilinear warp alone would alias modules of three pixels.
    double = np.diag((2.0, 2.0, 1.0)) @ matrix
    large = cv2.warpPerspective(card, double, (FRAME_SIZE[0] * 2, FRAME_SIZE[1] * 2), borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.resize(large, FRAME_SIZE, interpolation=cv2.INTER_AREA)
    weight = mask.astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(seen, desk(FRAME_SIZE, rng), weight, 1 - weight), dtype=np.uint8)


def _ink_width(code: Picture) -> float:
    """How wide the symbol is: from the first to the last column that is far from the quiet zone's grey."""
    away = np.abs(code.astype(np.int16) - int(code[2, 2])).max(axis=0)
    ink = np.flatnonzero(away > 0.6 * away.max())
    return float(ink[-1] - ink[0] + 1)


def _finish(pixels: Picture, rng: Random, *, noise: float = 3.0) -> Picture:
    return camera.jpeg(camera.sensor_noise(pixels, noise, rng), 82)


def _contrast(code: Picture, dark: int, light: int) -> Picture:
    return np.asarray(dark + code.astype(np.float32) * ((light - dark) / 255), dtype=np.uint8)


def _curl(code: Picture, degrees: float) -> Picture:
    """The code on paper bent about an upright axis, `degrees` at its left and right edge, seen from the front."""
    height, width = code.shape
    most = math.radians(degrees)
    half = width / 2
    radius = half / most
    across = np.linspace(-1, 1, round(2 * radius * math.sin(most)), dtype=np.float32) * (radius * math.sin(most))
    angle = np.arcsin(np.clip(across / radius, -1, 1))
    depth = radius * (1 - np.cos(angle))
    shrink = 1 + depth / (4.0 * width)
    y = np.arange(height, dtype=np.float32)[:, None] - height / 2
    map_x = np.broadcast_to((angle * radius + half)[None, :], (height, across.size)).astype(np.float32)
    map_y = (y * shrink[None, :] + height / 2).astype(np.float32)
    bent = cv2.remap(code, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255.0)
    shade = (0.55 + 0.45 * np.cos(angle + 0.5))[None, :]
    return np.asarray(np.clip(bent * shade, 0, 255), dtype=np.uint8)


def _glared(code: Picture, rng: Random) -> Picture:
    frame = _place(code, rng, width=380, roll=rng.uniform(-8, 8))
    spot = (FRAME_SIZE[0] / 2 + rng.uniform(-170, 170), FRAME_SIZE[1] / 2 + rng.uniform(-150, 150))
    return _finish(camera.glare(frame, spot, (rng.uniform(45, 80), rng.uniform(25, 45)), rng.uniform(0, 180), 235), rng)


def _shadowed(code: Picture, rng: Random) -> Picture:
    frame = _place(code, rng, width=380, roll=rng.uniform(-8, 8))
    return _finish(camera.shine(frame, camera.light(FRAME_SIZE, rng, fall_off=0.3, shade=0.72)), rng)


def _on_screen(code: Picture, rng: Random) -> Picture:
    screen = camera.moire(
        np.asarray(cv2.cvtColor(_upscaled(code), cv2.COLOR_GRAY2BGR), dtype=np.uint8), rng, strength=0.3
    )
    return _finish(_place(screen, rng, width=380, roll=rng.uniform(-8, 8)), rng)


def _upscaled(code: Picture) -> Picture:
    side = 700
    return np.asarray(cv2.resize(code, (side, round(side * code.shape[0] / code.shape[1]))), dtype=np.uint8)


def _combined(code: Picture, rng: Random) -> Picture:
    frame = _place(code, rng, width=360, roll=rng.uniform(-20, 20), tilt=rng.uniform(15, 25))
    smeared = camera.motion_blur(camera.defocus(frame, 0.9), 3.5, rng.uniform(0, 180))
    return _finish(smeared, rng, noise=9)


def _smeared(code: Picture, rng: Random) -> Picture:
    frame = _place(code, rng, width=380, roll=rng.uniform(-8, 8))
    return _finish(camera.motion_blur(frame, 9, rng.uniform(0, 180)), rng)


CONDITIONS: dict[str, Callable[[Picture, Random], Picture]] = {
    "420 px, plain": lambda code, rng: _finish(_place(code, rng, width=420), rng),
    "300 px": lambda code, rng: _finish(_place(code, rng, width=300), rng),
    "220 px": lambda code, rng: _finish(_place(code, rng, width=220), rng),
    "tilt 35 degrees": lambda code, rng: _finish(_place(code, rng, width=420, tilt=35), rng),
    "rotated up to 45 degrees": lambda code, rng: _finish(_place(code, rng, width=380, roll=rng.uniform(-45, 45)), rng),
    "defocus, sigma 2 px": lambda code, rng: _finish(camera.defocus(_place(code, rng, width=420), 2), rng),
    "motion blur 9 px": _smeared,
    "noise, sigma 30": lambda code, rng: _finish(_place(code, rng, width=380), rng, noise=30),
    "low contrast, grey 95 on 135": lambda code, rng: _finish(_place(_contrast(code, 95, 135), rng, width=380), rng),
    "glare patch": _glared,
    "phone-screen moire": _on_screen,
    "dark-mode phone, inverted": lambda code, rng: _finish(_place(_contrast(code, 225, 18), rng, width=380), rng),
    "strong shadow": _shadowed,
    CURLED: lambda code, rng: _finish(_place(_curl(_upscaled(code), 57), rng, width=380), rng),
    "combined: 360 px, tilt, turn, blur, noise": _combined,
}
"""Name to a function of the code's picture (height x width, grey, as `models.qr.draw_code` gives it) and chance."""
