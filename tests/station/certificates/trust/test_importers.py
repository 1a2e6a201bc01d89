"""Other people's trust lists: every shape read, bad rows left out and counted, test keys known."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as loose
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from station.certificates.icao.countries import two_letters
from station.certificates.issuing.hcert import make_issuer
from station.certificates.keys import from_jwk, is_thumbprint, thumbprint
from station.certificates.result import EntryKind
from station.certificates.trust.bundle import Scheme
from station.certificates.trust.countries import may_speak_for
from station.certificates.trust.importers import icao, vci_folder
from station.certificates.trust.importers.reader import read_json, read_list
from station.certificates.trust.known_test_keys import is_known_test_key
from station.certificates.trust.marking import marked

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DATA = Path(__file__).parents[5] / "shared/data/certificates"
ISSUER = make_issuer(b"tests", NOW)
DER = ISSUER.trusted.certificate
KID = ISSUER.trusted.kid
B64 = base64.b64encode(DER).decode()
ROW = {
    "kid": base64.b64encode(KID).decode(),
    "timestamp": "2026-11-01T10:00:00+01:00",
    "country": "TH",
    "certificateType": "DSC",
    "rawData": B64,
}
SPKI = base64.b64encode(
    ISSUER.trusted.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def _number(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _jwk(**other: Any) -> dict[str, Any]:
    point = ISSUER.trusted.key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _number(point.x), "y": _number(point.y), **other}


THUMBPRINT = thumbprint(ISSUER.trusted.key.public_key())


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([ROW]).encode(),
        json.dumps({"certificates": [ROW]}).encode(),
        b"A" * 88 + b"\n" + json.dumps({"certificates": [ROW]}).encode(),
        json.dumps({"dsc_trust_list": {"TH": {"keys": [_jwk(x5c=[B64])]}}, "iat": 1_790_000_000}).encode(),
        b"ey." + base64.b64encode(b"{}"),
    ],
    ids=["gateway", "certificates", "signed", "by-country", "jws"],
)
def test_eu_lists(data: bytes) -> None:
    if data.startswith(b"ey."):
        body = json.dumps({"dsc_trust_list": {"TH": {"keys": [{"x5c": [B64]}]}}}).encode()
        data = b"eyJhbGciOiJFUzI1NiJ9." + base64.urlsafe_b64encode(body).rstrip(b"=") + b".c2ln"
    (signer,) = read_list(data).signers
    assert (signer.kid, signer.country, signer.scheme) == (KID, "TH", Scheme.HCERT)
    assert signer.test, "our own test issuer's"


def test_eu_rows_left_out() -> None:
    rows = [
        ROW,
        ROW | {"certificateType": "CSCA"},
        ROW | {"kid": "AAAAAAAAAAA="},
        ROW | {"rawData": "AAAA"},
        {"country": "TH"},
    ]
    found = read_json(rows)
    assert len(found.signers) == 1
    assert sum(found.left_out.values()) == 4
    assert found.as_of == datetime(2026, 11, 1, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="no row"):
        read_json(rows[2:])


def test_bare_keys_with_uses() -> None:
    found = read_json({"eu_keys": {ROW["kid"]: [{"subjectPk": SPKI, "keyUsage": ["t"]}, {"subjectPk": "AAAA"}]}})
    (signer,) = found.signers
    assert (signer.kid, signer.kinds) == (KID, frozenset({EntryKind.TEST}))
    assert sum(found.left_out.values()) == 1


def test_card_issuers() -> None:
    keys = [_jwk(kid=THUMBPRINT), _jwk(kid="another"), {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"}, {}]
    listed = {"kid": THUMBPRINT, "method": "rid", "ctr": 1, "rids": ["abc"]}
    rows = [{"issuer": {"iss": "https://a.example/", "name": "A"}, "keys": keys, "crls": [listed, {"kid": 1}]}]
    found = read_json({"directory": "d", "time": "2026-08-22T04:43:50Z", "issuerInfo": rows})
    (signer,) = found.signers
    assert (signer.kid, signer.issuer, signer.scheme) == (THUMBPRINT.encode(), "https://a.example", Scheme.SHC)
    assert found.as_of == datetime(2026, 8, 22, 4, 43, 50, tzinfo=UTC)
    assert [batch.issuer for batch in found.batches] == ["https://a.example"]
    assert sum(found.left_out.values()) == 4
    # A key set alone: of the issuer that is named with it, or of any if a person named it without one.
    (alone,) = read_json({"keys": keys[:1]}, "https://b.example").signers
    assert alone.issuer == "https://b.example"
    # A card's key never signs what states sign.
    (anybody,) = read_json({"keys": keys[:1]}).signers
    assert (anybody.scheme, anybody.issuer) == (Scheme.SHC, "")


def test_thumbprint() -> None:
    # Coordinates with the leading zero byte that some issuers write are the same key.
    point = ISSUER.trusted.key.public_key().public_numbers()
    padded = base64.urlsafe_b64encode(b"\0" + point.x.to_bytes(32, "big")).decode()
    assert thumbprint(from_jwk(_jwk() | {"x": padded})) == THUMBPRINT
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    assert thumbprint(other) == ""
    assert not is_thumbprint("", other)


def test_divoc_keys() -> None:
    pem = f"-----BEGIN PUBLIC KEY-----\n{SPKI}\n-----END PUBLIC KEY-----"
    rows = [{"id": "did:x", "public_key": pem, "country": "in", "name": "X"}, {"id": "did:y"}]
    (signer,) = read_json({"divoc_keys": rows}).signers
    assert (signer.kid, signer.country, signer.scheme) == (b"did:x", "IN", Scheme.DIVOC)


def test_did_documents() -> None:
    who = "did:web:tng-cdn.who.int:v2:trustlist:-:THA"
    rows = [
        {"id": f"{who}:DSC#{ROW['kid']}", "controller": who, "publicKeyJwk": _jwk(x5c=[B64], kid=ROW["kid"])},
        {"id": f"{who}:DSC#{ROW['kid']}", "controller": who, "publicKeyJwk": _jwk(kid=ROW["kid"])},
        {"id": f"{who}:SCA#{ROW['kid']}", "controller": who, "publicKeyJwk": _jwk(x5c=[B64])},
        "did:web:tng-cdn.who.int:v2:trustlist:-:LAO",
        {"id": f"{who}:DSC#a", "publicKeyJwk": {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}},
    ]
    content = {"id": who, "verificationMethod": rows, "proof": {"created": "2026-10-01T00:00:00Z"}}
    found = read_json(content)
    assert [(each.kid, each.country) for each in found.signers] == [(KID, "TH"), (KID, "TH")]
    assert found.as_of == datetime(2026, 10, 1, tzinfo=UTC)
    assert sum(found.left_out.values()) == 3
    assert not any(each.test for each in found.signers if not each.certificate)
    for place in ("tng-cdn-dev.who.int:v2:trustlist:-:THA", "tng-cdn-uat.who.int:v2:trustlist:DCC:THA"):
        name = f"did:web:{place}"
        for jwk in (_jwk(kid=ROW["kid"]), _jwk(x5c=[B64])):
            row = {"id": f"{name}:DSC#{ROW['kid']}", "controller": name, "publicKeyJwk": jwk}
            assert all(each.test for each in read_json({"id": name, "verificationMethod": [row]}).signers)
    invented = {"id": f"{who[:-3]}XXA:DSC#{ROW['kid']}", "publicKeyJwk": _jwk(kid=ROW["kid"])}
    assert all(each.test for each in read_json({"id": who, "verificationMethod": [invented]}).signers)
    (other,) = read_json(
        {"id": "did:web:x", "verificationMethod": [{"id": "did:web:x#1", "publicKeyJwk": _jwk()}]}
    ).signers
    assert (other.kid, other.scheme) == (b"did:web:x#1", Scheme.DIVOC)


def _master_list(certificates: list[bytes], *, signed_over: bytes | None = None) -> bytes:
    """CMS as an authority makes it, signed by the test issuer's key."""
    inner = core.SetOf([loose.Certificate.load(der) for der in certificates], spec=loose.Certificate)
    body = b"\x02\x01\x00" + inner.dump()
    content = core.Sequence(contents=body).dump()
    signer = loose.Certificate.load(DER)
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": [icao.MASTER_LIST]},
            {"type": "message_digest", "values": [hashlib.sha256(signed_over or content).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": NOW})]},
        ]
    )
    signature = ISSUER.trusted.key.sign(b"\x31" + attributes.dump()[1:], ec.ECDSA(hashes.SHA256()))
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {"issuer_and_serial_number": {"issuer": signer.issuer, "serial_number": signer.serial_number}}
        ),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": signature,
    }
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": icao.MASTER_LIST, "content": content},
            "certificates": [signer],
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def test_master_list() -> None:
    file = DATA / "icao-vdsnc-au-csca/VDSNCChecker/resources/assets/certificates/CSCA_AUS.der"
    authorities = [file.read_bytes()] if file.exists() else []
    found = read_list(_master_list([DER, *authorities]))
    assert {each.scheme for each in found.signers} == {Scheme.ICAO}
    assert len(found.signers) == 1 + len(authorities)
    assert found.as_of == NOW
    if authorities:
        assert "AU" in {each.country for each in found.signers}
        assert icao.is_icao(authorities[0])
    assert not icao.is_icao(DER)
    good = _master_list([DER])
    changed = bytearray(good)
    changed[-1] ^= 1
    for bad in (_master_list([DER], signed_over=b"other"), bytes(changed), good[:-40]):
        with pytest.raises(ValueError):  # noqa: PT011
            read_list(bad)


