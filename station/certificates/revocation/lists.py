"""What issuers have taken back: the one question that a chain asks, and the places that can answer it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Revoked(StrEnum):
    """What the lists say of one certificate."""

    NO = "no"
    YES = "yes"
    PERHAPS = "perhaps"
    """A filter says so, which errs now and then, and no exact list is at hand: a person decides."""


@dataclass(frozen=True, slots=True, repr=False)
class Subject:
    """What lists may name a certificate by."""

    scheme: str
    """Value of `trust.bundle.Scheme`."""
    kid: bytes = b""
    signature: bytes = b""
    country: str = ""
    identifiers: tuple[str, ...] = ()
    """Unique identifiers of its entries: UVCI of a DCC, `rid` of a SMART Health Card, id of a DIVOC credential."""
    issuer: str = ""
    """SHC: address of the issuer."""
    issued_at: datetime | None = None
    """SHC: `nbf`; an entry of a card revocation list may name cards issued before a moment only."""


class Source(Protocol):
    """Something that knows revocations."""

    def status(self, subject: Subject) -> Revoked:
        """What it knows of one certificate."""


@dataclass(frozen=True, slots=True)
class Revocations:
    """All that is known to be revoked; without a source: nothing."""

    sources: tuple[Source, ...] = ()

    def status(self, subject: Subject) -> Revoked:
        """Whether a certificate was revoked, by whichever source is surest of it."""
        found = Revoked.NO
        for source in self.sources:
            said = source.status(subject)
            if said is Revoked.YES:
                return said
            found = said if said is Revoked.PERHAPS else found
        return found


def merge(parts: Iterable[Revocations]) -> Revocations:
    """What any of them revokes."""
    return Revocations(tuple(dict.fromkeys(source for part in parts for source in part.sources)))
