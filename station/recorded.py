"""From the JSON values of a SCREENING entry back to evidence that can be judged again, and to how it was judged.

What a rule may look at comes back; pictures, texts of certificates and signatures were never kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from config.messages.moments import BANGKOK
from config.rules.reasons import ReasonCode
from drivers.readings import Correction, CorrectionKind, Flag, Method, SkinTemperature, TemperatureState
from models.regions import Note, ReadState
from station.certificates.moment import Interval
from station.certificates.result import (
    CertificateFormat,
    CertificateResult,
    Entry,
    EntryKind,
    Holder,
    Products,
    Step,
    Verdict,
)
from station.documents.dates import PartialDate, written
from station.documents.errors import MrzUnreadable
from station.documents.mrz import Document, parse
from station.evidence import (
    Attestation,
    CertificateRead,
    DocumentRead,
    Evidence,
    FieldCorrection,
    OfficerAttested,
    TemperatureTaken,
    Truth,
    VerdictKind,
)
from station.journal.errors import RecordUnreadable

_ENTRY_FIELDS = frozenset(each.name for each in fields(Entry))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one rule said then."""

    rule: str
    truth: Truth
    code: str
    order: str
    attested: bool
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Missed:
    """A device that was not ready while the screening was open."""

    device: str
    kind: str
    state: str
    reason: str
    """A sentence, or its pattern; empty when none was known."""
    since: datetime
    until: datetime | None
    """None: it was still so when the verdict was given."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A screening as the journal keeps it."""

    screening: str
    place: str
    direction: str
    now: Interval
    """When it was judged, as the clock knew it then."""
    verdict: VerdictKind
    """What was decided."""
    proposed: VerdictKind
    """What the rules said."""
    decided_by: str
    reasons: tuple[str, ...]
    rule_set: str
    rule_set_number: int
    order: str
    rule_set_digest: str
    """Empty in records of a version that did not write it."""
    traveller_class: str
    outcomes: tuple[Spoken, ...]
    versions: Mapping[str, Any]
    devices: tuple[Missed, ...] = ()
    """Devices that were not ready; empty in records of a version that did not write it."""
    filled: Mapping[str, str] = field(default_factory=dict)
    """Required evidence -> sensor, officer or missing."""


