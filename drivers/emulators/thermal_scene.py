"""What an emulated thermal scanner looks at: a wall, and perhaps a person.

The person is a head with a neck and clothed shoulders. As on real skin the inner corners of the eyes are the warmest
points, the nose and the cheeks are cooler, and the clothes are close to the air.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.readings import ThermalFrame

ROWS, COLUMNS = 24, 32

_FACE_WIDTH_METRES = 0.15
_FACE_HEIGHT_METRES = 0.21
_FIELD_OF_VIEW_DEGREES = 55.0
"""The MLX90640BAB's horizontal field of view."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands in front of the scanner."""

    room_celsius: float = 24.0
    sensor_celsius: float = 29.0
    face_celsius: float | None = None
    """Of the inner corners of the eyes, the warmest points of a face; None when nobody is there."""
    distance_metres: float = 0.5
    noise_celsius: float = 0.12
    """Standard deviation of one pixel between two frames."""


def draw(scene: Scene, rng: np.random.Generator, shape: tuple[int, int] = (ROWS, COLUMNS)) -> ThermalFrame:
    """One frame of the scene, (rows, columns) of `shape`, as a viewer sees it; the field of view is the same."""
    # In pixels of a 24 x 32 picture, whatever the shape: a finer sensor sees the same person more finely.
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float64)
    rows, columns = (rows + 0.5) * ROWS / shape[0] - 0.5, (columns + 0.5) * COLUMNS / shape[1] - 0.5
    picture = scene.room_celsius + 0.3 * rows / ROWS
    if scene.face_celsius is not None:
        # Nobody stands quite still.
        sway = rng.normal(0.0, 0.15, 2)
        picture = _person(picture, rows - sway[0], columns - sway[1], scene)
    picture = picture + rng.normal(0.0, scene.noise_celsius, picture.shape)
    return ThermalFrame(picture.astype(np.float32), scene.sensor_celsius)


def _person(
    wall: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64], scene: Scene
) -> NDArray[np.float64]:
    assert scene.face_celsius is not None
    warmest = scene.face_celsius
    # Pixels a metre at that distance; the whole picture spans 2 d tan(fov / 2).
    scale = COLUMNS / (2 * scene.distance_metres * np.tan(np.radians(_FIELD_OF_VIEW_DEGREES / 2)))
    half_width = scale * _FACE_WIDTH_METRES / 2
    half_height = scale * _FACE_HEIGHT_METRES / 2
    centre_row, centre_column = ROWS * 0.46, (COLUMNS - 1) / 2
    across, down = (columns - centre_column) / half_width, (rows - centre_row) / half_height

    picture = wall.copy()
    shoulders = ((across / 2.4) ** 2 + ((down - 2.2) / 1.05) ** 2) < 1
    picture[shoulders] = scene.room_celsius + 0.25 * (warmest - scene.room_celsius)
    neck = (np.abs(across) < 0.5) & (down > 0.7) & (down < 1.35)
    picture[neck] = warmest - 1.4
    edge = np.clip((1.0 - np.hypot(across, down)) * half_width + 0.5, 0.0, 1.0)
    skin = warmest - 1.3 - 0.5 * np.clip(down, -0.6, 0.6)
    skin = skin - 1.5 * np.exp(-(across**2 + (down - 0.25) ** 2) / 0.05)
    picture = picture * (1 - edge) + skin * edge
    for side in (-1, 1):
        distance = np.hypot(columns - centre_column - side * 0.28 * half_width, rows - centre_row + 0.15 * half_height)
        # A plateau about a pixel wide, as the eye corner is at this distance, then a soft fall.
        glow = np.exp(-(np.clip(distance - 0.7, 0.0, None) ** 2) / 1.2)
        picture = picture + np.clip(warmest - picture, 0.0, None) * glow
    return np.asarray(picture, np.float64)
