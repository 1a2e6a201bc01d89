"""The step of every chain that asks whether a genuine certificate was taken back."""

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.result import Step, Verdict
from station.certificates.revocation.lists import Revocations, Revoked, Subject


def check_revocation(revocations: Revocations, subject: Subject) -> None:
    """Ask the lists about a certificate whose signature holds.

    Raises:
        StepFailed: it was revoked; undecided when only a filter says so.
    """
    found = revocations.status(subject)
    if found is Revoked.YES:
        raise StepFailed(
            Step.REVOCATION,
            ReasonCode.CERTIFICATE_REVOKED,
            "The issuer has revoked this certificate; ask for another one.",
        )
    if found is Revoked.PERHAPS:
        raise StepFailed(
            Step.REVOCATION,
            ReasonCode.CERTIFICATE_PERHAPS_REVOKED,
            "The issuer may have revoked this certificate, and the exact list is not at hand; decide by hand.",
            Verdict.UNDECIDED,
        )
