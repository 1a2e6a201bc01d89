"""Where print runs, where zones are, and that every way up is found."""

from random import Random

import cv2
import numpy as np
import pytest
from mrz_views import SIZE, at_angle, documents, held, laid

from models.mrz_direction import directions, inkiest
from models.mrz_locator import locate
from models.mrz_reader import MrzReader
from models.regions import ReadState
from models.specimens.desk import desk
from models.specimens.sheets import zone_quad


@pytest.fixture(scope="module")
def reader():
    return MrzReader.load()


@pytest.mark.parametrize("start", [0, 15, 30], ids=lambda start: f"every 45 degrees from {start}")
def test_documents_are_read_at_any_angle(reader, start):
    rng, right, count = Random(start), 0, 0
    for roll in range(start, 360, 45):
        for document in documents(4, 61):
            reading = reader.read(at_angle(document, rng, roll + rng.uniform(-4, 4)))
            assert reading.state is ReadState.ABSENT or reading.lines == document.zone
            right += reading.lines == document.zone
            count += 1
            if reading.quad:
                (ax, ay), (bx, by), *_ = reading.quad
                along = np.degrees(np.arctan2(by - ay, bx - ax))
                assert abs((along - roll + 180) % 360 - 180) < 14
    assert count == 32
    assert right >= 31


def test_a_still_picture_is_read_at_any_angle_too(reader):
    rng = Random(7)
    for roll in (37, 128, 222, 310):
        document = documents(4, 61)[roll % 4]
        assert reader.read(at_angle(document, rng, roll), still=True).lines == document.zone


def test_the_first_direction_is_that_of_the_print():
    rng = Random(8)
    for roll in range(0, 180, 20):
        for document in documents(2, 61):
            quad = held(document, rng, roll=roll, tilt=2)
            frame = cv2.cvtColor(laid(document.page, desk(SIZE, rng), quad), cv2.COLOR_BGR2GRAY)
            assert abs((directions(frame)[0] - roll + 90) % 180 - 90) < 6


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_has_no_direction(level):
    for shape in ((720, 1280), (16, 16), (1, 900), (900, 1)):
        even = np.full(shape, level, np.uint8)
        assert directions(even) == []
        assert inkiest(even, 480) is None
        assert locate(even) == []


def test_the_square_with_the_print_holds_the_page():
    page = documents(2, 61)[1].page[:, :, :3]
    small = cv2.resize(page, (240, 151), interpolation=cv2.INTER_AREA)
    for x, y in ((10, 10), (1030, 10), (10, 560), (520, 280)):
        frame = np.full((720, 1280), 130, np.uint8)
        frame[y : y + 151, x : x + 240] = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        left, top, right, bottom = inkiest(frame, 480)
        assert (right - left, bottom - top) == (480, 480)
        assert left <= x
        assert top <= y
        assert right >= x + 240
        assert bottom >= y + 151


def test_a_zone_is_measured_where_it_is():
    rng = Random(9)
    for roll in (0, 50, 140):
        for document in documents(2, 61):
            quad = held(document, rng, roll=roll, tilt=0)
            frame = cv2.cvtColor(laid(document.page, desk(SIZE, rng), quad), cv2.COLOR_BGR2GRAY)
            box = (document.page.shape[1], document.page.shape[0])
            matrix = cv2.getPerspectiveTransform(
                np.array([(0, 0), (box[0], 0), box, (0, box[1])], np.float32), np.array(quad, np.float32)
            )
            true = cv2.perspectiveTransform(np.array([zone_quad(document.kind)], np.float64), matrix)[0]
            zone = locate(frame, turn=float(roll % 180))[0].measured(frame)
            found = np.array([zone.lines[0][0], zone.lines[0][1], zone.lines[-1][2], zone.lines[-1][3]])
            assert len(zone.lines) == len(document.zone)
            assert np.linalg.norm(found.mean(axis=0) - true.mean(axis=0)) < 0.02 * zone.width
            assert zone.width == pytest.approx(float(np.linalg.norm(true[1] - true[0])), rel=0.04)


def test_only_a_part_of_the_picture_is_searched_when_asked():
    document = documents(2, 61)[0]
    frame = cv2.cvtColor(
        laid(document.page, desk(SIZE, Random(1)), held(document, Random(2), roll=0)), cv2.COLOR_BGR2GRAY
    )
    whole = locate(frame)[0].measured(frame)
    left, top = (int(v) for v in np.array(whole.lines[0][0]) - 40)
    right, bottom = (int(v) for v in np.array(whole.lines[-1][2]) + 40)
    window = (max(0, left), max(0, top), min(1280, right), min(720, bottom))
    part = locate(frame, window=window)[0].measured(frame)
    assert np.abs(np.array(part.lines[0]) - np.array(whole.lines[0])).max() < 8
    assert locate(frame, window=(0, 0, 1280, 40)) == []
