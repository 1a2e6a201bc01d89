"""Rule sets out of JSON files: format daan-rules-2, and daan-rules-1, which knew no classes.

A file is read strictly: no key twice, no NaN, every expression valid CertLogic, every name that is used defined.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from config.rules import fields
from config.rules.case_reading import case_of
from config.rules.errors import RuleSetUnreadable
from config.rules.reasons import ReasonCode
from config.rules.ruleset import (
    ENTRIES,
    REQUIREMENTS,
    Because,
    Check,
    ProofSource,
    Rule,
    RuleSet,
    SecondBy,
    TravellerClass,
)
from config.rules.validation import validate

FORMAT = "daan-rules-2"
FORMER = "daan-rules-1"
MAX_BYTES = 2 * 1024 * 1024
SHIPPED = Path(__file__).parent / "sets"
"""Rule sets that come with the program."""
HISTORY = SHIPPED / "2021"
"""The orders of 2021 at Phuket: for the record, for tests and the table in docs/rules.md; never loaded by itself."""
_SET = {
    *("format", "id", "number", "order", "places", "directions", "valid_from", "valid_to", "zone", "thresholds"),
    *("rules", "cases", "value_sets", "notes"),
}
_THRESHOLDS = {"skin_celsius_limit", "second_after_seconds", "second_by"}
_DIRECTIONS = ("inbound", "outbound")
_CLASS = {
    *("id", "title_en", "title_th", "required", "rules", "order", "when", "selectable", "proof_en", "proof_th"),
    "exempt",
}
_RULE = {
    *("id", "check", "order", "title_en", "title_th", "code", "message", "logic", "proofs", "entries", "because"),
}
EVERYONE = "everyone"
"""The only class of a set that names none."""


def digest(content: bytes) -> str:
    """SHA-256 of a rule set's file, hexadecimal: what a verdict names."""
    return hashlib.sha256(content).hexdigest()


