"""Finding the face in one thermal frame. Pure; local means only, nobody is recognised.

A face is looked for, not assumed. At several levels of warmth the picture falls into regions; one that stands out from
what is around it, has a face's size and place, touches nothing hot and has the pattern of a head is the face. The value
is the warmest of it, since the inner corners of the eyes (or the whole face's maximum) tell fevers best: Zhou et al.
2020, J Biomed Opt 25(9) 097002. Anything doubtful is not measured: `Look.why_not` says what to do. Several frames make
a measurement: drivers.thermal.measurement. What was tuned on what, and what fails: docs/thermal.md.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.readings import Flag, ThermalFrame, WhyNot
from drivers.thermal.face_pattern import Likeness, likeness, view_of
from drivers.thermal.warm_region import (
    Mask,
    Plane,
    Region,
    quantile,
    regions_of,
    repaired,
)

_FACE_WIDTH_METRES = 0.15
"""Bare skin from cheek to cheek, part of the ears included; people differ by about a tenth, children by a quarter."""
_SKIN_LIKE_AIR = 33.0
"""Surroundings from which skin hardly stands out, degrees Celsius."""
_PERSON_SHARE = 0.02
"""Of the picture: a smaller warm region that is unlike a head says nothing."""
_SAME_PERSON = 0.7
"""Of the widest face's width: what is narrower is another face."""
_FINE_PIXELS = 16
"""Width of a face from which an eye corner covers several pixels."""


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Limits of what counts as a face."""

    field_of_view_degrees: tuple[float, float] = (55.0, 35.0)
    """Of the scanner's lens, horizontal and vertical: tells the distance."""
    distance_metres: tuple[float, float] = (0.22, 1.8)
    """Nearer or farther than anybody who looks into the scanner; wide, since faces differ in size."""
    width_pixels: float = 4.0
    """Narrower than that a face's warmest point drowns in what is around it."""
    contrast_celsius: float = 0.35
    """A face's edge is at least so much warmer than what is just outside it."""
    noise_share: float = 1.2
    """And so many times as much as the noise of one pixel."""
    hottest_skin_celsius: float = 43.0
    """No living skin is hotter; a region with such pixels in or beside it is a lamp, a cup or an engine."""
    coldest_skin_celsius: float = 28.0
    """A region whose maximum is below is not a bare face."""
    above_skin_celsius: float = 3.5
    """The warmest point of a face is not more than so much above its warm quarter; a face seen small has cool edges."""
    speckle_celsius: float = 2.0
    """A pixel so far above or below all its neighbours is a defect: the lens blurs any real point."""
    fill_share: float = 0.6
    """Of its own bounding box; an ellipse fills 0.79."""
    whole_rows: float = 0.8
    """A face that reaches the picture's upper edge shows at least so much, brow to jaw, of its width."""
    centre_share: float = 0.3
    """How far from the middle, of the picture's width and of its height, a face's centre may be."""
    face_odds: float = 1.5
    """Log odds of the pattern's likeness to a head, at least."""
    flag_odds: float = 0.0
    """Log odds from which glasses or a hat are flagged."""
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
    distance_metres: float
    """From the apparent size, as if everybody's face were 15 cm wide: good to about a fifth, children seem farther."""
    flags: tuple[Flag, ...] = ()
    """GLASSES, HAT."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one frame shows."""

    person: bool
    """Something as warm and as large as a person is there, whether it can be measured or not: a hot cup alone is none,
    a dog or a sunny spot may pass for one."""
    face: FaceRegion | None
    why_not: WhyNot | None
    """None when there is a face."""


def find_face(frame: ThermalFrame, settings: FaceSettings) -> FaceRegion | None:
    """The face of the frame; None when nothing may be measured."""
    return look(frame, settings).face


