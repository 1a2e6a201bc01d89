"""Requests of the command line: every kind of input gets one answer."""

from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import pytest

from models.qr import draw_code
from station.certificates.batch import Verifier
from station.certificates.issuing.hcert import Subject, Vaccination, issue, make_issuer
from station.certificates.trust.files import write_bundle

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ISSUER = make_issuer(b"tests", NOW)
TEXT = issue(ISSUER, Subject("Somsri", "Malee", date(1990, 1, 2)), Vaccination(date(2026, 9, 1)), NOW, "1")


@pytest.fixture
def trust(tmp_path: Path) -> str:
    path = tmp_path / "trust.json"
    path.write_text(write_bundle(ISSUER.certificates(), NOW, test=True))
    return str(path)


@pytest.fixture
def verifier() -> Verifier:
    return Verifier(lambda: NOW)


def test_text_file_and_picture(tmp_path: Path, trust: str, verifier: Verifier) -> None:
    (tmp_path / "code.txt").write_text(TEXT + "\n")
    cv2.imwrite(str(tmp_path / "code.png"), draw_code(TEXT))
    for given in (TEXT, str(tmp_path / "code.txt"), str(tmp_path / "code.png")):
        answer = verifier.answer({"input": given, "trust": [trust]})
        assert answer["verdict"] == "valid"
        assert answer["input"] == given
        assert list(answer)[:5] == ["input", "format", "verdict", "step", "reason"]
        assert answer["holder"]["surname"] == "Somsri"
        assert answer["entries"] == [
            {
                "kind": "v",
                "disease": "840539006",
                "country": "UT",
                "issuer": "Ministry of Health of Utopia (TEST)",
                "identifier": "URN:UVCI:01:UT:TEST/1",
                "date": "2026-09-01",
                "product": "EU/1/20/1528",
                "manufacturer": "ORG-100030215",
                "vaccine": "1119349007",
                "dose": 2,
                "doses": 2,
            }
        ]
        assert answer["expires_at"] == "2027-02-18T02:00:00Z"
        assert answer["ms"] > 0


def test_the_clock_of_the_request(trust: str, verifier: Verifier) -> None:
    request = {"input": TEXT, "trust": [trust]}
    assert verifier.answer(request | {"at": "2027-03-01T00:00:00+07:00"})["reason"] == "C-EXP"
    assert verifier.answer(request | {"at": "2026-12-01T00:00:00"})["verdict"] == "valid"
    assert verifier.answer({"input": TEXT})["reason"] == "C-KID"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "no input"),
        ({"input": 5}, "no input"),
        ({"input": "nowhere.png"}, "no file"),
        ({"input": TEXT, "at": "tomorrow"}, "time is not like"),
        ({"input": TEXT, "at": 7}, "time is not like"),
        ({"input": TEXT, "trust": "x"}, "no list of paths"),
        ({"input": TEXT, "trust": ["/nowhere/at/all"]}, "cannot be read"),
    ],
)
def test_bad_requests(request_: dict[str, object], words: str, verifier: Verifier) -> None:
    answer = verifier.answer(request_)
    assert (answer["verdict"], answer["step"], answer["reason"]) == ("undecided", "input", None)
    assert words in answer["sentence"]


def test_bad_files(tmp_path: Path, verifier: Verifier) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG broken")
    (tmp_path / "b.bin").write_bytes(b"\xff\xfe\x00")
    cv2.imwrite(str(tmp_path / "c.png"), draw_code(TEXT)[:20])
    for name in ("a.png", "b.bin", "c.png"):
        answer = verifier.answer({"input": str(tmp_path / name)})
        assert answer["step"] == "input"
        assert name in answer["sentence"]
    (tmp_path / "d.zip").write_bytes(b"PK\x03\x04\xff\x00")
    assert verifier.answer({"input": str(tmp_path / "d.zip")})["format"] == "divoc"
    assert verifier.answer({"input": "x" * 5000})["format"] == "text"
    assert verifier.answer({"input": "a\0b"})["format"] == "text"


def test_what_holds_nothing_is_not_judged(tmp_path: Path, verifier: Verifier) -> None:
    (tmp_path / "empty").write_bytes(b" \n")
    for given, words in ((str(tmp_path), "is no file"), (str(tmp_path / "empty"), "is empty"), ("  ", "is empty")):
        said = verifier.answer({"input": given})
        assert said["step"] == "input"
        assert words in said["sentence"]


def test_a_text_file_may_begin_with_a_byte_order_mark(tmp_path: Path, verifier: Verifier) -> None:
    (tmp_path / "code.txt").write_bytes(b"\xef\xbb\xbfHC1:ABC")
    assert verifier.answer({"input": str(tmp_path / "code.txt")})["format"] == "hcert"
