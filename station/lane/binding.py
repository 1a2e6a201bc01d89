"""Whose evidence is it? Pure functions over the lane's memory (DESIGN, section 2, boundaries)."""

import hashlib
from dataclasses import replace
from datetime import datetime

from config.rules.reasons import ReasonCode
from drivers.readings import TemperatureState
from station.certificates.result import Holder, Verdict
from station.documents.transliteration import normalise
from station.evidence import CertificateRead, DocumentRead, Evidence, TemperatureTaken, Truth
from station.lane.events import TemperatureSeen
from station.lane.state import Lane, Rules

MOST_CERTIFICATES = 4
"""Of one traveller."""


def document_identity(read: DocumentRead) -> str:
    """One value per document: issuing state, number and birth date, hashed so that it can lie in memory."""
    document = read.document
    return identity_of(document.issuing_state, document.document_number, document.birth_date.text)


def identity_of(issuing_state: str, number: str, birth_date: str) -> str:
    """As `document_identity`, from the values that the journal keeps."""
    return hashlib.sha256(f"{issuing_state}|{number}|{birth_date}".encode()).hexdigest()


def same_document(one: DocumentRead, other: DocumentRead) -> bool:
    """Whether two reads are of one document, whatever an officer corrected in one of them since."""
    return document_identity(one) == document_identity(other) or one.document.lines == other.document.lines


def seen_again(held: DocumentRead, read: DocumentRead) -> DocumentRead:
    """The document at hand after it was read once more: a surer reading counts, and no note is forgotten.

    What an officer corrected or confirmed stays.
    """
    surer = not held.corrections and len(read.unconfirmed) < len(held.unconfirmed)
    notes = tuple(dict.fromkeys((*held.notes, *read.notes)))
    if not surer and notes == held.notes:
        return held
    return replace(read if surer else held, notes=notes)


def certificate_identity(read: CertificateRead) -> str:
    """One value per certificate: the digest of its signed envelope, or of its text when it has none."""
    products = read.result.products
    return hashlib.sha256(products.cose or products.text.encode()).hexdigest()


def bind_document(lane: Lane, read: DocumentRead, rules: Rules) -> Lane:
    """Give the open traveller a document, then look again at whose the certificates are."""
    lane = replace(lane, evidence=replace(lane.evidence, document=read))
    held = lane.evidence.certificates
    if any(certificate.bound for certificate in held):
        return lane
    candidates = (*held, *lane.tray)
    lane = replace(lane, evidence=replace(lane.evidence, certificates=()), tray=())
    for candidate in candidates:
        lane = bind_certificate(lane, candidate, rules)
    return lane


def bind_certificate(lane: Lane, read: CertificateRead, rules: Rules) -> Lane:
    """Bind a certificate to the open traveller if its holder may be the document's; else it waits in the tray.

    With no document yet, or when it is the only candidate, it is held unbound: rules then cannot tell whose it is.
    Further certificates of the same holder are held beside it: a vaccination and a test, for instance. A card of which
    codes are missing is held beside whatever there is, until the next code or certificate is shown.
    """
    held = lane.evidence.whole_certificates
    if read.result.reason is ReasonCode.CERTIFICATE_PART:
        return _hold(lane, (*held, replace(read, bound=False)))
    read = replace(read, bound=_is_theirs(lane, read, rules))
    bound = tuple(each for each in held if each.bound)
    counts = replace(lane.evidence, certificates=held).certificate
    if read.bound:
        return _hold(lane, (*bound, read))
    if counts is None or (not bound and same_holder(counts, read)):
        return _hold(lane, (*held, read))
    if not bound and counts.result.verdict is not Verdict.VALID:
        return _hold(lane, (read,))
    return to_tray(lane, read)


def _is_theirs(lane: Lane, read: CertificateRead, rules: Rules) -> bool:
    """Whether the holder is the document's, or the one of a certificate that is already bound."""
    document, bound = lane.evidence.document, [each for each in lane.evidence.certificates if each.bound]
    if any(same_holder(each, read) for each in bound):
        return True
    return document is not None and bool(read.result.holder) and rules.match(document, read).truth is Truth.PASS


