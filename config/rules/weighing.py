"""Weighing: which class a traveller belongs to, and what a CertLogic rule says of their proofs. Three-valued.

"Now" is an interval and an age may be two (a birth date without its day): an expression is worked out at every corner,
and different answers are no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from config.rules.certlogic import CertLogicError, holds
from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import ENTRIES, Facts, Proof, ProofSource, Rule, RuleSet, TravellerClass


@dataclass(frozen=True, slots=True)
class Classified:
    """The class that is judged."""

    traveller_class: TravellerClass
    certain: bool
    """False: it could not be told, and this is the default class."""
    attested: bool = False
    """An officer attested it."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a CertLogic rule says of all proofs of one traveller."""

    truth: bool | None
    """None: cannot tell."""
    code: ReasonCode
    message: str
    """Key of the sentence in the catalogues."""
    proof: int | None
    """Index of the proof that decided; None when there was nothing to weigh: another proof is needed."""
    attested: bool = False
    """The proof that decided is a paper that an officer attested."""


class _Known(dict[str, Any]):
    """Facts of which the unknown ones are no null but an error: nothing is concluded from what nobody knows."""

    def get(self, key: str, default: Any = None) -> Any:
        """The fact.

        Raises:
            CertLogicError: nobody knows it.
        """
        value = super().get(key)
        if value is None:
            raise CertLogicError(f"{key} is not known")
        return value


def classify(
    rules: RuleSet, facts: Facts, earliest: datetime, latest: datetime, attested: str | None = None
) -> Classified:
    """The class to judge a traveller by.

    Args:
        rules: the set in force.
        facts: what is known of the traveller.
        earliest: one end of now, aware.
        latest: the other end; the same when the clock is sure.
        attested: id of the class that an officer attested. One that the set does not let an officer choose counts
            for nothing.
    """
    for each in rules.selectable:
        if each.id == attested:
            return Classified(each, certain=True, attested=True)
    data = contexts(rules, facts, None, earliest, latest)
    for each in rules.classes:
        if each.when is None:
            continue
        truth = _agreed(each.when, data)
        if truth is None:
            break
        if truth:
            return Classified(each, certain=True)
    return Classified(rules.class_of(rules.default_class), certain=False)


def weigh(
    rule: Rule, rules: RuleSet, facts: Facts, proofs: Sequence[Proof], earliest: datetime, latest: datetime
) -> Weighed:
    """What a CertLogic rule says: passes when any proof passes, fails when all fail, cannot tell otherwise.

    Args:
        rule: one with an expression.
        rules: the set that it belongs to.
        facts: what is known of the traveller.
        proofs: the traveller's valid proofs; what is not genuine is not weighed.
        earliest: one end of now, aware.
        latest: the other end.
    """
    taken = [(index, proof) for index, proof in enumerate(proofs) if proof.source in rule.proofs]
    rows = [(index, proof, row) for index, proof in taken for row in _rows(rule, proof.payload)]
    if not rows:
        return _nothing(proofs, taken)
    failed: Weighed | None = None
    unsure: Weighed | None = None
    for index, proof, row in rows:
        data = contexts(rules, facts, row, earliest, latest)
        truth = _agreed(rule.logic, data)
        paper = proof.source is ProofSource.PAPER
        if truth:
            code = ReasonCode.CERTIFICATE_ENTRY_ACCEPTED
            return Weighed(True, code, message_key(code), index, paper)
        if truth is None:
            code = ReasonCode.CERTIFICATE_ENTRY_UNSURE
            unsure = unsure or Weighed(None, code, message_key(code), index, paper)
        else:
            code, message = _why(rule, data)
            failed = failed or Weighed(False, code, message, index, paper)
    found = unsure or failed
    assert found is not None  # one row at least was weighed
    return found


