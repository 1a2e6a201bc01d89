"""Trust files of every kind, and demonstration keys kept out of production."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from station.certificates.errors import TrustRefused, TrustUnreadable
from station.certificates.issuing.hcert import make_issuer
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Scheme, merge
from station.certificates.trust.files import load, write_bundle
from station.certificates.trust.signer_certificate import ALL_KINDS, kinds_of

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ISSUER = make_issuer(b"tests", NOW)
DER = ISSUER.trusted.certificate
KID = ISSUER.trusted.kid


def _b64(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_certificates(tmp_path: Path) -> None:
    pem = x509.load_der_x509_certificate(DER).public_bytes(Encoding.PEM)
    other = x509.load_der_x509_certificate(ISSUER.stranger.certificate).public_bytes(Encoding.PEM)
    (tmp_path / "a.pem").write_bytes(b"some words before\n" + pem + other)
    (tmp_path / "b.der").write_bytes(DER)
    (tmp_path / "c.b64").write_bytes(base64.b64encode(DER) + b"\n")
    trust = load([tmp_path], allow_test=True)
    assert len(trust.of_scheme(Scheme.HCERT)) == 2
    assert len(trust.of_scheme(Scheme.ICAO)) == 2, "nothing in them says of which world they are"
    assert trust.sources == ("a.pem", "b.der", "c.b64")
    (signer,) = trust.find(KID)
    assert (signer.country, signer.kinds, signer.test) == ("UT", ALL_KINDS, True)
    assert signer.not_after is not None
    assert signer.not_after > NOW + timedelta(days=600)
    assert trust.created_at is None


def test_own_bundle(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(write_bundle(ISSUER.certificates(), NOW, test=True))
    trust = load([path], allow_test=True)
    assert trust.created_at == NOW
    assert len(trust) == 2
    (tests_only,) = trust.find(ISSUER.tests_only.kid)
    assert tests_only.kinds == {EntryKind.TEST}
    older = tmp_path / "older.json"
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    spki = base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    row = {"kid": base64.b64encode(b"12345678").decode(), "public_key": spki, "country": "TH", "kinds": ["v"]}
    older.write_text(json.dumps({"format": "daan-trust-1", "created_at": "2026-01-01T00:00:00Z", "signers": [row]}))
    both = load([path, older], allow_test=True)
    assert len(both) == 3
    assert both.created_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert [signer.kid for signer in both.of_country("th")] == [b"12345678"]
    assert len(merge([both, both])) == 3


@pytest.mark.parametrize("form", ["bundle", "der"])
def test_demonstration_keys_are_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / "demo"
    path.write_bytes(DER if form == "der" else write_bundle([DER], NOW, test=True).encode())
    with pytest.raises(TrustRefused, match="demonstration"):
        load([path])


def test_jwk_set(tmp_path: Path) -> None:
    rsa_key = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    point = ISSUER.stranger.key.public_key().public_numbers()
    edwards = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    keys = [
        {
            "kty": "EC",
            "crv": "P-256",
            "kid": base64.b64encode(b"ec-key-1").decode(),
            "x": _b64(point.x),
            "y": _b64(point.y),
        },
        {"kty": "RSA", "kid": base64.b64encode(b"rsakey-1").decode(), "n": _b64(rsa_key.n), "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": base64.urlsafe_b64encode(edwards).decode().rstrip("=")},
        {"kty": "EC", "kid": "ignored", "x5c": [base64.b64encode(DER).decode()]},
    ]
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": keys}))
    trust = load([path], allow_test=True)
    for kid in (b"ec-key-1", b"rsakey-1", b"ed", KID):
        assert trust.find(kid), kid


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x30\x82\x00\x00",
        b"{",
        b"{}",
        b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "a", "x": "AA", "y": "AA"}]}',
        b'{"format": "daan-trust-1", "created_at": "2026-01-01", "signers": []}',
        b'{"format": "daan-trust-1", "created_at": "2026-01-01T00:00:00Z", "signers": [{"certificate": "AAAA"}]}',
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        DER[:200],
        b"[" * 100_000,
    ],
)
def test_bad_files_give_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(TrustUnreadable, match=r"^The trust file bad is no certificate.*; replace it\.$"):
        load([path])


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(TrustUnreadable, match="cannot be read"):
        load([tmp_path / "nowhere"])


def test_key_usages() -> None:
    assert kinds_of(frozenset()) == ALL_KINDS
    assert kinds_of(frozenset({"1.3.6.1.5.5.7.3.2"})) == ALL_KINDS
    for root in ("1.3.6.1.4.1.1847", "1.3.6.1.4.1.0.1847", "0.4.0.1847"):
        assert kinds_of(frozenset({f"{root}.2021.1.2", "1.3.6.1.5.5.7.3.2"})) == {EntryKind.VACCINATION}


def test_a_certificate_of_no_named_world_is_of_one_world_at_a_station(tmp_path: Path) -> None:
    """It is of both only for a person who names it on the command line, where it cannot be asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "AU")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9))
    path = tmp_path / "signer.der"
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
    assert {scheme for scheme, _ in load([path]).signers} == {Scheme.HCERT}
    assert {scheme for scheme, _ in load([path], allow_test=True).signers} == {Scheme.HCERT, Scheme.ICAO}
