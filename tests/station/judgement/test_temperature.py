"""A high first skin temperature: the rest, and what may clear or confirm it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config.rules.reading import load_all
from config.rules.ruleset import RuleSet, SecondBy, in_force
from drivers.readings import SkinTemperature, TemperatureState
from station.evidence import Attestation, Evidence, OfficerAttested, RuleOutcome, TemperatureTaken, Truth
from station.judgement.judge import judge
from station.judgement.temperature import BY_HAND_MESSAGE

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DEMO = in_force(load_all(), "demo", "inbound", NOW)
assert DEMO is not None
ORDER = replace(DEMO, second_by=SecondBy.THERMOMETER, second_after_seconds=600)
REST = timedelta(seconds=600)


def taken(celsius: float, minutes: float, state: TemperatureState = TemperatureState.READY) -> TemperatureTaken:
    at = NOW + timedelta(minutes=minutes)
    return TemperatureTaken(f"t{minutes}", at, SkinTemperature(state, at, "thermal", celsius, 0.1, 29.0, 6, 0.98), 1)


def by_hand(celsius: str, minutes: float) -> OfficerAttested:
    values = {"celsius": celsius, "thermometer": "ear"}
    return OfficerAttested("a", NOW + timedelta(minutes=minutes), "Officer", Attestation.TEMPERATURE, values)


def said(*evidence: TemperatureTaken | OfficerAttested, order: RuleSet = ORDER) -> RuleOutcome:
    known = Evidence(
        temperatures=tuple(each for each in evidence if isinstance(each, TemperatureTaken)),
        attested=tuple(each for each in evidence if isinstance(each, OfficerAttested)),
    )
    judgement = judge(known, order, NOW + timedelta(hours=1))
    found = next(each for each in judgement.outcomes if each.code.startswith("T-"))
    assert judgement.second_measurement is (found.code == "T-2ND")
    assert judgement.by_thermometer is (found.message == BY_HAND_MESSAGE)
    return found


def test_a_thermometer_is_the_default_of_every_order() -> None:
    assert all(each.second_by is SecondBy.THERMOMETER for each in load_all() if each.id != "demo-2026")
    assert DEMO.second_by is SecondBy.SCANNER


@pytest.mark.parametrize("second", [35.9, 37.4, 37.5, 39.8])
def test_the_scanner_neither_clears_nor_confirms(second: float) -> None:
    for more in ((), (taken(second, 11),), (taken(second, 11), taken(second, 22))):
        found = said(taken(38.2, 0), *more)
        assert (found.truth, found.code) == (Truth.CANNOT_TELL, "T-2ND")
        assert found.params["celsius"] == "38.2", "the high value stays the one that is told"


@pytest.mark.parametrize(
    ("celsius", "truth", "code"),
    [("36,9", Truth.PASS, "T-OK"), ("37.5", Truth.FAIL, "T-HOT"), ("x", Truth.CANNOT_TELL, "T-UNS")],
)
def test_the_thermometer_decides_after_the_rest(celsius: str, truth: Truth, code: str) -> None:
    for more in ((), (taken(39.5, 11),), (taken(35.5, 11),), (taken(39.5, 30),)):
        found = said(taken(38.2, 0), *more, by_hand(celsius, 12))
        assert (found.truth, found.code, found.attested) == (truth, code, True)


def test_before_the_rest_is_over_it_does_not_count() -> None:
    assert said(taken(38.2, 0), by_hand("36.5", 9.9)).code == "T-2ND"
    assert said(taken(38.2, 0), by_hand("39.0", 9.9)).code == "T-2ND"
    assert said(taken(38.2, 0), by_hand("36.5", -5)).code == "T-2ND"
    assert said(taken(38.2, 0), by_hand("36.5", 10)).code == "T-OK"


def test_the_rest_begins_at_the_first_high_one() -> None:
    assert said(taken(36.0, 0), taken(38.0, 5), by_hand("36.5", 12)).code == "T-2ND"
    assert said(taken(36.0, 0), taken(38.0, 5), by_hand("36.5", 15)).code == "T-OK"


@pytest.mark.parametrize("state", [s for s in TemperatureState if s is not TemperatureState.READY])
def test_what_may_not_be_used_is_no_first_one(state: TemperatureState) -> None:
    assert said(taken(39.0, 0, state)).code == "T-UNS"
    assert said(taken(36.0, 0, state)).code == "T-UNS"
    assert said(taken(36.0, 0, state), by_hand("36.6", 1)).code == "T-OK"


def test_an_officer_alone_may_measure_as_before() -> None:
    assert said(by_hand("36.6", 0)).code == "T-OK"
    assert said(taken(36.0, 0)).code == "T-OK"
    assert said(taken(36.0, 0), by_hand("38.6", 1)).code == "T-HOT"


def test_by_scanner_where_the_order_says_so() -> None:
    scanner = replace(ORDER, second_by=SecondBy.SCANNER)
    assert said(taken(38.2, 0), order=scanner).code == "T-2ND"
    assert said(taken(38.2, 0), taken(36.2, 11), order=scanner).code == "T-OK"
    assert said(taken(38.2, 0), taken(38.2, 11), order=scanner).code == "T-HOT"
