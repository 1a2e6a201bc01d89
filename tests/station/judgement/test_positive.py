"""A positive test beside a proof that the order accepts."""

from datetime import UTC, datetime, timedelta

import pytest

from config.rules.ruleset import Proof
from station.certificates.moment import Interval
from station.evidence import Truth
from station.judgement.positive import recent_positive
from station.judgement.proofs import DETECTED, Known, Proofs

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
MOMENT = Interval.of(NOW)


def known(date, result=DETECTED):
    proof = Proof({"t": [{"tr": result, "sc": date}]})
    return Known("test", "test", date, proof, proof)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ((NOW - timedelta(hours=5)).isoformat(), True),
        ((NOW - timedelta(days=10)).isoformat(), True),
        ("2026-11-12", True),
        ("on a Monday", True),
        ((NOW - timedelta(days=12)).isoformat(), False),
        ("2026-06-01", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("9999-12-31T23:59:59-14:00", True),
    ],
)
def test_a_recent_positive_test_is_for_a_person(date, said):
    found = recent_positive(Proofs((known(date),), False), MOMENT)
    assert (found is not None) is said
    if found:
        assert (found.truth, found.code, found.proof) == (Truth.CANNOT_TELL, "C-POS", "test")


def test_other_proofs_say_nothing_of_it():
    vaccination = Proof({"v": [{"dn": 2, "sd": 2}]})
    proofs = (known(NOW.isoformat(), "260415000"), Known("v", "vaccination", "2026-09-01", vaccination, vaccination))
    assert recent_positive(Proofs(proofs, False), MOMENT) is None


def test_an_uncertain_clock_keeps_it_in_the_way():
    past = Interval(NOW - timedelta(days=30), NOW)
    assert recent_positive(Proofs((known((NOW - timedelta(days=15)).isoformat()),), False), past) is not None