def _registry(name: str) -> Any:
    file = DATA / "pathcheck-trust-registry" / name
    if not file.exists():
        pytest.skip("the registry is not in ../shared/data")
    return json.loads(file.read_text())


def test_production_registry_is_nearly_whole() -> None:
    content = _registry("registry.json")
    found = read_json(content)
    current = sum(row["status"] == "current" for kind in content if kind != "CRED" for row in content[kind].values())
    assert len(found.signers) >= 0.98 * current
    # Every authority, also those whose curve is written out by numbers (Thailand's among them).
    authorities = [each for each in found.signers if each.scheme is Scheme.ICAO]
    assert len(authorities) == len(content["ICAO"])
    assert "TH" in {each.country for each in authorities}
    assert not any(each.test for each in marked(found.signers)), "no production key is on the list of test keys"


def test_normalized_registry() -> None:
    found = read_json(_registry("registry_normalized.json"))
    schemes = {each.scheme for each in found.signers}
    assert schemes == {Scheme.HCERT, Scheme.SHC, Scheme.DIVOC}


def test_test_registry_is_known() -> None:
    found = read_json(_registry("test_registry.json"))
    tests = [each for each in marked(found.signers) if each.test]
    named = [each for each in found.signers if "test" in each.name.lower()]
    assert len(tests) >= 75
    assert all(is_known_test_key(each.key) for each in named)


