"""X.509 certificates of barcode signers and country authorities: what a chain needs, also of ones that are not quite
DER (Doc 9303-12; ICAO TR VDS-NC, certificate profile; RFC 5280).

Read with asn1crypto: the strict parser of `cryptography` refuses real ones (a NULL where ECDSA takes no parameters,
curves written out by numbers, as Doc 9303-12, 4.1.6 demands). Tolerance ends at the signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from asn1crypto import core
from asn1crypto import keys as loose_keys
from asn1crypto import x509 as loose
from cryptography import x509 as strict
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from station.certificates.icao.coding import values
from station.certificates.keys import Algorithm, PublicKey, load_key

DOCUMENT_TYPES = "2.23.136.1.1.6.2"
"""Extension: the documents that the signer may sign (Doc 9303-12, 7.1.1)."""
_PSS = "1.2.840.113549.1.1.10"
_TEXTS = (0x0C, 0x13)
"""Tags of a UTF8String and of a PrintableString."""


class Way(StrEnum):
    """How a certificate is signed."""

    ECDSA = "ecdsa"
    PKCS1 = "pkcs1"
    PSS = "pss"


_WAYS: dict[str, tuple[Way, hashes.HashAlgorithm]] = {
    "1.2.840.113549.1.1.14": (Way.PKCS1, hashes.SHA224()),
    "1.2.840.113549.1.1.11": (Way.PKCS1, hashes.SHA256()),
    "1.2.840.113549.1.1.12": (Way.PKCS1, hashes.SHA384()),
    "1.2.840.113549.1.1.13": (Way.PKCS1, hashes.SHA512()),
    "1.2.840.10045.4.3.1": (Way.ECDSA, hashes.SHA224()),
    "1.2.840.10045.4.3.2": (Way.ECDSA, hashes.SHA256()),
    "1.2.840.10045.4.3.3": (Way.ECDSA, hashes.SHA384()),
    "1.2.840.10045.4.3.4": (Way.ECDSA, hashes.SHA512()),
}
"""Doc 9303-12, 4.1; SHA-1 is not among them: its collisions are forged certificates."""
_SIZES = ((256, Algorithm.ES256), (384, Algorithm.ES384), (521, Algorithm.ES512))
"""The curve fixes the algorithm of a seal, by its size in bits at most (Doc 9303-13, 2.4)."""
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha224": hashes.SHA224(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip
_CURVES: dict[int, ec.EllipticCurve] = {
    2**256 - 2**224 + 2**192 + 2**96 - 1: ec.SECP256R1(),
    2**384 - 2**128 - 2**96 + 2**32 - 1: ec.SECP384R1(),
    2**521 - 1: ec.SECP521R1(),
    0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377: ec.BrainpoolP256R1(),
    0x8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53: (
        ec.BrainpoolP384R1()
    ),
    0xAADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3: (  # noqa: E501
        ec.BrainpoolP512R1()
    ),
}
"""By the prime of their field (FIPS 186-4, D.1.2; RFC 5639, 3)."""

_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, IndexError, RecursionError)
"""What asn1crypto raises for other bytes than a certificate's."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate taken apart, without believing it."""

    key: PublicKey
    country: str
    """Of the subject, as written."""
    name: str
    """Common name of the subject."""
    subject: tuple[str, ...]
    """Whole name, without case and extra spaces, so that it compares as RFC 5280, 7.1 says."""
    issuer: tuple[str, ...]
    serial: int
    not_before: datetime
    not_after: datetime
    key_id: bytes
    """Subject key identifier; empty when there is none."""
    issuer_key_id: bytes
    """Authority key identifier; empty when there is none."""
    authority: bool | None
    """May issue certificates; None when it says nothing about it."""
    uses: frozenset[str]
    """Extended key usages, as dotted numbers."""
    document_types: frozenset[str]
    way: Way | None
    """None when it is signed in a way that is not accepted."""
    digest: hashes.HashAlgorithm | None
    salt: int
    """Bytes of salt, of PSS."""
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Authority:
    """Whether a certificate may issue others; the fields are those of Certificate."""

    subject: tuple[str, ...]
    issuer: tuple[str, ...]
    key_id: bytes
    authority: bool | None


def read(der: bytes) -> Certificate:
    """Take a certificate apart.

    Raises:
        ValueError: it is none, bytes follow it, or its key is of a kind that no certificate of ours uses.
    """
    try:
        found = loose.Certificate.load(der, strict=True)
        _check_shell(found, der)
        return _read(found)
    except _UNREADABLE as error:
        raise ValueError("it is no X.509 certificate, or its key is of an unsupported kind") from error


def read_authority(der: bytes) -> Authority:
    """The part of a listed certificate that tells what it is called and whether it may issue others.

    Raises:
        ValueError: it is no certificate.
    """
    try:
        found = loose.Certificate.load(der, strict=True)
        limits = found.basic_constraints_value
        return Authority(
            subject=_name(found.subject),
            issuer=_name(found.issuer),
            key_id=found.key_identifier or b"",
            authority=None if limits is None else bool(limits["ca"].native),
        )
    except _UNREADABLE as error:
        raise ValueError("it is no X.509 certificate") from error


