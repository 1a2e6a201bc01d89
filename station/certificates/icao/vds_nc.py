"""The verification of a VDS-NC, ICAO's seal of health proofs (ICAO TR VDS-NC 1.1; Doc 9303-13).

JSON `{"data": {"hdr": {"t", "v", "is"}, "msg": {...}}, "sig": {"alg", "cer", "sigvl"}}`: the signer's certificate
travels with the proof, the signature is over the canonical form of `data`. Shape, content, integrity, signer and its
authority, country, revocation, kind, key usage, time; it stops at the first step that decides and names it.

Integrity comes before the signer: the key is at hand, so that a change is told even when the signer is unknown.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates import keys, strict_json
from station.certificates.errors import StepFailed
from station.certificates.hcert.claims import Claims, check_time, issued_ahead
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.icao import authority, x509
from station.certificates.icao.canonical import canonical
from station.certificates.icao.countries import two_letters
from station.certificates.icao.proof import TEST, VACCINATION, Proof, part, read_proof, text
from station.certificates.keys import Algorithm
from station.certificates.moment import Interval
from station.certificates.projection import as_dcc
from station.certificates.result import CertificateFormat, CertificateResult, Products, Step, Verdict
from station.certificates.revocation.lists import Subject
from station.certificates.revocation.step import check_revocation
from station.certificates.signer_checks import ages, check_use, wrong_use
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle
from station.certificates.trust.signer_certificate import key_id
from station.documents.dates import written


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """A VDS-NC taken apart."""

    data: Mapping[str, Any]
    header: Mapping[str, Any]
    message: Mapping[str, Any]
    signed: bytes
    der: bytes
    """The signer's certificate."""
    certificate: x509.Certificate
    algorithm: Algorithm
    signature: bytes


def verify(code: str, trust: TrustBundle, now: Interval) -> CertificateResult:
    """Decode and verify the text of a VDS-NC; as `station.certificates.verify.verify`."""
    chain = _Chain(code, trust, now)
    try:
        chain.run()
    except StepFailed as stop:
        return chain.result(stop.verdict, stop.step, stop.reason, stop.sentence)
    return chain.result(
        Verdict.VALID, Step.DONE, ReasonCode.CERTIFICATE_VALID, "The certificate is genuine and in date."
    )


