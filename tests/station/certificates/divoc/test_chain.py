"""The chain on DIVOC credentials of our own: every step, what a forger may try, bombs, and that it never raises."""

import base64
import copy
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from station.certificates.divoc.canonical import canonical
from station.certificates.divoc.proof import SUITES, header_of, jws_of, sign_input
from station.certificates.divoc.statements import read
from station.certificates.divoc.vocabulary import SECURITY, UnknownVocabulary
from station.certificates.keys import load_key
from station.certificates.moment import Interval
from station.certificates.result import CertificateFormat, CertificateResult, EntryKind, Step, Verdict
from station.certificates.revocation.lists import Revocations, Revoked, Subject
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, bundle
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DATA = Path(__file__).parents[4].parent / "shared" / "data" / "certificates"
ED_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA_KEY = rsa.generate_private_key(65537, 2048)
METHOD = "did:utopia:moh"


def _signer(key: Any, **more: Any) -> Signer:
    return Signer(METHOD.encode(), key, "UT", "Ministry of Utopia", scheme=Scheme.DIVOC, **more)


ED_TRUST = bundle([_signer(ED_KEY.public_key())])
RSA_TRUST = bundle([_signer(RSA_KEY.public_key())])


def credential(version: int = 2) -> dict[str, Any]:
    person = {"type": "Person", "id": "did:utopia:1", "refId": "77", "name": "Anna Mueller", "gender": "Female"}
    person |= {"nationality": "Utopian", "dob": "1974-08-12"} if version == 2 else {"age": "52"}
    place = {"streetAddress": "", "city": "Capital", "addressCountry": "UT", "postalCode": 10110}
    return {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            f"https://cowin.gov.in/credentials/vaccination/v{version}",
        ],
        "type": ["VerifiableCredential", "ProofOfVaccinationCredential"],
        "credentialSubject": person | {"address": place},
        "issuer": "https://health.example.org/",
        "issuanceDate": "2026-09-01T05:00:00.000Z",
        "evidence": [
            {
                "id": "https://health.example.org/vaccine/4711",
                "certificateId": "4711",
                "type": ["Vaccination"],
                "batch": "LOT7",
                "vaccine": "COVISHIELD",
                "manufacturer": "Serum Institute of India",
                "date": "2026-09-01T04:00:00.000Z",
                "effectiveStart": "2026-09-01",
                "effectiveUntil": "2027-09-01",
                "dose": 1,
                "totalDoses": 2,
                "verifier": {"name": "A. Nurse"},
                "facility": {"name": "Central Hospital", "address": place},
            }
        ],
        "nonTransferable": "true",
    }


def signed(found: dict[str, Any], kind: str = "Ed25519Signature2018", **options: Any) -> dict[str, Any]:
    """The credential with a proof of the test key."""
    proof = {
        "type": kind,
        "created": "2026-09-01T05:00:00Z",
        "verificationMethod": METHOD,
        "proofPurpose": "assertionMethod",
        **options,
    }
    data = sign_input(found, proof)
    if kind == "Ed25519Signature2018":
        signature = ED_KEY.sign(data)
    else:
        signature = RSA_KEY.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    return {**found, "proof": {**proof, "jws": jws_of(kind, signature)}}


def zipped(content: Any, name: str = "certificate.json", method: int = zipfile.ZIP_DEFLATED) -> str:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return data.getvalue().decode("latin-1")


def judged(content: Any, trust: TrustBundle = ED_TRUST, now: Interval | datetime = NOW) -> CertificateResult:
    return verify(content if isinstance(content, str) else zipped(content), trust, now)


def outcome(result: CertificateResult) -> tuple[Verdict, Step, str]:
    return result.verdict, result.step, result.reason.value


GOOD = signed(credential())
FORGED = (Verdict.INVALID, Step.SIGNATURE, "C-SIG")
OPEN = (Verdict.UNDECIDED, Step.CONTEXT, "C-UNS")
STRANGE = (Verdict.UNDECIDED, Step.CONTEXT, "C-CTX")


