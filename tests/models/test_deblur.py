"""Undoing motion blur: direction, strength, and silence where there is nothing to undo."""

from random import Random

import cv2
import numpy as np
import pytest

from models import qr
from models.deblur import direction, find_texture, undo_motion, wiener
from models.qr import CodeReader, draw_code
from models.specimens import camera, code_texts


def picture(angle, length, *, seed=1):
    frame = np.full((720, 1280), 190, np.uint8)
    code = draw_code(code_texts.hcert(Random(seed), 420), correction="M", module=5)
    frame[120 : 120 + code.shape[0], 400 : 400 + code.shape[1]] = code
    return camera.motion_blur(frame, length, angle), (400, 120, 400 + code.shape[1], 120 + code.shape[0])


@pytest.mark.parametrize("angle", [0, 25, 60, 90, 130, 170])
def test_direction_of_the_smear_is_found(angle):
    smeared, (left, top, right, bottom) = picture(angle, 10)
    found, evenness = direction(smeared[top:bottom, left:right])
    assert min(abs(found - angle) % 180, 180 - abs(found - angle) % 180) < 9
    assert evenness < 0.5


def test_sharp_codes_and_empty_pictures_are_left_alone():
    sharp, box = picture(0, 0)
    assert direction(sharp)[1] > 0.8
    assert list(undo_motion(sharp)) == []
    for blank in (np.zeros((720, 1280), np.uint8), np.full((3, 3), 9, np.uint8)):
        assert find_texture(blank) is None
        assert list(undo_motion(blank)) == []
        assert direction(blank) == (0.0, 1.0)
    assert np.allclose(find_texture(sharp), box, atol=40)


def test_smears_that_hide_the_code_are_undone():
    """Two modules and more of smear: without undoing it, no attempt reads the code."""
    text, read, total = code_texts.hcert(Random(1), 420), 0, 0
    for angle in (10, 40, 75, 120, 155):
        for length in (10, 11.5, 12.5):
            noisy = camera.sensor_noise(cv2.cvtColor(picture(angle, length)[0], cv2.COLOR_GRAY2BGR), 3, Random(2))
            grey = cv2.cvtColor(noisy, cv2.COLOR_BGR2GRAY)
            if qr._zxing(grey, qr._QR, 1) or qr._zxing(qr._enlarged(grey), qr._QR, 2):
                continue
            found = [reading.text for reading in CodeReader().read(noisy)]
            assert found in ([], [text])
            read, total = read + len(found), total + 1
    assert total >= 10
    assert read / total >= 0.85


def test_wiener_keeps_shape_and_does_not_touch_its_input():
    smeared, _ = picture(20, 9)
    before = smeared.copy()
    assert wiener(smeared[:301, :257], 9, 20).shape == (301, 257)
    assert np.array_equal(before, smeared)
