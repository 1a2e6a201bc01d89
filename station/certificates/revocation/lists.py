"""What issuers have taken back: hashes of certificates, by certificate format and signer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Revocations:
    """All that is known to be revoked; empty: nothing."""

    def status(self, subject: Subject) -> Revoked:
        """Whether a certificate was revoked."""
        return Revoked.NO


def merge(parts: Iterable[Revocations]) -> Revocations:
    """What any of them revokes."""
    return Revocations()
