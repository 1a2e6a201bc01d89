"""From a screening to the JSON values that the journal keeps and the centre receives; `station.recorded` reads them.

Texts of certificates and pictures are not part of it, only the digests of photographs. Times are RFC 3339 in UTC;
temperatures are skin temperatures in degrees Celsius.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from config.rules.reasons import ReasonCode
from config.settings import Settings
from drivers.readings import SkinTemperature
from station.certificates.result import Entry, Holder
from station.evidence import (
    Attestation,
    CertificateRead,
    DocumentRead,
    Evidence,
    Judgement,
    OfficerAttested,
    TemperatureTaken,
    Truth,
)
from station.filling import filled_by
from station.lane.state import Screening
from station.lane.troubles import Trouble
from station.lane.typed import THAI_ID
from sync.facts import Priority, rfc3339

_ALERTS = {ReasonCode.TEMPERATURE_HIGH.value, ReasonCode.CERTIFICATE_SIGNATURE.value}
"""Failures that the duty officer hears of at once: a confirmed hot skin, a forged signature."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What judged, beside the rule set: so that a verdict can be explained and replayed (promise 10)."""

    software: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each network's weights, by name."""
    trust: str = ""
    """Version of the trust bundle, or what it was made of."""
    trust_at: str = ""
    """Date of the trust bundle, RFC 3339; empty when it has none."""


def priority(screening: Screening) -> Priority:
    """Whether the entry overtakes the backlog."""
    failed = {o.code for o in screening.judgement.outcomes if o.truth is Truth.FAIL}
    return Priority.ALERT if failed & _ALERTS else Priority.NORMAL


def payload(screening: Screening, settings: Settings, versions: Versions | None = None) -> dict[str, Any]:
    """The payload of a SCREENING entry; `versions` says what judged it, when that is known."""
    evidence, judgement = screening.evidence, screening.judgement
    given = (screening.reason,) if screening.reason else ()
    return {
        "screening": screening.id,
        "checkpoint": settings.checkpoint.code,
        "lane": settings.station.lane,
        "direction": settings.checkpoint.direction,
        "party": screening.id,  # a party of one carries its own screening's id
        "opened_at": rfc3339(screening.opened_at),
        "decided_at": rfc3339(screening.decided_at),
        "verdict": screening.verdict.value,
        "decided_by": "officer" if screening.officer else "rules",
        "officer": screening.officer or None,
        "reasons": [*given, *judgement.reasons],
        "note": screening.note or None,
        "rule_set": {
            "id": judgement.rule_set,
            "number": judgement.rule_set_number,
            "order": judgement.order,
            "digest": judgement.rule_set_digest,
        },
        "class": judgement.traveller_class or None,
        "clock": {"earliest": rfc3339(judgement.now.earliest), "latest": rfc3339(judgement.now.latest)},
        "versions": asdict(versions) if versions else None,
        "proposed": judgement.verdict.value,
        "outcomes": _outcomes(judgement),
        "document": _document(evidence.document) or _typed(evidence.attestation(Attestation.DOCUMENT)),
        "certificate": _certificate(evidence.certificate),
        "further_certificates": [_certificate(c) for c in evidence.certificates if c is not evidence.certificate],
        "unassigned_certificates": [_certificate(c) for c in screening.tray],
        "temperature": _temperature(evidence.temperatures[-1]) if evidence.temperatures else None,
        "evidence": _provenance(evidence),
        "devices": [_trouble(each) for each in screening.troubles],
        "filled": {kind.value: filled_by(evidence, kind).value for kind in judgement.required},
    }


def _trouble(trouble: Trouble) -> dict[str, Any]:
    """A device that was not ready at some time of this screening; the reason's pattern holds no values."""
    return {
        "device": trouble.device,
        "kind": trouble.kind,
        "state": trouble.state.value,
        "reason": trouble.reason or None,
        "since": rfc3339(trouble.since),
        "until": rfc3339(trouble.until) if trouble.until else None,
    }


def _outcomes(judgement: Judgement) -> list[dict[str, Any]]:
    return [
        {
            "rule": o.rule,
            "truth": o.truth.value,
            "code": o.code,
            "message": o.message,
            "params": dict(o.params),
            "order": o.order,
            "attested": o.attested,
            "proof": o.proof,
        }
        for o in judgement.outcomes
    ]


