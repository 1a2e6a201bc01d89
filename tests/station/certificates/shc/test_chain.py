"""The chain on cards of our own: every step, what strangers may try, and that nothing makes it raise."""

import base64
import hashlib
import hmac
import importlib.util
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from station.certificates.issuing.signers import ec_key
from station.certificates.keys import base64url, thumbprint
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, EntryKind, Verdict
from station.certificates.revocation.lists import Revocations, Revoked, Subject
from station.certificates.shc.numeric import encode_numeric, encode_parts
from station.certificates.trust.bundle import Scheme, Signer, bundle
from station.certificates.verify import verify

_spec = importlib.util.spec_from_file_location("shc_cards", Path(__file__).with_name("cards.py"))
cards = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cards)

NOW = datetime(2022, 1, 1, tzinfo=UTC)
TRUST = bundle([cards.SIGNER])
GOOD = cards.sign(cards.payload())
PAYLOAD = cards.payload()


def outcome(text: str, trust=TRUST, now=NOW) -> tuple[str, str, str]:
    result = verify(text, trust, now)
    assert result.format is CertificateFormat.SHC
    assert ("Nimlek" in repr(result)) is False
    return result.verdict.value, result.step.value, result.reason.value


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"  {GOOD}\n",
        encode_numeric(GOOD),
        encode_numeric(GOOD).upper(),
        "\n".join(reversed(encode_parts(GOOD, 3))),
        json.dumps({"verifiableCredential": [GOOD]}),
        json.dumps(
            {"resourceType": "Parameters", "parameter": [{"name": "verifiableCredential", "valueString": GOOD}]}
        ),
    ],
    ids=["jws", "spaces", "digits", "upper", "parts", "file", "parameters"],
)
def test_every_way_of_writing_a_card(text: str) -> None:
    result = verify(text, TRUST, NOW)
    assert (result.verdict, result.format) == (Verdict.VALID, CertificateFormat.SHC)
    assert (result.signer, result.issuer, result.kid) == ("Utopia's cards", "UT", cards.KID)
    assert result.issued_at == datetime.fromtimestamp(1620000000.5, UTC)
    assert result.holder is not None
    assert (result.holder.surname, result.holder.given_names) == ("Nimlek", "Ada B.")
    (entry,) = result.entries
    assert (entry.kind, entry.product, entry.dose, entry.doses) == (EntryKind.VACCINATION, "EU/1/20/1528", 1, None)
    assert result.payload["v"] == [
        {
            "tg": "840539006", "co": "UT", "is": cards.ISSUER, "vp": "1119349007", "mp": "EU/1/20/1528",
            "ma": "ORG-100030215", "dn": 1, "dt": "2021-05-01",
        }
    ]  # fmt: skip
    assert result.products.content["resourceType"] == "Bundle"
    assert result.products.cose.decode() == GOOD
    assert len(result.products.signature) == 64


def test_a_file_of_several_cards_is_read_and_said_to_be() -> None:
    result = verify(json.dumps({"verifiableCredential": [GOOD, "eyJ.a.b"]}), TRUST, NOW)
    assert result.verdict is Verdict.VALID
    assert "the file holds 2 cards, of which the first was read" in result.warnings