def load(path: Path) -> RuleSet:
    """Read one rule set.

    Raises:
        RuleSetUnreadable: the file is missing, is no JSON, or is no rule set; the message says where.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RuleSetUnreadable(f"The rule set {path} cannot be read ({error.strerror}); correct the path.") from error
    return read(content, path.name)


def read(content: bytes, name: str) -> RuleSet:
    """A rule set out of the bytes of its file; `name` is for the messages.

    Raises:
        RuleSetUnreadable: it is no JSON or no rule set; the message says where.
    """
    if len(content) > MAX_BYTES:
        raise RuleSetUnreadable(f"The rule set {name} is larger than {MAX_BYTES} bytes; shorten it.")
    try:
        found = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RuleSetUnreadable(f"The rule set {name} is no JSON ({_brief(error)}); replace it.") from error
    try:
        return parse(found, digest(content))
    except KeyError as error:
        raise RuleSetUnreadable(f"The rule set {name} lacks {error.args[0]!r}; complete it.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise RuleSetUnreadable(f"The rule set {name} is malformed ({error}); correct it.") from error


def load_all(paths: Iterable[Path] = ()) -> tuple[RuleSet, ...]:
    """The sets that come with the program, and further ones from files and folders.

    Raises:
        RuleSetUnreadable: one of them cannot be used.
    """
    files: list[Path] = []
    for path in (SHIPPED, *paths):
        files.extend(sorted(path.glob("*.json")) if path.is_dir() else [path])
    return tuple(load(file) for file in files)


def load_history() -> tuple[RuleSet, ...]:
    """The orders of 2021, by their dates."""
    return tuple(sorted((load(file) for file in HISTORY.glob("*.json")), key=lambda each: each.valid_from))


def parse(content: Mapping[str, Any], sha256: str = "") -> RuleSet:
    """A rule set out of JSON.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none; the message says where.
    """
    if not isinstance(content, Mapping):
        raise ValueError("it is no object in braces")
    if content.get("format") not in (FORMAT, FORMER):
        raise ValueError(f"its format is not {FORMAT}")
    fields.only(content, _SET | ({"classes", "default_class"} if "classes" in content else {"required"}), "the set")
    rules = tuple(_rule(row) for row in content["rules"])
    if not rules:
        raise ValueError("it needs rules")
    _distinct("rule", [rule.id for rule in rules])
    classes = _classes(content, rules)
    limit, rest, second_by = _thresholds(content["thresholds"])
    valid_from = fields.moment(content["valid_from"])
    valid_to = fields.moment(content["valid_to"]) if content.get("valid_to") else None
    if valid_to is not None and valid_to <= valid_from:
        raise ValueError("it ends before it begins")
    found = RuleSet(
        id=fields.text(content["id"]),
        number=fields.whole(content["number"]),
        order=fields.text(content["order"]),
        places=fields.texts(content["places"]),
        directions=_directions(content["directions"]),
        valid_from=valid_from,
        valid_to=valid_to,
        zone=fields.zone(content["zone"]),
        skin_celsius_limit=limit,
        second_after_seconds=rest,
        second_by=second_by,
        classes=classes,
        default_class=fields.text(content["default_class"]) if "classes" in content else EVERYONE,
        rules=rules,
        cases=tuple(case_of(row) for row in content.get("cases", ())),
        value_sets={fields.text(name): fields.texts(values) for name, values in content.get("value_sets", {}).items()},
        notes=tuple(fields.text(note) for note in content.get("notes", ())),
        digest=sha256,
    )
    _coherent(found)
    return found


def _thresholds(values: Mapping[str, Any]) -> tuple[float, float, SecondBy]:
    """The limit of skin temperature in degrees Celsius, the rest before a second measurement in seconds, its means."""
    fields.only(values, _THRESHOLDS, "thresholds")
    limit, rest = float(values["skin_celsius_limit"]), float(values["second_after_seconds"])
    if not 30 <= limit <= 45:
        raise ValueError("the limit of skin temperature is outside 30 to 45 degrees Celsius")
    if not 0 <= rest <= 3600:
        raise ValueError("the rest before a second measurement is outside 0 to 3600 seconds")
    return limit, rest, fields.one_of(SecondBy, values.get("second_by", SecondBy.THERMOMETER), "second_by")


def _directions(values: Any) -> tuple[str, ...]:
    found = fields.texts(values)
    if unknown := set(found) - set(_DIRECTIONS):
        raise ValueError(f"the direction {min(unknown)!r} is none of {', '.join(_DIRECTIONS)}")
    return found


def _coherent(found: RuleSet) -> None:
    """Every name that is used is defined.

    Raises:
        ValueError: one is not.
    """
    names = {each.id for each in found.classes}
    if found.default_class not in names:
        raise ValueError(f"there is no class {found.default_class} to judge by default")
    expressed = {rule.id for rule in found.rules if rule.check is Check.CERTIFICATE_ENTRY}
    for case in found.cases:
        unknown = {*case.expected, *case.codes} - expressed
        if unknown:
            raise ValueError(f"case “{case.name}” names the rule {min(unknown)}, which has no expression")
        for name in {case.attested, case.traveller_class} - {None, ""} - names:
            raise ValueError(f"case “{case.name}” names the class {name}, which there is not")


def _classes(content: Mapping[str, Any], rules: tuple[Rule, ...]) -> tuple[TravellerClass, ...]:
    names = tuple(rule.id for rule in rules)
    if "classes" not in content:
        required = _required(content["required"])
        return (
            TravellerClass(EVERYONE, "Traveller", "ผู้เดินทาง", required, names, fields.text(content["order"]), when=True),
        )
    classes = tuple(_class(row) for row in content["classes"])
    if not classes:
        raise ValueError("it needs classes")
    _distinct("class", [each.id for each in classes])
    for each in classes:
        unknown = set(each.rules) - set(names)
        if unknown:
            raise ValueError(f"class {each.id} names the rule {min(unknown)}, which there is not")
    return classes


def _class(row: Mapping[str, Any]) -> TravellerClass:
    name = fields.text(row["id"])
    fields.only(row, _CLASS, f"class {name}")
    when, selectable = row.get("when"), fields.flag(row.get("selectable", False))
    if when is None and not selectable:
        raise ValueError(f"class {name} needs a condition (when), or officers who may attest it (selectable)")
    if when is not None:
        _valid(when, f"class {name}")
    proofs = tuple(fields.text(row[key]) if key in row else "" for key in ("proof_en", "proof_th"))
    if selectable and not all(proofs):
        raise ValueError(f"class {name} may be attested: it says in both languages what proof an officer must see")
    return TravellerClass(
        id=name,
        title_en=fields.text(row["title_en"]),
        title_th=fields.text(row["title_th"]),
        required=_required(row["required"]),
        rules=tuple(fields.text(rule) for rule in row["rules"]),
        order=fields.text(row["order"]),
        when=when,
        selectable=selectable,
        proof_en=proofs[0],
        proof_th=proofs[1],
        exempt=fields.flag(row.get("exempt", False)),
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    name = fields.text(row["id"])
    fields.only(row, _RULE, f"rule {name}")
    check = fields.one_of(Check, row["check"], f"the check of rule {name}")
    expressed = check is Check.CERTIFICATE_ENTRY
    if expressed != ("logic" in row):
        raise ValueError(f"rule {name}: an expression belongs to the check {Check.CERTIFICATE_ENTRY} and only there")
    if not expressed and row.keys() & {"because", "proofs", "entries"}:
        raise ValueError(f"rule {name}: proofs, entries and because belong to an expression")
    if expressed:
        _valid(row["logic"], f"rule {name}")
    because = tuple(
        Because(fields.one_of(ReasonCode, each["code"], f"rule {name}, because"), each["logic"])
        for each in row.get("because", ())
    )
    for each in because:
        _valid(each.logic, f"rule {name}, because {each.code}")
    proofs = tuple(fields.one_of(ProofSource, each, f"rule {name}") for each in row.get("proofs", list(ProofSource)))
    entries = tuple(row.get("entries", ENTRIES))
    if not proofs or not entries or not set(entries) <= set(ENTRIES):
        raise ValueError(f"rule {name} looks at no proofs, or at entries that are none of {', '.join(ENTRIES)}")
    return Rule(
        id=name,
        check=check,
        order=fields.text(row["order"]),
        title_en=fields.text(row["title_en"]) if "title_en" in row else "",
        title_th=fields.text(row["title_th"]) if "title_th" in row else "",
        code=fields.one_of(ReasonCode, row["code"], f"rule {name}") if "code" in row else None,
        message=fields.text(row["message"]) if "message" in row else "",
        logic=row.get("logic"),
        proofs=proofs,
        entries=entries,
        because=because,
    )


def _valid(expression: Any, where: str) -> None:
    wrong = validate(expression)
    if wrong:
        raise ValueError(f"{where}: {wrong[0]}")


def _required(values: Any) -> tuple[str, ...]:
    required = tuple(values)
    if not set(required) <= set(REQUIREMENTS):
        raise ValueError(f"it may require {', '.join(REQUIREMENTS)}")
    return required


def _distinct(what: str, names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise ValueError(f"every {what} needs an id of its own")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _brief(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
