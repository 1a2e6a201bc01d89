"""Finding the face in thermal pictures: sensitivity, specificity, error and cost, on scenes of the physical model.

Every scene is drawn by `drivers/emulators/thermal_stage.py` from seeds that neither the training of the pattern nor the
choice of the limits has seen. One frame of one unit decides; in the lane several frames do. `--write` puts the tables
into docs/thermal.md and the plots into docs/pictures.
"""

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import thermal_plots

from drivers.emulators.thermal_physics import MLX90640_110, SENSORS, Sensor
from drivers.emulators.thermal_stage import EITHER, MEASURABLE, Kind, stage
from drivers.readings import Flag
from drivers.thermal.face import FaceSettings, look

SEED = 90_210
AIRS = (20, 22, 24, 26, 28, 30, 32, 34, 36)
DISTANCES = (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5)
EMPTY = (
    Kind.NOBODY,
    Kind.SUN,
    Kind.HOT_WALL,
    Kind.LAMP,
    Kind.CUP,
    Kind.CUP_HAND,
    Kind.HAND,
    Kind.DOG,
    Kind.BACK,
    Kind.HELMET,
)
"""No measurable face, at the distance of the cell."""
GOOD_AIRS = (20, 23, 26, 29)
DOCS = Path(__file__).parents[2] / "docs"
_TOO_WARM = 0.7
"""A value so far above the true eye corner did not come from the face's skin."""


def good_distances(sensor: Sensor) -> tuple[float, ...]:
    """Where this sensor's face is some seven pixels wide or more."""
    return (0.32, 0.36, 0.4) if sensor is MLX90640_110 else (0.4, 0.5, 0.6) if sensor.columns < 64 else (0.4, 0.6, 0.9)


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame and what became of it."""

    sensor: str
    kind: Kind
    air: float
    distance: float
    measurable: bool | None
    person: bool
    said_person: bool
    why_not: str
    error: float | None
    """Measured value less the true eye corner and the unit's own error; None when nothing was measured."""
    in_hot: bool
    """The warmest pixel is one that a thing which is no skin lights."""
    flags: tuple[Flag, ...]
    distance_ratio: float | None
    ms: float


def see(kind: Kind, sensor: Sensor, air: float, distance: float, number: int) -> Seen:
    """Draw the scene of that number and look at it."""
    seed = [SEED, SENSORS.index(sensor), list(Kind).index(kind), int(air * 10), int(distance * 100), number]
    rng = np.random.default_rng(seed)
    shot = stage(kind, sensor, air, distance, rng)
    frame, settings, truth = shot.frame(rng), FaceSettings(field_of_view_degrees=sensor.field_degrees), shot.truth
    began = time.thread_time()
    found = look(frame, settings)
    ms = 1000 * (time.thread_time() - began)
    face, canthus = found.face, truth.canthus_celsius
    # Without a person there is nothing to compare with; 36 degrees stand in.
    error = None if face is None else face.max_celsius - shot.unit.offset_celsius - (canthus if canthus else 36.0)
    return Seen(
        sensor.name,
        kind,
        air,
        distance,
        truth.measurable,
        truth.person,
        found.person,
        "" if found.why_not is None else str(found.why_not),
        error,
        face is not None and bool(truth.hot[face.spot]),
        face.flags if face else (),
        face.distance_metres / truth.distance_metres if face and truth.distance_metres else None,
        ms,
    )


