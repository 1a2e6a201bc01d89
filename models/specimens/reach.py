"""How far every effect of the camera and the hand goes: the ranges that a scene draws from."""

from dataclasses import dataclass
from enum import StrEnum

Range = tuple[float, float]
"""Least, most."""


class Difficulty(StrEnum):
    """How much the camera and the hand make of it."""

    EASY = "easy"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Reach:
    """The reach of every effect; each is drawn once a scene, blur once a frame."""

    fill: Range
    """Part of the frame that the page takes, in the direction in which it is larger."""
    roll: float
    """Standard deviation, degrees."""
    tilt: Range
    """Pitch and yaw, degrees."""
    defocus: Range
    """Sigma, pixels."""
    smear: Range
    """Motion blur, pixels."""
    noise: Range
    """Grey levels."""
    glare: Range
    """Peak, grey levels."""
    shade: Range
    """How dark a shadow across the frame is, 0 to 1."""
    fall_off: Range
    """How much darker the darkest corner is, 0 to 1."""
    quality: tuple[int, int]
    """JPEG."""
    width: Range | None = None
    """Width of the page in pixels of the frame; takes the place of `fill`."""
    turn: Range = (0.0, 0.0)
    """Degrees, clockwise, before the roll: 90, 180 and 270 are a page held the wrong way round."""
    bend: Range = (0.0, 0.0)
    """How far the page stands out of a plane, as part of its length across the bend (`surface.Bend`)."""
    sway: float = 1.0
    """How far the hand and the glare wander from frame to frame, times the calm hand's."""
    exposure: Range = (1.0, 1.0)
    """Light that arrives, as part of a well lit picture."""
    wander: float = 0.0125
    """How far the glare wanders from frame to frame, as part of the frame's height, times `sway`: a page that turns by
    one degree throws it two degrees aside."""
    spread: float = 1.0
    """How far from what is shown the glare falls, times an ordinary lamp's."""
    screen: float = 0.0
    """Strength of the waves of a screen that shows the page, 0 to 1."""
    held: float = 0.75
    """How often a hand holds the page; else it lies."""


DEMONSTRATION = {
    Difficulty.EASY: Reach(
        (0.62, 0.92), 2.5, (0, 7), (0.0, 0.8), (0, 3.5), (1.5, 4), (0, 55), (0, 0.18), (0.05, 0.3), (78, 93)
    ),
    Difficulty.HARD: Reach(
        (0.48, 0.76), 5.0, (4, 20), (0.4, 1.5), (0, 6.5), (3, 9), (30, 190), (0.1, 0.5), (0.2, 0.55), (58, 85)
    ),
}
"""A page held with goodwill; and one small, tilted, smeared, dim and mirrored in. The page is always whole in view."""

EVALUATION = {
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
        width=(620, 1120),
        bend=(0, 0.012),
        sway=2.5,
        wander=0.05,
    ),
    Difficulty.HARD: Reach(
        (0.5, 0.8),
        8.0,
        (4, 20),
        (0.4, 1.5),
        (0, 7),
        (3, 9),
        (30, 190),
        (0.1, 0.5),
        (0.2, 0.55),
        (58, 85),
        width=(480, 820),
        bend=(0, 0.04),
        sway=2.5,
        wander=0.05,
    ),
}
"""Of the evaluation set; the head of `evaluation` says them in words."""
