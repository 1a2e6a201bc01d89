"""From thermal frames to the skin temperature of one person. Pure; nothing is clamped or invented.

Several frames are taken and their median used, and a measurement that spreads is UNSTEADY. When there is no face the
answer is NO_FACE, and a person takes over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from drivers.readings import SkinTemperature, TemperatureState, ThermalFrame
from drivers.thermal.face import FaceRegion, FaceSettings, find_face

TimedFrame = tuple[ThermalFrame, datetime]


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """Limits of what counts as a steady measurement."""

    frames_needed: int = 5
    frames_used: int = 10
    frames_missed: int = 1
    """So many frames in a row without a face are noise; more mean that the person has stepped aside."""
    window_seconds: float = 3.0
    """Frames older than this before the newest one belong to somebody else."""
    spread_celsius: float = 0.8
    """Largest minus smallest maximum of one measurement."""
    stale_seconds: float = 2.0


def measure(
    frames: Sequence[TimedFrame],
    now: datetime,
    settings: MeasureSettings,
    face_settings: FaceSettings,
    *,
    device: str,
    emissivity: float,
    warming: bool = False,
) -> SkinTemperature:
    """The skin temperature that the newest frames give.

    A face must be in the newest frame and in `frames_needed` of the last ones; a step aside starts it again.

    Args:
        frames: oldest first, with the time each came.
        now: the time of the measurement.
        settings: what counts as steady.
        face_settings: what counts as a face.
        device: the scanner's name.
        emissivity: the one that the scanner measured with.
        warming: the scanner has not been powered for long enough.
    """
    answer = SkinTemperature(
        state=TemperatureState.STALE,
        measured_at=now,
        device=device,
        max_celsius=None,
        spread_celsius=None,
        ambient_celsius=None,
        frames=0,
        emissivity=emissivity,
    )
    if not frames or (now - frames[-1][1]).total_seconds() > settings.stale_seconds:
        return answer
    newest, newest_at = frames[-1]
    answer = replace(answer, ambient_celsius=newest.ambient_celsius)
    if warming:
        return replace(answer, state=TemperatureState.WARMING)
    faces: list[FaceRegion] = []
    missed = 0
    for frame, at in reversed(frames[-settings.frames_used :]):
        face = find_face(frame, face_settings)
        missed = missed + 1 if face is None else 0
        if (
            missed > (settings.frames_missed if faces else 0)
            or (newest_at - at).total_seconds() > settings.window_seconds
        ):
            break
        if face is not None:
            faces.append(face)
    if not faces:
        return replace(answer, state=TemperatureState.NO_FACE)
    maxima = [face.max_celsius for face in faces]
    spread = max(maxima) - min(maxima)
    # Too few frames yet is as little to be believed as too wide a spread.
    steady = len(faces) >= settings.frames_needed and spread <= settings.spread_celsius
    return replace(
        answer,
        state=TemperatureState.READY if steady else TemperatureState.UNSTEADY,
        max_celsius=float(np.median(maxima)),
        spread_celsius=spread,
        frames=len(faces),
        spot=faces[0].spot,
    )
