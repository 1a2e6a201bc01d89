"""Where to draw the corners around what the camera found: shares of the picture, 0 to 1."""

from typing import Any

from models.regions import Guidance, Quad
from station.lane.snapshot import Sight

_PAGES = ((10.5, (125.0, 88.0), (7.0, 8.0)), (7.0, (105.0, 74.0), (5.0, 7.0)), (0.0, (85.6, 54.0), (4.7, 4.5)))
"""By how much longer than high the zone is at least: page (width, height) in mm of Doc 9303 parts 4 to 6, and margins
(left, below) around its zone. Only for the eye: the margins are estimates."""


def outline_of(sight: Sight | None) -> dict[str, Any] | None:
    """The found document or code as four corners in shares of the picture; None when nothing was found."""
    if sight is None or not sight.width or not sight.height:
        return None
    quad = sight.code or sight.document
    if quad is None:
        return None
    corners = quad if sight.code else page_around(quad)
    points = [[round(x / sight.width, 4), round(y / sight.height, 4)] for x, y in corners]
    good = bool(sight.code) or sight.guidance in (None, Guidance.HOLD_STILL)
    return {"kind": "code" if sight.code else "document", "points": points, "good": good}


def page_around(zone: Quad) -> Quad:
    """The page that a machine-readable zone most likely stands on, extended along the zone's own sides."""
    (ax, ay), (bx, by), (_, _), (dx, dy) = zone
    across, down = (bx - ax, by - ay), (dx - ax, dy - ay)
    length = (across[0] ** 2 + across[1] ** 2) ** 0.5
    height = (down[0] ** 2 + down[1] ** 2) ** 0.5
    if not length or not height:
        return zone
    ratio = length / height
    page, margin = next((size, edge) for least, size, edge in _PAGES if ratio >= least)
    to_mm = length / (page[0] - 2 * margin[0])
    right = (across[0] / length * to_mm, across[1] / length * to_mm)
    below = (down[0] / height * to_mm, down[1] / height * to_mm)
    left_x, left_y = dx - right[0] * margin[0] + below[0] * margin[1], dy - right[1] * margin[0] + below[1] * margin[1]
    wide, tall = page
    lower_left = (left_x, left_y)
    lower_right = (left_x + right[0] * wide, left_y + right[1] * wide)
    upper_left = (left_x - below[0] * tall, left_y - below[1] * tall)
    upper_right = (lower_right[0] - below[0] * tall, lower_right[1] - below[1] * tall)
    return upper_left, upper_right, lower_right, lower_left


def spot_of(spot: tuple[int, int] | None, shape: tuple[int, int]) -> list[float] | None:
    """The warmest place in shares of the thermal picture (x, y); None when there is none."""
    if spot is None:
        return None
    rows, columns = shape
    return [round((spot[1] + 0.5) / columns, 4), round((spot[0] + 0.5) / rows, 4)]
