"""Which kind of health certificate an HCERT carries: claim -260 and its sub-claims, or a WHO DDCC without it.

Sub-claims as the WHO assigns them (SMART Trust guide, logical model HCert): 1 EU DCC, 3 DDCC vaccination, 4 DDCC test
result, 5 SMART Health Link, -6 International Certificate of Vaccination.
"""

from collections.abc import Mapping
from typing import Any

from station.certificates.hcert.cbor import Tag
from station.certificates.hcert.claims import Claims
from station.certificates.hcert.dcc import EU_DCC, HealthCertificate, empty, other, plain, read_payload
from station.certificates.hcert.ddcc import is_ddcc, no_day, read_ddcc, read_icvp
from station.certificates.result import CertificateFormat

DDCC_VACCINATION, DDCC_TEST, HEALTH_LINK, ICVP = 3, 4, 5, -6


def read_certificate(claims: Claims) -> HealthCertificate:
    """Read whatever the claims carry.

    Raises:
        StepFailed: nothing, or nothing that can be read (invalid); a kind that is not judged (undecided).
    """
    hcert = claims.hcert
    if hcert is None:
        if is_ddcc(plain(claims.raw)):
            return _ddcc(claims.raw)
        raise other("carries no health certificate of a kind that is known")
    if not isinstance(hcert, dict) or not hcert:
        return read_payload(hcert)
    if EU_DCC in hcert:
        content = hcert[EU_DCC]
        ddcc = isinstance(content, dict) and "nam" not in content and is_ddcc(plain(content))
        return _ddcc(content) if ddcc else read_payload(hcert)
    for number in (DDCC_VACCINATION, DDCC_TEST):
        if number in hcert:
            return _ddcc(_only(hcert[number]))
    if HEALTH_LINK in hcert:
        raise other("carries a SMART Health Link, whose content would have to be fetched and")
    if ICVP in hcert:
        return read_icvp(plain(_only(hcert[ICVP])))
    return read_payload(hcert)


def check_judged(certificate: HealthCertificate) -> None:
    """Whether the kind of certificate is one that this station judges.

    Raises:
        StepFailed: an International Certificate of Vaccination; undecided.
    """
    if certificate.format is CertificateFormat.HCERT_OTHER:
        raise other("is an International Certificate of Vaccination")


def _ddcc(content: Mapping[Any, Any]) -> HealthCertificate:
    """A core data set; a day that is not a number (NaN), which JSON cannot say, is no day and not a missing one."""
    certificate = _bare(content.get("certificate"))
    period = _bare(certificate.get("period")) if isinstance(certificate, dict) else None
    days = [content.get("valid_from"), content.get("valid_until")]
    days += [period.get("start"), period.get("end")] if isinstance(period, dict) else []
    if any(_bare(day) is not None and plain(day) is None for day in days):
        raise no_day()
    body = plain(content)
    if not is_ddcc(body):
        raise empty("it holds no health certificate")
    return read_ddcc(body)


def _bare(value: Any) -> Any:
    """Without its tags."""
    while isinstance(value, Tag):
        value = value.value
    return value


def _only(value: Any) -> Mapping[Any, Any]:
    """The one core data set of a sub-claim that may hold several."""
    rows = value if isinstance(value, list) else [value]
    if len(rows) > 1:
        raise other("carries several health certificates in one")
    if not rows or not isinstance(rows[0], dict):
        raise empty("it holds no health certificate")
    content: Mapping[Any, Any] = rows[0]
    return content
