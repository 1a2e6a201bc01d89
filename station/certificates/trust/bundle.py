"""Whom we believe: signers by certificate format and key identifier, and what their issuers took back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from station.certificates.icao import x509 as icao_x509
from station.certificates.keys import PublicKey
from station.certificates.result import EntryKind
from station.certificates.revocation.lists import Revocations
from station.certificates.revocation.lists import merge as merge_revocations
from station.certificates.trust.signer_certificate import ALL_KINDS, DEMONSTRATION, key_id, read_certificate


class Scheme(StrEnum):
    """A world of trust of its own: a key of one is nobody in another."""

    HCERT = "hcert"
    """EU DCC and WHO DDCC: document signers by key identifier."""
    SHC = "shc"
    """SMART Health Cards: keys by issuer address and key identifier (JWK thumbprint)."""
    ICAO = "icao"
    """VDS-NC and VDS: country signing authorities (CSCA), and barcode signers that were listed by themselves."""
    DIVOC = "divoc"
    """Keys by the address of the verification method."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One key that may sign certificates."""

    kid: bytes
    """HCERT: first 8 bytes of the certificate's SHA-256. SHC: the text of the thumbprint. ICAO: the certificate's
    subject key identifier. DIVOC: the address of the verification method."""
    key: PublicKey
    country: str = ""
    name: str = ""
    kinds: frozenset[EntryKind] = ALL_KINDS
    not_before: datetime | None = None
    not_after: datetime | None = None
    test: bool = False
    """A demonstration key, or one whose private half is public."""
    scheme: Scheme = Scheme.HCERT
    issuer: str = ""
    """SHC: address of the issuer, without a slash at the end."""
    certificate: bytes = field(default=b"", repr=False)
    """DER; empty where there is only a key."""


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """All signers that are believed, and how old that knowledge is."""

    signers: Mapping[tuple[Scheme, bytes], tuple[Signer, ...]] = field(default_factory=dict)
    """Eight bytes can collide, so there may be several under one identifier."""
    created_at: datetime | None = None
    """Of the oldest dated part; None when no part has a date."""
    sources: tuple[str, ...] = ()
    revocations: Revocations = field(default_factory=Revocations)
    dates: Mapping[Scheme, datetime] = field(default_factory=dict)
    """Of the oldest dated part of each scheme."""
    version: int | None = None
    """Number of the installed bundle; None when no part has one, or several have."""

    def find(self, kid: bytes, scheme: Scheme = Scheme.HCERT, issuer: str = "") -> tuple[Signer, ...]:
        """The signers under that key identifier; with `issuer`, of that issuer only."""
        found = self.signers.get((scheme, kid), ())
        return tuple(signer for signer in found if signer.issuer == issuer) if issuer else found

    def of_country(self, country: str, scheme: Scheme = Scheme.HCERT) -> tuple[Signer, ...]:
        """The signers of one country, and those without any."""
        wanted = (country.upper(), "")
        return tuple(signer for signer in self.of_scheme(scheme) if signer.country.upper() in wanted)

    def of_scheme(self, scheme: Scheme) -> tuple[Signer, ...]:
        """All signers of one world."""
        return tuple(signer for (each, _), group in self.signers.items() if each is scheme for signer in group)

    def age(self, now: datetime, scheme: Scheme | None = None) -> timedelta | None:
        """How old the knowledge is, of one scheme or of the oldest; None when that is not known.

        Negative when it was made later than our clock says: then the clock is wrong, or the maker's was.
        """
        made = self.dates.get(scheme) if scheme is not None else self.created_at
        return None if made is None else now - made

    def __len__(self) -> int:
        """How many signers."""
        return sum(len(group) for group in self.signers.values())


def bundle(
    signers: Iterable[Signer],
    created_at: datetime | None = None,
    sources: Sequence[str] = (),
    revocations: Revocations | None = None,
    dates: Mapping[Scheme, datetime] | None = None,
    version: int | None = None,
) -> TrustBundle:
    """Put signers together."""
    groups: dict[tuple[Scheme, bytes], tuple[Signer, ...]] = {}
    for signer in signers:
        known = groups.get((signer.scheme, signer.kid), ())
        # The issuer first: hundreds of card issuers share one key, and comparing keys is slow.
        if not any(each.issuer == signer.issuer and each == signer for each in known):
            groups[signer.scheme, signer.kid] = (*known, signer)
    if dates is None:
        dates = {} if created_at is None else {scheme: created_at for scheme, _ in groups}
    return TrustBundle(groups, created_at, tuple(sources), revocations or Revocations(), dates, version)


def merge(bundles: Iterable[TrustBundle]) -> TrustBundle:
    """One bundle out of several, as old as the oldest."""
    parts = list(bundles)
    made = [part.created_at for part in parts if part.created_at is not None]
    dates: dict[Scheme, datetime] = {}
    for part in parts:
        for scheme, date in part.dates.items():
            dates[scheme] = min(dates.get(scheme, date), date)
    versions = {part.version for part in parts if part.version is not None}
    return bundle(
        (signer for part in parts for group in part.signers.values() for signer in group),
        min(made, default=None),
        [source for part in parts for source in part.sources],
        merge_revocations(part.revocations for part in parts),
        dates,
        versions.pop() if len(versions) == 1 else None,
    )


def from_certificate(der: bytes, *, test: bool = False) -> Signer:
    """A signer out of its certificate.

    Raises:
        ValueError: no certificate.
    """
    read = read_certificate(der)
    return Signer(
        read.kid, read.key, read.country, read.name, read.kinds, read.not_before, read.not_after,
        test or read.demonstration, certificate=der,
    )  # fmt: skip


def from_icao_certificate(der: bytes, *, test: bool = False) -> Signer:
    """A country signing authority, or a barcode signer that was listed by itself.

    Raises:
        ValueError: no certificate.
    """
    read = icao_x509.read(der)
    # The reader keeps names without case.
    demonstration = any(part.endswith(f"={DEMONSTRATION.casefold()}") for part in read.subject)
    return Signer(
        read.key_id or key_id(der), read.key, read.country.upper(), read.name, ALL_KINDS, read.not_before,
        read.not_after, test or demonstration, Scheme.ICAO, certificate=der,
    )  # fmt: skip
