"""The datastructure for barcode, successor of the visible digital seal (ICAO TR Datastructure for Barcode).

`RDB1` (earlier `NDB1`), a flag, then Base32 without padding of perhaps compressed bytes: header, messages (tag 0x61),
the signer's certificate (0x7E, optional), signature (0x7F) over header and messages.
"""

import base64
import binascii
import hashlib
from functools import partial
from typing import Any

from station.certificates.errors import StepFailed
from station.certificates.hcert.container import inflate
from station.certificates.icao import seal
from station.certificates.icao.catalogue import describe
from station.certificates.icao.coding import Malformed, Value, c40, masked_date, values
from station.certificates.icao.countries import spellings, two_letters
from station.certificates.icao.document_types import GERMAN_DOCUMENTS, MESSAGES, NATIONAL
from station.certificates.keys import Algorithm
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle

PREFIXES = ("RDB1", "NDB1")
_MESSAGES, _CERTIFICATE, _SIGNATURE = 0x61, 0x7E, 0x7F
_SIGNED, _COMPRESSED = 1, 2
"""Bits of the flag, counted from the letter A."""
_COUNTRY, _HEADER = 2, 12
"""Bytes of an unsigned and of a signed header."""
_ALGORITHMS = {1: Algorithm.ES256, 2: Algorithm.ES384, 3: Algorithm.ES512}


def verify(text: str, trust: TrustBundle, now: Interval) -> CertificateResult:
    """Decode and verify a datastructure for barcode; as `station.certificates.verify.verify`."""
    return seal.verify(CertificateFormat.IDB, text, take_apart, trust)


def take_apart(text: str) -> seal.Seal:
    """Decode one without believing it.

    Raises:
        Malformed: it is none, or damaged.
    """
    data, signed = _unpack(text.strip())
    size = _HEADER if signed else _COUNTRY
    if len(data) < size:
        raise Malformed("its header is cut off")
    parts = _parts(data[size:], signed)
    messages = parts[_MESSAGES]
    described = describe(messages.value, MESSAGES)
    country = c40(data[:_COUNTRY]).strip()
    algorithm = _ALGORITHMS.get(data[2]) if signed else None
    if signed and algorithm is None:
        raise Malformed("its signature algorithm is unknown")
    content: dict[str, Any] = {"country": country, "messages": described}
    if signed:
        content |= {"certificate_reference": data[3:8].hex(), "signed": masked_date(data[8:_HEADER])}
    return seal.Seal(
        kind=_kind(country, messages.value, described),
        issuer=country,
        content=content,
        signed=data[: size + messages.end],
        signature=parts[_SIGNATURE].value if signed else b"",
        reference=data[3:8] if signed else b"",
        signers=partial(_signers, country=country, reference=data[3:8]),
        issued=str(content.get("signed", "")),
        certificate=parts[_CERTIFICATE].value if _CERTIFICATE in parts else b"",
        algorithm=algorithm,
    )


def _unpack(text: str) -> tuple[bytes, bool]:
    """The bytes, and whether they are signed."""
    if text[:4] not in PREFIXES or not "A" <= text[4:5] <= "D":
        raise Malformed("it does not start as a datastructure for barcode does")
    flag = ord(text[4]) - ord("A")
    body = text[5:].rstrip("=")
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError) as error:
        raise Malformed("its Base32 is damaged") from error
    if flag & _COMPRESSED:
        try:
            data = inflate(data)
        except StepFailed as error:
            raise Malformed("its compressed data is damaged") from error
    return data, bool(flag & _SIGNED)


def _parts(data: bytes, signed: bool) -> dict[int, Value]:
    items = values(data)
    parts = {item.tag: item for item in items}
    needed = {_MESSAGES, _SIGNATURE} if signed else {_MESSAGES}
    if len(parts) != len(items) or not needed <= parts.keys() <= needed | {_CERTIFICATE}:
        raise Malformed("it has not exactly the parts that it should have")
    if items[0].tag != _MESSAGES:
        raise Malformed("its messages do not stand first")
    return parts


def _kind(country: str, messages: bytes, described: dict[str, Any]) -> str:
    """The kind of document: a country's own by number, else by the messages it has."""
    number = described.get("NATIONAL_DOCUMENT_IDENTIFIER")
    if isinstance(number, int) and two_letters(country) == "DE" and 1 <= number <= len(GERMAN_DOCUMENTS):
        return GERMAN_DOCUMENTS[number - 1]
    known = [MESSAGES[item.tag].name for item in values(messages) if item.tag < NATIONAL and item.tag in MESSAGES]
    return "_AND_".join(dict.fromkeys(known)) or "NATIONAL_DOCUMENT"


def _signers(trust: TrustBundle, country: str, reference: bytes) -> tuple[Signer, ...]:
    """Signers of that country whose certificate's SHA-1 ends in the reference: it only finds, it proves nothing."""
    return tuple(
        signer
        for spelling in spellings(country)
        for signer in trust.of_country(spelling, Scheme.ICAO)
        if signer.certificate and hashlib.sha1(signer.certificate, usedforsecurity=False).digest()[-5:] == reference
    )
