"""The test issuer for drills: fresh certificates of every format, good and flawed, and what to expect of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from station.certificates.issuing import ddcc, divoc, hcert, shc, vds_nc
from station.certificates.issuing.content import Proof, Subject, Swab, kind_of
from station.certificates.issuing.flaws import EXPECTED, Expectation, Flaw
from station.certificates.result import CertificateFormat, EntryKind
from station.certificates.revocation.batches import Batch, Entry, HashKind, digest
from station.certificates.revocation.lists import Revocations
from station.certificates.revocation.memory import MemoryList
from station.certificates.revocation.store import RevocationStore
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, bundle
from station.certificates.trust.folder import write_folder
from station.certificates.trust.install import REVOCATIONS

_V, _T, _R = EntryKind.VACCINATION, EntryKind.TEST, EntryKind.RECOVERY
CARRIES: Mapping[CertificateFormat, frozenset[EntryKind]] = {
    CertificateFormat.HCERT: frozenset({_V, _T, _R}),
    CertificateFormat.DDCC: frozenset({_V, _T}),
    CertificateFormat.SHC: frozenset({_V, _T}),
    CertificateFormat.VDS_NC: frozenset({_V, _T}),
    CertificateFormat.DIVOC: frozenset({_V}),
}
"""What each format that we issue can attest."""
FORMATS = tuple(CARRIES)
_SCHEMES: Mapping[CertificateFormat, Scheme] = {
    CertificateFormat.HCERT: Scheme.HCERT,
    CertificateFormat.DDCC: Scheme.HCERT,
    CertificateFormat.SHC: Scheme.SHC,
    CertificateFormat.VDS_NC: Scheme.ICAO,
    CertificateFormat.DIVOC: Scheme.DIVOC,
}


@dataclass(frozen=True, slots=True)
class Authority:
    """The signers of all formats, out of one seed."""

    hcert: hcert.DrillIssuer
    shc: shc.ShcIssuer
    icao: vds_nc.VdsNcIssuer
    divoc: divoc.DivocIssuer


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate for a drill."""

    format: CertificateFormat
    flaw: Flaw
    codes: tuple[str, ...] = field(repr=False)
    """Texts of its codes; bytes of a code as Latin-1."""
    expected: Expectation
    identifier: str
    """By which it can be revoked, as it stands in the certificate."""

    @property
    def binary(self) -> bool:
        """Whether its codes hold bytes and no text."""
        return self.format is CertificateFormat.DIVOC

    @property
    def text(self) -> str:
        """What a scanner hands on; chunks one to a line."""
        return "\n".join(self.codes)


def make_authority(seed: bytes, now: datetime) -> Authority:
    """Signers of every format, valid from thirty days before `now`; the same seed and day give the same ones."""
    return Authority(
        hcert.make_issuer(seed, now), shc.make_issuer(seed), vds_nc.make_issuer(seed, now), divoc.make_issuer(seed)
    )


def signers(authority: Authority) -> tuple[Signer, ...]:
    """Whom a drill believes."""
    return (
        authority.hcert.trusted.trusted(),
        authority.hcert.tests_only.trusted(),
        authority.shc.trusted.trusted(),
        authority.shc.tests_only.trusted(),
        authority.icao.trusted_authority(),
        authority.divoc.trusted.trusted(),
        authority.divoc.tests_only.trusted(),
    )


def revocations(issued: Iterable[Issued]) -> tuple[Batch, ...]:
    """The test issuer's revocation lists: every issued certificate that is to be revoked, one list per scheme."""
    found: dict[Scheme, list[Entry]] = {}
    for each in issued:
        if each.flaw is Flaw.REVOKED:
            found.setdefault(_SCHEMES[each.format], []).append(Entry(digest(each.identifier.encode())))
    return tuple(
        Batch(
            name=f"drill-{scheme.value}",
            scheme=scheme.value,
            kind=HashKind.RID if scheme is Scheme.SHC else HashKind.UCI,
            entries=tuple(dict.fromkeys(entries)),
        )
        for scheme, entries in found.items()
    )


def trust(authority: Authority, created_at: datetime, issued: Iterable[Issued] = ()) -> TrustBundle:
    """What a drill believes: the good signers, and what was revoked of these certificates."""
    lists = Revocations((MemoryList(revocations(issued)),))
    return bundle(signers(authority), created_at, ("drill",), lists)


