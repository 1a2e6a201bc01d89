"""The chain on certificates of our own issuer: every step, every flaw, tampering, bombs, strangers' codes."""

import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from config.rules.reasons import REASONS, ReasonCode
from station.certificates.hcert.container import decode_base45, encode_base45
from station.certificates.hcert.cose import signed_bytes
from station.certificates.issuing.hcert import (
    Flaw,
    Recovery,
    Subject,
    Swab,
    Vaccination,
    dcc,
    issue,
    make_issuer,
    pack,
    sign,
)
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, EntryKind, Step, Verdict
from station.certificates.trust.bundle import Signer, TrustBundle, bundle
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ISSUER = make_issuer(b"tests", NOW)
TRUST = ISSUER.bundle(NOW)
SUBJECT = Subject("Øster-Müller", "Anna Đặng", date(1974, 8, 12))
VACCINATION = Vaccination(date(2026, 9, 1), dose=3, doses=3)
GOOD = issue(ISSUER, SUBJECT, VACCINATION, NOW, "0001")
COSE = zlib.decompress(decode_base45(GOOD[4:]))
PROTECTED, _, CLAIMS, SIGNATURE = cbor2.loads(COSE).value


def _envelope(protected: Any, unprotected: Any, claims: Any, signature: Any, tag: int | None = 18) -> str:
    parts = [protected, unprotected, claims, signature]
    return pack(cbor2.dumps(parts if tag is None else cbor2.CBORTag(tag, parts)))


