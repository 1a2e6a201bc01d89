"""The claims of a SMART Health Card: who issued it, since and until when, and the FHIR bundle that it carries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.hcert import claims as times
from station.certificates.moment import Interval
from station.certificates.result import Step, Verdict
from station.certificates.revocation.shc import content_rid

HEALTH_CARD = "https://smarthealth.cards#health-card"
"""The one credential type that every card has ("Health Cards are encoded as Compact Serialization JWS")."""
COVID = "https://smarthealth.cards#covid19"
_LATEST = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that a datetime can hold."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,24}")


@dataclass(frozen=True, slots=True, repr=False)
class Claims:
    """The claims, read and not believed."""

    issuer: str
    """Address, as written."""
    issued_at: datetime | None
    """`nbf`, which stands for the date of issue."""
    expires_at: datetime | None
    types: tuple[str, ...]
    identifier: str
    """What revocation lists call the card: its `rid`, else a digest of its bundle."""
    bundle: Mapping[str, Any] | None
    """None when the card carries no FHIR bundle."""
    fhir_version: str
    warnings: tuple[str, ...] = ()


def read_claims(payload: Mapping[str, Any]) -> Claims:
    """Read the claims without believing them.

    Raises:
        StepFailed: no issuer, a time that is none, or a number beyond a double.
    """
    issuer = payload.get("iss")
    if not isinstance(issuer, str) or not issuer.strip():
        raise _malformed("they name no issuer")
    issued_at = _time(payload.get("nbf"), "time of issue")
    expires_at, found = _expiry(payload.get("exp"))
    if issued_at and expires_at and expires_at < issued_at:
        raise _malformed("its validity ends before it begins")
    credential = _map(payload.get("vc"))
    types = credential.get("type")
    subject = _map(credential.get("credentialSubject"))
    bundle = subject.get("fhirBundle")
    rid = credential.get("rid")
    if rid is not None and not (isinstance(rid, str) and _IDENTIFIER.fullmatch(rid)):
        found.append("its revocation identifier is not as the framework wants it")
    version = subject.get("fhirVersion")
    return Claims(
        issuer=issuer,
        issued_at=issued_at,
        expires_at=expires_at,
        types=tuple(each for each in types if isinstance(each, str)) if isinstance(types, list) else (),
        identifier=_identifier(rid, bundle),
        bundle=bundle if isinstance(bundle, dict) else None,
        fhir_version=version if isinstance(version, str) else "",
        warnings=tuple(found),
    )


def check_type(claims: Claims) -> None:
    """Whether it is a health card at all.

    Raises:
        StepFailed: it is some other credential (undecided).
    """
    if HEALTH_CARD not in claims.types:
        raise StepFailed(
            Step.PAYLOAD,
            ReasonCode.CERTIFICATE_KIND,
            "The code carries another credential than a SMART Health Card, which this station does not judge; "
            "decide by hand.",
            Verdict.UNDECIDED,
        )


def check_time(claims: Claims, now: Interval) -> None:
    """Whether the card is in date: not before `nbf` (RFC 7519, 4.1.5), not after `exp`.

    Raises:
        StepFailed: not yet valid or expired; undecided when the clock is too uncertain to tell.
    """
    times.check_time(times.Claims({}, claims.issuer, None, claims.issued_at, claims.expires_at, None), now)


def _identifier(rid: Any, bundle: Any) -> str:
    if isinstance(rid, str) and rid:
        return rid
    try:
        return content_rid(bundle) if isinstance(bundle, dict) else ""
    except ValueError as error:
        raise _malformed("a number in them is too large") from error


def _expiry(value: Any) -> tuple[datetime | None, list[str]]:
    """The expiry; written in milliseconds, as some issuers do, it is read as such and not as some year 50,000."""
    if isinstance(value, int | float) and not isinstance(value, bool) and _LATEST < value <= _LATEST * 1000:
        return _time(value / 1000, "expiry time"), ["its expiry is written in milliseconds"]
    return _time(value, "expiry time"), []


def _time(value: Any, what: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _malformed(f"the {what} is no time")
    if not 0 <= value <= _LATEST:
        raise _malformed(f"the {what} is outside the calendar")
    return datetime.fromtimestamp(value, UTC)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.CLAIMS, ReasonCode.CERTIFICATE_CLAIMS, f"The card's claims are malformed: {what}; ask for another one."
    )
