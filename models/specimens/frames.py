"""Camera-like frames: a page on a desk, in a hand, in bad light, seen by a cheap camera.

A scene is made once (desk, light, page at the right size) and seen many times, so that a demonstration camera can
give 15 frames a second. Sizes and strengths follow two difficulties: `easy` is a page held with goodwill (two thirds to
nine tenths of the frame, turned by a few degrees), `hard` is small, tilted, smeared, dim and mirrored in.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Quad
from models.specimens import camera
from models.specimens.desk import desk, draw_hand
from models.specimens.reach import DEMONSTRATION, Difficulty, Range, Reach
from models.specimens.surface import Bend, Pose, Surface, shading

Picture = NDArray[np.uint8]
Size = tuple[int, int]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

FRAME_SIZE: Size = (1280, 720)


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the camera and where the page is in it."""

    pixels: Picture
    """height x width x 3, BGR."""
    page_quad: Quad
    """The page's corners, clockwise from its own upper left; they may lie outside of the frame."""
    focus_quad: Quad
    """The same of what the person wants to show: the focus, or the page itself."""


def frame(
    page: Picture,
    rng: Random,
    difficulty: Difficulty | Reach | str = Difficulty.EASY,
    *,
    size: Size = FRAME_SIZE,
    focus: Box | None = None,
    fill: tuple[float, float] | None = None,
) -> Frame:
    """One camera-like frame of the page.

    Args:
        page: height x width x 3 (BGR) or x 4 (BGR and opacity), uint8.
        rng: the only source of chance.
        difficulty: `easy` or `hard`, or ranges of one's own.
        size: of the frame.
        focus: the part of the page that the person wants to show (a code on a sheet); the rest may leave the frame.
        fill: part of the frame that the focus takes (least, most) instead of the difficulty's own.
    """
    return Scene(page, rng, difficulty, size=size, focus=focus, fill=fill).see(rng)


def clip(
    page: Picture,
    rng: Random,
    n: int,
    difficulty: Difficulty | Reach | str = Difficulty.EASY,
    *,
    size: Size = FRAME_SIZE,
    focus: Box | None = None,
    fill: tuple[float, float] | None = None,
) -> Iterator[Frame]:
    """`n` frames in a row of one hand that holds one page nearly still; arguments as for `frame`."""
    scene = Scene(page, rng, difficulty, size=size, focus=focus, fill=fill)
    for index in range(n):
        yield scene.see(rng, tremor=index / 12)


def empty_desk(rng: Random, *, size: Size = FRAME_SIZE) -> Picture:
    """The desk with nothing on it, through the same camera."""
    field = camera.light(size, rng, fall_off=rng.uniform(0.05, 0.35), warmth=rng.uniform(-0.05, 0.06))
    lit = camera.shine(desk(size, rng), field)
    return camera.jpeg(camera.sensor_noise(lit, rng.uniform(1.5, 4), rng), rng.randint(78, 93))


def screen_moire(page: Picture, rng: Random) -> Picture:
    """A page that is a screen: slow coloured waves and a little light of its own. Opacity stays."""
    return camera.moire(page, rng)


def _draw_bend(rng: Random, reach: Range) -> Bend:
    """Paper bows towards or away from the camera; two in three about an upright axis, where lines become arcs."""
    bow = rng.choice((-1, 1)) * rng.uniform(*reach)
    return Bend(bow, rng.uniform(*reach) * 1.5, rng.random() < 2 / 3)


