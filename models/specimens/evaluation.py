"""The evaluation set of the passport reader: documents before a camera, and pictures without any document to read.

Everything is drawn from a seed; the same seed gives the same pixels. Training draws single lines
(`mrz_lines`) and never these pages.

Ranges of the clips (after measurements on camera-like frames of 1280 x 720; one hand that sways, 0.3 s between frames):

- easy: page 620 to 1120 pixels wide, turned by 4 degrees (standard deviation), tilted up to 8, defocus up to 1 pixel,
  motion blur up to 7 pixels, noise 2 to 5 grey levels, glare up to 70, JPEG 75 to 93; print nearly faultless.
- hard: page 480 to 820 pixels wide, turned by 8 degrees, tilted 4 to 20 about both axes, defocus 0.4 to 1.5,
  motion blur up to 7 pixels (more of a character than on easy), noise 3 to 9, glare 30 to 190, a shadow of 10 to 50 %,
  JPEG 58 to 85; print thin to fat, one in five faded, one in seven with toner holes, one in ten with broken strokes,
  pages of booklets bent by up to 4 %, one visa in six stamped across the zone.

Half of the passports lie in their open booklet. Where the zone would leave the frame, the page is moved and, when it is
still too large, made smaller. States in the zones are of the whole world; all else is invented.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from models.regions import MrzFormat, Quad
from models.specimens import mrz_conditions
from models.specimens.booklet import open_booklet
from models.specimens.fonts import Face
from models.specimens.frames import FRAME_SIZE, Frame, Scene
from models.specimens.holder import holder_of
from models.specimens.look import PALETTES, Look
from models.specimens.mrz_conditions import Condition, Setting
from models.specimens.mrz_text import random_zone
from models.specimens.negatives import gallery
from models.specimens.negatives.printed import form
from models.specimens.passport import draw_document
from models.specimens.reach import EVALUATION, Difficulty, Range
from models.specimens.screens import on_tablet
from models.specimens.sheets import CAPITAL_MM, SHEETS, zone_quad

Picture = NDArray[np.uint8]

EVALUATION_SEED = 20_260_917
"""Never used by training or tuning."""

_STEP_S = 0.3
"""Seconds from frame to frame of a clip."""
_FORMATS = tuple(MrzFormat)
_PAPER = (MrzFormat.TD3, MrzFormat.MRV_A, MrzFormat.MRV_B)
"""These bend; cards do not."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One document, held before the camera for some frames."""

    kind: str
    """Row of the table: format and difficulty, or the condition's name."""
    zone: tuple[str, ...]
    """What the reader should say."""
    frames: tuple[Picture, ...]
    """Each 720 x 1280 x 3, BGR; larger where the condition's glyphs are."""
    difficulty: str
    quads: tuple[Quad, ...] = ()
    """Where the zone is in each frame, clockwise from its own upper left; empty where only the picture is known."""


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
    for index in range(count):
        kind = _FORMATS[index % len(_FORMATS)]
        rng = _chance(seed, level, index)
        setting = Setting(_draw_look(rng, level, kind), EVALUATION[level])
        yield _clip(f"{kind.value} {level.value}", level.value, kind, setting, rng, frames)


