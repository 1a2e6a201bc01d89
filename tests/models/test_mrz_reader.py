"""Drawn documents and, where they are there, shared pictures through the whole reader."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from models.images import decode_picture
from models.mrz_advice import MIN_PITCH, Refusal
from models.mrz_locator import locate
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzVote
from models.regions import Guidance, MrzFormat, MrzReading, ReadState
from models.specimens.evaluation import clips
from models.specimens.holder import holder_of
from models.specimens.mrz_lines import BLANK, LineArtist, find_fonts
from models.specimens.mrz_text import random_zone
from models.specimens.negatives.gallery import KINDS
from models.specimens.passport import draw_document
from models.specimens.sheets import zone_quad
from models.training.dataset import evaluation_lines

ACCEPTED = (ReadState.CLEAN, ReadState.CORRECTED)
PICTURES = Path(__file__).resolve().parents[1] / "bench" / "mrz_pictures.py"


def _pictures():
    spec = importlib.util.spec_from_file_location("mrz_pictures", PICTURES)
    module = importlib.util.module_from_spec(spec)
    sys.modules["mrz_pictures"] = module
    spec.loader.exec_module(module)
    return module


pictures = _pictures()


@cache
def page_of(zone):
    """The drawn document with this zone, flat and whole, BGR."""
    return np.ascontiguousarray(draw_document(holder_of(zone), zone)[:, :, :3])


@pytest.fixture(scope="module")
def reader() -> MrzReader:
    return MrzReader.load()


@pytest.fixture(scope="module", autouse=True)
def _fonts():
    try:
        find_fonts()
    except FileNotFoundError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("format_", list(MrzFormat), ids=lambda f: f.value)
def test_flat_pages_of_every_format_are_read(reader, format_):
    rng = np.random.default_rng(list(MrzFormat).index(format_))
    right = 0
    for _ in range(4):
        zone = random_zone(rng, format_)
        reading = reader.read(page_of(zone), still=True)
        assert reading.state not in ACCEPTED or reading.lines == zone
        right += reading.lines == zone
    assert right >= 3


def test_a_french_card_is_read_with_its_own_digits_only(reader):
    card = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F4")
    reading = reader.read(page_of(card), still=True)
    assert (reading.state, reading.format, reading.lines) == (ReadState.CLEAN, MrzFormat.FRENCH_ID, card)
    wrong = (card[0], card[1][:-1] + "5")
    reading = reader.read(page_of(wrong), still=True)
    assert (reading.state, reading.lines) == (ReadState.FAILED, wrong)


def test_every_way_up(reader):
    zone = random_zone(np.random.default_rng(12), MrzFormat.TD3)
    page = page_of(zone)
    for quarters in range(4):
        picture = np.ascontiguousarray(np.rot90(page, quarters))
        for still in (True, False):
            reading = reader.read(picture, still=still)
            assert reading.lines == zone, (quarters, still)
        (ax, ay), (bx, by), *_ = reading.quad
        along = np.degrees(np.arctan2(by - ay, bx - ax))
        assert abs((along + 90 * quarters + 180) % 360 - 180) < 3


def test_frames_and_votes(reader):
    right = single = 0
    for clip in clips(6, 13, "easy"):
        vote = MrzVote()
        for image in clip.frames:
            frame = reader.look(image)
            single += frame.reading.lines == clip.zone
            fused = vote.add(frame)
        right += fused.lines == clip.zone
        assert fused.state not in ACCEPTED or fused.lines == clip.zone
    assert single >= 24
    assert right >= 5


def test_a_vote_starts_anew_with_another_document(reader):
    rng = np.random.default_rng(14)
    first, second = random_zone(rng, MrzFormat.TD3), random_zone(rng, MrzFormat.TD3)
    vote = MrzVote()
    for _ in range(3):
        vote.add(reader.look(page_of(first)))
    assert vote.reading.lines == first
    assert vote.settled
    fused = vote.add(reader.look(page_of(second)))
    assert fused.lines == second
    assert fused.frames == 1
    vote.reset()
    assert vote.reading.state is ReadState.ABSENT
    assert not vote.settled


def test_nothing_there_is_absent(reader):
    for kind in ("face", "hall", "empty desk", "book spines"):
        reading = reader.read(KINDS[kind](Random(14), (1280, 720)))
        assert (reading.state, reading.lines) == (ReadState.ABSENT, ()), kind
    for shape in ((16, 16), (720, 1280, 3), (3000, 20), (20, 3000, 3)):
        for level in (0, 255):
            picture = np.full(shape, level, np.uint8)
            assert reader.read(picture, still=True).state is ReadState.ABSENT


@pytest.mark.parametrize("kind", list(KINDS))
def test_print_without_a_zone_is_never_accepted(reader, kind):
    for seed in (15, 16):
        assert reader.read(KINDS[kind](Random(seed), (1280, 720)), still=True).state not in ACCEPTED


def test_a_distant_document_is_asked_closer(reader):
    rng, asked = np.random.default_rng(15), 0
    for width in (195, 210, 225, 240):
        zone = random_zone(rng, MrzFormat.TD3)
        frame = np.full((720, 1280, 3), 90, np.uint8)
        small = cv2.resize(page_of(zone), (width, 150), interpolation=cv2.INTER_AREA)
        frame[300:450, 500 : 500 + width] = cv2.GaussianBlur(small, (0, 0), 0.8)
        reading = reader.read(frame)
        assert reading.state not in ACCEPTED or reading.lines == zone
        asked += reading.guidance is Guidance.CLOSER
    assert asked >= 2


def _small(zone, pitch, noise):
    """A camera that samples the page every few pixels: the same letters come out wrong in every frame."""
    page = page_of(zone)
    scale = pitch / (0.9 * page.shape[1] / len(zone[0]))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    scene = np.full((720, 1280, 3), 95, np.float32)
    scene[300 : 300 + small.shape[0], 500 : 500 + small.shape[1]] = small
    return np.clip(scene + noise.normal(0, 4, scene.shape), 0, 255).astype(np.uint8)


def test_a_vote_over_distant_frames_believes_none_of_them(reader):
    rng = np.random.default_rng(18)
    refused = asked = legible = 0
    for pitch in np.linspace(4.6, 6.2, 20):
        zone, vote = random_zone(rng, MrzFormat.TD3), MrzVote()
        for _ in range(3):
            frame = reader.look(_small(zone, pitch, rng))
            fused = vote.add(frame)
            refused += frame.refused is Refusal.FAR
            legible += frame.reading.state in ACCEPTED
            assert frame.reading.format is None or frame.refused is Refusal.FAR
            assert fused.state not in ACCEPTED
            assert not vote.settled
        asked += fused.guidance is Guidance.CLOSER
    assert refused >= 30
    assert asked >= 10
    assert legible > 0


def test_a_distant_or_cut_off_frame_has_no_say_in_a_vote(reader):
    rng = np.random.default_rng(19)
    zone, vote = random_zone(rng, MrzFormat.TD3), MrzVote()
    page = page_of(zone)
    foot = round(zone_quad(MrzFormat.TD3)[2][1])
    cut = reader.look(np.ascontiguousarray(page[: foot - 6]))
    assert cut.refused is Refusal.CUT_OFF
    assert vote.add(cut).state is ReadState.FAILED
    for frames in (1, 2):
        near = reader.look(page)
        assert near.refused is None
        assert vote.add(near).frames == frames
    settled = vote.reading
    far = reader.look(_small(zone, MIN_PITCH - 0.8, rng))
    assert far.refused is Refusal.FAR
    for frame in (far, cut):
        fused = vote.add(frame)
        assert (fused.state, fused.lines, fused.confidences) == (settled.state, zone, settled.confidences)
        assert fused.frames == 2
    other = random_zone(rng, MrzFormat.TD3)
    for _ in range(2):
        fused = vote.add(reader.look(_small(other, MIN_PITCH - 0.5, rng)))
    assert fused.state is ReadState.FAILED
    assert vote.reading.guidance is Guidance.CLOSER


def test_no_more_than_one_candidate_for_one_zone():
    zone = random_zone(np.random.default_rng(16), MrzFormat.TD1)
    page = cv2.cvtColor(page_of(zone), cv2.COLOR_BGR2GRAY)
    found = [candidate.measured(page) for candidate in locate(page)]
    assert len(found[0].lines) == 3
    assert found[0].score > 0.5


def test_confidence_of_an_empty_reading_is_zero():
    assert MrzReading(ReadState.ABSENT).confidence == 0


def test_drawn_lines_carry_their_labels():
    rng = np.random.default_rng(17)
    line = LineArtist(3).draw(rng, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", hardness=0.0)
    assert line.strip.shape == (32, 640)
    changes = line.labels[np.concatenate([[True], line.labels[1:] != line.labels[:-1]])]
    assert 42 <= (changes != BLANK).sum() <= 44
    again = evaluation_lines(2)
    assert (again.strips == evaluation_lines(2).strips).all()


@pytest.mark.skipif(not pictures.specimens(), reason="the shared pictures ../shared/data/mrz are not there")
def test_shared_pictures(reader):
    good = exact = 0
    for specimen in pictures.specimens():
        reading = reader.read(decode_picture(specimen.path.read_bytes()), still=True)
        if specimen.negative:
            assert reading.state not in ACCEPTED, specimen.path.name
        if specimen.good:
            good += 1
            exact += reading.lines == specimen.truth
    assert good == 43
    assert exact >= 0.6 * good