class Scene:
    """One page in one hand over one desk. `see` gives frame after frame of it."""

    def __init__(
        self,
        page: Picture,
        rng: Random,
        difficulty: Difficulty | Reach | str = Difficulty.EASY,
        *,
        size: Size = FRAME_SIZE,
        focus: Box | None = None,
        fill: tuple[float, float] | None = None,
        ground: Picture | None = None,
    ) -> None:
        """Arguments as for `frame`; `ground`: what lies under the page instead of a bare desk, as large as a frame."""
        self._range = difficulty if isinstance(difficulty, Reach) else DEMONSTRATION[Difficulty(difficulty)]
        self._size = size
        height, width = page.shape[:2]
        box = focus or (0.0, 0.0, float(width), float(height))
        scale, part = self._choose_scale(rng, box, width, fill)
        self._whole, self._focus = (0.0, 0.0, float(width), float(height)), box
        self._pose(rng, scale, part)
        self._layer(page, rng, scale)
        self._offset = (
            ((box[0] + box[2]) / 2 - width / 2) * self._shrink,
            ((box[1] + box[3]) / 2 - height / 2) * self._shrink,
        )
        self._bring_into_view(box)
        self._desk = desk(size, rng) if ground is None else ground
        self._light = camera.light(
            size,
            rng,
            fall_off=rng.uniform(*self._range.fall_off),
            shade=rng.uniform(*self._range.shade),
            warmth=rng.uniform(-0.05, 0.07),
        )
        self._noise = rng.uniform(*self._range.noise)
        self._quality = rng.randint(*self._range.quality)
        self._glare = self._draw_glare(rng)
        if self._range.exposure != (1.0, 1.0):
            dimmed = cv2.convertScaleAbs(self._light, alpha=rng.uniform(*self._range.exposure))
            self._light = np.asarray(dimmed, dtype=np.uint8)

    def _choose_scale(self, rng: Random, box: Box, width: int, fill: tuple[float, float] | None) -> tuple[float, float]:
        """Pixels of the frame to a pixel of the page; which part of the frame the shown part then takes."""
        whole = min(self._size[0] / (box[2] - box[0]), self._size[1] / (box[3] - box[1]))
        if self._range.width is not None:
            scale = rng.uniform(*self._range.width) / width
            return scale, min(1.0, scale / whole)
        part = rng.uniform(*(fill or self._range.fill))
        return part * whole, part

    def _pose(self, rng: Random, scale: float, part: float) -> None:
        """How the page is held; drawn before anything else so that the same seed holds it the same way."""
        slack = max(0.0, 1 - part) * 0.42
        self._middle = (
            self._size[0] * (0.5 + rng.uniform(-slack, slack) * 0.8),
            self._size[1] * (0.5 + rng.uniform(-slack, slack)),
        )
        self._scale = scale
        self._roll = rng.gauss(0, self._range.roll)
        self._pitch = rng.choice((-1, 1)) * rng.uniform(*self._range.tilt)
        self._yaw = rng.choice((-1, 1)) * rng.uniform(*self._range.tilt)
        self._phase = rng.uniform(0, math.tau)
        # Drawn only where there is a range, so that scenes without one stay as they are for a seed.
        if any(self._range.turn):
            self._roll += rng.uniform(*self._range.turn)
        self._bend = _draw_bend(rng, self._range.bend) if any(self._range.bend) else None

    def _bring_into_view(self, box: Box) -> None:
        """Moves the page so that no corner of what it is about is cut off, as a person does who sees the picture."""
        corners = self._corners(box)
        room = 0.014 * self._size[1]
        seen = np.array(self._surface(self._middle, self._phase).points(corners))
        too_large = float(((np.ptp(seen, axis=0) + 2 * room) / np.array(self._size)).max())
        if too_large > 1:
            self._scale /= too_large
        elif self._range.width is not None:
            # A page that fits is shown whole; one that does not is pushed as little as its zone asks for.
            self._push(self._corners(self._whole), room)
        self._push(corners, room)

    def _push(self, corners: Quad, room: float) -> None:
        """Shifts the page so far that these corners are `room` pixels inside of the frame; first right and bottom."""
        seen = np.array(self._surface(self._middle, self._phase).points(corners))
        low, high = seen.min(axis=0) - room, seen.max(axis=0) + room - np.array(self._size)
        push = np.where(low < 0, -low, np.where(high > 0, -high, 0.0))
        self._middle = (self._middle[0] + float(push[0]), self._middle[1] + float(push[1]))

    def _layer(self, page: Picture, rng: Random, scale: float) -> None:
        """The page with a margin for the hand, about as large as it will be seen: so it warps fast and cleanly."""
        self._shrink = min(1.0, scale * 1.25)
        height, width = page.shape[:2]
        self._box = (round(width * self._shrink), round(height * self._shrink))
        small = cv2.resize(page, self._box, interpolation=cv2.INTER_AREA) if self._shrink < 1 else page
        if page.shape[2] == 3:
            small = cv2.cvtColor(small, cv2.COLOR_BGR2BGRA)
        reach = self._shrink / scale
        across, down = round(0.6 * self._size[0] * reach), round(0.25 * self._size[1] * reach)
        bordered = cv2.copyMakeBorder(small, down, down, across, across, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
        self._canvas = np.asarray(bordered, dtype=np.uint8)
        self._margin = (across, down)
        if self._bend is not None:
            self._shade_bend(self._bend, rng)
        if rng.random() < self._range.held:
            draw_hand(self._canvas, (across, down, across + self._box[0], down + self._box[1]), rng)

    def _shade_bend(self, bend: Bend, rng: Random) -> None:
        """A bent page is not lit alike everywhere; in place."""
        canvas = (self._canvas.shape[1], self._canvas.shape[0])
        light = shading(bend, self._box, canvas, rng.uniform(-1, 1)) * 255 / 1.25
        field = np.broadcast_to(light[None, :] if bend.upright else light[:, None], self._canvas.shape[:2])
        colour = camera.shine(
            np.ascontiguousarray(self._canvas[:, :, :3]),
            np.ascontiguousarray(np.dstack([field.astype(np.uint8)] * 3)),
            unit=255 / 1.25,
        )
        self._canvas[:, :, :3] = colour

    def _draw_glare(self, rng: Random) -> tuple[tuple[float, float], tuple[float, float], float, float]:
        reach = self._size[1]
        far = reach * self._range.spread
        near = self._middle
        if self._range.width is not None and self._range.spread == 1.0:
            # A lamp knows nothing of the zone: its glare falls about the middle of the page.
            whole = np.array(self._surface(self._middle, self._phase).points(self._corners(self._whole)))
            near = (float(whole[:, 0].mean()), float(whole[:, 1].mean()))
        spot = near[0] + rng.gauss(0, 0.24) * far, near[1] + rng.gauss(0, 0.2) * far
        radii = rng.uniform(0.1, 0.32) * reach, rng.uniform(0.05, 0.14) * reach
        return spot, radii, rng.uniform(0, 180), rng.uniform(*self._range.glare)

    def see(self, rng: Random, *, tremor: float = 0.0) -> Frame:
        """The next frame. `tremor`: seconds since the first one, for the slow sway of the hand."""
        sway = self._phase + tremor * math.tau * 0.6
        drift = 0.006 * self._size[1] * self._range.sway
        middle = (
            self._middle[0] + drift * math.sin(sway) + rng.gauss(0, 0.7),
            self._middle[1] + drift * math.cos(sway * 1.3) + rng.gauss(0, 0.7),
        )
        surface = self._surface(middle, sway)
        pixels, opacity = self._compose(surface)
        pixels = camera.shine(pixels, self._light)
        spot, radii, turn, peak = self._glare
        if peak > 8:
            wander = self._range.wander * self._range.sway * self._size[1]
            at = (spot[0] + wander * math.sin(sway), spot[1] + 0.6 * wander * math.cos(1.3 * sway + peak))
            pixels = camera.glare(pixels, at, radii, turn, peak, opacity)
        pixels = camera.motion_blur(pixels, rng.uniform(*self._range.smear), rng.uniform(0, 180))
        pixels = camera.defocus(pixels, rng.uniform(*self._range.defocus))
        pixels = camera.jpeg(camera.sensor_noise(pixels, self._noise, rng), self._quality)
        return Frame(pixels, surface.points(self._corners(self._whole)), surface.points(self._corners(self._focus)))

    def _corners(self, box: Box) -> Quad:
        """A box of the page as corners on the canvas."""
        left, top, right, bottom = (part * self._shrink for part in box)
        across, down = self._margin
        x0, y0, x1, y1 = left + across, top + down, right + across, bottom + down
        return (x0, y0), (x1, y0), (x1, y1), (x0, y1)

    def _surface(self, middle: tuple[float, float], sway: float) -> Surface:
        """The canvas as it is held now."""
        scale = self._scale / self._shrink
        roll = self._roll + 0.35 * self._range.sway * math.sin(sway * 0.8)
        turn = math.radians(roll)
        dx, dy = (-part * scale for part in self._offset)
        shifted = (
            middle[0] + dx * math.cos(turn) - dy * math.sin(turn),
            middle[1] + dx * math.sin(turn) + dy * math.cos(turn),
        )
        pose = Pose(shifted, scale, roll, self._pitch, self._yaw, 1.15 * self._size[0])
        return Surface((self._canvas.shape[1], self._canvas.shape[0]), self._box, pose, self._bend)

    def _compose(self, surface: Surface) -> tuple[Picture, Picture]:
        """Desk, the shadow of page and hand on it, page and hand; and where page and hand are (0 to 255)."""
        warped = surface.picture(self._canvas, self._size)
        opacity = np.asarray(cv2.extractChannel(warped, 3), dtype=np.uint8)
        small = cv2.resize(opacity, (self._size[0] // 4, self._size[1] // 4), interpolation=cv2.INTER_AREA)
        aside = np.array(((1, 0, 3), (0, 1, 4)), np.float32)
        moved = cv2.warpAffine(small, aside, (small.shape[1], small.shape[0]), borderMode=cv2.BORDER_REPLICATE)
        soft = np.asarray(cv2.GaussianBlur(moved, (0, 0), 5), dtype=np.float32)
        dimming = cv2.resize((128 - 0.30 * soft).astype(np.uint8), self._size, interpolation=cv2.INTER_LINEAR)
        ground = camera.shine(self._desk, np.asarray(cv2.merge([dimming, dimming, dimming]), dtype=np.uint8))
        weight = opacity.astype(np.float32) / 255
        mixed = cv2.blendLinear(cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR), ground, weight, 1 - weight)
        return np.asarray(mixed, dtype=np.uint8), opacity
