"""A page on a screen is told from a printed one."""

from random import Random

import numpy as np
import pytest
from mrz_views import documents, held, laid, on_a_screen

from models.mrz_reader import MrzReader
from models.regions import MrzReading, Note, ReadState
from models.screen import beat, on_screen
from models.specimens import frames

ACCEPTED = (ReadState.CLEAN, ReadState.CORRECTED)


@pytest.fixture(scope="module")
def reader():
    return MrzReader.load()


def test_a_drawn_screen_is_read_and_noted(reader):
    rng, noted, read = Random(3), 0, 0
    for index in range(16):
        document = documents(6, 62)[index % 6]
        reading = reader.read(on_a_screen(document, rng))
        read += reading.lines == document.zone
        noted += Note.SCREEN in reading.notes
        assert reading.state in ACCEPTED or Note.SCREEN not in reading.notes
    assert read >= 14
    assert noted >= 9


@pytest.mark.parametrize("difficulty", ["easy", "hard"])
def test_print_is_not_taken_for_a_screen(reader, difficulty):
    rng = Random(4)
    for index in range(20):
        page = documents(6, 62)[index % 6].page
        assert Note.SCREEN not in reader.read(frames.frame(page, rng, difficulty).pixels).notes


def test_nothing_is_said_where_nothing_can_be_told():
    zone = ((100.0, 500.0), (900.0, 500.0), (900.0, 560.0), (100.0, 560.0))
    noise = np.random.default_rng(1).integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    assert not on_screen(noise, zone)
    assert not on_screen(np.zeros_like(noise), zone)
    assert beat(noise[:, :, 0], zone) == 0
    assert beat(np.dstack([noise, noise[:, :, :1]]), zone) == 0
    assert beat(noise[:100], zone) == 0
    assert beat(noise, tuple((x / 4, y) for x, y in zone)) == 0
    assert MrzReading(ReadState.ABSENT).notes == ()


def test_a_tinted_wave_stands_out_whatever_way_it_runs():
    zone = ((200.0, 560.0), (1000.0, 560.0), (1000.0, 620.0), (200.0, 620.0))
    y, x = np.mgrid[0:720, 0:1280].astype(np.float32)
    grain = np.random.default_rng(2).normal(0, 3, (720, 1280, 3))
    for turn in range(0, 180, 20):
        way = x * np.cos(np.radians(turn)) + y * np.sin(np.radians(turn))
        tint = np.dstack([np.sin(way * 2 * np.pi / 7 + shift) for shift in (0.0, 0.9, 1.8)])
        assert on_screen(np.clip(190 + 8 * tint + grain, 0, 255).astype(np.uint8), zone)
    assert not on_screen(np.clip(190 + grain, 0, 255).astype(np.uint8), zone)


def test_black_stripes_are_no_screen():
    zone = ((200.0, 560.0), (1000.0, 560.0), (1000.0, 620.0), (200.0, 620.0))
    x = np.mgrid[0:720, 0:1280][1].astype(np.float32)
    grey = np.clip(150 + 60 * np.sin(x * 2 * np.pi / 9)[:, :, None], 0, 255).astype(np.uint8)
    assert not on_screen(np.repeat(grey, 3, axis=2), zone)


def test_a_page_held_at_an_angle_is_looked_at_along_its_own_rows(reader):
    rng = Random(5)
    document = documents(6, 62)[0]
    frame = laid(document.page, np.full((720, 1280, 3), 90, np.uint8), held(document, rng, roll=205, tilt=0))
    reading = reader.read(frame)
    assert reading.lines == document.zone
    assert reading.notes == ()
