"""What a cheap camera and bad light do to a picture. Pure functions; chance comes in as an argument.

Pictures are height x width x 3, blue green red, uint8; sizes are (width, height) in pixels.
"""

import math
from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Quad

Picture = NDArray[np.uint8]
Size = tuple[int, int]

_GRAIN = 16.0
"""Standard deviation of the stored noise, in grey levels."""
_UNIT = 128.0
"""The value that means "as bright as it is" in a light field."""


def rotation(roll: float, pitch: float, yaw: float) -> NDArray[np.float64]:
    """The 3 x 3 matrix of a turn by these degrees: first pitch, then yaw, then roll."""
    a, b, c = (math.radians(angle) for angle in (pitch, yaw, roll))
    about_x = np.array(((1, 0, 0), (0, math.cos(a), -math.sin(a)), (0, math.sin(a), math.cos(a))))
    about_y = np.array(((math.cos(b), 0, math.sin(b)), (0, 1, 0), (-math.sin(b), 0, math.cos(b))))
    about_z = np.array(((math.cos(c), -math.sin(c), 0), (math.sin(c), math.cos(c), 0), (0, 0, 1)))
    return np.asarray(about_z @ about_y @ about_x, dtype=np.float64)


def project(
    box: Size,
    middle: tuple[float, float],
    scale: float,
    *,
    roll: float = 0,
    pitch: float = 0,
    yaw: float = 0,
    focal: float = 1400,
) -> Quad:
    """Where the corners of a flat rectangle come to lie under a pinhole camera.

    Args:
        box: the rectangle's width and height in its own units.
        middle: where its middle is seen, pixels.
        scale: pixels per unit when it is not tilted.
        roll: turn in the picture plane, degrees, clockwise.
        pitch: tilt about the horizontal axis, degrees.
        yaw: tilt about the vertical axis, degrees.
        focal: focal length, pixels; about the frame's width for a webcam.
    """
    w, h = box[0] * scale / 2, box[1] * scale / 2
    corners = np.array(((-w, -h, 0), (w, -h, 0), (w, h, 0), (-w, h, 0)))
    turned = corners @ rotation(roll, pitch, yaw).T
    factor = focal / (focal + turned[:, 2])
    first, second, third, fourth = (
        (float(middle[0] + x * f), float(middle[1] + y * f)) for (x, y, _), f in zip(turned, factor, strict=True)
    )
    return first, second, third, fourth


def homography(box: Size, quad: Quad) -> NDArray[np.float64]:
    """The 3 x 3 matrix that takes pixels of a picture of that size to the quad."""
    source = np.array(((0, 0), (box[0], 0), (box[0], box[1]), (0, box[1])), np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, np.array(quad, np.float32)), dtype=np.float64)


def through(matrix: NDArray[np.float64], points: Quad) -> Quad:
    """Points through a homography."""
    moved = cv2.perspectiveTransform(np.array([points], np.float64), matrix)[0]
    first, second, third, fourth = ((float(x), float(y)) for x, y in moved)
    return first, second, third, fourth


def defocus(pixels: Picture, sigma: float) -> Picture:
    """Out of focus by a Gaussian of `sigma` pixels."""
    return _same(cv2.GaussianBlur(pixels, (0, 0), sigma)) if sigma > 0.3 else pixels


