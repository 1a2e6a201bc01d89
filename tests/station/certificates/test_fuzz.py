"""Whatever a code may say: no chain raises, none accepts what its signer did not sign, and bombs meet limits.

The inputs are random, random within each format's own shape, and good certificates damaged, doubled, cut and spliced.
The bombs are written out, one by one, with what is said of each.
"""

import base64
import contextlib
import io
import json
import zipfile
import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.rules.reasons import REASONS
from station.certificates.hcert.container import MAX_TEXT, encode_base45
from station.certificates.hcert.cose import signed_bytes
from station.certificates.issuing import divoc, drill, shc, vds_nc
from station.certificates.issuing.content import Subject, Swab, Vaccination
from station.certificates.issuing.hcert import pack
from station.certificates.issuing.signers import raw_signature
from station.certificates.keys import base64url
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult, Verdict
from station.certificates.shc.numeric import encode_numeric
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AUTHORITY = drill.make_authority(b"fuzz", NOW)
TRUST = drill.trust(AUTHORITY, NOW)
SUBJECT = Subject("Eriksson", "Anna Maria", date(1974, 8, 12))
PROOF = Vaccination(date(2026, 9, 1))
GOOD = {form: drill.issue(form, AUTHORITY, SUBJECT, [PROOF], NOW, "fuzz").text for form in drill.FORMATS}
LONGEST = {form: len(text) for form, text in GOOD.items()}
FEW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def examined(text: str) -> CertificateResult:
    """What the dispatch says; every answer must be whole."""
    result = verify(text, TRUST, NOW)
    assert result.reason in REASONS
    assert result.sentence.endswith(".")
    assert len(result.sentence) < 400
    assert len(result.products.text) <= MAX_TEXT
    json.dumps(dict(result.payload), allow_nan=False)
    for word in ("ERIKSSON", "Eriksson", "1974-08-12"):
        assert word not in result.sentence
        assert word not in repr(result)
    return result


def refused(text: str) -> CertificateResult:
    """The same of something that nobody signed."""
    result = examined(text)
    assert result.verdict is not Verdict.VALID, result.format
    return result


# Random, and random within a format's shape.

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2026-09-01", "UTO", "none", "HS256", "840539006", "🂠", "\x00", "0001-01-01T00:00:00Z"])
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=14,
)
_PREFIXES = st.sampled_from(
    ["", "HC1:", "HC2:", "shc:/", "shc:/1/2/", "SHC:/", "eyJ", "PK\x03\x04", "\xdc\x03", "RDB1", "NDB1", "VDS:", "NL2:"]
)


@FEW
@given(_PREFIXES, st.text(max_size=300) | st.text("0123456789/", max_size=300) | st.text("-_.eyJAQ", max_size=120))
def test_text(prefix: str, text: str) -> None:
    refused(prefix + text)


@FEW
@given(_PREFIXES, st.binary(max_size=300))
def test_bytes(prefix: str, data: bytes) -> None:
    latin = data.decode("latin-1")
    for text in (prefix + latin, pack(data), "HC1:" + encode_base45(data), encode_numeric(f"{base64url(data)}.A.A")):
        refused(text)


@FEW
@given(st.data())
def test_damaged_texts(data: st.DataObject) -> None:
    """A good certificate with a part cut out, doubled, moved or written over."""
    form = data.draw(st.sampled_from(drill.FORMATS))
    text = GOOD[form]
    at, end = sorted(data.draw(st.tuples(*[st.integers(0, LONGEST[form])] * 2)))
    piece = data.draw(st.just("") | st.text(max_size=20) | st.just(text[at:end] * 2) | st.just(text[: end - at][::-1]))
    changed = text[:at] + piece + text[end:]
    if changed != text:
        result = examined(changed)
        same = result.payload == examined(text).payload
        assert result.verdict is not Verdict.VALID or same, "what is accepted must be what was signed"


def _json_objects() -> st.SearchStrategy[Any]:
    keys = ["iss", "nbf", "exp", "vc", "type", "credentialSubject", "fhirBundle", "entry", "resource", "resourceType"]
    return st.dictionaries(st.sampled_from(keys) | st.text(max_size=4), _VALUES, max_size=6)


