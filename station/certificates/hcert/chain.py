"""The verification of an HCERT as a chain of small steps that keeps every intermediate product.

Kind, prefix, Base45, compression, envelope, claims, signer, signature, payload, revocation, key usage, time. It stops
at the first step that decides and names it. An unknown kind or signer is undecided; damage, forgery and wrong dates
are invalid.
"""

import base64
from dataclasses import replace

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.hcert import container, ddcc
from station.certificates.hcert.claims import Claims, check_time, issued_ahead, read_claims
from station.certificates.hcert.cose import Envelope, holds, open_envelope
from station.certificates.hcert.dcc import HealthCertificate
from station.certificates.hcert.findings import findings
from station.certificates.hcert.subclaims import check_judged, read_certificate
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult, Products, Step, Verdict
from station.certificates.revocation.lists import Subject
from station.certificates.revocation.step import check_revocation
from station.certificates.signer_checks import ages, check_use
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle
from station.certificates.trust.countries import may_speak_for

_MOST_TRIALS = 12
"""Keys of the issuer's country that are tried when the key identifier is unknown."""


def verify(text: str, trust: TrustBundle, now: Interval) -> CertificateResult:
    """Decode and verify the text of an HCERT, whatever its prefix; as `station.certificates.verify.verify`."""
    chain = _Chain(text, trust, now)
    try:
        chain.run()
    except StepFailed as stop:
        verdict, step, reason, sentence = stop.verdict, stop.step, stop.reason, stop.sentence
    else:
        verdict, step, reason = Verdict.VALID, Step.DONE, ReasonCode.CERTIFICATE_VALID
        sentence = "The certificate is genuine and in date."
    return chain.result(verdict, step, reason, sentence)


