"""Reading 2D codes: exact text, honest failure, webcam-like conditions."""

import sys
from random import Random

import cv2
import numpy as np
import pytest

from models import qr
from models.errors import ModelMissing, PictureUnreadable
from models.qr import CodeReader, draw_code
from models.specimens import camera, code_texts
from models.specimens.conditions import CONDITIONS, CURLED


def on_frame(code, *, left=300, top=60, size=(1280, 720)):
    frame = np.full((size[1], size[0], 3), 205, np.uint8)
    frame[top : top + code.shape[0], left : left + code.shape[1]] = code[:, :, None]
    return frame


@pytest.mark.parametrize(
    ("make", "correction"),
    [
        (code_texts.hcert, "Q"),
        (code_texts.hcert, "L"),
        (code_texts.smart_health_card, "L"),
        (code_texts.vds_nc, "L"),
        (code_texts.everyday, "M"),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_clean_codes_are_read_exactly(make, correction, seed):
    text = make(Random(seed))
    (reading,) = CodeReader().read(on_frame(draw_code(text, correction=correction, module=3)))
    assert reading.text == text
    assert reading.symbology == "qr"
    assert reading.elapsed_ms > 0


@pytest.mark.parametrize(
    "text", [" both ends ", "tab\tand\nline", "lower UPPER 0123", "๑๒๓ สวัสดี", "(01)09501101530003", "ﬁ ﬂ é e\u0301"]
)
def test_nothing_is_trimmed_or_interpreted(text):
    (reading,) = CodeReader().read(on_frame(draw_code(text, module=5)))
    assert reading.text == text


@pytest.mark.parametrize("symbology", ["aztec", "datamatrix", "pdf417"])
def test_other_symbologies_are_found_on_every_nth_picture_and_on_stills(symbology):
    text = code_texts.hcert(Random(5), 120)
    frame = on_frame(draw_code(text, symbology=symbology, module=3))
    reader = CodeReader(wide_every=3)
    found = [reader.read(frame) for _ in range(3)]
    assert [len(readings) for readings in found] == [0, 0, 1]
    assert (found[2][0].text, found[2][0].symbology) == (text, symbology)
    assert CodeReader(wide_every=0).read(frame, still=True)[0].text == text


def test_two_codes_in_one_picture_are_both_returned():
    frame = on_frame(draw_code("the first", module=6), left=100)
    second = draw_code("the second", module=6)
    frame[300 : 300 + second.shape[0], 700 : 700 + second.shape[1]] = second[:, :, None]
    assert {reading.text for reading in CodeReader().read(frame)} == {"the first", "the second"}


@pytest.mark.parametrize("turns", range(4))
def test_quad_starts_at_the_upper_left_of_the_code_whichever_way_up(turns):
    code = draw_code("which way up", module=8)
    height, width = code.shape
    frame = np.ascontiguousarray(np.rot90(on_frame(code), -turns))
    quiet = 4 * 8
    expected = [(300 + quiet, 60 + quiet), (300 + width - quiet, 60 + quiet)]
    expected += [(300 + width - quiet, 60 + height - quiet), (300 + quiet, 60 + height - quiet)]
    for _ in range(turns):
        expected = [(720 - y if _ % 2 == 0 else 1280 - y, x) for x, y in expected]
    for reading in (*CodeReader().read(frame), *qr._zbar(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))):
        assert np.allclose(reading.quad, expected, atol=8)


def test_quad_of_a_mirrored_code_is_still_clockwise():
    frame = np.ascontiguousarray(on_frame(draw_code("seen in a mirror", module=8))[:, ::-1])
    (reading,) = CodeReader().read(frame)
    corners = np.array(reading.quad)
    following = np.roll(corners, -1, axis=0)
    assert (corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]).sum() > 0
    assert reading.text == "seen in a mirror"


def test_quad_found_in_the_enlarged_or_deblurred_picture_is_in_pixels_of_the_given_one():
    code = draw_code(code_texts.hcert(Random(8)), correction="M", module=6)
    frame = camera.motion_blur(on_frame(code), 11, 25)
    (reading,) = CodeReader().read(camera.sensor_noise(frame, 3, Random(1)))
    quiet = 4 * 6
    assert np.allclose(reading.quad[0], (300 + quiet, 60 + quiet), atol=12)
    assert np.allclose(reading.quad[2], (300 + code.shape[1] - quiet, 60 + code.shape[0] - quiet), atol=12)


def test_unreadable_pictures_give_nothing():
    reader = CodeReader()
    rng = np.random.default_rng(1)
    code = on_frame(draw_code(code_texts.hcert(Random(2)), module=4))
    torn = code.copy()
    torn[60:360, 300:520] = 205
    pictures = [
        np.zeros((720, 1280, 3), np.uint8),
        np.full((1, 1, 3), 255, np.uint8),
        rng.integers(0, 255, (240, 320, 3), dtype=np.uint8),
        camera.defocus(code, 9),
        torn,
    ]
    for picture in pictures:
        assert reader.read(picture) == ()
        assert reader.read(picture, still=True) == ()


def test_grey_pictures_are_welcome_and_strange_ones_refused():
    code = draw_code("grey", module=6)
    assert CodeReader().read(code)[0].text == "grey"
    for strange in (np.zeros((0, 0, 3), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4), np.float32)):
        with pytest.raises(PictureUnreadable, match="8-bit"):
            CodeReader().read(strange)


def test_large_stills_are_read_without_enlarging_them():
    text = code_texts.hcert(Random(3))
    frame = on_frame(draw_code(text, module=12), left=1500, top=900, size=(4000, 3000))
    assert CodeReader().read(frame, still=True)[0].text == text


def test_second_opinion_believes_ascii_only():
    for text, believed in (("PLAIN ASCII 42", 1), ("ผู้เดินทาง", 0)):
        grey = cv2.cvtColor(on_frame(draw_code(text, module=6)), cv2.COLOR_BGR2GRAY)
        assert [reading.text for reading in qr._zbar(grey)] == [text] * believed


def test_missing_zbar_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    blank = np.full((80, 80), 255, np.uint8)
    with pytest.raises(ModelMissing, match="apt install libzbar0"):
        CodeReader().read(blank, still=True)
    assert CodeReader().read(blank) == ()
    assert CodeReader(second_opinion=False).read(blank, still=True) == ()


def test_drawing_refuses_what_no_code_holds():
    with pytest.raises(ValueError, match="use one of"):
        draw_code("x", symbology="maxicode")
    with pytest.raises(ValueError, match=r"."):
        draw_code("x" * 5000)


def test_webcam_conditions_are_read_at_the_promised_rate():
    """A small fixed set: 14 conditions x 6 codes. The whole table is tests/bench/bench_qr.py."""
    reader, read, total = CodeReader(), 0, 0
    for condition, seen_through in CONDITIONS.items():
        for seed in range(6) if condition != CURLED else ():
            rng = Random(seed)
            text = code_texts.hcert(rng)
            readings = reader.read(seen_through(draw_code(text, correction="LMQ"[seed % 3]), rng))
            assert all(reading.text == text for reading in readings), "a wrong text is worse than none"
            read, total = read + len(readings), total + 1
    assert read / total >= 0.95