def may_issue(der: bytes) -> bool:
    """Whether a listed certificate is an authority's: it says so, or it says nothing and issued itself."""
    try:
        # The strict parser is ten times as fast and reads most of them.
        found = strict.load_der_x509_certificate(der)
        return found.extensions.get_extension_for_class(strict.BasicConstraints).value.ca
    except (ValueError, strict.ExtensionNotFound, strict.DuplicateExtension):
        pass
    try:
        authority = read_authority(der)
    except ValueError:
        return False
    return authority.authority if authority.authority is not None else authority.subject == authority.issuer


def issued(certificate: Certificate, key: PublicKey) -> bool:
    """Whether the owner of that key signed the certificate."""
    digest = certificate.digest
    try:
        if digest is None:
            return False
        if certificate.way is Way.ECDSA and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(certificate.signature, certificate.signed, ec.ECDSA(digest))
        elif certificate.way is Way.PKCS1 and isinstance(key, rsa.RSAPublicKey):
            key.verify(certificate.signature, certificate.signed, padding.PKCS1v15(), digest)
        elif certificate.way is Way.PSS and isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(digest), certificate.salt)
            key.verify(certificate.signature, certificate.signed, pss, digest)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def algorithm_of(key: PublicKey) -> Algorithm | None:
    """The algorithm that goes with a seal signer's key; None when it is no elliptic curve of at least 256 bits."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.key_size < _SIZES[0][0]:
        return None
    return next((algorithm for size, algorithm in _SIZES if key.key_size <= size), None)


def _read(found: loose.Certificate) -> Certificate:
    body = found["tbs_certificate"]
    validity, words = body["validity"], found.subject.native
    limits = found.basic_constraints_value
    uses = found.extended_key_usage_value
    key_id, issuer_key_id = found.key_identifier, found.authority_key_identifier
    way, digest, salt = _way(found["signature_algorithm"])
    return Certificate(
        key=_key(body["subject_public_key_info"]),
        country=_word(words, "country_name"),
        name=_word(words, "common_name"),
        subject=_name(found.subject),
        issuer=_name(found.issuer),
        serial=found.serial_number,
        not_before=validity["not_before"].native.astimezone(UTC),
        not_after=validity["not_after"].native.astimezone(UTC),
        key_id=key_id or b"",
        issuer_key_id=issuer_key_id or b"",
        authority=None if limits is None else bool(limits["ca"].native),
        uses=frozenset(use.dotted for use in uses) if uses is not None else frozenset(),
        document_types=_document_types(body["extensions"]),
        way=way,
        digest=digest,
        salt=salt,
        signed=body.dump(),
        signature=found["signature_value"].native,
    )


def _check_shell(found: loose.Certificate, der: bytes) -> None:
    """What no signature covers has one spelling only, so that a certificate cannot be made to look like another one.

    The algorithm must stand inside as it does outside (RFC 5280, 4.1.1.2).
    """
    body, algorithm, signature = (
        found[name].dump() for name in ("tbs_certificate", "signature_algorithm", "signature_value")
    )
    plain = core.BitString.load(signature, strict=True).contents
    shell = core.Sequence(contents=body + algorithm + core.OctetBitString(plain[1:]).dump()).dump()
    if shell != der or plain[:1] != b"\x00" or found["tbs_certificate"]["signature"].dump() != algorithm:
        raise ValueError("its shell is spelt in another way than DER's")


def _way(algorithm: loose.SignedDigestAlgorithm) -> tuple[Way | None, hashes.HashAlgorithm | None, int]:
    dotted = algorithm["algorithm"].dotted
    if dotted == _PSS:
        return Way.PSS, _DIGESTS.get(algorithm.hash_algo), int(algorithm["parameters"]["salt_length"].native)
    way, digest = _WAYS.get(dotted, (None, None))
    return way, digest, 0


def _document_types(extensions: loose.Extensions) -> frozenset[str]:
    """`NV`, `NT`, `P` ...: SEQUENCE { version, SET OF PrintableString }."""
    for extension in extensions or ():
        if extension["extn_id"].dotted == DOCUMENT_TYPES:
            whole = values(extension["extn_value"].contents)[0].value
            kinds = values(whole)[1].value
            return frozenset(each.value.decode("ascii") for each in values(kinds) if each.tag in _TEXTS)
    return frozenset()


def _name(name: loose.Name) -> tuple[str, ...]:
    return tuple(
        f"{pair['type'].dotted}={' '.join(str(pair['value'].native).casefold().split())}"
        for group in name.chosen
        for pair in group
    )


def _word(words: Mapping[str, str | list[str]], name: str) -> str:
    found = words.get(name, "")
    return found if isinstance(found, str) else found[0]


def _key(info: loose_keys.PublicKeyInfo) -> PublicKey:
    algorithm = info["algorithm"]
    if algorithm["algorithm"].dotted == _PSS:
        # The key itself is a plain RSA key; its parameters are what other parsers stumble over.
        numbers = info["public_key"].parsed.native
        return rsa.RSAPublicNumbers(numbers["public_exponent"], numbers["modulus"]).public_key()
    parameters = algorithm["parameters"]
    if info.algorithm == "ec" and parameters.name == "specified":
        # The point is taken on the well-known curve of that field: whoever writes other numbers gains nothing by it.
        curve = _CURVES[int(parameters.chosen["field_id"]["parameters"].native)]
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, info["public_key"].native)
    return load_key(info.dump())
