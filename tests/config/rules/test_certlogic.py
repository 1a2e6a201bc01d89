"""The engine against the specification's own test suite and the entry rules of eight states."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.rules.certlogic import CertLogicError, evaluate, holds

DATA = Path(__file__).parents[4] / "shared/data/certificates"
SUITE = DATA / "eu-dcc-business-rules-certlogic/certlogic/specification/testSuite"
COUNTRIES = DATA / "eu-dgc-business-rules-testdata"
UNJUDGED = {("NL", "GR-NL-0002", "test4")}
"""The case has no payload at all."""


def _assertions() -> list[Any]:
    cases = []
    for file in sorted(SUITE.glob("*.json")):
        suite = json.loads(file.read_text())
        for number, case in enumerate(suite["cases"]):
            for index, assertion in enumerate(case["assertions"]):
                expression = assertion.get("certLogicExpression", case.get("certLogicExpression"))
                cases.append((f"{file.stem}/{number}/{index}", expression, assertion))
    return cases


def test_specification_suite() -> None:
    cases = _assertions()
    if not cases:
        pytest.skip("the CertLogic test suite is not in ../shared/data")
    assert len(cases) >= 232
    wrong = []
    for name, expression, assertion in cases:
        try:
            value: Any = evaluate(expression, assertion.get("data"))
        except CertLogicError as error:
            value = error
        if type(value) is not type(assertion["expected"]) or value != assertion["expected"]:
            wrong.append(f"{name}: {value!r} instead of {assertion['expected']!r}")
    assert not wrong


def test_rules_of_states() -> None:
    rules = sorted(COUNTRIES.glob("*/*/rule.json"))
    if not rules:
        pytest.skip("the rules of states are not in ../shared/data")
    count, wrong = 0, []
    for file in rules:
        logic = json.loads(file.read_text())["Logic"]
        for test in sorted(file.parent.glob("tests/*.json")):
            name = (file.parts[-3], file.parts[-2], test.stem)
            case = json.loads(test.read_text())
            if "payload" not in case:
                continue
            count += 1
            try:
                value = holds(logic, {"payload": case["payload"], "external": case["external"]})
            except CertLogicError as error:
                value = error
            if value != case["expected"] and name not in UNJUDGED:
                wrong.append((name, value))
    assert count > 500
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"plusTime": ["2020-02-29", 1, "year"]}, datetime(2021, 3, 1, tzinfo=UTC)),
        ({"plusTime": ["2020-02-29", 1, "month"]}, datetime(2020, 3, 29, tzinfo=UTC)),
        ({"plusTime": ["2021-01-31", 1, "month"]}, datetime(2021, 3, 3, tzinfo=UTC)),
        ({"plusTime": ["2021-06-01T00:00:00.1239+2", 0, "day"]}, datetime(2021, 5, 31, 22, 0, 0, 123000, tzinfo=UTC)),
        ({"plusTime": ["2021-06-01T00:00:00+0530", 0, "day"]}, datetime(2021, 5, 31, 18, 30, tzinfo=UTC)),
        ({"plusTime": ["2021-06-01T00:00:00-530", 0, "day"]}, datetime(2021, 6, 1, 5, 30, tzinfo=UTC)),
        ({"dccDateOfBirth": ["1964"]}, datetime(1964, 12, 31, tzinfo=UTC)),
        ({"dccDateOfBirth": ["1964-02"]}, datetime(1964, 2, 29, tzinfo=UTC)),
    ],
)
def test_times(expression: Any, expected: datetime) -> None:
    assert evaluate(expression, None) == expected


@pytest.mark.parametrize(
    "expression",
    [
        {"eval": ["1"]},
        {"and": [True]},
        {"if": [True, 1]},
        {"<": [1, "2"]},
        {"<": [True, 2]},
        {"in": ["a", "abc"]},
        {"before": ["2021-01-01", "2021-01-02"]},
        {"plusTime": ["2022-13", 0, "day"]},
        {"plusTime": ["9999-12-31", 1, "day"]},
        {"!": [1, 2]},
        {"a": [1], "b": [2]},
        1.5,
        None,
    ],
)
def test_refuses(expression: Any) -> None:
    with pytest.raises(CertLogicError):
        evaluate(expression, {})


def test_refuses_depth() -> None:
    expression: Any = True
    for _ in range(500):
        expression = {"!": [expression]}
    with pytest.raises(CertLogicError, match="deeper"):
        evaluate(expression, {})
