"""Authorities and barcode signers made on the spot, of every kind that real countries use."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, core
from asn1crypto import x509 as loose
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from station.certificates.icao.x509 import read
from station.certificates.trust.bundle import Scheme, Signer, from_certificate

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "certificates"
VDS_NC_USE = "2.23.136.1.1.14.2"
DOCUMENT_TYPES = "2.23.136.1.1.6.2"


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    key: Any
    der: bytes

    def listed(self, **changes: Any) -> Signer:
        """As an entry of a trust bundle."""
        entry = replace(from_certificate(self.der), scheme=Scheme.ICAO, kid=read(self.der).key_id)
        return replace(entry, **changes)


def make(
    name: str = "CSCA",
    country: str = "AU",
    *,
    by: Issued | None = None,
    key: Any = None,
    use: str | None = VDS_NC_USE,
    types: tuple[str, ...] = ("NT", "NV"),
    authority: bool = False,
    pss: bool = False,
    issuer_key: Any = None,
    key_ids: bool = True,
) -> Issued:
    """A certificate by an authority, or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    signing = by.key if by else key
    named = x509.load_der_x509_certificate(by.der).subject if by else _name(name, country)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name, country))
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(0x5B)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
    )
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    elif use:
        builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(use)]), critical=True)
    if types and not authority:
        words = b"".join(b"\x13" + bytes([len(each)]) + each.encode() for each in types)
        body = b"\x02\x01\x00\x31" + bytes([len(words)]) + words
        value = x509.UnrecognizedExtension(x509.ObjectIdentifier(DOCUMENT_TYPES), b"\x30" + bytes([len(body)]) + body)
        builder = builder.add_extension(value, critical=False)
    if key_ids:
        ours = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key((issuer_key or signing).public_key())
        builder = builder.add_extension(ours, critical=False).add_extension(theirs, critical=False)
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else None
    made = builder.sign(signing, hashes.SHA256(), rsa_padding=salted)
    return Issued(key, made.public_bytes(Encoding.DER))


def with_stray_null(signer: Issued, by: Issued) -> Issued:
    """The same certificate with a NULL where ECDSA takes no parameters, as Japan's signer writes it; signed again."""
    certificate = loose.Certificate.load(signer.der)
    body = certificate["tbs_certificate"]
    odd = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa", "parameters": core.Null()})
    body["signature"] = odd
    signature = by.key.sign(body.dump(force=True), ec.ECDSA(hashes.SHA256()))
    whole = loose.Certificate({"tbs_certificate": body, "signature_algorithm": odd, "signature_value": signature})
    return Issued(signer.key, whole.dump(force=True))


def _name(name: str, country: str) -> x509.Name:
    words = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    if country:
        words.insert(0, x509.NameAttribute(x509.NameOID.COUNTRY_NAME, country))
    return x509.Name(words)


@pytest.fixture(scope="session")
def certified() -> Callable[..., Issued]:
    """`make`."""
    return make


@pytest.fixture(scope="session")
def stray_null() -> Callable[[Issued, Issued], Issued]:
    """`with_stray_null`."""
    return with_stray_null


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    """One RSA key, because making one is slow."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The shared test data."""
    if not DATA.exists():
        pytest.skip("the shared certificate data is not beside the project")
    return DATA