class _Chain:
    """The products of one verification, filled step by step."""

    def __init__(self, code: str, trust: TrustBundle, now: Interval) -> None:
        self.code = code
        self.trust = trust
        self.now = now
        self.products = Products(text=code[:MAX_TEXT])
        self.seal: Seal | None = None
        self.header: Mapping[str, Any] = {}
        self.proof: Proof | None = None
        self.believed: authority.Believed | None = None

    def run(self) -> None:
        """Every step in order; StepFailed from the one that decides."""
        content = _read(self.code)
        self.read(content)
        self.seal = seal = _take_apart(content)
        self.products = replace(self.products, claims_bytes=seal.signed, signature=seal.signature)
        if not keys.holds(seal.certificate.key, seal.algorithm, seal.signature, seal.signed):
            raise StepFailed(
                Step.SIGNATURE,
                ReasonCode.CERTIFICATE_SIGNATURE,
                "The signature does not fit the certificate's content: it was altered or forged.",
            )
        self.believed = believed = authority.believe(seal.der, seal.certificate, self.trust)
        authority.check_country(believed, seal.certificate, self.issuer())
        self.check_revoked(seal)
        if self.proof is None:
            raise _other()
        permitted = authority.permitted(believed, seal.certificate)
        if not permitted:
            raise wrong_use()
        check_use(self.proof.entries, permitted)
        check_time(self.claims(), self.now)

    def read(self, content: Mapping[str, Any]) -> None:
        """Content before it is believed, so that an officer can see what an unknown signer says."""
        data = part(content, "data")
        self.header, message = part(data, "hdr"), part(data, "msg")
        self.products = replace(self.products, content=data)
        if self.header.get("t") in (VACCINATION, TEST):
            self.proof = proof = read_proof(self.header, message)
            self.products = replace(self.products, payload=as_dcc(proof.holder, proof.entries))

    def issuer(self) -> str:
        """Country of the header, as written."""
        return text(self.header.get("is"))

    def claims(self) -> Claims:
        """Times of the proof: it never expires by itself."""
        issued_at = self.proof.issued_at if self.proof else None
        return Claims({}, self.issuer(), issued_at, None, None, None)

    def kid(self) -> bytes:
        """The signer's identifier: its subject key identifier, else the start of its certificate's hash."""
        return (self.seal.certificate.key_id or key_id(self.seal.der)) if self.seal else b""

    def check_revoked(self, seal: Seal) -> None:
        """Ask the lists."""
        identifiers = (self.proof.identifier,) if self.proof and self.proof.identifier else ()
        subject = Subject(Scheme.ICAO.value, self.kid(), seal.signature, two_letters(self.issuer()), identifiers)
        check_revocation(self.trust.revocations, subject)

    def result(self, verdict: Verdict, step: Step, reason: ReasonCode, sentence: str) -> CertificateResult:
        """What came out, as far as it came."""
        proof = self.proof
        signer = self.believed.signer if self.believed else None
        return CertificateResult(
            format=CertificateFormat.VDS_NC,
            verdict=verdict,
            step=step,
            reason=reason,
            sentence=sentence,
            holder=proof.holder if proof else None,
            entries=proof.entries if proof else (),
            issuer=self.issuer(),
            issued_at=proof.issued_at if proof else None,
            kid=base64.b64encode(self.kid()).decode(),
            signer=signer.name if signer else "",
            test_signer=signer.test if signer else False,
            warnings=self.warnings(signer),
            products=self.products,
        )

    def warnings(self, signer: Signer | None) -> tuple[str, ...]:
        """Findings that change nothing."""
        found = list(self.proof.warnings) if self.proof else []
        if self.proof is not None:
            days = [written(entry.date) for entry in self.proof.entries]
            if any(day and day.date and day.date > self.now.latest.date() for day in days):
                found.append("an entry's date is in the future; check the clock")
        if issued_ahead(self.claims(), self.now):
            found.append("it was issued later than our clock says; check the clock")
        if self.seal is not None:
            found += ages(self.seal.certificate, self.now)
            if authority.unrestricted(self.seal.certificate):
                found.append("the signer's certificate does not say what it may sign")
        if signer is not None and self.believed is not None and not self.believed.listed:
            found += ages(signer, self.now, "authority")
        return tuple(dict.fromkeys(found))


def _read(code: str) -> Mapping[str, Any]:
    trimmed = code.strip()
    if len(trimmed) > MAX_TEXT:
        raise _damaged(f"it is longer than any code can be ({MAX_TEXT} characters at most)")
    try:
        content = strict_json.loads(trimmed)
    except ValueError as error:
        raise _damaged(str(error)) from error
    if not isinstance(content, dict):
        raise _damaged("it is no object")
    return content


def _take_apart(content: Mapping[str, Any]) -> Seal:
    data, seal = part(content, "data"), part(content, "sig")
    header, message = part(data, "hdr"), part(data, "msg")
    if not (header and message and seal):
        raise _malformed("it lacks header, message or signature")
    try:
        algorithm = Algorithm(text(seal.get("alg")))
    except ValueError as error:
        raise _wrong_algorithm() from error
    try:
        signed = canonical(data)
        der, signature = keys.unbase64url(text(seal.get("cer"))), keys.unbase64url(text(seal.get("sigvl")))
        certificate = x509.read(der)
    except ValueError as error:
        raise _malformed("its signer's certificate or its signature cannot be read") from error
    if algorithm is not x509.algorithm_of(certificate.key):
        raise _wrong_algorithm()
    return Seal(data, header, message, signed, der, certificate, algorithm, signature)


def _damaged(what: str) -> StepFailed:
    return StepFailed(
        Step.JSON, ReasonCode.CERTIFICATE_JSON, f"The certificate's text is damaged: {what}; scan it again."
    )


def _malformed(what: str) -> StepFailed:
    return StepFailed(
        Step.SEAL, ReasonCode.CERTIFICATE_SEAL, f"The certificate's seal is malformed: {what}; ask for another one."
    )


def _wrong_algorithm() -> StepFailed:
    return StepFailed(
        Step.SEAL,
        ReasonCode.CERTIFICATE_ALGORITHM,
        "The certificate is signed in a way that its signer's key does not allow; ask for another one.",
    )


def _other() -> StepFailed:
    return StepFailed(
        Step.KIND,
        ReasonCode.CERTIFICATE_KIND,
        "The code is a genuine ICAO seal of another kind than a proof of vaccination or of testing; decide by hand.",
        Verdict.UNDECIDED,
    )
