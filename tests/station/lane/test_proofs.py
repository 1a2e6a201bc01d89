"""Several certificates of one traveller, and what an officer attests of papers, letters, classes and origins."""

import importlib.util
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from station.certificates.issuing.hcert import Flaw, Subject, Swab, Vaccination, issue
from station.certificates.verify import verify
from station.evidence import MOST_PICTURE_BYTES, Attestation, CertificateRead, VerdictKind
from station.journal.journal import Journal
from station.lane.commands import Attest, Decide
from station.lane.events import CertificateSeen
from station.lane.snapshot import Notice, Phase

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
document, certificate, temperature = people.document, people.certificate, people.temperature
WHO = "Somjai R."
MAJA = Subject("Lindqvarn", "Maja Elin", date(1991, 4, 17))
PCR = {"kind": "pcr", "issuer": "Vachira Phuket", "at": "2026-11-20T08:30:00+07:00", "result": "negative"}
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)


def shown(proof, number, subject=MAJA, flaw=Flaw.NONE):
    text = issue(people.ISSUER, subject, proof, people.NOON, number, flaw)
    result = verify(text, people.ISSUER.bundle(people.NOON), people.NOON)
    return CertificateSeen(CertificateRead(f"c-{number}", people.NOON, "camera", result))


def swab(number="s", **more):
    return shown(Swab(people.NOON - timedelta(hours=9)), number, **more)


@pytest.fixture
def journal(tmp_path):
    book = Journal(tmp_path / "j.db", bytes(32), "demo-1", lambda: people.NOON, os.urandom)
    yield book
    book.close()


@pytest.fixture
def bench(journal):
    return people.Bench(journal)


def ids(bench):
    return [each.id for each in bench.lane.evidence.certificates]


@pytest.mark.parametrize("first", [True, False])
def test_a_second_certificate_of_the_same_holder_is_added(bench, first):
    both = (certificate(), swab())
    bench.feed(*((document(), *both) if first else (*both, document())))
    assert len(bench.lane.evidence.certificates) == 2
    assert all(each.bound for each in bench.lane.evidence.certificates)
    assert bench.lane.tray == ()
    bench.feed(swab(), certificate())
    assert len(bench.lane.evidence.certificates) == 2, "shown twice changes nothing"
    bench.feed(temperature(36.4))
    body = bench.saved[0]
    assert (body["certificate"]["id"], body["further_certificates"][0]["id"]) == ("c-s", "c-Lindqvarn-none")
    bench.feed(swab(), certificate())
    assert bench.phase is Phase.SAVED, "both are known as the saved traveller's"


def test_at_most_four_and_the_useless_one_goes(bench):
    bench.feed(document(), shown(Vaccination(on=date(2026, 8, 1)), "bad", flaw=Flaw.EXPIRED))
    bench.feed(*(shown(Vaccination(on=date(2026, 8, n)), str(n)) for n in range(2, 6)))
    assert ids(bench) == ["c-2", "c-3", "c-4", "c-5"]
    bench.feed(shown(Vaccination(on=date(2026, 8, 6)), "6"))
    assert ids(bench) == ["c-2", "c-3", "c-4", "c-5"]
    assert [each.id for each in bench.lane.tray] == ["c-bad", "c-6"]


def test_the_good_one_counts_before_the_newer_bad_one(bench):
    bench.feed(document(), certificate(), swab(flaw=Flaw.EXPIRED), temperature(36.4))
    assert bench.lane.evidence.certificate.id == "c-Lindqvarn-none"
    assert bench.lane.saved.verdict is VerdictKind.ADMIT


def test_another_holders_certificate_waits_in_the_tray(bench):
    bench.feed(document(), certificate(), swab(subject=Subject("Halvar", "Ole", date(1980, 1, 1))))
    assert len(bench.lane.evidence.certificates) == 1
    assert len(bench.lane.tray) == 1


def test_same_person_binds_every_certificate_of_that_holder(bench):
    berg = Subject("Berg", "Maja Elin", date(1991, 4, 17))
    bench.feed(document(), swab("1", subject=berg), shown(Vaccination(on=date(2026, 8, 1)), "2", subject=berg))
    assert [each.bound for each in bench.lane.evidence.certificates] == [False, False]
    bench.feed(Attest(WHO, Attestation.SAME_HOLDER))
    assert [each.bound for each in bench.lane.evidence.certificates] == [True, True]
    bench.feed(shown(Vaccination(on=date(2026, 8, 2)), "3", subject=berg))
    assert bench.lane.evidence.certificates[-1].bound, "the word was about that holder"


