"""Parts of cards shown one after another: in any order, mixed up, too late, again."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from station.certificates.result import Verdict
from station.certificates.shc.collector import PATIENCE, Collector
from station.certificates.shc.numeric import encode_numeric, encode_parts
from station.certificates.trust.bundle import bundle
from station.certificates.verify import verify

_spec = importlib.util.spec_from_file_location("shc_cards", Path(__file__).with_name("cards.py"))
cards = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cards)

MINE = cards.sign(cards.payload())
THEIRS = cards.sign(cards.payload(cards.observation()))
PARTS, OTHERS = encode_parts(MINE, 3), encode_parts(THEIRS, 3)
TRUST = bundle([cards.SIGNER])


def show(texts, collector: Collector | None = None, step: float = 5) -> tuple[Collector, list[Verdict]]:
    """Codes shown every few seconds, and what is said of each."""
    collector, said = collector or Collector(), []
    for at, text in enumerate(texts):
        collector, whole = collector.add(text, 1000 + at * step)
        said.append(verify(whole, TRUST, datetime(2022, 1, 1, tzinfo=UTC)).verdict)
    return collector, said


def test_parts_in_any_order_make_a_card() -> None:
    for order in ((0, 1, 2), (2, 0, 1), (1, 1, 2, 0), (2, 1, 0)):
        _, said = show(PARTS[at] for at in order)
        assert said == [*[Verdict.UNDECIDED] * (len(order) - 1), Verdict.VALID]


def test_a_part_shown_again_after_the_whole_is_the_whole() -> None:
    _, said = show([*PARTS, PARTS[0], PARTS[2]])
    assert said[2:] == [Verdict.VALID] * 3


def test_two_peoples_parts_make_no_card_and_accuse_nobody() -> None:
    _, said = show([PARTS[0], OTHERS[1], PARTS[2], OTHERS[0], OTHERS[1], OTHERS[2]])
    assert Verdict.INVALID not in said
    assert said[-1] is Verdict.VALID
    _, said = show([PARTS[0], OTHERS[0], OTHERS[1], OTHERS[2]])
    assert said[-1] is Verdict.VALID


def test_other_codes_come_in_between() -> None:
    other = encode_numeric(THEIRS)
    _, said = show([PARTS[0], "hello", other, PARTS[1], encode_parts(MINE, 2)[0], *PARTS])
    assert said[2] is Verdict.VALID
    assert said[-1] is Verdict.VALID


def test_a_part_that_comes_too_late_completes_nothing() -> None:
    _, said = show(PARTS, step=PATIENCE + 1)
    assert said == [Verdict.UNDECIDED] * 3


def test_what_is_missing_is_said() -> None:
    collector, _ = Collector().add(PARTS[2], 1)
    _, text = collector.add(PARTS[0], 2)
    sentence = verify(text, TRUST, datetime(2022, 1, 1, tzinfo=UTC)).sentence
    assert sentence == "Of a SMART Health Card of 3 codes 2 parts were shown; show part 2 too."


def test_parts_are_forgotten() -> None:
    collector, _ = show(PARTS[:2])
    assert collector.kept(1000 + PATIENCE) is collector
    assert len(collector.kept(1005 + PATIENCE).held) == 1
    assert collector.kept(1006 + PATIENCE).held == ()
    assert PARTS[0][:20] not in repr(collector.held)


_CODES = st.sampled_from(
    [*PARTS, *OTHERS, encode_parts(MINE, 2)[0], "shc:/1/3/99", "shc:/2/3/43", "shc:/1/2", "hello", ""]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_CODES, max_size=12))
def test_nothing_that_was_shown_blocks_a_card(before: list[str]) -> None:
    collector, _ = show(before)
    _, said = show(PARTS, collector)
    assert said[-1] is Verdict.VALID
