"""Several proofs, printed papers and classes under the demonstration's order and the orders of 2021."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.rules.reading import load_all, load_history
from config.rules.ruleset import ProofSource, in_force
from drivers.readings import SkinTemperature, TemperatureState
from models.mrz_checks import check_digit
from models.regions import ReadState
from station.certificates.issuing.hcert import Flaw, Subject, Swab, Vaccination, issue, make_issuer
from station.certificates.moment import Interval
from station.certificates.verify import verify
from station.documents.mrz import parse
from station.evidence import (
    Attestation,
    CertificateRead,
    DocumentRead,
    Evidence,
    EvidenceKind,
    OfficerAttested,
    TemperatureTaken,
    Truth,
    VerdictKind,
)
from station.judgement.judge import judge
from station.judgement.proofs import proofs_of
from station.judgement.travellers import facts_of

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Bangkok")
SUBJECT = Subject("Eriksson", "Anna Maria", date(1974, 8, 12))
PCR = {"kind": "pcr", "issuer": "Vachira Phuket", "at": "2026-11-19T10:00:00+07:00", "result": "negative"}


def rules(at=NOW):
    return in_force(load_all(), "demo", "inbound", at)


def read(at=NOW):
    lower = f"L898902C36UTO740812{check_digit('740812')}F320415{check_digit('320415')}".ljust(42, "<") + "0"
    lower += check_digit(lower[0:10] + lower[13:20] + lower[21:43])
    document = parse(("P<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<"), lower), at.date())
    return DocumentRead("d", at, "camera", document, ReadState.CLEAN, 0.99, 3)


def certificate(proof, name="c", flaw=Flaw.NONE, at=NOW):
    issuer = make_issuer(b"proofs", at)
    text = issue(issuer, SUBJECT, proof, at, name, flaw)
    return CertificateRead(name, at, "camera", verify(text, issuer.bundle(at), at), True)


def skin(at=NOW):
    reading = SkinTemperature(TemperatureState.READY, at, "scanner", 36.4, 0.1, 28.0, 6, 0.98)
    return (TemperatureTaken("t", at, reading, 1),)


def said(what, name="a", when=NOW, **values):
    return OfficerAttested(name, when, "Officer", what, values)


def whole(*certificates, papers=(), at=NOW):
    return Evidence(read(at), certificates, skin(at), tuple(papers))


def outcome(found, rule):
    return next(each for each in found.outcomes if each.rule == rule)


def test_any_valid_proof_that_meets_the_order_is_enough():
    old, fresh = certificate(Swab(NOW - timedelta(hours=90)), "old"), certificate(Vaccination(date(2026, 9, 1)), "new")
    for order in ((old, fresh), (fresh, old)):
        found = judge(whole(*order), rules(), NOW)
        assert found.verdict is VerdictKind.ADMIT
        assert outcome(found, "certificate-entry").proof == "new"
    assert judge(whole(old), rules(), NOW).verdict is VerdictKind.REFER


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, VerdictKind.ADMIT),
        ({"at": "2026-11-16T10:00:00+07:00"}, VerdictKind.REFER),
        ({"result": "positive"}, VerdictKind.REFER),
        ({"at": "2026-11-19"}, VerdictKind.ADMIT),
        ({"kind": "vaccination", "at": "2026-09-01", "doses": "2/2"}, VerdictKind.ADMIT),
        ({"kind": "vaccination", "at": "2026-09-01", "doses": "1/2"}, VerdictKind.REFER),
        ({"kind": "vaccination", "at": "2026-11-15", "doses": "2/2"}, VerdictKind.REFER),
        ({"holder": "Maria Anna Eriksson"}, VerdictKind.ADMIT),
        ({"holder": "Peter Berg"}, VerdictKind.REFER),
    ],
)
def test_the_orders_rules_apply_to_a_paper_just_the_same(changes, verdict):
    paper = said(Attestation.PAPER, name="p", **(PCR | changes))
    found = judge(whole(papers=(paper,)), rules(), NOW)
    assert found.verdict is verdict
    assert outcome(found, "certificate-valid").attested
    if verdict is VerdictKind.ADMIT:
        assert outcome(found, "certificate-entry").proof == "p"
        assert outcome(found, "certificate-entry").attested


def test_a_day_without_an_hour_may_straddle_the_limit():
    paper = said(Attestation.PAPER, **(PCR | {"at": "2026-11-17"}))
    found = judge(whole(papers=(paper,)), rules(), NOW)  # 72 hours before NOW lie within that day
    assert outcome(found, "certificate-entry").truth is Truth.CANNOT_TELL


def test_a_paper_never_beats_a_certificate_that_is_no_good():
    paper = said(Attestation.PAPER, **PCR)
    bad = certificate(Vaccination(date(2026, 9, 1)), flaw=Flaw.FORGED)
    found = judge(whole(bad, papers=(paper,)), rules(), NOW)
    assert found.reasons == ("C-SIG",)
    unknown = certificate(Vaccination(date(2026, 9, 1)), flaw=Flaw.UNKNOWN_SIGNER)
    assert judge(whole(unknown, papers=(paper,)), rules(), NOW).verdict is VerdictKind.ADMIT


def test_an_undecided_certificate_that_an_officer_vouches_for_is_weighed():
    word = said(Attestation.CERTIFICATE)
    late = certificate(Vaccination(date(2026, 11, 15)), flaw=Flaw.UNKNOWN_SIGNER)
    assert judge(whole(late, papers=(word,)), rules(), NOW).verdict is VerdictKind.REFER
    good = certificate(Vaccination(date(2026, 9, 1)), flaw=Flaw.UNKNOWN_SIGNER)
    found = judge(whole(good, papers=(word,)), rules(), NOW)
    assert found.verdict is VerdictKind.ADMIT
    assert outcome(found, "certificate-entry").attested


def test_an_odd_record_of_a_paper_says_nothing():
    for values in ({}, {"kind": "pcr"}, {"kind": "palm", "at": "2026-11-19"}, {"kind": "pcr", "at": "yesterday"}):
        found = judge(whole(papers=(said(Attestation.PAPER, **values),)), rules(), NOW)
        assert found.verdict is VerdictKind.REFER


def test_rows_of_a_paper_are_marked():
    paper = said(Attestation.PAPER, **PCR)
    (known,) = proofs_of(whole(papers=(paper,)), ZONE, Interval.of(NOW)).known
    assert known.early.source is ProofSource.PAPER
    assert known.early.payload["t"][0] == {
        "tg": "840539006", "is": "Vachira Phuket", "tt": "LP6464-4", "sc": PCR["at"], "tr": "260415000",
        "attested": True,
    }  # fmt: skip


def test_facts_that_an_officer_has_to_confirm_are_not_known():
    assert facts_of(whole()).nationality == "UTO"
    doubted = replace(whole(), document=replace(read(), unconfirmed=("nationality", "sex")))
    assert (facts_of(doubted).nationality, facts_of(doubted).sex) == (None, None)
    card = said(Attestation.DOCUMENT, kind="thai_id", surname="Jaidee", nationality="THA", birth_date="1990-04")
    typed = facts_of(Evidence(attested=(card, said(Attestation.ORIGIN, province="TH-10"))))
    assert (typed.issuing_state, typed.kind, typed.birth_date, typed.origin) == ("THA", "card", "1990-04-XX", "TH-10")
    assert facts_of(Evidence()).birth_date is None


def test_a_vaccination_and_a_test_together_meet_an_order_of_2021_that_wants_both():
    at = datetime(2021, 7, 22, 5, tzinfo=UTC)
    order = in_force(load_history(), "tha-chatchai", "inbound", at)
    assert order is not None
    first = certificate(Vaccination(date(2021, 6, 1)), "v", at=at)
    paper = said(Attestation.PAPER, "p", at, **(PCR | {"at": "2021-07-20T09:00:00+07:00"}))
    from_bangkok = said(Attestation.ORIGIN, "o", at, province="TH-10")
    alone = judge(whole(first, papers=(from_bangkok,), at=at), order, at)
    assert alone.verdict is VerdictKind.REFER
    assert EvidenceKind.CERTIFICATE in alone.missing, "a further proof is waited for"
    both = judge(whole(first, papers=(from_bangkok, paper), at=at), order, at)
    proofs = {each.proof for each in both.outcomes if each.code == "C-ENT"}
    assert {"v", "p"} <= proofs, both.reasons
    assert EvidenceKind.CERTIFICATE not in both.missing


def test_a_positive_test_is_in_the_way_of_a_vaccination():
    vaccinated = certificate(Vaccination(date(2026, 9, 1)))
    positive = said(Attestation.PAPER, **(PCR | {"result": "positive"}))
    found = judge(whole(vaccinated, papers=(positive,)), rules(), NOW)
    assert found.verdict is VerdictKind.REFER
    assert found.reasons == ("C-POS",)
    long_ago = certificate(Swab(NOW - timedelta(days=60), positive=True), "old")
    assert judge(whole(vaccinated, long_ago), rules(), NOW).verdict is VerdictKind.ADMIT


def test_a_time_without_seconds_is_a_time():
    for at, code in (("2026-11-19T10:00+07:00", "C-ENT"), ("2026-11-10T10:00+07:00", "C-AGE")):
        found = judge(whole(papers=(said(Attestation.PAPER, **(PCR | {"at": at})),)), rules(), NOW)
        assert outcome(found, "certificate-entry").code == code
