"""Visible digital seals of documents (Doc 9303-13): header, values, signature.

The signature is the value of tag 0xFF, over everything before it. The signer's certificate is named by its country and
common name and by its serial number; or by its hash, where the reference is as long as one.
"""

import hashlib
from functools import partial
from typing import Any

from config.rules.reasons import ReasonCode
from station.certificates.hcert.container import MAX_TEXT
from station.certificates.icao import authority, seal
from station.certificates.icao.catalogue import describe
from station.certificates.icao.coding import Malformed, values
from station.certificates.icao.countries import spellings
from station.certificates.icao.document_types import DOCUMENTS, PROFILES, Document
from station.certificates.icao.vds_header import Header, read_header
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult, Products, Step, Verdict
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle

_FIRST = "\xdc"
_SIGNATURE = 0xFF
_HASH_DIGITS = (40, 64)


def verify(text: str, trust: TrustBundle, now: Interval) -> CertificateResult:
    """Decode and verify a seal whose bytes come as Latin-1; as `station.certificates.verify.verify`."""
    if not text.startswith(_FIRST):
        return CertificateResult(
            CertificateFormat.VDS,
            Verdict.UNDECIDED,
            Step.KIND,
            ReasonCode.CERTIFICATE_KIND,
            "The code speaks of a seal but holds no bytes of one; decide by hand.",
            products=Products(text=text[:MAX_TEXT]),
        )
    return seal.verify(CertificateFormat.VDS, text, take_apart, trust)


def take_apart(text: str) -> seal.Seal:
    """Decode a seal without believing it.

    Raises:
        Malformed: it is none, or damaged.
    """
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise Malformed("it holds characters that are no bytes; set the scanner to send bytes") from error
    header = read_header(data)
    items = values(data[header.size :])
    signatures = [item for item in items if item.tag == _SIGNATURE]
    if len(signatures) > 1 or (signatures and items[-1].tag != _SIGNATURE):
        raise Malformed("its signature does not stand at its end")
    end = header.size + signatures[0].start if signatures else len(data)
    kind, messages = _messages(header, data[header.size : end])
    content: dict[str, Any] = {
        "country": header.country,
        "signer": header.signer,
        "certificate_reference": header.reference,
        "issued": header.issued,
        "signed": header.signed,
        "messages": messages,
    }
    return seal.Seal(
        kind=kind,
        issuer=header.country,
        content=content,
        signed=data[:end],
        signature=signatures[0].value if signatures else b"",
        reference=f"{header.signer}{header.reference}".encode(),
        signers=partial(_signers, header=header),
        issued=header.issued,
    )


def _messages(header: Header, data: bytes) -> tuple[str, dict[str, Any]]:
    """Kind and named values; an administrative document's profile adds kind and values of its own."""
    document = DOCUMENTS.get(header.document) or Document(f"DOCUMENT_{header.document:04X}", {})
    profile = next((item.value.hex() for item in values(data) if item.tag == 0), "")
    special = PROFILES.get(profile) if document.name == "ADMINISTRATIVE_DOCUMENT" else None
    if special is not None:
        document = Document(special.name, {**special.fields, **document.fields})
    return document.name, describe(data, document.fields)


def _signers(trust: TrustBundle, header: Header) -> tuple[Signer, ...]:
    country, name = header.signer[:2], header.signer[2:]
    try:
        serial = int(header.reference, 16)
    except ValueError:
        return ()
    if len(header.reference) not in _HASH_DIGITS:
        return authority.listed_by_name(trust, country, name, serial)
    hashed = header.reference.lower()
    return authority.listed_by_name(trust, country, name, serial) + tuple(
        signer
        for spelling in spellings(country)
        for signer in trust.of_country(spelling, Scheme.ICAO)
        if signer.certificate
        and hashed in (_sha1(signer.certificate), hashlib.sha256(signer.certificate).hexdigest(), signer.kid.hex())
    )


def _sha1(data: bytes) -> str:
    """It only finds a certificate; it proves nothing."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