def condition_clips(count: int, seed: int, *, frames: int = 5) -> Iterator[Clip]:
    """`count` documents under one condition each: conditions in rotation, formats too, so that a
    condition meets another format in every round.

    All else is plain. `kind` is the condition's name, `difficulty` is "conditions".
    """
    conditions = tuple(Condition)
    for index in range(count):
        condition = conditions[index % len(conditions)]
        kind = _FORMATS[(index % len(conditions) + index // len(conditions)) % len(_FORMATS)]
        if condition is Condition.CURVED and kind not in _PAPER:
            kind = MrzFormat.TD3
        setting = mrz_conditions.apply(mrz_conditions.PLAIN, condition)
        yield _clip(condition.value, "conditions", kind, setting, _chance(seed, condition, index), frames)


def specimen_clips(
    pages: Sequence[tuple[str, Picture, tuple[str, ...]]], seed: int, difficulty: str, *, frames: int = 5
) -> Iterator[Clip]:
    """Given pictures of pages, each held before the same camera; `kind` is the picture's name and the difficulty.

    The ranges are those of `clips`, without bends. Pictures narrower than the least width (480 or 620 pixels) are left
    out: enlarged, they would show fewer pixels of a character than the range promises.

    Args:
        pages: name, picture (height x width x 3, BGR, the zone upright), true zone.
        seed: the only source of chance.
        difficulty: `easy` or `hard`.
        frames: of each page.
    """
    level = Difficulty(difficulty)
    reach = replace(EVALUATION[level], bend=(0.0, 0.0))
    least = EVALUATION[level].width
    for name, picture, zone in pages:
        if least is not None and picture.shape[1] >= least[0]:
            rng = _chance(seed, level, name)
            seen = _film(Scene(picture, rng, reach), rng, frames)
            yield Clip(f"{name} {level.value}", zone, tuple(one.pixels for one in seen), level.value)


def negatives(count: int, seed: int) -> Iterator[tuple[str, Picture]]:
    """(kind, frame) of scenes without a machine-readable zone, the kinds in rotation; frames 720 x 1280 x 3, BGR."""
    kinds = tuple(gallery.KINDS)
    for index in range(count):
        kind = kinds[index % len(kinds)]
        yield kind, gallery.KINDS[kind](_chance(seed, kind, index), FRAME_SIZE)


def _clip(name: str, difficulty: str, kind: MrzFormat, setting: Setting, rng: Random, frames: int) -> Clip:
    zone = random_zone(np.random.default_rng(rng.getrandbits(64)), kind)
    page = draw_document(holder_of(zone), zone, look=setting.look)
    (left, top), _, (right, bottom), _ = zone_quad(kind)
    inner = page.shape[1]
    if kind is MrzFormat.TD3 and rng.random() < 0.5:
        page, (x, y, *_rest) = open_booklet(page, rng.randrange(3))
        left, top, right, bottom = left + x, top + y, right + x, bottom + y
    if setting.reach.screen:
        page, (x, y) = on_tablet(page, rng, strength=setting.reach.screen)
        left, top, right, bottom = left + x, top + y, right + x, bottom + y
    reach = setting.reach if kind in _PAPER else replace(setting.reach, bend=(0.0, 0.0))
    width = reach.width if setting.glyph is None else _width_for(kind, setting.glyph)
    if width is not None:
        part = page.shape[1] / inner
        reach = replace(reach, width=(width[0] * part, width[1] * part))
    ground = form(rng, setting.size) if setting.form else None
    scene = Scene(page, rng, reach, size=setting.size, focus=(left, top, right, bottom), ground=ground)
    seen = _film(scene, rng, frames)
    return Clip(name, zone, tuple(one.pixels for one in seen), difficulty, tuple(one.focus_quad for one in seen))


def _draw_look(rng: Random, level: Difficulty, kind: MrzFormat) -> Look:
    """Fresh documents, or worn ones; ranges in the head of this file."""
    palette = rng.randrange(PALETTES)
    cut = rng.choices((Face.OCR_B, Face.OCR_B_SHARP, Face.OCR_B_OBLIQUE), weights=(8, 1, 1))[0]
    if level is Difficulty.EASY:
        return Look(
            cut, rng.uniform(-0.3, 0.3), fade=rng.uniform(0, 0.2), ground=rng.uniform(0.1, 0.6), palette=palette
        )
    visa = kind in (MrzFormat.MRV_A, MrzFormat.MRV_B)
    return Look(
        cut,
        rng.uniform(-0.6, 0.6),
        breaks=rng.uniform(0.03, 0.08) if rng.random() < 1 / 10 else 0.0,
        holes=rng.uniform(0.04, 0.1) if rng.random() < 1 / 7 else 0.0,
        misplaced=rng.uniform(0, 0.05),
        fade=rng.uniform(0.3, 0.5) if rng.random() < 1 / 5 else rng.uniform(0, 0.2),
        ground=rng.uniform(0.2, 1.1),
        palette=palette,
        stamps=1 if visa and rng.random() < 1 / 6 else 0,
    )


def _width_for(kind: MrzFormat, glyph: Range) -> Range:
    """Width of the page at which capitals are so high."""
    least, most = (SHEETS[kind].width * part / CAPITAL_MM for part in glyph)
    return least, most


def _chance(seed: int, what: str, index: int | str) -> Random:
    return Random(f"{seed} {what} {index}")


def _film(scene: Scene, rng: Random, frames: int) -> list[Frame]:
    return [scene.see(rng, tremor=index * _STEP_S) for index in range(frames)]