@pytest.mark.parametrize("kind", SUITES)
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("bare", [False, True])
def test_good(kind: str, version: int, bare: bool) -> None:
    found = signed(credential(version), kind)
    trust = ED_TRUST if kind.startswith("Ed") else RSA_TRUST
    result = judged(json.dumps(found) if bare else found, trust)
    assert outcome(result) == (Verdict.VALID, Step.DONE, "C-OK")
    assert result.format is CertificateFormat.DIVOC
    assert result.holder is not None
    assert (result.holder.surname, result.holder.given_names) == ("", "Anna Mueller")
    assert result.holder.birth_date_text == ("1974-08-12" if version == 2 else "")
    (entry,) = result.entries
    assert (entry.kind, entry.disease, entry.country) == (EntryKind.VACCINATION, "840539006", "UT")
    assert (entry.product, entry.manufacturer, entry.vaccine) == ("Covishield", "ORG-100001981", "29061000087103")
    assert (entry.dose, entry.doses, entry.identifier) == (1, 2, "4711")
    assert (result.issuer, result.signer) == ("UT", "Ministry of Utopia")
    assert result.issued_at == datetime(2026, 9, 1, 5, tzinfo=UTC)
    assert base64.b64decode(result.kid).decode() == METHOD
    assert result.payload["v"][0]["mp"] == "Covishield"
    assert result.payload["nam"] == {"gn": "Anna Mueller"}
    assert result.products.content["evidence"][0]["batch"] == "LOT7"
    assert result.warnings == (() if version == 2 else ("it gives no birth date",))
    assert "Mueller" not in repr(result)
    assert "4711" not in repr(result)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        rows = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, item in rows for leaf in _leaves(item, (*path, key))]
    return [path]


@pytest.mark.parametrize("path", _leaves(GOOD), ids=lambda path: ".".join(map(str, path)))
def test_every_value_is_signed(path: tuple[Any, ...]) -> None:
    found = copy.deepcopy(GOOD)
    place: Any = found
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = old + 1 if isinstance(old, int) else old[:-1] + ("x" if old[-1:] != "x" else "y")
    assert judged(found).verdict is not Verdict.VALID


def test_a_left_out_or_added_value_is_noticed() -> None:
    for change in ("dob", "name", "refId"):
        found = copy.deepcopy(GOOD)
        del found["credentialSubject"][change]
        assert outcome(judged(found)) == FORGED
    found = copy.deepcopy(GOOD)
    found["evidence"].append({"type": ["Vaccination"], "dose": 2})
    assert outcome(judged(found)) == FORGED


def test_a_word_without_meaning_is_not_believed() -> None:
    """Nothing that the vocabulary does not know is signed: it is left out, and with version 1 so is `dob`."""
    found = copy.deepcopy(GOOD)
    found["evidence"][0]["dosesReceived"] = 9
    result = judged(found)
    assert result.verdict is Verdict.VALID
    assert "dosesReceived" not in result.products.content["evidence"][0]
    old = signed(credential(1))
    old["credentialSubject"]["dob"] = "1990-01-01"
    result = judged(old)
    assert result.verdict is Verdict.VALID
    assert result.holder is not None
    assert result.holder.birth_date_text == ""


@pytest.mark.parametrize("identifier", ["", "4711", "a card"])
def test_a_holder_whom_the_signature_leaves_out_is_not_believed(identifier: str) -> None:
    found = credential()
    found["credentialSubject"]["id"] = identifier
    found = signed(found)
    assert outcome(judged(found)) == OPEN
    found["credentialSubject"]["name"] = "Somebody Else"
    assert outcome(judged(found)) == OPEN


