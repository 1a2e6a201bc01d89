"""A SMART Health Card of several codes, of which not all were shown yet: which ones, and which are missing."""

from dataclasses import dataclass

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.result import CertificateFormat, CertificateResult
from station.certificates.shc.numeric import read_parts
from station.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Parts:
    """How far a card has come."""

    shown: tuple[int, ...]
    """Numbers of the codes that were read, from 1."""
    total: int

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the codes that are still to be shown."""
        return tuple(number for number in range(1, self.total + 1) if number not in self.shown)


def parts_of(result: CertificateResult) -> Parts | None:
    """How far a card has come; None for whatever is no incomplete card."""
    if result.format is not CertificateFormat.SHC or result.reason is not ReasonCode.CERTIFICATE_PART:
        return None
    try:
        parts = read_parts(result.products.text)
    except StepFailed:
        return None
    found = Parts(tuple(sorted({part.index for part in parts})), parts[0].total)
    return found if found.missing else None


def awaited(evidence: Evidence) -> Parts | None:
    """The card whose next code is awaited: the last proof that was shown, when it is incomplete."""
    return parts_of(evidence.certificates[-1].result) if evidence.certificates else None
