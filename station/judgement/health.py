"""What rules say about proofs of health: is it genuine, and does it meet the order? Pure.

An officer's paper fills a gap and is marked. It never beats a certificate that was found to be no good.
"""

from dataclasses import replace

from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import Facts, ProofSource, Rule, RuleSet
from config.rules.weighing import Weighed, weigh
from station.certificates.moment import Interval
from station.certificates.result import CertificateResult, Verdict
from station.evidence import Attestation, Evidence, EvidenceKind, RuleOutcome, Truth
from station.judgement.proofs import Proofs

_TRUTHS = {True: Truth.PASS, False: Truth.FAIL, None: Truth.CANNOT_TELL}


def _said(rule: Rule, truth: Truth, code: ReasonCode, **more: str) -> RuleOutcome:
    return RuleOutcome(rule.id, truth, code.value, message_key(code), more, rule.order)


def genuine(rule: Rule, evidence: Evidence) -> RuleOutcome:
    """A certificate is genuine and in date, or an officer saw a paper."""
    read = evidence.certificate
    word = _word(evidence)
    if read is None or (read.result.verdict is Verdict.UNDECIDED and word):
        if word:
            return replace(_said(rule, Truth.PASS, ReasonCode.CERTIFICATE_VALID), attested=True, proof=word)
        return _missing(rule)
    result = read.result
    if result.verdict is Verdict.VALID:
        return replace(_said(rule, Truth.PASS, ReasonCode.CERTIFICATE_VALID, issuer=result.issuer), proof=read.id)
    truth = Truth.FAIL if result.verdict is Verdict.INVALID else Truth.CANNOT_TELL
    return replace(_not_good(rule, truth, result), proof=read.id)


def entry(rule: Rule, evidence: Evidence, rules: RuleSet, facts: Facts, proofs: Proofs, now: Interval) -> RuleOutcome:
    """A proof meets the order; what is not genuine is not weighed."""
    read = evidence.certificate
    if not proofs.known:
        if proofs.unclear:
            return _said(rule, Truth.CANNOT_TELL, ReasonCode.CERTIFICATE_ENTRY_UNSURE)
        if read is not None:
            return _not_good(rule, Truth.CANNOT_TELL, read.result)
        return _by_word_alone(rule, evidence)
    early = weigh(rule, rules, facts, proofs.early, now.earliest, now.latest)
    late = early
    if any(each.early is not each.late for each in proofs.known):
        late = weigh(rule, rules, facts, proofs.late, now.earliest, now.latest)
    unsure = early.truth is not late.truth or (proofs.unclear and early.truth is False)
    if unsure:
        early = replace(
            early, truth=None, code=ReasonCode.CERTIFICATE_ENTRY_UNSURE,
            message=message_key(ReasonCode.CERTIFICATE_ENTRY_UNSURE),
        )  # fmt: skip
    return _weighed(rule, early, proofs)


def _weighed(rule: Rule, found: Weighed, proofs: Proofs) -> RuleOutcome:
    if found.proof is None:
        needs = None if found.code is ReasonCode.CERTIFICATE_PAPER else EvidenceKind.CERTIFICATE
        return RuleOutcome(rule.id, Truth.CANNOT_TELL, found.code.value, found.message, {}, rule.order, needs)
    decided = proofs.known[found.proof]
    params = {"kind": decided.kind, "date": decided.date}
    truth = _TRUTHS[found.truth]
    return RuleOutcome(
        rule.id, truth, found.code.value, found.message, params, rule.order, None, found.attested, decided.id
    )


def _word(evidence: Evidence) -> str:
    """Id of the officer's word that stands for a certificate; empty when there is none."""
    if any(each.result.verdict is Verdict.INVALID for each in evidence.certificates):
        return ""
    said = evidence.attestation(Attestation.CERTIFICATE)
    if said is not None:
        return said.id
    return evidence.papers[-1].id if evidence.papers else ""


def _by_word_alone(rule: Rule, evidence: Evidence) -> RuleOutcome:
    """No certificate and no paper that says what it is: an officer who accepts one by hand has weighed it."""
    said = evidence.attestation(Attestation.CERTIFICATE)
    if said is None:
        return _missing(rule)
    if ProofSource.PAPER not in rule.proofs:
        return _said(rule, Truth.CANNOT_TELL, ReasonCode.CERTIFICATE_PAPER)
    return replace(_said(rule, Truth.PASS, ReasonCode.CERTIFICATE_ENTRY_ACCEPTED), attested=True, proof=said.id)


def _missing(rule: Rule) -> RuleOutcome:
    found = _said(rule, Truth.CANNOT_TELL, ReasonCode.CERTIFICATE_MISSING)
    return replace(found, needs=EvidenceKind.CERTIFICATE)


def _not_good(rule: Rule, truth: Truth, result: CertificateResult) -> RuleOutcome:
    return _said(rule, truth, result.reason, issuer=result.issuer, step=result.step.value)