@pytest.mark.parametrize("spaced", [False, True])
def test_an_identifier_with_a_space(spaced: bool) -> None:
    """India wrote "did:Aadhaar Card:..."; where the signer took that for an address the holder is signed."""
    found = credential(1)
    found["credentialSubject"]["id"] = "did:Aadhaar Card:********1234"
    proof = signed(found)["proof"]
    parts = proof_input(proof), canonical(read(found, spaced=spaced).statements)
    data = b".".join((header_of(proof["type"]).encode(), b"".join(hashlib.sha256(part).digest() for part in parts)))
    found["proof"] = {**proof, "jws": jws_of(proof["type"], ED_KEY.sign(data))}
    result = judged(found)
    assert outcome(result) == ((Verdict.VALID, Step.DONE, "C-OK") if spaced else OPEN)
    assert result.holder is not None
    assert result.holder.given_names == "Anna Mueller"
    found["credentialSubject"]["name"] = "Somebody Else"
    assert outcome(judged(found)) == (FORGED if spaced else OPEN)


def proof_input(proof: dict[str, Any]) -> bytes:
    options = {name: value for name, value in proof.items() if name != "jws"}
    return canonical(read({**options, "@context": SECURITY}).statements)


@pytest.mark.parametrize(
    "change",
    [
        {"dose": 2, "totalDoses": 1},
        {"dose": 2, "totalDoses": [1, 2]},
        {"dose": [1, 2], "totalDoses": 2},
        {"date": "2027-09-01", "effectiveUntil": "2026-09-01T04:00:00.000Z"},
        {"effectiveStart": "2027-09-01", "effectiveUntil": "2026-09-01"},
        {"vaccine": ["COVISHIELD", "LOT7"]},
    ],
)
def test_values_that_can_change_places_under_a_good_signature_are_not_believed(change: dict[str, Any]) -> None:
    """The vocabulary gives `dose` and `totalDoses` one address, and one to three dates."""
    found = copy.deepcopy(GOOD)
    found["evidence"][0] |= change
    assert outcome(judged(found)) == OPEN


def test_a_revoked_number_under_another_word_is_found() -> None:
    """The vocabulary gives the numbers of certificate and batch, vaccine and maker one address."""
    trust = bundle([_signer(ED_KEY.public_key())], revocations=Revocations((_List("4711", Revoked.YES),)))
    for word in ("batch", "vaccine", "manufacturer", "icd11Code"):
        found = copy.deepcopy(GOOD)
        row = found["evidence"][0]
        row["certificateId"], row[word] = row.get(word), row["certificateId"]
        assert judged(found).verdict is Verdict.VALID
        assert outcome(judged(found, trust)) == (Verdict.INVALID, Step.REVOCATION, "C-REV")


def test_numbers_and_times_beyond_every_reader() -> None:
    found = copy.deepcopy(GOOD)
    found["evidence"][0]["facility"]["address"]["postalCode"] = 10**400
    assert outcome(judged(found)) == STRANGE
    for day in ("0001-01-01", "9999-12-31"):
        ever = credential()
        ever["evidence"][0] |= {"date": day, "effectiveStart": day, "effectiveUntil": "9999-12-31"}
        assert judged(signed(ever)).verdict is Verdict.VALID
    first = "0001-01-02T00:00:00Z"
    assert judged(signed({**credential(), "issuanceDate": first}, created=first)).verdict is Verdict.VALID


def test_vocabularies_named_again_and_again_are_not_kept() -> None:
    for context in ([*GOOD["@context"], GOOD["@context"][0]], GOOD["@context"] * 700):
        assert outcome(judged({**GOOD, "@context": context})) == STRANGE


def test_no_person_shows_in_a_statement() -> None:
    assert "Mueller" not in repr(read(GOOD | {"proof": None}).statements)


def test_two_parts_with_one_address_are_not_told_apart() -> None:
    found = credential()
    found["evidence"].append(found["evidence"][0] | {"dose": 2})
    assert outcome(judged(signed(found))) == OPEN


def _proof(**change: Any) -> dict[str, Any]:
    return {**GOOD, "proof": {**GOOD["proof"], **change}}


def _header(text: str) -> dict[str, Any]:
    encoded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return _proof(jws=f"{encoded}..{GOOD['proof']['jws'].rpartition('.')[2]}")


