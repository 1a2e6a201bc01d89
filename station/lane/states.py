"""The lane as one table: phase x event -> handler(lane, event, rules, at) -> (lane, actions).

Rules of this file
- Everything that changes the phase stands here and in `officer_steps`, made of `steps`; whose evidence it is stands in
  `binding`; what is done about an action stands in `runner`. No clock, no store, no device is named here.
- The first evidence opens a traveller. "Saved" plus absence, or a second distinct document, closes it.
- Only SavedToDisk leads to SAVED: the word never appears before the durable write (DESIGN, section 5, promise 1).
- The rules propose ADMIT or REFER. REFUSE, and ADMIT against the proposal, come from an officer with a reason.

    IDLE --evidence--> GATHERING --complete or out of patience--> PROPOSED --SavedToDisk--> SAVED --absence--> IDLE
    IDLE --same document within ten minutes--> AGAIN --yes--> GATHERING, --no or absence--> IDLE
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from config.rules.reasons import ReasonCode
from station.evidence import VerdictKind
from station.lane import binding, officer_steps
from station.lane.commands import (
    Addressed,
    Again,
    Attest,
    Command,
    Correct,
    Decide,
    MeasureAgain,
    OpenGate,
    PrintSlip,
    SoundSiren,
)
from station.lane.events import (
    CertificateSeen,
    CertificateUnreadable,
    DocumentSeen,
    DocumentUnreadable,
    Event,
    OtherCodeSeen,
    SavedToDisk,
    SaveFailed,
    SaveTrouble,
    TemperatureSeen,
    Tick,
)
from station.lane.snapshot import Notice, Phase
from station.lane.state import Follow, Lane, Rules, Save
from station.lane.steps import Step, closed, idle, opened, proposed, weighed, without_holder_words
from station.lane.troubles import lasting, noticed

Handler = Callable[[Lane, Any, Rules, datetime], Step]

_RETRY = timedelta(seconds=2)
_RECENT = 20
_AWAY = 3
"""So many times the limit of absence, and the next face may be anybody's."""


def step(lane: Lane, event: Event | Command | Addressed, rules: Rules, at: datetime) -> Step:
    """Take one event up. One that the phase has no use for, or that is meant for somebody else, changes nothing."""
    if isinstance(event, Addressed):
        if event.opened_at != lane.opened_at:
            return lane, ()
        event = event.command
    if isinstance(event, Tick):
        lane = _looked_after(lane, event, at)
    handler = TABLE.get((lane.phase, type(event)))
    return handler(lane, event, rules, at) if handler else (lane, ())


def _looked_after(lane: Lane, event: Tick, at: datetime) -> Lane:
    """Remember what is wrong with the devices; what is over by now counts only for the traveller who is there."""
    troubles = noticed(lane.troubles, event.devices, at)
    open_now = lane.phase in (Phase.GATHERING, Phase.PROPOSED)
    return replace(lane, troubles=troubles if open_now else lasting(troubles))


# --- evidence ------------------------------------------------------------------------------------------------------


def _document_idle(lane: Lane, event: DocumentSeen, rules: Rules, at: datetime) -> Step:
    identity = binding.document_identity(event.read)
    horizon = at - timedelta(minutes=rules.settings.again_minutes)
    for known, when, saved in lane.documents:
        if known == identity and when >= horizon:
            return replace(lane, phase=Phase.AGAIN, saved=saved, next_document=event.read, progressed_at=at), ()
    return weighed(binding.bind_document(opened(lane, rules, at), event.read, rules), rules, at)


def _document_open(lane: Lane, event: DocumentSeen, rules: Rules, at: datetime) -> Step:
    held = lane.evidence.document
    if lane.saving is not None:
        return lane, ()
    if held is None:
        return weighed(binding.bind_document(lane, event.read, rules), rules, at)
    if binding.same_document(held, event.read):
        lane, known = replace(lane, away=False), binding.seen_again(held, event.read)
        return (lane, ()) if known is held else weighed(binding.bind_document(lane, known, rules), rules, at)
    lane = replace(lane, next_document=event.read)
    reason = ReasonCode.UNCONFIRMED if lane.phase is Phase.PROPOSED else ReasonCode.LEFT
    return closed(lane, VerdictKind.REFER, rules, at, reason=reason.value)


def _document_again(lane: Lane, event: DocumentSeen, rules: Rules, at: datetime) -> Step:
    """Somebody else's document while the officer is asked about the one before."""
    if lane.next_document is not None and binding.same_document(lane.next_document, event.read):
        return lane, ()
    return _document_idle(idle(lane), event, rules, at)


def _certificate_again(lane: Lane, event: CertificateSeen, rules: Rules, at: datetime) -> Step:
    """Kept for the answer "yes"."""
    return binding.to_tray(lane, event.read), ()


def _document_saved(lane: Lane, event: DocumentSeen, rules: Rules, at: datetime) -> Step:
    if binding.document_identity(event.read) in lane.shown:
        return lane, ()
    return _document_idle(idle(lane), event, rules, at)


