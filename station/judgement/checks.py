"""The built-in checks: what each rule of a set says about the evidence. Pure; `judge` puts them together.

An officer's attestation fills what is missing or could not be told, and is marked. It never turns a broken rule into a
kept one: for that an officer decides against the rules, with a reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import Check, Facts, Rule, RuleSet
from models.mrz_checks import CheckState
from models.regions import Note, ReadState
from station.certificates.moment import Interval
from station.documents.dates import PartialDate, written
from station.documents.transliteration import normalise
from station.evidence import (
    Attestation,
    Evidence,
    EvidenceKind,
    HolderMatch,
    RuleOutcome,
    Truth,
)
from station.judgement import health, temperature
from station.judgement.holder import Person, match_person, match_printed, of_document, thai_name
from station.judgement.names import Name
from station.judgement.proofs import Proofs

_EXCUSED_BY = {
    "document_number_check": "document_number",
    "birth_date_check": "birth_date",
    "expiry_date_check": "expiry_date",
}
"""A wrong check digit is explained when an officer corrected what it covers."""
_ALIKE = {Truth.FAIL: 0, Truth.CANNOT_TELL: 1, Truth.PASS: 2}


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a check may look at."""

    evidence: Evidence
    rules: RuleSet
    now: Interval
    holder: HolderMatch | None
    facts: Facts
    proofs: Proofs


def answer(rule: Rule, question: Question) -> RuleOutcome:
    """What one rule says."""
    return _CHECKS[rule.check](rule, question)


def person(evidence: Evidence) -> Person | None:
    """Whose document it is, as read or as an officer attested it."""
    if (read := evidence.document) is not None:
        return replace(of_document(read.document), name_certain=not read.name_unconfirmed)
    attested = evidence.attestation(Attestation.DOCUMENT)
    if attested is None or not attested.values.get("surname", "").strip():
        return None
    values = attested.values
    name = Name(normalise(values["surname"]), normalise(values.get("given_names", "")))
    born = written(values.get("birth_date", "")) or PartialDate()
    return Person(name, born, thai_name=thai_name(values.get("surname_th", ""), values.get("given_names_th", "")))


def holder_match(evidence: Evidence) -> HolderMatch | None:
    """Document beside certificate, or beside a name printed on a paper; None while one of them is missing.

    Of several the least alike counts.
    """
    someone = person(evidence)
    if someone is None:
        return None
    certificate = evidence.certificate
    found = []
    if certificate is not None and certificate.result.holder is not None:
        found.append(match_person(someone, certificate.result.holder))
    printed = [paper.values["holder"] for paper in evidence.papers if paper.values.get("holder")]
    found += [match_printed(someone, name) for name in printed]
    return min(found, key=lambda match: (_ALIKE[match.truth], match.score), default=None)


def _outcome(
    rule: Rule,
    truth: Truth,
    code: ReasonCode,
    params: Mapping[str, str] | None = None,
    needs: EvidenceKind | None = None,
    *,
    attested: bool = False,
) -> RuleOutcome:
    return RuleOutcome(rule.id, truth, code.value, message_key(code), params or {}, rule.order, needs, attested)


def _readable(rule: Rule, question: Question) -> RuleOutcome:
    """The document was read with certainty and its check digits hold."""
    read = question.evidence.document
    if read is None and question.evidence.attestation(Attestation.DOCUMENT) is not None:
        return _outcome(rule, Truth.PASS, ReasonCode.DOCUMENT_FINE, attested=True)
    if read is None:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.DOCUMENT_MISSING, needs=EvidenceKind.DOCUMENT)
    corrected = {correction.field for correction in read.corrections if correction.changed}
    wrong = [name for name in read.document.wrong_checks if _EXCUSED_BY.get(name) not in corrected]
    if corrected and wrong == ["composite_check"]:
        wrong = []
    if wrong:
        checks = ", ".join(name.removesuffix("_check").replace("_", " ") for name in wrong)
        return _outcome(rule, Truth.FAIL, ReasonCode.DOCUMENT_CHECK_DIGIT, {"checks": checks})
    if read.state not in (ReadState.CLEAN, ReadState.CORRECTED) and not corrected:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.DOCUMENT_UNREADABLE)
    seen = question.evidence.attestation(Attestation.DOCUMENT_SEEN) is not None
    if Note.SCREEN in read.notes and not seen:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.DOCUMENT_ON_SCREEN)
    if read.name_unconfirmed:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.DOCUMENT_NAME_UNCONFIRMED)
    attested = bool(read.corrections) or (Note.SCREEN in read.notes)
    return _outcome(rule, Truth.PASS, ReasonCode.DOCUMENT_FINE, attested=attested)


