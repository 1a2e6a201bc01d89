"""Records can be judged again: what the journal keeps gives back evidence that is judged the same."""

import importlib.util
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.loader import load
from station.certificates.issuing.hcert import Flaw, Subject, Swab, issue
from station.certificates.verify import verify
from station.evidence import Attestation, CertificateRead, VerdictKind
from station.journal.errors import RecordUnreadable
from station.journal.journal import Journal
from station.judgement.judge import judge
from station.judgement.replay import replay, then_of
from station.lane.commands import Attest, Correct, Decide
from station.lane.events import CertificateSeen
from station.lane.state import Screening
from station.recorded import evidence_of, recorded_of
from station.records import Versions, payload

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).parent / "lane" / "people.py")
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
WHO = "Somjai R."
PICTURE = b"\xff\xd8\xff\xe0 a paper"
PAPER = {
    "kind": "pcr", "issuer": "Vachira Phuket", "at": "2026-11-19T09:30:00+07:00", "result": "negative",
    "holder": "Maja Elin Lindqvarn",
}  # fmt: skip


def swab():
    subject = Subject("Lindqvarn", "Maja Elin", date(1991, 4, 17))
    text = issue(people.ISSUER, subject, Swab(people.NOON - timedelta(hours=9)), people.NOON, "0002")
    return CertificateSeen(
        CertificateRead("c-swab", people.NOON, "camera", verify(text, people.ISSUER.bundle(people.NOON), people.NOON))
    )


TRAVELLERS = {
    "all in order": [people.document(), people.certificate(), people.temperature(36.4)],
    "two certificates": [people.document(), people.certificate(), swab(), people.temperature(37.4999)],
    "forged": [people.document(), people.certificate(flaw=Flaw.FORGED), people.temperature(36.4)],
    "another's": [people.document(), people.certificate("Ørunsen", "Tove"), people.temperature(36.4)],
    "corrected": [
        people.document(), Correct(WHO, "surname", "LINDQVIST"), people.certificate("Lindqvist"),
        people.temperature(36.4),
    ],
    "paper": [people.document(), Attest(WHO, Attestation.PAPER, PAPER, PICTURE), people.temperature(36.4)],
    "typed": [
        Attest(WHO, Attestation.DOCUMENT, {
            "surname": "Lindqvarn", "given_names": "Maja Elin", "document_number": "UT4821907", "nationality": "UTO",
            "birth_date": "1991-04-17", "expiry_date": "2031-09-02",
        }),
        people.certificate(), people.temperature(36.4),
    ],
    "letter": [
        people.document(),
        Attest(WHO, Attestation.EXEMPTION, {"class": "crew", "issuer": "Line", "reference": "7/2569"}),
        people.temperature(36.4),
    ],
    "nothing but a hand thermometer": [Attest(WHO, Attestation.TEMPERATURE, {"celsius": "36.6"})],
}  # fmt: skip


@pytest.fixture
def journal(tmp_path):
    book = Journal(tmp_path / "j.db", bytes(32), "demo-1", lambda: people.NOON, os.urandom)
    yield book
    book.close()


@pytest.mark.parametrize("name", TRAVELLERS)
def test_every_traveller_is_judged_the_same_again(journal, name):
    bench = people.Bench(journal)
    bench.feed(*TRAVELLERS[name])
    if not bench.saved:
        bench.feed(Decide(WHO, VerdictKind.REFER))
    body = bench.saved[0]
    evidence, recorded = evidence_of(body), recorded_of(body)
    again = judge(evidence, people.RULE_SET, recorded.now)
    assert again.verdict is recorded.proposed
    assert [o["code"] for o in body["outcomes"]] == [o.code for o in again.outcomes]
    assert [o["params"] for o in body["outcomes"]] == [dict(o.params) for o in again.outcomes]
    assert again.traveller_class == recorded.traveller_class
    found = replay(evidence, then_of(again), people.RULE_SET, recorded.now)
    assert found.same
    assert not found.verdict_changes


def test_a_record_names_what_judged_it_and_only_the_digest_of_a_picture(journal):
    bench = people.Bench(journal)
    bench.feed(*TRAVELLERS["paper"])
    assert bench.saved[0]["verdict"] == "ADMIT"
    paper = next(row for row in bench.saved[0]["evidence"] if row.get("what") == "paper")
    assert len(paper["picture_sha256"]) == 64
    assert "a paper" not in str(bench.saved[0])
    assert bench.saved[0]["rule_set"]["digest"] == people.RULE_SET.digest
    assert "Vachira" not in repr(bench.lane.evidence)
    assert "a paper" not in repr(bench.lane.evidence)
    judgement = judge(bench.lane.evidence, people.RULE_SET, people.NOON)
    screening = Screening(
        "s", people.NOON, people.NOON, bench.lane.evidence, (), judgement, VerdictKind.ADMIT
    )  # fmt: skip
    versions = Versions("0.1.0", {"mrz_reader": "ab"}, "drill", "2026-11-01T00:00:00.000Z")
    body = payload(screening, load("demo"), versions)
    assert body["versions"] == {
        "software": "0.1.0", "models": {"mrz_reader": "ab"}, "trust": "drill", "trust_at": "2026-11-01T00:00:00.000Z",
    }  # fmt: skip
    assert body["clock"]["earliest"] == body["clock"]["latest"]


def test_a_purged_or_older_record_says_why(journal):
    with pytest.raises(RecordUnreadable, match="purged"):
        evidence_of({})
    with pytest.raises(RecordUnreadable, match="purged"):
        recorded_of({})
    bench = people.Bench(journal)
    bench.feed(*TRAVELLERS["all in order"])
    old = dict(bench.saved[0])
    old["certificate"] = {key: value for key, value in old["certificate"].items() if key != "entries"}
    with pytest.raises(RecordUnreadable, match="entries"):
        evidence_of(old)
    del old["clock"]
    assert recorded_of(old).now.latest == people.NOON
