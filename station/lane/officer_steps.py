"""What an officer's commands do to the lane: rows of the table in `states`."""

from dataclasses import replace
from datetime import datetime

from config.messages.moments import BANGKOK
from config.rules.reasons import OVERRIDE_REASONS, REFUSAL_REASONS
from station.evidence import Attestation, Evidence, OfficerAttested, VerdictKind
from station.lane import binding, papers, typed
from station.lane.commands import Again, Attest, Correct, Decide, MeasureAgain, OpenGate, PrintSlip, SoundSiren
from station.lane.deeds import Deed
from station.lane.snapshot import Notice, Phase
from station.lane.state import Act, Lane, Rules
from station.lane.steps import HOLDER_WORDS, Step, closed, opened, weighed, without_holder_words


def decide(lane: Lane, command: Decide, rules: Rules, at: datetime) -> Step:
    """Close the traveller: against the rules with a reason that is allowed, else ask for one."""
    judgement = rules.judge(lane.evidence, at)  # days may lie between proposal and decision
    against = command.verdict is VerdictKind.ADMIT and judgement.verdict is not VerdictKind.ADMIT
    allowed = (
        REFUSAL_REASONS if command.verdict is VerdictKind.REFUSE else OVERRIDE_REASONS if against else ()
    )  # a REFER, and an ADMIT that the rules propose, need none
    if allowed and command.reason not in allowed:
        return replace(lane, notice=Notice.REASON_NEEDED, judgement=judgement), ()
    return closed(
        lane, command.verdict, rules, at, officer=command.officer, reason=command.reason, note=command.note
    )  # fmt: skip


def correct(lane: Lane, command: Correct, rules: Rules, at: datetime) -> Step:
    """Take a corrected field up when it can hold that value."""
    read = lane.evidence.document
    if read is None or lane.saving is not None:
        return lane, ()
    corrected = rules.correct(read, command.field, command.value, command.officer, at)
    if corrected is None:
        return replace(lane, notice=Notice.FIELD_REFUSED, notice_detail=command.field), ()
    return weighed(binding.bind_document(lane, corrected, rules), rules, at)


def attest(lane: Lane, command: Attest, rules: Rules, at: datetime) -> Step:
    """Take an officer's word up as evidence when it is whole."""
    evidence, values = lane.evidence, command.values
    if lane.saving is not None or (command.what in HOLDER_WORDS and evidence.certificate is None):
        return lane, ()
    if command.what is Attestation.DOCUMENT_SEEN and evidence.document is None:
        return lane, ()
    if command.what is Attestation.DOCUMENT:
        values = typed.tidied(values)
        wrong = typed.fault(values, at.astimezone(BANGKOK).date())
    else:
        values = papers.tidied(command.what, values)
        wrong = papers.fault(command.what, values, command.picture, at)
    if wrong:
        return replace(lane, notice=Notice.FIELD_REFUSED, notice_detail=wrong), ()
    if lane.phase is Phase.IDLE:
        lane = opened(lane, rules, at)
    said = OfficerAttested(rules.new_id(at), at, command.officer, command.what, values, command.picture)
    kept = lane.evidence.attested
    if command.what in HOLDER_WORDS:  # the newest answer to "same person?" replaces the one before
        kept = without_holder_words(lane.evidence).attested
    lane = replace(lane, evidence=_bound_by_word(replace(lane.evidence, attested=(*kept, said)), command.what))
    return weighed(lane, rules, at)


def _bound_by_word(evidence: Evidence, what: Attestation) -> Evidence:
    """An officer's "same person" makes the certificates this traveller's."""
    if what is not Attestation.SAME_HOLDER:
        return evidence
    return replace(evidence, certificates=tuple(replace(each, bound=True) for each in evidence.certificates))


def measure_again(lane: Lane, command: MeasureAgain, rules: Rules, at: datetime) -> Step:
    """Wait for one more skin temperature."""
    if lane.saving is not None:
        return lane, ()
    return replace(lane, phase=Phase.GATHERING, measure_again=True, progressed_at=at), ()


def again(lane: Lane, command: Again, rules: Rules, at: datetime) -> Step:
    """The same document within ten minutes: begin anew, or leave it at what is saved."""
    read = lane.next_document
    if command.yes and read is not None:
        return weighed(binding.bind_document(opened(lane, rules, at), read, rules), rules, at)
    shown = (binding.document_identity(read),) if read else ()
    return replace(lane, phase=Phase.SAVED, next_document=None, shown=shown), ()


def gate(lane: Lane, command: OpenGate, rules: Rules, at: datetime) -> Step:
    """The gate is the officer's at any time."""
    return lane, (Act(Deed.GATE, command.officer, lane.saved if lane.phase is Phase.SAVED else None),)


def siren(lane: Lane, command: SoundSiren, rules: Rules, at: datetime) -> Step:
    """The siren is the officer's at any time; it opens and shuts nothing."""
    return lane, (Act(Deed.SIREN, command.officer, lane.saved if lane.phase is Phase.SAVED else None),)


def slip(lane: Lane, command: PrintSlip, rules: Rules, at: datetime) -> Step:
    """Print the slip of the saved traveller."""
    return lane, (Act(Deed.SLIP, command.officer, lane.saved),)
