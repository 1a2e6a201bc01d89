"""What the examination says about the age of trust."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.loader import load
from station import doctor
from station.certificates.issuing.hcert import make_issuer
from station.certificates.revocation.store import RevocationStore
from station.certificates.trust.bundle import Scheme
from station.certificates.trust.folder import write_folder
from station.certificates.trust.install import REVOCATIONS
from station.finding import Finding
from station.paths import paths_of

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def _said(state: Path) -> dict[str, Finding]:
    settings = load("demo", {"station": {"state": state}})
    return {found.what: found for found in doctor._trust(settings, paths_of(settings))}


@pytest.mark.parametrize(
    ("age", "good", "words"),
    [
        (timedelta(days=3), True, "1 signers, 3 days old"),
        (timedelta(days=15), False, "import a newer list"),
        (-timedelta(days=2), False, "check the clock"),
        (-timedelta(hours=2), True, "0 days old"),
    ],
)
def test_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: timedelta, good: bool, words: str) -> None:
    monkeypatch.setattr(doctor, "utc_now", lambda: NOW)
    folder = tmp_path / "trust"
    signer = make_issuer(b"tests", NOW).trusted.trusted()
    write_folder(folder, [signer], version=1, created_at=NOW, dates={Scheme.HCERT: NOW - age}, test=True)
    RevocationStore(folder / REVOCATIONS, create=True).put([], created_at=NOW - age)
    said = _said(tmp_path)
    assert said["trust hcert"].good is said["revocations"].good is good
    assert words in said["trust hcert"].sentence


def test_nothing_and_damage(tmp_path: Path) -> None:
    assert "No signer is trusted" in _said(tmp_path)["trust"].sentence
    folder = tmp_path / "trust"
    write_folder(folder, [], version=1, created_at=NOW, dates={}, test=True)
    (folder / "manifest.json").write_text(json.dumps({"format": "other"}))
    assert not _said(tmp_path)["trust"].good
