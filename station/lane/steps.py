"""What every row of the lane's table is made of: begin a traveller, weigh what there is, propose, ask for the write."""

from dataclasses import replace
from datetime import datetime

from config.settings import LaneMode
from station.evidence import Attestation, Evidence, VerdictKind
from station.lane.snapshot import Phase
from station.lane.state import Action, Lane, Rules, Save, Screening
from station.lane.troubles import lasting

Step = tuple[Lane, tuple[Action, ...]]

HOLDER_WORDS = (Attestation.SAME_HOLDER, Attestation.DIFFERENT_HOLDER)


def opened(lane: Lane, rules: Rules, at: datetime) -> Lane:
    """Begin a traveller; what was saved before stays in the lists."""
    fresh = replace(idle(lane), shown=lane.shown, tray=lane.tray)
    return replace(fresh, phase=Phase.GATHERING, screening=rules.new_id(at), opened_at=at, progressed_at=at)


def idle(lane: Lane) -> Lane:
    """Nobody is at the lane; the lists stay, and what is wrong with devices now."""
    return Lane(recent=lane.recent, documents=lane.documents, troubles=lasting(lane.troubles))


def weighed(lane: Lane, rules: Rules, at: datetime) -> Step:
    """Judge what there is, after evidence changed; propose when nothing more is awaited."""
    judgement = rules.judge(lane.evidence, at)
    lane = replace(lane, judgement=judgement, progressed_at=at, notice=None, notice_detail="")
    waiting = not judgement.complete or lane.measure_again
    if waiting:
        return replace(lane, phase=Phase.GATHERING), ()
    return proposed(lane, rules, at)


def proposed(lane: Lane, rules: Rules, at: datetime) -> Step:
    """The rules have spoken: save an ADMIT in automatic mode, else a person acts."""
    judgement = lane.judgement or rules.judge(lane.evidence, at)
    lane = replace(lane, phase=Phase.PROPOSED, judgement=judgement)
    by_itself = rules.settings.mode is LaneMode.AUTOMATIC and not lane.measure_again
    if judgement.verdict is VerdictKind.ADMIT and by_itself:
        return closed(lane, VerdictKind.ADMIT, rules, at)
    return lane, ()


def closed(
    lane: Lane, verdict: VerdictKind, rules: Rules, at: datetime, *, officer: str = "", reason: str = "", note: str = ""
) -> Step:
    """Ask for the durable write, once."""
    if lane.saving is not None:
        return lane, ()
    assert lane.opened_at is not None
    judgement = rules.judge(lane.evidence, at)
    screening = Screening(
        lane.screening, lane.opened_at, at, lane.evidence, lane.tray, judgement, verdict, officer, reason, note,
        lane.troubles,
    )  # fmt: skip
    return replace(lane, judgement=judgement, phase=Phase.PROPOSED, saving=screening), (Save(screening),)


def without_holder_words(evidence: Evidence) -> Evidence:
    """The words "same" and "different" were about one holder's certificates; they do not pass to another's."""
    return replace(evidence, attested=tuple(a for a in evidence.attested if a.what not in HOLDER_WORDS))
