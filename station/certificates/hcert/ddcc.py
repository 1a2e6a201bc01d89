"""What a WHO DDCC says (Digital Documentation of COVID-19 Certificates: Vaccination Status, Test Result; WHO 2021/22).

Three shapes exist: the flat core data set as the claims themselves (the WHO's demonstration codes, Singapore), the same
as sub-claim 1, and the nested core data sets of the WHO SMART Trust guide as sub-claims 3 and 4. The International
Certificate of Vaccination (sub-claim -6) is read for the officer, and not judged. A code is `{code, system, display}`.
The name is one text in no fixed order, so it stands as given names with no surname.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.hcert.cbor import is_number
from station.certificates.hcert.dcc import HealthCertificate
from station.certificates.icao.countries import two_letters
from station.certificates.projection import as_dcc
from station.certificates.result import CertificateFormat, Entry, EntryKind, Holder, Step
from station.certificates.vaccines import by_name, disease_code
from station.documents.dates import written

_VACCINATION = frozenset(("vaccine", "brand", "dose", "lot"))
_ANYWHERE = timedelta(hours=14), timedelta(hours=12)
"""A day begins up to 14 hours before UTC's and ends up to 12 hours after it; the data set does not say where."""


def is_ddcc(content: Mapping[Any, Any]) -> bool:
    """Whether a map is a core data set: a name as one text, and a vaccination or a test."""
    parts = (content.get("vaccination"), content.get("test"))
    held = any(isinstance(part, dict) for part in parts) or bool(_VACCINATION & content.keys())
    return isinstance(content.get("name"), str) and held


def read_ddcc(content: Mapping[str, Any]) -> HealthCertificate:
    """Read a core data set, flat or nested, in JSON's types.

    Raises:
        StepFailed: its first or last day is none.
    """
    certificate = _map(content.get("certificate"))
    period = _map(certificate.get("period"))
    identifier = _text(content.get("hcid")) or _text(certificate.get("hcid")) or _text(content.get("identifier"))
    issuer = _text(content.get("pha")) or _text(certificate.get("issuer"))
    entries = []
    vaccination = content.get("vaccination")
    if isinstance(vaccination, dict):
        entries.append(_vaccination(vaccination, identifier, issuer))
    elif _VACCINATION & content.keys():
        entries.append(_vaccination(content, identifier, issuer))
    if isinstance(content.get("test"), dict):
        entries.append(_test(content["test"], identifier, issuer))
    holder = _holder(_text(content.get("name")), _text(content.get("birthDate")))
    starts = content.get("valid_from", period.get("start"))
    ends = content.get("valid_until", period.get("end"))
    return HealthCertificate(
        as_dcc(holder, tuple(entries)),
        holder,
        tuple(entries),
        CertificateFormat.DDCC,
        content,
        issued_at=_moment(_map(content.get("meta")).get("notarisedOn"), last=False),
        starts_at=_moment(starts, last=False),
        ends_at=_moment(ends, last=True),
    )


def read_icvp(content: Mapping[str, Any]) -> HealthCertificate:
    """Read an International Certificate of Vaccination or Prophylaxis (WHO SMART Trust, DVCPayload)."""
    holder = _holder(_text(content.get("n")), _text(content.get("dob")))
    rows = content.get("v")
    entries = tuple(
        Entry(
            kind=EntryKind.VACCINATION,
            disease=disease_code(_text(row.get("tg"))),
            issuer=_text(row.get("is")),
            date=_text(row.get("dt")),
            product=_text(row.get("mp")),
            manufacturer=_text(row.get("ma")),
            vaccine=_text(row.get("vp")),
            dose=_whole(row.get("dn")),
            valid_from=_text(row.get("vls")),
            valid_until=_text(row.get("vle")),
        )
        for row in (rows if isinstance(rows, list) else [rows])
        if isinstance(row, dict)
    )
    return HealthCertificate(as_dcc(holder, entries), holder, entries, CertificateFormat.HCERT_OTHER, content)


def findings(certificate: HealthCertificate) -> Iterator[str]:
    """What is odd about a core data set, as clauses without personal data; never part of the verdict."""
    if not certificate.holder.given_names:
        yield "it names no holder"
    if certificate.holder.birth_date is None or certificate.holder.birth_date.date is None:
        yield "the birth date is missing, incomplete or no day of the calendar"
    if len(certificate.entries) != 1:
        yield "it does not hold exactly one entry"
    for entry in certificate.entries:
        date = written(entry.date)
        if date is None or date.date is None:
            yield "an entry's date is no day of the calendar"


def _holder(name: str, birth: str) -> Holder:
    return Holder("", name, "", "", birth, written(birth))


def _vaccination(row: Mapping[str, Any], identifier: str, issuer: str) -> Entry:
    brand = _text(row.get("brand"))
    known = by_name(brand) or by_name(_display(row.get("brand")))
    return Entry(
        kind=EntryKind.VACCINATION,
        disease=disease_code(_text(row.get("disease"))),
        country=two_letters(_text(row.get("country"))),
        issuer=issuer,
        identifier=identifier,
        date=_text(row.get("date")),
        product=known.product if known else brand,
        manufacturer=_text(row.get("manufacturer")) or (known.manufacturer if known else ""),
        vaccine=_text(row.get("vaccine")),
        dose=_whole(row.get("dose")),
        doses=_whole(row.get("total_doses", row.get("totalDoses"))),
        centre=_text(row.get("centre")),
    )


def _test(row: Mapping[str, Any], identifier: str, issuer: str) -> Entry:
    return Entry(
        kind=EntryKind.TEST,
        disease=disease_code(_text(row.get("pathogen"))),
        country=two_letters(_text(row.get("country"))),
        issuer=issuer,
        identifier=identifier,
        date=_text(row.get("date")),
        product=_text(row.get("brand")),
        manufacturer=_text(row.get("manufacturer")),
        test_type=_text(row.get("type")),
        test_result=_text(row.get("result")),
        centre=_text(row.get("centre")),
    )


def _moment(value: Any, *, last: bool) -> datetime | None:
    """A day's first or last second anywhere on Earth, or the moment that is written."""
    if value is None:
        return None
    text = _text(value)
    try:
        if len(text) > len("2021-07-08"):
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
        # The calendar's own ends stand for "ever": no day lies beyond them.
        earliest, latest = datetime.min.replace(tzinfo=UTC), datetime.max.replace(microsecond=0, tzinfo=UTC)
        after = timedelta(days=1, seconds=-1) + _ANYWHERE[1]
        return min(day, latest - after) + after if last else max(day, earliest + _ANYWHERE[0]) - _ANYWHERE[0]
    except (ValueError, OverflowError) as error:
        raise no_day() from error


def no_day() -> StepFailed:
    """The first or the last day of a certificate is none, so that nobody knows when it ends."""
    return StepFailed(
        Step.CLAIMS,
        ReasonCode.CERTIFICATE_CLAIMS,
        "The certificate's claims are malformed: its first or last day is no date; ask for another one.",
    )


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """A text, a number, or the code, value or identifier of a FHIR coding or reference."""
    if isinstance(value, dict):
        found = (value.get(name) for name in ("code", "value", "id", "reference", "display"))
        value = next((text for text in found if isinstance(text, str) and text.strip()), "")
    if isinstance(value, str):
        return value.strip()
    return str(value) if is_number(value) else ""


def _display(value: Any) -> str:
    display = _map(value).get("display")
    return display if isinstance(display, str) else ""


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 4:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
