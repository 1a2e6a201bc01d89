"""A saved screening explained: the evidence and what every rule said of it then, read from the journal's record."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import clock, day
from config.rules.reasons import ReasonCode, message_key
from config.rules.ruleset import RuleSet
from station.evidence import Attestation, Evidence, OfficerAttested, RuleOutcome, Truth, VerdictKind
from station.filling import FilledBy
from station.journal.errors import RecordUnreadable
from station.judgement.replay import Replayed, Then, replay
from station.kiosk.context import KioskContext
from station.kiosk.officer_certificate import proof_names, proof_rows
from station.kiosk.officer_class import class_title
from station.kiosk.officer_devices import PICTURES
from station.kiosk.officer_rules import outcome_row
from station.kiosk.officer_typed import date_words, typed_name
from station.lane.snapshot import Saved
from station.recorded import Missed, Recorded, evidence_of, recorded_of

_MARKS = {VerdictKind.ADMIT: "ok", VerdictKind.REFER: "refer", VerdictKind.REFUSE: "fail"}
_ORDER = (Truth.FAIL, Truth.CANNOT_TELL, Truth.PASS)


def explanation(
    payload: Mapping[str, Any], saved: Saved, rules: RuleSet | None, context: KioskContext, catalogue: Catalogue
) -> dict[str, Any]:
    """What the officer reads of a saved screening; one sentence when its record cannot be read any more.

    Args:
        payload: of the journal; empty when it was purged.
        saved: how it stands in the lane's list.
        rules: the set that judged it, None when it is not here any more.
        context: of the rendering.
        catalogue: the screen's language.
    """
    head = {"number": context.number(saved.sequence), "name": saved.name or catalogue.text("officer.no_name")}
    try:
        record, evidence = recorded_of(payload), evidence_of(payload)
    except RecordUnreadable:
        key = "officer.explain_unreadable" if payload else "officer.explain_purged"
        return head | {"unreadable": catalogue.text(key)}
    then = replace(context, believed=replace(context.believed, order=rules))
    names = proof_names(evidence, then, catalogue)
    return head | {
        "unreadable": "",
        "when": f"{day(record.now.latest, catalogue.language)} {clock(record.now.latest, seconds=True)}",
        "verdict": _verdict(record, payload, catalogue),
        "facts": _facts(record, rules, catalogue),
        "again": _again(record, evidence, rules, catalogue),
        "evidence": _evidence(evidence, payload, then, catalogue),
        "missing": missing_rows(record, catalogue),
        "rules": _rules(record, payload, names, catalogue),
    }


def _verdict(record: Recorded, payload: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    by = catalogue.text("officer.explain_by_rules")
    if record.decided_by == "officer":
        by = catalogue.text("officer.explain_by_officer", officer=payload.get("officer") or "")
    against = record.verdict is not record.proposed
    proposed = catalogue.text(f"verdict.{record.proposed.value}_proposed")
    return {
        "tone": record.verdict.value.lower(),
        "mark": _MARKS[record.verdict],
        "title": catalogue.text(f"verdict.{record.verdict.value}_done"),
        "by": f"{by} · {catalogue.text('officer.explain_proposed', verdict=proposed)}" if against else by,
        "why": [_reason(code, catalogue) for code in record.reasons if code.startswith("O-")],
        "note": payload.get("note") or "",
    }


def _reason(code: str, catalogue: Catalogue) -> str:
    key = "reason." + code.lower().replace("-", "_")
    return f"{code} · {catalogue.text(key)}" if key in catalogue else code


def _again(record: Recorded, evidence: Evidence, rules: RuleSet | None, catalogue: Catalogue) -> dict[str, str]:
    """The same evidence judged again by the same set, as of then."""
    if rules is None:
        return {"tone": "idle", "mark": "wait", "text": catalogue.text("officer.explain_set_gone")}
    outcomes = {each.rule: (each.truth, each.code) for each in record.outcomes}
    found: Replayed = replay(evidence, Then(record.proposed, record.traveller_class, outcomes), rules, record.now)
    if found.same:
        return {"tone": "admit", "mark": "ok", "text": catalogue.text("officer.explain_same")}
    text = catalogue.text("officer.explain_differs", count=len(found.differences))
    return {"tone": "unsure", "mark": "unsure", "text": text}


def _facts(record: Recorded, known: RuleSet | None, catalogue: Catalogue) -> list[dict[str, str]]:
    """Under which order and class, and with what it was judged."""
    rows = [
        ("order", catalogue.text("officer.explain_set", name=record.rule_set, number=record.rule_set_number,
                                 order=record.order)),
        ("class", class_title(known, record.traveller_class, catalogue)),
    ]  # fmt: skip
    versions = record.versions
    rows.append(("software", versions.get("software", "")))
    rows.append(("trust", versions.get("trust_at", "")[:10] or versions.get("trust", "")))
    return [{"label": catalogue.text(f"officer.explain_{name}"), "text": text} for name, text in rows if text]


def _evidence(
    evidence: Evidence, payload: Mapping[str, Any], context: KioskContext, catalogue: Catalogue
) -> list[dict[str, str]]:
    rows = [_document(evidence, catalogue)]
    pictured = {row["id"] for row in payload["evidence"] if row.get("picture_sha256")}
    for row in proof_rows(evidence, context, catalogue):
        kept = f" · {catalogue.text('officer.with_picture')}" if row["id"] in pictured else ""
        rows.append(_row("certificate", row["tone"], row["mark"], row["title"], row["text"] + kept))
    for taken in evidence.temperatures:
        celsius = taken.reading.max_celsius
        value = f"{celsius:.1f} °C" if celsius is not None else catalogue.text("common.unknown")
        title = catalogue.text("officer.explain_temperature", value=value, attempt=taken.attempt)
        rows.append(_row("thermo", "idle", "", title, clock(taken.at, seconds=True)))
    by_hand = evidence.attestation(Attestation.TEMPERATURE)
    if by_hand is not None:
        title = catalogue.text("officer.explain_by_hand", value=by_hand.values.get("celsius", ""))
        rows.append(_row("thermo", "brand", "now", title, _by(by_hand, catalogue)))
    return rows


def missing_rows(record: Recorded, catalogue: Catalogue) -> list[dict[str, str]]:
    """What no sensor gave and how it was filled, then the devices that were not ready meanwhile."""
    rows = []
    for kind, by in record.filled.items():
        if by in (FilledBy.OFFICER, FilledBy.MISSING):
            tone, mark = ("brand", "now") if by == FilledBy.OFFICER else ("unsure", "unsure")
            what = catalogue.text(f"need.{kind}")
            rows.append(_row("officer", tone, mark, catalogue.text(f"officer.explain_filled_{by}", what=what), ""))
    for name in dict.fromkeys(each.device for each in record.devices):
        rows.append(_trouble([each for each in record.devices if each.device == name], catalogue))
    return rows


def _trouble(known: list[Missed], catalogue: Catalogue) -> dict[str, str]:
    """One device that was not ready: its last state, and from the first moment to the last."""
    first, last = known[0], known[-1]
    since, until = clock(first.since, seconds=True), clock(last.until, seconds=True) if last.until else ""
    key = f"officer.explain_trouble_{'until' if until else 'since'}"
    text = catalogue.text(key, state=catalogue.text(f"panel.state_{last.state}"), since=since, until=until)
    name = f"device.{last.kind}"
    title = catalogue.text(name) if name in catalogue else last.device
    return _row(PICTURES.get(last.kind, "more"), "unsure", "warn", f"{title} · {last.device}", text)


def _row(icon: str, tone: str, mark: str, title: str, text: str) -> dict[str, str]:
    return {"icon": icon, "tone": tone, "mark": mark, "title": title, "text": text}


def _document(evidence: Evidence, catalogue: Catalogue) -> dict[str, str]:
    read, typed = evidence.document, evidence.attestation(Attestation.DOCUMENT)
    if read is not None:
        document = read.document
        title = f"{document.surname}, {document.given_names}".strip(", ")
        facts = [document.nationality, document.document_number, date_words(document.birth_date, catalogue)]
        corrected = sum(each.changed for each in read.corrections)
        if corrected:
            facts.append(catalogue.text("officer.explain_corrected", count=corrected))
        return _row("passport", "idle", "", title, " · ".join(fact for fact in facts if fact))
    if typed is not None:
        title = typed_name(typed) or typed.values.get("document_number", "")
        return _row("passport", "brand", "now", title, _by(typed, catalogue))
    return _row("passport", "unsure", "unsure", catalogue.text("officer.no_name"), "")


def _by(said: OfficerAttested, catalogue: Catalogue) -> str:
    return catalogue.text("officer.attested_by", officer=said.officer, time=clock(said.at))


def _rules(
    record: Recorded, payload: Mapping[str, Any], names: Mapping[str, str], catalogue: Catalogue
) -> list[dict[str, Any]]:
    """What every rule said then, worst first."""
    said = zip(record.outcomes, payload["outcomes"], strict=True)
    outcomes = [
        RuleOutcome(
            o.rule, o.truth, o.code, raw.get("message") or message_key(ReasonCode(o.code)), o.params, o.order, None,
            o.attested, raw.get("proof", ""),
        )
        for o, raw in said
    ]  # fmt: skip
    ordered = sorted(outcomes, key=lambda outcome: _ORDER.index(outcome.truth))
    return [outcome_row(outcome, record.order, catalogue, names) for outcome in ordered]
