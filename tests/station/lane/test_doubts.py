"""What the reader is not certain of, from the camera to the verdict and the journal: names, screens, typed cards."""

import importlib.util
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from models.regions import Note
from station.certificates.issuing.hcert import Subject, Vaccination, issue
from station.certificates.verify import verify
from station.evidence import Attestation, CertificateRead, VerdictKind
from station.journal.journal import Journal
from station.lane.commands import Attest, Correct
from station.lane.events import CertificateSeen, DocumentSeen
from station.lane.recall import remembered
from station.lane.snapshot import Notice, Phase
from sync.facts import FactKind, Priority

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
WHO = "Somjai R."
CARD = {
    "kind": "thai_id", "document_number": "1101400234562", "birth_date": "2534-04-17", "expiry_date": "2575-04-16",
    "surname_th": "ใจดี", "given_names_th": "สมชาย", "surname": "Jaidee", "given_names": "Somchai",
}  # fmt: skip


@pytest.fixture
def journal(tmp_path):
    book = Journal(tmp_path / "j.db", bytes(32), "demo-1", lambda: people.NOON, os.urandom)
    yield book
    book.close()


@pytest.fixture
def bench(journal):
    return people.Bench(journal)


def doubtful(*unconfirmed, notes=(), **parts):
    return DocumentSeen(replace(people.document(**parts).read, unconfirmed=unconfirmed, notes=notes))


def truth_of(bench, rule="document-readable"):
    return next(o for o in bench.lane.judgement.outcomes if o.rule == rule)


def test_an_unconfirmed_name_is_referred_until_an_officer_confirms_it(bench):
    bench.feed(doubtful("surname", "given_names"), people.certificate(), people.temperature(36.4))
    assert bench.phase is Phase.PROPOSED
    assert bench.lane.judgement.verdict is VerdictKind.REFER
    assert bench.lane.judgement.reasons == ("M-CFM",), "an equal certificate confirms nothing by itself"
    bench.feed(Correct(WHO, "surname", "LINDQVARN"))
    assert bench.lane.judgement.reasons == ("M-CFM",)
    bench.feed(Correct(WHO, "given_names", "MAJA ELIN"))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    document = bench.saved[0]["document"]
    assert document["unconfirmed"] == []
    assert [(c["field"], c["original"] == c["corrected"]) for c in document["corrections"]] == [
        ("surname", True), ("given_names", True),
    ]  # fmt: skip
    assert truth_of(bench).attested


def test_a_correction_settles_a_doubt_as_well(bench):
    bench.feed(doubtful("surname", surname="LINDOVARN"), people.certificate(), people.temperature(36.4))
    bench.feed(Correct(WHO, "surname", "LINDQVARN"))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT


def test_the_same_value_of_a_certain_field_changes_nothing(bench):
    bench.feed(people.document())
    held = bench.lane.evidence.document
    bench.feed(Correct(WHO, "surname", "LINDQVARN"))
    assert bench.lane.evidence.document is held


def test_doubts_about_other_fields_do_not_hold_anybody_up(bench):
    bench.feed(doubtful("nationality", "sex"), people.certificate(), people.temperature(36.4))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert bench.saved[0]["document"]["unconfirmed"] == ["nationality", "sex"]


def test_a_name_that_is_not_certain_is_nobody_elses_yet(bench):
    bench.feed(doubtful("surname", "given_names", surname="HALVAR", given="ODA"), people.certificate())
    bench.feed(Attest(WHO, Attestation.DIFFERENT_HOLDER))
    bench.feed(Attest(WHO, Attestation.SAME_HOLDER))
    assert bench.lane.judgement.holder.truth.value == "cannot_tell"
    bench.feed(Correct(WHO, "surname", "HALVAR"), Correct(WHO, "given_names", "ODA"))
    assert bench.lane.judgement.holder.truth.value == "fail"


def test_a_surer_reading_of_the_same_document_settles_the_doubt(bench):
    bench.feed(doubtful("surname"), people.certificate(), people.temperature(36.4))
    assert bench.phase is Phase.PROPOSED
    bench.feed(people.document())
    assert bench.lane.saved.verdict is VerdictKind.ADMIT


def test_a_document_on_a_screen_needs_an_officer_who_saw_the_document(bench):
    bench.feed(Attest(WHO, Attestation.DOCUMENT_SEEN))
    assert bench.phase is Phase.IDLE, "seen of which document?"
    bench.feed(doubtful(notes=(Note.SCREEN,)), people.certificate(), people.temperature(36.4))
    assert bench.lane.judgement.reasons == ("M-SCR",)
    bench.feed(Attest(WHO, Attestation.DOCUMENT_SEEN))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert truth_of(bench).attested
    assert bench.saved[0]["document"]["notes"] == ["screen"]
    assert [e["what"] for e in bench.saved[0]["evidence"] if e["kind"] == "attested"] == ["document_seen"]


