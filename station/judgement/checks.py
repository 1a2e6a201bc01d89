"""The built-in checks: what each rule of a set says about the evidence. Pure; `judge` puts them together.

An officer's attestation fills what is missing or could not be told, and is marked. It never turns a broken rule into a
kept one: for that an officer decides against the rules, with a reason.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from config.rules.certlogic import CertLogicError, holds
from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import Check, Rule, RuleSet, context
from drivers.readings import TemperatureState
from models.mrz_checks import CheckState
from models.regions import Note, ReadState
from station.certificates.moment import Interval
from station.certificates.result import CertificateResult, Verdict
from station.documents.dates import PartialDate, written
from station.documents.transliteration import normalise
from station.evidence import (
    Attestation,
    Evidence,
    EvidenceKind,
    HolderMatch,
    RuleOutcome,
    TemperatureTaken,
    Truth,
)
from station.judgement.holder import Person, match_person, of_document, thai_name
from station.judgement.names import Name

_EXCUSED_BY = {
    "document_number_check": "document_number",
    "birth_date_check": "birth_date",
    "expiry_date_check": "expiry_date",
}
"""A wrong check digit is explained when an officer corrected what it covers."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a check may look at."""

    evidence: Evidence
    rules: RuleSet
    now: Interval
    holder: HolderMatch | None


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
    """Document and certificate side by side; None while one of them is missing."""
    someone = person(evidence)
    certificate = evidence.certificate
    if someone is None or certificate is None or certificate.result.holder is None:
        return None
    return match_person(someone, certificate.result.holder)


def high(taken: TemperatureTaken, limit: float) -> bool | None:
    """Whether a skin temperature is at or above the limit; None when it may not be used."""
    celsius = taken.reading.max_celsius
    if taken.reading.state is not TemperatureState.READY or celsius is None or not math.isfinite(celsius):
        return None
    return celsius >= limit


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
    if evidence.certificate is None and evidence.attestation(Attestation.CERTIFICATE) is not None:
        # Who accepts a certificate by hand has looked at whose it is.
        return _outcome(rule, Truth.PASS, ReasonCode.HOLDER_SAME, attested=True)
    if evidence.certificate is None:
        missing, code = EvidenceKind.CERTIFICATE, ReasonCode.CERTIFICATE_MISSING
    elif evidence.document is None and evidence.attestation(Attestation.DOCUMENT) is None:
        missing, code = EvidenceKind.DOCUMENT, ReasonCode.DOCUMENT_MISSING
    else:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.HOLDER_UNSURE)
    return _outcome(rule, Truth.CANNOT_TELL, code, needs=missing)


def _no_valid_certificate(rule: Rule, question: Question) -> tuple[CertificateResult | None, RuleOutcome]:
    """The certificate when it is valid; and what a certificate rule says when it is not, or not there."""
    read = question.evidence.certificate
    attested = question.evidence.attestation(Attestation.CERTIFICATE) is not None
    if attested and (read is None or read.result.verdict is Verdict.UNDECIDED):
        code = ReasonCode.CERTIFICATE_VALID
        if rule.check is Check.CERTIFICATE_ENTRY:
            code = ReasonCode.CERTIFICATE_ENTRY_ACCEPTED
        return None, _outcome(rule, Truth.PASS, code, attested=True)
    if read is None:
        missing = ReasonCode.CERTIFICATE_MISSING
        return None, _outcome(rule, Truth.CANNOT_TELL, missing, needs=EvidenceKind.CERTIFICATE)
    result = read.result
    if result.verdict is Verdict.VALID:
        return result, _outcome(rule, Truth.PASS, ReasonCode.CERTIFICATE_VALID, {"issuer": result.issuer})
    broken = result.verdict is Verdict.INVALID and rule.check is Check.CERTIFICATE_VALID
    truth = Truth.FAIL if broken else Truth.CANNOT_TELL
    return None, _outcome(rule, truth, result.reason, {"issuer": result.issuer, "step": result.step.value})


def _valid(rule: Rule, question: Question) -> RuleOutcome:
    """The certificate is genuine and in date."""
    return _no_valid_certificate(rule, question)[1]


