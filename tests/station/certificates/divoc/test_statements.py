"""Our statements and vocabularies against pyld and against the originals: the hash that is signed must be the same."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from station.certificates.divoc import vocabulary
from station.certificates.divoc.canonical import canonical
from station.certificates.divoc.statements import MAX_DEPTH, MAX_NODES, read
from station.certificates.divoc.vocabulary import CREDENTIALS, SECURITY, UnknownVocabulary

COWIN = "https://cowin.gov.in/credentials/vaccination/"
OURS = Path(vocabulary.__file__).parent / "contexts"
DATA = Path(__file__).parents[4].parent / "shared" / "data" / "certificates"
ORIGINALS = DATA / "divoc-contexts"
_KOTLIN = "verify/src/main/resources/org/who/gdhcnvalidator/verify/divoc/jsonldcrypto"


def ours() -> dict[str, Any]:
    names = {CREDENTIALS: "credentials-v1", SECURITY: "security-v2"}
    names |= {f"{COWIN}v{n}": f"vaccination-v{n}" for n in (1, 2)}
    return {address: json.loads((OURS / f"{name}.json").read_text()) for address, name in names.items()}


def originals() -> dict[str, Any]:
    if not ORIGINALS.is_dir():
        pytest.skip("the original vocabularies are not beside the repository")
    files = {
        CREDENTIALS: f"{_KOTLIN}/W32018CredentialsV1.json",
        f"{COWIN}v1": f"{_KOTLIN}/DIVOCVaccinationContextV1.json",
        f"{COWIN}v2": f"{_KOTLIN}/DIVOCVaccinationContextV2.json",
        SECURITY: "lib/context/security-v2.json",
        "https://w3id.org/security/v1": "lib/context/security-v1.json",
    }
    return {address: json.loads((ORIGINALS / name).read_text()) for address, name in files.items()}


def by_pyld(document: dict[str, Any], contexts: dict[str, Any]) -> str:
    def load(address: str, _: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": address, "document": contexts[address]}

    # Without a base a relative address says nothing, as in the signers' library; by default pyld invents a base.
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load, "base": None}
    return str(jsonld.normalize(document, options))


_TEXTS = st.one_of(st.sampled_from(("", "A", 'a"b\\c\nd', "Ümläut ไทย", "COVISHIELD")), st.text(max_size=6))
_SCALARS = st.one_of(
    _TEXTS, st.integers(-5, 10**6), st.booleans(), st.none(), st.floats(0.001, 999.5).filter(lambda x: x % 1 != 0)
)
_VALUES = st.one_of(_SCALARS, st.lists(_SCALARS, max_size=2))
_ADDRESSES = st.sampled_from(
    ("did:x:1", "https://example.org/1", "relative", "did:a card:1", "schema:thing", "vac:thing", "urn:a%20b")
)


def _object(types: tuple[str, ...], fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    optional = {"id": _ADDRESSES, "unknown": _VALUES, **fields}
    typed = st.one_of(st.sampled_from(types), st.lists(st.sampled_from((*types, "Unheard")), max_size=2, unique=True))
    return st.fixed_dictionaries({"type": typed}, optional=optional)


_ADDRESS = st.fixed_dictionaries(
    {}, optional={"city": _VALUES, "streetAddress": _VALUES, "postalCode": _VALUES, "addressCountry": _VALUES}
)
_PERSON = _object(("Person",), {"name": _VALUES, "age": _VALUES, "dob": _VALUES, "uhid": _VALUES, "address": _ADDRESS})
_EVIDENCE = _object(
    ("Vaccination",),
    {
        **dict.fromkeys(("batch", "vaccine", "date", "dose", "totalDoses", "icd11Code", "prophylaxis"), _VALUES),
        "verifier": st.fixed_dictionaries({}, optional={"name": _VALUES, "id": _TEXTS, "sign-image": _TEXTS}),
        "facility": st.fixed_dictionaries({}, optional={"name": _VALUES, "id": _ADDRESSES, "address": _ADDRESS}),
    },
)
_CREDENTIALS = st.fixed_dictionaries(
    {
        "@context": st.sampled_from(([CREDENTIALS, f"{COWIN}v1"], [CREDENTIALS, f"{COWIN}v2"], CREDENTIALS)),
        "type": st.sampled_from((["VerifiableCredential", "ProofOfVaccinationCredential"], "VerifiableCredential")),
    },
    optional={
        "id": _ADDRESSES,
        "issuer": _ADDRESSES,
        "issuanceDate": _VALUES,
        "nonTransferable": _VALUES,
        "credentialSubject": _PERSON,
        "evidence": st.lists(_EVIDENCE, max_size=3),
        "credentialSchema": st.fixed_dictionaries({"id": _ADDRESSES, "type": st.just("JsonSchemaValidator2018")}),
    },
)
_PROOFS = st.fixed_dictionaries(
    {"@context": st.just(SECURITY), "type": st.sampled_from(("RsaSignature2018", "Ed25519Signature2018", "Other"))},
    optional={
        "created": _TEXTS,
        "proofPurpose": st.sampled_from(("assertionMethod", "authentication", "other", "did:x:1")),
        "verificationMethod": _ADDRESSES,
        "creator": _ADDRESSES,
        "nonce": _TEXTS,
        "other": _TEXTS,
    },
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(_CREDENTIALS, _PROOFS))
@example({"@context": [CREDENTIALS], "type": "VerifiableCredential", "evidence": [{}, {}]})
def test_equal_to_pyld(document: dict[str, Any]) -> None:
    assert canonical(read(document).statements).decode() == by_pyld(document, ours())


@settings(max_examples=100, deadline=None)
@given(st.one_of(_CREDENTIALS, _PROOFS))
def test_equal_to_the_original_vocabularies(document: dict[str, Any]) -> None:
    assert canonical(read(document).statements).decode() == by_pyld(document, originals())


def test_sample_equal_to_the_original_vocabularies() -> None:
    path = DATA / "kde-khealthcertificate" / "autotests" / "data" / "divoc" / "partial-vaccination.bin"
    if not path.is_file():
        pytest.skip("the DIVOC sample is not beside the repository")
    with zipfile.ZipFile(path) as archive:
        credential = json.loads(archive.read("certificate.json"))
    proof = credential.pop("proof")
    del proof["jws"]
    for document in (credential, {**proof, "@context": SECURITY}):
        assert canonical(read(document).statements).decode() == by_pyld(document, originals())


@settings(max_examples=100, deadline=None)
@given(_CREDENTIALS)
def test_what_is_covered_says_everything(document: dict[str, Any]) -> None:
    """The covered part alone makes the statements that hang together from the top."""
    whole = read(document)
    part = read({"@context": document["@context"], **whole.covered})
    assert {predicate for _, predicate, _ in part.statements} <= {predicate for _, predicate, _ in whole.statements}
    assert len(part.statements) <= len(whole.statements)
    assert part.covered == whole.covered


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://example.org/unknown", "type": "VerifiableCredential"},
        {"@context": [CREDENTIALS, {"name": "https://schema.org/name"}]},
        {"@context": {"name": "https://schema.org/name"}},
        {"type": "VerifiableCredential"},
        {"@context": CREDENTIALS, "@graph": []},
        {"@context": CREDENTIALS, "@id": "did:x:1"},
        {"@context": CREDENTIALS, "https://schema.org/name": "x"},
        {"@context": CREDENTIALS, "type": "VerifiableCredential", "evidence": [["x"]]},
        {"@context": CREDENTIALS, "type": "VerifiableCredential", "evidence": {"@value": "x"}},
        {"@context": CREDENTIALS, "type": "VerifiableCredential", "evidence": {"@context": CREDENTIALS}},
        {"@context": CREDENTIALS, "type": "VerifiableCredential", "id": "_:b1"},
        {"@context": CREDENTIALS, "type": "VerifiableCredential", "issuer": "_:b1"},
        {"@context": CREDENTIALS, "type": "VerifiableCredential", "id": 5},
        {"@context": CREDENTIALS, "type": {"a": 1}},
        {"@context": CREDENTIALS, "type": ["VerifiableCredential"], "evidence": [{} for _ in range(MAX_NODES)]},
    ],
)
def test_constructions_that_are_not_understood(document: dict[str, Any]) -> None:
    with pytest.raises(UnknownVocabulary):
        read(document)


def test_depth_is_limited() -> None:
    inner: dict[str, Any] = {"type": "VerifiableCredential"}
    for _ in range(MAX_DEPTH + 1):
        inner = {"type": "VerifiableCredential", "evidence": inner}
    with pytest.raises(UnknownVocabulary):
        read({"@context": CREDENTIALS, **inner})


def test_parts_that_look_alike_do_not_exhaust_us() -> None:
    """Each naming of equal blank nodes is a trial; their number grows with the factorial."""
    twin = {"type": "Vaccination", "facility": [{} for _ in range(9)]}
    alike = {"type": "VerifiableCredential", "evidence": [twin, dict(twin)]}
    with pytest.raises(UnknownVocabulary):
        canonical(read({"@context": [CREDENTIALS, f"{COWIN}v1"], **alike}).statements)
    two = {"type": "VerifiableCredential", "evidence": [{}, {}]}
    assert canonical(read({"@context": CREDENTIALS, **two}).statements)


@pytest.mark.parametrize("end", [">", '"', '> <https://schema.org/name> "x" .\n<did:y', "\n", "\\", "<", "{", "\x00"])
@pytest.mark.parametrize("spaced", [False, True])
def test_no_statement_can_be_smuggled_in_through_an_address(end: str, spaced: bool) -> None:
    document = {"@context": CREDENTIALS, "type": "VerifiableCredential", "issuer": "did:x" + end}
    reading = read(document, spaced=spaced)
    assert "issuer" not in reading.covered
    assert canonical(reading.statements).count(b"\n") == 1


def test_an_address_with_a_space() -> None:
    document = {"@context": CREDENTIALS, "type": "VerifiableCredential", "id": "did:Aadhaar Card:1", "issuer": "did:x"}
    strict, spaced = read(document), read(document, spaced=True)
    assert strict.spaces
    assert strict.statements == ()
    assert strict.covered == {}
    assert b"<did:Aadhaar Card:1>" in canonical(spaced.statements)


def test_a_large_number_is_written_as_the_signers_write_it() -> None:
    document = {"@context": [CREDENTIALS, f"{COWIN}v1"], "type": "Person", "age": 10**21, "name": 2.0}
    lines = canonical(read(document).statements).decode()
    assert '"1.0E21"^^<http://www.w3.org/2001/XMLSchema#double>' in lines
    assert '"2"^^<http://www.w3.org/2001/XMLSchema#integer>' in lines
