"""Fresh ICAO health proofs of the test issuer (technical report "VDS-NC", version 1; Doc 9303-12 for certificates).

Own Utopian authority (CSCA) and barcode signers; every one of their certificates says that it is a test.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from station.certificates.issuing.content import (
    COUNTRY_3,
    HOSPITAL,
    Proof,
    Subject,
    Swab,
    Vaccination,
    somebody_else,
    stamp,
)
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.signers import SIGNER_LIFE, ec_key, first_day, raw_signature, serial, words
from station.certificates.trust.bundle import Signer, from_icao_certificate

VERSION = 1
COVID_ICD11 = "RA01.0"
VACCINE_ICD11 = "XM68M6"
"""COVID-19 vaccines, of any kind (ICD-11 extension code)."""
SIGNER_USE = "2.23.136.1.1.14.2"
"""Extended key usage of a VDS-NC barcode signer."""
_DOCUMENT_TYPES = "2.23.136.1.1.6.2"
"""Extension documentTypeList: NV for a vaccination, NT for a test."""
_NAMES = {
    "EU/1/20/1528": "Comirnaty",
    "EU/1/20/1507": "Spikevax",
    "EU/1/21/1529": "Vaxzevria",
    "EU/1/20/1525": "Jcovden",
    "EU/1/21/1618": "Nuvaxovid",
}
"""Trade names by the EU's product codes; another product goes by its own code."""


@dataclass(frozen=True, slots=True)
class SealSigner:
    """A barcode signer: private key and certificate in DER."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes


@dataclass(frozen=True, slots=True)
class VdsNcIssuer:
    """Authority and signers; only `authority` belongs in a trust bundle."""

    authority: bytes
    """Certificate of the CSCA in DER."""
    trusted: SealSigner
    misused: SealSigner
    """Certified by the authority for something else than seals."""
    impostor: SealSigner
    """Its certificate names the authority, which never signed it."""
    stranger: SealSigner
    """Certified by an authority of its own."""

    def trusted_authority(self) -> Signer:
        """The authority as a trust bundle holds it."""
        return from_icao_certificate(self.authority, test=True)


def make_issuer(seed: bytes, now: datetime) -> VdsNcIssuer:
    """Authority and signers out of a seed, valid from thirty days before `now`."""
    start = first_day(now)
    seed += b"/icao"
    authority, other = ec_key(seed + b" csca"), ec_key(seed + b" other csca")
    name, nowhere = "Country Signing Authority of Utopia", "Country Signing Authority of Nowhere"
    return VdsNcIssuer(
        authority=_authority(seed, name, authority, start),
        trusted=_signer(seed + b"/trusted", name, authority, start, authority),
        misused=_signer(seed + b"/misused", name, authority, start, authority, use=ExtendedKeyUsageOID.SERVER_AUTH),
        impostor=_signer(seed + b"/impostor", name, authority, start, other),
        stranger=_signer(seed + b"/stranger", nowhere, other, start, other),
    )


def issue(
    issuer: VdsNcIssuer,
    subject: Subject,
    proofs: Sequence[Proof],
    now: datetime,
    identifier: str,
    flaw: Flaw = Flaw.NONE,
) -> str:
    """The text of a fresh code, JSON.

    Args:
        issuer: whose keys.
        subject: an invented person.
        proofs: vaccinations, or one test.
        now: unused by vaccinations, which carry no time of issue; a test is reported then.
        identifier: number of the proof (`uvci` or `utci`).
        flaw: what is wrong with it.

    Raises:
        ValueError: proofs of other kinds, or mixed.
    """
    data = message(subject, proofs, now, identifier)
    by = {
        Flaw.UNKNOWN_SIGNER: issuer.stranger,
        Flaw.BROKEN_CHAIN: issuer.impostor,
        Flaw.WRONG_KEY_USAGE: issuer.misused,
    }.get(flaw, issuer.trusted)
    key = issuer.impostor.key if flaw is Flaw.FORGED else by.key
    shown = message(somebody_else(subject), proofs, now, identifier) if flaw is Flaw.ALTERED else data
    seal = {
        "alg": "none" if flaw is Flaw.WRONG_ALGORITHM else "ES256",
        "cer": _b64(by.certificate),
        "sigvl": _b64(raw_signature(key, canonical(data))),
    }
    text = json.dumps({"data": shown, "sig": seal}, ensure_ascii=False, separators=(",", ":"))
    return text[: len(text) * 2 // 3] if flaw is Flaw.TORN else text


def message(subject: Subject, proofs: Sequence[Proof], now: datetime, identifier: str) -> dict[str, Any]:
    """Header and message, as they are signed.

    Raises:
        ValueError: proofs of other kinds than the format has, or mixed.
    """
    person: dict[str, Any] = {"n": f"{subject.surname}  {subject.given_names}".strip(), "dob": subject.birth_text}
    vaccinations = [proof for proof in proofs if isinstance(proof, Vaccination)]
    if vaccinations and len(vaccinations) == len(proofs):
        events = [_event(proof) for proof in vaccinations]
        return _headed("icao.vacc", {"uvci": identifier, "pid": person, "ve": events})
    if len(proofs) == 1 and isinstance(proofs[0], Swab):
        contact = {"p": "+000000000", "e": "test@utopia.test", "a": "12 Utopia Street"}
        return _headed(
            "icao.test",
            {
                "utci": identifier,
                "pid": person | {"dt": "P", "dn": "TEST00000"},
                "sp": {"spn": HOSPITAL, "ctr": COUNTRY_3, "cd": contact},
                "dat": {"sc": stamp(proofs[0].sampled_at), "ri": stamp(now)},
                "tr": {
                    "tc": "antigen" if proofs[0].rapid else "molecular(PCR)",
                    "r": "positive" if proofs[0].positive else "negative",
                },
            },
        )
    raise ValueError("an ICAO health proof attests vaccinations or one test; give either of these")


def canonical(data: Mapping[str, Any]) -> bytes:
    """What is signed: JSON with sorted keys, without spaces, in UTF-8 (RFC 8785; no key of ours is outside ASCII)."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _headed(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return {"hdr": {"t": kind, "v": VERSION, "is": COUNTRY_3}, "msg": dict(content)}


