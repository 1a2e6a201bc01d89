"""Rule sets: dated, numbered JSON that says what an order demands at a place, with its own test cases.

A rule is either a built-in check (the code is in station.judgement) or a CertLogic expression over
`{"payload": the certificate, "external": {"validationClock": RFC 3339, "validationDate": local date}}`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.rules.certlogic import CertLogicError, holds
from config.rules.errors import RuleSetUnreadable
from config.rules.reasons import ReasonCode, message_key

FORMAT = "daan-rules-1"
SHIPPED = Path(__file__).parent / "sets"
"""Rule sets that come with the program."""


class Check(StrEnum):
    """What a rule looks at."""

    DOCUMENT_READABLE = "document_readable"
    DOCUMENT_IN_DATE = "document_in_date"
    HOLDER_MATCHES = "holder_matches"
    CERTIFICATE_VALID = "certificate_valid"
    CERTIFICATE_ENTRY = "certificate_entry"
    """A CertLogic expression over the certificate's content."""
    SKIN_TEMPERATURE = "skin_temperature"


REQUIREMENTS = ("document", "certificate", "temperature")
"""Evidence that a set may require (the values of station.evidence.EvidenceKind)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a set."""

    id: str
    check: Check
    order: str
    """Order and paragraph that it implements."""
    code: ReasonCode | None = None
    """Reason code when a CertLogic rule fails; C-RUL when the set names none. Built-in checks have their own."""
    message: str = ""
    """Key of the sentence for that; the code's own when the set names none."""
    logic: Any = field(default=None, repr=False)

    @property
    def message_key(self) -> str:
        """Key of the sentence when it fails."""
        return self.message or message_key(self.code or ReasonCode.CERTIFICATE_ENTRY_REFUSED)


@dataclass(frozen=True, slots=True)
class Case:
    """A test case that a set carries for one of its CertLogic rules."""

    name: str
    rule: str
    payload: Mapping[str, Any] = field(repr=False)
    at: datetime
    expected: bool | None
    """None: the rule cannot tell."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What an order demands at some places in one direction over some time."""

    id: str
    number: int
    """Of two sets in force at once the higher number counts."""
    order: str
    """Name of the order."""
    places: tuple[str, ...]
    directions: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime | None
    """None: until it is replaced."""
    zone: ZoneInfo
    """Where its dates are reckoned."""
    required: tuple[str, ...]
    skin_celsius_limit: float
    """At or above it a skin temperature is high."""
    second_after_seconds: float
    """Rest between a high first skin temperature and the second one."""
    rules: tuple[Rule, ...]
    cases: tuple[Case, ...]


def load(path: Path) -> RuleSet:
    """Read one rule set.

    Raises:
        RuleSetUnreadable: the file is missing, is no JSON, or is no rule set; the message says where.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise RuleSetUnreadable(f"The rule set {path} cannot be read ({error.strerror}); correct the path.") from error
    except (ValueError, RecursionError) as error:
        raise RuleSetUnreadable(f"The rule set {path.name} is no JSON; replace it.") from error
    try:
        return parse(content)
    except ZoneInfoNotFoundError as error:
        raise RuleSetUnreadable(f"The rule set {path.name} is malformed (unknown time zone); correct it.") from error
    except KeyError as error:
        raise RuleSetUnreadable(f"The rule set {path.name} lacks {error.args[0]!r}; complete it.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise RuleSetUnreadable(f"The rule set {path.name} is malformed ({error}); correct it.") from error


def load_all(paths: Iterable[Path] = ()) -> tuple[RuleSet, ...]:
    """The sets that come with the program, and further ones from files and folders.

    Raises:
        RuleSetUnreadable: one of them cannot be used.
    """
    files: list[Path] = []
    for path in (SHIPPED, *paths):
        files.extend(sorted(path.glob("*.json")) if path.is_dir() else [path])
    return tuple(load(file) for file in files)


def in_force(sets: Iterable[RuleSet], place: str, direction: str, at: datetime) -> RuleSet | None:
    """The set that counts at a place, in a direction, at a time; None when there is none."""
    fitting = [
        each
        for each in sets
        if place in each.places
        and direction in each.directions
        and each.valid_from <= at
        and (each.valid_to is None or at < each.valid_to)
    ]
    return max(fitting, key=lambda each: (each.number, each.valid_from), default=None)


def context(payload: Mapping[str, Any], at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """What a CertLogic rule sees."""
    external = {
        "validationClock": at.isoformat(timespec="milliseconds"),
        "validationDate": at.astimezone(zone).date().isoformat(),
    }
    return {"payload": payload, "external": external}


def failing_cases(rules: RuleSet) -> tuple[str, ...]:
    """Run a set's own cases; one sentence per case that does not come out as expected."""
    logic = {rule.id: rule.logic for rule in rules.rules}
    wrong = []
    for case in rules.cases:
        outcome: bool | None
        try:
            outcome = holds(logic[case.rule], context(case.payload, case.at, rules.zone))
        except CertLogicError:
            outcome = None
        if outcome is not case.expected:
            wrong.append(f"{rules.id}: case “{case.name}” gives {outcome} instead of {case.expected}.")
    return tuple(wrong)


def parse(content: Mapping[str, Any]) -> RuleSet:
    """A rule set out of JSON.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none; the message says where.
    """
    if content.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    required = tuple(content["required"])
    if not set(required) <= set(REQUIREMENTS):
        raise ValueError(f"it may require {', '.join(REQUIREMENTS)}")
    rules = tuple(_rule(row) for row in content["rules"])
    names = [rule.id for rule in rules]
    if not rules or len(set(names)) != len(names):
        raise ValueError("it needs rules, each with an id of its own")
    cases = tuple(_case(row) for row in content.get("cases", ()))
    unknown = {case.rule for case in cases} - {rule.id for rule in rules if rule.check is Check.CERTIFICATE_ENTRY}
    if unknown:
        raise ValueError(f"a case names the rule {min(unknown)}, which has no expression")
    thresholds = content["thresholds"]
    limit = float(thresholds["skin_celsius_limit"])
    if not 30 <= limit <= 45:
        raise ValueError("the limit of skin temperature is outside 30 to 45 degrees Celsius")
    return RuleSet(
        id=str(content["id"]),
        number=int(content["number"]),
        order=str(content["order"]),
        places=tuple(content["places"]),
        directions=tuple(content["directions"]),
        valid_from=_moment(content["valid_from"]),
        valid_to=_moment(content["valid_to"]) if content.get("valid_to") else None,
        zone=ZoneInfo(content["zone"]),
        required=required,
        skin_celsius_limit=limit,
        second_after_seconds=float(thresholds["second_after_seconds"]),
        rules=rules,
        cases=cases,
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    check = Check(row["check"])
    if (check is Check.CERTIFICATE_ENTRY) != ("logic" in row):
        raise ValueError(
            f"rule {row['id']}: an expression belongs to the check {Check.CERTIFICATE_ENTRY} and only there"
        )
    code = ReasonCode(row["code"]) if "code" in row else None
    return Rule(str(row["id"]), check, str(row["order"]), code, str(row.get("message", "")), row.get("logic"))


def _case(row: Mapping[str, Any]) -> Case:
    expected = row["expected"]
    if expected is not None and not isinstance(expected, bool):
        raise ValueError("a case expects true, false or null")
    return Case(str(row["name"]), str(row["rule"]), dict(row["payload"]), _moment(row["at"]), expected)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time has no zone")
    return moment
