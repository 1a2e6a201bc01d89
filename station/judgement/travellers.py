"""Which class of the order a traveller belongs to, and the facts that this rests on. Pure.

An officer's class counts only where the set lets officers choose it; what is unknown is never concluded from.
"""

from datetime import date
from zoneinfo import ZoneInfo

from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import Facts, RuleSet
from config.rules.weighing import Classified, classify
from models.mrz_checks import CheckState
from station.certificates.moment import Interval
from station.documents.dates import written
from station.evidence import (
    Attestation,
    DocumentRead,
    Evidence,
    EvidenceKind,
    OfficerAttested,
    RuleOutcome,
    Truth,
)

CLASS_RULE = "traveller-class"
"""Id of the outcome that speaks about the class."""


def facts_of(evidence: Evidence) -> Facts:
    """What is known of a traveller beside proofs of health."""
    said = evidence.attestation(Attestation.ORIGIN)
    origin = (said.values.get("province") or said.values.get("country") or None) if said else None
    read, typed = evidence.document, evidence.attestation(Attestation.DOCUMENT)
    if read is not None:
        return _read(read, origin)
    if typed is None:
        return Facts(origin=origin)
    born = written(typed.values.get("birth_date", ""))
    thai = typed.values.get("kind") == "thai_id"
    return Facts(
        nationality=typed.values.get("nationality") or None,
        issuing_state="THA" if thai else None,
        kind="card" if thai else None,
        birth_date=born.text or None if born else None,
        origin=origin,
    )


def _read(read: DocumentRead, origin: str | None) -> Facts:
    """Of a document that was read; what an officer has to confirm first is not known yet."""
    document, doubted = read.document, read.unconfirmed
    corrected = any(correction.field == "birth_date" for correction in read.corrections)
    wrong = document.check("birth_date_check") is CheckState.WRONG and not corrected
    return Facts(
        nationality=None if "nationality" in doubted else document.nationality or None,
        issuing_state=None if "issuing_state" in doubted else document.issuing_state or None,
        kind=document.kind.value,
        sex=None if "sex" in doubted else document.sex or None,
        birth_date=None if wrong else document.birth_date.text or None,
        origin=origin,
    )


def chosen(evidence: Evidence, zone: ZoneInfo, now: Interval) -> OfficerAttested | None:
    """The newest letter or choice of a class; None when it was taken back, or the letter is past its last day."""
    newest = {a.what: a for a in evidence.attested if a.what in (Attestation.EXEMPTION, Attestation.CLASS)}
    standing = [a for a in evidence.attested if a in newest.values() and a.values.get("class")]
    if not standing:
        return None
    last = standing[-1]
    until, today = last.values.get("until", ""), now.latest.astimezone(zone).date()
    return None if until and date.fromisoformat(until) < today else last


def classified(
    evidence: Evidence, rules: RuleSet, facts: Facts, now: Interval
) -> tuple[Classified, RuleOutcome | None]:
    """The class to judge by; and what there is to say of it: exempt (R-EXM), or cannot tell (R-CLS)."""
    word = chosen(evidence, rules.zone, now)
    wanted = word.values["class"] if word else None
    found = classify(rules, facts, now.earliest, now.latest, wanted)
    each = found.traveller_class
    params = {"class": each.id}
    if not found.certain and wanted is None and not _shown(evidence):
        # Age and nationality come with the document: until it is there, that is the reason.
        code = ReasonCode.DOCUMENT_MISSING
        needs = EvidenceKind.DOCUMENT
        return found, RuleOutcome(
            CLASS_RULE, Truth.CANNOT_TELL, code.value, message_key(code), params, rules.order, needs
        )
    if not found.certain or (wanted is not None and not found.attested):
        code = ReasonCode.CLASS_UNSURE
        return found, RuleOutcome(
            CLASS_RULE, Truth.CANNOT_TELL, code.value, message_key(code), params, rules.order, attested=bool(word)
        )
    if each.exempt:
        code, proof = ReasonCode.EXEMPT, word.id if word and found.attested else ""
        return found, RuleOutcome(
            CLASS_RULE, Truth.PASS, code.value, message_key(code), params, each.order, None, found.attested, proof
        )
    return found, None


def _shown(evidence: Evidence) -> bool:
    """Whether a document was read or attested."""
    return evidence.document is not None or evidence.attestation(Attestation.DOCUMENT) is not None