def _event(proof: Vaccination) -> dict[str, Any]:
    dose = {"dvc": proof.on.isoformat(), "seq": proof.dose, "ctr": COUNTRY_3, "adm": HOSPITAL, "lot": "TEST"}
    name = _NAMES.get(proof.product, proof.product)
    return {"des": VACCINE_ICD11, "nam": name, "dis": COVID_ICD11, "vd": [dose]}


def _authority(seed: bytes, name: str, key: ec.EllipticCurvePrivateKey, start: datetime) -> bytes:
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    builder = (
        _builder(seed, name, name, key, start)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def _signer(
    seed: bytes,
    authority: str,
    named: ec.EllipticCurvePrivateKey,
    start: datetime,
    signing: ec.EllipticCurvePrivateKey,
    use: x509.ObjectIdentifier | None = None,
) -> SealSigner:
    """A barcode signer whose certificate names the authority of key `named` and is signed by `signing`."""
    key = ec_key(seed)
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    purpose = use or x509.ObjectIdentifier(SIGNER_USE)
    # SEQUENCE { version 0, SET { "NV", "NT" } } (Doc 9303-12, 7.1.2)
    types = bytes.fromhex("300d020100310813024e5413024e56")
    builder = (
        _builder(seed, "Barcode signer of Utopia", authority, key, start)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(_DOCUMENT_TYPES), types), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(named.public_key()), critical=False)
    )
    signed = builder.sign(signing, hashes.SHA256(), ecdsa_deterministic=True)
    return SealSigner(key, signed.public_bytes(Encoding.DER))


def _builder(
    seed: bytes, name: str, authority: str, key: ec.EllipticCurvePrivateKey, start: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(words(name))
        .issuer_name(words(authority))
        .public_key(key.public_key())
        .serial_number(serial(seed))
        .not_valid_before(start)
        .not_valid_after(start + SIGNER_LIFE + timedelta(days=1))
    )


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
