"""The plan of a soak: the same for the same seed, with enough of everything."""

from collections import Counter

import pytest

from station.soak.payloads import at, invent
from station.soak.plan import Deed, Fault, plan
from sync.facts import canonical, rfc3339

ALL = frozenset(Fault)


def test_a_seed_gives_the_same_plan_and_another_another():
    assert plan(5000, 2, ALL, 7) == plan(5000, 2, ALL, 7)
    assert plan(5000, 2, ALL, 7) != plan(5000, 2, ALL, 8)


def test_the_runs_that_are_reported_have_more_than_a_hundred_kills_each():
    counts = Counter(step.deed for step in plan(200_000, 1, ALL, 1))
    kills = counts[Deed.KILL_WRITER], counts[Deed.KILL_UPLINK], counts[Deed.KILL_CENTRE], counts[Deed.KILL_DATABASE]
    assert sum(kills) > 200
    assert min(kills) >= 5


def test_a_small_run_has_some_of_everything():
    steps = plan(2000, 1, ALL, 1)
    assert {step.deed for step in steps} == set(Deed)
    assert sum(step.deed.value.startswith("kill") for step in steps) >= 10
    assert all(0 < step.after <= 1900 for step in steps)


@pytest.mark.parametrize("fault", Fault)
def test_only_what_was_asked_for_goes_wrong(fault):
    found = {step.deed for step in plan(2000, 1, frozenset({fault}), 1)}
    assert found
    for other in ALL - {fault}:
        assert not found & {step.deed for step in plan(2000, 1, frozenset({other}), 1)}


def test_screenings_follow_from_their_number_and_are_of_the_usual_size():
    from datetime import UTC, datetime

    noon = datetime(2026, 11, 20, 5, tzinfo=UTC)
    found = [invent(1, "soak-1", number) for number in range(300)]
    assert found[9] == invent(1, "soak-1", 9)
    assert len({canonical(each) for each, _ in found}) == 300
    assert 0 < sum(alert for _, alert in found) < 20
    sizes = [len(canonical(at(each, noon))) for each, _ in found]
    assert 1000 < min(sizes) <= max(sizes) < 2000
    assert at(found[0][0], noon)["decided_at"] == rfc3339(noon)