def motion_blur(pixels: Picture, length: float, degrees: float) -> Picture:
    """Smeared along a straight line of `length` pixels."""
    if length < 1.5:
        return pixels
    side = math.ceil(length) | 1
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    dx, dy = math.cos(math.radians(degrees)) * length / 2, math.sin(math.radians(degrees)) * length / 2
    ends = [tuple(round((middle + sign * part) * 256) for part in (dx, dy)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 8)
    return _same(cv2.filter2D(pixels, -1, kernel / kernel.sum()))


@lru_cache(maxsize=12)
def _grain(size: Size) -> Picture:
    """One field of noise, larger than the frame so that each frame takes another part of it."""
    field = np.random.default_rng(9303).standard_normal((size[1] + 64, size[0] + 64), np.float32)
    return _same(np.clip(field * _GRAIN + 128, 0, 255).astype(np.uint8))


def sensor_noise(pixels: Picture, sigma: float, rng: Random) -> Picture:
    """Noise of `sigma` grey levels, most of it the same in the three colours, as cheap cameras have it."""
    height, width = pixels.shape[:2]
    field = _grain((width, height))
    crops = []
    for _ in range(4):
        x, y = rng.randrange(64), rng.randrange(64)
        crops.append(field[y : y + height, x : x + width])
    shared, *own = crops
    # 0.87 and 0.49: squares add up to 1, so that each colour keeps the whole sigma.
    parts = [cv2.addWeighted(shared, 0.87, part, 0.49, 128 - 128 * (0.87 + 0.49)) for part in own]
    amount = sigma / _GRAIN
    return _same(cv2.addWeighted(pixels, 1.0, cv2.merge(parts), amount, -128 * amount))


def jpeg(pixels: Picture, quality: int) -> Picture:
    """Through the coder and back, as a webcam's MJPEG stream."""
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return _same(cv2.imdecode(coded, cv2.IMREAD_COLOR))


def light(size: Size, rng: Random, *, fall_off: float, shade: float = 0.0, warmth: float = 0.0) -> Picture:
    """A field that `shine` multiplies with: a lamp somewhere, vignette, and at will a soft-edged shadow.

    Args:
        size: of the frames it is for.
        rng: where the lamp and the shadow are.
        fall_off: how much darker the darkest corner is, 0 to 1.
        shade: how dark the shadow that falls across the frame is, 0 to 1.
        warmth: above 0 redder, below 0 bluer; 0.1 is plain to see.
    """
    width, height = 64, 36
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lamp = rng.uniform(-0.2, 1.2) * width, rng.uniform(-0.5, 0.6) * height
    distance = np.hypot(x - lamp[0], y - lamp[1]) / math.hypot(width, height)
    field = 1.06 - fall_off * np.clip(distance, 0, 1)
    if shade > 0:
        angle = rng.uniform(0, math.tau)
        edge = (x - width * rng.uniform(0.3, 0.7)) * math.cos(angle) + (y - height * rng.uniform(0.3, 0.7)) * math.sin(
            angle
        )
        field *= 1 - shade / (1 + np.exp(np.clip(-edge / rng.uniform(0.5, 2.5), -30, 30)))
    tinted = np.stack([field * (1 - warmth), field, field * (1 + warmth)], axis=2) * _UNIT
    return _same(cv2.resize(np.clip(tinted, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC))


def shine(pixels: Picture, field: Picture, *, unit: float = _UNIT) -> Picture:
    """The picture under that light; `unit` is the value of the field that means "as bright as it is"."""
    return _same(cv2.multiply(pixels, field, scale=1 / unit))


def glare(
    pixels: Picture,
    middle: tuple[float, float],
    radii: tuple[float, float],
    degrees: float,
    peak: float,
    glossy: Picture | None = None,
) -> Picture:
    """A soft bright patch, as of a lamp mirrored in laminate.

    Args:
        pixels: the picture.
        middle: of the patch, pixels.
        radii: along and across, pixels.
        degrees: how the patch is turned.
        peak: grey levels.
        glossy: height x width, 255 where the surface mirrors; a dull desk shows a fifth of the patch. None: everywhere.
    """
    height, width = pixels.shape[0] // 8, pixels.shape[1] // 8
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x * 8 - middle[0], y * 8 - middle[1]
    turn = math.radians(degrees)
    along, across = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    patch = peak * np.exp(-(((along / radii[0]) ** 2 + (across / radii[1]) ** 2) ** 1.5))
    whole = cv2.resize(patch.astype(np.uint8), (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    if glossy is not None:
        whole = cv2.multiply(whole, np.maximum(glossy, 51), scale=1 / 255)
    return _same(cv2.add(pixels, cv2.merge([whole, whole, whole])))


def moire(pixels: Picture, rng: Random, *, strength: float = 0.14) -> Picture:
    """The beat of a screen's pixels with the camera's: slow coloured waves over a height x width x 3 or x 4 picture."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = rng.uniform(0, math.pi)
    along = x * math.cos(turn) + y * math.sin(turn)
    bend = 6 * np.sin((y * math.cos(turn) - x * math.sin(turn)) / rng.uniform(90, 160))
    period = rng.uniform(5, 11)
    result = pixels.copy()
    for channel in range(3):
        wave = np.sin((along + bend) * math.tau / period + channel * 0.9) * np.sin(along * math.tau / (period * 7.3))
        result[:, :, channel] = np.clip(pixels[:, :, channel] * (1 + strength * wave), 0, 255).astype(np.uint8)
    return result


def _same(result: object) -> Picture:
    """OpenCV's answer under its real type; its own hints say "some array"."""
    return np.asarray(result, dtype=np.uint8)