def run(full: bool = False, write: bool = False) -> dict:
    """Figures per sensor; `full` draws three times as many scenes.

    Args:
        full: 20 faces and 20 empty scenes a cell in place of 5 and 10; 10 of every kind in good places in place of 3.
        write: also into the documents.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        faces, empties, others = 20 if full else 5, 2 if full else 1, 10 if full else 3
        seen = [
            see(kind, sensor, air, distance, number)
            for sensor in SENSORS
            for air in AIRS
            for distance in DISTANCES
            for kind, count in ((Kind.FACE, faces), *((each, empties) for each in EMPTY))
            for number in range(count)
        ]
        seen_others = [
            see(kind, sensor, air, distance, 1000 + number)
            for sensor in SENSORS
            for air in GOOD_AIRS
            for distance in good_distances(sensor)
            for kind in Kind
            for number in range(others)
        ]
    finally:
        cv2.setNumThreads(threads)
    figures = _figures(seen, seen_others)
    if write:
        _write(figures)
    return figures


def _figures(seen: list[Seen], others: list[Seen]) -> dict:
    everything = seen + others
    no_face = [each for each in everything if each.measurable is False]
    skin = [each for each in everything if each.error is not None and each.measurable is not False]
    return {
        "scenes": len(everything),
        "no_measurable_face": len(no_face),
        "measured_without_a_face": sum(each.error is not None for each in no_face),
        "specificity": _share(each.error is None for each in no_face),
        "cup_measured": sum(
            each.kind in (Kind.CUP, Kind.CUP_HAND) or (each.kind in (Kind.CUP_AT_FACE, Kind.FACE_CUP) and each.in_hot)
            for each in everything
            if each.error is not None
        ),
        "hot_thing_measured": sum(each.in_hot and each.kind is not Kind.DOG for each in everything),
        "face_read_too_warm": sum(each.error > _TOO_WARM for each in skin),
        "ms_median": {name: _ms(mine, 0.5) for name, mine in _by(everything, "sensor").items()},
        "ms_p95": {name: _ms(mine, 0.95) for name, mine in _by(everything, "sensor").items()},
        "grid": {name: _cells(mine) for name, mine in _by(seen, "sensor").items()},
        "good_place": {name: _good(mine) for name, mine in _by(others, "sensor").items()},
        "error": {name: _errors(mine) for name, mine in _by(seen, "sensor").items()},
        "kinds": {str(kind): _kind(mine) for kind, mine in _by(others, "kind").items()},
        "distance_ratio": {name: _ratio(mine) for name, mine in _by(seen, "sensor").items()},
    }


def _share(answers: Iterable[bool]) -> float | None:
    answers = list(answers)
    return round(sum(answers) / len(answers), 4) if answers else None


def _by(seen: list[Seen], field: str) -> dict:
    groups = defaultdict(list)
    for each in seen:
        groups[getattr(each, field)].append(each)
    return dict(groups)


def _ms(seen: list[Seen], share: float) -> float:
    return round(float(np.quantile([each.ms for each in seen], share)), 2)


def _cells(seen: list[Seen]) -> dict:
    """Sensitivity and specificity by air and distance."""
    cells = defaultdict(dict)
    for air in AIRS:
        for distance in DISTANCES:
            here = [each for each in seen if each.air == air and each.distance == distance]
            cells[f"{air} C"][f"{distance} m"] = {
                "sensitivity": _share(each.error is not None for each in here if each.kind is Kind.FACE),
                "specificity": _share(each.error is None for each in here if each.kind in EMPTY),
            }
    return dict(cells)


def _good(seen: list[Seen]) -> dict:
    """In good air and at good distances: every kind with a measurable face, and every kind without."""
    return {
        "sensitivity": _share(each.error is not None for each in seen if each.measurable),
        "faces": sum(each.measurable is True for each in seen),
        "specificity": _share(each.error is None for each in seen if each.measurable is False),
        "without": sum(each.measurable is False for each in seen),
    }


def _errors(seen: list[Seen]) -> dict:
    """Of whole bare faces, by distance: bias, spread and the 95th percentile of the size, degrees Celsius."""
    rows = {}
    for distance in DISTANCES:
        errors = [each.error for each in seen if each.kind is Kind.FACE and each.distance == distance]
        errors = [error for error in errors if error is not None]
        if len(errors) >= 5:
            rows[f"{distance} m"] = {
                "count": len(errors),
                "bias": round(statistics.mean(errors), 2),
                "sd": round(statistics.stdev(errors), 2),
                "p95_size": round(float(np.quantile(np.abs(errors), 0.95)), 2),
            }
    return rows


def _kind(seen: list[Seen]) -> dict:
    measured = [each for each in seen if each.error is not None]
    return {
        "scenes": len(seen),
        "measured": _share(each.error is not None for each in seen),
        "bias": round(statistics.mean(each.error for each in measured), 2) if measured else None,
        "too_warm": sum(each.error > _TOO_WARM for each in measured) if seen[0].kind in MEASURABLE | EITHER else None,
        "glasses_flagged": _share(Flag.GLASSES in each.flags for each in measured),
        "hat_flagged": _share(Flag.HAT in each.flags for each in measured),
        "person_said": _share(each.said_person for each in seen),
        "why_not": _commonest([each.why_not for each in seen if each.why_not]),
    }


def _commonest(words: list[str]) -> str:
    return statistics.mode(words) if words else ""


def _ratio(seen: list[Seen]) -> dict:
    ratios = [each.distance_ratio for each in seen if each.distance_ratio is not None and each.kind is Kind.FACE]
    if not ratios:
        return {}
    return {f"p{share}": round(float(np.percentile(ratios, share)), 2) for share in (5, 50, 95)}


def table(found: dict) -> str:
    """The tables of docs/thermal.md."""
    return thermal_plots.tables(found)


def _write(figures: dict) -> None:
    thermal_plots.write_svg(figures, DOCS / "pictures")
    page = DOCS / "thermal.md"
    begin, end = "<!-- bench thermal: begin -->", "<!-- bench thermal: end -->"
    text = page.read_text("utf-8")
    before, rest = text.split(begin)
    page.write_text(f"{before}{begin}\n{table(figures)}\n{end}{rest.split(end)[1]}", "utf-8")


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
