"""The verification of constrained seals, which seal documents other than health certificates (Doc 9303-13).

Shape, content, signer, signature, country, revocation. A genuine one is named by its kind and left to the officer:
nothing in it is about health that our rules could judge.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates import keys
from station.certificates.errors import StepFailed
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.icao import authority, x509
from station.certificates.icao.coding import Malformed
from station.certificates.icao.countries import SPECIMEN, two_letters
from station.certificates.keys import Algorithm
from station.certificates.result import CertificateFormat, CertificateResult, Products, Step, Verdict
from station.certificates.revocation.lists import Subject
from station.certificates.revocation.step import check_revocation
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle
from station.certificates.trust.countries import same_state
from station.documents.dates import written


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """A constrained seal taken apart."""

    kind: str
    """`RESIDENCE_PERMIT`."""
    issuer: str
    """Country, as written."""
    content: Mapping[str, Any]
    signed: bytes
    signature: bytes
    """r and s side by side; empty: it is not signed."""
    reference: bytes
    """What names the signer, for display."""
    signers: Callable[[TrustBundle], tuple[Signer, ...]]
    """Those of a bundle that the seal names."""
    issued: str = ""
    certificate: bytes = b""
    """The signer's, when the seal carries it."""
    algorithm: Algorithm | None = None
    """What the seal says; None when it says nothing and the key alone tells."""
    warnings: tuple[str, ...] = field(default=())


def verify(
    format_: CertificateFormat, text: str, take_apart: Callable[[str], Seal], trust: TrustBundle
) -> CertificateResult:
    """Decode and verify one constrained seal; no seal expires by itself.

    Args:
        format_: of the result.
        text: the code's own; bytes as Latin-1.
        take_apart: raises Malformed.
        trust: the signers to believe.
    """
    products = Products(text=text[:MAX_TEXT])
    try:
        if len(text) > MAX_TEXT:
            raise Malformed(f"it is longer than any code can be ({MAX_TEXT} characters at most)")
        seal = take_apart(text)
    except Malformed as error:
        sentence = f"The seal is malformed: {error}; scan it again."
        return CertificateResult(
            format_, Verdict.INVALID, Step.SEAL, ReasonCode.CERTIFICATE_SEAL, sentence, products=products
        )
    signer, stop = _authenticate(seal, trust)
    moment = written(seal.issued)
    day = moment.date if moment else None
    return CertificateResult(
        format=format_,
        verdict=stop.verdict,
        step=stop.step,
        reason=stop.reason,
        sentence=stop.sentence,
        issuer=seal.issuer,
        issued_at=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None,
        kid=base64.b64encode(seal.reference).decode(),
        signer=signer.name if signer else "",
        test_signer=signer.test if signer else False,
        warnings=seal.warnings,
        products=Products(
            text=text, claims_bytes=seal.signed, signature=seal.signature, content={"kind": seal.kind, **seal.content}
        ),
    )


def _authenticate(seal: Seal, trust: TrustBundle) -> tuple[Signer | None, StepFailed]:
    """The signer when there is one, and what the seal comes to: never valid, because nobody judges it."""
    signer: Signer | None = None
    try:
        if not seal.signature:
            raise _left("carries no signature and proves nothing")
        signer = _believed(seal, trust)
        subject = Subject(Scheme.ICAO.value, signer.kid, seal.signature, two_letters(seal.issuer))
        check_revocation(trust.revocations, subject)
        raise _left("is genuine and no health certificate")
    except StepFailed as stop:
        return signer, stop


def _believed(seal: Seal, trust: TrustBundle) -> Signer:
    if seal.certificate:
        return _carried(seal, trust)
    named = seal.signers(trust)
    if not named:
        raise StepFailed(
            Step.SIGNER,
            ReasonCode.CERTIFICATE_SIGNER_UNKNOWN,
            f"The signer of this seal ({_spoken(seal.kind)}) is not in the trust bundle; "
            "update the bundle or decide by hand.",
            Verdict.UNDECIDED,
        )
    for signer in named:
        if _holds(seal, signer.key):
            if seal.issuer != SPECIMEN and not same_state(signer.country, seal.issuer):
                raise _foreign()
            return signer
    raise _forged()


def _carried(seal: Seal, trust: TrustBundle) -> Signer:
    """The signer whose certificate stands in the seal: integrity first, then who it is."""
    try:
        certificate = x509.read(seal.certificate)
    except ValueError as error:
        raise StepFailed(
            Step.SEAL,
            ReasonCode.CERTIFICATE_SEAL,
            "The certificate of the seal's signer cannot be read; scan it again.",
        ) from error
    if not _holds(seal, certificate.key):
        raise _forged()
    believed = authority.believe(seal.certificate, certificate, trust)
    authority.check_country(believed, certificate, seal.issuer)
    return believed.signer


def _holds(seal: Seal, key: keys.PublicKey) -> bool:
    algorithm = x509.algorithm_of(key)
    if algorithm is None or (seal.algorithm is not None and seal.algorithm is not algorithm):
        return False
    return keys.holds(key, algorithm, seal.signature, seal.signed)


def _spoken(kind: str) -> str:
    return kind.replace("_", " ").lower()


def _left(what: str) -> StepFailed:
    return StepFailed(Step.KIND, ReasonCode.CERTIFICATE_KIND, f"The seal {what}; decide by hand.", Verdict.UNDECIDED)


def _foreign() -> StepFailed:
    return StepFailed(
        Step.CHAIN,
        ReasonCode.CERTIFICATE_CHAIN,
        "The signer belongs to another country than the one that the code names; ask for another document.",
    )


def _forged() -> StepFailed:
    return StepFailed(
        Step.SIGNATURE,
        ReasonCode.CERTIFICATE_SIGNATURE,
        "The signature does not fit the signer that the seal names: it was altered or forged.",
    )