@FEW
@given(_json_objects(), st.dictionaries(st.sampled_from(["alg", "zip", "kid", "crit", "b64"]), _VALUES, max_size=5))
def test_cards_of_any_content(payload: dict[str, Any], header: dict[str, Any]) -> None:
    """Any JSON under the trusted key: never a traceback, and never an entry that is not there."""
    key = AUTHORITY.shc.trusted
    usual = {"alg": "ES256", "zip": "DEF", "kid": key.kid}
    for head in (usual, usual | header, header):
        result = examined(encode_numeric(shc.sign(key.key, head, payload)))
        assert result.verdict is not Verdict.VALID or result.entries
    rest = {"iss": shc.ISSUER, "nbf": NOW.timestamp() - 60}
    vc = {"type": ["https://smarthealth.cards#health-card"], "credentialSubject": {"fhirBundle": payload}}
    examined(encode_numeric(shc.sign(key.key, usual, rest | {"vc": vc})))


@FEW
@given(_VALUES, st.dictionaries(st.sampled_from(["uvci", "pid", "ve", "vd", "dat", "tr", "sp", "utci"]), _VALUES))
def test_seals_of_any_content(header: Any, message: dict[str, Any]) -> None:
    """Any JSON under the trusted barcode signer."""
    for data in (
        {"hdr": header, "msg": message},
        {"hdr": {"t": "icao.vacc", "v": 1, "is": "UTO"}, "msg": message},
        {"hdr": {"t": "icao.test", "v": header, "is": "UTO"}, "msg": message},
    ):
        examined(_seal(data))


def _seal(data: Any, **parts: Any) -> str:
    signer = AUTHORITY.icao.trusted
    try:
        signature = raw_signature(signer.key, vds_nc.canonical(data))
    except UnicodeEncodeError:
        signature = bytes(64)
    seal = {"alg": "ES256", "cer": _b64(signer.certificate), "sigvl": _b64(signature)} | parts
    return json.dumps({"data": data, "sig": seal}, ensure_ascii=bool(parts.get("escaped")))


@FEW
@given(st.dictionaries(st.sampled_from(["issuer", "evidence", "credentialSubject", "type", "expirationDate"]), _VALUES))
def test_credentials_of_any_content(content: dict[str, Any]) -> None:
    """Any JSON in a DIVOC credential, with the signature of another one, and without."""
    signed = json.loads(_unzipped(GOOD[CertificateFormat.DIVOC]))
    for changed in (signed | content, {**signed, "proof": content}, {**signed, "@context": list(content.values())}):
        result = examined(divoc.pack(changed))
        if result.verdict is Verdict.VALID:
            assert result.payload == examined(GOOD[CertificateFormat.DIVOC]).payload
    with contextlib.suppress(ValueError, TypeError):  # not everything can be signed
        signer = AUTHORITY.divoc.trusted
        bare = {name: value for name, value in signed.items() if name != "proof"}
        examined(divoc.pack(divoc.sign(signer.key, signer.method, bare | content, NOW)))


def _unzipped(text: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(text.encode("latin-1"))) as archive:
        return archive.read("certificate.json")


@FEW
@given(st.dictionaries(st.integers(-300, 9) | st.text(max_size=6), _VALUES | st.binary(max_size=9), max_size=6))
def test_containers_of_any_content(claims: dict[Any, Any]) -> None:
    """Any claims under the trusted key, as EU DCC and as WHO DDCC."""
    named = {"name": "x", "birthDate": "1990-01-01", **{k: v for k, v in claims.items() if isinstance(k, str)}}
    for body in (claims, named, {1: "UT", -260: claims}, {1: "UT", 4: 2**40, -260: {1: named}}):
        examined(_container(body))


def _container(claims: Any, algorithm: Any = -7, kid: Any = None) -> str:
    signer = AUTHORITY.hcert.trusted
    body = claims if isinstance(claims, bytes) else cbor2.dumps(claims)
    head = cbor2.dumps({1: algorithm, 4: signer.kid if kid is None else kid})
    signature = raw_signature(signer.key, signed_bytes(head, body))
    return pack(cbor2.dumps(cbor2.CBORTag(18, [head, {}, body, signature])))


@FEW
@given(st.binary(min_size=1, max_size=400))
def test_binary_seals(data: bytes) -> None:
    """Constrained seals (Doc 9303-13) and barcodes of ICAO's data structure, whatever follows their first bytes."""
    for head in (b"\xdc\x02", b"\xdc\x03"):
        refused((head + data).decode("latin-1"))
    encoded = base64.b32encode(data).decode().rstrip("=")
    for text in (f"RDB1A{encoded}", f"RDB1B{encoded}", f"NDB1A{encoded}", f"RDB1{encoded}"):
        refused(text)


