"""Rule sets: the shipped ones keep their own cases, broken ones say what is wrong."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.rules.cases import failing_cases
from config.rules.errors import RuleSetUnreadable
from config.rules.reading import SHIPPED, load, load_all, parse
from config.rules.reasons import REASONS, ReasonCode, Stage, message_key
from config.rules.ruleset import in_force

DEMO = json.loads((SHIPPED / "demo-2026.json").read_text())
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_shipped_sets_keep_their_cases() -> None:
    sets = load_all()
    assert sets
    for each in sets:
        assert failing_cases(each) == ()
        assert len(each.cases) >= 20


def test_a_case_that_does_not_hold_is_named() -> None:
    content = copy.deepcopy(DEMO)
    content["cases"][0]["expected"] = False
    (sentence,) = failing_cases(parse(content))
    assert content["cases"][0]["name"] in sentence


@pytest.mark.parametrize("place", ["demo", "tha-chatchai"])
def test_in_force(place: str) -> None:
    found = in_force(load_all(), place, "inbound", NOW)
    assert found is not None
    assert found.id == "demo-2026"
    assert in_force(load_all(), place, "inbound", datetime(2025, 12, 31, tzinfo=UTC)) is None


def test_the_higher_number_counts(tmp_path: Path) -> None:
    newer = DEMO | {"id": "newer", "number": 2, "valid_from": "2026-11-01T00:00:00+07:00", "valid_to": None}
    (tmp_path / "newer.json").write_text(json.dumps(newer))
    sets = load_all([tmp_path])
    found = in_force(sets, "demo", "inbound", NOW)
    assert found is not None
    assert found.id == "newer"
    before = in_force(sets, "demo", "inbound", datetime(2026, 10, 1, tzinfo=UTC))
    assert before is not None
    assert before.id == "demo-2026"


def _without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda content: content.pop(key)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_without("rules"), "lacks 'rules'"),
        (lambda c: c.update(format="x"), "format is not"),
        (lambda c: c.update(rules=[]), "needs rules"),
        (lambda c: c["rules"].append(c["rules"][0]), "id of its own"),
        (lambda c: c["rules"][0].update(check="guess"), "guess"),
        (lambda c: c["rules"][0].update(logic=True), "an expression belongs"),
        (lambda c: c["rules"][3].pop("logic"), "an expression belongs"),
        (lambda c: c["rules"][3].update(code="X-YZ"), "X-YZ"),
        (lambda c: c["classes"][0].update(required=["shoes"]), "may require"),
        (lambda c: c.update(required=["document"]), "'required', which means nothing"),
        (lambda c: c["rules"][0].update(loggic=True), "'loggic', which means nothing"),
        (lambda c: c["rules"][3].update(logic={"or": [True, True]}), "no operation of CertLogic"),
        (lambda c: c["rules"][3].update(because=[{"code": "C-AGE", "logic": {"!": []}}]), "because C-AGE"),
        (lambda c: c["rules"][3].update(entries=["x"]), "entries that are none of"),
        (lambda c: c["rules"][3].update(proofs=[]), "looks at no proofs"),
        (lambda c: c["rules"][0].update(entries=["v"]), "belong to an expression"),
        (lambda c: c["classes"][0].pop("proof_th"), "in both languages"),
        (lambda c: c["classes"][0].update(rules=["nothing"]), "names the rule nothing"),
        (lambda c: c["classes"][-1].pop("when"), "needs a condition"),
        (lambda c: c["classes"][-1].update(when={"and": [1]}), "at least 2 operands"),
        (lambda c: c["classes"].append(c["classes"][0]), "id of its own"),
        (lambda c: c.update(classes=[]), "needs classes"),
        (lambda c: c.update(default_class="nobody"), "no class nobody"),
        (lambda c: c.update(valid_to="2025-01-01T00:00:00+07:00"), "ends before it begins"),
        (lambda c: c.update(number=0), "whole number from 1"),
        (lambda c: c.update(places=[]), "list of texts"),
        (lambda c: c["cases"][-1]["expect"].update({"class": "nobody"}), "the class nobody"),
        (lambda c: c["cases"][-1]["expect"].update(rules={"skin-temperature": True}), "no expression"),
        (lambda c: c.update(zone="Asia/Nowhere"), "malformed"),
        (lambda c: c.update(valid_from="2026-01-01T00:00:00"), "no zone"),
        (lambda c: c.update(valid_from="soon"), "malformed"),
        (lambda c: c["thresholds"].update(skin_celsius_limit=99), "outside 30 to 45"),
        (lambda c: c["cases"][0].update(rule="nothing"), "no expression"),
        (lambda c: c["rules"][0].update(check="guess"), "the check of rule document-readable: 'guess' is none of docu"),
        (lambda c: c.update(zone="Asia/Nowhere"), "no time zone 'Asia/Nowhere'"),
        (lambda c: c.update(zone="../../etc/passwd"), "no time zone"),
        (lambda c: c.update(zone=7), "no time zone 7"),
        (lambda c: c.update(valid_from="1 Jan 2026"), "'1 Jan 2026' is no time like"),
        (lambda c: c.update(valid_from=5), "5 is no time like"),
        (lambda c: c.update(directions=["inbund"]), "the direction 'inbund' is none of inbound, outbound"),
        (lambda c: c["thresholds"].update(skin_limit=37), "thresholds has the key 'skin_limit'"),
        (lambda c: c["thresholds"].update(second_after_seconds=-1), "outside 0 to 3600"),
        (lambda c: c["thresholds"].update(second_by="eye"), "none of thermometer, scanner"),
        (lambda c: c["classes"][0].update(exempt="false"), "'false' is neither true nor false"),
        (lambda c: c["cases"][-1]["traveller"].update(birthday="x"), "the traveller of case .* the key 'birthday'"),
        (lambda c: c["cases"][-1].update(proofs=[{"payload": {}, "source": "rumour"}]), "a proof of case .* 'rumour'"),
        (lambda c: c["cases"][0].update(expected="yes"), "true, false or null"),
    ],
)
def test_broken_sets_say_what_is_wrong(tmp_path: Path, change: Callable[[dict[str, Any]], Any], words: str) -> None:
    content = copy.deepcopy(DEMO)
    change(content)
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content))
    with pytest.raises(RuleSetUnreadable, match=words) as caught:
        load(path)
    assert "broken.json" in str(caught.value)


def test_no_json(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[" * 100_000)
    with pytest.raises(RuleSetUnreadable, match="no JSON"):
        load(path)
    path.write_text("[]")
    with pytest.raises(RuleSetUnreadable, match="malformed"):
        load(path)
    with pytest.raises(RuleSetUnreadable, match="cannot be read"):
        load(tmp_path / "nowhere.json")


def test_every_code_has_its_row() -> None:
    assert set(REASONS) == set(ReasonCode)
    stages = {"M": Stage.DOCUMENT, "C": Stage.CERTIFICATE, "T": Stage.TEMPERATURE, "R": Stage.RULES}
    for code, reason in REASONS.items():
        letter, _, rest = code.value.partition("-")
        assert rest.isalnum()
        assert rest.upper() == rest
        assert len(rest) <= 4
        assert stages.get(letter, reason.stage) is reason.stage
        assert reason.meaning.endswith(".")
        assert reason.message == message_key(code) == f"reason.{letter.lower()}_{rest.lower()}"
