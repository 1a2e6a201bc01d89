"""The evaluation set of the passport reader: documents before a camera, and pictures without any document to read.

Everything is drawn from a seed; the same seed gives the same pixels. Training draws single lines
(`mrz_lines`) and never these pages.

Ranges (research on camera-like frames of 1280 x 720; five frames a clip, one hand that sways):

- easy: page 620 to 1120 pixels wide, turned by 4 degrees (standard deviation), tilted up to 8, defocus up to 1 pixel,
  motion blur up to 7 pixels, noise 2 to 5 grey levels, glare up to 70, JPEG 75 to 93.
- hard: page 480 to 820 pixels wide, turned by 8 degrees, tilted 4 to 20 about both axes, defocus 0.5 to 1.6,
  motion blur up to 8 pixels, noise 3 to 10, glare 30 to 190, a shadow, JPEG 58 to 85.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from models.regions import MrzFormat
from models.specimens.frames import FRAME_SIZE, Scene
from models.specimens.holder import holder_of
from models.specimens.mrz_text import random_zone
from models.specimens.negatives import gallery
from models.specimens.passport import draw_document
from models.specimens.reach import Difficulty, Reach
from models.specimens.sheets import zone_quad

Picture = NDArray[np.uint8]

EVALUATION_SEED = 20_260_917
"""Never used by training or tuning."""

REACHES = {
    Difficulty.EASY: Reach(
        (0.6, 0.9),
        4.0,
        (0, 8),
        (0.2, 1.0),
        (0, 7),
        (2, 5),
        (0, 70),
        (0, 0.2),
        (0.05, 0.35),
        (75, 93),
        (620, 1120),
        sway=2.5,
    ),
    Difficulty.HARD: Reach(
        (0.5, 0.8),
        8.0,
        (4, 20),
        (0.5, 1.6),
        (0, 8),
        (3, 10),
        (30, 190),
        (0.1, 0.5),
        (0.2, 0.55),
        (58, 85),
        (480, 820),
        sway=2.5,
    ),
}
_STEP_S = 0.3
"""Seconds from frame to frame of a clip."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One document, held before the camera for some frames."""

    kind: str
    """Row of the table: format and difficulty, or the condition's name."""
    zone: tuple[str, ...]
    """What the reader should say."""
    frames: tuple[Picture, ...]
    """Each 720 x 1280 x 3, BGR."""
    difficulty: str


def clips(count: int, seed: int, difficulty: str, *, frames: int = 5) -> Iterator[Clip]:
    """`count` invented documents of the six formats in rotation.

    Args:
        count: how many documents.
        seed: the same seed gives the same pixels, whatever `count`.
        difficulty: `easy` or `hard`.
        frames: of each document.

    Raises:
        ValueError: an unknown difficulty.
        ModelMissing: a font is not installed.
    """
    level = Difficulty(difficulty)
    kinds = tuple(MrzFormat)
    for index in range(count):
        kind = kinds[index % len(kinds)]
        rng = _chance(seed, level, index)
        zone = random_zone(np.random.default_rng(rng.getrandbits(64)), kind)
        page = draw_document(holder_of(zone), zone)
        (left, top), _, (right, bottom), _ = zone_quad(kind)
        scene = Scene(page, rng, REACHES[level], focus=(left, top, right, bottom))
        yield Clip(f"{kind.value} {level.value}", zone, _film(scene, rng, frames), level.value)


def specimen_clips(
    pages: Sequence[tuple[str, Picture, tuple[str, ...]]], seed: int, difficulty: str, *, frames: int = 5
) -> Iterator[Clip]:
    """Given pictures of pages, each held before the same camera; `kind` is the picture's name and the difficulty.

    Args:
        pages: name, picture (height x width x 3, BGR, the zone upright), true zone.
        seed: the only source of chance.
        difficulty: `easy` or `hard`.
        frames: of each page.
    """
    level = Difficulty(difficulty)
    for index, (name, picture, zone) in enumerate(pages):
        rng = _chance(seed, level, index)
        scene = Scene(picture, rng, REACHES[level])
        yield Clip(f"{name} {level.value}", zone, _film(scene, rng, frames), level.value)


def negatives(count: int, seed: int) -> Iterator[tuple[str, Picture]]:
    """(kind, frame) of scenes without a machine-readable zone, the kinds in rotation; frames 720 x 1280 x 3, BGR."""
    kinds = tuple(gallery.KINDS)
    for index in range(count):
        kind = kinds[index % len(kinds)]
        yield kind, gallery.KINDS[kind](Random(f"{seed} {kind} {index}"), FRAME_SIZE)


def _chance(seed: int, level: Difficulty, index: int) -> Random:
    return Random(f"{seed} {level.value} {index}")


def _film(scene: Scene, rng: Random, frames: int) -> tuple[Picture, ...]:
    return tuple(scene.see(rng, tremor=index * _STEP_S).pixels for index in range(frames))
