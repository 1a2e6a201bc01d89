"""What an officer's page asks of the kiosk beside commands: a photograph, an opinion on a paper, an old screening."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from config.messages.catalogue import Catalogue
from config.messages.moments import BANGKOK
from config.rules.ruleset import Check, RuleSet
from station.evidence import Attestation, Evidence, OfficerAttested, RuleOutcome, Truth
from station.journal.errors import JournalError
from station.judgement.travellers import CLASS_RULE
from station.kiosk.context import KioskContext
from station.kiosk.errors import BadCommand
from station.kiosk.officer_class import class_title
from station.kiosk.officer_devices import device_page
from station.kiosk.officer_explain import explanation
from station.kiosk.officer_rules import outcome_row
from station.kiosk.officer_trust import ago
from station.kiosk.ports import LaneHandle
from station.lane import papers
from station.lane.commands import Attest, Command
from station.lane.snapshot import LaneSnapshot

ASKED = ("photograph", "weigh", "explain", "device")
"""Types of the messages that are answered to the page that asked, and that change nothing."""
_PREVIEW = "preview"
_WORST = (Truth.FAIL, Truth.CANNOT_TELL, Truth.PASS)
_OPINIONS = 3
"""So many rules fit into the dialog."""


class Errands:
    """Of one officer's page. It holds the last photograph until the officer keeps or retakes it."""

    def __init__(self, lane: LaneHandle, officer: str) -> None:
        self._lane, self._officer = lane, officer
        self._picture, self._taken_for = b"", ""

    def photograph(self, opened: str) -> dict[str, Any]:
        """Take the newest frame of the lane's camera; the page shows it before it is kept."""
        self._picture, self._taken_for = self._lane.photograph() or b"", opened
        if not self._picture:
            return {"type": "photograph", "picture": "", "digest": ""}
        encoded = base64.b64encode(self._picture).decode()
        digest = hashlib.sha256(self._picture).hexdigest()
        return {"type": "photograph", "picture": f"data:image/jpeg;base64,{encoded}", "digest": digest}

    def pictured(self, command: Command, message: Mapping[str, Any]) -> Command:
        """The command with the photograph that the page says it showed.

        Raises:
            BadCommand: that photograph is not held: it was taken for somebody else, or another one since.
        """
        wanted = message.get("picture") or ""
        if not isinstance(command, Attest) or not wanted:
            return command
        held = hashlib.sha256(self._picture).hexdigest()
        if wanted != held or self._taken_for != message.get("opened", ""):
            raise BadCommand("That photograph is not the one that was taken; take it again.")
        return replace(command, picture=self._picture)

    def weigh(
        self, command: Command, snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue
    ) -> dict[str, Any]:
        """What the order in force says of a paper or a letter that is still being typed; nothing is kept of it."""
        answer: dict[str, Any] = {"type": "weighed", "field": "", "rows": [], "age": ""}
        order = context.believed.order
        if not isinstance(command, Attest) or order is None:
            return answer
        values = papers.tidied(command.what, command.values)
        if wrong := papers.fault(command.what, values, b"", context.now):
            return answer | {"field": wrong}
        said = OfficerAttested(_PREVIEW, context.now, self._officer, command.what, values)
        if command.what is Attestation.PAPER:
            alone = [a for a in snapshot.evidence.attested if a.what not in _PROOFS]
            evidence = replace(snapshot.evidence, certificates=(), attested=(*alone, said))
            outcomes = _about_proofs(self._lane.judge(evidence).outcomes, order)
        else:
            evidence = replace(snapshot.evidence, attested=(*snapshot.evidence.attested, said))
            outcomes = [o for o in self._lane.judge(evidence).outcomes if o.rule == CLASS_RULE]
        outcomes = sorted(outcomes, key=lambda o: _WORST.index(o.truth))[:_OPINIONS]
        rows = [outcome_row(each, order.order, catalogue, {}) for each in outcomes]
        if command.what is Attestation.EXEMPTION and not rows:
            rows = [_class_row(evidence, order, self._lane, catalogue)]
        return answer | {"rows": rows, "age": age_words(values, context.now, catalogue)}

    def device(self, name: str, snapshot: LaneSnapshot, catalogue: Catalogue) -> dict[str, Any]:
        """One device of this station at this moment."""
        found = next((each for each in self._lane.equipment() if each.health.device == name), None)
        return {"type": "device", "told": device_page(found, snapshot, catalogue) if found else None}

    def explain(
        self, screening: str, snapshot: LaneSnapshot, context: KioskContext, catalogue: Catalogue
    ) -> dict[str, Any]:
        """The record of a saved screening of this lane's list, explained."""
        saved = next((each for each in snapshot.recent if each.screening == screening), None)
        if saved is None:
            raise BadCommand("That screening is not in the list.")
        try:
            payload = self._lane.recorded(screening)
        except JournalError:
            payload = {}
        digest = (payload.get("rule_set") or {}).get("digest", "")
        rules = self._lane.rule_set(digest) if digest else None
        return {"type": "explained", "told": explanation(payload, saved, rules, context, catalogue)}


_PROOFS = (Attestation.PAPER, Attestation.CERTIFICATE)


def age_words(values: Mapping[str, str], now: datetime, catalogue: Catalogue) -> str:
    """How old a paper is: a test in hours when its time is known, everything else in days of the calendar here."""
    began = papers.first_moment(values.get("at", ""))
    if began is None:
        return ""
    test = values.get("kind") in papers.TESTS
    if test and "T" in values["at"]:
        return catalogue.text("officer.paper_age", age=ago(now - began, catalogue))
    days = (now.astimezone(BANGKOK).date() - began.astimezone(BANGKOK).date()).days
    if test:
        return catalogue.text("officer.paper_age_day", age=catalogue.text("officer.days", count=days))
    return catalogue.text("officer.paper_age", age=catalogue.text("officer.days", count=days))


def _about_proofs(outcomes: tuple[RuleOutcome, ...], order: RuleSet) -> list[RuleOutcome]:
    """What the rules that weigh proofs said: those about age, kind, doses and result."""
    weighing = {rule.id for rule in order.rules if rule.check is Check.CERTIFICATE_ENTRY}
    return [outcome for outcome in outcomes if outcome.rule in weighing]


def _class_row(evidence: Evidence, order: RuleSet, lane: LaneHandle, catalogue: Catalogue) -> dict[str, Any]:
    """The class that a letter leads to, when it exempts from nothing."""
    name = lane.judge(evidence).traveller_class
    title = class_title(order, name, catalogue)
    return {
        "rule": CLASS_RULE, "state": "ok", "mark": "now", "tone": "brand", "title": title,
        "text": catalogue.text("officer.class_judged"), "code": "", "order": "", "proof": "",
    }  # fmt: skip
