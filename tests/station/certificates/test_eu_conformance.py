"""Every EU DCC conformance case, with its own clock and signer: the verdict, and every expectation of every step."""

import base64
import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import cbor2
import pytest

from models.errors import PictureUnreadable
from models.images import decode_picture
from models.qr import CodeReader
from station.certificates.batch import Verifier
from station.certificates.errors import StepFailed
from station.certificates.hcert import container
from station.certificates.hcert.cbor import CborError, Tag, decode
from station.certificates.hcert.claims import check_time, read_claims
from station.certificates.hcert.cose import Envelope, holds, open_envelope
from station.certificates.hcert.dcc import HealthCertificate, read_payload
from station.certificates.hcert.findings import findings
from station.certificates.moment import Interval
from station.certificates.result import CertificateResult, Verdict
from station.certificates.trust.bundle import Signer, TrustBundle, bundle, from_certificate
from station.certificates.verify import verify

CASES = Path(__file__).parents[4] / "shared/data/certificates/eu-dgc-testdata"
PROTOCOL = (
    "EXPECTEDUNPREFIX",
    "EXPECTEDB45DECODE",
    "EXPECTEDCOMPRESSION",
    "EXPECTEDDECODE",
    "EXPECTEDVERIFY",
    "EXPECTEDEXPIRATIONCHECK",
    "EXPECTEDKEYUSAGE",
)
STEP = {
    "EXPECTEDUNPREFIX": {"prefix"},
    "EXPECTEDB45DECODE": {"base45"},
    "EXPECTEDCOMPRESSION": {"compression"},
    "EXPECTEDDECODE": {"cbor", "cose", "claims", "payload"},
    "EXPECTEDVERIFY": {"signature", "signer", "claims", "payload", "cbor"},
    "EXPECTEDEXPIRATIONCHECK": {"time"},
    "EXPECTEDKEYUSAGE": {"key_usage"},
}
UNRELIABLE = "FR/2DCode/raw/test_pcr_ok.json"
"""Named so by the data's README: its times are off."""
STRANGERS = {"PL/1.0.0/2DCode/raw/6.json", "PL/1.2.1/2DCode/raw/6.json"}
"""Signed by a signer that the case does not give: rejected, but as unknown, not as invalid."""


def _cases() -> list[Any]:
    found = []
    for file in sorted(CASES.glob("**/*.json")):
        name = file.relative_to(CASES).as_posix()
        if name != UNRELIABLE:
            found.append(pytest.param(file, id=name.removesuffix(".json").replace("/2DCode/raw", "")))
    return found or [pytest.param(None, marks=pytest.mark.skip(reason="the EU cases are not in ../shared/data"))]


def _judge(case: dict[str, Any]) -> CertificateResult:
    context = case["TESTCTX"]
    clock = datetime.fromisoformat(context["VALIDATIONCLOCK"])
    trust: TrustBundle = bundle([from_certificate(base64.b64decode(context["CERTIFICATE"]))])
    return verify(case["PREFIX"], trust, clock if clock.tzinfo else clock.replace(tzinfo=UTC))


@pytest.mark.parametrize("file", _cases())
def test_protocol_verdict(file: Path) -> None:
    case = json.loads(file.read_text())
    broken = [step for step in PROTOCOL if case["EXPECTEDRESULTS"].get(step) is False]
    result = _judge(case)
    if not broken:
        assert (result.verdict, result.step.value) == (Verdict.VALID, "done"), result.sentence
        assert result.holder is not None
        return
    stranger = file.relative_to(CASES).as_posix() in STRANGERS
    assert result.verdict is (Verdict.UNDECIDED if stranger else Verdict.INVALID), result.sentence
    assert any(result.step.value in STEP[step] for step in broken), (broken, result.step)


