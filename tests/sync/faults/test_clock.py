"""A clock that jumps."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.faults.clock import FaultyClock, Jump, Jumped, told

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("jump", "says"),
    [
        (Jump.TRUE, LATER),
        (Jump.DAY_AHEAD, LATER + timedelta(days=1)),
        (Jump.DAY_BEHIND, LATER - timedelta(days=1)),
        (Jump.BACK, LATER - timedelta(hours=1)),
        (Jump.LEAP, LATER - timedelta(seconds=1)),
        (Jump.FROZEN, NOON),
        (Jump.NO_BATTERY, datetime(1970, 1, 1, 0, 5, tzinfo=UTC)),
    ],
)
def test_what_a_clock_says_five_minutes_after_its_jump(jump, says):
    assert told(LATER, Jumped(jump, NOON)) == says


def test_a_clock_may_jump_again_while_it_runs():
    jumps = [Jumped(Jump.TRUE, NOON)]
    clock = FaultyClock(lambda: LATER, lambda: jumps[-1])
    assert clock() == LATER
    jumps.append(Jumped(Jump.FROZEN, NOON))
    assert clock() == clock() == NOON