def _unreadable(lane: Lane, event: DocumentUnreadable, rules: Rules, at: datetime) -> Step:
    """Say so; it opens nobody, because a bag before the camera is no evidence of a traveller."""
    if lane.evidence.document is None:
        return replace(lane, notice=Notice.DOCUMENT_UNREADABLE, notice_detail=""), ()
    return lane, ()


def _certificate(lane: Lane, event: CertificateSeen, rules: Rules, at: datetime) -> Step:
    if lane.saving is not None:
        return lane, ()
    if lane.phase is not Phase.SAVED and binding.is_known(lane.evidence, lane.tray, event.read):
        return replace(lane, away=False), ()
    if lane.phase is Phase.SAVED:
        if binding.belongs_to_saved(lane, event.read, rules):
            return lane, ()
        lane = idle(lane)
    if lane.phase is Phase.IDLE:
        lane = opened(lane, rules, at)
    before = lane.evidence.certificate
    lane = replace(binding.bind_certificate(lane, event.read, rules), away=False)
    if before and before not in lane.evidence.certificates:
        lane = replace(lane, evidence=without_holder_words(lane.evidence))
    return weighed(lane, rules, at)


def _code_unreadable(lane: Lane, event: CertificateUnreadable, rules: Rules, at: datetime) -> Step:
    """Say so, for as long as no certificate is there."""
    if lane.evidence.whole_certificates:
        return lane, ()
    return replace(lane, notice=Notice.CERTIFICATE_UNREADABLE, notice_detail=""), ()


def _other_code(lane: Lane, event: OtherCodeSeen, rules: Rules, at: datetime) -> Step:
    return replace(lane, notice=Notice.OTHER_CODE, notice_detail=event.kind), ()


def _temperature(lane: Lane, event: TemperatureSeen, rules: Rules, at: datetime) -> Step:
    if lane.saving is not None:
        return lane, ()
    if lane.phase is Phase.IDLE:
        lane = opened(lane, rules, at)
    elif binding.was_there_before(lane, event, at):
        return lane, ()
    if not binding.wants_temperature(lane, event, rules, at):
        return lane, ()
    return weighed(binding.bind_temperature(lane, event, rules, at), rules, at)


# --- time ----------------------------------------------------------------------------------------------------------


def _absent_for(lane: Lane, at: datetime) -> float:
    return (at - lane.absent_since).total_seconds() if lane.absent_since else 0.0


def _watch(lane: Lane, event: Tick, at: datetime) -> Lane:
    """Remember since when nobody is there."""
    if event.present:
        return lane if lane.absent_since is None else replace(lane, absent_since=None)
    return lane if lane.absent_since else replace(lane, absent_since=at)


def _tick_idle(lane: Lane, event: Tick, rules: Rules, at: datetime) -> Step:
    lane = _watch(lane, event, at)
    if lane.notice and _absent_for(lane, at) >= rules.settings.absence_seconds:
        return idle(lane), ()
    return lane, ()


def _tick_gathering(lane: Lane, event: Tick, rules: Rules, at: datetime) -> Step:
    lane = _watch(lane, event, at)
    if _absent_for(lane, at) >= _AWAY * rules.settings.absence_seconds:
        lane = replace(lane, away=True)
    if lane.saving is not None or lane.progressed_at is None:
        return lane, ()
    if (at - lane.progressed_at).total_seconds() < rules.settings.patience_seconds:
        return lane, ()
    if _absent_for(lane, at) < rules.settings.absence_seconds:
        return proposed(lane, rules, at)
    if _is_passer_by(lane):
        return idle(lane), ()
    lane = replace(lane, notice=Notice.LEFT)
    return closed(lane, VerdictKind.REFER, rules, at, reason=ReasonCode.LEFT.value)


def _is_passer_by(lane: Lane) -> bool:
    """A face that went by with nothing to show, and not a hot one, is no traveller."""
    evidence = lane.evidence
    hot = lane.judgement is not None and lane.judgement.second_measurement
    return not (evidence.document or evidence.certificates or evidence.attested or lane.tray or hot)


def _tick_proposed(lane: Lane, event: Tick, rules: Rules, at: datetime) -> Step:
    lane = _watch(lane, event, at)
    if lane.saving is not None:
        if lane.retry_at is None or at < lane.retry_at:
            return lane, ()
        return replace(lane, retry_at=None), (Save(lane.saving),)
    limit = rules.settings.refer_after_seconds
    if limit and lane.progressed_at and (at - lane.progressed_at).total_seconds() >= limit and lane.judgement:
        refer = lane.judgement.verdict is VerdictKind.REFER
        if refer:
            return closed(lane, VerdictKind.REFER, rules, at)
    return lane, ()


def _tick_saved(lane: Lane, event: Tick, rules: Rules, at: datetime) -> Step:
    lane = _watch(lane, event, at)
    return (idle(lane), ()) if _absent_for(lane, at) >= rules.settings.absence_seconds else (lane, ())


