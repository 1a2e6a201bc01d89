"""The officer's right-hand column: what the rules say, what they propose, and what may be decided."""

from collections.abc import Mapping
from typing import Any

from config.messages.catalogue import Catalogue
from config.rules.reasons import OVERRIDE_REASONS, REFUSAL_REASONS, ReasonCode, message_key
from station.evidence import Judgement, RuleOutcome, Truth, VerdictKind
from station.kiosk.officer_evidence import MARKS, TONES
from station.lane.snapshot import LaneSnapshot, Phase

_ORDER = (Truth.FAIL, Truth.CANNOT_TELL, Truth.PASS)
_ASKS = {"document": "passport", "certificate": "certificate", "temperature": "thermo"}
_ANSWERS = {
    ReasonCode.DOCUMENT_NAME_UNCONFIRMED.value: "confirm_names",
    ReasonCode.DOCUMENT_ON_SCREEN.value: "document_seen",
}
"""What an officer can answer with one touch."""
_CODES = 3
"""So many codes fit under the word on a verdict button."""


def rule_rows(
    judgement: Judgement | None, catalogue: Catalogue, proofs: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Every rule: failed first, then those that cannot tell, then passed. `proofs` names the proofs by their id."""
    if judgement is None:
        return []
    ordered = sorted(judgement.outcomes, key=lambda outcome: _ORDER.index(outcome.truth))
    return [outcome_row(outcome, judgement.order, catalogue, proofs or {}) for outcome in ordered]


def outcome_row(outcome: RuleOutcome, order: str, catalogue: Catalogue, proofs: Mapping[str, str]) -> dict[str, Any]:
    """One rule: what it says, under which paragraph, and which proof settled it."""
    title = f"rule_name.{outcome.rule}"
    sentence = catalogue.text(outcome.message, **_worded(outcome.params, catalogue))
    detail = catalogue.text("officer.rule_attested", sentence=sentence) if outcome.attested else sentence
    return {
        "rule": outcome.rule,
        "state": {Truth.PASS: "ok", Truth.FAIL: "fail", Truth.CANNOT_TELL: "unsure"}[outcome.truth],
        "mark": MARKS[outcome.truth],
        "tone": TONES[outcome.truth],
        "title": catalogue.text(title) if title in catalogue else sentence,
        "text": detail if title in catalogue else "",
        "code": catalogue.text("officer.pass") if outcome.truth is Truth.PASS else outcome.code,
        "order": (outcome.order.removeprefix(order) if order else outcome.order).strip(),
        "proof": proofs.get(outcome.proof, ""),
    }


def _worded(params: Mapping[str, str], catalogue: Catalogue) -> dict[str, str]:
    """Names of check digits in the screen's language; every other value as it is."""
    names = params.get("checks", "").split(", ")
    keys = [f"check.{name.replace(' ', '_')}" for name in names]
    words = [catalogue.text(key) if key in catalogue else name for key, name in zip(keys, names, strict=True)]
    return dict(params) | {"checks": ", ".join(words)}


def proposal(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, Any]:
    """What the rules propose, or what is still awaited."""
    judgement = snapshot.judgement
    if snapshot.phase is Phase.NOT_READY:
        return _propose("idle", "s-off", "officer.propose_not_ready", "officer.propose_not_ready_title", catalogue)
    if snapshot.phase is Phase.SAVED and snapshot.saved is not None:
        verdict = snapshot.saved.verdict
        small, title = "officer.decided", f"verdict.{verdict.value}_done"
        return _propose(verdict.value.lower(), _verdict_mark(verdict), small, title, catalogue)
    if snapshot.phase is Phase.AGAIN:
        return _propose("unsure", "s-unsure", "officer.propose_again", "officer.propose_again_title", catalogue)
    if judgement is None:
        return _propose("idle", "s-wait", "officer.propose_idle", "officer.propose_idle_title", catalogue)
    if judgement.second_measurement:
        title = "officer.propose_thermometer" if judgement.by_thermometer else "officer.propose_second"
        return _propose("brand", "s-now", "officer.propose_wait", title, catalogue)
    if judgement.missing and snapshot.phase is Phase.GATHERING:
        key = f"officer.propose_missing_{judgement.missing[0].value}"
        return _propose("brand", "s-now", "officer.propose_wait", key, catalogue)
    verdict = judgement.verdict
    title = f"verdict.{verdict.value}_proposed"
    return _propose(verdict.value.lower(), _verdict_mark(verdict), "officer.propose", title, catalogue)


def _propose(tone: str, mark: str, small: str, title: str, catalogue: Catalogue) -> dict[str, Any]:
    return {"tone": tone, "mark": mark, "small": catalogue.text(small), "title": catalogue.text(title)}


def _verdict_mark(verdict: VerdictKind) -> str:
    return {VerdictKind.ADMIT: "s-ok", VerdictKind.REFER: "s-refer", VerdictKind.REFUSE: "s-fail"}[verdict]


def rule_set(judgement: Judgement | None, catalogue: Catalogue) -> str:
    """Which rule set spoke."""
    if judgement is None:
        return ""
    return catalogue.text(
        "officer.rule_set", name=judgement.rule_set, number=judgement.rule_set_number, order=judgement.order
    )


def verdicts(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, Any]:
    """The three buttons: which one is proposed, which may be touched, and what stands under the word."""
    judgement = snapshot.judgement
    open_now = snapshot.phase in (Phase.GATHERING, Phase.PROPOSED) and not snapshot.evidence.empty
    proposed = judgement.verdict if open_now and judgement is not None and judgement.complete else None
    if snapshot.phase is Phase.PROPOSED and judgement is not None:
        proposed = judgement.verdict
    codes = judgement.reasons if judgement is not None else ()
    more = f" +{len(codes) - _CODES}" if len(codes) > _CODES else ""
    against = proposed is not VerdictKind.ADMIT
    refer_hint = (
        " · ".join(codes[:_CODES]) + more
        if proposed is VerdictKind.REFER and codes
        else catalogue.text("verdict.REFER_hint")
    )
    return {
        "open": open_now,
        "main": proposed.value.lower() if proposed is not None else "",
        "admit_hint": catalogue.text("verdict.ADMIT_against" if against else "verdict.ADMIT_hint"),
        "admit_reason": against,
        "refer_hint": refer_hint,
        "refuse_hint": catalogue.text("verdict.REFUSE_hint"),
        "again": snapshot.phase is Phase.AGAIN,
    }


def reason_choices(catalogue: Catalogue) -> dict[str, list[dict[str, str]]]:
    """The closed lists of reasons that an officer may give."""
    return {
        "ADMIT": [_choice(code, catalogue) for code in OVERRIDE_REASONS],
        "REFUSE": [_choice(code, catalogue) for code in REFUSAL_REASONS],
    }


def _choice(code: ReasonCode, catalogue: Catalogue) -> dict[str, str]:
    return {"code": code.value, "text": catalogue.text(message_key(code))}


def ask_next(snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, str] | None:
    """The one thing to ask for next, with what the officer can do about it."""
    judgement = snapshot.judgement
    if judgement is None or snapshot.phase not in (Phase.GATHERING, Phase.PROPOSED):
        return None
    if judgement.second_measurement:
        by_hand = judgement.by_thermometer
        return {
            "icon": "thermo",
            "text": catalogue.text("officer.ask_thermometer" if by_hand else "officer.ask_second"),
            "action": "attest_temperature" if by_hand else "",
            "button": catalogue.text("officer.attest_temperature_button") if by_hand else "",
        }
    if judgement.missing:
        kind = judgement.missing[0].value
        return {
            "icon": _ASKS[kind],
            "text": catalogue.text(f"officer.ask_{kind}"),
            "action": f"attest_{kind}",
            "button": catalogue.text(f"officer.attest_{kind}_button"),
        }
    if judgement.verdict is VerdictKind.REFER and judgement.outcomes:
        worst = min(judgement.outcomes, key=lambda outcome: _ORDER.index(outcome.truth))
        key = f"ask.{worst.code.lower().replace('-', '_')}"
        if key in catalogue:
            action = _ANSWERS.get(worst.code, "")
            button = catalogue.text(f"officer.{action}_button") if action else ""
            return {"icon": "person", "text": catalogue.text(key), "action": action, "button": button}
    return None
