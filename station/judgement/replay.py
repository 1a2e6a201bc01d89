"""A stored judgement against the same evidence judged again, by the same rule set or by another one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.rules.ruleset import RuleSet
from station.certificates.moment import Interval
from station.evidence import Evidence, Judgement, RuleOutcome, Truth, VerdictKind
from station.judgement.judge import judge


@dataclass(frozen=True, slots=True)
class Then:
    """What was judged, as the journal keeps it."""

    proposed: VerdictKind
    traveller_class: str
    outcomes: Mapping[str, tuple[Truth, str]]
    """Truth and reason code by the rule's id."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that comes out otherwise."""

    what: str
    """`verdict`, `class`, or a rule's id."""
    then: str
    now: str
    """Truth and reason code for a rule; empty where there is no such rule."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The evidence judged again."""

    judgement: Judgement
    differences: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """Nothing comes out otherwise."""
        return not self.differences

    @property
    def verdict_changes(self) -> bool:
        """The rules would propose something else."""
        return any(each.what == "verdict" for each in self.differences)


def then_of(judgement: Judgement) -> Then:
    """A judgement as it is compared."""
    outcomes = {each.rule: (each.truth, each.code) for each in judgement.outcomes}
    return Then(judgement.verdict, judgement.traveller_class, outcomes)


def replay(evidence: Evidence, then: Then, rules: RuleSet, now: Interval) -> Replayed:
    """Judge evidence again, as of the same moment.

    Args:
        evidence: of the record.
        then: what was judged.
        rules: the set to judge by; its dates and places are not asked.
        now: when it was judged, as the clock knew it.
    """
    judged = judge(evidence, rules, now)
    found = []
    if judged.verdict is not then.proposed:
        found.append(Difference("verdict", then.proposed.value, judged.verdict.value))
    if judged.traveller_class != then.traveller_class:
        found.append(Difference("class", then.traveller_class, judged.traveller_class))
    outcomes = {each.rule: each for each in judged.outcomes}
    for rule in dict.fromkeys((*then.outcomes, *outcomes)):
        before, after = _spoken(then.outcomes.get(rule)), _outcome(outcomes.get(rule))
        if before != after:
            found.append(Difference(rule, before, after))
    return Replayed(judged, tuple(found))


def _spoken(said: tuple[Truth, str] | None) -> str:
    return f"{said[0].value} {said[1]}" if said else ""


def _outcome(found: RuleOutcome | None) -> str:
    return f"{found.truth.value} {found.code}" if found else ""