def _tick_again(lane: Lane, event: Tick, rules: Rules, at: datetime) -> Step:
    """The question stands until it is answered, or nobody has been there for as long as patience lasts."""
    lane = _watch(lane, event, at)
    return (idle(lane), ()) if _absent_for(lane, at) >= rules.settings.patience_seconds else (lane, ())


# --- the store's answers -------------------------------------------------------------------------------------------


def _saved(lane: Lane, event: SavedToDisk, rules: Rules, at: datetime) -> Step:
    evidence, saved = lane.evidence, event.saved
    shown = [binding.certificate_identity(c) for c in lane.tray]
    documents = lane.documents
    if evidence.document:
        identity = binding.document_identity(evidence.document)
        shown.append(identity)
        horizon = at - timedelta(minutes=rules.settings.again_minutes)
        kept = (d for d in documents if d[1] >= horizon and d[0] != identity)
        documents = (*kept, (identity, at, saved))
    shown += [binding.certificate_identity(c) for c in evidence.certificates]
    recent = (saved, *lane.recent)[:_RECENT]
    waiting, theirs = lane.next_document, binding.tray_of(lane, rules)
    lane = replace(
        lane, phase=Phase.SAVED, saved=saved, recent=recent, documents=documents, shown=tuple(shown),
        saving=None, retry_at=None, notice=None, notice_detail="", next_document=None,
        absent_since=None,  # the result is shown for a while to whoever has stepped back already
    )  # fmt: skip
    follow = Follow(saved)
    if waiting is None:
        return lane, (follow,)
    lane, actions = _document_idle(replace(idle(lane), tray=theirs), DocumentSeen(waiting), rules, at)
    return lane, (follow, *actions)


def _save_failed(lane: Lane, event: SaveFailed, rules: Rules, at: datetime) -> Step:
    notice = Notice.JOURNAL_FULL if event.trouble is SaveTrouble.FULL else Notice.JOURNAL_FAULTY
    return replace(lane, retry_at=at + _RETRY, notice=notice), ()


TABLE: dict[tuple[Phase, type], Handler] = {
    (Phase.IDLE, DocumentSeen): _document_idle,
    (Phase.IDLE, DocumentUnreadable): _unreadable,
    (Phase.IDLE, CertificateUnreadable): _code_unreadable,
    (Phase.IDLE, CertificateSeen): _certificate,
    (Phase.IDLE, OtherCodeSeen): _other_code,
    (Phase.IDLE, TemperatureSeen): _temperature,
    (Phase.IDLE, Attest): officer_steps.attest,
    (Phase.IDLE, Tick): _tick_idle,
    (Phase.GATHERING, DocumentSeen): _document_open,
    (Phase.GATHERING, DocumentUnreadable): _unreadable,
    (Phase.GATHERING, CertificateUnreadable): _code_unreadable,
    (Phase.GATHERING, CertificateSeen): _certificate,
    (Phase.GATHERING, OtherCodeSeen): _other_code,
    (Phase.GATHERING, TemperatureSeen): _temperature,
    (Phase.GATHERING, Tick): _tick_gathering,
    (Phase.GATHERING, Decide): officer_steps.decide,
    (Phase.GATHERING, Correct): officer_steps.correct,
    (Phase.GATHERING, Attest): officer_steps.attest,
    (Phase.GATHERING, MeasureAgain): officer_steps.measure_again,
    (Phase.PROPOSED, DocumentSeen): _document_open,
    (Phase.PROPOSED, CertificateUnreadable): _code_unreadable,
    (Phase.PROPOSED, CertificateSeen): _certificate,
    (Phase.PROPOSED, OtherCodeSeen): _other_code,
    (Phase.PROPOSED, TemperatureSeen): _temperature,
    (Phase.PROPOSED, Tick): _tick_proposed,
    (Phase.PROPOSED, SavedToDisk): _saved,
    (Phase.PROPOSED, SaveFailed): _save_failed,
    (Phase.PROPOSED, Decide): officer_steps.decide,
    (Phase.PROPOSED, Correct): officer_steps.correct,
    (Phase.PROPOSED, Attest): officer_steps.attest,
    (Phase.PROPOSED, MeasureAgain): officer_steps.measure_again,
    (Phase.SAVED, DocumentSeen): _document_saved,
    (Phase.SAVED, CertificateSeen): _certificate,
    (Phase.SAVED, PrintSlip): officer_steps.slip,
    (Phase.SAVED, Tick): _tick_saved,
    (Phase.AGAIN, DocumentSeen): _document_again,
    (Phase.AGAIN, CertificateSeen): _certificate_again,
    (Phase.AGAIN, Again): officer_steps.again,
    (Phase.AGAIN, Tick): _tick_again,
    **{
        (phase, command): step
        for phase in (Phase.IDLE, Phase.GATHERING, Phase.PROPOSED, Phase.SAVED, Phase.AGAIN)
        for command, step in ((OpenGate, officer_steps.gate), (SoundSiren, officer_steps.siren))
    },
}
"""Every pair that is not here changes nothing."""
