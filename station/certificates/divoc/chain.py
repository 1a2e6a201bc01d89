"""The verification of a DIVOC credential as a chain of small steps that keeps every intermediate product.

Archive, JSON, kind, signature's form, vocabulary, signer, signature, what the signature covers, revocation, key usage,
time. It stops at the first step that decides and names it.
"""

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from config.rules.reasons import ReasonCode
from station.certificates.divoc import archive, content
from station.certificates.divoc.content import Content
from station.certificates.divoc.proof import Proof, read_proof, read_time, signed_bytes, unsigned
from station.certificates.divoc.statements import Reading, read
from station.certificates.divoc.vocabulary import UnknownVocabulary
from station.certificates.errors import StepFailed
from station.certificates.hcert.claims import Claims, check_time, issued_ahead
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.keys import holds
from station.certificates.moment import Interval
from station.certificates.projection import as_dcc
from station.certificates.result import CertificateFormat, CertificateResult, Products, Step, Verdict
from station.certificates.revocation.lists import Subject
from station.certificates.revocation.step import check_revocation
from station.certificates.signer_checks import ages, check_use
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle

Found = TypeVar("Found")


def verify(text: str, trust: TrustBundle, now: Interval) -> CertificateResult:
    """Decode and verify a DIVOC code; as `station.certificates.verify.verify`."""
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
        self.text = text
        self.trust = trust
        self.now = now
        self.products = Products(text=text[:MAX_TEXT])
        self.content: Content | None = None
        self.claims: Claims | None = None
        self.proof: Proof | None = None
        self.signer: Signer | None = None

    def run(self) -> None:
        """Every step in order; StepFailed from the one that decides."""
        data = archive.unpack(self.text)
        self.products = replace(self.products, claims_bytes=data if isinstance(data, bytes) else data.encode())
        credential = archive.read_json(data)
        self.look(credential)
        if not content.is_vaccination(credential):
            raise _undecided(
                Step.PAYLOAD, ReasonCode.CERTIFICATE_KIND, "The code is a credential other than a proof of vaccination"
            )
        self.proof = proof = read_proof(credential)
        self.products = replace(self.products, signature=proof.signature)
        readings = _readings(credential)
        self.signer, reading = self.authenticate(proof, readings)
        claims = self.believe(reading)
        self.check_revocation(proof, self.signer)
        check_use(self.content.entries if self.content else (), self.signer.kinds)
        check_time(_dates(claims, proof), self.now)

    def look(self, credential: dict[str, Any]) -> Claims:
        """Holder and entries: read before they are believed, so that an officer can see what an unknown signer says."""
        self.content = found = content.read_content(credential)
        self.products = replace(self.products, payload=as_dcc(found.holder, found.entries), content=credential)
        issued, expires = read_time(credential.get("issuanceDate")), read_time(credential.get("expirationDate"))
        self.claims = Claims(credential, "", issued, None, expires, None)
        return self.claims

    def authenticate(self, proof: Proof, readings: tuple[Reading, ...]) -> tuple[Signer, Reading]:
        """The signer that the proof names and whose key fits, and how the document was read when it was signed."""
        known = self.trust.find(proof.method.encode(), Scheme.DIVOC)
        if not known:
            raise _undecided(
                Step.SIGNER,
                ReasonCode.CERTIFICATE_SIGNER_UNKNOWN,
                "The certificate's signer is not in the trust bundle; update the bundle",
            )
        self.signer = known[0]
        for reading in readings:
            signed = _understood(partial(signed_bytes, proof, reading))
            for signer in known:
                if holds(signer.key, proof.algorithm, proof.signature, signed):
                    return signer, reading
        raise StepFailed(
            Step.SIGNATURE,
            ReasonCode.CERTIFICATE_SIGNATURE,
            "The signature does not fit the signer that the certificate names: it was altered or forged.",
        )

    def believe(self, reading: Reading) -> Claims:
        """Keep only what the signature covers; it must name a holder and say something of them."""
        covered = content.read_content(reading.covered)
        if not covered.holder.given_names or not covered.entries:
            raise _undecided(
                Step.CONTEXT,
                ReasonCode.CERTIFICATE_UNSIGNED,
                "The certificate is genuine, but its issuer's signature leaves out the holder or the vaccination, so "
                "that these may have been changed",
            )
        claims = self.look(dict(reading.covered))
        open_question = "which part is meant, for two have one address" if reading.merged else ""
        open_question = open_question or content.unsettled(reading.covered)
        if open_question:
            raise _undecided(
                Step.CONTEXT,
                ReasonCode.CERTIFICATE_UNSIGNED,
                f"The certificate is genuine, but its signature does not settle {open_question}",
            )
        return claims

    def check_revocation(self, proof: Proof, signer: Signer) -> None:
        """Whether the issuer took it back."""
        found = self.content.identifiers if self.content else ()
        check_revocation(
            self.trust.revocations, Subject(Scheme.DIVOC, signer.kid, proof.signature, signer.country, found)
        )

    def result(self, verdict: Verdict, step: Step, reason: ReasonCode, sentence: str) -> CertificateResult:
        """What came out, as far as it came."""
        found, claims, signer = self.content, self.claims, self.signer
        countries = tuple(dict.fromkeys(entry.country for entry in found.entries if entry.country)) if found else ()
        return CertificateResult(
            format=CertificateFormat.DIVOC,
            verdict=verdict,
            step=step,
            reason=reason,
            sentence=sentence,
            holder=found.holder if found else None,
            entries=found.entries if found else (),
            issuer=signer.country if signer and signer.country else countries[0] if countries else "",
            issued_at=claims.issued_at if claims else None,
            expires_at=claims.expires_at if claims else None,
            kid=base64.b64encode(self.proof.method.encode()).decode() if self.proof else "",
            signer=signer.name if signer else "",
            test_signer=signer.test if signer else False,
            warnings=self.warnings(countries),
            products=self.products,
        )

    def warnings(self, countries: tuple[str, ...]) -> tuple[str, ...]:
        """Findings that change nothing."""
        found: list[str] = list(content.findings(self.content)) if self.content else []
        signer = self.signer
        if self.claims is not None and issued_ahead(self.claims, self.now):
            found.append("it was issued later than our clock says; check the clock")
        found += ages(signer, self.now) if signer is not None else []
        if signer is not None and signer.country and set(countries) - {signer.country.upper()}:
            found.append("the vaccination was given in another country than the signer's")
        return tuple(dict.fromkeys(found))


