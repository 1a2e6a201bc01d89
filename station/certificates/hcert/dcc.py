"""What an EU DCC says: holder and entries out of claim -260, in plain types (EU DCC schema 1.3).

The reader is tolerant, because real issuers write null lists, numbers with a point, dates in every shape; what is odd
is a warning and never changes a verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.hcert.cbor import Tag, is_number
from station.certificates.result import CertificateFormat, Entry, EntryKind, Holder, Step, Verdict
from station.documents.dates import written

EU_DCC = 1
"""The sub-claim of -260 that holds an EU DCC; others are assigned by WHO."""


@dataclass(frozen=True, slots=True, repr=False)
class HealthCertificate:
    """The content of a certificate."""

    payload: Mapping[str, Any]
    """In the EU DCC's JSON."""
    holder: Holder
    entries: tuple[Entry, ...]
    format: CertificateFormat = CertificateFormat.HCERT
    content: Mapping[str, Any] = field(default_factory=dict)
    """In its own JSON where it is no EU DCC."""
    issued_at: datetime | None = None
    """Times of a certificate that has them inside and not as claims."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def read_payload(hcert: Any) -> HealthCertificate:
    """Read claim -260.

    Raises:
        StepFailed: it is not there, or is no map (invalid); it carries another kind of health certificate (undecided).
    """
    if not isinstance(hcert, dict):
        raise empty("its content is not a map")
    if EU_DCC not in hcert and hcert:
        raise other("carries another kind of health certificate than an EU Digital COVID Certificate")
    content = plain(hcert.get(EU_DCC))
    if not isinstance(content, dict):
        raise empty("it holds no health certificate")
    return HealthCertificate(content, read_holder(content), read_entries(content))


def plain(value: Any) -> Any:
    """In JSON's types: tags taken off, bytes as hexadecimal text, whole numbers with a point made whole."""
    if isinstance(value, Tag):
        return plain(value.value)
    if isinstance(value, dict):
        return {str(plain(key[1] if isinstance(key, tuple) else key)): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        if not is_number(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value


def read_holder(content: Mapping[str, Any]) -> Holder:
    """Names and birth date, as written."""
    names = content.get("nam")
    names = names if isinstance(names, dict) else {}
    birth = _text(content.get("dob"))
    return Holder(
        surname=_text(names.get("fn")),
        given_names=_text(names.get("gn")),
        surname_transliterated=_text(names.get("fnt")),
        given_names_transliterated=_text(names.get("gnt")),
        birth_date_text=birth,
        birth_date=written(birth),
    )


def read_entries(content: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Every vaccination, test and recovery."""
    return tuple(
        _entry(kind, row)
        for kind in EntryKind
        for row in (content.get(kind.value) if isinstance(content.get(kind.value), list) else None) or ()
        if isinstance(row, dict)
    )


def _entry(kind: EntryKind, row: Mapping[str, Any]) -> Entry:
    date_key = {EntryKind.VACCINATION: "dt", EntryKind.TEST: "sc", EntryKind.RECOVERY: "fr"}[kind]
    vaccination, test = kind is EntryKind.VACCINATION, kind is EntryKind.TEST
    return Entry(
        kind=kind,
        disease=_text(row.get("tg")),
        country=_text(row.get("co")),
        issuer=_text(row.get("is")),
        identifier=_text(row.get("ci")),
        date=_text(row.get(date_key)),
        product=_text(row.get("mp")) if vaccination else (_text(row.get("ma")) or _text(row.get("nm"))) if test else "",
        manufacturer=_text(row.get("ma")) if vaccination else "",
        vaccine=_text(row.get("vp")) if vaccination else "",
        dose=_whole(row.get("dn")),
        doses=_whole(row.get("sd")),
        test_type=_text(row.get("tt")),
        test_result=_text(row.get("tr")),
        centre=_text(row.get("tc")),
        valid_from=_text(row.get("df")),
        valid_until=_text(row.get("du")),
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if is_number(value) else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def empty(what: str) -> StepFailed:
    """The content is not what it should be."""
    return StepFailed(
        Step.PAYLOAD, ReasonCode.CERTIFICATE_PAYLOAD, f"The certificate is malformed: {what}; ask for another one."
    )


def other(what: str) -> StepFailed:
    """The content is of a kind that is not judged."""
    return StepFailed(
        Step.PAYLOAD,
        ReasonCode.CERTIFICATE_KIND,
        f"The code {what}, which this station does not judge; decide by hand.",
        Verdict.UNDECIDED,
    )
