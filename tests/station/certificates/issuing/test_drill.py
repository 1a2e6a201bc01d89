"""The test issuer: every format, proof and flaw says what it promises; it is repeatable and marked as a test."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from station.certificates.errors import TrustRefused
from station.certificates.issuing import drill, shc, vds_nc
from station.certificates.issuing.content import Proof, Recovery, Subject, Swab, Vaccination, kind_of
from station.certificates.issuing.flaws import EXPECTED, Flaw
from station.certificates.result import CertificateFormat, Verdict
from station.certificates.trust.bundle import Scheme
from station.certificates.trust.files import load
from station.certificates.trust.signer_certificate import DEMONSTRATION
from station.certificates.verify import verify

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
AUTHORITY = drill.make_authority(b"drill", NOW)
SUBJECT = Subject("Øster-Müller", "Anna Đặng", date(1974, 8, 12))
PROOFS: tuple[Proof, ...] = (
    Vaccination(date(2026, 9, 1), 3, 3),
    Swab(NOW - timedelta(hours=20)),
    Swab(NOW - timedelta(hours=20), positive=True, rapid=True),
    Recovery(date(2026, 8, 1), date(2026, 8, 12), date(2027, 1, 28)),
)
CARRIED = [(form, proof) for form in drill.FORMATS for proof in PROOFS if kind_of(proof) in drill.CARRIES[form]]


def _issue(form: CertificateFormat, proofs: Sequence[Proof], flaw: Flaw = Flaw.NONE, chunks: int = 1) -> drill.Issued:
    return drill.issue(form, AUTHORITY, SUBJECT, proofs, NOW, f"n-{flaw.value}", flaw, chunks)


@pytest.mark.parametrize(("form", "proof"), CARRIED)
def test_every_proof_with_every_flaw(form: CertificateFormat, proof: Proof) -> None:
    for flaw in drill.flaws_of(form, [proof]):
        issued = _issue(form, [proof], flaw)
        result = verify(issued.text, drill.trust(AUTHORITY, NOW, [issued]), NOW)
        wanted = issued.expected
        said = (result.verdict, result.step, result.reason)
        assert said == (wanted.verdict, wanted.step, wanted.reason), f"{flaw.value}: {result.sentence}"
        if flaw is Flaw.NONE:
            assert result.format is form
            assert result.test_signer
            assert [entry.kind for entry in result.entries] == [kind_of(proof)]
            assert not [each for each in result.warnings if "transliteration" not in each], result.warnings


def test_every_flaw_is_in_the_table() -> None:
    assert set(EXPECTED) == set(drill.FORMATS)
    assert {flaw for flaws in EXPECTED.values() for flaw in flaws} == set(Flaw)
    for flaws in EXPECTED.values():
        assert all((flaw is Flaw.NONE) is (said.verdict is Verdict.VALID) for flaw, said in flaws.items())


@pytest.mark.parametrize("form", drill.FORMATS)
def test_what_is_read_is_what_was_issued(form: CertificateFormat) -> None:
    result = verify(_issue(form, PROOFS[:1]).text, drill.trust(AUTHORITY, NOW), NOW)
    assert result.holder is not None
    assert result.holder.birth_date_text == "1974-08-12"
    assert "Anna Đặng" in f"{result.holder.given_names} {result.holder.surname}"
    (entry,) = result.entries
    assert entry.date.startswith("2026-09-01")
    assert entry.product == "EU/1/20/1528"
    assert entry.disease == "840539006"
    numbers = {CertificateFormat.SHC: (1, None), CertificateFormat.VDS_NC: (3, None)}
    assert (entry.dose, entry.doses) == numbers.get(form, (3, 3))


def test_the_same_seed_gives_the_same_bytes() -> None:
    again, other = drill.make_authority(b"drill", NOW), drill.make_authority(b"other", NOW)
    for form in drill.FORMATS:
        one = drill.issue(form, AUTHORITY, SUBJECT, PROOFS[:1], NOW, "1").codes
        assert one == drill.issue(form, again, SUBJECT, PROOFS[:1], NOW, "1").codes
        assert one != drill.issue(form, other, SUBJECT, PROOFS[:1], NOW, "1").codes


def test_a_revocation_names_one_certificate_only() -> None:
    for form in drill.FORMATS:
        revoked = _issue(form, PROOFS[:1], Flaw.REVOKED)
        trust = drill.trust(AUTHORITY, NOW, [revoked])
        assert verify(_issue(form, PROOFS[:1]).text, trust, NOW).verdict is Verdict.VALID
        assert verify(revoked.text, drill.trust(AUTHORITY, NOW), NOW).verdict is Verdict.VALID
        assert verify(revoked.text, trust, NOW).verdict is Verdict.INVALID


def test_a_card_in_chunks() -> None:
    trust = drill.trust(AUTHORITY, NOW)
    issued = _issue(CertificateFormat.SHC, PROOFS[:3], chunks=3)
    assert len(issued.codes) == 3
    shuffled = "\n".join(reversed(issued.codes))
    for text in (issued.text, shuffled):
        result = verify(text, trust, NOW)
        assert result.verdict is Verdict.VALID
        assert len(result.entries) == 3
    assert verify("\n".join(issued.codes[:2]), trust, NOW).verdict is Verdict.UNDECIDED


def test_the_trust_folder_is_for_drills_only(tmp_path: Path) -> None:
    made = [_issue(form, PROOFS[:1], flaw) for form in drill.FORMATS for flaw in (Flaw.NONE, Flaw.REVOKED)]
    drill.drill_bundle(tmp_path / "trust", AUTHORITY, NOW, made)
    with pytest.raises(TrustRefused):
        load([tmp_path / "trust"])
    trust = load([tmp_path / "trust"], allow_test=True)
    assert all(signer.test for scheme in Scheme for signer in trust.of_scheme(scheme))
    assert {scheme for scheme in Scheme if trust.of_scheme(scheme)} == set(Scheme)
    for issued in made:
        result = verify(issued.text, trust, NOW)
        assert (result.verdict, result.reason) == (issued.expected.verdict, issued.expected.reason)
    # A second drill into the same folder.
    drill.drill_bundle(tmp_path / "trust", AUTHORITY, NOW, made[:1])
    again = load([tmp_path / "trust"], allow_test=True)
    assert len(again) == len(trust)


@pytest.mark.parametrize("name", ["hcert.json", "icao.json", "shc.json", "divoc.json"])
def test_no_single_file_of_it_is_believed_elsewhere(tmp_path: Path, name: str) -> None:
    """Marks are on the signers too, not only on the manifest."""
    drill.drill_bundle(tmp_path, AUTHORITY, NOW, [])
    rows = json.loads((tmp_path / name).read_text())["signers"]
    assert rows
    assert all(row["test"] is True for row in rows)


def test_certificates_say_that_they_are_tests(tmp_path: Path) -> None:
    icao, hcert = AUTHORITY.icao, AUTHORITY.hcert
    ders = [
        icao.authority, icao.trusted.certificate, icao.misused.certificate, icao.impostor.certificate,
        icao.stranger.certificate, *hcert.certificates(), hcert.impostor.certificate, hcert.stranger.certificate,
    ]  # fmt: skip
    for number, der in enumerate(ders):
        read = x509.load_der_x509_certificate(der)
        words = {attribute.rfc4514_attribute_name: attribute.value for attribute in read.subject}
        assert (words["C"], words["OU"]) == ("UT", DEMONSTRATION)
        assert str(words["CN"]).endswith("(TEST)")
        path = tmp_path / f"{number}.der"
        path.write_bytes(der)
        with pytest.raises(TrustRefused):
            load([path])


@pytest.mark.parametrize(
    ("form", "proofs", "flaw", "words"),
    [
        (CertificateFormat.SHC, PROOFS[3:], Flaw.NONE, "cannot carry"),
        (CertificateFormat.DIVOC, PROOFS[1:2], Flaw.NONE, "cannot carry"),
        (CertificateFormat.IDB, PROOFS[:1], Flaw.NONE, "cannot carry"),
        (CertificateFormat.HCERT, (), Flaw.NONE, "cannot carry"),
        (CertificateFormat.HCERT, PROOFS[:2], Flaw.NONE, "carries one proof"),
        (CertificateFormat.HCERT, PROOFS[:1], Flaw.BROKEN_CHAIN, "cannot be broken_chain"),
        (CertificateFormat.SHC, PROOFS[1:2], Flaw.WRONG_KEY_USAGE, "cannot be wrong_key_usage"),
        (CertificateFormat.VDS_NC, PROOFS[:2], Flaw.NONE, "vaccinations or one test"),
    ],
)
def test_what_cannot_be_issued(form: CertificateFormat, proofs: Sequence[Proof], flaw: Flaw, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        _issue(form, proofs, flaw)


def test_each_format_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="vaccinations and tests"):
        shc.bundle(SUBJECT, PROOFS[3:])
    with pytest.raises(ValueError, match="no CVX code"):
        shc.bundle(SUBJECT, [Vaccination(date(2026, 9, 1), product="unheard of")])
    with pytest.raises(ValueError, match="one test"):
        vds_nc.message(SUBJECT, PROOFS[3:], NOW, "1")
