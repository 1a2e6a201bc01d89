"""From thermal frames to the raw skin temperature of one person. Pure; nothing is corrected, clamped or invented here.

Several frames are taken and their median used, and a measurement that spreads is UNSTEADY. When there is no face the
answer is NO_FACE, and a person takes over. Corrections, flags and what else a value needs before it may be used are
in drivers.thermal.qualifying; one-point sensors in drivers.thermal.point_measure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from drivers.readings import Flag, Method, SkinTemperature, TemperatureState, ThermalFrame
from drivers.thermal import face
from drivers.thermal.face import FaceSettings, find_face

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
    bare: tuple[Flag, ...] = (Flag.GLASSES, Flag.HAT)
    """What must not be on a face that is measured (FDA 2020, thermal imaging: no glasses, no hat)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame shows of a person."""

    celsius: float
    spot: tuple[int, int] | None = None
    flags: tuple[Flag, ...] = ()


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
    """The skin temperature that the newest frames of a picture scanner give.

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
    answer = nothing(now, device, emissivity)

    def look(frame: ThermalFrame) -> Look | None:
        found = find_face(frame, face_settings)
        return None if found is None else Look(found.max_celsius, found.spot, found.flags)

    answer = steady(frames, now, settings, answer, look, warming=warming)
    if answer.state is TemperatureState.NO_FACE:
        return replace(answer, why_not=face.look(frames[-1][0], face_settings).why_not)
    return answer


def nothing(now: datetime, device: str, emissivity: float, method: Method = Method.FACE) -> SkinTemperature:
    """The answer as long as nothing was measured."""
    return SkinTemperature(
        state=TemperatureState.STALE,
        measured_at=now,
        device=device,
        max_celsius=None,
        spread_celsius=None,
        ambient_celsius=None,
        frames=0,
        emissivity=emissivity,
        method=method,
    )


def steady(
    frames: Sequence[TimedFrame],
    now: datetime,
    settings: MeasureSettings,
    answer: SkinTemperature,
    look: Callable[[ThermalFrame], Look | None],
    *,
    warming: bool,
) -> SkinTemperature:
    """The median of what the newest frames show of one person, and whether it holds still.

    Args:
        frames: oldest first, with the time each came.
        now: the time of the measurement.
        settings: what counts as steady.
        answer: what is said when nothing was measured.
        look: what one frame shows; None when nobody is in it.
        warming: the scanner has not been powered for long enough.
    """
    if not frames or (now - frames[-1][1]).total_seconds() > settings.stale_seconds:
        return answer
    answer = replace(answer, ambient_celsius=frames[-1][0].ambient_celsius)
    if warming:
        return replace(answer, state=TemperatureState.WARMING)
    seen = _of_one_person(frames, settings, look)
    if not seen:
        return replace(answer, state=TemperatureState.NO_FACE)
    looks = [each for each, _ in seen]
    maxima = [each.celsius for each in looks]
    spread = max(maxima) - min(maxima)
    # Too few frames yet is as little to be believed as too wide a spread.
    good = len(looks) >= settings.frames_needed and spread <= settings.spread_celsius
    median = float(np.median(maxima))
    state = TemperatureState.COVERED if _covered(looks, settings) else TemperatureState.READY
    return replace(
        answer,
        state=state if good else TemperatureState.UNSTEADY,
        max_celsius=median,
        raw_celsius=median,
        spread_celsius=spread,
        frames=len(looks),
        spot=looks[0].spot,
        flags=tuple(dict.fromkeys(flag for each in looks for flag in each.flags)),
        began_at=seen[-1][1],
    )


def _of_one_person(
    frames: Sequence[TimedFrame], settings: MeasureSettings, look: Callable[[ThermalFrame], Look | None]
) -> list[tuple[Look, datetime]]:
    """What the newest frames show of whoever is in the last one, the newest first."""
    newest_at = frames[-1][1]
    found: list[tuple[Look, datetime]] = []
    missed = 0
    for frame, at in reversed(frames[-settings.frames_used :]):
        seen = look(frame)
        missed = missed + 1 if seen is None else 0
        away = missed > (settings.frames_missed if found else 0)
        if away or (newest_at - at).total_seconds() > settings.window_seconds:
            break
        if seen is not None:
            found.append((seen, at))
    return found


def _covered(looks: Sequence[Look], settings: MeasureSettings) -> bool:
    """Half of the frames are enough, whatever each shows: glasses in some and a hat in others hide as much."""
    return 2 * sum(any(flag in settings.bare for flag in each.flags) for each in looks) >= len(looks)
