"""Trains the pattern of a head in a thermal picture, `drivers/thermal/face_pattern.npz`; run with that path, 6 minutes.

Scenes come from the physical model (`drivers/emulators/thermal_stage.py`) with seeds of their own, which no test and no
bench uses. Everything that `drivers.thermal.face.candidates` finds in them is an example. numpy only.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.emulators.thermal_physics import SENSORS
from drivers.emulators.thermal_scene import Scene, draw
from drivers.emulators.thermal_stage import MEASURABLE, PEOPLE, Kind, stage
from drivers.thermal.face import FaceSettings, candidates, pixel_aspect
from drivers.thermal.face_pattern import COLUMNS, INPUTS, ROWS, view_of
from drivers.thermal.warm_region import Region, repaired

_SEED = 500
_HIDDEN = 16
_EPOCHS = 25
_OFTEN = {
    Kind.FACE: 6,
    Kind.FACE_HAT: 3,
    Kind.FACE_GLASSES: 3,
    Kind.FACE_MASK: 2,
    Kind.FACE_OTHERS: 2,
    Kind.HAND: 4,
    Kind.BACK: 5,
    Kind.HELMET: 3,
    Kind.DOG: 3,
    Kind.SUN: 6,
}
_FARTHEST = (0.95, 0.5, 1.6, 1.6)
"""Metres at which a face is about five pixels wide, or the longest distance asked for, by sensor."""

Example = tuple[NDArray[np.float32], float, float, float]
"""View, face, glasses, hat; nan where nothing is to be learned."""


def examples(scenes: int) -> Iterator[Example]:
    """What can be learned from so many scenes."""
    rng = np.random.default_rng(_SEED)
    kinds = list(Kind)
    weights = np.array([_OFTEN.get(kind, 1) for kind in kinds], float)
    for _ in range(scenes):
        if rng.random() < 0.04:
            yield from _from_plain(rng)
        else:
            yield from _from_stage(kinds[rng.choice(len(kinds), p=weights / weights.sum())], rng)


def _from_stage(kind: Kind, rng: np.random.Generator) -> Iterator[Example]:
    chosen = int(rng.choice(len(SENSORS), p=[0.4, 0.15, 0.3, 0.15]))
    sensor = SENSORS[chosen]
    shot = stage(kind, sensor, float(rng.uniform(18, 35)), float(rng.uniform(0.28, _FARTHEST[chosen])), rng)
    settings = FaceSettings(field_of_view_degrees=sensor.field_degrees, contrast_celsius=0.3)
    truth = shot.truth
    for region, view in _views(shot.frame(rng).celsius, settings):
        overlap = _overlap(region, truth.face)
        if kind in (Kind.BACK, Kind.HELMET) or kind not in PEOPLE:
            yield view, 0.0, np.nan, np.nan
        elif kind in MEASURABLE and overlap >= 0.5:
            yield view, 1.0, float(truth.glasses), float(truth.hat)
        elif kind in MEASURABLE - {Kind.FACE_OTHERS} and overlap < 0.25:
            yield view, 0.0, np.nan, np.nan


def _from_plain(rng: np.random.Generator) -> Iterator[Example]:
    """Bald heads of the demonstration's plainer scene, which has square pixels."""
    distance = float(rng.uniform(0.33, 0.85))
    scene = Scene(float(rng.uniform(18, 31)), 29.0, float(rng.uniform(34, 40)), distance)
    frame = draw(scene, rng, (24, 32) if rng.random() < 0.5 else (62, 80))
    settings = FaceSettings(field_of_view_degrees=(55.0, 41.25 if rng.random() < 0.5 else 35.0), contrast_celsius=0.3)
    columns = frame.celsius.shape[1]
    for region, view in _views(frame.celsius, settings):
        if 0.6 < region.width / (columns / 55 * np.degrees(0.15 / distance)) < 1.5:
            yield view, 1.0, np.nan, np.nan


def _views(celsius: NDArray[np.float32], settings: FaceSettings) -> Iterator[tuple[Region, NDArray[np.float32]]]:
    picture, _ = repaired(celsius, settings.speckle_celsius)
    side = 3 if picture.shape[1] < 128 else 5
    means = np.asarray(cv2.blur(picture, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32)
    for region in candidates(means, settings):
        if not region.cut_sides:
            yield region, view_of(means, region, pixel_aspect(means, settings))


def _overlap(region: Region, face: NDArray[np.bool_]) -> float:
    """Of the region's box and that of the true face, over both together."""
    if not face.any():
        return 0.0
    rows, columns = np.flatnonzero(face.any(axis=1)), np.flatnonzero(face.any(axis=0))
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    across = max(0, min(right, region.left + region.width) - max(left, region.left))
    down = max(0, min(bottom, region.top + region.height) - max(top, region.top))
    return float(across * down / ((right - left) * (bottom - top) + region.width * region.height - across * down))


def fit(views: NDArray[np.float32], wanted: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Weights by Adam; every example also mirrored.

    Args:
        views: (examples, INPUTS).
        wanted: (examples, 3), nan where nothing is to be learned.
    """
    rng = np.random.default_rng(_SEED)
    mirrored = views.copy()
    pictures = views[:, : ROWS * COLUMNS].reshape(-1, ROWS, COLUMNS)
    mirrored[:, : ROWS * COLUMNS] = pictures[:, :, ::-1].reshape(len(views), -1)
    views, wanted = np.concatenate([views, mirrored]), np.concatenate([wanted, wanted])
    known, target = ~np.isnan(wanted), np.nan_to_num(wanted)
    shapes = ((INPUTS, _HIDDEN), (_HIDDEN,), (_HIDDEN, 3), (3,))
    weights = [np.asarray(rng.normal(0, shape[0] ** -0.5, shape) * (len(shape) > 1), np.float32) for shape in shapes]
    first, second = [np.zeros_like(each) for each in weights], [np.zeros_like(each) for each in weights]
    step = 0
    for epoch in range(_EPOCHS):
        rate = 2e-3 * (1 - epoch / _EPOCHS) + 1e-5
        for batch in np.array_split(rng.permutation(len(views)), max(1, len(views) // 256)):
            step += 1
            seen = views[batch] + rng.normal(0, 0.05, (len(batch), INPUTS)).astype(np.float32)
            hidden = np.tanh(seen @ weights[0] + weights[1])
            error = (1 / (1 + np.exp(-(hidden @ weights[2] + weights[3]))) - target[batch]) * known[batch] / len(batch)
            back = (error @ weights[2].T) * (1 - hidden**2)
            slopes = (seen.T @ back, back.sum(0), hidden.T @ error, error.sum(0))
            for index, slope in enumerate(slopes):
                slope = slope + 1e-4 * weights[index]
                first[index] = 0.9 * first[index] + 0.1 * slope
                second[index] = 0.999 * second[index] + 0.001 * slope**2
                even = (first[index] / (1 - 0.9**step)) / (np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8)
                weights[index] = (weights[index] - rate * even).astype(np.float32)
    return weights


def main() -> None:
    """Make the scenes, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--scenes", type=int, default=16_000)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    learned = list(examples(arguments.scenes))
    views = np.stack([view for view, *_ in learned])
    wanted = np.array([answers for _, *answers in learned], np.float32)
    print(f"{len(views)} examples, {np.nanmean(wanted[:, 0]):.2f} of them faces")
    hidden, hidden_bias, out, out_bias = fit(views, wanted)
    np.savez(arguments.weights, hidden=hidden, hidden_bias=hidden_bias, out=out, out_bias=out_bias)


if __name__ == "__main__":
    main()
