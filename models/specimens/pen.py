"""Draws smooth flat shapes in units of one's own choice."""

from PIL import ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Pen:
    """Draws in head units: (0, 0) is the middle of the head, 1 its half width, y down."""

    def __init__(self, draw: ImageDraw.ImageDraw, x: float, y: float, unit: float) -> None:
        self._draw, self._x, self._y, self._unit = draw, x, y, unit

    def _at(self, point: Point) -> Point:
        return self._x + point[0] * self._unit, self._y + point[1] * self._unit

    def blob(self, points: list[Point], fill: Colour) -> None:
        """A smooth closed shape through the points."""
        self._draw.polygon([self._at(point) for point in smooth(points, closed=True)], fill=fill)

    def mirrored(self, right_half: list[Point], fill: Colour) -> None:
        """A smooth shape that is the same on both sides; the half runs from top to bottom."""
        self.blob([*right_half, *((-x, y) for x, y in reversed(right_half) if x)], fill)

    def ellipse(self, middle: Point, rx: float, ry: float, fill: Colour) -> None:
        """An upright ellipse of those half axes."""
        x, y = self._at(middle)
        rx, ry = rx * self._unit, ry * self._unit
        self._draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=fill)

    def stroke(self, points: list[Point], width: float, fill: Colour) -> None:
        """A smooth open line with round ends."""
        way = [self._at(point) for point in smooth(points, closed=False)]
        self._draw.line(way, fill=fill, width=max(1, round(width * self._unit)), joint="curve")
        for x, y in (way[0], way[-1]):
            radius = width * self._unit / 2
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def smooth(points: list[Point], *, closed: bool, steps: int = 10) -> list[Point]:
    """Points along the Catmull-Rom curve through `points`."""
    count = len(points)
    way: list[Point] = []
    for index in range(count if closed else count - 1):
        picks = [
            (index + shift) % count if closed else min(max(index + shift, 0), count - 1) for shift in (-1, 0, 1, 2)
        ]
        p0, p1, p2, p3 = (points[pick] for pick in picks)
        for step in range(steps):
            t = step / steps
            way.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return way if closed else [*way, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def shade(colour: Colour, by: float) -> Colour:
    """Darker below 1, lighter above."""
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue
