"""The tests of the SMART Health Cards developer tools (health-cards-dev-tools): what they accept and reject.

Their table was derived from their own tests. "Reject" is met by any verdict but VALID. FHIR bundles and payloads come
unsigned there; here a key of ours signs them, byte for byte as they are. Every difference is listed with its reason.
"""

import json
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from models.qr import CodeReader
from station.certificates.issuing.signers import ec_key, raw_signature
from station.certificates.keys import base64url, from_jwk, thumbprint
from station.certificates.result import CertificateResult, Verdict
from station.certificates.revocation.shc import read_list
from station.certificates.shc.claims import read_claims
from station.certificates.shc.fhir import read_bundle
from station.certificates.trust.bundle import Scheme, Signer, TrustBundle, bundle
from station.certificates.verify import verify

DATA = Path(__file__).resolve().parents[5] / "shared/data/certificates"
TOOLS = DATA / "shc-dev-tools"
TABLE = TOOLS / "EXPECTED-derived-from-tests.json"
EXAMPLES = DATA / "shc-spec-examples/generate-examples"
EXAMPLE_ISSUER = "https://spec.smarthealth.cards/examples/issuer"
CLOCK = datetime(2022, 6, 1, tzinfo=UTC)
"""The tools were tested in 2021 and 2022; one card of theirs expires in 2025."""

ROWS: list[dict[str, Any]] = [row for row in json.loads(TABLE.read_text()) if row["in_repo"]] if TABLE.exists() else []

_SPACE = "white space around a code or a file is cut off, and inside JSON it means nothing (RFC 8259, 2)"
_PARTS = "cards in several codes are deprecated, but on paper: the issue asks for them"
_BITS = "how the bits are laid out in the picture says nothing about the card"
_CONTENT = "oddities of the content are warnings and never change the verdict"
_TIME = "the tools only warn; the framework says that verifiers reject a card that is not in date"
_LIST = (
    "a list that names a card twice still says who is revoked; its version would only tell that there is a newer one"
)
DIFFERENCES = {
    "test-example-00-a-fhirBundle-trailing_chars.json": _SPACE,
    "test-example-00-b-jws-payload-expanded-trailing_chars.json": _SPACE,
    "test-example-00-d-jws-trailing_chars.txt": _SPACE,
    "test-example-00-e-file-trailing_chars.smart-health-card": _SPACE,
    "test-example-00-f-qr-code-numeric-value-0-trailing_chars.txt": _SPACE,
    "test-example-00-g-qr-code-0-qr_chunk_too_small.png": _PARTS,
    "test-example-00-f-qr-code-numeric-value-0-qr_chunk_too_small.txt": _PARTS,
    "test-example-00-g-qr-code-0-single_qr_segment.png": _BITS,
    "test-example-00-g-qr-code-0-bad_qr_version.png": _BITS,
    "test-example-00-a-fhirBundle-bad_meta_wrong_security.json": _CONTENT,
    "test-example-00-a-fhirBundle-empty-values.json": _CONTENT,
    "test-example-00-a-fhirBundle-occurrence-issues.json": _CONTENT,
    "test-example-00-b-jws-payload-expanded-missing-coding.json": _CONTENT,
    "test-example-00-b-jws-payload-expanded-expired.json": _TIME,
    "test-example-00-b-jws-payload-expanded-nbf_not_yet_valid.json": _TIME,
    "badcrl/duplicate-rid/jws-crl-duplicate-rid.txt": _LIST,
    "badcrl/version-mismatch/jws-crl-version-mismatch.txt": _LIST,
}


def _example_signers() -> list[Signer]:
    rows = json.loads((EXAMPLES / "issuer/.well-known/jwks.json").read_text())["keys"]
    return [_signer(row, EXAMPLE_ISSUER) for row in rows]


def _signer(jwk: dict[str, Any], issuer: str) -> Signer:
    return Signer(jwk["kid"].encode(), from_jwk(jwk), scheme=Scheme.SHC, issuer=issuer, name="example")


def _text(row: dict[str, Any]) -> str:
    files = [TOOLS / "testdata" / name for name in row["files"]]
    if row["type"] == "qr":
        reader = CodeReader(second_opinion=False)
        return "\n".join(code.text for file in files for code in reader.read(cv2.imread(str(file)), still=True))
    return "\n".join(file.read_text() for file in files)


def _sign(key: ec.EllipticCurvePrivateKey, payload: str) -> str:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    header = json.dumps({"zip": "DEF", "alg": "ES256", "kid": thumbprint(key.public_key())})
    signed = f"{base64url(header.encode())}.{base64url(stream.compress(payload.encode()) + stream.flush())}"
    return f"{signed}.{base64url(raw_signature(key, signed.encode()))}"


def judge(row: dict[str, Any]) -> CertificateResult:
    """Verify what a row of the table is about."""
    text = _text(row)
    if row["type"] not in ("fhirbundle", "jwspayload"):
        return verify(text, _trust(row), CLOCK)
    if row["type"] == "fhirbundle":
        text = (
            '{"iss":"https://example.test/issuer","nbf":1640995200,"vc":{"type":["https://smarthealth.cards#health-card"],'
            f'"credentialSubject":{{"fhirVersion":"4.0.1","fhirBundle":{text}}}}}}}'
        )
    key = ec_key(b"payloads of the developer tools")
    issuer = json.loads(text)["iss"]
    signer = Signer(thumbprint(key.public_key()).encode(), key.public_key(), scheme=Scheme.SHC, issuer=issuer)
    return verify(_sign(key, text), bundle([signer]), CLOCK)


def _trust(row: dict[str, Any]) -> TrustBundle:
    """The example issuer; for a card with a revocation list its own key under the address in the card."""
    signers = _example_signers()
    if row["files"][0].startswith("badcrl/"):
        folder = Path(row["files"][0]).parent.name
        base = "https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl"
        signers.append(_signer(json.loads((TOOLS / "testdata/badcrl/public.json").read_text()), f"{base}/{folder}"))
    return bundle(signers)


def _list_refused(row: dict[str, Any]) -> bool:
    """Whether the revocation list beside a card is refused, which is then not believed at all."""
    folder = (TOOLS / "testdata" / row["files"][0]).parent / ".well-known/crl"
    try:
        for file in folder.glob("*.json"):
            read_list(json.loads(file.read_text()))
    except (ValueError, KeyError, TypeError):
        return True
    return False


def accepted(row: dict[str, Any]) -> bool:
    if row["files"][0].startswith("badcrl/") and _list_refused(row):
        return False
    return judge(row).verdict is Verdict.VALID


@pytest.mark.skipif(not ROWS, reason="the SMART Health Cards data is not beside the repository")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['type']}-{row['files'][0]}-{row['expected']}")
def test_accepts_and_rejects_as_the_tools_do(row: dict[str, Any]) -> None:
    name = row["files"][0]
    assert (accepted(row) is (row["expected"] == "accept")) is (name not in DIFFERENCES), DIFFERENCES.get(name)


@pytest.mark.skipif(not ROWS, reason="the SMART Health Cards data is not beside the repository")
def test_counts() -> None:
    assert Counter(row["expected"] for row in ROWS) == {"accept": 22, "reject": 56}
    different = Counter(row["expected"] for row in ROWS if row["files"][0] in DIFFERENCES)
    assert different == {"accept": 2, "reject": 15}, "61 of 78 as the tools say"


@pytest.mark.skipif(not ROWS, reason="the SMART Health Cards data is not beside the repository")
def test_the_example_issuers_own_revocation_list() -> None:
    folder = EXAMPLES / "issuer/.well-known/crl"
    (file,) = folder.glob("*.json")
    assert read_list(json.loads(file.read_text()), EXAMPLE_ISSUER).kid == file.stem.encode()


@pytest.mark.skipif(not ROWS, reason="the SMART Health Cards data is not beside the repository")
def test_khealthcertificates_card_is_genuine() -> None:
    folder = DATA / "kde-khealthcertificate/autotests/data/shc"
    if not folder.exists():
        pytest.skip("the data of KHealthCertificate is not beside the repository")
    (key,) = folder.glob("*.jwk")
    text = (folder / "example-00-f-qr-code-numeric-value-0.txt").read_text()
    trust = bundle([_signer(json.loads(key.read_text()), EXAMPLE_ISSUER)])
    result = verify(text, trust, CLOCK)
    assert (result.verdict, result.warnings, len(result.entries)) == (Verdict.VALID, (), 2)
    assert [entry.dose for entry in result.entries] == [1, 2]
    assert {entry.product for entry in result.entries} == {"EU/1/20/1507"}
    assert verify(text, bundle([]), CLOCK).verdict is Verdict.UNDECIDED


@pytest.mark.skipif(not ROWS, reason="the SMART Health Cards data is not beside the repository")
def test_the_frameworks_own_bundles() -> None:
    folder = EXAMPLES / "src/fixtures"
    vaccinated = read_bundle(json.loads((folder / "covid-vaccines-bundle.json").read_text()), covid=False)
    assert [(entry.product, entry.dose) for entry in vaccinated.entries] == [
        ("EU/1/20/1507", dose) for dose in (1, 2, 3)
    ]
    report = json.loads((folder / "dr-bundle.json").read_text())
    assert read_bundle(report, covid=False).entries == (), "haemoglobin and the like"
    revoked = json.loads((folder / "revoked-bundle.json").read_text())
    vc = {"type": [], "credentialSubject": {"fhirBundle": revoked}}
    assert read_claims({"iss": EXAMPLE_ISSUER, "vc": vc}).identifier == "JuTJHwXo2Yc", "RFC 2 of the framework, example"