def _signed(claims: Any, unprotected: Any = None, protected: dict[int, Any] | None = None) -> str:
    """Any claims under the trusted signature."""
    body = claims if isinstance(claims, bytes) else cbor2.dumps(claims)
    head = cbor2.dumps({1: -7, 4: ISSUER.trusted.kid} if protected is None else protected)
    der = ISSUER.trusted.key.sign(signed_bytes(head, body), ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(der)
    return _envelope(head, unprotected or {}, body, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_good() -> None:
    result = verify(GOOD, TRUST, NOW)
    assert (result.verdict, result.step, result.reason) == (Verdict.VALID, Step.DONE, ReasonCode.CERTIFICATE_VALID)
    assert result.format is CertificateFormat.HCERT
    assert result.warnings == ()
    assert result.issuer == "UT"
    assert result.test_signer
    assert result.expires_at == NOW - timedelta(hours=1) + timedelta(days=90)
    holder = result.holder
    assert holder is not None
    assert (holder.surname, holder.surname_transliterated) == ("Øster-Müller", "OESTER<MUELLER")
    assert holder.given_names_transliterated == "ANNA<DANG"
    assert holder.birth_date_text == "1974-08-12"
    (entry,) = result.entries
    assert (entry.kind, entry.dose, entry.doses, entry.date) == (EntryKind.VACCINATION, 3, 3, "2026-09-01")
    assert result.payload["v"][0]["tg"] == entry.disease == "840539006"
    assert "Müller" not in repr(result)
    assert "1974" not in repr(result)
    assert result.products.cose == COSE


@pytest.mark.parametrize(
    "proof",
    [
        VACCINATION,
        Swab(NOW - timedelta(hours=20)),
        Swab(NOW - timedelta(hours=20), positive=True, rapid=True),
        Recovery(date(2026, 8, 1), date(2026, 8, 12), date(2027, 1, 28)),
    ],
)
def test_every_proof(proof: Vaccination | Swab | Recovery) -> None:
    result = verify(issue(ISSUER, SUBJECT, proof, NOW, "0002"), TRUST, NOW)
    assert result.verdict is Verdict.VALID
    assert result.warnings == ()


@pytest.mark.parametrize(
    ("flaw", "verdict", "step", "code"),
    [
        (Flaw.EXPIRED, Verdict.INVALID, Step.TIME, "C-EXP"),
        (Flaw.FORGED, Verdict.INVALID, Step.SIGNATURE, "C-SIG"),
        (Flaw.UNKNOWN_SIGNER, Verdict.UNDECIDED, Step.SIGNER, "C-KID"),
        (Flaw.WRONG_KEY_USAGE, Verdict.INVALID, Step.KEY_USAGE, "C-USE"),
    ],
)
def test_flaws(flaw: Flaw, verdict: Verdict, step: Step, code: str) -> None:
    result = verify(issue(ISSUER, SUBJECT, VACCINATION, NOW, "0003", flaw), TRUST, NOW)
    assert (result.verdict, result.step, result.reason.value) == (verdict, step, code)
    assert result.holder is not None, "an officer sees what it says, believed or not"
    assert result.sentence.endswith(".")
    assert result.reason in REASONS


def test_issuing_is_repeatable() -> None:
    again = make_issuer(b"tests", NOW)
    assert again.trusted.certificate == ISSUER.trusted.certificate
    assert issue(again, SUBJECT, VACCINATION, NOW, "0001") == GOOD
    assert make_issuer(b"other", NOW).trusted.kid != again.trusted.kid
    with pytest.raises(ValueError, match="key usage"):
        issue(ISSUER, SUBJECT, Swab(NOW), NOW, "1", Flaw.WRONG_KEY_USAGE)


def test_tests_signer_may_sign_tests() -> None:
    text = sign(ISSUER.tests_only, dcc(SUBJECT, Swab(NOW), "1"), NOW, NOW + timedelta(days=1))
    assert verify(text, TRUST, NOW).verdict is Verdict.VALID


def test_every_flipped_bit_is_noticed() -> None:
    for at in range(0, len(COSE), 7):
        damaged = bytearray(COSE)
        damaged[at] ^= 1 << (at % 8)
        assert verify(pack(bytes(damaged)), TRUST, NOW).verdict is not Verdict.VALID, at


@pytest.mark.parametrize("kept", [1, 10, 60, 200, len(COSE) - 1])
def test_truncated_cbor(kept: int) -> None:
    result = verify(pack(COSE[:kept]), TRUST, NOW)
    assert (result.verdict, result.reason.value) == (Verdict.INVALID, "C-CBR")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD[:100], "C-ZIP"),
        (GOOD[:101] + "a" + GOOD[102:], "C-B45"),
        (GOOD + "A", "C-B45"),
        ("HC1:", "C-B45"),
        ("HC1:" + encode_base45(COSE), "C-ZIP"),
        ("HC1:" + encode_base45(zlib.compress(COSE) + b"more"), "C-ZIP"),
        ("HC1:" + encode_base45(zlib.compress(bytes(50_000_000))), "C-PFX"),
        ("HC1:" + encode_base45(zlib.compress(bytes(5_000_000))), "C-ZIP"),
        ("hc1:" + GOOD[4:], "C-PFX"),
        ("HC2:" + GOOD[4:], "C-PFX"),
        (GOOD[4:], "C-PFX"),
        (pack(cbor2.dumps([1, 2])), "C-COS"),
        (pack(cbor2.dumps(cbor2.CBORTag(98, [b"", {}, b"", []]))), "C-COS"),
        (pack(b"\x81" * 400 + b"\x00"), "C-CBR"),
        (pack(COSE + b"\x00"), "C-CBR"),
        (_envelope(PROTECTED, {}, b"\xa2\x01\x61A\x01\x61B", SIGNATURE), "C-CBR"),
        (_envelope(PROTECTED, {}, b"\x01", SIGNATURE), "C-CWT"),
        (_envelope(cbor2.dumps([1]), {}, CLAIMS, SIGNATURE), "C-COS"),
        (_envelope(PROTECTED, {}, CLAIMS, SIGNATURE[:-1]), "C-SIG"),
        (_signed({1: "UT", 4: float("nan"), -260: {1: {}}}), "C-CWT"),
        (_signed({1: "UT", 4: float("inf"), -260: {1: {}}}), "C-CWT"),
        (_signed({1: "UT", 4: 10**30, -260: {1: {}}}), "C-CWT"),
        (_signed({1: "UT", 4: "tomorrow", -260: {1: {}}}), "C-CWT"),
        (_signed({1: "UT", 4: cbor2.CBORTag(0, "0001-01-01T00:00:00+23:00"), -260: {1: {}}}), "C-CWT"),
        (_envelope(PROTECTED, {}, cbor2.dumps({6: cbor2.CBORTag(0, "9999-12-31T23:00:00-23:00")}), b"x" * 64), "C-CWT"),
        (_signed({1: "UT", 4: cbor2.CBORTag(0, "0001-01-01T00:00:00Z"), 6: 0, -260: {1: {}}}), "C-EXP"),
        (_signed({1: "UT", -260: {1: []}}), "C-PAY"),
        (_signed({1: "UT", -260: []}), "C-PAY"),
        (_signed({1: "UT", 6: NOW.timestamp() + 86400 * 8, -260: {1: {}}}), "C-NYV"),
        (_signed({1: "UT", 5: NOW.timestamp() + 60, -260: {1: {}}}), "C-NYV"),
        (_signed(CLAIMS, protected={1: -37, 4: ISSUER.trusted.kid}), "C-SIG"),
        (_signed(CLAIMS, protected={4: ISSUER.trusted.kid}), "C-SIG"),
        (_signed(CLAIMS, {4: b"somebody"}, {1: -7}), "C-SIG"),
        (_signed(CLAIMS, {4: ISSUER.trusted.kid}, {1: -7, 4: b"somebody"}), "C-SIG"),
    ],
)
def test_damaged_is_invalid(text: str, code: str) -> None:
    result = verify(text, TRUST, NOW)
    assert (result.verdict, result.reason.value) == (Verdict.INVALID, code), result.sentence


