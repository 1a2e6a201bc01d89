"""WHO DDCC and the sub-claims of an HCERT: what is read, what is judged, what is only shown."""

import base64
import json
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cbor2 import CBORTag
from hypothesis import given, settings
from hypothesis import strategies as st

from station.certificates.issuing import ddcc as issuing
from station.certificates.issuing.content import Subject, Swab, Vaccination
from station.certificates.issuing.flaws import Flaw
from station.certificates.issuing.hcert import make_issuer, sealed
from station.certificates.keys import load_key
from station.certificates.result import CertificateFormat, CertificateResult, EntryKind, Verdict
from station.certificates.trust.bundle import Signer, bundle
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ISSUER = make_issuer(b"ddcc", NOW)
TRUST = ISSUER.bundle(NOW)
SUBJECT = Subject("Mueller", "Anna", date(1974, 8, 12))
VACCINATION = Vaccination(date(2026, 9, 1), dose=2, doses=2)
DATA = Path(__file__).parents[4].parent / "shared" / "data" / "certificates"
WHO = DATA / "who-gdhcn-validator" / "test-resources" / "src" / "main" / "resources"
CODE = {"system": "urn:example", "display": "shown"}

FLAT: dict[str, Any] = {
    "name": "Anna Mueller",
    "birthDate": "1974-08-12",
    "hcid": "UT-1",
    "vaccine": {"code": "1119349007", **CODE},
    "brand": {"code": "XM0GQ8", "system": "http://id.who.int/icd/release/11/mms", "display": "Covishield"},
    "disease": {"code": "RA01", **CODE},
    "country": {"code": "THA", **CODE},
    "date": "2026-09-01",
    "dose": 2,
    "total_doses": 2,
}
NESTED = {
    "name": "Anna Mueller",
    "birthDate": "1974-08-12",
    "vaccination": {name: FLAT[name] for name in ("vaccine", "brand", "disease", "country", "date", "dose")},
    "certificate": {"hcid": {"value": "UT-2"}, "issuer": {"reference": "Organization/1"}, "period": {}},
}
TEST = {
    "pathogen": {"code": "XN109", **CODE},
    "type": {"code": "LP6464-4", **CODE},
    "result": {"code": "260415000", **CODE},
    "date": "2026-11-19T06:15:00Z",
    "centre": "Ministry",
    "country": {"code": "SGP", **CODE},
}


def judged(claims: dict[Any, Any], now: datetime = NOW) -> CertificateResult:
    return verify(sealed(ISSUER.trusted, claims), TRUST, now)


@pytest.mark.parametrize("claims", [FLAT, {1: "UT", -260: {1: FLAT}}, {1: "UT", -260: {3: [{**FLAT}]}}])
def test_a_vaccination_in_every_place(claims: dict[Any, Any]) -> None:
    result = judged(claims)
    assert (result.format, result.verdict) == (CertificateFormat.DDCC, Verdict.VALID)
    assert result.holder is not None
    assert (result.holder.surname, result.holder.given_names) == ("", "Anna Mueller")
    (entry,) = result.entries
    assert (entry.kind, entry.disease, entry.country) == (EntryKind.VACCINATION, "840539006", "TH")
    assert (entry.product, entry.vaccine, entry.manufacturer) == ("Covishield", "1119349007", "ORG-100001981")
    assert (entry.dose, entry.doses, entry.date, entry.identifier) == (2, 2, "2026-09-01", "UT-1")
    assert result.issuer == "UT", "the signer's: a dose may have been given elsewhere"
    assert result.payload["v"][0]["tg"] == "840539006"
    assert result.products.content["birthDate"] == "1974-08-12"
    assert "Mueller" not in repr(result)


def test_nested_core_data_sets() -> None:
    result = judged({1: "UT", -260: {3: NESTED}})
    assert (result.format, result.verdict) == (CertificateFormat.DDCC, Verdict.VALID)
    assert (result.entries[0].identifier, result.entries[0].issuer) == ("UT-2", "Organization/1")
    result = judged({1: "UT", -260: {4: {"name": "A B", "birthDate": "1990-01-15", "test": TEST}}})
    (entry,) = result.entries
    assert (result.verdict, entry.kind, entry.country) == (Verdict.VALID, EntryKind.TEST, "SG")
    assert (entry.disease, entry.test_type, entry.test_result) == ("840539006", "LP6464-4", "260415000")


