"""The verification of a SMART Health Card (Framework 1.4) as a chain of small steps that keeps every product.

Digits, envelope, compression, JSON, claims, signer, signature, payload, revocation, key usage, time. An unknown signer
and a card of which codes are missing are undecided; damage, forgery and wrong dates are invalid.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.keys import is_thumbprint
from station.certificates.moment import Interval
from station.certificates.projection import as_dcc
from station.certificates.result import CertificateFormat, CertificateResult, Entry, Products, Step, Verdict
from station.certificates.revocation.lists import Subject
from station.certificates.revocation.step import check_revocation
from station.certificates.shc.claims import COVID, Claims, check_time, check_type, read_claims
from station.certificates.shc.fhir import Content, read_bundle
from station.certificates.shc.jws import Envelope, holds, inflate, open_envelope, read_json
from station.certificates.shc.text import find_jws
from station.certificates.signer_checks import ages, check_use
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle

_LONGEST_KID = 64
"""Characters of a key's name that are shown; a thumbprint has 43."""


def verify(text: str, trust: TrustBundle, now: Interval) -> CertificateResult:
    """Decode and verify the text of a card, of its parts or of its file; as `station.certificates.verify.verify`.

    `issuer` of the result is the country of a known signer, if the trust bundle names one, else the issuer's address.
    """
    chain = _Chain(text, trust, now)
    try:
        chain.run()
    except StepFailed as stop:
        return chain.result(stop.verdict, stop.step, stop.reason, stop.sentence)
    return chain.result(
        Verdict.VALID, Step.DONE, ReasonCode.CERTIFICATE_VALID, "The certificate is genuine and in date."
    )


