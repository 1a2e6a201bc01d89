"""The EU's quality-assurance pictures: all read; what a known signer signed is valid on its day, the rest undecided."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config.rules.reasons import ReasonCode
from models.images import decode_picture
from models.qr import CodeReader
from station.certificates.result import Step, Verdict
from station.certificates.trust.bundle import TrustBundle, merge
from station.certificates.trust.files import load_file
from station.certificates.verify import verify

DATA = Path(__file__).parents[4] / "shared/data/certificates"
PICTURES = DATA / "eu-dcc-quality-assurance"
REGISTRIES = ("registry.json", "test_registry.json")
SOME_TIME = datetime(2022, 1, 1, tzinfo=UTC)


def _pictures() -> list[Any]:
    files = sorted(each for each in PICTURES.rglob("*") if each.suffix.lower() == ".png")
    skip = pytest.mark.skip(reason="the quality-assurance pictures are not in ../shared/data")
    rows = [pytest.param(each, id=each.relative_to(PICTURES).as_posix()) for each in files]
    return rows or [pytest.param(None, marks=skip)]


@cache
def _trust() -> TrustBundle:
    files = [DATA / "pathcheck-trust-registry" / name for name in REGISTRIES]
    if not all(each.exists() for each in files):
        pytest.skip("the registries of signers are not in ../shared/data")
    return merge(load_file(each, allow_test=True) for each in files)


@pytest.mark.parametrize("file", _pictures())
def test_picture(file: Path) -> None:
    codes = CodeReader().read(decode_picture(file.read_bytes()), still=True)
    assert codes, "no code was read"
    first = verify(codes[0].text, _trust(), SOME_TIME)
    assert first.holder is not None, first.sentence
    if not first.signer:
        assert (first.verdict, first.reason) == (Verdict.UNDECIDED, ReasonCode.CERTIFICATE_SIGNER_UNKNOWN)
        return
    assert first.issued_at is not None
    result = verify(codes[0].text, _trust(), first.issued_at)
    assert (result.verdict, result.step) == (Verdict.VALID, Step.DONE), result.sentence
