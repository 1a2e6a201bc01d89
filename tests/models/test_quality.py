"""Quality of a picture and presence before the camera."""

import time
from random import Random

import cv2
import numpy as np
import pytest

from models import quality
from models.specimens import camera
from models.specimens.certificate_page import CODE_FILL, draw_phone
from models.specimens.frames import empty_desk, frame
from models.specimens.passport import draw_document
from models.specimens.people import invent, zone_lines
from models.specimens.reach import Difficulty


@pytest.fixture(scope="module")
def page(today):
    person = invent(Random(4), today)
    return draw_document(person, zone_lines(person))


def grey(pixels):
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)


def test_sharpness_falls_with_defocus_and_with_motion_and_ignores_contrast(page):
    seen = frame(page, Random(3)).pixels
    defocused = [quality.sharpness(grey(camera.defocus(seen, sigma))) for sigma in (0, 1, 2, 4)]
    smeared = [quality.sharpness(grey(camera.motion_blur(seen, length, 20))) for length in (0, 4, 9)]
    assert defocused == sorted(defocused, reverse=True)
    assert smeared == sorted(smeared, reverse=True)
    assert defocused[2] < defocused[0] / 8
    pale = (100 + grey(seen) * 0.4).astype(np.uint8)
    assert quality.sharpness(pale) == pytest.approx(defocused[0], rel=0.3)


def test_judging_a_region_sees_only_that_region(page):
    seen = frame(page, Random(3))
    burnt = seen.pixels.copy()
    burnt[:, :200] = 255
    box = ((0.0, 0.0), (200.0, 0.0), (200.0, 720.0), (0.0, 720.0))
    assert quality.judge(burnt, box).glare_share == 1.0
    assert quality.judge(seen.pixels, seen.page_quad).glare_share < 0.2
    outside = ((-90.0, -90.0), (-10.0, -90.0), (-10.0, -10.0), (-90.0, -10.0))
    assert quality.judge(burnt, outside) == quality.judge(burnt)


def test_dark_pale_and_smeared_pictures_are_called_so(page):
    seen = frame(page, Random(3)).pixels
    good = quality.judge(seen)
    assert not good.dark
    assert not good.smeared
    assert quality.judge((seen * 0.12).astype(np.uint8)).dark
    assert quality.judge(np.full((50, 50, 3), 128, np.uint8)).dark
    assert quality.judge(camera.defocus(seen, 3)).smeared


@pytest.mark.parametrize("seed", range(12))
def test_an_empty_desk_is_empty_and_a_page_or_a_phone_is_not(page, seed):
    assert not quality.presence(None, empty_desk(Random(seed))).present
    for difficulty in Difficulty:
        assert quality.presence(None, frame(page, Random(seed), difficulty).pixels).present
    phone = draw_phone("HC1:SPECIMEN", [], dark=seed % 2 == 0)
    seen = frame(phone.pixels, Random(seed), focus=phone.code_box, fill=CODE_FILL[Difficulty.EASY])
    assert quality.presence(None, seen.pixels).present


def test_presence_notices_a_change_and_forgives_noise():
    desk = empty_desk(Random(2))
    first = quality.presence(None, desk)
    again = quality.presence(first.sketch, camera.sensor_noise(desk, 4, Random(1)))
    assert (again.present, again.change) == (False, 0.0)
    sleeve = desk.copy()
    cv2.circle(sleeve, (640, 700), 260, (150, 96, 84), -1)
    moved = quality.presence(first.sketch, sleeve)
    assert moved.present
    assert moved.change > 0.05


def test_presence_costs_next_to_nothing():
    desk = empty_desk(Random(2))
    costs = []
    for _ in range(15):
        started = time.thread_time()
        quality.presence(None, desk)
        costs.append(time.thread_time() - started)
    assert sorted(costs)[7] < 0.004, "budget 2 ms, doubled for a busy machine"


def test_grey_pictures_and_the_smallest_ones_are_judged_too():
    assert quality.judge(np.full((1, 1), 77, np.uint8)).sharpness == 0.0
    assert quality.sketch(np.zeros((3, 5), np.uint8)).shape == (45, 80)
