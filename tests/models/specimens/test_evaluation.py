"""The evaluation set: every kind draws, the same seed gives the same pixels, zones lie where they are said to lie."""

import hashlib
from random import Random

import cv2
import numpy as np
import pytest

from models.mrz_layout import recognise
from models.mrz_reader import MrzReader
from models.regions import MrzFormat, ReadState
from models.specimens import mrz_conditions
from models.specimens.evaluation import clips, condition_clips, negatives, specimen_clips
from models.specimens.holder import holder_of
from models.specimens.look import Look
from models.specimens.mrz_conditions import Condition
from models.specimens.mrz_text import random_zone
from models.specimens.negatives.gallery import KINDS
from models.specimens.passport import draw_document
from models.specimens.sheets import SHEETS, zone_quad

SEED = 77
"""Not the evaluation's own."""


@pytest.fixture(scope="module")
def reader():
    return MrzReader.load()


@pytest.fixture(scope="module")
def easy():
    return list(clips(6, SEED, "easy", frames=1))


@pytest.fixture(scope="module")
def conditions():
    return list(condition_clips(len(Condition), SEED, frames=1))


def _prints(pictures):
    return [hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest() for picture in pictures]


def _zone(kind, seed=1):
    return random_zone(np.random.default_rng(seed), kind)


def test_all_six_formats_come_in_turn(easy):
    assert [recognise(clip.zone) for clip in easy] == list(MrzFormat)
    assert {clip.frames[0].shape for clip in easy} == {(720, 1280, 3)}
    assert [clip.kind for clip in easy][:2] == ["TD1 easy", "TD2 easy"]


def test_the_reader_reads_an_easy_frame_of_each_format_where_the_zone_is_said_to_be(easy, reader):
    for clip in easy:
        reading = reader.read(clip.frames[0])
        assert reading.lines == clip.zone, clip.kind
        assert reading.state is ReadState.CLEAN
        said, seen = np.array(clip.quads[0]), np.array(reading.quad)
        height = np.linalg.norm(said[3] - said[0])
        assert np.linalg.norm(said - seen, axis=1).max() < height, f"{clip.kind}: {said} and not {seen}"


def test_clips_repeat_whatever_their_count_and_differ_by_seed_and_index(easy):
    again = list(clips(2, SEED, "easy", frames=1))
    assert _prints(clip.frames[0] for clip in again) == _prints(clip.frames[0] for clip in easy[:2])
    assert next(clips(1, SEED + 1, "easy", frames=1)).zone != easy[0].zone
    assert len({clip.zone for clip in easy}) == 6


def test_frames_of_a_clip_move_but_show_one_page():
    clip = next(clips(1, SEED, "hard", frames=3))
    corners = np.array(clip.quads)
    steps = np.abs(np.diff(corners, axis=0)).max(axis=(1, 2))
    assert (steps > 0.5).all()
    assert (steps < 60).all()
    assert len(set(_prints(clip.frames))) == 3


def test_hard_pages_are_smaller_than_easy_ones(easy):
    hard = list(clips(6, SEED, "hard", frames=1))

    def width(clip):
        quad = np.array(clip.quads[0])
        return np.linalg.norm(quad[1] - quad[0])

    assert np.mean([width(clip) for clip in hard]) < np.mean([width(clip) for clip in easy])


def test_an_unknown_difficulty_is_refused():
    with pytest.raises(ValueError, match="impossible"):
        next(clips(1, SEED, "impossible"))


def test_every_condition_draws_and_keeps_the_zone_in_the_frame(conditions):
    assert [clip.kind for clip in conditions] == [condition.value for condition in Condition]
    for clip in conditions:
        height, width = clip.frames[0].shape[:2]
        corners = np.array(clip.quads[0])
        assert (corners > -3).all(), clip.kind
        assert (corners < (width + 3, height + 3)).all(), clip.kind


def test_turned_pages_stand_the_way_they_say(conditions):
    for name, angle in ((Condition.QUARTER, 90), (Condition.HALF, 180), (Condition.THREE_QUARTERS, 270)):
        (clip,) = (clip for clip in conditions if clip.kind == name.value)
        (x0, y0), (x1, y1), *_ = clip.quads[0]
        off = (np.degrees(np.arctan2(y1 - y0, x1 - x0)) - angle + 180) % 360 - 180
        assert abs(off) < 12