class _Chain:
    """The products of one verification, filled step by step."""

    def __init__(self, text: str, trust: TrustBundle, now: Interval) -> None:
        self.text, self.trust, self.now = text, trust, now
        self.products = Products(text=text[:MAX_TEXT])
        self.envelope: Envelope | None = None
        self.claims: Claims | None = None
        self.content: Content | None = None
        self.signer: Signer | None = None
        self.foreign: StepFailed | None = None
        self.oddities: tuple[str, ...] = ()

    def run(self) -> None:
        """Every step in order; StepFailed from the one that decides."""
        envelope = self.unpack()
        claims = self.read(envelope)
        self.signer = self.authenticate(envelope, claims)
        if self.foreign is not None:
            raise self.foreign
        check_revocation(
            self.trust.revocations,
            Subject(
                scheme=Scheme.SHC,
                kid=self.signer.kid,
                signature=envelope.signature,
                country=self.signer.country,
                identifiers=(claims.identifier,) if claims.identifier else (),
                issuer=claims.issuer,
                issued_at=claims.issued_at,
            ),
        )
        check_use(self.content.entries if self.content else (), self.signer.kinds)
        check_time(claims, self.now)

    def unpack(self) -> Envelope:
        """From text to envelope."""
        jws, self.oddities = find_jws(self.text)
        self.envelope = envelope = open_envelope(jws)
        self.products = replace(
            self.products,
            compressed=envelope.compressed,
            cose=jws.encode(),
            protected=envelope.header,
            signature=envelope.signature,
        )
        return envelope

    def read(self, envelope: Envelope) -> Claims:
        """Claims and content, before they are believed; what is wrong with the content is said after the signature."""
        inflated = inflate(envelope.compressed)
        self.products = replace(self.products, claims_bytes=inflated)
        payload = read_json(inflated)
        self.products = replace(self.products, claims=payload)
        self.claims = claims = read_claims(payload)
        try:
            check_type(claims)
            bundle = claims.bundle or {}
            self.content = content = read_bundle(bundle, covid=COVID in claims.types)
            self.products = replace(self.products, content=bundle)
            _check_entries(content)
        except StepFailed as stop:
            self.foreign = stop
        return claims

    def authenticate(self, envelope: Envelope, claims: Claims) -> Signer:
        """The signer that the key's name and the issuer's address name together, and whose key fits.

        The name of a key is the digest of the key, so a key under a foreign name is nobody's, and a signature that does
        not fit the key of that name is broken, whoever the issuer may be. A key that a person put into the bundle
        without an issuer's address counts for any.
        """
        named = self.trust.find(envelope.kid.encode(), Scheme.SHC)
        own = _right(envelope, (each for each in named if each.issuer == claims.issuer))
        signer = own or _right(envelope, (each for each in named if not each.issuer))
        known = signer or _right(envelope, named)
        if known is not None and not holds(envelope, known.key):
            raise StepFailed(
                Step.SIGNATURE,
                ReasonCode.CERTIFICATE_SIGNATURE,
                "The signature does not fit the signer that the card names: it was altered or forged.",
            )
        if signer is not None:
            return signer
        hint = "; its key is known, but as another issuer's" if known else ""
        raise StepFailed(
            Step.SIGNER,
            ReasonCode.CERTIFICATE_SIGNER_UNKNOWN,
            f"The card's signer is not in the trust bundle{hint}; update the bundle or decide by hand.",
            Verdict.UNDECIDED,
        )

    def entries(self) -> tuple[Entry, ...]:
        """The entries with what is known of their issuer, since FHIR says neither country nor authority."""
        content, claims, signer = self.content, self.claims, self.signer
        return tuple(
            replace(entry, issuer=claims.issuer if claims else "", country=signer.country if signer else "")
            for entry in (content.entries if content else ())
        )

    def result(self, verdict: Verdict, step: Step, reason: ReasonCode, sentence: str) -> CertificateResult:
        """What came out, as far as it came."""
        content, claims, signer = self.content, self.claims, self.signer
        entries = self.entries()
        payload = as_dcc(content.holder, entries) if content else {}
        address = claims.issuer if claims else ""
        return CertificateResult(
            format=CertificateFormat.SHC,
            verdict=verdict,
            step=step,
            reason=reason,
            sentence=sentence,
            holder=content.holder if content else None,
            entries=entries,
            issuer=(signer.country if signer else "") or address,
            issued_at=claims.issued_at if claims else None,
            expires_at=claims.expires_at if claims else None,
            kid=self.envelope.kid[:_LONGEST_KID] if self.envelope else "",
            signer=signer.name if signer else "",
            test_signer=signer.test if signer else False,
            warnings=tuple(dict.fromkeys(self.warnings())),
            products=replace(self.products, payload=payload),
        )

    def warnings(self) -> Iterator[str]:
        """Findings that change nothing."""
        yield from self.oddities
        claims, signer = self.claims, self.signer
        if claims is not None:
            yield from claims.warnings
            if claims.issued_at is None:
                yield "it names no time of issue"
            if not claims.fhir_version.startswith("4.0."):
                yield "its content is not said to be FHIR R4"
            if not claims.issuer.startswith("https://") or claims.issuer.endswith("/"):
                yield "its issuer's address is not as the framework wants it"
        if signer is not None and not signer.issuer:
            yield "the trust bundle does not say whose key it is, so that the issuer's address is not proven"
        yield from ages(signer, self.now) if signer is not None else ()
        yield from self.content.warnings if self.content else ()


def _right(envelope: Envelope, signers: Iterable[Signer]) -> Signer | None:
    """The first of them whose key bears its name rightly: hundreds of issuers share one key, and one look is enough."""
    return next((each for each in signers if is_thumbprint(envelope.kid, each.key)), None)


def _check_entries(content: Content) -> None:
    """Whether the card attests anything that is judged here; there are cards of allergies and whole summaries."""
    if not content.entries:
        raise StepFailed(
            Step.PAYLOAD,
            ReasonCode.CERTIFICATE_KIND,
            "The card attests no finished vaccination and no final test result that are known here; decide by hand.",
            Verdict.UNDECIDED,
        )