def header(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (cards.HEADER | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (cards.sign(PAYLOAD, header(alg="none")), "invalid jws C-ALG"),
        (cards.sign(PAYLOAD, header(alg="none")).rpartition(".")[0] + ".", "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, header(alg="HS256")), "invalid jws C-ALG"),
        (cards.sign(PAYLOAD, header(alg="RS256")), "invalid jws C-ALG"),
        (cards.sign(PAYLOAD, header(alg="es256")), "invalid jws C-ALG"),
        (cards.sign(PAYLOAD, header(alg=["ES256"])), "invalid jws C-ALG"),
        (cards.sign(PAYLOAD, header(alg=None)), "invalid jws C-ALG"),
        (cards.sign(PAYLOAD, header(zip=None)), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, header(zip="GZ")), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, header(kid=None)), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, header(kid=7)), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, header(crit=["b64"], b64=False)), "invalid jws C-JWS"),
        (encode_numeric(cards.sign(PAYLOAD, b"[1]")), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, b'{"alg":"ES256","alg":"none"}'), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, header(jwk={"kty": "EC"}, kid="x" * 43)), "undecided signer C-KID"),
        (cards.sign(PAYLOAD, header(kid="x" * 9000)), "undecided signer C-KID"),
        (GOOD + "=", "text"),
        (GOOD[:-3], "invalid jws C-JWS"),
        (encode_numeric(cards.sign(PAYLOAD, compressed=b"")), "invalid jws C-JWS"),
        (cards.sign(PAYLOAD, compressed=b"\xff" * 40), "invalid compression C-ZIP"),
        (cards.sign(PAYLOAD, compressed=cards.deflate(b"{}")[:-1]), "invalid compression C-ZIP"),
        (cards.sign(PAYLOAD, compressed=cards.deflate(b"{}") + b"!"), "invalid compression C-ZIP"),
        (cards.sign(b" " * 131_073), "invalid compression C-ZIP"),
        (cards.sign(b" " * 8_000_000), "invalid compression C-ZIP"),
        (cards.sign(b"[" * 100_000), "invalid json C-JSN"),
        (cards.sign(b'{"a":' * 65 + b"1" + b"}" * 65), "invalid json C-JSN"),
        (cards.sign(b"[" + b"1," * 20_000 + b"1]"), "invalid json C-JSN"),
        (cards.sign(b'{"nbf":' + b"9" * 5000 + b"}"), "invalid json C-JSN"),
        (cards.sign(b'{"iss":"a","iss":"b"}'), "invalid json C-JSN"),
        (cards.sign(b'{"exp":NaN}'), "invalid json C-JSN"),
        (cards.sign(b'{"iss":"\xff"}'), "invalid json C-JSN"),
        (cards.sign(b"\xef\xbb\xbf{}"), "invalid json C-JSN"),
        (cards.sign("text"), "invalid json C-JSN"),
        (cards.sign({}), "invalid claims C-CWT"),
        (cards.sign(cards.payload(iss="")), "invalid claims C-CWT"),
        (cards.sign(cards.payload(iss=7)), "invalid claims C-CWT"),
        (cards.sign(cards.payload(nbf="yesterday")), "invalid claims C-CWT"),
        (cards.sign(cards.payload(nbf=True)), "invalid claims C-CWT"),
        (cards.sign(cards.payload(nbf=-1)), "invalid claims C-CWT"),
        (cards.sign(cards.payload(nbf=1618554442496)), "invalid claims C-CWT"),
        (cards.sign(cards.payload(exp=10**400)), "invalid claims C-CWT"),
        (cards.sign(cards.payload(cards.immunization(doseQuantity={"value": 10**400}))), "invalid claims C-CWT"),
        (cards.sign(cards.payload(exp=1_500_000_000)), "invalid claims C-CWT"),
        (cards.sign(cards.payload(vc=None)), "undecided payload C-KIND"),
        (cards.sign(cards.payload(vc={"type": ["VerifiableCredential"]})), "undecided payload C-KIND"),
        (cards.sign(cards.payload(vc={"type": ["https://smarthealth.cards#health-card"]})), "invalid payload C-PAY"),
        (cards.sign(cards.payload({"resourceType": "AllergyIntolerance"})), "undecided payload C-KIND"),
        (cards.sign(cards.payload(exp=1_630_000_000)), "invalid time C-EXP"),
        (cards.sign(cards.payload(exp=1_630_000_000_000)), "invalid time C-EXP"),
        (cards.sign(cards.payload(nbf=1_650_000_000)), "invalid time C-NYV"),
        (cards.sign(cards.payload(exp=1_650_000_000, nbf=None)), "valid done C-OK"),
        ("shc:/" + "9" * 20_000, "invalid numeric C-NUM"),
        ("shc:/" + "1" * 201, "invalid numeric C-NUM"),
        (encode_parts(GOOD, 3)[1], "undecided numeric C-PRT"),
        ('{"verifiableCredential": []}', "invalid json C-JSN"),
        ('{"verifiableCredential": [7]}', "invalid json C-JSN"),
        ('{"verifiableCredential": ["eyJ"]}', "invalid jws C-JWS"),
        ('{"verifiableCredential": ["\\ud800"]}', "invalid json C-JSN"),
        ('{"verifiableCredential": ["é.é.é"]}', "invalid jws C-JWS"),
        ('{"a": "verifiableCredential", "parameter": [1, {"name": "verifiableCredential"}]}', "invalid json C-JSN"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text: str, expected: str) -> None:
    if expected == "text":
        assert verify(text, TRUST, NOW).verdict is not Verdict.VALID
    else:
        assert " ".join(outcome(text)) == expected


