"""How often a high skin temperature was confirmed: over a real journal, by the real command."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from config.loader import load
from config.rules.reading import load_all
from config.rules.ruleset import SecondBy, in_force
from drivers.readings import Correction, CorrectionKind, Flag, Method, SkinTemperature, TemperatureState
from station.cli import app
from station.evidence import Attestation, Evidence, OfficerAttested, TemperatureTaken, VerdictKind
from station.journal.journal import Journal, content
from station.journal.keys.file import create_key
from station.judgement.judge import judge
from station.lane.state import Screening
from station.paths import paths_of
from station.recorded import evidence_of
from station.records import payload, priority
from station.temperature_report import Outcome, outcome_of, report, wilson
from station.thermometry import passers_of
from sync.facts import FactKind

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DEMO = in_force(load_all(), "demo", "inbound", NOW)
ORDER = replace(DEMO, second_by=SecondBy.THERMOMETER, second_after_seconds=300)
READY, UNCALIBRATED = TemperatureState.READY, TemperatureState.UNCALIBRATED


def screening(name, *skin, hand=None, hand_after=6, state=READY, order=ORDER):
    taken = tuple(
        TemperatureTaken(
            f"{name}-{n}",
            NOW + timedelta(seconds=n),
            SkinTemperature(state, NOW, "thermal", celsius, 0.1, 29.0, 6, 0.98),
            n + 1,
        )
        for n, celsius in enumerate(skin)
    )
    at = NOW + timedelta(minutes=hand_after)
    word = (OfficerAttested("a", at, "Officer", Attestation.TEMPERATURE, {"celsius": hand}),) if hand else ()
    evidence = Evidence(temperatures=taken, attested=word)
    judgement = judge(evidence, order, at)
    return Screening(name, NOW, at, evidence, (), judgement, VerdictKind.REFER, "Officer")


CASES = [
    (screening("nobody"), Outcome.UNMEASURED),
    (screening("by hand alone", hand="38.2"), Outcome.UNMEASURED),
    (screening("uncalibrated", 38.9, state=UNCALIBRATED), Outcome.UNUSABLE),
    (screening("low", 36.1), Outcome.LOW),
    (screening("low", 37.4), Outcome.LOW),
    (screening("confirmed", 38.1, hand="38.4"), Outcome.CONFIRMED),
    (screening("at the limit", 37.5, hand="37.5"), Outcome.CONFIRMED),
    (screening("not confirmed", 38.1, hand="36.8"), Outcome.NOT_CONFIRMED),
    (screening("not confirmed", 38.1, 38.3, hand="36.8"), Outcome.NOT_CONFIRMED),
    (screening("not confirmed", 37.9, 36.0, hand="37,4"), Outcome.NOT_CONFIRMED),
    (screening("not followed up", 38.1), Outcome.NOT_FOLLOWED_UP),
    (screening("scanner alone", 38.1, 36.4), Outcome.NOT_FOLLOWED_UP),
    (screening("too early", 38.1, hand="36.8", hand_after=2), Outcome.NOT_FOLLOWED_UP),
    (screening("no number", 38.1, hand="warm"), Outcome.NOT_FOLLOWED_UP),
    (screening("twice by scanner", 38.1, 38.2, order=DEMO), Outcome.NOT_FOLLOWED_UP),
]


@pytest.fixture
def settings(tmp_path):
    return load("demo", {"station": {"state": tmp_path}})


@pytest.mark.parametrize(("made", "outcome"), CASES, ids=[f"{each.id} {outcome}" for each, outcome in CASES])
def test_what_became_of_one(settings, made, outcome):
    assert outcome_of(payload(made, settings)) is outcome


def test_the_command_over_a_journal(settings, tmp_path):
    paths = paths_of(settings)
    journal = Journal(paths.journal, create_key(paths.journal_key, os.urandom(32)), "demo-1", lambda: NOW, os.urandom)
    for number, (made, _) in enumerate(CASES):
        made = replace(made, id=f"s{number}")
        journal.append(FactKind.SCREENING, priority(made), payload(made, settings), subject=made.id)
    stored = [content(each) for each in journal.between(FactKind.SCREENING, NOW, NOW + timedelta(days=1))]
    journal.close()
    found = report([*stored, {}])
    assert (found.screenings, found.purged, found.measured, found.first_high) == (len(CASES) + 1, 1, 12, 10)
    assert (found.confirmed, found.not_confirmed, found.not_followed_up) == (2, 3, 5)
    assert found.predictive_value == pytest.approx(0.4)

    run = CliRunner().invoke(app, ["journal", "temperatures", "--state", str(tmp_path), "--json"])
    assert run.exit_code == 0, run.output
    row = json.loads(run.output)
    assert (row["screenings"], row["unmeasured"], row["unusable"], row["measured"]) == (15, 2, 1, 12)
    assert (row["confirmed"], row["not_confirmed"], row["second_by_thermometer"]) == (2, 3, 5)
    assert row["interval_95"] == [0.1176, 0.7693]
    said = CliRunner().invoke(app, ["journal", "temperatures", "--state", str(tmp_path), "--since", "2026-11-21"])
    assert "40% (95 % interval 12% to 77%, Wilson score)" in said.output
    none = CliRunner().invoke(
        app, ["journal", "temperatures", "--state", str(tmp_path), "--until", "2026-11-20", "--json"]
    )
    assert json.loads(none.output)["predictive_value"] is None
    wrong = CliRunner().invoke(app, ["journal", "temperatures", "--state", str(tmp_path), "--since", "yesterday"])
    assert wrong.exit_code == 2


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 1000, 0.0002, 0.0056)],
)
def test_wilson_gives_the_published_values(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_a_share_needs_trials():
    for wrong in ((0, 0), (2, 1), (-1, 3)):
        with pytest.raises(ValueError, match="trials"):
            wilson(*wrong)


def test_the_record_holds_what_was_done_to_a_value_and_older_records_still_read(settings):
    made = screening("s", 38.1, hand="38.4")
    reading = replace(
        made.evidence.temperatures[0].reading,
        raw_celsius=37.6123,
        corrections=(Correction(CorrectionKind.CALIBRATION, 0.5, "cal-1"),),
        flags=(Flag.NO_REFERENCE, Flag.AIR_UNKNOWN),
        method=Method.POINT,
        calibration="cal-1",
        serial_number="S1",
        firmware="4.5.10",
        air_celsius=29.0,
        humidity_percent=70.0,
    )
    taken = replace(made.evidence.temperatures[0], reading=reading)
    body = json.loads(
        json.dumps(payload(replace(made, evidence=replace(made.evidence, temperatures=(taken,))), settings))
    )
    back = evidence_of(body).temperatures[0].reading
    assert replace(back, measured_at=reading.measured_at, spot=reading.spot) == reading
    row = next(each for each in body["evidence"] if each["kind"] == "temperature")
    for name in ("raw_celsius", "corrections", "flags", "method", "calibration", "serial_number", "firmware"):
        del row[name]
    older = evidence_of(body).temperatures[0].reading
    assert (older.max_celsius, older.raw_celsius, older.corrections) == (38.1, None, ())


def test_passers_are_the_first_usable_ones(settings):
    bodies = [payload(made, settings) for made, _ in CASES]
    found = passers_of([*bodies, {}])
    assert len(found) == 12
    assert {celsius for _, celsius in found} >= {36.1, 37.4, 38.1}
