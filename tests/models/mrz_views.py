"""Draws frames of specimen documents that show exactly one thing: a turn, a fault, a second document, a screen."""

from datetime import date
from functools import lru_cache
from random import Random
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from models.errors import ModelMissing
from models.regions import MrzFormat
from models.specimens import camera, passport, people
from models.specimens.desk import desk
from models.specimens.sheets import zone_quad

SIZE = (1280, 720)
FAULTS = ("far", "slanted", "mirrored", "smeared", "left", "right", "bottom", "top")


class Document(NamedTuple):
    kind: MrzFormat
    zone: tuple[str, ...]
    page: np.ndarray


@lru_cache(maxsize=2)
def documents(count: int, seed: int) -> tuple[Document, ...]:
    """Passports and cards in turn. Skips the test when the fonts are missing."""
    rng, drawn = Random(seed), []
    for index in range(count):
        person = people.invent(rng, date(2026, 11, 21))
        kind = (MrzFormat.TD3, MrzFormat.TD1)[index % 2]
        zone = people.zone_lines(person, kind)
        try:
            drawn.append(Document(kind, zone, passport.draw_document(person, zone)))
        except ModelMissing as error:
            pytest.skip(str(error))
    return tuple(drawn)


def laid(page, ground, quad):
    """The page over the ground, drawn at double size so that it does not alias."""
    matrix = np.diag([2.0, 2.0, 1.0]) @ camera.homography((page.shape[1], page.shape[0]), quad)
    double = cv2.warpPerspective(page, matrix, (2 * SIZE[0], 2 * SIZE[1]))
    seen = cv2.resize(double, SIZE, interpolation=cv2.INTER_AREA)
    weight = seen[:, :, 3:].astype(np.float32) / 255
    return (seen[:, :, :3] * weight + ground * (1 - weight)).astype(np.uint8)


def lit(pixels, rng):
    """Under a lamp somewhere."""
    return camera.shine(pixels, camera.light(SIZE, rng, fall_off=rng.uniform(0.05, 0.3)))


def finished(pixels, rng, *, smear=(0.0, 2.5), defocus=(0.0, 0.7)):
    """A little blur, noise and JPEG."""
    pixels = camera.motion_blur(pixels, rng.uniform(*smear), rng.uniform(0, 180))
    pixels = camera.defocus(pixels, rng.uniform(*defocus))
    return camera.jpeg(camera.sensor_noise(pixels, rng.uniform(1.5, 4), rng), rng.randint(78, 93))


def held(document, rng, *, roll, part=(0.68, 0.97), tilt=7.0, page=None):
    """The whole document at any angle, as large as fits."""
    page = document.page if page is None else page
    box = (page.shape[1], page.shape[0])
    pitch, yaw = (rng.choice((-1, 1)) * rng.uniform(0, tilt) for _ in range(2))
    flat = np.array(camera.project(box, (0, 0), 1.0, roll=roll, pitch=pitch, yaw=yaw, focal=3000))
    scale = rng.uniform(*part) * float((np.array(SIZE) / np.ptp(flat, axis=0)).min())
    quad = np.array(camera.project(box, (0, 0), scale, roll=roll, pitch=pitch, yaw=yaw, focal=1472))
    low, high = quad.min(axis=0), quad.max(axis=0)
    room = np.maximum(0, (np.array(SIZE) - (high - low)) / 2) * 0.95
    shift = np.array(SIZE) / 2 - (low + high) / 2 + room * (rng.uniform(-1, 1), rng.uniform(-1, 1))
    return tuple((float(x), float(y)) for x, y in quad + shift)


def at_angle(document, rng, roll):
    """The document turned by `roll` degrees on a desk."""
    return finished(lit(laid(document.page, desk(SIZE, rng), held(document, rng, roll=roll)), rng), rng)


def _through(page, quad, points):
    matrix = camera.homography((page.shape[1], page.shape[0]), quad)
    return np.array(camera.through(matrix, points))


def with_fault(kind, document, rng):
    """The document with one thing wrong, and nothing else."""
    page, rows = document.page, len(document.zone)
    height, width = page.shape[:2]
    zone = zone_quad(document.kind)
    roll, middle = rng.uniform(-6, 6), (640.0, 360.0)
    scale = min(1100 / width, 680 / height) * rng.uniform(0.8, 0.95)
    pitch = yaw = 0.0
    blur = {}
    if kind == "far":
        scale = rng.uniform(4.2, 5.8) * len(document.zone[0]) / (zone[1][0] - zone[0][0])
        middle = (rng.uniform(400, 880), rng.uniform(250, 470))
    elif kind == "slanted":
        yaw, pitch = rng.choice((-1, 1)) * rng.uniform(48, 62), rng.uniform(-8, 8)
        scale = min(1100 / width, 680 / height) * rng.uniform(0.6, 0.75)
    elif kind == "smeared":
        blur = {"smear": (12, 16)} if rng.random() < 0.5 else {"defocus": (3.2, 4.4)}
    elif kind == "top":
        roll += 180
    quad = np.array(camera.project((width, height), middle, scale, roll=roll, pitch=pitch, yaw=yaw, focal=1300))
    seen = _through(page, quad, zone)
    part = (rows - 1 + rng.uniform(-0.35, 0.15)) / rows
    if kind == "left":
        quad[:, 0] -= (seen[0] + (seen[1] - seen[0]) * rng.uniform(0.1, 0.4))[0]
    elif kind == "right":
        quad[:, 0] += SIZE[0] - (seen[1] + (seen[0] - seen[1]) * rng.uniform(0.1, 0.4))[0]
    elif kind == "bottom":
        quad[:, 1] += SIZE[1] - (seen[:2] + (seen[[3, 2]] - seen[:2]) * part)[:, 1].max()
    elif kind == "top":
        quad[:, 1] -= (seen[:2] + (seen[[3, 2]] - seen[:2]) * part)[:, 1].min()
    frame = lit(laid(page, desk(SIZE, rng), quad), rng)
    if kind == "mirrored":
        along = seen[1] - seen[0]
        length = float(np.linalg.norm(along))
        spot = seen.mean(axis=0) + along * rng.uniform(-0.3, 0.3)
        radii = (length * rng.uniform(0.12, 0.25), length * rng.uniform(0.08, 0.16))
        frame = camera.glare(frame, tuple(spot), radii, roll, rng.uniform(230, 255))
    return finished(frame, rng, **blur)


def side_by_side(first, second, rng):
    """Two documents in one frame, beside or above one another."""
    frame, beside = desk(SIZE, rng), rng.random() < 0.5
    for index, document in enumerate((first, second)):
        height, width = document.page.shape[:2]
        room = (600 / width, 650 / height) if beside else (1100 / width, 345 / height)
        middle = ((330, 360), (950, 360))[index] if beside else ((640, 185), (640, 535))[index]
        angles = {"roll": rng.uniform(-3, 3), "pitch": rng.uniform(-5, 5), "yaw": rng.uniform(-5, 5)}
        quad = camera.project((width, height), middle, min(room) * rng.uniform(0.88, 0.98), **angles)
        frame = laid(document.page, frame, quad)
    return finished(lit(frame, rng), rng, smear=(0, 1.5))


def on_a_screen(document, rng):
    """The document shown by a device whose pixels beat with the camera's."""
    page = camera.moire(document.page, rng, strength=rng.uniform(0.15, 0.3))
    quad = held(document, rng, roll=rng.uniform(-8, 8), part=(0.85, 0.97))
    return finished(lit(laid(page, desk(SIZE, rng), quad), rng), rng, smear=(0, 1.5))
