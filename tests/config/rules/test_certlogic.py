"""The engine against the specification's own test suites and the entry rules of seven states and the EU."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.rules.certlogic import CertLogicError, evaluate, holds
from config.rules.validation import validate

DATA = Path(__file__).parents[4] / "shared/data/certificates"
SPECIFICATION = DATA / "eu-dcc-business-rules-certlogic/certlogic/specification"
COUNTRIES = DATA / "eu-dgc-business-rules-testdata"
ABSENT = pytest.param(None, marks=pytest.mark.skip("the EU's business rules are not in ../shared/data"), id="absent")


def _assertions() -> list[Any]:
    cases = []
    for file in sorted((SPECIFICATION / "testSuite").glob("*.json")):
        for number, case in enumerate(json.loads(file.read_text())["cases"]):
            for index, assertion in enumerate(case["assertions"]):
                expression = assertion.get("certLogicExpression", case.get("certLogicExpression"))
                name = f"{file.stem}-{number}-{index}"
                cases.append(pytest.param((expression, assertion.get("data"), assertion["expected"]), id=name))
    return cases or [ABSENT]


def _validations() -> list[Any]:
    cases = []
    for file in sorted((SPECIFICATION / "validation-testSuite").glob("*.json")):
        for number, case in enumerate(json.loads(file.read_text())["cases"]):
            cases.append(pytest.param((case["certLogicExpression"], case["issues"]), id=f"{file.stem}-{number}"))
    return cases or [ABSENT]


def _country_tests() -> list[Any]:
    cases = []
    for file in sorted(COUNTRIES.glob("*/*/rule.json")):
        logic = json.loads(file.read_text())["Logic"]
        for test in sorted(file.parent.glob("tests/*.json")):
            name = f"{file.parts[-3]}-{file.parts[-2]}-{test.stem}"
            cases.append(pytest.param((logic, json.loads(test.read_text())), id=name))
    return cases or [ABSENT]


ASSERTIONS, VALIDATIONS, COUNTRY_TESTS = _assertions(), _validations(), _country_tests()


def test_the_data_are_complete() -> None:
    """Counts of the copies at hand, so that a test cannot pass by finding nothing."""
    if ASSERTIONS == [ABSENT]:
        pytest.skip("the EU's business rules are not in ../shared/data")
    assert (len(ASSERTIONS), len(VALIDATIONS)) == (232, 23)
    by_country = Counter(case.id.split("-")[0] for case in COUNTRY_TESTS)
    assert by_country == {"AT": 101, "CZ": 62, "DE": 68, "ES": 87, "EU": 101, "FI": 145, "FR": 130, "IE": 135}
    assert len(list(COUNTRIES.glob("*/*/rule.json"))) == 115


@pytest.mark.parametrize("case", ASSERTIONS)
def test_specification(case: tuple[Any, Any, Any]) -> None:
    expression, data, expected = case
    value = evaluate(expression, data)
    assert type(value) is type(expected)
    assert value == expected


@pytest.mark.parametrize("case", VALIDATIONS)
def test_validation(case: tuple[Any, list[Any]]) -> None:
    """As many things are found wrong as the specification finds; the words are ours."""
    expression, issues = case
    assert len(validate(expression)) == len(issues)


@pytest.mark.parametrize("case", COUNTRY_TESTS)
def test_country_rule(case: tuple[Any, dict[str, Any]]) -> None:
    logic, test = case
    assert validate(logic) == ()
    assert holds(logic, {"payload": test["payload"], "external": test["external"]}) == test["expected"]


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


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ({"or": [True, False]}, "'or' is no operation"),
        ({"and": [True]}, "at least 2 operands, this has 1"),
        ({"if": [True, 1]}, "if takes 3 operands"),
        ({"<": [1, 2, 3, 4]}, "2 to 3 operands"),
        ({"plusTime": ["2021-01-01", "1", "day"]}, "whole number"),
        ({"plusTime": ["2021-01-01", 1, "week"]}, "year, month, day, hour"),
        ({"extractFromUVCI": ["x", True]}, "whole number"),
        ({"and": [True, {"!": [{"var": "a..b"}]}]}, "'a..b' is no path (at /and/1/!/0/var)"),
        ({"===": [1, None]}, "None is no expression (at /===/1)"),
        ([1, [2, 2.5]], "2.5 is no whole number (at /1/1)"),
    ],
)
def test_mistakes_are_named_with_their_place(expression: Any, words: str) -> None:
    (issue,) = validate(expression)
    assert words in issue


def test_every_mistake_is_named() -> None:
    assert len(validate({"if": [{"or": []}, {"and": [1]}, {"var": 7}]})) == 3
    deep: Any = True
    for _ in range(500):
        deep = {"!": [deep]}
    (issue,) = validate(deep)
    assert "deeper" in issue


expressions = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.sampled_from(["a", "payload.v.0", "2021-06-01"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["if", "and", "!", "===", "in", "<", "after", "plusTime", "var", "reduce", "+", "or"]),
            inner | st.lists(inner, max_size=4),
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(expressions)
@settings(max_examples=400, deadline=None)
def test_whatever_comes_there_is_a_value_or_one_kind_of_error(expression: Any) -> None:
    """An expression that is found valid is never of a form that the engine does not know."""
    said = ""
    try:
        evaluate(expression, {"payload": {"v": [{"dn": 1}]}, "a": None})
    except CertLogicError as error:
        said = str(error)
    assert validate(expression) or "unknown operation" not in said
