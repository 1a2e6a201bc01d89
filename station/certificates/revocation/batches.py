"""Batches of revocation entries, as issuers publish them and as the store keeps them, and the hashes that name a card.

A hash is the first 16 bytes of a SHA-256 (EU gateway, revocation list: SIGNATURE, UCI, COUNTRYCODEUCI).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from station.certificates.revocation.lists import Subject

HASH_BYTES = 16
_ECDSA_LENGTHS = frozenset({64, 96, 132})


class HashKind(StrEnum):
    """What was hashed."""

    SIGNATURE = "SIGNATURE"
    """The signature; of an ECDSA signature r alone, since s may be negated by anybody (EU gateway)."""
    UCI = "UCI"
    """An entry's unique identifier as it is written."""
    COUNTRYCODEUCI = "COUNTRYCODEUCI"
    """The issuer's country and the identifier, one after the other."""
    RID = "RID"
    """`rid` of a SMART Health Card (framework 1.4, "Revocation")."""


class FilterKind(StrEnum):
    """Filters that say "certainly not" or "perhaps"."""

    BLOOM = "bloom"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter over the hashes of one batch."""

    kind: FilterKind
    body: bytes
    prefix: bytes = b""
    """It covers only hashes that begin so (the EU's partitions by the first one or two bytes)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One revoked certificate."""

    digest: bytes
    """HASH_BYTES long."""
    before: datetime | None = None
    """Only if it was issued before this moment."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one signer and one kind of hash, published and withdrawn together."""

    name: str
    """The publisher's own name of it, unique."""
    scheme: str
    kind: HashKind
    kid: bytes = b""
    """Of the signer; empty: of any."""
    issuer: str = ""
    country: str = ""
    expires: datetime | None = None
    """From then on every certificate in it has expired anyway, and it can be forgotten."""
    entries: tuple[Entry, ...] = ()
    filters: tuple[Filter, ...] = ()
    exact: bool = True
    """Whether `entries` are complete: then they decide, and the filters only tell what need not be looked up."""


def digest(data: bytes) -> bytes:
    """The first 16 bytes of a SHA-256."""
    return hashlib.sha256(data).digest()[:HASH_BYTES]


def digests_of(subject: Subject) -> Mapping[HashKind, tuple[bytes, ...]]:
    """Every hash that a list may name a certificate by."""
    found: dict[HashKind, tuple[bytes, ...]] = {}
    signature = subject.signature
    if signature:
        # r of an ECDSA signature; the length tells it from an RSA signature.
        part = signature[: len(signature) // 2] if len(signature) in _ECDSA_LENGTHS else signature
        found[HashKind.SIGNATURE] = (digest(part),)
    names = [name for name in subject.identifiers if name]
    if names:
        found[HashKind.UCI] = tuple(digest(name.encode()) for name in names)
        found[HashKind.RID] = found[HashKind.UCI]
        found[HashKind.COUNTRYCODEUCI] = tuple(digest((subject.country.upper() + name).encode()) for name in names)
    return found