def drill_bundle(folder: Path, authority: Authority, created_at: datetime, issued: Iterable[Issued]) -> None:
    """The same as a trust folder; marked as a test, so that nothing outside of a drill takes it.

    Raises:
        OSError: the folder cannot be written.
        TrustUnreadable: a revocation list is there already and is none.
    """
    write_folder(folder, signers(authority), version=1, created_at=created_at, dates={}, sources=["drill"], test=True)
    store = RevocationStore(folder / REVOCATIONS, create=True)
    try:
        store.put(revocations(issued), created_at=created_at)
    finally:
        store.close()


def issue(
    form: CertificateFormat,
    authority: Authority,
    subject: Subject,
    proofs: Sequence[Proof],
    now: datetime,
    identifier: str,
    flaw: Flaw = Flaw.NONE,
    chunks: int = 1,
) -> Issued:
    """A fresh certificate.

    Args:
        form: one of FORMATS.
        authority: whose keys.
        subject: an invented person.
        proofs: what is attested; one, but for SMART Health Cards and ICAO proofs of vaccination.
        now: aware; every time in it is drawn around this.
        identifier: letters, digits and hyphens, 24 at most, unlike that of any other certificate.
        flaw: what is wrong with it; one of `flaws_of(form, proofs)`.
        chunks: how many codes a SMART Health Card is cut into.

    Raises:
        ValueError: the format cannot carry the proofs, or has no such flaw.
    """
    if form not in CARRIES or not proofs or not {kind_of(proof) for proof in proofs} <= CARRIES[form]:
        raise ValueError(f"{form.value} cannot carry these proofs; choose others")
    if flaw not in flaws_of(form, proofs):
        raise ValueError(f"{form.value} cannot be {flaw.value} with these proofs; choose another flaw")
    if form not in (CertificateFormat.SHC, CertificateFormat.VDS_NC) and len(proofs) > 1:
        raise ValueError(f"{form.value} carries one proof; give one")
    codes = _MAKERS[form](authority, subject, proofs, now, identifier, flaw, chunks)
    named = hcert.uvci(identifier) if form is CertificateFormat.HCERT else identifier
    return Issued(form, flaw, codes, EXPECTED[form][flaw], named)


def flaws_of(form: CertificateFormat, proofs: Iterable[Proof]) -> tuple[Flaw, ...]:
    """The flaws that a format can have with these proofs, NONE first."""
    tests_only = all(isinstance(proof, Swab) for proof in proofs)
    # Where the second signer may sign tests, a wrong use needs something else; at ICAO it is certified for no seals.
    usable = form is CertificateFormat.VDS_NC or not tests_only
    return tuple(flaw for flaw in EXPECTED[form] if usable or flaw is not Flaw.WRONG_KEY_USAGE)


def _hcert(a: Authority, s: Subject, p: Sequence[Proof], now: datetime, i: str, f: Flaw, _: int) -> tuple[str, ...]:
    return (hcert.issue(a.hcert, s, p[0], now, i, f),)


def _ddcc(a: Authority, s: Subject, p: Sequence[Proof], now: datetime, i: str, f: Flaw, _: int) -> tuple[str, ...]:
    return (ddcc.issue(a.hcert, s, p[0], now, i, f),)


def _shc(a: Authority, s: Subject, p: Sequence[Proof], now: datetime, i: str, f: Flaw, chunks: int) -> tuple[str, ...]:
    return shc.issue(a.shc, s, p, now, i, f, chunks)


def _vds_nc(a: Authority, s: Subject, p: Sequence[Proof], now: datetime, i: str, f: Flaw, _: int) -> tuple[str, ...]:
    return (vds_nc.issue(a.icao, s, p, now, i, f),)


def _divoc(a: Authority, s: Subject, p: Sequence[Proof], now: datetime, i: str, f: Flaw, _: int) -> tuple[str, ...]:
    return (divoc.issue(a.divoc, s, p[0], now, i, f),)


_Maker = Callable[[Authority, Subject, Sequence[Proof], datetime, str, Flaw, int], tuple[str, ...]]
_MAKERS: Mapping[CertificateFormat, _Maker] = {
    CertificateFormat.HCERT: _hcert,
    CertificateFormat.DDCC: _ddcc,
    CertificateFormat.SHC: _shc,
    CertificateFormat.VDS_NC: _vds_nc,
    CertificateFormat.DIVOC: _divoc,
}
