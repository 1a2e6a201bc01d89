"""CertLogic: the small JSON language in which entry rules are written (EU eHealth Network, specification 1.3.3).

An expression and a data context go in, a value comes out; nothing else is read, not even the clock. What is not allowed
is an error and never a guess, so that a rule which cannot be worked out is "cannot tell".
"""

import calendar
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

MAX_DEPTH = 64

_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}:\d{2})(?:\.(?P<fraction>\d+))?"
    r"(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d{1,2}?)(?::?(?P<minutes>\d{2}))?)?"
)
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")


class CertLogicError(ValueError):
    """The expression is invalid, or a value is of a type that the operation does not take."""


def evaluate(expression: Any, data: Any) -> Any:
    """The value of an expression in a data context (both plain JSON values).

    Raises:
        CertLogicError: an unknown operation, wrong operands, or deeper than MAX_DEPTH.
    """
    return _evaluate(expression, data, 0)


def holds(expression: Any, data: Any) -> bool:
    """Whether an expression is truthy.

    Raises:
        CertLogicError: as `evaluate`, or its value is neither truthy nor falsy.
    """
    return truthy(evaluate(expression, data))


def truthy(value: Any) -> bool:
    """Truthy and falsy as CertLogic knows them; other values are neither.

    Raises:
        CertLogicError: neither, as a date-time or a fraction.
    """
    if value is None or isinstance(value, bool | int | str | list | dict):
        return bool(value)
    raise CertLogicError(f"a {type(value).__name__} is neither true nor false")