def _in_date(rule: Rule, question: Question) -> RuleOutcome:
    """The document has not expired; its last day counts (Doc 9303-3, 4.8)."""
    read, attested = question.evidence.document, question.evidence.attestation(Attestation.DOCUMENT)
    if read is None and attested is not None and attested.values.get("for_life"):
        return _outcome(rule, Truth.PASS, ReasonCode.DOCUMENT_FOR_LIFE, attested=True)
    by_officer = read is None and attested is not None and bool(attested.values.get("expiry_date", ""))
    if by_officer and attested is not None:
        expiry = written(attested.values["expiry_date"]) or PartialDate()
    elif read is not None:
        by_officer = any(correction.field == "expiry_date" for correction in read.corrections)
        wrong = read.document.check("expiry_date_check") is CheckState.WRONG and not by_officer
        expiry = PartialDate() if wrong else read.document.expiry_date
    elif attested is not None:
        expiry = PartialDate()
    else:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.DOCUMENT_MISSING, needs=EvidenceKind.DOCUMENT)
    bounds = expiry.bounds()
    params = {"date": expiry.text}
    if bounds is not None:
        zone = question.rules.zone
        first, last = (moment.astimezone(zone).date() for moment in (question.now.earliest, question.now.latest))
        if first > bounds[1]:
            return _outcome(rule, Truth.FAIL, ReasonCode.DOCUMENT_EXPIRED, params, attested=by_officer)
        if last <= bounds[0]:
            return _outcome(rule, Truth.PASS, ReasonCode.DOCUMENT_IN_DATE, params, attested=by_officer)
    return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.DOCUMENT_EXPIRY_UNKNOWN, params)


def _same_holder(rule: Rule, question: Question) -> RuleOutcome:
    """One person holds both. "Different" is only said once it is certain whose certificate it is."""
    evidence, found = question.evidence, question.holder
    same, other = (evidence.attestation(what) for what in (Attestation.SAME_HOLDER, Attestation.DIFFERENT_HOLDER))
    newest = max((a for a in (same, other) if a is not None), key=lambda a: a.at, default=None)
    params = {field.name: f"{field.document} / {field.certificate}" for field in found.fields} if found else {}
    if newest is not None:
        if newest is other:
            return _outcome(rule, Truth.FAIL, ReasonCode.HOLDER_DIFFERS, params, attested=True)
        return _outcome(rule, Truth.PASS, ReasonCode.HOLDER_SAME, params, attested=True)
    if found is not None and evidence.certificate is not None:
        if found.truth is Truth.PASS:
            return _outcome(rule, Truth.PASS, ReasonCode.HOLDER_SAME, params)
        if found.truth is Truth.FAIL and evidence.certificate.bound:
            return _outcome(rule, Truth.FAIL, ReasonCode.HOLDER_DIFFERS, params)
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.HOLDER_UNSURE, params)
    if evidence.certificate is None and (evidence.papers or evidence.attestation(Attestation.CERTIFICATE) is not None):
        # Who accepts a proof by hand has looked at whose it is; a name that was typed from it is compared all the same.
        if evidence.papers and found is not None and found.truth is not Truth.PASS:
            return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.HOLDER_UNSURE, params, attested=True)
        return _outcome(rule, Truth.PASS, ReasonCode.HOLDER_SAME, params, attested=True)
    if evidence.certificate is None:
        missing, code = EvidenceKind.CERTIFICATE, ReasonCode.CERTIFICATE_MISSING
    elif evidence.document is None and evidence.attestation(Attestation.DOCUMENT) is None:
        missing, code = EvidenceKind.DOCUMENT, ReasonCode.DOCUMENT_MISSING
    else:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.HOLDER_UNSURE)
    return _outcome(rule, Truth.CANNOT_TELL, code, needs=missing)


def _valid(rule: Rule, question: Question) -> RuleOutcome:
    return health.genuine(rule, question.evidence)


def _entry(rule: Rule, question: Question) -> RuleOutcome:
    ask = question
    return health.entry(rule, ask.evidence, ask.rules, ask.facts, ask.proofs, ask.now)


def _officer(rule: Rule, question: Question) -> RuleOutcome:
    """What no device here can look at is always for a person."""
    code = rule.code or ReasonCode.OFFICER_LOOKS
    found = _outcome(rule, Truth.CANNOT_TELL, code)
    return replace(found, message=rule.message or message_key(code))


def _temperature(rule: Rule, question: Question) -> RuleOutcome:
    return temperature.below_limit(rule, question.evidence, question.rules)


_CHECKS: dict[Check, Callable[[Rule, Question], RuleOutcome]] = {
    Check.DOCUMENT_READABLE: _readable,
    Check.DOCUMENT_IN_DATE: _in_date,
    Check.HOLDER_MATCHES: _same_holder,
    Check.CERTIFICATE_VALID: _valid,
    Check.CERTIFICATE_ENTRY: _entry,
    Check.SKIN_TEMPERATURE: _temperature,
    Check.OFFICER_DECIDES: _officer,
}