def test_tolerated_envelopes() -> None:
    content = cbor2.loads(CLAIMS)
    kid = ISSUER.trusted.kid
    for text in (
        _envelope(PROTECTED, {}, CLAIMS, SIGNATURE, tag=None),
        pack(cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, [PROTECTED, {}, CLAIMS, SIGNATURE])))),
        _signed(CLAIMS, {4: kid}, {1: -7}),
        _signed(cbor2.dumps(cbor2.CBORTag(61, content))),
        _signed(content | {4: content[4] + 0.5, 6: float(content[6])}),
        _signed(content | {4: cbor2.CBORTag(1, content[4])}),
        _signed(content | {4: datetime(2027, 1, 1, tzinfo=UTC)}),
        _signed(content | {6: cbor2.CBORTag(0, "0001-01-02T00:00:00Z")}),
        _signed(content | {99: [None, True, b"bytes"]}),
        "  \n" + GOOD + " \r\n",
    ):
        result = verify(text, TRUST, NOW)
        assert result.verdict is Verdict.VALID, result.sentence
        assert result.entries


def test_odd_content_is_a_warning() -> None:
    body = dcc(SUBJECT, VACCINATION, "x" * 90)
    body |= {"dob": "1964-08", "t": None, "r": []}
    body["v"].append(dict(body["v"][0], dn=2.0, dt="2026-09"))
    result = verify(sign(ISSUER.trusted, body, NOW, NOW + timedelta(days=1)), TRUST, NOW)
    assert result.verdict is Verdict.VALID
    assert len(result.entries) == 2
    assert result.entries[1].dose == 2
    assert len(result.warnings) == 5
    assert result.holder is not None
    assert result.holder.birth_date is not None
    assert result.holder.birth_date.date is None


def test_no_expiry_is_a_warning() -> None:
    result = verify(_signed({-260: {1: dcc(SUBJECT, VACCINATION, "1")}}), TRUST, NOW)
    assert result.verdict is Verdict.VALID
    assert "it names no expiry" in result.warnings


def test_expiry_and_the_clock() -> None:
    expiry = verify(GOOD, TRUST, NOW).expires_at
    assert expiry is not None
    second = timedelta(seconds=1)
    assert verify(GOOD, TRUST, expiry).verdict is Verdict.VALID
    assert verify(GOOD, TRUST, expiry + second).verdict is Verdict.INVALID
    straddling = verify(GOOD, TRUST, Interval(expiry - second, expiry + second))
    assert (straddling.verdict, straddling.reason.value) == (Verdict.UNDECIDED, "C-CLK")
    assert verify(GOOD, TRUST, Interval(expiry + second, expiry + 2 * second)).reason.value == "C-EXP"
    lagging = verify(GOOD, TRUST, NOW - timedelta(days=2))
    assert lagging.verdict is Verdict.VALID
    assert any("clock" in warning for warning in lagging.warnings)
    with pytest.raises(ValueError, match="zone"):
        verify(GOOD, TRUST, datetime(2026, 11, 20))
    with pytest.raises(ValueError, match="ends before"):
        Interval(NOW, NOW - second)


