"""Finding the face in one thermal frame. Pure; local means only, nobody is recognised.

A face is looked for, not assumed: a warm region of a head's size and shape near the middle of the picture. The value is
the warmest of the face, since the inner corners of the eyes (or the whole face's maximum) tell fevers best: Zhou et al.
2020, J Biomed Opt 25(9) 097002. Several frames make a measurement: drivers.thermal.measurement.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.readings import ThermalFrame


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Limits of what counts as a face; sizes for a 32 x 24 picture at arm's length."""

    contrast_celsius: float = 1.5
    """A face is at least so much warmer than what is behind it."""
    edge_share: float = 0.5
    """The face's edge: this share of the way from the background up to the warm level."""
    hottest_skin_celsius: float = 45.0
    """No living skin is hotter; a region with such pixels in or beside it is a lamp or an engine."""
    coldest_skin_celsius: float = 28.0
    """A region whose maximum is below is not a bare face."""
    speckle_celsius: float = 2.0
    """A pixel so far above all its neighbours is a defect: the lens blurs any real point over several pixels."""
    width_share: tuple[float, float] = (0.18, 0.75)
    """Of the picture's width."""
    height_share: tuple[float, float] = (0.33, 1.0)
    """Of the picture's height, neck included."""
    aspect: tuple[float, float] = (0.75, 2.6)
    """Height over width, neck included."""
    fill_share: float = 0.6
    """Of its own bounding box; an ellipse fills 0.79."""
    centre_share: float = 0.3
    """How far from the middle, of the picture's width and of its height, a face's centre may be."""
    hottest_pixels: int = 3
    """The region's maximum is the mean of so many of its warmest pixels."""


@dataclass(frozen=True, slots=True)
class FaceRegion:
    """A face in one frame."""

    mask: NDArray[np.bool_]
    """(rows, columns)."""
    max_celsius: float
    spot: tuple[int, int]
    """(row, column) of its warmest sound pixel."""


def find_face(frame: ThermalFrame, settings: FaceSettings) -> FaceRegion | None:
    """The face nearest to the middle of the picture; None when nothing looks like one.

    Args:
        frame: any size; the limits are shares of it.
        settings: what counts as a face.
    """
    celsius = frame.celsius
    sound = ~_speckles(celsius, settings.speckle_celsius)
    repaired = np.where(sound, celsius, cv2.medianBlur(celsius, 3)).astype(np.float32)
    means = cv2.blur(repaired, (3, 3), borderType=cv2.BORDER_REPLICATE)
    background = float(np.percentile(means, 20))
    skin = means[(means > background + settings.contrast_celsius) & (means < settings.hottest_skin_celsius)]
    if skin.size == 0:
        return None
    level = float(np.percentile(skin, 80))
    edge = background + max(settings.contrast_celsius, settings.edge_share * (level - background))
    hot = (repaired >= settings.hottest_skin_celsius).astype(np.uint8)
    beside_hot = cv2.dilate(hot, np.ones((3, 3), np.uint8)).astype(bool)
    count, labels, stats, centres = cv2.connectedComponentsWithStats((means > edge).astype(np.uint8), connectivity=4)
    found = [
        label
        for label in range(1, count)
        if _like_a_face(stats[label], centres[label], celsius.shape, settings)
        and not (beside_hot & (labels == label)).any()
    ]
    if not found:
        return None
    middle = (np.array(celsius.shape[::-1]) - 1) / 2
    nearest = min(found, key=lambda label: float(np.hypot(*(centres[label] - middle))))
    region = _measured(celsius, (labels == nearest) & sound, settings)
    return region if region.max_celsius >= settings.coldest_skin_celsius else None


def _speckles(celsius: NDArray[np.float32], limit: float) -> NDArray[np.bool_]:
    """Single pixels far above each of their eight neighbours."""
    ring = np.ones((3, 3), np.uint8)
    ring[1, 1] = 0
    return np.asarray(celsius > cv2.dilate(celsius, ring) + limit, np.bool_)


def _like_a_face(
    stats: NDArray[np.int32], centre: NDArray[np.float64], shape: tuple[int, ...], settings: FaceSettings
) -> bool:
    rows, columns = shape
    left, _top, width, height, area = (int(value) for value in stats)
    return (
        # Cut by a side of the picture: part of the face is not seen, nor perhaps its warmest point.
        left > 0
        and left + width < columns
        and settings.width_share[0] * columns <= width <= settings.width_share[1] * columns
        and settings.height_share[0] * rows <= height <= settings.height_share[1] * rows
        and settings.aspect[0] <= height / width <= settings.aspect[1]
        and area >= settings.fill_share * width * height
        and abs(centre[0] - (columns - 1) / 2) <= settings.centre_share * columns
        and abs(centre[1] - (rows - 1) / 2) <= settings.centre_share * rows
    )


def _measured(celsius: NDArray[np.float32], mask: NDArray[np.bool_], settings: FaceSettings) -> FaceRegion:
    values = np.where(mask, celsius, -np.inf)
    hottest = np.sort(values, axis=None)[-min(settings.hottest_pixels, int(mask.sum())) :]
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    return FaceRegion(mask, float(hottest.mean()), (int(row), int(column)))