class _Chain:
    """The products of one verification, filled step by step."""

    def __init__(self, text: str, trust: TrustBundle, now: Interval) -> None:
        self.trust = trust
        self.now = now
        self.products = Products(text=text[: container.MAX_TEXT])
        self.text = text
        self.envelope: Envelope | None = None
        self.claims: Claims | None = None
        self.certificate: HealthCertificate | None = None
        self.signer: Signer | None = None
        self.foreign: StepFailed | None = None

    def run(self) -> None:
        """Every step in order; StepFailed from the one that decides."""
        envelope = self.unpack()
        claims = self.read(envelope)
        self.signer = self.authenticate(envelope, claims)
        if self.foreign is not None:
            raise self.foreign
        _check_country(self.signer, claims)
        self.check_revocation(envelope, claims, self.signer)
        check_use(self.certificate.entries if self.certificate else (), self.signer.kinds)
        check_time(claims, self.now)

    def unpack(self) -> Envelope:
        """From text to envelope."""
        compressed = container.decode_base45(container.strip_prefix(self.text))
        self.products = replace(self.products, compressed=compressed)
        cose = container.inflate(compressed)
        self.products = replace(self.products, cose=cose)
        self.envelope = envelope = open_envelope(cose)
        self.products = replace(
            self.products,
            protected=envelope.protected,
            unprotected=envelope.unprotected,
            claims_bytes=envelope.payload,
            signature=envelope.signature,
        )
        return envelope

    def read(self, envelope: Envelope) -> Claims:
        """Claims and content: read before they are believed, so that an officer can see what an unknown signer says.

        What is wrong with the content is said only after the signature was checked.
        """
        self.claims = claims = read_claims(envelope.payload)
        self.products = replace(self.products, claims=claims.raw)
        try:
            self.certificate = found = read_certificate(claims)
            self.products = replace(self.products, payload=found.payload, content=found.content or found.payload)
            self.claims = claims = _with_times(claims, found)
            check_judged(found)
        except StepFailed as stop:
            self.foreign = stop
        return claims

    def authenticate(self, envelope: Envelope, claims: Claims) -> Signer:
        """The signer that the key identifier names and whose key fits."""
        known = self.trust.find(envelope.kid)
        for signer in known:
            if holds(envelope, signer.key):
                return signer
        if known:
            self.signer = known[0]
            raise StepFailed(
                Step.SIGNATURE,
                ReasonCode.CERTIFICATE_SIGNATURE,
                "The signature does not fit the signer that the certificate names: it was altered or forged.",
            )
        raise self.stranger(envelope, claims)

    def check_revocation(self, envelope: Envelope, claims: Claims, signer: Signer) -> None:
        """Whether the issuer took it back."""
        identifiers = tuple(entry.identifier for entry in self.certificate.entries) if self.certificate else ()
        check_revocation(
            self.trust.revocations,
            Subject(Scheme.HCERT, signer.kid, envelope.signature, claims.issuer or signer.country, identifiers),
        )

    def stranger(self, envelope: Envelope, claims: Claims) -> StepFailed:
        """Why a key identifier is unknown: an unknown signer, a renewed certificate, or one that was tampered with.

        An issuer may renew a certificate and keep its key (seen in Sweden): then the identifier is new, is signed, and
        nobody is to blame. An identifier that is not signed and not the key's own was put there by somebody else.
        """
        candidates = (*self.trust.find(envelope.loose_kid), *self.trust.of_country(claims.issuer)[:_MOST_TRIALS])
        fits = any(holds(envelope, signer.key) for signer in candidates)
        contradicts = bool(envelope.loose_kid) and envelope.signed_kid != envelope.loose_kid
        if fits and contradicts:
            return StepFailed(
                Step.SIGNATURE,
                ReasonCode.CERTIFICATE_SIGNATURE,
                "The certificate names another signer than the one whose key signed it; ask for another one.",
            )
        known = "; its key is known under another identifier, so the signer may have renewed" if fits else ""
        return StepFailed(
            Step.SIGNER,
            ReasonCode.CERTIFICATE_SIGNER_UNKNOWN,
            f"The certificate's signer is not in the trust bundle{known}; update the bundle or decide by hand.",
            Verdict.UNDECIDED,
        )

    def result(self, verdict: Verdict, step: Step, reason: ReasonCode, sentence: str) -> CertificateResult:
        """What came out, as far as it came."""
        certificate, claims, signer = self.certificate, self.claims, self.signer
        other = self.foreign is not None and self.foreign.reason is ReasonCode.CERTIFICATE_KIND
        usual = certificate.format if certificate else CertificateFormat.HCERT
        return CertificateResult(
            format=CertificateFormat.HCERT_OTHER if other else usual,
            verdict=verdict,
            step=step,
            reason=reason,
            sentence=sentence,
            holder=certificate.holder if certificate else None,
            entries=certificate.entries if certificate else (),
            issuer=(claims.issuer if claims else "") or self.country(),
            issued_at=claims.issued_at if claims else None,
            expires_at=claims.expires_at if claims else None,
            kid=base64.b64encode(self.envelope.kid).decode() if self.envelope else "",
            signer=signer.name if signer else "",
            test_signer=signer.test if signer else False,
            warnings=self.warnings(),
            products=self.products,
        )

    def country(self) -> str:
        """The issuer's country where no claim names it, as in a DDCC: the signer's, else that of the entry."""
        known = [self.signer.country] if self.signer else []
        known += [entry.country for entry in self.certificate.entries] if self.certificate else []
        return next((country for country in known if country), "") if not self.ours() else ""

    def ours(self) -> bool:
        """Whether it is an EU DCC, or cannot be told."""
        return self.certificate is None or self.certificate.format is CertificateFormat.HCERT

    def warnings(self) -> tuple[str, ...]:
        """Findings that change nothing."""
        found: list[str] = []
        ours = self.ours()
        if self.claims is not None:
            found += ["it names no expiry"] if self.claims.expires_at is None else []
            found += ["it names no time of issue"] if self.claims.issued_at is None and ours else []
            found += (
                ["it was issued later than our clock says; check the clock"]
                if issued_ahead(self.claims, self.now)
                else []
            )
        found += ages(self.signer, self.now) if self.signer is not None else []
        if self.certificate is not None:
            content = self.certificate
            found += (
                findings(content.payload, content.holder, content.entries, self.now.latest)
                if ours
                else ddcc.findings(content)
            )
        return tuple(dict.fromkeys(found))


def _with_times(claims: Claims, certificate: HealthCertificate) -> Claims:
    """The claims with the times that a certificate has inside; the narrower of two spans counts."""
    starts = [moment for moment in (claims.not_before, certificate.starts_at) if moment is not None]
    ends = [moment for moment in (claims.expires_at, certificate.ends_at) if moment is not None]
    return replace(
        claims,
        issued_at=claims.issued_at or certificate.issued_at,
        not_before=max(starts, default=None),
        expires_at=min(ends, default=None),
    )


def _check_country(signer: Signer, claims: Claims) -> None:
    """Whether the signer belongs to the country that the certificate names as its issuer (EU governance)."""
    if not may_speak_for(signer.country, claims.issuer):
        raise StepFailed(
            Step.CHAIN,
            ReasonCode.CERTIFICATE_CHAIN,
            "The signer belongs to another country than the one that the certificate names; ask for another one.",
        )