def test_renewed_signer_is_unknown_not_forged() -> None:
    text = _signed(CLAIMS, protected={1: -7, 4: b"renewed!"})
    result = verify(text, TRUST, NOW)
    assert (result.verdict, result.reason.value) == (Verdict.UNDECIDED, "C-KID")
    assert "renewed" in result.sentence


def test_without_trust() -> None:
    assert verify(GOOD, TrustBundle(), NOW).reason.value == "C-KID"


def test_other_keys() -> None:
    body = cbor2.dumps({1: "UT", -260: {1: dcc(SUBJECT, VACCINATION, "1")}})
    rsa_key = rsa.generate_private_key(65537, 2048)
    curve = ec.derive_private_key(4711, ec.SECP384R1())
    edwards = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)

    def raw(der: bytes) -> bytes:
        return b"".join(part.to_bytes(48, "big") for part in decode_dss_signature(der))

    for algorithm, key, make in (
        (-37, rsa_key, lambda m: rsa_key.sign(m, pss, hashes.SHA256())),
        (-7, curve, lambda m: raw(curve.sign(m, ec.ECDSA(hashes.SHA256())))),
        (-35, curve, lambda m: raw(curve.sign(m, ec.ECDSA(hashes.SHA384())))),
        (-8, edwards, edwards.sign),
    ):
        head = cbor2.dumps({1: algorithm, 4: b"12345678"})
        text = _envelope(head, {}, body, make(signed_bytes(head, body)))
        trust = bundle([Signer(b"12345678", key.public_key())])
        assert verify(text, trust, NOW).verdict is Verdict.VALID, algorithm
        other = bundle([Signer(b"12345678", ISSUER.trusted.key.public_key())])
        assert verify(text, other, NOW).reason.value == "C-SIG"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("shlink:/eyJ1cmwiOiJodHRwczovL2V4YW1wbGUub3JnIn0", "url"),
        ("https://example.org/checkin?HC1:", "url"),
        ("M1DOE/JANE            EABC123 HKTBKKTG 0639 325Y012A0001 100", "boarding-pass"),
        ("NL2:V1F7E", "nl-domestic"),
        ("00020101021129370016A000000677010111", "payment"),
        ("BEGIN:VCARD\nN:Doe", "contact"),
        ("WIFI:T:WPA;S:x;P:y;;", "wifi"),
        ("[1, 2]", "json"),
        ("HC2:something else", "text"),
        ("hello", "text"),
        ("", "text"),
        ("\x00\uffff😀", "text"),
    ],
)
def test_other_codes_are_named_not_judged(text: str, kind: str) -> None:
    result = verify(text, TRUST, NOW)
    assert (result.verdict, result.step, result.reason.value) == (Verdict.UNDECIDED, Step.KIND, "C-KIND")
    assert result.format.value == kind
    assert result.holder is None


def test_other_content_in_the_container() -> None:
    for claims in ({1: "UT", "resourceType": "x"}, {1: "UT", -260: {-6: {}}}):
        result = verify(_signed(claims), TRUST, NOW)
        assert (result.verdict, result.reason.value) == (Verdict.UNDECIDED, "C-KIND")
        assert result.format is CertificateFormat.HCERT_OTHER


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_never_crashes_on_text(text: str) -> None:
    for each in (text, "HC1:" + text):
        assert verify(each, TRUST, NOW).verdict is not Verdict.VALID


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_never_crashes_on_bytes(data: bytes) -> None:
    for text in (pack(data), "HC1:" + encode_base45(data), _envelope(PROTECTED, {}, data, SIGNATURE)):
        assert verify(text, TRUST, NOW).verdict is not Verdict.VALID


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3) | st.integers(-9, 9), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(_JSON, st.dictionaries(st.sampled_from(["nam", "dob", "v", "t", "r", "ver"]), _JSON))
def test_never_crashes_on_signed_content(claims: Any, content: Any) -> None:
    for body in (claims, {1: "UT", -260: claims}, {1: "UT", 4: claims, -260: {1: content}}):
        result = verify(_signed(body), TRUST, NOW)
        assert "…" in repr(result) or result.sentence


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_base45_round_trip(data: bytes) -> None:
    if data:
        assert decode_base45(encode_base45(data)) == data
