"""What can go wrong with certificates.

CertificateError
├── StepFailed     one step of the verification stops the chain; never leaves the package
├── TrustUnreadable  a trust file is missing or is none; the message names the file
├── TrustRefused   a trust file holds demonstration keys where they are not allowed
└── InputUnreadable  what a command was given holds no code; the message says why
"""

from config.rules.reasons import ReasonCode
from station.certificates.result import Step, Verdict


class CertificateError(Exception):
    """Root of this package's errors; the message never quotes a certificate's content."""


class StepFailed(CertificateError):
    """One step stops the chain, with the verdict that follows from it."""

    def __init__(self, step: Step, reason: ReasonCode, sentence: str, verdict: Verdict = Verdict.INVALID) -> None:
        """Keep the parts apart; the sentence is the message."""
        super().__init__(sentence)
        self.step = step
        self.reason = reason
        self.sentence = sentence
        self.verdict = verdict


class TrustUnreadable(CertificateError):
    """A trust file is missing or is none."""


class TrustRefused(CertificateError):
    """A trust file holds demonstration keys where they are not allowed."""


class InputUnreadable(CertificateError):
    """What a command was given holds no code."""
