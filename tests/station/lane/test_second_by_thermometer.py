"""Where an order wants a thermometer: the scanner is not asked again, and the screens say who measures."""

import importlib.util
import os
from dataclasses import replace
from pathlib import Path

import pytest

from config.messages.catalogue import Catalogue
from config.rules.ruleset import SecondBy
from drivers.readings import TemperatureState
from station.evidence import Attestation, VerdictKind
from station.journal.journal import Journal
from station.kiosk.officer_rules import ask_next, proposal
from station.lane.commands import Attest, MeasureAgain
from station.lane.events import TemperatureSeen
from station.lane.showing import shown
from station.lane.snapshot import LaneSnapshot, NeedState, Phase

_spec = importlib.util.spec_from_file_location("people_by_hand", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
people.RULE_SET = replace(people.RULE_SET, second_by=SecondBy.THERMOMETER, second_after_seconds=3)


@pytest.fixture
def bench(tmp_path):
    journal = Journal(tmp_path / "journal.db", bytes(range(32)), "demo-1", lambda: people.NOON, os.urandom)
    yield people.Bench(journal)
    journal.close()


def measured(celsius: str) -> Attest:
    return Attest("Somjai R.", Attestation.TEMPERATURE, {"celsius": celsius, "thermometer": "ear"})


def skin(celsius: float, state: TemperatureState) -> TemperatureSeen:
    seen = people.temperature(celsius)
    return TemperatureSeen(replace(seen.reading, state=state))


def screen(bench) -> LaneSnapshot:
    return shown(bench.lane, bench.at, 1, (), (), sight=None, measuring=None)


def tile(bench) -> NeedState:
    needs = screen(bench).needs
    return next(each.state for each in needs if each.kind.value == "temperature")


def test_the_officer_clears_it_after_the_rest_and_both_are_recorded(bench):
    bench.feed(people.document(), people.certificate(), people.temperature(38.1))
    assert bench.lane.judgement.by_thermometer
    bench.feed(measured("36.7"))
    assert bench.lane.judgement.reasons == ("T-2ND",), "the rest is not over"
    assert tile(bench) is not NeedState.DONE
    bench.later(3.2)
    bench.feed(people.temperature(36.2), people.temperature(38.4))
    assert len(bench.lane.evidence.temperatures) == 1, "the scanner is not asked again"
    bench.feed(measured("36.8"))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    kinds = [(e["kind"], e.get("max_celsius"), e.get("values", {}).get("celsius")) for e in bench.saved[0]["evidence"]]
    assert ("temperature", 38.1, None) in kinds
    assert ("attested", None, "36.8") in kinds


def test_a_high_one_by_hand_is_an_alert(bench):
    bench.feed(people.document(), people.certificate(), people.temperature(38.1))
    bench.later(3.2)
    bench.feed(measured("38.6"))
    assert bench.lane.judgement.reasons == ("T-HOT",)


def test_a_second_look_that_the_officer_wants_is_recorded_and_clears_nothing(bench):
    bench.feed(people.document(), people.certificate(), people.temperature(38.1))
    bench.later(3.2)
    bench.feed(MeasureAgain("Somjai R."), people.temperature(36.2))
    assert len(bench.lane.evidence.temperatures) == 2
    assert bench.lane.judgement.reasons == ("T-2ND",)


def test_the_screens_say_who_measures(bench):
    bench.feed(people.document(), people.certificate(), people.temperature(38.1))
    words = Catalogue.load("en")
    asked = ask_next(screen(bench), words)
    assert asked["action"] == "attest_temperature"
    assert "clinical thermometer" in asked["text"]
    assert "by hand" in proposal(screen(bench), words)["title"]


@pytest.mark.parametrize("state", [TemperatureState.UNCALIBRATED, TemperatureState.DRIFT])
def test_a_reading_that_does_not_count_is_kept_and_a_later_one_that_does_is_taken(bench, state):
    bench.feed(people.document(), people.certificate(), skin(36.4, state), skin(36.4, state))
    assert len(bench.lane.evidence.temperatures) == 1
    assert bench.phase is Phase.GATHERING
    assert "T-UNS" in bench.lane.judgement.reasons
    bench.feed(people.temperature(36.5))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    states = [e["state"] for e in bench.saved[0]["evidence"] if e["kind"] == "temperature"]
    assert states == [state.value, "ready"]
