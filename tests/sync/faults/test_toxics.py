"""Toxics as arithmetic, without a socket."""

import json
import random
from itertools import pairwise

import pytest

from sync.faults.portal import Page, page
from sync.faults.toxics import End, Shaper, Toxics, lossy


def shaper(seed: int = 1) -> Shaper:
    return Shaper(random.Random(seed))


def test_a_good_link_hands_on_at_once():
    assert shaper().plan(5.0, b"abc", Toxics()) == ([(5.0, b"abc")], None)


def test_nothing_is_lost_or_turned_around_by_jitter_and_slices():
    toxics = Toxics(latency_ms=50, jitter_ms=200, slice_bytes=7, slice_pause_ms=3)
    one, sent, got, dues = shaper(), b"", b"", []
    for number in range(50):
        data = f"{number} ".encode() * (number % 5 + 1)
        pieces, end = one.plan(number * 0.01, data, toxics)
        assert end is None
        sent += data
        got += b"".join(piece for _, piece in pieces)
        dues += [due for due, _ in pieces]
    assert got == sent
    assert all(a <= b for a, b in pairwise(dues))
    assert dues[0] >= 0.05


def test_a_seed_gives_the_same_plan():
    toxics = Toxics(jitter_ms=90, slice_bytes=11)
    assert shaper(4).plan(0, bytes(300), toxics) == shaper(4).plan(0, bytes(300), toxics)
    assert shaper(4).plan(0, bytes(300), toxics) != shaper(5).plan(0, bytes(300), toxics)


def test_bandwidth_is_a_rate_over_all_that_was_sent():
    one = shaper()
    last = [one.plan(0.0, bytes(1000), Toxics(bytes_per_second=5000))[0][-1][0] for _ in range(10)]
    assert last[-1] == pytest.approx(2.0)
    assert one.plan(10.0, bytes(500), Toxics(bytes_per_second=5000))[0][-1][0] == pytest.approx(10.1)


@pytest.mark.parametrize(("toxics", "end"), [(Toxics(reset_after=10), End.RESET), (Toxics(close_after=10), End.CLOSE)])
def test_a_limit_lets_exactly_so_many_bytes_pass(toxics, end):
    one = shaper()
    assert one.plan(0, b"123456", toxics)[1] is None
    pieces, found = one.plan(0, b"789012", toxics)
    assert (b"".join(piece for _, piece in pieces), found) == (b"7890", end)


def test_one_per_cent_loss_at_100_ms_is_1_4_megabit():
    link = lossy(0.01, 0.1)
    assert link.up.bytes_per_second * 8 == pytest.approx(1.43e6, rel=0.01)
    assert link.up.latency_ms + link.down.latency_ms == pytest.approx(100)


@pytest.mark.parametrize("kind", Page)
def test_pages_are_whole_http_answers(kind):
    head, _, body = page(kind, "soak-1", "j", 9).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 ")
    assert f"Content-Length: {len(body)}".encode() in head
    if kind is Page.RECEIPT:
        assert json.loads(body)["receipt"]["watermark"] == 9