def recorded_of(payload: Mapping[str, Any]) -> Recorded:
    """How a screening was judged.

    Raises:
        RecordUnreadable: the payload was purged, or is none of a screening.
    """
    try:
        rules, at = payload["rule_set"], payload["decided_at"]
        clock = payload.get("clock") or {"earliest": at, "latest": at}
        return Recorded(
            screening=payload["screening"],
            place=payload["checkpoint"],
            direction=payload["direction"],
            now=Interval(datetime.fromisoformat(clock["earliest"]), datetime.fromisoformat(clock["latest"])),
            verdict=VerdictKind(payload["verdict"]),
            proposed=VerdictKind(payload["proposed"]),
            decided_by=payload["decided_by"],
            reasons=tuple(payload["reasons"]),
            rule_set=rules["id"],
            rule_set_number=rules["number"],
            order=rules["order"],
            rule_set_digest=rules.get("digest", ""),
            traveller_class=payload.get("class") or "",
            outcomes=tuple(
                Spoken(o["rule"], Truth(o["truth"]), o["code"], o["order"], o["attested"], o["params"])
                for o in payload["outcomes"]
            ),
            versions=payload.get("versions") or {},
            devices=tuple(_missed(each) for each in payload.get("devices", ())),
            filled=payload.get("filled") or {},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(payload, error) from error


def evidence_of(payload: Mapping[str, Any]) -> Evidence:
    """All that was known of the traveller, as far as rules look at it.

    Raises:
        RecordUnreadable: the payload was purged, is none of a screening, or is one of a version that kept less.
    """
    try:
        rows = payload["evidence"]
        sources = {row["id"]: row for row in rows}
        order = list(sources)  # the order in which evidence came
        shown = [payload.get("certificate"), *payload.get("further_certificates", ())]
        certificates = [_certificate(each, sources[each["id"]]) for each in shown if each]
        document = next((row for row in rows if row["kind"] == "document"), None)
        return Evidence(
            document=_document(payload["document"], document) if document else None,
            certificates=tuple(sorted(certificates, key=lambda each: order.index(each.id))),
            temperatures=tuple(_temperature(row) for row in rows if row["kind"] == "temperature"),
            attested=tuple(_attested(row) for row in rows if row["kind"] == "attested"),
        )
    except (KeyError, TypeError, ValueError, AttributeError, MrzUnreadable) as error:
        raise _unreadable(payload, error) from error


def _unreadable(payload: Mapping[str, Any], error: Exception) -> RecordUnreadable:
    if not payload:
        return RecordUnreadable("The screening's content was purged; it can be neither explained nor judged again.")
    what = error.args[0] if isinstance(error, KeyError) else type(error).__name__
    return RecordUnreadable(
        f"The record lacks what replay needs ({what}); it was written by an older version: read it at the EOC."
    )


def _document(row: Mapping[str, Any], source: Mapping[str, Any]) -> DocumentRead:
    at = datetime.fromisoformat(source["at"])
    read = parse(row["lines"], at.astimezone(BANGKOK).date())
    values: dict[str, Any] = {name: row[name] for name in read.fields()}
    for name in ("birth_date", "expiry_date"):
        values[name] = written(values[name]) or PartialDate()
    document: Document = replace(read, **values)
    corrections = tuple(
        FieldCorrection(c["field"], c["original"], c["corrected"], c["officer"], datetime.fromisoformat(c["at"]))
        for c in row["corrections"]
    )
    return DocumentRead(
        source["id"], at, source["device"], document, ReadState(row["state"]), row["confidence"], source["frames"],
        corrections, tuple(row["unconfirmed"]), tuple(Note(note) for note in row["notes"]),
    )  # fmt: skip


def _certificate(row: Mapping[str, Any], source: Mapping[str, Any]) -> CertificateRead:
    entries = tuple(
        Entry(**{name: value for name, value in entry.items() if name in _ENTRY_FIELDS and name != "kind"},
              kind=EntryKind(entry["kind"]))
        for entry in row["entries"]
    )  # fmt: skip
    result = CertificateResult(
        format=CertificateFormat(row["format"]),
        verdict=Verdict(row["verdict"]),
        step=Step(row["step"]),
        reason=ReasonCode(row["reason"]),
        sentence="",
        holder=_holder(row["holder"]),
        entries=entries,
        issuer=row["issuer"],
        issued_at=_moment(row["issued_at"]),
        expires_at=_moment(row["expires_at"]),
        kid=row["kid"],
        signer=row["signer"],
        test_signer=row["test_signer"],
        products=Products(payload=row["content"]),
    )
    return CertificateRead(row["id"], datetime.fromisoformat(source["at"]), source["device"], result, row["bound"])


def _holder(row: Mapping[str, str] | None) -> Holder | None:
    if row is None:
        return None
    return Holder(
        row["surname"], row["given_names"], row["surname_transliterated"], row["given_names_transliterated"],
        row["birth_date"], written(row["birth_date"]),
    )  # fmt: skip


def _temperature(row: Mapping[str, Any]) -> TemperatureTaken:
    at = datetime.fromisoformat(row["at"])
    reading = SkinTemperature(
        TemperatureState(row["state"]), at, row["device"], row["max_celsius"], row["spread_celsius"],
        row["ambient_celsius"], row["frames"], row["emissivity"], **_how_measured(row),
    )  # fmt: skip
    return TemperatureTaken(row["id"], at, reading, row["attempt"])


def _how_measured(row: Mapping[str, Any]) -> dict[str, Any]:
    """Raw value, corrections and flags; nothing for records of a version that did not keep them."""
    if "raw_celsius" not in row:
        return {}
    kept = ("raw_celsius", "calibration", "serial_number", "firmware", "air_celsius", "humidity_percent")
    corrections = tuple(
        Correction(CorrectionKind(each["kind"]), each["celsius"], each["source"]) for each in row["corrections"]
    )
    flags = tuple(Flag(each) for each in row["flags"])
    return {name: row[name] for name in kept} | {
        "corrections": corrections, "flags": flags, "method": Method(row["method"])
    }  # fmt: skip


def _attested(row: Mapping[str, Any]) -> OfficerAttested:
    at = datetime.fromisoformat(row["at"])
    return OfficerAttested(row["id"], at, row["officer"], Attestation(row["what"]), dict(row["values"]))


def _missed(row: Mapping[str, Any]) -> Missed:
    since = datetime.fromisoformat(row["since"])
    return Missed(row["device"], row["kind"], row["state"], row["reason"] or "", since, _moment(row["until"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
