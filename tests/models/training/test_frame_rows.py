"""Rows cut out of drawn frames: upright, of the line that they name, and kept as they were drawn."""

from itertools import islice

import numpy as np

from models.mrz_reader import SIDECAR, WEIGHTS
from models.mrz_spell import collapse
from models.session import LineSession
from models.specimens.evaluation import clips
from models.training.frame_rows import UNLABELLED, drawn_rows, rows_of, store_rows, stored_rows


def test_rows_say_what_they_name():
    session = LineSession.load(WEIGHTS / SIDECAR)
    rows = list(islice(drawn_rows(61), 60))
    answers = session.run(np.stack([row.strip for row in rows]))
    right = sum(collapse(answer)[0] == row.text for answer, row in zip(answers, rows, strict=True))
    assert (
        right >= 40
    )  # the others are hard to read; a row that named another line, or stood upside down, never would be
    assert all(len(row.text) in (30, 36, 44) and (row.labels == UNLABELLED).all() for row in rows)


def test_every_row_of_a_plain_page_is_cut():
    for clip in clips(6, 62, "easy", frames=1):
        assert {row.text for row in rows_of(clip)} == set(clip.zone)


def test_rows_are_kept(tmp_path):
    store_rows(tmp_path / "rows.npz", {63: 4, 64: 3})
    kept = stored_rows(tmp_path / "rows.npz")
    drawn = [*islice(drawn_rows(63), 4), *islice(drawn_rows(64), 3)]
    assert [row.text for row in kept] == [row.text for row in drawn]
    assert all((a.strip == b.strip).all() for a, b in zip(kept, drawn, strict=True))
