"""The officer screen as a pure function of the lane: everything that is known, worst first."""

from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import BANGKOK, clock
from station.evidence import Attestation, Evidence
from station.kiosk.context import KioskContext
from station.kiosk.officer_certificate import certificate_card, proof_names, tray_words
from station.kiosk.officer_class import class_card
from station.kiosk.officer_devices import deed_card
from station.kiosk.officer_evidence import document_card, holder_card
from station.kiosk.officer_rules import ask_next, proposal, rule_rows, rule_set, verdicts
from station.kiosk.officer_state import alert, state_bar, strip, thermal_card
from station.kiosk.officer_trust import believed_words
from station.kiosk.officer_typed import age, typed_facts, typed_name
from station.lane.snapshot import LaneSnapshot, Notice, Phase


def officer_view(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """Everything that the officer screen shows at this moment."""
    rows = rule_rows(snapshot.judgement, catalogue, proof_names(snapshot.evidence, context, catalogue))
    return {
        "phase": snapshot.phase.value,
        "revision": snapshot.revision,
        "state": state_bar(snapshot, context, catalogue),
        "strip": strip(snapshot, context, catalogue),
        "alert": alert(snapshot, context, catalogue),
        "who": _who(snapshot, context, catalogue),
        "class": class_card(snapshot, context, catalogue),
        "believed": believed_words(context, catalogue),
        "document": document_card(snapshot, context, catalogue),
        "certificate": certificate_card(snapshot.evidence, context, catalogue),
        "holder": holder_card(snapshot, catalogue),
        "tray": tray_words(snapshot.tray, catalogue),
        "thermal": thermal_card(snapshot, context, catalogue),
        "proposal": proposal(snapshot, catalogue) | {"set": rule_set(snapshot.judgement, catalogue)},
        "rules": rows,
        "ask": ask_next(snapshot, catalogue),
        "verdicts": verdicts(snapshot, catalogue),
        "deeds": deed_card(snapshot, catalogue),
        "saved": _saved(snapshot, context, catalogue),
        "refused": snapshot.notice_detail if snapshot.notice is Notice.FIELD_REFUSED else "",
    }


def _who(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, Any]:
    """Whose evidence this is."""
    evidence = snapshot.evidence
    name, facts = _identity(evidence, context, catalogue)
    if name:
        return {"there": True, "name": name, "facts": facts}
    if evidence.empty:
        key = "not_ready" if snapshot.phase is Phase.NOT_READY else "nobody"
        return {
            "there": False,
            "name": catalogue.text(f"officer.{key}"),
            "facts": catalogue.text(f"officer.{key}_text"),
        }
    since = clock(snapshot.opened_at, seconds=True) if snapshot.opened_at else ""
    return {
        "there": True,
        "name": catalogue.text("officer.traveller"),
        "facts": catalogue.text("officer.traveller_text", time=since),
    }


def _identity(evidence: Evidence, context: KioskContext, catalogue: Catalogue) -> tuple[str, str]:
    read = evidence.document
    if read is not None:
        document = read.document
        given = " ".join(part.capitalize() for part in document.given_names.split(" "))
        name = f"{document.surname}, {given}" if given else document.surname
        years = age(document.birth_date, context.now.astimezone(BANGKOK).date())
        facts = [document.nationality, document.sex, str(years) if years is not None else ""]
        facts.append(catalogue.text(f"officer.kind_{document.kind.value}"))
        return name, " · ".join(fact for fact in facts if fact)
    attested = evidence.attestation(Attestation.DOCUMENT)
    if attested is not None and (name := typed_name(attested)):
        return name, typed_facts(attested, context, catalogue)
    return "", ""


def _saved(snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue) -> dict[str, str] | None:
    """Saved on this kiosk, waiting for the centre, or receipted by it."""
    saved = snapshot.saved
    if saved is None:
        return None
    sent = saved.sequence <= context.uplink.receipted_through
    return {
        "number": context.number(saved.sequence),
        "text": catalogue.text("officer.saved_at", time=clock(saved.at, seconds=True)),
        "sync": catalogue.text("sync.receipted" if sent else "sync.pending"),
        "sync_mark": "ok" if sent else "wait",
        "again": catalogue.text("officer.again_when", time=clock(saved.at)),
    }