@pytest.mark.parametrize(
    ("condition", "pixels"),
    [(Condition.GLYPHS_10, 10), (Condition.GLYPHS_14, 14), (Condition.GLYPHS_24, 24), (Condition.GLYPHS_40, 40)],
)
def test_glyphs_are_as_high_as_the_condition_says(conditions, condition, pixels):
    (clip,) = (clip for clip in conditions if clip.kind == condition.value)
    corners = np.array(clip.quads[0])
    pitch = np.linalg.norm(corners[1] - corners[0]) / len(clip.zone[0])
    assert pitch * 2.4 / 2.54 == pytest.approx(pixels, rel=0.12)


def test_conditions_compose():
    both = mrz_conditions.apply(mrz_conditions.apply(mrz_conditions.PLAIN, Condition.THIN), Condition.MOTION)
    assert both.look.weight < 0
    assert both.reach.smear[0] > 4
    assert mrz_conditions.apply(mrz_conditions.PLAIN, Condition.PLAIN) == mrz_conditions.PLAIN


@pytest.mark.parametrize("kind", list(MrzFormat))
def test_pages_have_the_ink_of_the_zone_in_its_box_and_nowhere_beside(kind):
    lines = _zone(kind)
    page = draw_document(holder_of(lines), lines)
    (left, top), _, (right, bottom), _ = zone_quad(kind)
    assert page.shape[1] / page.shape[0] == pytest.approx(SHEETS[kind].width / SHEETS[kind].height, rel=0.01)
    assert (page[round(top) : round(bottom), round(left) : round(right), 1] < 90).mean() > 0.03
    assert page[round(bottom) + 3 : -14, 60:-60, :3].min() > 130


@pytest.mark.parametrize(
    ("changes", "darker"),
    [
        ({"weight": 1.0}, True),
        ({"weight": -1.0}, False),
        ({"breaks": 0.2}, False),
        ({"holes": 0.3}, False),
        ({"fade": 0.8}, False),
    ],
)
def test_print_defects_take_ink_away_or_add_some(changes, darker):
    lines = _zone(MrzFormat.TD3)
    (left, top), _, (right, bottom), _ = zone_quad(MrzFormat.TD3)
    box = np.s_[round(top) : round(bottom), round(left) : round(right), :3]
    fresh, worn = (draw_document(holder_of(lines), lines, look=look)[box] for look in (Look(), Look(**changes)))
    assert bool(worn.mean() < fresh.mean()) is darker
    assert abs(float(worn.mean()) - float(fresh.mean())) > 0.8


def test_a_stamp_crosses_the_zone_and_leaves_its_print_dark():
    lines = _zone(MrzFormat.MRV_A)
    fresh, used = (draw_document(holder_of(lines), lines, look=look) for look in (Look(), Look(stamps=2)))
    (left, top), _, (right, bottom), _ = zone_quad(MrzFormat.MRV_A)
    box = np.s_[round(top) : round(bottom), round(left) : round(right), :3]
    changed = np.abs(fresh[box].astype(int) - used[box]).max(axis=2) > 25
    assert 0.01 < changed.mean() < 0.6
    assert used[box][fresh[box].max(axis=2) < 70].max() < 90


def test_given_pages_are_held_before_the_camera_and_narrow_ones_left_out(reader):
    lines = _zone(MrzFormat.TD3, 3)
    page = draw_document(holder_of(lines), lines)[:, :, :3]
    small = cv2.resize(page, (300, 211), interpolation=cv2.INTER_AREA)
    (clip,) = specimen_clips([("large", page, lines), ("small", small, lines)], SEED, "easy", frames=1)
    assert clip.kind == "large easy"
    assert reader.read(clip.frames[0]).lines == lines


def test_every_kind_of_negative_draws_and_none_is_taken_for_a_document(reader):
    seen = {}
    for kind, frame in negatives(len(KINDS), SEED):
        assert frame.shape == (720, 1280, 3)
        assert frame.dtype == np.uint8
        assert frame.std() > 2, kind
        assert reader.read(frame).state in (ReadState.ABSENT, ReadState.FAILED), kind
        seen[kind] = frame
    assert len(seen) == len(KINDS) >= 12
    assert len(set(_prints(seen.values()))) == len(KINDS)


def test_negatives_repeat_and_differ_from_round_to_round():
    draw = KINDS["boarding pass"]
    one, same, other = (draw(Random(seed), (1280, 720)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("kind", list(MrzFormat))
def test_the_holder_is_the_one_whom_the_zone_names(kind):
    lines = _zone(kind, 5)
    holder = holder_of(lines)
    assert holder.surname.upper().split()[0] in "".join(lines)
    assert holder.document_number.replace(" ", "<") in "".join(lines)
    with pytest.raises(ValueError, match="no format"):
        holder_of(("A" * 7,))