def test_the_form_of_singapore() -> None:
    """The test nested in the flat data set, with the notary's date and the person's passport number."""
    meta = {"notarisedOn": "2026-11-19T07:00:00Z", "passportNumber": "X", "reference": "R"}
    result = judged({"name": "A B", "birthDate": "1990-01-15", "identifier": "URN:UVCI:1", "meta": meta, "test": TEST})
    assert (result.format, result.verdict) == (CertificateFormat.DDCC, Verdict.VALID)
    assert result.issued_at == datetime(2026, 11, 19, 7, tzinfo=UTC)
    assert result.entries[0].identifier == "URN:UVCI:1"


@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ({"valid_from": "2026-11-20", "valid_until": "2026-11-20"}, "C-OK"),
        ({"valid_from": "2026-11-21"}, "C-NYV"),
        ({"valid_until": "2026-11-19"}, "C-OK"),
        ({"valid_until": "2026-11-18"}, "C-EXP"),
        ({"valid_until": "2026-11-20T02:59:59Z"}, "C-EXP"),
        ({"valid_until": "2026-11-20T03:00:01+00:00"}, "C-OK"),
        ({"valid_until": None}, "C-OK"),
        ({"valid_until": "never"}, "C-CWT"),
        ({"valid_until": math.nan}, "C-CWT"),
        ({"valid_from": 5}, "C-CWT"),
        ({"valid_until": "9999-12-31"}, "C-OK"),
        ({"valid_until": "9999-12-31T23:00:00-23:00"}, "C-CWT"),
        ({"valid_from": "0001-01-01"}, "C-OK"),
        ({"valid_until": CBORTag(1, math.nan)}, "C-CWT"),
        ({"valid_until": CBORTag(99, CBORTag(98, math.inf))}, "C-CWT"),
        ({"certificate": CBORTag(99, {"period": CBORTag(99, {"end": math.nan})})}, "C-CWT"),
        ({"certificate": {"period": {"end": "2026-11-01"}}}, "C-EXP"),
        ({"certificate": {"period": {"end": math.inf}}}, "C-CWT"),
    ],
)
def test_first_and_last_day(dates: dict[str, Any], reason: str) -> None:
    """A day without a zone has begun when it has anywhere, and has ended when it has everywhere."""
    assert judged({**FLAT, **dates}).reason.value == reason


def test_claims_and_days_both_count() -> None:
    expired = int((NOW - timedelta(days=1)).timestamp())
    assert judged({1: "UT", 4: expired, -260: {1: {**FLAT, "valid_until": "2027-01-01"}}}).reason.value == "C-EXP"
    later = int((NOW + timedelta(days=90)).timestamp())
    assert judged({1: "UT", 4: later, -260: {1: {**FLAT, "valid_until": "2026-11-01"}}}).reason.value == "C-EXP"


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**30, "tomorrow"])
def test_an_expiry_that_is_no_time_is_not_valid(value: Any) -> None:
    for claims in ({1: "UT", 4: value, -260: {1: FLAT}}, {**FLAT, 4: value}):
        result = judged(claims)
        assert (result.verdict, result.reason.value) == (Verdict.INVALID, "C-CWT")


@pytest.mark.parametrize(
    "claims",
    [
        {1: "UT", -260: {5: [{"u": "shlink:/eyJ1cmwi"}]}},
        {1: "UT", -260: {7: {"a": 1}}},
        {1: "UT", -260: {-77: FLAT}},
        {1: "UT", -260: {3: [FLAT, FLAT]}},
        {1: "UT", "name": "A"},
        {1: "UT"},
        {},
    ],
)
def test_kinds_that_are_not_judged(claims: dict[Any, Any]) -> None:
    result = judged(claims)
    assert (result.format, result.verdict, result.reason.value) == (
        CertificateFormat.HCERT_OTHER,
        Verdict.UNDECIDED,
        "C-KIND",
    )


