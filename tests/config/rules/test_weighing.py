"""Classes and rules in three values: what is known, what is not, and an uncertain now."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.rules.cases import failing_cases, uncovered
from config.rules.reading import SHIPPED, load, parse
from config.rules.reasons import ReasonCode
from config.rules.ruleset import Facts, Proof, ProofSource, Rule, RuleSet
from config.rules.weighing import ages, classify, contexts, weigh

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
DEMO = load(SHIPPED / "demo-2026.json")
PAPER, CERTIFICATE = ProofSource.PAPER, ProofSource.CERTIFICATE
OLD_TEST = {"t": [{"n": 1, "sc": "2026-11-01T00:00:00Z"}]}
GOOD_TEST = {"t": [{"n": 2, "sc": "2026-11-21T00:00:00Z"}]}
STRANGE_TEST = {"t": [{"n": 3, "sc": "yesterday"}]}
FRESH = {"not-after": [{"plusTime": [{"var": "external.validationClock"}, -72, "hour"]}, {"plusTime": [{"var": "payload.t.0.sc"}, 0, "hour"]}]}  # fmt: skip  # noqa: E501


def _set(*rules: dict[str, Any], classes: list[dict[str, Any]] | None = None) -> RuleSet:
    given_class = {"id": "all", "title_en": "All", "title_th": "ทุกคน", "order": "1", "required": [], "when": True}
    content: dict[str, Any] = {
        "format": "daan-rules-2",
        "id": "test",
        "number": 1,
        "order": "1/2569",
        "places": ["demo"],
        "directions": ["inbound"],
        "valid_from": "2026-01-01T00:00:00+07:00",
        "zone": "Asia/Bangkok",
        "thresholds": {"skin_celsius_limit": 37.5, "second_after_seconds": 3},
        "value_sets": {"near": ["TH-81", "TH-82"]},
        "classes": classes or [given_class | {"rules": [rule["id"] for rule in rules]}],
        "default_class": "all",
        "rules": list(rules),
    }
    return parse(content)


def _rule(**changes: Any) -> Rule:
    row = {"id": "r", "check": "certificate_entry", "order": "§1", "logic": FRESH, "entries": ["t"]} | changes
    return _set(row).rules[0]


def _weigh(rule: Rule, *proofs: Proof, until: datetime = NOW) -> tuple[bool | None, str, int | None, bool]:
    found = weigh(rule, DEMO, Facts(), proofs, NOW, until)
    return found.truth, found.code.value, found.proof, found.attested


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ((), (None, "C-MIS", None, False)),
        ((Proof(GOOD_TEST),), (True, "C-ENT", 0, False)),
        ((Proof(OLD_TEST),), (False, "C-RUL", 0, False)),
        ((Proof(OLD_TEST), Proof(GOOD_TEST)), (True, "C-ENT", 1, False)),
        ((Proof(OLD_TEST), Proof(GOOD_TEST, PAPER)), (True, "C-ENT", 1, True)),
        ((Proof(OLD_TEST), Proof(STRANGE_TEST)), (None, "C-RUU", 1, False)),
        ((Proof(STRANGE_TEST), Proof(GOOD_TEST)), (True, "C-ENT", 1, False)),
        ((Proof({"v": [{"dn": 2}]}),), (None, "C-MOR", None, False)),
        ((Proof({"v": [{"dn": 2}]}), Proof(OLD_TEST)), (False, "C-RUL", 1, False)),
        ((Proof({"t": [*OLD_TEST["t"], *GOOD_TEST["t"]]}),), (True, "C-ENT", 0, False)),
        ((Proof({}),), (None, "C-RUU", 0, False)),
    ],
)
def test_any_proof_will_do_and_all_must_fail(proofs: tuple[Proof, ...], expected: Any) -> None:
    assert _weigh(_rule(), *proofs) == expected


def test_only_the_sources_that_the_rule_takes() -> None:
    signed = _rule(proofs=["certificate"])
    assert _weigh(signed, Proof(GOOD_TEST, PAPER)) == (None, "C-PAP", None, False)
    assert _weigh(signed, Proof(GOOD_TEST, PAPER), Proof(GOOD_TEST))[0] is True
    assert _weigh(_rule(proofs=["paper"]), Proof(GOOD_TEST)) == (None, "C-PAP", None, False)


def test_the_first_reason_that_fits_is_given() -> None:
    because = [
        {"code": "C-POS", "logic": {"===": [{"var": "payload.t.0.n"}, 9]}},
        {"code": "C-AGE", "logic": {"===": [{"var": "payload.t.0.n"}, 1]}},
        {"code": "C-NEW", "logic": True},
    ]
    assert _weigh(_rule(because=because), Proof(OLD_TEST))[1] == "C-AGE"
    named = weigh(_rule(code="C-DOS", message="x.y"), DEMO, Facts(), (Proof(OLD_TEST),), NOW, NOW)
    assert (named.code, named.message) == (ReasonCode.CERTIFICATE_DOSES, "x.y")


@given(st.integers(0, 200), st.integers(0, 200))
def test_now_is_an_interval(age_hours: int, width_hours: int) -> None:
    taken = NOW - timedelta(hours=age_hours)
    proof = Proof({"t": [{"sc": taken.isoformat()}]})
    found = _weigh(_rule(), proof, until=NOW + timedelta(hours=width_hours))[0]
    both = {age_hours <= 72, age_hours + width_hours <= 72}
    assert found is (both.pop() if len(both) == 1 else None)


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("2020-11-21", (6,)), ("2020-11-22", (5,)), ("2020-11", (5, 6)), ("2020-12", (5,)), ("2020", (5, 6)),
        ("2020-XX-XX", (5, 6)), ("2020-11-00", (5, 6)), ("2026-11-21", (0,)), ("2026-11-22", ()), ("2026", (0,)),
        ("XXXX-11-21", ()), ("soon", ()), ("", ()), (None, ()), ("1964-02-29T00:00:00", (62,)),
    ],
)  # fmt: skip
def test_ages(birth: str | None, expected: tuple[int, ...]) -> None:
    assert ages(birth, date(2026, 11, 21)) == expected


def test_the_29th_of_february_counts_from_the_first_of_march() -> None:
    assert ages("2020-02-29", date(2026, 2, 28)) == (5,)
    assert ages("2020-02-29", date(2026, 3, 1)) == (6,)


@given(st.dates(date(1900, 1, 1), date(2026, 11, 21)), st.dates(date(2026, 11, 21), date(2050, 1, 1)))
def test_a_partial_birth_date_never_rules_the_true_age_out(born: date, today: date) -> None:
    (exact,) = ages(born.isoformat(), today)
    assert exact in ages(f"{born:%Y-%m}", today)
    assert exact in ages(f"{born:%Y}", today)


def _class(name: str, **more: Any) -> dict[str, Any]:
    row = {"id": name, "title_en": name, "title_th": name, "order": "§1", "required": [], "rules": ["r"]}
    return row | more


CHILD = _class("child", when={"<": [{"var": "traveller.age"}, 6]})
NEAR = _class("near", when={"in": [{"var": "traveller.origin"}, {"var": "external.valueSets.near"}]})
CREW = _class("crew", selectable=True, proof_en="card", proof_th="บัตร")
ALL = _class("all", when=True)
CLASSED = _set({"id": "r", "check": "document_readable", "order": "1"}, classes=[CREW, CHILD, NEAR, ALL])


@pytest.mark.parametrize(
    ("facts", "attested", "expected"),
    [
        (Facts(birth_date="2022-01-01"), None, ("child", True, False)),
        (Facts(birth_date="1980-01-01", origin="TH-81"), None, ("near", True, False)),
        (Facts(birth_date="1980-01-01", origin="TH-10"), None, ("all", True, False)),
        (Facts(birth_date="1980-01-01"), None, ("all", False, False)),
        (Facts(birth_date="2020", origin="TH-81"), None, ("all", False, False)),
        (Facts(birth_date="1980", origin="TH-81"), None, ("near", True, False)),
        (Facts(), None, ("all", False, False)),
        (Facts(), "crew", ("crew", True, True)),
        (Facts(birth_date="2022-01-01"), "near", ("child", True, False)),
        (Facts(birth_date="2022-01-01"), "nobody", ("child", True, False)),
    ],
)
def test_classes(facts: Facts, attested: str | None, expected: tuple[str, bool, bool]) -> None:
    found = classify(CLASSED, facts, NOW, NOW, attested)
    assert (found.traveller_class.id, found.certain, found.attested) == expected


def test_a_birthday_within_what_the_clock_may_be() -> None:
    """Six years old at midnight in Phuket, which is 17:00 in UTC."""
    midnight = datetime(2026, 11, 21, 17, tzinfo=UTC)
    facts = Facts(birth_date="2020-11-22", origin="TH-10")
    second = timedelta(seconds=1)
    assert classify(CLASSED, facts, midnight - second, midnight - second).traveller_class.id == "child"
    assert classify(CLASSED, facts, midnight, midnight + second).traveller_class.id == "all"
    assert not classify(CLASSED, facts, midnight - second, midnight).certain


def test_what_an_expression_sees() -> None:
    facts = Facts("THA", "THA", "card", "F", "1980-05", "TH-10")
    (seen,) = contexts(CLASSED, facts, {"v": []}, NOW, NOW)
    assert seen["external"] == {
        "validationClock": "2026-11-21T10:00:00.000+00:00",
        "validationDate": "2026-11-21",
        "valueSets": {"near": ["TH-81", "TH-82"]},
    }
    assert seen["document"] == {
        "nationality": "THA", "issuing_state": "THA", "kind": "card", "sex": "F", "birth_date": "1980-05",
    }  # fmt: skip
    assert seen["traveller"] == {"age": 46, "origin": "TH-10"}
    assert seen["payload"] == {"v": []}


def test_no_personal_data_in_repr() -> None:
    shown = repr((Facts(birth_date="1974-08-12"), Proof({"dob": "1974-08-12"}), DEMO.cases[0]))
    assert "1974" not in shown
    assert "840539006" not in shown


def test_what_the_cases_do_not_look_at_is_named() -> None:
    assert uncovered(DEMO) == ()
    bare = replace(DEMO, cases=())
    assert len(uncovered(bare)) == 4 + len(DEMO.classes)
    assert failing_cases(bare) == ()
