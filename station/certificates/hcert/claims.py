"""The claims inside the envelope: CWT (RFC 8392) with the health certificate as claim -260 (HCERT 3.3)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.hcert.cbor import Tag
from station.certificates.hcert.cose import TAG_CWT, read_cbor
from station.certificates.moment import Interval
from station.certificates.result import Step, Verdict

ISSUER, EXPIRES, NOT_BEFORE, ISSUED, HCERT = 1, 4, 5, 6, -260
ISSUE_TOLERANCE = timedelta(days=7)
"""How far our clock may lag behind an issuer's before a certificate counts as issued in the future."""
_TAG_TEXT_TIME, _TAG_EPOCH_TIME = 0, 1
_LATEST = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that a datetime can hold."""


@dataclass(frozen=True, slots=True, repr=False)
class Claims:
    """Issuer and times of a certificate, and what it carries."""

    raw: Mapping[Any, Any]
    issuer: str
    issued_at: datetime | None
    not_before: datetime | None
    expires_at: datetime | None
    hcert: Any
    """Whatever stands as claim -260; None when nothing does."""


def read_claims(data: bytes) -> Claims:
    """Read the claims without believing them.

    Raises:
        StepFailed: no well-formed CBOR, no map, or a time that is none (NaN, a text that is no date, beyond year 9999).
    """
    value = read_cbor(data)
    if isinstance(value, Tag) and value.number == TAG_CWT:
        value = value.value
    if not isinstance(value, dict):
        raise _malformed("they are not a map")
    issuer = value.get(ISSUER)
    return Claims(
        raw=value,
        issuer=issuer.strip() if isinstance(issuer, str) else "",
        issued_at=_time(value.get(ISSUED), "time of issue"),
        not_before=_time(value.get(NOT_BEFORE), "first time of validity"),
        expires_at=_time(value.get(EXPIRES), "expiry time"),
        hcert=value.get(HCERT),
    )


def check_time(claims: Claims, now: Interval) -> None:
    """Whether the certificate is in date: issued, valid already, and not past its expiry (the last second counts).

    A genuine certificate that exists was issued: a time of issue a little ahead says that our clock lags, not that the
    traveller cheats. Up to ISSUE_TOLERANCE it is a warning (`issued_ahead`); the EU's conformance cases accept such.

    Raises:
        StepFailed: not yet valid or expired; undecided when the clock is too uncertain to tell.
    """
    first = datetime.min.replace(tzinfo=UTC) + ISSUE_TOLERANCE
    starts = [max(claims.issued_at, first) - ISSUE_TOLERANCE] if claims.issued_at else []
    starts += [claims.not_before] if claims.not_before else []
    too_early = [now.before(moment) for moment in starts]
    if True in too_early:
        raise StepFailed(
            Step.TIME,
            ReasonCode.CERTIFICATE_NOT_YET_VALID,
            "The certificate says that it is issued in the future; check the station's clock, or ask for another.",
        )
    expired = False if claims.expires_at is None else now.after(claims.expires_at)
    if expired:
        raise StepFailed(
            Step.TIME, ReasonCode.CERTIFICATE_EXPIRED, "The certificate has expired; ask for a renewed one."
        )
    if expired is None or None in too_early:
        raise StepFailed(
            Step.TIME,
            ReasonCode.CERTIFICATE_CLOCK,
            "The station's clock is too uncertain to tell whether the certificate is in date; decide by hand.",
            Verdict.UNDECIDED,
        )


def issued_ahead(claims: Claims, now: Interval) -> bool:
    """Whether the time of issue lies in our future."""
    return claims.issued_at is not None and now.before(claims.issued_at) is True


def _time(value: Any, what: str) -> datetime | None:
    """A moment from seconds (whole or not), from a tagged time, or from nothing."""
    if isinstance(value, Tag) and value.number == _TAG_EPOCH_TIME:
        value = value.value
    if value is None:
        return None
    if isinstance(value, Tag) and value.number == _TAG_TEXT_TIME and isinstance(value.value, str):
        try:
            moment = datetime.fromisoformat(value.value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:  # overflow: in UTC it is before year 1 or after year 9999
            raise _malformed(f"the {what} is no time") from error
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise _malformed(f"the {what} is no time")
    if not 0 <= value <= _LATEST:
        raise _malformed(f"the {what} is outside the calendar")
    return datetime.fromtimestamp(value, UTC)


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.CLAIMS,
        ReasonCode.CERTIFICATE_CLAIMS,
        f"The certificate's claims are malformed: {what}; ask for another one.",
    )