def test_signers_of_the_conformance_cases_are_known() -> None:
    folder = DATA / "eu-dgc-testdata"
    files = sorted(folder.glob("**/*.json"))
    if not files:
        pytest.skip("the EU cases are not in ../shared/data")
    keys = {json.loads(file.read_text())["TESTCTX"]["CERTIFICATE"] for file in files}
    signers = [read_list(text.encode()).signers[0] for text in keys]
    unknown = {each.name for each in signers if not is_known_test_key(each.key)}
    # One that a Spanish region uses in production, too.
    assert unknown <= {"DEPARTAMENTO DE SANIDAD DEL GOBIERNO DE ARAGON"}
    # A few are authorities by their profile; whoever names such a certificate itself gets it in both worlds.
    assert all(Scheme.HCERT in {each.scheme for each in read_list(t.encode(), either=True).signers} for t in keys)


def test_example_card_issuer_is_known() -> None:
    file = DATA / "shc-spec-examples/generate-examples/issuer/.well-known/jwks.json"
    if not file.exists():
        pytest.skip("the SMART Health Cards examples are not in ../shared/data")
    found = read_json(json.loads(file.read_text()), "https://spec.smarthealth.cards/examples/issuer")
    assert found.signers
    assert all(each.test for each in marked(found.signers))


def test_directory_folder(tmp_path: Path) -> None:
    folder = DATA / "shc-vci-directory"
    if not vci_folder.fits(folder):
        pytest.skip("the directory of card issuers is not in ../shared/data")
    found = vci_folder.read(folder)
    assert len(found.signers) > 950
    assert sum(len(batch.entries) for batch in found.batches) > 1000
    assert {"US", "CA"} <= {each.country for each in found.signers}
    for name in ("vci-issuers.json", "vci_snapshot.crt", "logs/vci_snapshot.sig", "logs/vci_snapshot.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((folder / name).read_bytes() + (b" " if name.endswith(".json") else b""))
    with pytest.raises(ValueError, match="does not hold"):
        vci_folder.read(tmp_path)


@pytest.mark.parametrize(
    ("signer", "issuer", "may"),
    [
        ("TH", "TH", True),
        ("th", "THA", True),
        ("", "TH", True),
        ("TH", "", True),
        ("TH", "Ministry of Health", True),
        ("GR", "EL", True),
        ("GB", "JE", True),
        ("DK", "FO", True),
        ("FO", "DK", False),
        ("FR", "DE", False),
    ],
)
def test_countries(signer: str, issuer: str, may: bool) -> None:
    assert may_speak_for(signer, issuer) is may
    assert two_letters("THA") == "TH"


@pytest.mark.parametrize(
    "data",
    [b"[]", b"[1]", b'{"certificates": [1]}', b'{"issuerInfo": 5}', b'{"id": "did:x", "verificationMethod": 7}',
     b'{"EUDCC": {"a": 1}}', b"\x30\x80", b"ey.", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"],
)  # fmt: skip
def test_lists_that_are_none(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        read_list(data)


def test_a_marked_signer_stays_marked() -> None:
    signer = ISSUER.trusted.trusted()
    assert marked([signer]) == [signer]
    assert marked([replace(signer, test=False)])[0].test, "its certificate says so"
    assert not marked([replace(signer, test=False, certificate=b"")])[0].test, "nothing says so"