def test_key_confusion_is_refused() -> None:
    """A message authenticated with the public key as if it were a secret (RFC 8725, 2.1)."""
    numbers = cards.KEY.public_key().public_numbers()
    secret = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    signed = cards.sign(PAYLOAD, header(alg="HS256")).rpartition(".")[0]
    mac = hmac.new(secret, signed.encode(), hashlib.sha512).digest()
    assert outcome(f"{signed}.{base64url(mac)}") == ("invalid", "jws", "C-ALG")
    signed = GOOD.rpartition(".")[0]
    mac = hmac.new(secret, signed.encode(), hashlib.sha512).digest()
    assert outcome(f"{signed}.{base64url(mac)}") == ("invalid", "signature", "C-SIG")


def test_one_signature_has_one_text() -> None:
    """The last character of base64url has bits that mean nothing; another text of the same bytes is refused."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(GOOD[-1])
    for other in range(64):
        if other != last:
            assert outcome(GOOD[:-1] + alphabet[other])[0] == "invalid"


def test_no_change_of_one_character_is_accepted() -> None:
    for at in range(0, len(GOOD), 7):
        changed = GOOD[:at] + ("A" if GOOD[at] != "A" else "B") + GOOD[at + 1 :]
        assert verify(changed, TRUST, NOW).verdict is not Verdict.VALID


def test_a_foreign_key_under_a_trusted_name() -> None:
    forged = cards.sign(PAYLOAD, key=ec_key(b"somebody else"))
    assert outcome(forged) == ("invalid", "signature", "C-SIG")
    assert outcome(forged, bundle([])) == ("undecided", "signer", "C-KID")
    collision = Signer(
        cards.KID.encode(), ec_key(b"somebody else").public_key(), scheme=Scheme.SHC, issuer=cards.ISSUER
    )
    assert outcome(forged, bundle([collision])) == ("undecided", "signer", "C-KID"), "a name is the digest of its key"
    assert outcome(forged, bundle([collision, cards.SIGNER])) == ("invalid", "signature", "C-SIG")
    assert outcome(GOOD, bundle([collision, cards.SIGNER]))[0] == "valid"


def test_a_key_of_another_world_or_curve_is_nobody() -> None:
    assert outcome(GOOD, bundle([replace(cards.SIGNER, scheme=Scheme.HCERT)])) == ("undecided", "signer", "C-KID")
    large = ec.derive_private_key(7, ec.SECP384R1()).public_key()
    assert thumbprint(large) == ""
    assert outcome(GOOD, bundle([replace(cards.SIGNER, key=large)])) == ("undecided", "signer", "C-KID")


@pytest.mark.parametrize("issuer", [f"{cards.ISSUER}/", cards.ISSUER.upper(), "http://cards.example.test/issuer", " "])
def test_a_key_counts_for_its_own_issuer_only(issuer: str) -> None:
    text = cards.sign(cards.payload(iss=issuer))
    if issuer == " ":
        assert outcome(text) == ("invalid", "claims", "C-CWT")
    else:
        assert outcome(text) == ("undecided", "signer", "C-KID")
        assert "another issuer's" in verify(text, TRUST, NOW).sentence


def test_a_key_without_address_counts_for_any_issuer_and_that_is_said() -> None:
    anonymous = replace(cards.SIGNER, issuer="")
    result = verify(GOOD, bundle([anonymous]), NOW)
    assert result.verdict is Verdict.VALID
    assert "whose key" in "".join(result.warnings)
    assert verify(GOOD, bundle([anonymous, cards.SIGNER]), NOW).warnings == ()


def test_an_unknown_signers_card_is_shown_and_not_believed() -> None:
    result = verify(GOOD, bundle([]), NOW)
    assert (result.verdict, result.signer, result.issuer) == (Verdict.UNDECIDED, "", cards.ISSUER)
    assert result.holder is not None
    assert [entry.country for entry in result.entries] == [""]


def test_key_usage_and_the_clock() -> None:
    tests_only = replace(cards.SIGNER, kinds=frozenset({EntryKind.TEST}))
    assert outcome(GOOD, bundle([tests_only])) == ("invalid", "key_usage", "C-USE")
    text = cards.sign(cards.payload(exp=NOW.timestamp()))
    assert outcome(text) == ("valid", "done", "C-OK"), "the last second counts"
    unsure = Interval(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert outcome(text, now=unsure) == ("undecided", "time", "C-CLK")
    old = replace(cards.SIGNER, not_after=NOW - timedelta(days=1))
    assert "the signer's own certificate has expired" in verify(GOOD, bundle([old]), NOW).warnings


class _Lists:
    """Remembers what it was asked."""

    def __init__(self, answer: Revoked) -> None:
        self.answer, self.asked = answer, list[Subject]()

    def status(self, subject: Subject) -> Revoked:
        self.asked.append(subject)
        return self.answer


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Revoked.YES, ("invalid", "revocation", "C-REV")),
        (Revoked.PERHAPS, ("undecided", "revocation", "C-RVU")),
        (Revoked.NO, ("valid", "done", "C-OK")),
    ],
)
def test_revocation_is_asked_with_what_the_framework_needs(answer: Revoked, expected: tuple[str, ...]) -> None:
    lists = _Lists(answer)
    trust = bundle([cards.SIGNER], revocations=Revocations((lists,)))
    vc = cards.payload()["vc"] | {"rid": "AQPCj4wwk6Mt"}
    assert outcome(cards.sign(cards.payload(vc=vc)), trust) == expected
    (subject,) = lists.asked
    assert (subject.scheme, subject.kid, subject.issuer) == ("shc", cards.KID.encode(), cards.ISSUER)
    assert (subject.identifiers, subject.country) == (("AQPCj4wwk6Mt",), "UT")
    assert subject.issued_at == datetime.fromtimestamp(1620000000.5, UTC)


def test_a_card_without_identifier_is_asked_for_by_its_content() -> None:
    lists = _Lists(Revoked.NO)
    outcome(GOOD, bundle([cards.SIGNER], revocations=Revocations((lists,))))
    (subject,) = lists.asked
    canonical = json.dumps(cards.bundle(cards.immunization()), sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(base64.urlsafe_b64encode(canonical).rstrip(b"=")).digest()[:8]
    assert subject.identifiers == (base64url(digest),)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=15,
)
_NAMES = st.sampled_from(
    ["resourceType", "type", "entry", "fullUrl", "resource", "name", "family", "given", "text", "birthDate", "status",
     "vaccineCode", "coding", "system", "code", "patient", "reference", "occurrenceDateTime", "performer", "actor",
     "display", "protocolApplied", "doseNumberPositiveInt", "targetDisease", "valueCodeableConcept", "effectivePeriod"]
)  # fmt: skip
_WORDS = st.sampled_from(
    ["Bundle", "collection", "Patient", "Immunization", "Observation", "completed", "final", "resource:0", "208",
     "94500-6", "2021-05-01", "2021-02-30", "0000", "http://hl7.org/fhir/sid/cvx", "", 1, 1e300, -1, None, True]
)  # fmt: skip
_FHIR = st.recursive(
    _WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6), max_leaves=30
)


@settings(max_examples=150, deadline=None)
@given(st.text() | st.from_regex(r"shc:/[0-9/ shc:]{0,60}") | st.from_regex(r"eyJ[\w-]{0,9}\.[\w-]{1,9}\.[\w-]{0,9}"))
def test_no_text_makes_it_raise(text: str) -> None:
    assert verify(text, TRUST, NOW).verdict is not Verdict.VALID


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=80), st.binary(max_size=80))
def test_no_envelope_makes_it_raise(head: bytes, body: bytes, signature: bytes) -> None:
    text = f"{base64url(head)}.{base64url(body)}.{base64url(signature)}"
    assert verify(encode_numeric(text), TRUST, NOW).verdict is Verdict.INVALID


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["iss", "nbf", "exp", "vc"]), _JSON) | _JSON)
def test_no_claims_make_it_raise(content: Any) -> None:
    verify(cards.sign(content), TRUST, NOW)
    if isinstance(content, dict):
        verify(cards.sign(cards.payload() | content), TRUST, NOW)


@settings(max_examples=300, deadline=None)
@given(_FHIR, st.lists(st.dictionaries(_NAMES, _FHIR, max_size=6), max_size=4))
@example({"entry": [{"resource": {"resourceType": "Patient", "name": [{"given": [None, 7]}]}}]}, [])
def test_no_bundle_makes_it_raise(whole: Any, resources: list[dict[str, Any]]) -> None:
    for content in (whole, cards.bundle(*resources, cards.immunization())):
        subject = {"fhirVersion": "4.0.1", "fhirBundle": content}
        vc = {"type": ["https://smarthealth.cards#health-card"], "credentialSubject": subject}
        verify(cards.sign(cards.payload(vc=vc)), TRUST, NOW)
