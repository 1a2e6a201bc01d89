"""Where a page in space is seen by a pinhole camera: flat, or bent about one of its axes as the page of a booklet is.

A bent page is a piece of a general cylinder: it keeps its lengths (paper does not stretch), so the place of a mark is
found by its distance along the paper. Everything is exact up to a table of 400 steps; no flat picture is distorted
"as if" it were bent.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Quad
from models.specimens import camera

Picture = NDArray[np.uint8]
Size = tuple[int, int]
Numbers = NDArray[np.float64]

_SPREAD = 3.0
"""The table goes this many half pages to both sides, so that the margin goes on in a straight line."""
_COARSE = 8
"""The inverse map is worked out for every eighth pixel and filled in between: it is smooth."""
_STEPS = 6
"""Rounds of the search for where a ray meets the paper; the error shrinks at least threefold in each."""


@dataclass(frozen=True, slots=True)
class Bend:
    """The shape of a page that does not lie flat. Heights are parts of the page's length across the bend."""

    bow: float
    """How far the middle stands out of the line between both edges; above 0 towards the camera."""
    spine: float
    """How far the edge at the spine dips, over about the first third."""
    upright: bool
    """True: bent about an upright axis, so that lines of text become arcs. False: about a level axis."""


@dataclass(frozen=True, slots=True)
class Pose:
    """How a page is held."""

    middle: tuple[float, float]
    """Where the middle of the canvas is seen, pixels of the frame."""
    scale: float
    """Pixels of the frame to a pixel of the canvas."""
    roll: float
    pitch: float
    yaw: float
    """Degrees, as in `camera.project`."""
    focal: float
    """Pixels of the frame."""


class Surface:
    """One canvas (page with a margin) in one pose."""

    def __init__(self, canvas: Size, page: Size, pose: Pose, bend: Bend | None) -> None:
        """`canvas`, `page`: width and height in pixels of the canvas; the page lies in its middle."""
        self._canvas, self._pose = canvas, pose
        self._profile = None if bend is None else _Profile(bend, page)

    def points(self, points: Quad) -> Quad:
        """Where points of the canvas are seen."""
        if self._profile is None:
            return camera.through(self._matrix(), points)
        flat = np.array(points, np.float64) - np.array(self._canvas) / 2
        space = self._profile.lift(flat) @ camera.rotation(self._pose.roll, self._pose.pitch, self._pose.yaw).T
        factor = self._pose.focal / (self._pose.focal + space[:, 2] * self._pose.scale)
        seen = np.array(self._pose.middle) + space[:, :2] * (self._pose.scale * factor)[:, None]
        first, second, third, fourth = ((float(x), float(y)) for x, y in seen)
        return first, second, third, fourth

    def picture(self, canvas: Picture, size: Size) -> Picture:
        """The canvas as seen in a frame of `size`; transparent black where it is not."""
        if self._profile is None:
            return np.asarray(cv2.warpPerspective(canvas, self._matrix(), size, flags=cv2.INTER_LINEAR), dtype=np.uint8)
        across, down = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in self._sources(size))
        return np.asarray(cv2.remap(canvas, across, down, cv2.INTER_LINEAR), dtype=np.uint8)

    def _matrix(self) -> Numbers:
        pose = self._pose
        quad = camera.project(
            self._canvas, pose.middle, pose.scale, roll=pose.roll, pitch=pose.pitch, yaw=pose.yaw, focal=pose.focal
        )
        return camera.homography(self._canvas, quad)

    def _sources(self, size: Size) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """For a coarse grid of pixels of the frame: which place of the canvas their ray meets."""
        assert self._profile is not None
        pose = self._pose
        wide, high = size[0] // _COARSE, size[1] // _COARSE
        v, u = np.mgrid[0:high, 0:wide].astype(np.float64)
        # Middles of the coarse cells, so that the resize puts every value back to its own place.
        u, v = (u + 0.5) * size[0] / wide - 0.5, (v + 0.5) * size[1] / high - 0.5
        focal = pose.focal / pose.scale
        rays = np.stack(
            [(u - pose.middle[0]) / pose.scale, (v - pose.middle[1]) / pose.scale, np.full_like(u, focal)], axis=-1
        )
        turn = camera.rotation(pose.roll, pose.pitch, pose.yaw)
        rays, eye = rays @ turn, np.array((0.0, 0.0, -focal)) @ turn
        reach = -eye[2] / rays[..., 2]
        for _ in range(_STEPS):
            height = self._profile.height(eye + reach[..., None] * rays)
            reach = (height - eye[2]) / rays[..., 2]
        flat = self._profile.unroll(eye + reach[..., None] * rays) + np.array(self._canvas) / 2
        return flat[..., 0].astype(np.float32), flat[..., 1].astype(np.float32)


class _Profile:
    """The curve of the paper across the bend: chord, height and length along the paper, in pixels of the canvas."""

    def __init__(self, bend: Bend, page: Size) -> None:
        self._axis = 0 if bend.upright else 1
        half = page[self._axis] / 2
        part = np.linspace(-_SPREAD, _SPREAD, 401)
        inside = np.clip(part, -1, 1)
        height = -2 * half * (bend.bow * (1 - inside**2) - bend.spine * np.exp(-(1 + inside) / 0.3))
        slope = np.gradient(height, part)
        edges = np.searchsorted(part, (-1.0, 1.0))
        for edge, beyond in ((edges[0] + 1, part < part[edges[0] + 1]), (edges[1] - 2, part > part[edges[1] - 2])):
            height = np.where(beyond, height[edge] + slope[edge] * (part - part[edge]), height)
        self._chord, self._height = part * half, height
        steps = np.hypot(np.diff(self._chord), np.diff(self._height))
        along = np.concatenate([[0.0], np.cumsum(steps)])
        self._along = along - np.interp(0.0, self._chord, along)

    def lift(self, flat: Numbers) -> Numbers:
        """Places on the paper, n x 2, to points in space, n x 3."""
        chord = np.interp(flat[:, self._axis], self._along, self._chord)
        space = np.column_stack([flat, np.interp(chord, self._chord, self._height)])
        space[:, self._axis] = chord
        return space

    def height(self, space: Numbers) -> Numbers:
        return np.interp(space[..., self._axis], self._chord, self._height)

    def unroll(self, space: Numbers) -> Numbers:
        """Points on the paper in space, ... x 3, to places on it, ... x 2."""
        flat = space[..., :2].copy()
        flat[..., self._axis] = np.interp(space[..., self._axis], self._chord, self._along)
        return flat


def shading(bend: Bend, page: Size, canvas: Size, light: float) -> NDArray[np.float32]:
    """How bright each row or column of the canvas is for a lamp from the side `light` (-1 to 1): n values about 1."""
    profile = _Profile(bend, page)
    axis = 0 if bend.upright else 1
    along = np.arange(canvas[axis]) - canvas[axis] / 2
    flat = np.zeros((canvas[axis], 2))
    flat[:, axis] = along
    slope = np.gradient(profile.lift(flat)[:, 2])
    angle = np.arctan(slope) + math.radians(35) * light
    return np.clip(np.cos(angle) / math.cos(math.radians(35) * light), 0.5, 1.25).astype(np.float32)
