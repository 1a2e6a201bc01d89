"""Evidence under a rule set: every rule passes, fails or cannot tell; the worst decides between ADMIT and REFER.

REFUSE never comes from here: only an officer refuses (DESIGN section 2, 5). Pure, so that a screening can be replayed.
"""

from datetime import datetime

from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import RuleSet, SecondBy
from station.certificates.moment import Interval
from station.evidence import (
    Attestation,
    Evidence,
    EvidenceKind,
    HolderMatch,
    Judgement,
    RuleOutcome,
    Truth,
    VerdictKind,
)
from station.judgement.checks import Question, answer, holder_match
from station.judgement.positive import recent_positive
from station.judgement.proofs import proofs_of
from station.judgement.temperature import high
from station.judgement.travellers import classified, facts_of


def judge(evidence: Evidence, ruleset: RuleSet | None, now: Interval | datetime) -> Judgement:
    """Judge what is known of one traveller.

    Args:
        evidence: all of it; missing evidence makes rules say "cannot tell".
        ruleset: the one in force; None refers everybody (R-NON).
        now: aware; an interval when the clock is uncertain.

    Raises:
        ValueError: `now` has no zone.
    """
    moment = Interval.of(now)
    holder = holder_match(evidence)
    if ruleset is None:
        return _without_rules(holder, moment)
    facts = facts_of(evidence)
    found, said = classified(evidence, ruleset, facts, moment)
    proofs = proofs_of(evidence, ruleset.zone, moment)
    question = Question(evidence, ruleset, moment, holder, facts, proofs)
    outcomes = tuple(answer(rule, question) for rule in ruleset.rules_of(found.traveller_class))
    required = tuple(map(EvidenceKind, found.traveller_class.required))
    awaited = EvidenceKind.DOCUMENT in required and not _there(EvidenceKind.DOCUMENT, evidence, ruleset)
    if said and not (awaited and said.truth is Truth.CANNOT_TELL):  # else the class follows from the document
        outcomes = (*outcomes, said)
    positive = recent_positive(proofs, moment)
    if positive and not any(outcome.code == positive.code for outcome in outcomes):
        outcomes = (*outcomes, positive)
    passed = all(outcome.truth is Truth.PASS for outcome in outcomes)
    again = any(outcome.code == ReasonCode.TEMPERATURE_AGAIN for outcome in outcomes)
    further = any(outcome.code == ReasonCode.CERTIFICATE_FURTHER for outcome in outcomes)
    missing = tuple(
        kind
        for kind in required
        if not _there(kind, evidence, ruleset) or (further and kind is EvidenceKind.CERTIFICATE)
    )
    return Judgement(
        verdict=VerdictKind.ADMIT if passed and not missing else VerdictKind.REFER,
        outcomes=outcomes,
        missing=missing,
        second_measurement=again,
        by_thermometer=again and ruleset.second_by is SecondBy.THERMOMETER,
        holder=holder,
        rule_set=ruleset.id,
        rule_set_number=ruleset.number,
        order=ruleset.order,
        judged_at=moment.latest,
        earliest=moment.earliest,
        traveller_class=found.traveller_class.id,
        rule_set_digest=ruleset.digest,
        required=required,
    )


def _there(kind: EvidenceKind, evidence: Evidence, ruleset: RuleSet) -> bool:
    """Whether required evidence was sensed or attested; a measurement that may not be used is not evidence."""
    if evidence.attestation(Attestation(kind.value)) is not None:
        return True
    if kind is EvidenceKind.DOCUMENT:
        return evidence.document is not None
    if kind is EvidenceKind.CERTIFICATE:
        return bool(evidence.whole_certificates or evidence.papers)
    return any(high(taken, ruleset.skin_celsius_limit) is not None for taken in evidence.temperatures)


def _without_rules(holder: HolderMatch | None, now: Interval) -> Judgement:
    code = ReasonCode.RULE_SET_ABSENT
    return Judgement(
        verdict=VerdictKind.REFER,
        outcomes=(RuleOutcome("rule-set", Truth.CANNOT_TELL, code.value, message_key(code)),),
        missing=(),
        second_measurement=False,
        holder=holder,
        rule_set="",
        rule_set_number=0,
        order="",
        judged_at=now.latest,
        earliest=now.earliest,
    )