def _document(read: DocumentRead | None) -> dict[str, Any] | None:
    if read is None:
        return None
    document = read.document
    return {
        "kind": document.kind.value,
        **document.fields(),
        "lines": list(document.lines),
        "checks": {c.name: c.state.value for c in document.checks},
        "state": read.state.value,
        "confidence": None if read.confidence is None else round(read.confidence, 4),
        "unconfirmed": list(read.unconfirmed),
        "notes": [note.value for note in read.notes],
        "corrections": [
            {
                "field": c.field,
                "original": c.original,
                "corrected": c.corrected,
                "officer": c.officer,
                "at": rfc3339(c.at),
            }
            for c in read.corrections
        ],
    }


def _typed(said: OfficerAttested | None) -> dict[str, Any] | None:
    """A document that an officer typed. Of one that is no Thai identity card the kind was not established."""
    if said is None:
        return None
    names = ("document_number", "surname", "given_names", "nationality", "birth_date", "expiry_date")
    typed: dict[str, Any] = {n: said.values.get(n, "") for n in names}
    if said.values.get("kind") != THAI_ID:
        return {"kind": "other", "issuing_state": "", "state": "attested"} | typed
    thai = {n: said.values.get(n, "") for n in ("surname_th", "given_names_th")}
    for_life = {"for_life": bool(said.values.get("for_life"))}
    return {"kind": "card", "issuing_state": "THA", "state": "attested"} | typed | thai | for_life


def _certificate(read: CertificateRead | None) -> dict[str, Any] | None:
    if read is None:
        return None
    result = read.result
    return {
        "id": read.id,
        "format": result.format.value,
        "verdict": result.verdict.value,
        "step": result.step.value,
        "reason": result.reason.value,
        "bound": read.bound,
        "issuer": result.issuer,
        "kid": result.kid,
        "signer": result.signer,
        "test_signer": result.test_signer,
        "issued_at": rfc3339(result.issued_at) if result.issued_at else None,
        "expires_at": rfc3339(result.expires_at) if result.expires_at else None,
        "holder": _holder(result.holder) if result.holder else None,
        "entries": [_entry(entry) for entry in result.entries],
        "content": dict(result.payload),
    }


def _holder(holder: Holder) -> dict[str, str]:
    return {
        "surname": holder.surname,
        "given_names": holder.given_names,
        "surname_transliterated": holder.surname_transliterated,
        "given_names_transliterated": holder.given_names_transliterated,
        "birth_date": holder.birth_date_text,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """What is known of one entry; the issuer's word for what it says, never empty ones."""
    return {name: value for name, value in asdict(entry).items() if value not in ("", None)}


def _temperature(taken: TemperatureTaken) -> dict[str, Any]:
    reading = taken.reading
    return {
        "max_celsius": _rounded(reading.max_celsius),
        "spread_celsius": _rounded(reading.spread_celsius),
        "ambient_celsius": _rounded(reading.ambient_celsius),
        "emissivity": reading.emissivity,
        "frames": reading.frames,
        "state": reading.state.value,
        "attempt": taken.attempt,
    }


def _how_measured(reading: SkinTemperature) -> dict[str, Any]:
    """The value as the scanner said it, and everything that was done to it or is to be said of it."""
    return {
        "raw_celsius": reading.raw_celsius,
        "corrections": [
            {"kind": each.kind.value, "celsius": each.celsius, "source": each.source} for each in reading.corrections
        ],
        "flags": [flag.value for flag in reading.flags],
        "method": reading.method.value,
        "calibration": reading.calibration,
        "serial_number": reading.serial_number,
        "firmware": reading.firmware,
        "air_celsius": reading.air_celsius,
        "humidity_percent": reading.humidity_percent,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _provenance(evidence: Evidence) -> list[dict[str, Any]]:
    """Where each piece came from and when, in the order in which it came."""
    rows: list[dict[str, Any]] = []
    if evidence.document:
        read = evidence.document
        rows.append(
            {"kind": "document", "id": read.id, "at": rfc3339(read.at), "device": read.device, "frames": read.frames}
        )
    rows += [
        {"kind": "certificate", "id": shown.id, "at": rfc3339(shown.at), "device": shown.device}
        for shown in evidence.certificates
    ]
    rows += [
        {
            "kind": "temperature",
            "id": t.id,
            "at": rfc3339(t.at),
            "device": t.reading.device,
            **_temperature(t),
            "max_celsius": t.reading.max_celsius,  # as it was judged: rounding could carry it over the limit
            **_how_measured(t.reading),
        }
        for t in evidence.temperatures
    ]
    rows += [
        {
            "kind": "attested",
            "id": a.id,
            "at": rfc3339(a.at),
            "officer": a.officer,
            "what": a.what.value,
            "values": dict(a.values),
            "picture_sha256": a.picture_sha256 or None,
        }
        for a in evidence.attested
    ]
    return sorted(rows, key=lambda row: row["at"])