def test_a_paper_is_judged_by_the_order_and_marked(bench):
    bench.feed(document(), Attest(WHO, Attestation.PAPER, PCR, JPEG), temperature(36.4))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    outcomes = {o["rule"]: o for o in bench.saved[0]["outcomes"]}
    assert outcomes["certificate-valid"]["attested"]
    assert outcomes["certificate-entry"]["attested"]


def test_an_old_paper_is_refused_by_the_order_and_can_be_taken_back(bench):
    old = PCR | {"at": "2026-11-10T08:30:00+07:00"}
    bench.feed(document(), Attest(WHO, Attestation.PAPER, old), temperature(36.4))
    assert bench.lane.judgement.verdict is VerdictKind.REFER
    bench.feed(Attest(WHO, Attestation.PAPER, {"kind": "pcr", "withdrawn": "yes"}))
    assert bench.lane.evidence.papers == ()
    assert "C-MIS" in bench.lane.judgement.reasons
    bench.feed(Attest(WHO, Attestation.PAPER, PCR))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT, "of each kind the newest word counts"


@pytest.mark.parametrize(
    ("what", "values", "picture", "field"),
    [
        (Attestation.PAPER, {}, b"", "kind"),
        (Attestation.PAPER, {"kind": "horoscope"}, b"", "kind"),
        (Attestation.PAPER, PCR | {"result": "perhaps"}, b"", "result"),
        (Attestation.PAPER, {k: v for k, v in PCR.items() if k != "result"}, b"", "result"),
        (Attestation.PAPER, PCR | {"at": "2026-11-31"}, b"", "at"),
        (Attestation.PAPER, PCR | {"at": "2026-11-21"}, b"", "at"),
        (Attestation.PAPER, PCR | {"at": "2026-11-20T08:30:00"}, b"", "at"),
        (Attestation.PAPER, PCR | {"kind": "vaccination"}, b"", "doses"),
        (Attestation.PAPER, PCR | {"doses": "2/2"}, b"", "doses"),
        (Attestation.PAPER, PCR | {"shoe": "44"}, b"", "shoe"),
        (Attestation.PAPER, PCR, b"GIF89a", "picture"),
        (Attestation.PAPER, PCR, JPEG + bytes(MOST_PICTURE_BYTES), "picture"),
        (Attestation.CLASS, {"class": "crew"}, JPEG, "picture"),
        (Attestation.EXEMPTION, {"class": "crew", "issuer": "Line"}, b"", "reference"),
        (Attestation.ORIGIN, {}, b"", "province"),
        (Attestation.ORIGIN, {"country": "Germany"}, b"", "country"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_and_named(bench, what, values, picture, field):
    bench.feed(document(), Attest(WHO, what, values, picture))
    assert (bench.lane.notice, bench.lane.notice_detail) == (Notice.FIELD_REFUSED, field)
    assert bench.lane.evidence.attested == ()


def test_years_of_the_buddhist_era_and_small_letters_are_tidied(bench):
    bench.feed(document(), Attest(WHO, Attestation.PAPER, PCR | {"at": "2569-11-19", "country": "th"}))
    assert bench.lane.evidence.papers[0].values["at"] == "2026-11-19"
    assert bench.lane.evidence.papers[0].values["country"] == "TH"
    bench.feed(Attest(WHO, Attestation.ORIGIN, {"province": "th-10"}))
    assert bench.lane.evidence.attestation(Attestation.ORIGIN).values == {"province": "TH-10"}


def test_a_letter_exempts_under_the_order_and_can_be_taken_back(bench):
    letter = {"class": "crew", "issuer": "Andaman Line", "reference": "ORD 7/2569"}
    bench.feed(document(), temperature(36.4))
    assert "C-MIS" in bench.lane.judgement.reasons
    bench.feed(Attest(WHO, Attestation.EXEMPTION, letter, JPEG))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert bench.saved[0]["class"] == "crew"
    assert any(o["code"] == "R-EXM" and o["attested"] for o in bench.saved[0]["outcomes"])


def test_a_letter_past_its_last_day_or_for_an_unknown_class_exempts_nobody(bench):
    letter = {"class": "crew", "issuer": "Andaman Line", "reference": "7", "until": "2026-11-01"}
    bench.feed(document(), temperature(36.4), Attest(WHO, Attestation.EXEMPTION, letter))
    assert bench.lane.judgement.traveller_class != "crew"
    bench.feed(Attest(WHO, Attestation.CLASS, {"class": "wizard"}))
    assert "R-CLS" in bench.lane.judgement.reasons
    bench.feed(Attest(WHO, Attestation.CLASS, {}))
    assert "R-CLS" not in bench.lane.judgement.reasons
    bench.feed(Decide(WHO, VerdictKind.REFER))
    assert bench.saved[0]["verdict"] == "REFER"
