"""A recent positive test stands in the way whatever the order asks for: a person decides. Pure.

An order that asks for a vaccination says nothing of a positive test beside it; nobody who shows one is waved through.
"""

from datetime import UTC, datetime, timedelta

from config.rules.reasons import ReasonCode, message_key
from station.certificates.moment import Interval
from station.certificates.result import EntryKind
from station.evidence import RuleOutcome, Truth
from station.judgement.proofs import DETECTED, Known, Proofs

RULE = "positive-test"
RECENT = timedelta(days=10)
"""So long somebody without symptoms is isolated after a positive test (WHO, Criteria for releasing COVID-19 patients
from isolation, 17 June 2020)."""


def recent_positive(proofs: Proofs, now: Interval) -> RuleOutcome | None:
    """What is said of a positive test of the last days, or of one whose date is none; None when there is no such."""
    for known in proofs.known:
        if _positive(known) and not _long_ago(known.date, now):
            code = ReasonCode.CERTIFICATE_POSITIVE
            return RuleOutcome(
                RULE, Truth.CANNOT_TELL, code.value, message_key(code), {"kind": known.kind, "date": known.date},
                proof=known.id,
            )  # fmt: skip
    return None


def _positive(known: Known) -> bool:
    rows = known.late.payload.get(EntryKind.TEST.value) or ()
    return any(row.get("tr") == DETECTED for row in rows)


def _long_ago(text: str, now: Interval) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return now.earliest - moment > RECENT + timedelta(days=1)  # a difference, for the calendar may end at the sum
