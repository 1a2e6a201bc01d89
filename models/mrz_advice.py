"""What speaks against a picture of a zone, and what the person who holds the document should do about it."""

from enum import StrEnum

import numpy as np

from models.images import Grey, straighten
from models.mrz_interpret import Attempt
from models.regions import Guidance, Quad

MIN_PITCH = 6.5
"""Pixels from character to character below which reading is guessing, unless every character is sure."""


class Refusal(StrEnum):
    """What is wrong with a picture that no number of further pictures like it mends."""

    FAR = "far"
    """Less than `MIN_PITCH` from character to character: the same wrong letter comes again and again."""
    CUT_OFF = "cut_off"
    """Print of the zone leaves the picture."""


def refusal(quad: Quad, attempt: Attempt, width: int, height: int) -> Refusal | None:
    """Whether the place of the zone in the picture, whatever was read there, speaks against it."""
    if _cut_off(quad, len(attempt.quads), width, height):
        return Refusal.CUT_OFF
    return Refusal.FAR if _pitch(quad, attempt) < MIN_PITCH else None


def _pitch(quad: Quad, attempt: Attempt) -> float:
    """Pixels from character to character."""
    (a, b, c, d) = (np.array(corner) for corner in quad)
    return float(max(np.linalg.norm(b - a), np.linalg.norm(c - d))) * attempt.spacing


def _cut_off(quad: Quad, rows: int, width: int, height: int) -> bool:
    """Whether print of the zone leaves the picture: an E whose foot is missing is a perfect F."""
    corners = np.array(quad)
    middle = corners.mean(axis=0)
    inside = middle + (corners - middle) * (1 - 0.25 / rows)
    slack = 0.03 * float(np.linalg.norm(corners[3] - corners[0])) / rows
    return bool((inside < -slack).any() or (inside > np.array([width, height]) + slack).any())


def advice(picture: Grey, quad: Quad, attempt: Attempt) -> Guidance:
    """Why the zone could not be read, as far as the picture shows it."""
    (a, b, c, d) = (np.array(corner) for corner in quad)
    across, below = float(np.linalg.norm(b - a)), float(np.linalg.norm(c - d))
    if _pitch(quad, attempt) < MIN_PITCH:
        return Guidance.CLOSER
    piece = straighten(picture, quad, 320, 48)
    if float((piece > 250).mean()) > 0.08 and float(np.median(piece)) < 225:
        return Guidance.GLARE
    if max(across, below) > 1.12 * min(across, below):
        return Guidance.TILT
    return Guidance.HOLD_STILL
