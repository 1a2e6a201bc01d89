"""A rule set's own cases: run before a set may be published or taken into force."""

from collections.abc import Iterator

from config.rules.ruleset import Case, Check, RuleSet
from config.rules.weighing import classify, weigh

_WORDS = {True: "pass", False: "fail", None: "cannot tell"}


def failing_cases(rules: RuleSet) -> tuple[str, ...]:
    """Run a set's own cases; one sentence for everything that does not come out as expected."""
    return tuple(f"{rules.id}: case “{case.name}” {issue}." for case in rules.cases for issue in _issues(case, rules))


def uncovered(rules: RuleSet) -> tuple[str, ...]:
    """What no case of the set looks at: CertLogic rules without a pass and a failure, classes that never come out."""
    found = []
    for rule in rules.rules:
        if rule.check is not Check.CERTIFICATE_ENTRY:
            continue
        expected = {case.expected[rule.id] for case in rules.cases if rule.id in case.expected}
        found += [
            f"rule {rule.id} has no case that comes out “{_WORDS[e]}”" for e in (True, False) if e not in expected
        ]
    named = {case.traveller_class for case in rules.cases}
    found += [f"class {each.id} comes out of no case" for each in rules.classes if each.id not in named]
    return tuple(found) if len(rules.classes) > 1 else tuple(f for f in found if not f.startswith("class"))


def _issues(case: Case, rules: RuleSet) -> Iterator[str]:
    earliest, latest = sorted((case.at, case.until or case.at))
    found = classify(rules, case.facts, earliest, latest, case.attested)
    name = found.traveller_class.id if found.certain else ""
    if case.traveller_class is not None and name != case.traveller_class:
        yield f"gives the class {name or 'cannot tell'} instead of {case.traveller_class or 'cannot tell'}"
    by_name = {rule.id: rule for rule in rules.rules}
    for rule, expected in case.expected.items():
        if case.traveller_class is not None and rule not in found.traveller_class.rules:
            yield f"expects something of the rule {rule}, which is none of the class {found.traveller_class.id}"
            continue
        weighed = weigh(by_name[rule], rules, case.facts, case.proofs, earliest, latest)
        if weighed.truth is not expected:
            yield f"gives {_WORDS[weighed.truth]} instead of {_WORDS[expected]} under {rule}"
        elif rule in case.codes and weighed.code is not case.codes[rule]:
            yield f"gives the reason {weighed.code} instead of {case.codes[rule]} under {rule}"
    for rule in case.codes.keys() - case.expected.keys():
        yield f"expects a reason under {rule} but no verdict"
