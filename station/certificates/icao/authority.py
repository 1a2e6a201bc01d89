"""Whether a barcode signer is to be believed: from its certificate to its country's authority (Doc 9303-12, CSCA).

A seal is believed when the trust bundle lists the very certificate of its signer, or the key of the authority that
issued it. A country renews its authority under the same name, so that only the key identifier tells an authority that
is not known yet from one that never issued this certificate.
"""

from dataclasses import dataclass

from config.rules.reasons import ReasonCode
from station.certificates.errors import StepFailed
from station.certificates.icao import x509
from station.certificates.icao.countries import SPECIMEN, spellings, two_letters
from station.certificates.result import EntryKind, Step, Verdict
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle
from station.certificates.trust.countries import same_state

_SIGNER_USE = "2.23.136.1.1.14.2"
"""Extended key usage of a VDS-NC barcode signer (ICAO TR VDS-NC, certificate profile; 14.1 is a health CSCA's)."""
_DOCUMENTS = {"NV": EntryKind.VACCINATION, "NT": EntryKind.TEST, "NR": EntryKind.RECOVERY}
"""Document types of health proofs (ICAO TR VDS-NC, certificate profile)."""


@dataclass(frozen=True, slots=True)
class Believed:
    """Why a signer is believed."""

    signer: Signer
    """The entry of the trust bundle: of the signer itself, or of its authority."""
    listed: bool
    """The bundle lists the signer itself."""


def believe(der: bytes, certificate: x509.Certificate, trust: TrustBundle) -> Believed:
    """The entry of the bundle by which this signer is believed.

    Raises:
        StepFailed: neither the signer nor its authority is known (undecided); or the authority that its certificate
            names is known and never issued it (invalid).
    """
    everyone = trust.of_scheme(Scheme.ICAO)
    for signer in everyone:
        if signer.certificate == der:
            return Believed(signer, listed=True)
    country = two_letters(certificate.country)
    wanted = (*spellings(country), "") if country else ()
    candidates = [signer for signer in everyone if signer.country.upper() in wanted]
    for signer in candidates:
        if not signer.certificate and signer.key == certificate.key:
            return Believed(signer, listed=True)
    by_id = trust.find(certificate.issuer_key_id, Scheme.ICAO) if certificate.issuer_key_id else ()
    candidates = [*by_id, *(signer for signer in candidates if signer not in by_id)]
    for signer in candidates:
        # A key without certificate is listed as an authority's; a certificate must not say that it is none.
        if x509.issued(certificate, signer.key) and (not signer.certificate or x509.may_issue(signer.certificate)):
            if signer.country and certificate.country and two_letters(signer.country) != country:
                raise _foreign()
            return Believed(signer, listed=False)
    if any(_is_named(signer, certificate) for signer in candidates):
        raise StepFailed(
            Step.CHAIN,
            ReasonCode.CERTIFICATE_CHAIN,
            "The signer's certificate names an authority that never issued it: it was forged; ask for another one.",
        )
    raise StepFailed(
        Step.SIGNER,
        ReasonCode.CERTIFICATE_SIGNER_UNKNOWN,
        "Neither the signer nor its country's authority is in the trust bundle; update the bundle or decide by hand.",
        Verdict.UNDECIDED,
    )


def listed_by_name(trust: TrustBundle, country: str, name: str, serial: int) -> tuple[Signer, ...]:
    """Signers listed by themselves that a constrained seal names: by country, common name and serial number.

    Args:
        trust: the signers to believe.
        country: two letters.
        name: common name of the certificate's subject, any case.
        serial: of the certificate.
    """
    found: list[Signer] = []
    for spelling in spellings(country):
        for signer in trust.of_country(spelling, Scheme.ICAO):
            if not signer.certificate or signer.name.upper() != name.upper():
                continue
            try:
                certificate = x509.read(signer.certificate)
            except ValueError:
                continue
            if certificate.serial == serial and signer not in found:
                found.append(signer)
    return tuple(found)


def check_country(believed: Believed, certificate: x509.Certificate, issuer: str) -> None:
    """Whether the signer belongs to the country that the seal says is its issuer.

    Specimens are of Utopia whoever signs them: then the bundle must list that very signer, as one for tests.

    Raises:
        StepFailed: it belongs to another one, or either names none.
    """
    if issuer.replace("<", " ").strip().upper() == SPECIMEN and believed.listed and believed.signer.test:
        return
    if not same_state(certificate.country or believed.signer.country, issuer):
        raise _foreign()


def permitted(believed: Believed, certificate: x509.Certificate) -> frozenset[EntryKind]:
    """The kinds of entry that the signer may attest: by its own certificate and by the bundle.

    A signer for something else than seals, and an authority, may attest nothing. A certificate that names neither uses
    nor documents sets no limit (specimens, early signers); `unrestricted` tells.
    """
    if certificate.authority or (certificate.uses and _SIGNER_USE not in certificate.uses):
        return frozenset()
    types = certificate.document_types
    own = frozenset(_DOCUMENTS[each] for each in types if each in _DOCUMENTS) if types else frozenset(EntryKind)
    return own & believed.signer.kinds


def unrestricted(certificate: x509.Certificate) -> bool:
    """Whether the signer's certificate does not say at all what it is for."""
    return not certificate.uses and not certificate.document_types


def _is_named(signer: Signer, certificate: x509.Certificate) -> bool:
    """Whether the certificate names this entry as its issuer, by key identifier, or without one by name."""
    if not signer.certificate:
        return bool(certificate.issuer_key_id) and signer.kid == certificate.issuer_key_id
    try:
        authority = x509.read_authority(signer.certificate)
    except ValueError:
        return False
    if certificate.issuer_key_id and authority.key_id:
        return certificate.issuer_key_id == authority.key_id
    return certificate.issuer == authority.subject


def _foreign() -> StepFailed:
    return StepFailed(
        Step.CHAIN,
        ReasonCode.CERTIFICATE_CHAIN,
        "The signer belongs to another country than the one that the code names; ask for another one.",
    )
