"""The soak at small scale, as it is and with a bug in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mutants

from station.soak.outcome import soak
from station.soak.plan import Fault, plan
from station.soak.programs import Cast
from sync.faults.portal import Page

ALL = frozenset(Fault)
BROKEN = (
    "lost", "duplicated", "reordered", "gaps", "not_in_journal", "altered", "unexplained", "false_receipts", "parked",
)  # fmt: skip


def broken(found) -> set[str]:
    return {name for name in BROKEN if found[name]}


def test_g1_to_g4_a_small_soak_with_every_fault_keeps_every_promise():
    asked = [sys.executable, "-m", "station", "soak", "--records", "2000", "--faults", "all", "--seed", "5", "--json"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=300, env={**os.environ, "DAAN_LOG": "ERROR"})
    found = json.loads(done.stdout)
    assert broken(found) == set(), found
    assert done.returncode == 0
    assert found["good"]
    assert found["created"] == found["at_centre"] >= found["saved"] >= 2000
    assert found["kills"] >= 10
    assert found["power_cuts"] == {"cuts": 40, "lost": 0}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_g1_to_g4_a_larger_soak_with_three_stations(seed):
    found = soak(20_000, ALL, seed, stations=3)
    assert broken(found) == set(), found
    assert found["good"]


def seed_with_forgery() -> int:
    """The first seed whose few portals show a forged receipt."""
    portal = frozenset({Fault.PORTAL})
    return next(n for n in range(100) if any(s.page is Page.RECEIPT for s in plan(600, 1, portal, n)))


MUTANTS = {
    "an uplink that believes an unsigned receipt": (
        Cast(uplink=mutants.believing_uplink), {Fault.PORTAL}, {"false_receipts", "lost"},
    ),
    "an intake without its unique key": (
        Cast(spoil=mutants.no_unique_key), {Fault.NET, Fault.KILL}, {"duplicated"},
    ),
    "a ledger that drops rows": (
        Cast(spoil=mutants.forgetful_ledger), {Fault.CLOCK}, {"lost", "gaps", "false_receipts"},
    ),
    "a writer that says saved too early": (
        Cast(writer=mutants.lazy_writer), {Fault.KILL}, {"not_in_journal"},
    ),
    "a writer that repeats what was in doubt": (
        Cast(writer=mutants.repeating_writer), {Fault.KILL}, {"duplicated"},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_bug_in_the_system_is_caught(name):
    cast, faults, signs = MUTANTS[name]
    found = soak(600, frozenset(faults), seed_with_forgery(), cast=cast)
    assert not found["good"]
    assert signs <= broken(found), found