def test_a_note_that_comes_later_is_not_lost(bench):
    bench.feed(people.document(), doubtful(notes=(Note.SCREEN,)), doubtful())
    assert bench.lane.evidence.document.notes == (Note.SCREEN,)
    bench.feed(people.certificate(), people.temperature(36.4))
    assert bench.lane.judgement.reasons == ("M-SCR",)


def test_two_documents_in_view_are_noted_and_hold_nobody_up(bench):
    bench.feed(doubtful(notes=(Note.SEVERAL_DOCUMENTS,)), people.certificate(), people.temperature(36.4))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert bench.saved[0]["document"]["notes"] == ["several_documents"]


def thai_certificate(given="สมชาย", surname="ใจดี", romanised=("CHAIDEE", "SOMCHAY")):
    """As a Thai issuer may write it: the name in Thai, the romanised one in another spelling than the card's."""
    text = issue(people.ISSUER, Subject("Chaidee", "Somchay", date(1991, 4, 17)), Vaccination(on=date(2026, 8, 1)),
                 people.NOON, "0002")  # fmt: skip
    result = verify(text, people.ISSUER.bundle(people.NOON), people.NOON)
    holder = replace(result.holder, surname=surname, given_names=given, surname_transliterated=romanised[0],
                     given_names_transliterated=romanised[1])  # fmt: skip
    return CertificateSeen(CertificateRead("c-th", people.NOON, "camera", replace(result, holder=holder)))


def test_a_thai_card_with_a_wrong_number_is_refused_and_touches_nothing(bench):
    bench.feed(Attest(WHO, Attestation.DOCUMENT, CARD | {"document_number": "1101400234563"}))
    assert bench.phase is Phase.IDLE
    assert (bench.lane.notice, bench.lane.notice_detail) == (Notice.FIELD_REFUSED, "document_number")
    assert bench.lane.evidence.empty


def test_a_thai_card_is_judged_and_kept_with_both_names(bench, journal):
    bench.feed(Attest(WHO, Attestation.DOCUMENT, CARD), thai_certificate(), people.temperature(36.4))
    assert bench.lane.judgement.holder.truth.value == "pass", "the Thai names are the same"
    assert [f.name for f in bench.lane.judgement.holder.fields][:1] == ["name_th"]
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    document = bench.saved[0]["document"]
    assert (document["kind"], document["issuing_state"], document["nationality"]) == ("card", "THA", "THA")
    assert (document["surname"], document["surname_th"]) == ("JAIDEE", "ใจดี")
    assert (document["given_names"], document["given_names_th"]) == ("SOMCHAI", "สมชาย")
    assert (document["document_number"], document["birth_date"]) == ("1101400234562", "1991-04-17")
    assert remembered(journal.newest(FactKind.SCREENING, 9)).recent[0].name == "JAIDEE, SOMCHAI"
    assert "1101400234562" not in repr(bench.lane)


@pytest.mark.parametrize(
    ("given", "surname", "romanised", "truth"),
    [
        ("สมชาย", "ใจดี", ("CHAIDEE", "SOMCHAY"), "pass"),
        ("นาย สมชาย", "ใจดี", ("", ""), "pass"),
        ("สมหญิง", "ใจดี", ("JAIDEE", "SOMCHAI"), "cannot_tell"),
        ("สมหญิง", "รักไทย", ("RAKTHAI", "SOMYING"), "fail"),
        ("Somchai", "Jaidee", ("JAIDEE", "SOMCHAI"), "pass"),
    ],
)
def test_thai_names_count_where_both_have_them(bench, given, surname, romanised, truth):
    bench.feed(Attest(WHO, Attestation.DOCUMENT, CARD), thai_certificate(given, surname, romanised))
    assert bench.lane.judgement.holder.truth.value == truth


def test_a_typed_card_may_be_typed_again(bench):
    bench.feed(Attest(WHO, Attestation.DOCUMENT, CARD | {"surname": "Jaide"}))
    bench.feed(Attest(WHO, Attestation.DOCUMENT, CARD))
    assert bench.lane.evidence.attestation(Attestation.DOCUMENT).values["surname"] == "JAIDEE"


def test_a_card_for_life_does_not_expire(bench):
    card = {name: value for name, value in CARD.items() if name != "expiry_date"}
    bench.feed(Attest(WHO, Attestation.DOCUMENT, card | {"for_life": "yes"}))
    outcome = truth_of(bench, "document-in-date")
    assert (outcome.truth.value, outcome.code) == ("pass", "M-LIF")


def test_an_old_entry_without_the_new_keys_is_remembered(journal):
    old = {
        "screening": "s", "verdict": "ADMIT", "reasons": [],
        "document": {"surname": "HALVAR", "given_names": "ODA", "nationality": "UTO", "issuing_state": "UTO",
                     "document_number": "UT1", "birth_date": "1991-04-17"},
    }  # fmt: skip
    journal.append(FactKind.SCREENING, Priority.NORMAL, old, subject="s")
    assert remembered(journal.newest(FactKind.SCREENING, 9)).recent[0].name == "HALVAR, ODA"