def _entry(rule: Rule, question: Question) -> RuleOutcome:
    """The certificate's content meets the order; what is not genuine is not weighed."""
    result, otherwise = _no_valid_certificate(rule, question)
    if result is None:
        return otherwise
    if len(result.entries) != 1:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.CERTIFICATE_ENTRY_UNSURE)
    entry = result.entries[0]
    params = {"kind": entry.kind.name.lower(), "date": entry.date}
    truth = _weigh(rule, question, result)
    if truth is Truth.PASS:
        return _outcome(rule, truth, ReasonCode.CERTIFICATE_ENTRY_ACCEPTED, params)
    if truth is Truth.CANNOT_TELL:
        return _outcome(rule, truth, ReasonCode.CERTIFICATE_ENTRY_UNSURE, params)
    failed = _outcome(rule, truth, rule.code or ReasonCode.CERTIFICATE_ENTRY_REFUSED, params)
    return replace(failed, message=rule.message_key)


def _weigh(rule: Rule, question: Question, result: CertificateResult) -> Truth:
    """The rule's expression at both ends of now; different answers are no answer."""

    def at(moment: datetime) -> bool:
        return holds(rule.logic, context(result.payload, moment, question.rules.zone))

    try:
        early, late = at(question.now.earliest), at(question.now.latest)
    except CertLogicError:
        return Truth.CANNOT_TELL
    if early is not late:
        return Truth.CANNOT_TELL
    return Truth.PASS if early else Truth.FAIL


def _temperature(rule: Rule, question: Question) -> RuleOutcome:
    """The skin temperature is below the limit; a high one counts only when it was measured twice."""
    limit = question.rules.skin_celsius_limit
    taken = question.evidence.temperatures
    attested = question.evidence.attestation(Attestation.TEMPERATURE)
    if attested is not None and (not taken or attested.at >= taken[-1].at):
        by_hand = _attested_temperature(rule, attested.values, limit)
        confirmed = sum(bool(high(each, limit)) for each in taken) > 1
        if confirmed and by_hand.truth is Truth.PASS:
            # Twice high by the scanner and not by hand: a person of the health staff decides, no rule.
            return replace(by_hand, truth=Truth.CANNOT_TELL, code=ReasonCode.TEMPERATURE_UNSURE.value,
                           message=message_key(ReasonCode.TEMPERATURE_UNSURE))  # fmt: skip
        return by_hand
    if not taken:
        missing = ReasonCode.TEMPERATURE_MISSING
        return _outcome(rule, Truth.CANNOT_TELL, missing, needs=EvidenceKind.TEMPERATURE)
    usable = [each for each in taken if high(each, limit) is not None]
    if not usable:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_UNSURE, needs=EvidenceKind.TEMPERATURE)
    params = {"celsius": f"{usable[-1].reading.max_celsius:.1f}", "limit": f"{limit:.1f}"}
    if not high(usable[-1], limit):
        return _outcome(rule, Truth.PASS, ReasonCode.TEMPERATURE_FINE, params)
    if sum(bool(high(each, limit)) for each in usable) > 1:
        return _outcome(rule, Truth.FAIL, ReasonCode.TEMPERATURE_HIGH, params)
    again = ReasonCode.TEMPERATURE_AGAIN
    return _outcome(rule, Truth.CANNOT_TELL, again, params, needs=EvidenceKind.TEMPERATURE)


def hand_celsius(values: Mapping[str, str]) -> float | None:
    """The temperature that an officer typed, point or comma; None when it is no skin temperature of 25 to 45."""
    try:
        celsius = float(values.get("celsius", "").replace(",", "."))
    except ValueError:
        return None
    return celsius if 25 <= celsius <= 45 else None


def _attested_temperature(rule: Rule, values: Mapping[str, str], limit: float) -> RuleOutcome:
    """What an officer measured by hand."""
    celsius = hand_celsius(values)
    if celsius is None:
        return _outcome(rule, Truth.CANNOT_TELL, ReasonCode.TEMPERATURE_UNSURE, attested=True)
    params = {"celsius": f"{celsius:.1f}", "limit": f"{limit:.1f}"}
    if celsius >= limit:
        return _outcome(rule, Truth.FAIL, ReasonCode.TEMPERATURE_HIGH, params, attested=True)
    return _outcome(rule, Truth.PASS, ReasonCode.TEMPERATURE_FINE, params, attested=True)


_CHECKS: dict[Check, Callable[[Rule, Question], RuleOutcome]] = {
    Check.DOCUMENT_READABLE: _readable,
    Check.DOCUMENT_IN_DATE: _in_date,
    Check.HOLDER_MATCHES: _same_holder,
    Check.CERTIFICATE_VALID: _valid,
    Check.CERTIFICATE_ENTRY: _entry,
    Check.SKIN_TEMPERATURE: _temperature,
}
