"""What is said of a camera's pictures: on drawn desks and sheets, good and spoiled."""

from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from drivers.cameras.quality import Focus, PictureWatch, Spoiled, judge
from drivers.emulators.cameras import Fault, desk_scene, spoil

SCENE = desk_scene(640, 360)
BARE = np.clip(np.random.default_rng(3).normal(120, 3, (360, 640, 3)), 0, 255).astype(np.uint8)


def watched(watch: PictureWatch, start: float, pictures: Iterable[np.ndarray]) -> tuple[float, list[Spoiled | None]]:
    """Two pictures a second; when it ended, and what was said after each."""
    said = []
    for picture in pictures:
        start += 0.5
        said.append(watch.take(picture, start))
    return start, said


def test_a_picture_in_numbers():
    sight = judge(SCENE(1))
    assert 200 < sight.brightest < 245
    assert sight.burnt_share == 0
    assert sight.sharpness is not None
    assert sight.sharpness > 0.85


def test_sharpness_falls_with_the_blur_whatever_the_contrast():
    blocks = np.kron(np.indices((9, 16)).sum(0) % 2, np.ones((40, 40)))[:, :, None] * np.ones(3)
    for dark, bright in ((20, 230), (90, 180)):
        picture = np.asarray(dark + blocks * (bright - dark), np.uint8)
        found = [judge(np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma))).sharpness for sigma in (0.6, 1.5, 3, 6)]
        assert found[0] > 0.85
        assert 0.6 < found[1] < 0.8
        assert 0.38 < found[2] < 0.56
        assert found[3] < 0.38


@pytest.mark.parametrize("picture", [BARE, np.zeros((360, 640, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)])
def test_a_bare_desk_says_nothing_about_focus(picture):
    assert judge(picture).sharpness is None


@pytest.mark.parametrize(("fault", "said"), [(Fault.BLACK, Spoiled.BLACK), (Fault.OVEREXPOSED, Spoiled.OVEREXPOSED)])
def test_it_must_last_and_its_end_too(fault, said):
    watch = PictureWatch()
    at, heard = watched(watch, 0, (SCENE(n) for n in range(20)))
    assert set(heard) == {None}
    # A hand over the lens for four seconds.
    at, heard = watched(watch, at, (spoil(SCENE(n), {fault}, n) for n in range(8)))
    assert set(heard) == {None}
    at, heard = watched(watch, at, (SCENE(n) for n in range(8)))
    assert set(heard) == {None}
    at, heard = watched(watch, at, (spoil(SCENE(n), {fault}, n) for n in range(20)))
    assert heard[-1] is said
    # One good picture is not yet the end.
    at, heard = watched(watch, at, [SCENE(1)])
    assert heard == [said]
    at, heard = watched(watch, at, (SCENE(n) for n in range(6)))
    assert heard[-1] is None


def test_a_lens_out_of_focus_and_wiped():
    watch = PictureWatch()
    at, heard = watched(watch, 0, (SCENE(n) for n in range(100)))
    assert set(heard) == {None}
    at, heard = watched(watch, at, (spoil(SCENE(n), {Fault.BLURRED}) for n in range(100)))
    assert heard[0] is None
    assert heard[-1] is Spoiled.BLURRED
    at, heard = watched(watch, at, [BARE] * 50)
    assert set(heard) == {Spoiled.BLURRED}  # a bare desk does not say that it is well again
    at, heard = watched(watch, at, (SCENE(n) for n in range(30)))
    assert heard[-1] is None


def test_a_page_that_moves_now_and_then_is_no_lens_out_of_focus():
    watch = PictureWatch()
    at, _ = watched(watch, 0, (SCENE(n) for n in range(100)))
    moving = (spoil(SCENE(n), {Fault.BLURRED}) if n % 3 else SCENE(n) for n in range(200))
    assert set(watched(watch, at, moving)[1]) == {None}


def test_a_camera_that_was_never_sharp_is_taken_as_it_is():
    focus = Focus()
    assert not any(focus.take(0.55) for _ in range(500))
    assert any(focus.take(0.33) for _ in range(100))


def test_two_a_second_are_enough():
    watch = PictureWatch()
    black = np.zeros((360, 640, 3), np.uint8)
    for n in range(15 * 4):
        watch.take(black if n % 8 == 0 else SCENE(1), n / 15)
    assert watch.spoiled is None