def look(frame: ThermalFrame, settings: FaceSettings) -> Look:
    """Who is there, and the face if it may be measured.

    Args:
        frame: any size.
        settings: the lens, and what counts as a face.
    """
    picture, sound = repaired(frame.celsius, settings.speckle_celsius)
    side = 3 if picture.shape[1] < 128 else 5
    means = np.asarray(cv2.blur(picture, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32)
    hot = (picture >= settings.hottest_skin_celsius).astype(np.uint8)
    beside_hot = cv2.dilate(hot, np.ones((3, 3), np.uint8)).astype(bool)
    noise = 1.5 * quantile(np.abs(picture - means), 0.5)
    regions = [region for region in candidates(means, settings) if region.edge_celsius > settings.noise_share * noise]
    if not regions:
        return Look(False, None, _empty(means, hot, settings))
    aspect = pixel_aspect(means, settings)
    alike = likeness(np.stack([view_of(means, region, aspect) for region in regions]))
    judged = sorted(zip(regions, alike, strict=True), key=lambda pair: -pair[1].face)
    reasons = [_reason(region, like, beside_hot, picture, settings) for region, like in judged]
    good = [pair for pair, reason in zip(judged, reasons, strict=True) if reason is None]
    if good:
        # The likeliest of the nearest: somebody behind has a narrower face.
        widest = max(region.width for region, _ in good)
        region, like = next(pair for pair in good if pair[0].width > _SAME_PERSON * widest)
        face = _measured(picture, sound, region, like, settings)
        if face.max_celsius - quantile(picture[face.mask], 0.75) > settings.above_skin_celsius:
            return Look(True, None, WhyNot.HOT_THING)
        return Look(True, face, None)
    person = any(
        reason is not WhyNot.HOT_THING and (like.face > settings.face_odds or _as_large_as_a_person(region, means))
        for (region, like), reason in zip(judged, reasons, strict=True)
    )
    return Look(person, None, reasons[0])


def candidates(means: Plane, settings: FaceSettings) -> list[Region]:
    """Regions that stand out, may be skin, and are large enough to be anything."""
    background = quantile(means, 0.2)
    skin = means[means < settings.hottest_skin_celsius]
    low = max(background + 0.7 * settings.contrast_celsius, settings.coldest_skin_celsius - 3)
    high = quantile(skin, 0.98) - 0.3 if skin.size else low
    if high <= low:
        return []
    return [
        region
        for region in regions_of(means, low, high, pixel_aspect(means, settings), settings.fill_share)
        if region.edge_celsius >= settings.contrast_celsius
    ]


def pixel_aspect(picture: Plane, settings: FaceSettings) -> float:
    """Angle of a pixel's width over that of its height."""
    rows, columns = picture.shape
    across, down = settings.field_of_view_degrees
    return float(across / columns / (down / rows))


def _empty(means: Plane, hot: NDArray[np.uint8], settings: FaceSettings) -> WhyNot:
    """Why nothing stands out."""
    if float(np.median(means)) > _SKIN_LIKE_AIR:
        return WhyNot.TOO_WARM_SURROUNDINGS
    return WhyNot.HOT_THING if hot.sum() > settings.hottest_pixels else WhyNot.NOBODY


def _reason(
    region: Region,
    like: Likeness,
    beside_hot: Mask,
    picture: Plane,
    settings: FaceSettings,
) -> WhyNot | None:
    """Why this region must not be measured; None when it may."""
    rows, columns = picture.shape
    distance = _distance(region, columns, settings)
    across = region.left + (region.width - 1) / 2 - (columns - 1) / 2
    down = region.top + (region.height - 1) / 2 - (rows - 1) / 2
    if beside_hot[region.box][region.part].any():
        return WhyNot.HOT_THING
    if region.cut_sides or (region.cut_above and region.wide_rows < settings.whole_rows):
        return WhyNot.CUT if like.face > 0 else WhyNot.UNLIKE_A_FACE
    if like.face < settings.face_odds or float(picture[region.box][region.part].max()) < settings.coldest_skin_celsius:
        return WhyNot.UNLIKE_A_FACE
    if distance < settings.distance_metres[0]:
        return WhyNot.TOO_NEAR
    if distance > settings.distance_metres[1] or region.width < settings.width_pixels:
        return WhyNot.TOO_FAR
    if abs(across) > settings.centre_share * columns or abs(down) > settings.centre_share * rows:
        return WhyNot.OFF_CENTRE
    return None


def _distance(region: Region, columns: int, settings: FaceSettings) -> float:
    angle = np.radians(region.width / columns * settings.field_of_view_degrees[0])
    return float(_FACE_WIDTH_METRES / 2 / np.tan(min(angle, 2.0) / 2))


def _as_large_as_a_person(region: Region, means: Plane) -> bool:
    return region.width * region.height > _PERSON_SHARE * means.size


def _measured(picture: Plane, sound: Mask, region: Region, like: Likeness, settings: FaceSettings) -> FaceRegion:
    """The mean of the warmest sound pixels; where a face is many pixels wide each is the mean of its neighbours too."""
    if region.width >= _FINE_PIXELS:
        picture = np.asarray(cv2.blur(picture, (3, 3), borderType=cv2.BORDER_REPLICATE), np.float32)
    mask = np.zeros(picture.shape, np.bool_)
    mask[region.box] = region.part
    mask &= sound
    values = np.where(mask, picture, -np.inf)
    hottest = np.sort(values, axis=None)[-min(settings.hottest_pixels, int(mask.sum())) :]
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    flags = ((Flag.GLASSES, like.glasses), (Flag.HAT, like.hat))
    return FaceRegion(
        mask,
        float(hottest.mean()),
        (int(row), int(column)),
        _distance(region, picture.shape[1], settings),
        tuple(flag for flag, odds in flags if odds > settings.flag_odds),
    )
