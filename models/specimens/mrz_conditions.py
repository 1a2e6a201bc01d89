"""Named conditions under which a camera sees a document, each in a strength of its own, alone or together.

A condition changes one part of a setting; conditions compose by being applied one after the other. For the benchmark's
table by kind (`evaluation.condition_clips`) and for tests.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from models.specimens.fonts import Face
from models.specimens.look import Look
from models.specimens.reach import Range, Reach


class Condition(StrEnum):
    """What is out of the ordinary about the document or the picture."""

    PLAIN = "plain"
    SHARP_CUT = "OCR-B sharp"
    OBLIQUE_CUT = "OCR-B oblique"
    THIN = "thin print"
    FAT = "fat print"
    BREAKS = "broken print"
    HOLES = "toner holes"
    MISPLACED = "misaligned characters"
    FADED = "faded ink"
    BACKGROUND = "strong background"
    STAMP = "stamp over the zone"
    GLARE = "laminate glare"
    CURVED = "curved page"
    TILTED = "perspective"
    DEFOCUS = "defocus"
    MOTION = "motion blur"
    NOISE = "sensor noise"
    LOW_LIGHT = "low light"
    SHADOW = "shadow"
    JPEG = "strong JPEG"
    FORM = "on a printed form"
    SCREEN = "on a screen"
    QUARTER = "turned 90"
    HALF = "turned 180"
    THREE_QUARTERS = "turned 270"
    ANY_ANGLE = "any angle"
    GLYPHS_10 = "glyphs 10 px"
    GLYPHS_14 = "glyphs 14 px"
    GLYPHS_24 = "glyphs 24 px"
    GLYPHS_40 = "glyphs 40 px"
    GLYPHS_60 = "glyphs 60 px"


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that decides how a document looks in a frame, before chance does the rest."""

    look: Look
    reach: Reach
    glyph: Range | None = None
    """Height of a capital letter in pixels of the frame; takes the place of the reach's width."""
    form: bool = False
    """The page lies on a sheet full of print instead of a bare desk."""
    size: tuple[int, int] = (1280, 720)
    """Of the frame. Large glyphs need a larger one: a whole line has to fit in."""


PLAIN = Setting(
    Look(),
    Reach(
        (0.6, 0.9),
        2.0,
        (0, 5),
        (0.3, 0.6),
        (0, 1.5),
        (2, 3),
        (0, 0),
        (0, 0),
        (0.05, 0.2),
        (86, 92),
        width=(780, 1000),
        sway=1.5,
    ),
)
"""A faultless page, well lit, sharp, 780 to 1000 pixels wide."""


def apply(setting: Setting, condition: Condition) -> Setting:
    """The same setting under one condition more."""
    return _CHANGES[condition](setting)


def _printed(**changes: Any) -> Callable[[Setting], Setting]:
    return lambda setting: replace(setting, look=replace(setting.look, **changes))


def _seen(**changes: Any) -> Callable[[Setting], Setting]:
    return lambda setting: replace(setting, reach=replace(setting.reach, **changes))


def _as_large_as(least: float, most: float, size: tuple[int, int] = (1280, 720)) -> Callable[[Setting], Setting]:
    return lambda setting: replace(setting, glyph=(least, most), size=size)


_CHANGES: dict[Condition, Callable[[Setting], Setting]] = {
    Condition.PLAIN: lambda setting: setting,
    Condition.SHARP_CUT: _printed(cut=Face.OCR_B_SHARP),
    Condition.OBLIQUE_CUT: _printed(cut=Face.OCR_B_OBLIQUE),
    Condition.THIN: _printed(weight=-0.85),
    Condition.FAT: _printed(weight=0.9),
    Condition.BREAKS: _printed(breaks=0.28),
    Condition.HOLES: _printed(holes=0.18),
    Condition.MISPLACED: _printed(misplaced=0.1),
    Condition.FADED: _printed(fade=0.7),
    Condition.BACKGROUND: _printed(ground=1.6),
    Condition.STAMP: _printed(stamps=1),
    Condition.GLARE: _seen(glare=(130, 220), spread=0.3),
    Condition.CURVED: _seen(bend=(0.06, 0.13), tilt=(6, 16)),
    Condition.TILTED: _seen(tilt=(18, 28)),
    Condition.DEFOCUS: _seen(defocus=(1.8, 2.6)),
    Condition.MOTION: _seen(smear=(5.0, 9.0)),
    Condition.NOISE: _seen(noise=(14, 22)),
    Condition.LOW_LIGHT: _seen(exposure=(0.12, 0.25), noise=(5, 8)),
    Condition.SHADOW: _seen(shade=(0.5, 0.75), fall_off=(0.3, 0.6)),
    Condition.JPEG: _seen(quality=(18, 32)),
    Condition.FORM: lambda setting: replace(setting, form=True),
    Condition.SCREEN: _seen(screen=0.3),
    Condition.QUARTER: _seen(turn=(90, 90)),
    Condition.HALF: _seen(turn=(180, 180)),
    Condition.THREE_QUARTERS: _seen(turn=(270, 270)),
    Condition.ANY_ANGLE: _seen(turn=(0.1, 360)),
    Condition.GLYPHS_10: _as_large_as(9.5, 11),
    Condition.GLYPHS_14: _as_large_as(13, 15),
    Condition.GLYPHS_24: _as_large_as(23, 25),
    Condition.GLYPHS_40: _as_large_as(39, 41, (1920, 1080)),
    Condition.GLYPHS_60: _as_large_as(58, 62, (3840, 2160)),
}
