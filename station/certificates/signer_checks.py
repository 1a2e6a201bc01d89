"""What every chain asks of a signer whose key fits: may it attest this, and is its own certificate in date."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.moment import Interval
from station.certificates.result import Entry, EntryKind, Step


class Limited(Protocol):
    """A signer or a certificate with a time of its own."""

    @property
    def not_before(self) -> datetime | None:
        """Its first moment; None when it names none."""

    @property
    def not_after(self) -> datetime | None:
        """Its last moment."""


def check_use(entries: Iterable[Entry], permitted: frozenset[EntryKind]) -> None:
    """Whether the signer may attest every kind of entry that the certificate holds.

    Raises:
        StepFailed: it may not.
    """
    if not {entry.kind for entry in entries} <= permitted:
        raise wrong_use()


def wrong_use() -> StepFailed:
    """The signer's key is for something else."""
    return StepFailed(
        Step.KEY_USAGE,
        ReasonCode.CERTIFICATE_KEY_USAGE,
        "The signer's key may not be used for certificates of this kind; ask for another certificate.",
    )


def ages(limited: Limited, now: Interval, who: str = "signer") -> list[str]:
    """Whether its own certificate is certainly out of date, as clauses; never part of the verdict."""
    found = []
    if limited.not_after is not None and now.earliest > limited.not_after:
        found.append(f"the {who}'s own certificate has expired")
    if limited.not_before is not None and now.latest < limited.not_before:
        found.append(f"the {who}'s own certificate is not valid yet")
    return found
