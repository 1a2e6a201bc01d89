"""What the reader advises and notes: one fault a frame, two documents in view, arrays that hold no document."""

from random import Random

import cv2
import numpy as np
import pytest
from mrz_views import documents, side_by_side, with_fault

from models.images import decode_picture
from models.mrz_advice import Refusal
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzVote
from models.regions import Guidance, Note, ReadState
from models.specimens import frames

ACCEPTED = (ReadState.CLEAN, ReadState.CORRECTED)
ADVICE = {
    "far": Guidance.CLOSER,
    "slanted": Guidance.TILT,
    "mirrored": Guidance.GLARE,
    "smeared": Guidance.HOLD_STILL,
    "left": Guidance.WHOLE_PAGE,
    "right": Guidance.WHOLE_PAGE,
    "bottom": Guidance.WHOLE_PAGE,
    "top": Guidance.WHOLE_PAGE,
}


@pytest.fixture(scope="module")
def reader():
    return MrzReader.load()


@pytest.mark.parametrize("fault", ADVICE)
def test_the_advice_fits_the_fault(reader, fault):
    rng, fitting, unread = Random(fault), 0, 0
    for index in range(30):
        document = documents(10, 63)[index % 10]
        reading = reader.read(with_fault(fault, document, rng))
        if reading.state in ACCEPTED:
            assert reading.guidance is None
            continue
        unread += 1
        fitting += reading.guidance is ADVICE[fault]
        if unread == 10:
            break
    assert unread >= 8
    assert fitting >= 0.9 * unread


@pytest.mark.parametrize("fault", ["slanted", "left", "right"])
def test_what_such_a_picture_says_has_no_say(reader, fault):
    rng = Random(11)
    for document in documents(10, 63)[:6]:
        frame = reader.look(with_fault(fault, document, rng))
        assert frame.reading.state not in ACCEPTED
        if frame.reading.format is not None:
            assert frame.refused in (Refusal.SLANTED, Refusal.CUT_OFF, Refusal.FAR, None)
            assert MrzVote().add(frame).state not in ACCEPTED


def test_two_documents_in_view_are_noted(reader):
    rng, noted, vote = Random(12), 0, MrzVote()
    pages = documents(10, 63)
    for index in range(10):
        first, second = pages[index], pages[(index * 3 + 1) % 10]
        picture = side_by_side(first, second, rng)
        frame = reader.look(picture)
        assert frame.reading.lines in (first.zone, second.zone)
        assert reader.read(picture).lines == frame.reading.lines
        if Note.SEVERAL_DOCUMENTS in frame.reading.notes:
            noted += 1
            vote.reset()
            assert Note.SEVERAL_DOCUMENTS in vote.add(frame).notes
    assert noted >= 9


@pytest.mark.parametrize("difficulty", ["easy", "hard"])
def test_one_document_is_not_taken_for_two(reader, difficulty):
    rng = Random(13)
    for index in range(24):
        reading = reader.read(frames.frame(documents(10, 63)[index % 10].page, rng, difficulty).pixels)
        assert Note.SEVERAL_DOCUMENTS not in reading.notes
        assert reading.guidance is not Guidance.ONE_DOCUMENT


def test_a_picture_of_fifty_megapixels_is_read(reader):
    document = documents(10, 63)[0]
    page = cv2.resize(document.page[:, :, :3], (8400, 5914), interpolation=cv2.INTER_CUBIC)
    done, content = cv2.imencode(".jpg", page)
    assert done
    picture = decode_picture(content.tobytes())
    assert picture.shape == (2957, 4200, 3)
    reading = reader.read(picture, still=True)
    assert (reading.state, reading.lines) == (ReadState.CLEAN, document.zone)


@pytest.mark.parametrize("still", [False, True], ids=["frame", "still"])
def test_arrays_without_a_document_are_absent(reader, still):
    chance = np.random.default_rng(14)
    for shape in ((1, 1), (1, 700), (700, 1), (1, 1, 3), (16, 16, 3), (15, 900, 4), (300, 400), (300, 400, 1)):
        for level in (0, 255):
            reading = reader.read(np.full(shape, level, np.uint8), still=still)
            assert (reading.state, reading.guidance, reading.notes) == (ReadState.ABSENT, None, ())
        assert reader.read(chance.integers(0, 255, shape, dtype=np.uint8), still=still).state not in ACCEPTED


def test_four_channels_and_grey_are_read_like_colour(reader):
    document = documents(10, 63)[0]
    small = cv2.resize(document.page, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    for picture in (small, small[:, :, :3], cv2.cvtColor(small, cv2.COLOR_BGRA2GRAY)):
        assert reader.read(np.ascontiguousarray(picture)).lines == document.zone


@pytest.mark.parametrize("array", [np.zeros((0, 0), np.uint8), np.zeros((90, 90, 2), np.uint8), np.zeros((90, 90))])
def test_what_is_no_picture_is_a_value_error(reader, array):
    for still in (False, True):
        with pytest.raises(ValueError, match="8-bit values"):
            reader.look(array, still=still)