@pytest.mark.parametrize(
    ("found", "verdict", "step", "reason"),
    [
        (_header('{"alg":"none","b64":false,"crit":["b64"]}'), Verdict.INVALID, Step.JWS, "C-ALG"),
        (_header('{"alg":"PS256","b64":false,"crit":["b64"]}'), Verdict.INVALID, Step.JWS, "C-ALG"),
        (_header('{"alg":"HS256","b64":false,"crit":["b64"]}'), Verdict.INVALID, Step.JWS, "C-ALG"),
        (_header('{"alg":"EdDSA"}'), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_header('{"alg":"EdDSA","b64":true,"crit":["b64"]}'), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_header('{"alg":"EdDSA","b64":false,"crit":["b64","x"]}'), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_header('{"alg":"EdDSA","alg":"none","b64":false}'), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_header("[]"), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_header('{"b64":false,"alg":"EdDSA","crit":["b64"]}'), *FORGED),
        (_proof(type="RsaSignature2018"), Verdict.INVALID, Step.JWS, "C-ALG"),
        (_proof(type="BbsBlsSignature2020"), Verdict.UNDECIDED, Step.JWS, "C-ALG"),
        (_proof(type=["Ed25519Signature2018"]), Verdict.UNDECIDED, Step.JWS, "C-ALG"),
        (_proof(proofPurpose="authentication"), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_proof(created="yesterday"), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_proof(created="2026-09-01T05:00:01Z"), *FORGED),
        (_proof(verificationMethod=5), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_proof(verificationMethod="did:other"), Verdict.UNDECIDED, Step.SIGNER, "C-KID"),
        (_proof(jws="a.b.c"), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_proof(jws=f"{header_of('Ed25519Signature2018')}..*"), Verdict.INVALID, Step.JWS, "C-JWS"),
        (_proof(jws=f"{header_of('Ed25519Signature2018')}.."), *FORGED),
        ({**GOOD, "proof": [GOOD["proof"]]}, Verdict.INVALID, Step.JWS, "C-JWS"),
        (credential(), Verdict.INVALID, Step.JWS, "C-JWS"),
        ({**GOOD, "type": ["VerifiableCredential"]}, Verdict.UNDECIDED, Step.PAYLOAD, "C-KIND"),
        ({**GOOD, "type": "VerifiablePresentation"}, Verdict.UNDECIDED, Step.PAYLOAD, "C-KIND"),
        ({**GOOD, "@context": [*GOOD["@context"], "https://example.org/more"]}, *STRANGE),
        ({**GOOD, "@context": [*GOOD["@context"], {"name": "schema:alternateName"}]}, *STRANGE),
        ({**GOOD, "@context": GOOD["@context"][:1]}, *FORGED),
    ],
)
def test_what_is_wrong_with_it(found: dict[str, Any], verdict: Verdict, step: Step, reason: str) -> None:
    result = judged(found)
    assert outcome(result) == (verdict, step, reason)
    assert result.holder is not None
    assert result.holder.given_names == "Anna Mueller", "the officer sees what it says"


def test_a_key_of_another_kind_or_another_world() -> None:
    assert outcome(judged(GOOD, RSA_TRUST)) == FORGED
    other = bundle([Signer(METHOD.encode(), ED_KEY.public_key(), scheme=Scheme.SHC)])
    assert outcome(judged(GOOD, other)) == (Verdict.UNDECIDED, Step.SIGNER, "C-KID")
    both = bundle([_signer(RSA_KEY.public_key()), _signer(ED_KEY.public_key())])
    assert judged(GOOD, both).verdict is Verdict.VALID


def test_a_signer_for_tests_only() -> None:
    trust = bundle([_signer(ED_KEY.public_key(), kinds=frozenset((EntryKind.TEST,)))])
    assert outcome(judged(GOOD, trust)) == (Verdict.INVALID, Step.KEY_USAGE, "C-USE")


def test_a_signer_out_of_date_is_a_warning() -> None:
    trust = bundle([_signer(ED_KEY.public_key(), not_after=NOW - timedelta(days=1))])
    result = judged(GOOD, trust)
    assert result.verdict is Verdict.VALID
    assert "the signer's own certificate has expired" in result.warnings


