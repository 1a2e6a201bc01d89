"""The traveller's class under the order: what the rules found, what an officer may choose, and where they come from."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock
from config.places import name_of
from config.rules.ruleset import RuleSet, TravellerClass
from station.certificates.moment import Interval
from station.evidence import Attestation, Evidence, OfficerAttested, Truth
from station.judgement.travellers import CLASS_RULE, chosen
from station.kiosk.context import KioskContext
from station.lane.snapshot import LaneSnapshot, Phase

_ORIGIN = "traveller.origin"


def class_card(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """The class by which the traveller is judged and who says so; the classes that an officer may choose."""
    order, judgement = context.believed.order, snapshot.judgement
    card: dict[str, Any] = {"there": False, "tone": "idle", "mark": "wait", "title": "", "how": "", "chosen": ""}
    card |= {"choices": [], "origin": {"asked": False, "text": "", "code": ""}}
    open_now = snapshot.phase in (Phase.IDLE, Phase.GATHERING, Phase.PROPOSED)
    if order is None or not open_now:
        return card
    card["choices"] = [_choice(each, order, catalogue) for each in order.selectable]
    card["origin"] = _origin(snapshot.evidence, order, catalogue)
    if judgement is None or judgement.rule_set_digest != order.digest or not judgement.traveller_class:
        return card
    word = chosen(snapshot.evidence, order.zone, Interval.of(context.now))
    unsure = any(o.rule == CLASS_RULE and o.truth is Truth.CANNOT_TELL for o in judgement.outcomes)
    attested = word if word is not None and word.values.get("class") == judgement.traveller_class else None
    tone, mark = ("unsure", "unsure") if unsure else ("brand", "now") if attested else ("admit", "ok")
    return card | {
        "there": bool(card["choices"]) or len(order.classes) > 1,
        "tone": tone,
        "mark": mark,
        "title": class_title(order, judgement.traveller_class, catalogue),
        "how": _how(attested, unsure, catalogue),
        "chosen": attested.values["class"] if attested else "",
    }


def class_title(order: RuleSet | None, name: str, catalogue: Catalogue) -> str:
    """A class's title in the screen's language; its id when the order does not know it."""
    try:
        found = order.class_of(name) if order is not None else None
    except KeyError:
        found = None
    if found is None:
        return name
    return (found.title_th if catalogue.language == "th" else found.title_en) or found.title_en or name


def asks_origin(order: RuleSet) -> bool:
    """Whether any class or rule of a set looks at where the traveller comes from."""
    return any(_names(each.when) for each in order.classes) or any(
        _names(rule.logic) or any(_names(why.logic) for why in rule.because) for rule in order.rules
    )


def _names(logic: Any) -> bool:
    """Whether an expression reads the origin."""
    if isinstance(logic, Mapping):
        return logic.get("var") == _ORIGIN or any(_names(value) for value in logic.values())
    if isinstance(logic, Sequence) and not isinstance(logic, str):
        return any(_names(each) for each in logic)
    return False


def _choice(each: TravellerClass, order: RuleSet, catalogue: Catalogue) -> dict[str, str]:
    proof = each.proof_th if catalogue.language == "th" else each.proof_en
    return {
        "code": each.id,
        "text": class_title(order, each.id, catalogue),
        "proof": proof or each.proof_en,
        "order": each.order.removeprefix(order.order).strip(),
    }


def _how(attested: OfficerAttested | None, unsure: bool, catalogue: Catalogue) -> str:
    if unsure:
        return catalogue.text("officer.class_unsure")
    if attested is None:
        return catalogue.text("officer.class_found")
    key = "officer.class_letter" if attested.what is Attestation.EXEMPTION else "officer.class_said"
    return catalogue.text(key, officer=attested.officer, time=clock(attested.at))


def _origin(evidence: Evidence, order: RuleSet, catalogue: Catalogue) -> dict[str, Any]:
    said = evidence.attestation(Attestation.ORIGIN)
    code = (said.values.get("province") or said.values.get("country", "")) if said is not None else ""
    return {"asked": asks_origin(order), "text": name_of(code, catalogue.language) if code else "", "code": code}