@FEW
@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), st.integers(0, 10**9))
def test_any_time(moment: datetime, seconds: int) -> None:
    """A clock that says anything."""
    start = moment.replace(tzinfo=UTC)
    try:
        now = Interval(start, start + timedelta(seconds=seconds))
    except OverflowError:
        now = Interval(start, start)
    for form, text in GOOD.items():
        result = verify(text, TRUST, now)
        # An ICAO proof of vaccination carries no time at all; its signer's is a warning, as everywhere.
        timeless = form is CertificateFormat.VDS_NC
        assert timeless or result.verdict is not Verdict.VALID or abs((start - NOW).days) < 400


# Bombs and tricks, one by one.


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _card(header: dict[str, Any], payload: bytes, signature: bytes | None = None) -> str:
    """A card whose payload is compressed bytes of any kind."""
    signed = f"{base64url(json.dumps(header).encode())}.{base64url(payload)}"
    key = AUTHORITY.shc.trusted.key
    return encode_numeric(f"{signed}.{base64url(signature or raw_signature(key, signed.encode()))}")


def _deflated(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def _zip(members: dict[str, bytes]) -> str:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue().decode("latin-1")


_HEAD = {"alg": "ES256", "zip": "DEF", "kid": AUTHORITY.shc.trusted.kid}
_DEEP = b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}"
_TWICE = b'{"iss":"a","iss":"b"}'
_PUBLIC = json.dumps(AUTHORITY.shc.trusted.jwk).encode()
_OTHER_CURVE = bytes.fromhex("300a06082a8648ce3d030107")
_VACC = {"hdr": {"t": "icao.vacc", "v": 1, "is": "UTO"}, "msg": {"uvci": "1", "pid": {}, "ve": []}}
BOMBS = {
    "a text of a million characters": "HC1:" + "0" * 1_000_000,
    "digits of a million": "shc:/" + "0" * 1_000_000,
    "a JSON of a million brackets": '{"data":{"hdr":{"t":"icao.vacc"},"msg":' + "[" * 1_000_000,
    "a zip of a million bytes": "PK\x03\x04" + "\x00" * 1_000_000,
    "Base64 of a million": "eyJ" + "A" * 1_000_000 + ".A.A",
    "zlib: 5 MB of zeros": "HC1:" + encode_base45(zlib.compress(bytes(5_000_000), 9)),
    "zlib in zlib": "HC1:" + encode_base45(zlib.compress(zlib.compress(bytes(10_000_000), 9), 9)),
    "deflate: 9 MB of zeros": _card(_HEAD, _deflated(bytes(9_000_000))),
    "deflate: a deep JSON": _card(_HEAD, _deflated(_DEEP)),
    "deflate: a key twice": _card(_HEAD, _deflated(_TWICE)),
    "deflate: NaN": _card(_HEAD, _deflated(b'{"iss":"https://health.utopia.test/shc","nbf":NaN}')),
    "deflate: a huge number": _card(_HEAD, _deflated(b'{"iss":"x","nbf":1' + b"0" * 5000 + b"}")),
    "deflate: 1e999": _card(_HEAD, _deflated(b'{"iss":"x","nbf":1e999}')),
    "deflate: half a surrogate": _card(_HEAD, _deflated(b'{"iss":"\\ud800","nbf":1}')),
    "card: alg none": _card(_HEAD | {"alg": "none"}, _deflated(b"{}"), b"\x00"),
    "card: HS256 with the public key": _card(_HEAD | {"alg": "HS256"}, _deflated(b"{}"), _PUBLIC),
    "card: a key of its own": _card(_HEAD | {"jwk": AUTHORITY.shc.impostor.jwk}, _deflated(b"{}"), bytes(64)),
    "card: a signature of zeros": _card(_HEAD, _deflated(b"{}"), bytes(64)),
    "card: a signature of the order": _card(_HEAD, _deflated(b"{}"), b"\xff" * 64),
    "card: unknown crit": _card(_HEAD | {"crit": ["exp"]}, _deflated(b"{}")),
    "card: a thousand parts": "\n".join(f"shc:/{n}/1000/5676" for n in range(1, 1000)),
    "card: part 0": "shc:/0/1/5676",
    "cbor: 5,000 levels": pack(b"\x81" * 5000 + b"\x00"),
    "cbor: an array of four billion": pack(b"\x9a\xff\xff\xff\xff"),
    "cbor: bytes of 2^63": pack(b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff"),
    "cbor: text that never ends": pack(b"\x7f" + b"\x61a" * 5000),
    "cbor: tags on tags": pack(b"\xc6" * 5000 + b"\x00"),
    "cbor: a bignum of 4 KB": _container(b"\xa1\x04\xc2\x59\x10\x00" + b"\xff" * 4096),
    "cbor: a key twice": _container(b"\xa2\x01\x61A\x01\x61B"),
    "cbor: a map as a key": _container(b"\xa1\xa1\x01\x02\x03"),
    "cbor: many small maps": _container({-260: {1: {"v": [{} for _ in range(20_000)]}}}),
    "cose: no algorithm": _container({1: "UT"}, algorithm=None),
    "cose: HMAC": _container({1: "UT"}, algorithm=5),
    "cose: an algorithm of text": _container({1: "UT"}, algorithm="none"),
    "cose: a key identifier that is a list": _container({1: "UT"}, kid=[1, 2]),
    "claims: NaN as expiry": _container({1: "UT", 4: float("nan"), -260: {1: {}}}),
    "claims: a billion years": _container({1: "UT", 4: 10**18, -260: {1: {}}}),
    "zip: 9 MB of zeros": _zip({"certificate.json": bytes(9_000_000)}),
    "zip: a deep JSON": _zip({"certificate.json": _DEEP}),
    "zip: a key twice": _zip({"certificate.json": b'{"@context":[],"@context":[]}'}),
    "zip: a path": _zip({"../certificate.json": b"{}"}),
    "zip: another name": _zip({"other.json": b"{}"}),
    "zip: many members": _zip({f"{n}.json": b"{}" for n in range(200)}),
    "seal: a certificate of nothing": _seal(_VACC, cer=""),
    "seal: a certificate of random bytes": _seal(_VACC, cer=_b64(bytes(range(256)))),
    "seal: a certificate cut short": _seal(_VACC, cer=_b64(AUTHORITY.icao.trusted.certificate[:200])),
    "seal: bytes behind the certificate": _seal(_VACC, cer=_b64(AUTHORITY.icao.trusted.certificate + b"\x00")),
    "seal: a certificate of lengths": _seal(_VACC, cer=_b64(b"\x30\x84\xff\xff\xff\xff" + bytes(50))),
    "seal: nested certificates": _seal(_VACC, cer=_b64(b"\x30\x80" * 3000)),
    "seal: the algorithm's curve as a certificate": _seal(_VACC, cer=_b64(_OTHER_CURVE)),
    "seal: the authority as the signer": _seal(_VACC, cer=_b64(AUTHORITY.icao.authority)),
    "seal: alg none": _seal(_VACC, alg="none", sigvl=""),
    "seal: HS256": _seal(_VACC, alg="HS256"),
    "seal: no signature": _seal(_VACC, sigvl=""),
    "seal: a list as a signature": _seal(_VACC, sigvl=[1]),
    "seal: NaN": '{"data":{"hdr":{"t":"icao.vacc","v":NaN,"is":"UTO"},"msg":{}},"sig":{}}',
    "seal: a key twice": '{"data":{"hdr":{"t":"icao.vacc","t":"icao.test"},"msg":{}},"sig":{}}',
    "seal: a deep JSON": '{"data":{"hdr":{"t":"icao.vacc"},"msg":' + "[" * 5000 + "]" * 5000 + "}}",
    "credential: nested vocabularies": '{"@context":["https://www.w3.org/2018/credentials/v1",' + "[" * 3000,
    "credential: a vocabulary of its own": json.dumps(
        {"@context": ["https://www.w3.org/2018/credentials/v1", {"name": "schema:dob"}], "proof": {}}
    ),
    "credential: a vocabulary on the network": json.dumps(
        {"@context": ["https://www.w3.org/2018/credentials/v1", "https://attacker.example/context"], "proof": {}}
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    result = refused(BOMBS[name])
    assert not result.entries or result.verdict is Verdict.INVALID


def test_a_test_is_not_read_as_a_vaccination() -> None:
    """The signed kind counts, not what the text looks like."""
    for form in (CertificateFormat.HCERT, CertificateFormat.SHC, CertificateFormat.VDS_NC):
        swab = drill.issue(form, AUTHORITY, SUBJECT, [Swab(NOW - timedelta(hours=5))], NOW, "swab").text
        (entry,) = examined(swab).entries
        assert entry.kind.value == "t"
