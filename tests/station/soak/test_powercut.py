"""G1 under a power cut: what a real journal said was saved is there, whatever the disk made of the rest."""

import random

import pytest

from station.soak.powercut import lost, power_cuts, record


def test_nothing_that_was_saved_is_lost_at_any_of_60_cuts(tmp_path):
    assert power_cuts(tmp_path, seed=random.SystemRandom().randrange(10**6), appends=200, chosen=60) == {
        "cuts": 60,
        "lost": 0,
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_that_was_saved_is_lost_at_any_cut_at_all(tmp_path, seed):
    acts = record(tmp_path / "run", seed, 150)
    assert len(acts) > 1000
    assert lost(acts, range(len(acts) + 1), seed, tmp_path) == []


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_a_journal_that_does_not_sync_is_caught(tmp_path, synchronous):
    def weaken(journal):
        connection = journal._engine.raw_connection()
        connection.driver_connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.close()

    acts = record(tmp_path / "run", 1, 120, weaken)
    assert lost(acts, random.Random(1).sample(range(len(acts)), 60), 1, tmp_path)