@pytest.mark.parametrize(
    ("change", "options", "expected"),
    [
        ({"expirationDate": "2026-11-19T00:00:00Z"}, {}, (Verdict.INVALID, Step.TIME, "C-EXP")),
        ({"expirationDate": "2026-11-21T00:00:00Z"}, {}, (Verdict.VALID, Step.DONE, "C-OK")),
        ({"expirationDate": "never"}, {}, (Verdict.INVALID, Step.PAYLOAD, "C-PAY")),
        ({"expirationDate": 5}, {}, (Verdict.INVALID, Step.PAYLOAD, "C-PAY")),
        ({"issuanceDate": "2026-12-20T00:00:00Z"}, {}, (Verdict.INVALID, Step.TIME, "C-NYV")),
        ({"issuanceDate": "once"}, {}, (Verdict.INVALID, Step.PAYLOAD, "C-PAY")),
        ({}, {"created": "2026-12-20T00:00:00Z"}, (Verdict.INVALID, Step.TIME, "C-NYV")),
    ],
)
def test_times(change: dict[str, Any], options: dict[str, Any], expected: tuple[Verdict, Step, str]) -> None:
    assert outcome(judged(signed({**credential(), **change}, **options))) == expected


def test_an_uncertain_clock_is_undecided() -> None:
    found = signed({**credential(), "expirationDate": "2026-11-21T00:00:00Z"})
    now = Interval(NOW, NOW + timedelta(days=30))
    assert outcome(judged(found, ED_TRUST, now)) == (Verdict.UNDECIDED, Step.TIME, "C-CLK")


class _List:
    """A list that revokes by one identifier."""

    def __init__(self, identifier: str, says: Revoked) -> None:
        self.identifier = identifier
        self.says = says

    def status(self, subject: Subject) -> Revoked:
        return self.says if self.identifier in subject.identifiers else Revoked.NO


@pytest.mark.parametrize("identifier", ["4711", "https://health.example.org/vaccine/4711"])
def test_revocation(identifier: str) -> None:
    for says, verdict, reason in ((Revoked.YES, "invalid", "C-REV"), (Revoked.PERHAPS, "undecided", "C-RVU")):
        trust = bundle([_signer(ED_KEY.public_key())], revocations=Revocations((_List(identifier, says),)))
        assert outcome(judged(GOOD, trust)) == (Verdict(verdict), Step.REVOCATION, reason)


def _archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> str:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue().decode("latin-1")


_JSON = json.dumps(GOOD).encode()
_WHOLE = zipped(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        _archive(("certificate.json", b" " * 4_000_000 + _JSON)),
        _archive(("certificate.json", b" " * 120_000 + _JSON)),
        _archive(("certificate.json", _JSON), *((f"{n}", b"") for n in range(4))),
        _archive(("certificate.json", _JSON), ("../../etc/passwd", b"x")),
        _archive(("certificate.json", _JSON), ("folder/", b"")),
        _archive(("certificate.json", _JSON), method=zipfile.ZIP_BZIP2),
        _archive(("certificate.json", _JSON), method=zipfile.ZIP_LZMA),
        _WHOLE[:-30],
        _WHOLE[:100],
        "PK\x03\x04",
        "PK\x03\x04" + "x" * 20_000,
        "PK\x03\x04ไทย",
        _WHOLE.replace("PK\x01\x02\x14\x03\x14\x00\x00\x00", "PK\x01\x02\x14\x03\x14\x00\x01\x00"),
        _WHOLE[:60] + ("a" if _WHOLE[60] != "a" else "b") + _WHOLE[61:],
    ],
    ids=[
        "large", "ratio", "many", "path", "folder", "bzip2", "lzma", "cut", "short", "magic", "long", "no bytes",
        "encrypted", "damaged",
    ],
)  # fmt: skip
def test_archives_that_are_refused(text: str) -> None:
    assert outcome(judged(text)) == (Verdict.INVALID, Step.ARCHIVE, "C-ARC")