def _evaluate(expression: Any, data: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CertLogicError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(expression, list):
        return [_evaluate(item, data, depth + 1) for item in expression]
    if isinstance(expression, bool | int | str):
        return expression
    if not isinstance(expression, dict) or len(expression) != 1:
        raise CertLogicError("an expression is a literal, an array, or an object with one operation")
    ((operation, operands),) = expression.items()
    if operation == "var":
        return _access(operands, data)
    if not isinstance(operands, list) or not operands:
        raise CertLogicError(f"{operation} takes an array of operands")
    lazy = _LAZY.get(operation)
    if lazy is not None:
        return lazy(operands, data, depth)
    eager = _EAGER.get(operation)
    if eager is None:
        raise CertLogicError(f"unknown operation {operation}")
    return eager([_evaluate(operand, data, depth + 1) for operand in operands])


def _access(path: Any, data: Any) -> Any:
    if not isinstance(path, str):
        raise CertLogicError("var takes a path")
    if path == "":
        return data
    for fragment in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(fragment)
        elif isinstance(data, list):
            data = data[int(fragment)] if fragment.isdecimal() and int(fragment) < len(data) else None
        else:
            return None
    return data


def _count(operands: Sequence[Any], *allowed: int) -> None:
    if len(operands) not in allowed:
        raise CertLogicError(f"{len(operands)} operands where {' or '.join(map(str, allowed))} are needed")


def _if(operands: list[Any], data: Any, depth: int) -> Any:
    _count(operands, 3)
    guard = truthy(_evaluate(operands[0], data, depth + 1))
    return _evaluate(operands[1] if guard else operands[2], data, depth + 1)


def _and(operands: list[Any], data: Any, depth: int) -> Any:
    if len(operands) < 2:
        raise CertLogicError("and takes two operands at least")
    value: Any = None
    for operand in operands:
        value = _evaluate(operand, data, depth + 1)
        if not truthy(value):
            return value
    return value


def _reduce(operands: list[Any], data: Any, depth: int) -> Any:
    _count(operands, 3)
    items = _evaluate(operands[0], data, depth + 1)
    value = _evaluate(operands[2], data, depth + 1)
    if items is None:
        return value
    if not isinstance(items, list):
        raise CertLogicError("reduce takes an array")
    for item in items:
        value = _evaluate(operands[1], {"current": item, "accumulator": value, "data": data}, depth + 1)
    return value


def _not(operands: list[Any]) -> bool:
    _count(operands, 1)
    return not truthy(operands[0])


def _equal(operands: list[Any]) -> bool:
    _count(operands, 2)
    left, right = operands
    # JavaScript's ===, to which the specification refers: true is not 1.
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _in(operands: list[Any]) -> bool:
    _count(operands, 2)
    needle, hay = operands
    if hay is None:
        # The specification calls it an error and its test suite false; a missing list holds nothing.
        return False
    if not isinstance(hay, list):
        raise CertLogicError("in takes an array as its second operand")
    return any(_equal([needle, item]) for item in hay)


def _plus(operands: list[Any]) -> int:
    _count(operands, 2)
    left, right = (_integer(operand) for operand in operands)
    return left + right


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise CertLogicError("a whole number is needed")
    return value


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise CertLogicError("a date-time is needed; make one by plusTime or dccDateOfBirth")
    return value


def _chain(compare: Callable[[Any, Any], bool], cast: Callable[[Any], Any]) -> Callable[[list[Any]], bool]:
    """An infix comparison in its binary or ternary form."""

    def compared(operands: list[Any]) -> bool:
        _count(operands, 2, 3)
        values = [cast(operand) for operand in operands]
        return all(compare(left, right) for left, right in itertools.pairwise(values))

    return compared


def _plus_time(operands: list[Any]) -> datetime | None:
    _count(operands, 3)
    text, amount, unit = operands
    amount = _integer(amount)
    if unit not in ("year", "month", "day", "hour"):
        raise CertLogicError("the time unit is year, month, day or hour")
    if text is None:
        return None
    moment = _parse(text)
    try:
        if unit in ("day", "hour"):
            return moment + timedelta(**{unit + "s": amount})
        months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "year" else 1)
        # A day that the month does not have runs over into the next one, as JavaScript's Date does.
        first = moment.replace(year=months // 12, month=months % 12 + 1, day=1)
        return first + timedelta(days=moment.day - 1)
    except (ValueError, OverflowError) as error:
        raise CertLogicError("the date-time leaves the calendar") from error


def _birth(operands: list[Any]) -> datetime | None:
    _count(operands, 1)
    text = operands[0]
    if text is None:
        return None
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise CertLogicError("a birth date is YYYY, YYYY-MM or YYYY-MM-DD")
    return _parse(text)


def _parse(text: Any) -> datetime:
    """A date, a partial date (its last day) or a date-time, in UTC, cut to milliseconds."""
    if not isinstance(text, str):
        raise CertLogicError("a date-time is read from a text")
    try:
        if (found := _DATE.fullmatch(text)) is not None:
            year, month = int(found["year"]), int(found["month"] or 12)
            day = int(found["day"] or calendar.monthrange(year, month)[1])
            return datetime(year, month, day, tzinfo=UTC)
        if (found := _TIME.fullmatch(text)) is None:
            raise CertLogicError("a text is no date-time")
        moment = datetime.fromisoformat(f"{found['date']}T{found['time']}")
        offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        zone = timezone(-offset if found["sign"] == "-" else offset)
        milliseconds = int((found["fraction"] or "0")[:3].ljust(3, "0"))
        return moment.replace(microsecond=milliseconds * 1000, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, calendar.IllegalMonthError) as error:
        raise CertLogicError("a text is no date-time of the calendar") from error


def _uvci(operands: list[Any]) -> str | None:
    _count(operands, 2)
    text, index = operands[0], _integer(operands[1])
    if text is None:
        return None
    if not isinstance(text, str):
        raise CertLogicError("extractFromUVCI takes a text")
    fragments = re.split(r"[/#:]", text.removeprefix("URN:UVCI:"))
    return fragments[index] if 0 <= index < len(fragments) else None


_LAZY: dict[str, Callable[[list[Any], Any, int], Any]] = {"if": _if, "and": _and, "reduce": _reduce}
_EAGER: dict[str, Callable[[list[Any]], Any]] = {
    "!": _not,
    "===": _equal,
    "in": _in,
    "+": _plus,
    "<": _chain(lambda a, b: a < b, _integer),
    ">": _chain(lambda a, b: a > b, _integer),
    "<=": _chain(lambda a, b: a <= b, _integer),
    ">=": _chain(lambda a, b: a >= b, _integer),
    "before": _chain(lambda a, b: a < b, _moment),
    "after": _chain(lambda a, b: a > b, _moment),
    "not-after": _chain(lambda a, b: a <= b, _moment),
    "not-before": _chain(lambda a, b: a >= b, _moment),
    "plusTime": _plus_time,
    "dccDateOfBirth": _birth,
    "extractFromUVCI": _uvci,
}