def _nothing(proofs: Sequence[Proof], taken: Sequence[tuple[int, Proof]]) -> Weighed:
    """There is nothing that the rule looks at."""
    code = ReasonCode.CERTIFICATE_MISSING
    if taken:
        code = ReasonCode.CERTIFICATE_FURTHER
    elif proofs:
        code = ReasonCode.CERTIFICATE_PAPER
    return Weighed(None, code, message_key(code), None)


def _rows(rule: Rule, payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A proof as one payload for each entry that the rule looks at; one without any entry is weighed as it is."""
    found = [(kind, row) for kind in ENTRIES for row in payload.get(kind) or ()]
    if not found:
        return [payload]
    head = {key: value for key, value in payload.items() if key not in ENTRIES}
    return [head | {kind: [row]} for kind, row in found if kind in rule.entries]


def contexts(
    rules: RuleSet, facts: Facts, payload: Mapping[str, Any] | None, earliest: datetime, latest: datetime
) -> list[dict[str, Any]]:
    """What an expression sees, at every corner of what is uncertain; one context when all is sure.

    `payload` is the proof; `external` holds validationClock (RFC 3339), validationDate (the local date) and valueSets
    (the set's named lists); `document` holds nationality, issuing_state, kind, sex, birth_date; `traveller` holds age
    (whole years on the local date) and origin. A fact of the last two that is asked for and not known is an error.
    """
    found = []
    known = _parts(facts.birth_date)
    document = _Known(
        nationality=facts.nationality,
        issuing_state=facts.issuing_state,
        kind=facts.kind,
        sex=facts.sex,
        birth_date="-".join(known) or None,
    )
    for at in dict.fromkeys((earliest, latest)):
        today = at.astimezone(rules.zone).date()
        external = {
            "validationClock": at.isoformat(timespec="milliseconds"),
            "validationDate": today.isoformat(),
            "valueSets": {name: list(values) for name, values in rules.value_sets.items()},
        }
        for age in _ages(known, today):
            traveller = _Known(age=age, origin=facts.origin)
            context = {"external": external, "document": document, "traveller": traveller}
            found.append(context if payload is None else {"payload": payload} | context)
    return found


def ages(birth_date: str | None, today: date) -> tuple[int, ...]:
    """The whole years that someone may have reached on a day: one, two when the birth date is partial, none if unknown.

    A person reaches a year of life on the birthday itself; who was born on 29 February, on 1 March of a common year.
    """
    return tuple(age for age in _ages(_parts(birth_date), today) if age is not None)


def _parts(text: str | None) -> tuple[str, ...]:
    """Year, month, day as far as they are known; a month is of use only with its year."""
    known: list[str] = []
    for part, length in zip((text or "").split("T")[0].split("-"), (4, 2, 2), strict=False):
        if len(part) != length or not part.isdecimal() or not int(part):
            break
        known.append(part)
    return tuple(known)


def _ages(known: tuple[str, ...], today: date) -> list[int | None]:
    if not known:
        return [None]
    year = int(known[0])
    month, day = (int(known[1]) if len(known) > 1 else None), (int(known[2]) if len(known) > 2 else None)
    first, last = (month or 1, day or 1), (month or 12, day or 31)
    youngest, oldest = (today.year - year - ((today.month, today.day) < birthday) for birthday in (last, first))
    if oldest < 0:
        return [None]  # born after today: the date is wrong, so the age is not known
    return list(range(max(youngest, 0), oldest + 1))


def _agreed(expression: Any, data: Sequence[Mapping[str, Any]]) -> bool | None:
    """What an expression says in every context; None when they differ or one cannot be worked out."""
    try:
        said = {holds(expression, context) for context in data}
    except CertLogicError:
        return None
    return said.pop() if len(said) == 1 else None


def _why(rule: Rule, data: Sequence[Mapping[str, Any]]) -> tuple[ReasonCode, str]:
    """The reason for a failure: the first that fits, else the rule's own."""
    for each in rule.because:
        if _agreed(each.logic, data):
            return each.code, message_key(each.code)
    return rule.code or ReasonCode.CERTIFICATE_ENTRY_REFUSED, rule.message_key