def test_a_file_twice_in_the_archive() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        text = _archive(("certificate.json", _JSON), ("certificate.json", b"{}"))
    assert outcome(judged(text)) == (Verdict.INVALID, Step.ARCHIVE, "C-ARC")


def test_an_archive_of_something_else() -> None:
    assert outcome(judged(_archive(("word/document.xml".replace("/", "-"), b"x")))) == (
        Verdict.UNDECIDED,
        Step.KIND,
        "C-KIND",
    )


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', '{"a":NaN}', "[]", "5", "", "{", "[" * 100_000, '{"a":' * 500 + "1" + "}" * 500, "\x00", b"\xff"],
)
def test_json_that_is_refused(text: str | bytes) -> None:
    result = judged(zipped(text, method=zipfile.ZIP_STORED) if len(text) < 9_000 else zipped(text))
    assert result.verdict is Verdict.INVALID
    assert result.step in (Step.JSON, Step.ARCHIVE)


def test_the_sample_of_khealthcertificate() -> None:
    """Its content was altered to hide a person: its own test expects an invalid signature (divocparsertest.cpp)."""
    path = DATA / "kde-khealthcertificate" / "autotests" / "data" / "divoc" / "partial-vaccination.bin"
    if not path.is_file():
        pytest.skip("the DIVOC sample is not beside the repository")
    result = verify(path.read_bytes().decode("latin-1"), _registry(), datetime(2021, 8, 1, tzinfo=UTC))
    assert outcome(result) == FORGED
    (entry,) = result.entries
    assert (entry.dose, entry.doses, entry.product, entry.country) == (1, 2, "Covishield", "IN")
    assert entry.date.startswith("2021-07-16")


def test_five_states_publish_keys() -> None:
    assert len(_registry()) == 5


def _registry() -> TrustBundle:
    path = DATA / "pathcheck-trust-registry" / "registry_normalized.json"
    if not path.is_file():
        pytest.skip("the registry of keys is not beside the repository")
    rows = json.loads(path.read_text())["DIVOC"]
    return bundle(
        Signer(
            method.encode(), load_key(base64.b64decode(row["publicKey"])), "", row["displayName"]["en"],
            scheme=Scheme.DIVOC,
        )
        for method, row in rows.items()
    )  # fmt: skip


_JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_leaves(GOOD)), _JSON_VALUES), min_size=1, max_size=3))
def test_any_value_anywhere_never_raises_and_is_never_believed(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    found = copy.deepcopy(GOOD)
    for path, value in changes:
        place: Any = found
        for key in path[:-1]:
            place = place[key] if isinstance(place, dict | list) else {}
        if isinstance(place, dict | list):
            place[path[-1]] = value
    result = judged(found)
    assert found == GOOD or result.verdict is not Verdict.VALID or result.products.content == _covered()
    assert repr(result)


def _covered() -> Any:
    return judged(GOOD).products.content


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_leaves(credential())), _JSON_VALUES), min_size=1, max_size=3))
def test_any_value_that_was_signed_never_raises(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    found = credential()
    for path, value in changes:
        place: Any = found
        for key in path[:-1]:
            place = place[key] if isinstance(place, dict | list) else {}
        if isinstance(place, dict | list):
            place[path[-1]] = value
    try:
        text = json.dumps(signed(found))
    except UnknownVocabulary:
        return
    for each in (text, zipped(text)):
        assert repr(judged(each))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_archives_never_raise(data: st.DataObject) -> None:
    raw = bytearray(_WHOLE.encode("latin-1"))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    result = judged(bytes(raw).decode("latin-1"))
    assert result.verdict is not Verdict.VALID or result.products.content == _covered()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.binary(max_size=300))
def test_any_text_never_raises(text: str, raw: bytes) -> None:
    for each in ("PK\x03\x04" + text, zipped(raw), zipped(text.encode("utf-8", "replace"))):
        assert judged(each).verdict is not Verdict.VALID
