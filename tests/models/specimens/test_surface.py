"""Pages in space: a bent page keeps its lengths, pixels go where points say."""

import cv2
import numpy as np
import pytest

from models.specimens.surface import Bend, Pose, Surface, shading

CANVAS, PAGE, FRAME = (900, 600), (600, 420), (1280, 720)
POSE = Pose((640, 360), 1.3, 6, 9, -7, 1470)


def _dots(points):
    canvas = np.zeros((CANVAS[1], CANVAS[0], 4), np.uint8)
    for x, y in points:
        cv2.circle(canvas, (round(x), round(y)), 5, (255, 255, 255, 255), -1)
    return canvas


@pytest.mark.parametrize(
    "bend", [None, Bend(0.0, 0.0, True), Bend(0.1, 0.1, True), Bend(-0.1, 0.15, True), Bend(0.12, 0.1, False)]
)
def test_dots_are_seen_where_the_points_are_said_to_be(bend):
    points = ((200.0, 120.0), (700.0, 130.0), (690.0, 480.0), (210.0, 470.0))
    surface = Surface(CANVAS, PAGE, POSE, bend)
    seen = surface.picture(_dots(points), FRAME)[:, :, 3]
    count, _, _, middles = cv2.connectedComponentsWithStats((seen > 128).astype(np.uint8))
    assert count == 5
    for point in surface.points(points):
        assert np.linalg.norm(middles[1:] - point, axis=1).min() < 1.0


def test_a_bend_of_nothing_is_the_flat_page():
    points = ((150.0, 90.0), (750.0, 90.0), (750.0, 510.0), (150.0, 510.0))
    flat, bent = (Surface(CANVAS, PAGE, POSE, bend).points(points) for bend in (None, Bend(0.0, 0.0, True)))
    assert np.allclose(flat, bent, atol=0.05)


def test_paper_does_not_stretch():
    level = Pose((640, 360), 1.0, 0, 0, 0, 1e7)
    (x0, _), (x1, _), *_ = Surface(CANVAS, PAGE, level, Bend(0.15, 0.0, True)).points(
        ((150.0, 300.0), (750.0, 300.0), (750.0, 301.0), (150.0, 301.0))
    )
    assert x1 - x0 == pytest.approx(600 * (1 - 8 / 3 * 0.15**2), rel=0.015), "chord of an arc of that height"


def test_lines_of_a_page_bent_about_an_upright_axis_become_arcs_when_it_is_tilted():
    tilted = Pose((640, 360), 1.0, 0, 20, 0, 1470)
    row = ((160.0, 480.0), (450.0, 480.0), (740.0, 480.0), (740.0, 481.0))
    for bend, least, most in ((None, 0, 0.5), (Bend(0.1, 0.0, True), 8, 60), (Bend(0.1, 0.0, False), 0, 0.5)):
        (_, left), (_, middle), (_, right), _ = Surface(CANVAS, PAGE, tilted, bend).points(row)
        assert least <= abs(middle - (left + right) / 2) <= most


def test_shading_is_even_on_a_flat_page_and_uneven_on_a_bent_one():
    assert np.ptp(shading(Bend(0, 0, True), PAGE, CANVAS, 0.5)) < 0.01
    bent = shading(Bend(0.1, 0.1, True), PAGE, CANVAS, 0.5)
    assert bent.shape == (900,)
    assert np.ptp(bent) > 0.1
