"""The test issuer for drills: fresh certificates of every format, good and flawed, and what to expect of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from station.certificates.issuing import ddcc, divoc, hcert, shc, vds_nc
from station.certificates.issuing.content import Proof, Subject, Swab, kind_of
from station.certificates.issuing.flaws import EXPECTED, Expectation, Flaw
from station.certificates.result import CertificateFormat, EntryKind
from station.certificates.revocation.lists import Revocations
from station.certificates.trust.bundle import TrustBundle, bundle

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
    """By which it was or could be revoked."""

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


def trust(authority: Authority, created_at: datetime, issued: Iterable[Issued] = ()) -> TrustBundle:
    """What a drill believes: the good signers, and the revocation of every issued certificate that is to be revoked."""
    signers = (
        authority.hcert.trusted.trusted(),
        authority.hcert.tests_only.trusted(),
        authority.shc.trusted.trusted(),
        authority.shc.tests_only.trusted(),
        authority.icao.trusted_authority(),
        authority.divoc.trusted.trusted(),
        authority.divoc.tests_only.trusted(),
    )
    return bundle(signers, created_at, ("drill",), Revocations())


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
    return Issued(form, flaw, codes, EXPECTED[form][flaw], identifier)


def flaws_of(form: CertificateFormat, proofs: Iterable[Proof]) -> tuple[Flaw, ...]:
    """The flaws that a format can have with these proofs, NONE first."""
    tests_only = all(isinstance(proof, Swab) for proof in proofs)
    container = form in (CertificateFormat.HCERT, CertificateFormat.DDCC)
    return tuple(flaw for flaw in EXPECTED[form] if not (flaw is Flaw.WRONG_KEY_USAGE and container and tests_only))


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