def _hold(lane: Lane, wanted: tuple[CertificateRead, ...]) -> Lane:
    """Hold these; those held before and not among them go to the tray, and of too many the worst, oldest one."""
    aside = [each for each in lane.evidence.certificates if each not in wanted]
    if len(wanted) > MOST_CERTIFICATES:
        useless = next((each for each in wanted if each.result.verdict is not Verdict.VALID), wanted[-1])
        wanted = tuple(each for each in wanted if each is not useless)
        aside.append(useless)
    lane = replace(lane, evidence=replace(lane.evidence, certificates=wanted))
    for each in aside:
        lane = to_tray(lane, each)
    return lane


def same_holder(one: CertificateRead, other: CertificateRead) -> bool:
    """Whether two certificates name one holder: the same words in the letters of the zone, and one birth date."""
    first, second = one.result.holder, other.result.holder
    if first is None or second is None or first.birth_date is None or first.birth_date != second.birth_date:
        return False
    return bool(_words(first)) and _words(first) == _words(second)


def _words(holder: Holder) -> list[str]:
    surname = holder.surname_transliterated or holder.surname
    given = holder.given_names_transliterated or holder.given_names
    return sorted(f"{normalise(surname)} {normalise(given)}".split())


def to_tray(lane: Lane, read: CertificateRead) -> Lane:
    """Put a certificate aside, each only once, newest last, a handful at the most; a part of one is none."""
    if read.result.reason is ReasonCode.CERTIFICATE_PART:
        return lane
    known = {certificate_identity(c) for c in lane.tray}
    if certificate_identity(read) in known:
        return lane
    return replace(lane, tray=(*lane.tray, replace(read, bound=False))[-5:])


def is_known(evidence: Evidence, tray: tuple[CertificateRead, ...], read: CertificateRead) -> bool:
    """Whether this certificate is already at hand."""
    return certificate_identity(read) in {certificate_identity(c) for c in (*evidence.certificates, *tray)}


def tray_of(lane: Lane, rules: Rules) -> tuple[CertificateRead, ...]:
    """The waiting certificates that are the next traveller's."""
    if lane.next_document is None:
        return ()
    document = lane.next_document
    return tuple(c for c in lane.tray if c.result.holder and rules.match(document, c).truth is Truth.PASS)


def belongs_to_saved(lane: Lane, read: CertificateRead, rules: Rules) -> bool:
    """Whether the traveller who is already on record shows this: it was at hand, or its holder may be theirs."""
    if certificate_identity(read) in lane.shown:
        return True
    document = lane.evidence.document
    if document is None or read.result.holder is None:
        return False
    return rules.match(document, read).truth is not Truth.FAIL


def was_there_before(lane: Lane, event: TemperatureSeen, at: datetime) -> bool:
    """Whether a measurement began before the traveller at hand did: it may be of whoever stood there until then.

    A clock that was put back since makes every measurement look old; then it decides nothing.
    """
    began = event.reading.began_at
    return began is not None and lane.opened_at is not None and began < lane.opened_at <= at


def wants_temperature(lane: Lane, event: TemperatureSeen, rules: Rules, at: datetime) -> bool:
    """Whether a measurement now would be evidence: the first, an awaited second one after its rest, or on request."""
    usable = event.reading.state is TemperatureState.READY
    taken = lane.evidence.temperatures
    if lane.measure_again:
        return True
    if lane.away:
        return False
    if not taken:
        return True
    if not any(each.reading.state is TemperatureState.READY for each in taken):
        # What was measured did not count; a reading that does is welcome as soon as there is one.
        return usable
    if lane.judgement is None or not lane.judgement.second_measurement or lane.judgement.by_thermometer:
        return False
    return (at - taken[-1].at).total_seconds() >= rules.second_after(at)


def bind_temperature(lane: Lane, event: TemperatureSeen, rules: Rules, at: datetime) -> Lane:
    """Give the open traveller a skin temperature."""
    taken = lane.evidence.temperatures
    new = TemperatureTaken(rules.new_id(at), at, event.reading, len(taken) + 1)
    return replace(lane, measure_again=False, evidence=replace(lane.evidence, temperatures=(*taken, new)))