def _expectations() -> list[Any]:
    """One parameter for each expectation of each case, as far as the case holds what it needs."""
    found = []
    for file in sorted(CASES.glob("**/*.json")):
        name = file.relative_to(CASES).as_posix()
        case = _load(file)
        for kind, wanted in case["EXPECTEDRESULTS"].items():
            if kind in CHECKS and NEEDED.get(kind, "PREFIX") in case and kind not in UNRELIABLE_STEPS.get(name, ()):
                label = f"{name.removesuffix('.json').replace('/2DCode/raw', '')}-{kind.removeprefix('EXPECTED')}"
                found.append(pytest.param(file, kind, wanted, id=label))
    skip = pytest.mark.skip(reason="the EU cases are not in ../shared/data")
    return found or [pytest.param(None, "", True, marks=skip)]


@cache
def _load(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def _clock(case: dict[str, Any]) -> datetime:
    clock = datetime.fromisoformat(case["TESTCTX"]["VALIDATIONCLOCK"])
    return clock if clock.tzinfo else clock.replace(tzinfo=UTC)


def _envelope(case: dict[str, Any]) -> Envelope:
    """Of the case's COSE; where it is missing, out of its text."""
    if "COSE" in case:
        return open_envelope(bytes.fromhex(case["COSE"]))
    return open_envelope(container.inflate(container.decode_base45(container.strip_prefix(case["PREFIX"]))))


def _signer(case: dict[str, Any]) -> Signer:
    return from_certificate(base64.b64decode(case["TESTCTX"]["CERTIFICATE"]))


def _content(case: dict[str, Any]) -> HealthCertificate:
    return read_payload(read_claims(_envelope(case).payload).hcert)


def _plain(value: Any) -> Any:
    """Without the liberties of the cases: whole numbers as fractions, one moment written in two ways."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return re.sub(r"\+00:00$", "Z", value) if isinstance(value, str) else value


def _inner(data: str) -> Any:
    """The health certificate in a case's CBOR: some give it bare, some inside the claims."""
    value = decode(bytes.fromhex(data))
    while isinstance(value, Tag):
        value = value.value
    return _plain(value[-260][1] if isinstance(value, dict) and -260 in value else value)


def _picture(case: dict[str, Any]) -> bool:
    codes = CodeReader().read(decode_picture(base64.b64decode(case["2DCODE"])), still=True)
    return any(code.text == case["PREFIX"] for code in codes)


def _unprefix(case: dict[str, Any]) -> bool:
    text = container.strip_prefix(case["PREFIX"])
    return bool(text == case.get("BASE45", text))


def _base45(case: dict[str, Any]) -> bool:
    text = case["BASE45"] if "BASE45" in case else container.strip_prefix(case["PREFIX"])
    data = container.decode_base45(text)
    return bool(data.hex() == case["COMPRESSED"].lower()) if "COMPRESSED" in case else bool(container.inflate(data))


def _compression(case: dict[str, Any]) -> bool:
    data = bytes.fromhex(case["COMPRESSED"]) if "COMPRESSED" in case else container.decode_base45(case["BASE45"])
    cose = container.inflate(data).hex()
    return bool(cose == case.get("COSE", cose).lower())


def _signature(case: dict[str, Any]) -> bool:
    envelope = _envelope(case)
    return any(holds(envelope, each.key) for each in bundle([_signer(case)]).find(envelope.kid))


def _expiry(case: dict[str, Any]) -> bool:
    check_time(read_claims(_envelope(case).payload), Interval.of(_clock(case)))
    return True


def _usage(case: dict[str, Any]) -> bool:
    return {entry.kind for entry in _content(case).entries} <= _signer(case).kinds


def _decoded(case: dict[str, Any]) -> bool:
    inner = _inner(case["CBOR"]) if "CBOR" in case else _plain(case["JSON"])
    found = _plain(_content(case).payload)
    return bool(found == inner == (_plain(case["JSON"]) if "JSON" in case else inner))


def _whole(case: dict[str, Any]) -> bool:
    return bool(_plain(verify(case["PREFIX"], TrustBundle(), _clock(case)).payload) == _plain(case["JSON"]))


def _encoded(case: dict[str, Any]) -> bool:
    return bool(_plain(decode(cbor2.dumps(case["JSON"]))) == _inner(case["CBOR"]))


def _object(case: dict[str, Any]) -> bool:
    return bool(read_payload({1: case["JSON"]}).payload)


def _schema(case: dict[str, Any]) -> bool:
    """Our findings about the content stand for a schema, less those that the cases themselves contradict."""
    found = _content(case)
    said = findings(found.payload, found.holder, found.entries, _clock(case))
    return all(any(part in each for part in TOLERATED) for each in said)


CHECKS = {
    "EXPECTEDPICTUREDECODE": _picture,
    "EXPECTEDUNPREFIX": _unprefix,
    "EXPECTEDB45DECODE": _base45,
    "EXPECTEDCOMPRESSION": _compression,
    "EXPECTEDVERIFY": _signature,
    "EXPECTEDEXPIRATIONCHECK": _expiry,
    "EXPTECTEDEXPIRED": _expiry,
    "EXPECTEDKEYUSAGE": _usage,
    "EXPECTEDDECODE": _decoded,
    "EXPECTEDVALIDJSON": _whole,
    "EXPECTEDVALIDOBJECT": _object,
    "EXPECTEDENCODE": _encoded,
    "EXPECTEDSCHEMAVALIDATION": _schema,
}
NEEDED = {
    "EXPECTEDPICTUREDECODE": "2DCODE",
    "EXPECTEDENCODE": "CBOR",
    "EXPECTEDVALIDJSON": "JSON",
    "EXPECTEDVALIDOBJECT": "JSON",
}
TOLERATED = (
    "the birth date is incomplete",  # 1963, 1963-00 and 1964-01 are valid in the Dutch and Belgian cases
    " lacks ",  # the Dutch cases leave fields empty
    "the list ",  # null lists in the Bulgarian ones
    "a dose number is below one",  # Dutch case 121
)
UNRELIABLE_STEPS: dict[str, tuple[str, ...]] = {
    # The readable times are two hours off what was signed.
    UNRELIABLE: ("EXPECTEDDECODE", "EXPECTEDVALIDJSON"),
    # Birth date after the validation time, "valid"; the Dutch cases say the opposite.
    **dict.fromkeys((f"ES/2DCode/raw/{n}.json" for n in (2101, 2102, 2103)), ("EXPECTEDSCHEMAVALIDATION",)),
    # Wrong only against the value sets, which 49 good cases break too.
    **dict.fromkeys(
        (f"PL/{version}/2DCode/raw/{n}.json" for version in ("1.0.0", "1.2.1", "1.3.0") for n in (7, 8, 9)),
        ("EXPECTEDSCHEMAVALIDATION",),
    ),
}


@pytest.mark.parametrize(("file", "kind", "wanted"), _expectations())
def test_expectation(file: Path, kind: str, wanted: bool) -> None:
    try:
        found = CHECKS[kind](_load(file))
    except (StepFailed, CborError, PictureUnreadable):
        found = False
    assert found is wanted


def test_batch_of_the_cases(tmp_path: Path) -> None:
    files = sorted(CASES.glob("*/2DCode/raw/*.json"))[::12]
    if not files:
        pytest.skip("the EU cases are not in ../shared/data")
    verifier = Verifier(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    for number, file in enumerate(files):
        case = json.loads(file.read_text())
        signer = tmp_path / f"{number}.der"
        signer.write_bytes(base64.b64decode(case["TESTCTX"]["CERTIFICATE"]))
        at = case["TESTCTX"]["VALIDATIONCLOCK"]
        answer = verifier.answer({"input": case["PREFIX"], "at": at, "trust": [str(signer)]})
        result = _judge(case)
        assert (answer["verdict"], answer["step"]) == (result.verdict.value, result.step.value)
        assert answer["ms"] < 500