def _dates(claims: Claims, proof: Proof) -> Claims:
    """The times that count: it was issued when it was dated and when it was signed, whichever is later.

    Raises:
        StepFailed: a date that is none, so that nobody knows when it ends.
    """
    for name, moment in (("issuanceDate", claims.issued_at), ("expirationDate", claims.expires_at)):
        if name in claims.raw and moment is None:
            raise StepFailed(
                Step.PAYLOAD,
                ReasonCode.CERTIFICATE_PAYLOAD,
                "The certificate's first or last day is no date; ask for another one.",
            )
    return replace(claims, issued_at=max(claims.issued_at or proof.created, proof.created))


def _readings(credential: dict[str, Any]) -> tuple[Reading, ...]:
    """How the document may have been read when it was signed: addresses with spaces count, or do not.

    India's identifiers of holders had spaces ("did:Aadhaar Card:..."); readers differ in whether these are addresses,
    and where they are none the signature leaves the holder out (egovernments/DIVOC, issue 762).
    """
    document = unsigned(credential)
    strict = _understood(partial(read, document))
    return (strict, _understood(partial(read, document, spaced=True))) if strict.spaces else (strict,)


def _understood(question: Callable[[], Found]) -> Found:
    try:
        return question()
    except UnknownVocabulary as error:
        raise _undecided(
            Step.CONTEXT,
            ReasonCode.CERTIFICATE_CONTEXT,
            "The certificate's vocabulary is not one that this station knows, or is used in an unknown way",
        ) from error


def _undecided(step: Step, reason: ReasonCode, what: str) -> StepFailed:
    return StepFailed(step, reason, f"{what}; decide by hand.", Verdict.UNDECIDED)
