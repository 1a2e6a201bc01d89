"""A stored screening in plain words and as JSON: evidence, rule by rule, versions, and what a replay says."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.messages.moments import BANGKOK
from config.rules.reasons import REASONS, ReasonCode
from station.judgement.replay import Replayed
from station.recorded import Recorded
from sync.facts import Entry, rfc3339

_WORDS = {"pass": "passes", "fail": "FAILS", "cannot_tell": "cannot tell"}
_SHOWN = ("surname", "given_names", "document_number", "nationality", "birth_date", "expiry_date")


def as_json(
    entry: Entry, payload: Mapping[str, Any], recorded: Recorded, found: Replayed | None, why_not: str
) -> dict[str, Any]:
    """Everything about one screening as one JSON object."""
    kept = {name: payload.get(name) for name in ("rule_set", "class", "clock", "versions", "outcomes")}
    return {
        "screening": recorded.screening,
        "sequence": entry.sequence,
        "recorded_at": rfc3339(entry.recorded_at),
        "checkpoint": recorded.place,
        "direction": recorded.direction,
        "verdict": recorded.verdict.value,
        "proposed": recorded.proposed.value,
        "decided_by": recorded.decided_by,
        "officer": payload.get("officer"),
        "reasons": list(recorded.reasons),
        **kept,
        "document": payload.get("document"),
        "certificates": _certificates(payload),
        "evidence": payload.get("evidence"),
        "devices": payload.get("devices"),
        "filled": payload.get("filled"),
        "replay": _replay_json(found, why_not),
    }


def _replay_json(found: Replayed | None, why_not: str) -> dict[str, Any]:
    if found is None:
        return {"state": "not_possible", "why": why_not}
    return {
        "state": "same" if found.same else "different",
        "proposed": found.judgement.verdict.value,
        "differences": [{"what": d.what, "then": d.then, "now": d.now} for d in found.differences],
    }


def as_text(
    entry: Entry, payload: Mapping[str, Any], recorded: Recorded, found: Replayed | None, why_not: str
) -> Iterator[str]:
    """The same for an officer to read, line by line. Times are those of Bangkok."""
    when = entry.recorded_at.astimezone(BANGKOK)
    yield f"Screening {recorded.screening}, no. {entry.sequence} of {entry.station}"
    yield f"  saved {when:%Y-%m-%d %H:%M:%S} at {recorded.place}, {recorded.direction}"
    by = f"officer {payload['officer']}" if payload.get("officer") else "the rules"
    yield f"  {recorded.verdict.value}, decided by {by}; the rules proposed {recorded.proposed.value}"
    if recorded.reasons:
        yield f"  reasons: {', '.join(recorded.reasons)}"
    yield ""
    yield "Evidence"
    yield from _evidence(payload)
    yield from _missing(recorded)
    yield ""
    yield f"Rules: {recorded.rule_set} no. {recorded.rule_set_number}, {recorded.order or 'no order in force'}"
    if recorded.traveller_class:
        yield f"  judged as: {recorded.traveller_class}"
    early, late = (moment.astimezone(BANGKOK) for moment in (recorded.now.earliest, recorded.now.latest))
    yield f"  now was {early:%Y-%m-%d %H:%M:%S}" + ("" if early == late else f" to {late:%Y-%m-%d %H:%M:%S}")
    for said in recorded.outcomes:
        marked = ", attested by officer" if said.attested else ""
        yield f"  {said.rule}: {_WORDS[said.truth]} {said.code} — {_meaning(said.code)}{marked} [{said.order}]"
    yield ""
    yield "Versions"
    yield f"  rule set digest {recorded.rule_set_digest or 'not recorded'}"
    yield from _versions(recorded.versions)
    yield ""
    yield from _replayed(found, why_not)


def _evidence(payload: Mapping[str, Any]) -> Iterator[str]:
    document = payload.get("document")
    if document:
        values = [str(document[name]) for name in _SHOWN if document.get(name)]
        yield f"  document ({document['kind']}, {document['state']}): {', '.join(values)}"
        for each in document.get("corrections", ()):
            yield f"    {each['field']} corrected or confirmed by officer {each['officer']}"
    for each in _certificates(payload):
        state = "the traveller's" if each["bound"] else "not bound to the traveller"
        yield f"  certificate ({each['format']}, {each['verdict']} {each['reason']}, {state}): issuer {each['issuer']}"
        if held := each["holder"]:
            yield f"    holder {held['surname']}, {held['given_names']}, {held['birth_date']}"
        for entry in each.get("entries", ()):
            yield f"    {_entry(entry)}"
    for row in payload.get("evidence", ()):
        if row["kind"] == "temperature":
            yield f"  skin temperature no. {row['attempt']}: {row['max_celsius']:.2f} °C ({row['state']})"
        elif row["kind"] == "attested":
            typed = ", ".join(f"{name} {value}" for name, value in row["values"].items())
            picture = f"; picture SHA-256 {row['picture_sha256']}" if row.get("picture_sha256") else ""
            yield f"  {row['what']}, attested by officer {row['officer']}: {typed or 'yes'}{picture}"


def _missing(recorded: Recorded) -> Iterator[str]:
    """Which devices were not ready, and what of the required evidence no sensor gave."""
    for each in recorded.devices:
        since = each.since.astimezone(BANGKOK)
        until = f" to {each.until.astimezone(BANGKOK):%H:%M:%S}" if each.until else ", to the end"
        why = f" ({each.reason})" if each.reason else ""
        yield f"  {each.device} ({each.kind}) was {each.state} from {since:%Y-%m-%d %H:%M:%S}{until}{why}"
    words = {"officer": "was filled by the officer", "missing": "was missing"}
    for kind, by in recorded.filled.items():
        if by in words:
            yield f"  {kind} {words[by]}"


def _entry(entry: Mapping[str, Any]) -> str:
    kinds = {"v": "vaccination", "t": "test", "r": "recovery"}
    doses = f", dose {entry['dose']} of {entry.get('doses', '?')}" if entry.get("dose") else ""
    return f"{kinds[entry['kind']]} {entry.get('date', 'without a date')}{doses}"


def _certificates(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    shown = [payload.get("certificate"), *(payload.get("further_certificates") or ())]
    return [each for each in shown if each]


def _versions(versions: Mapping[str, Any]) -> Iterator[str]:
    if not versions:
        yield "  software, models and trust bundle not recorded"
        return
    yield f"  software {versions['software']}"
    for name, digest in versions["models"].items():
        yield f"  model {name} {digest}"
    yield f"  trust bundle {versions['trust'] or 'without a name'}, of {versions['trust_at'] or 'no date'}"


def _replayed(found: Replayed | None, why_not: str) -> Iterator[str]:
    if found is None:
        yield f"Judged again: not possible. {why_not}"
    elif found.same:
        yield f"Judged again under the same rule set: the same, {found.judgement.verdict.value}."
    else:
        yield "Judged again under the same rule set: DIFFERENT."
        for each in found.differences:
            yield f"  {each.what}: then {each.then or 'nothing'}, now {each.now or 'nothing'}"


def _meaning(code: str) -> str:
    try:
        return REASONS[ReasonCode(code)].meaning
    except ValueError:
        return "a reason that this version does not know"


def gone(recorded: Recorded) -> str:
    """Why a record cannot be judged again: its rule set is not here."""
    if not recorded.rule_set:
        return "No rule set was in force then; there is nothing to judge by."
    name = f"{recorded.rule_set} no. {recorded.rule_set_number}"
    if not recorded.rule_set_digest:
        return f"The record does not say which file {name} was; an older version wrote it."
    return f"The rule set {name} of that digest is gone; get its file from the EOC and name it in the profile."