@pytest.mark.parametrize("several", [False, True])
def test_an_international_certificate_of_vaccination_is_shown_and_not_judged(several: bool) -> None:
    dose = {"dn": 1, "tg": "1D47", "vp": "XM0N24", "mp": "P1", "ma": "Maker", "dt": "2020-02-02", "is": "Ministry"}
    content = {"n": "Anna Mueller", "dob": "1974-08-12", "s": "F", "v": [dose, dose] if several else dose}
    result = judged({1: "UT", -260: {-6: content}})
    assert (result.format, result.verdict) == (CertificateFormat.HCERT_OTHER, Verdict.UNDECIDED)
    assert "International Certificate of Vaccination" in result.sentence
    assert result.holder is not None
    assert result.holder.given_names == "Anna Mueller"
    assert [(entry.disease, entry.date, entry.dose) for entry in result.entries] == [("1D47", "2020-02-02", 1)] * (
        2 if several else 1
    )


def test_an_empty_sub_claim_is_malformed() -> None:
    for claims in ({-260: {3: []}}, {-260: {3: {}}}, {-260: {4: "x"}}, {-260: {-6: 5}}):
        assert judged(claims).reason.value == "C-PAY"


@pytest.mark.parametrize("proof", [VACCINATION, Swab(NOW - timedelta(hours=20))])
def test_our_own_issuer(proof: Vaccination | Swab) -> None:
    result = verify(issuing.issue(ISSUER, SUBJECT, proof, NOW, "0001"), TRUST, NOW)
    assert (result.format, result.verdict, result.test_signer) == (CertificateFormat.DDCC, Verdict.VALID, True)
    assert result.warnings == ()
    for flaw, reason in ((Flaw.EXPIRED, "C-EXP"), (Flaw.NOT_YET_VALID, "C-NYV"), (Flaw.ALTERED, "C-SIG")):
        text = issuing.issue(ISSUER, SUBJECT, proof, NOW, "0001", flaw)
        assert verify(text, TRUST, NOW).reason.value == reason


@pytest.mark.parametrize("number", [1, 2])
def test_demonstration_codes_of_the_who(number: int) -> None:
    """Signed by the WHO's published test key, whose identifier is `11` and stands in the unsigned header."""
    registry = DATA / "pathcheck-trust-registry" / "test_registry_normalized.json"
    if not WHO.is_dir() or not registry.is_file():
        pytest.skip("the WHO's demonstration codes are not beside the repository")
    row = json.loads(registry.read_text())["DCC"]["MTE="]
    key = load_key(base64.b64decode(row["publicKey"]))
    trust = bundle([Signer(b"11", key, "", row["displayName"]["en"], test=True)])
    text = (WHO / f"WHOQR{number}Contents.txt").read_text()
    now = datetime(2021, 8, 1, tzinfo=UTC)
    result = verify(text, trust, now)
    assert (result.format, result.verdict, result.test_signer) == (CertificateFormat.DDCC, Verdict.VALID, True)
    unpacked = json.loads((WHO / f"WHOQR{number}Unpacked.json").read_text())["contents"]
    assert result.products.content == unpacked
    assert result.entries[0].vaccine == "1119349007"
    assert result.entries[0].dose == 1
    assert verify(text, bundle([]), now).reason.value == "C-KID"
    assert verify(text, trust, NOW).reason.value == ("C-EXP" if number == 1 else "C-OK")


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
_FIELDS = sorted({*FLAT, *NESTED, "test", "meta", "valid_from", "valid_until", "manufacturer"})


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=4), st.sampled_from([None, 1, 3, 4, 5, -6]))
def test_any_signed_content_never_raises(change: dict[str, Any], place: int | None) -> None:
    content = {**FLAT, **change}
    result = judged(content if place is None else {1: "UT", -260: {place: content}})
    assert repr(result)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.integers(-8, 8), _VALUES, max_size=3))
def test_any_sub_claim_never_raises(hcert: dict[int, Any]) -> None:
    assert judged({1: "UT", -260: hcert}).verdict is not Verdict.VALID or 1 in hcert
