"""What the demonstration's rule set says about travellers of every kind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.rules.reading import load_all
from config.rules.reasons import REASONS, ReasonCode
from config.rules.ruleset import RuleSet, in_force
from drivers.readings import SkinTemperature, TemperatureState
from models.mrz_checks import check_digit
from models.regions import Note, ReadState
from station.certificates.issuing.hcert import Flaw, Proof, Subject, Swab, Vaccination, dcc, issue, make_issuer, sign
from station.certificates.moment import Interval
from station.certificates.verify import verify
from station.documents.mrz import Document, parse
from station.evidence import (
    Attestation,
    CertificateRead,
    DocumentRead,
    Evidence,
    EvidenceKind,
    FieldCorrection,
    Judgement,
    OfficerAttested,
    TemperatureTaken,
    Truth,
    VerdictKind,
)
from station.judgement.judge import judge

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ISSUER = make_issuer(b"tests", NOW)
TRUST = ISSUER.bundle(NOW)
SUBJECT = Subject("Eriksson", "Anna Maria", date(1974, 8, 12))
GOOD = Vaccination(date(2026, 9, 1))


def rules() -> RuleSet:
    found = in_force(load_all(), "demo", "inbound", NOW)
    assert found is not None
    return found


def document(expiry: str = "320415", born: str = "740812") -> Document:
    lower = f"L898902C36UTO{born}{check_digit(born)}F{expiry}{check_digit(expiry)}".ljust(42, "<") + "0"
    lower += check_digit(lower[0:10] + lower[13:20] + lower[21:43])
    return parse(("P<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<"), lower), NOW.date())


def read(found: Document | None = None, state: ReadState = ReadState.CLEAN) -> DocumentRead:
    return DocumentRead("d", NOW, "camera", found or document(), state, 0.99, 3)


def certificate(
    proof: Proof = GOOD, flaw: Flaw = Flaw.NONE, subject: Subject = SUBJECT, bound: bool = True
) -> CertificateRead:
    text = issue(ISSUER, subject, proof, NOW, "1", flaw)
    return CertificateRead("c", NOW, "camera", verify(text, TRUST, NOW), bound)


def skin(*celsius: float | None, state: TemperatureState = TemperatureState.READY) -> tuple[TemperatureTaken, ...]:
    return tuple(
        TemperatureTaken(
            f"t{n}",
            NOW + timedelta(seconds=n),
            SkinTemperature(state, NOW, "scanner", value, 0.1, 28.0, 6, 0.98),
            n + 1,
        )
        for n, value in enumerate(celsius)
    )


def attested(what: Attestation, at: datetime = NOW, **values: str) -> OfficerAttested:
    return OfficerAttested("a", at, "Officer", what, values)


def whole(**changes: Any) -> Evidence:
    """Everything that is asked, with changes; `certificate` stands for the only one."""
    if "certificate" in changes:
        only = changes.pop("certificate")
        changes["certificates"] = (only,) if only else ()
    return replace(Evidence(read(), (certificate(),), skin(36.1)), **changes)


def judged(evidence: Evidence) -> Judgement:
    return judge(evidence, rules(), NOW)


def test_everything_in_order() -> None:
    found = judged(whole())
    assert found.verdict is VerdictKind.ADMIT
    assert found.complete
    assert found.reasons == ()
    assert {outcome.code for outcome in found.outcomes} == {"M-OK", "M-DAT", "C-OK", "C-ENT", "M-HOL", "T-OK"}
    assert all(outcome.order.startswith("Demonstration order 1/2569 §") for outcome in found.outcomes)
    assert (found.rule_set, found.rule_set_number) == ("demo-2026", 1)
    assert "ERIKSSON" not in repr(found)


def test_nothing_at_all() -> None:
    found = judged(Evidence())
    assert found.verdict is VerdictKind.REFER
    assert found.missing == (EvidenceKind.DOCUMENT, EvidenceKind.CERTIFICATE, EvidenceKind.TEMPERATURE)
    assert all(outcome.truth is Truth.CANNOT_TELL for outcome in found.outcomes)
    assert set(found.reasons) == {"M-MIS", "C-MIS", "T-MIS"}
    assert all(outcome.needs for outcome in found.outcomes)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"document": None}, ("M-MIS",)),
        ({"certificate": None}, ("C-MIS",)),
        ({"temperatures": ()}, ("T-MIS",)),
        ({"document": read(document("261119"))}, ("M-EXP",)),
        ({"document": read(document("<<<<<<"))}, ("M-EXU",)),
        ({"document": read(document(), ReadState.FAILED)}, ("M-RED",)),
        ({"document": replace(read(), unconfirmed=("surname",))}, ("M-CFM",)),
        ({"document": replace(read(), unconfirmed=("given_names", "sex"))}, ("M-CFM",)),
        ({"document": replace(read(), notes=(Note.SCREEN,))}, ("M-SCR",)),
        ({"certificate": certificate(flaw=Flaw.EXPIRED)}, ("C-EXP",)),
        ({"certificate": certificate(flaw=Flaw.FORGED)}, ("C-SIG",)),
        ({"certificate": certificate(flaw=Flaw.UNKNOWN_SIGNER)}, ("C-KID",)),
        ({"certificate": certificate(flaw=Flaw.WRONG_KEY_USAGE)}, ("C-USE",)),
        ({"certificate": certificate(Vaccination(date(2026, 11, 10)))}, ("C-NEW",)),
        ({"certificate": certificate(Vaccination(date(2026, 9, 1), dose=1))}, ("C-DOS",)),
        ({"certificate": certificate(Swab(NOW - timedelta(hours=73)))}, ("C-AGE",)),
        ({"certificate": certificate(Swab(NOW - timedelta(hours=7), positive=True))}, ("C-POS",)),
        ({"certificate": certificate(subject=replace(SUBJECT, surname="Berg", given_names="Peter"))}, ("M-NAM",)),
        ({"certificate": certificate(subject=replace(SUBJECT, birth_date=date(1974, 8, 13)))}, ("M-NAM",)),
        ({"certificate": certificate(subject=replace(SUBJECT, surname="Berg"))}, ("M-NAU",)),
        ({"certificate": certificate(subject=replace(SUBJECT, given_names="Bo"), bound=False)}, ("M-NAU",)),
        ({"temperatures": skin(37.5)}, ("T-2ND",)),
        ({"temperatures": skin(38.2, 37.9)}, ("T-HOT",)),
        ({"temperatures": skin(36.0, 38.0)}, ("T-2ND",)),
        ({"temperatures": skin(36.0, state=TemperatureState.WARMING)}, ("T-UNS",)),
        ({"temperatures": skin(float("nan"))}, ("T-UNS",)),
        ({"temperatures": skin(None)}, ("T-UNS",)),
    ],
)
def test_one_thing_amiss(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    found = judged(whole(**changes))
    assert found.verdict is VerdictKind.REFER, "never REFUSE: that is an officer's"
    assert found.reasons == reasons
    for outcome in found.outcomes:
        assert outcome.message == REASONS[ReasonCode(outcome.code)].message


def test_wrong_check_digit() -> None:
    broken = document()
    broken = parse((broken.lines[0], broken.lines[1][:8] + "4" + broken.lines[1][9:]), NOW.date())
    found = judged(whole(document=read(broken, ReadState.FAILED)))
    assert found.reasons == ("M-CHK",)
    assert found.outcomes[0].params == {"checks": "document number, composite"}
    correction = FieldCorrection("document_number", "L898902C4", "L898902C3", "Officer", NOW)
    corrected = replace(read(broken, ReadState.FAILED), corrections=(correction,))
    again = judged(whole(document=corrected))
    assert again.verdict is VerdictKind.ADMIT
    assert again.outcomes[0].attested


def test_wrong_expiry_digit_accuses_nobody() -> None:
    good = document()
    broken = parse((good.lines[0], good.lines[1][:21] + "220415" + good.lines[1][27:]), NOW.date())
    assert judged(whole(document=read(broken, ReadState.FAILED))).reasons == ("M-CHK", "M-EXU")


def test_second_measurement() -> None:
    high = judged(whole(temperatures=skin(38.0)))
    assert high.second_measurement
    assert not high.complete
    assert high.missing == ()
    assert high.outcomes[-1].params == {"celsius": "38.0", "limit": "37.5"}
    assert judged(whole(temperatures=skin(38.0, 36.9))).verdict is VerdictKind.ADMIT
    assert not judged(whole(temperatures=skin(38.0, 36.9))).second_measurement
    twice = judged(whole(temperatures=skin(38.0, 37.5)))
    assert twice.complete
    assert twice.reasons == ("T-HOT",)
    unsteady = skin(38.0) + skin(None, state=TemperatureState.UNSTEADY)
    assert judged(whole(temperatures=unsteady)).second_measurement


def test_a_measurement_that_may_not_be_used_is_missing() -> None:
    found = judged(whole(temperatures=skin(36.0, state=TemperatureState.STALE)))
    assert found.missing == (EvidenceKind.TEMPERATURE,)


def test_attested_temperature() -> None:
    def by_hand(celsius: str, at: datetime = NOW) -> Judgement:
        return judged(whole(temperatures=(), attested=(attested(Attestation.TEMPERATURE, at, celsius=celsius),)))

    assert by_hand("36,6").verdict is VerdictKind.ADMIT
    assert by_hand("36.6").outcomes[-1].attested
    assert by_hand("38.4").reasons == ("T-HOT",)
    assert by_hand("warm").reasons == ("T-UNS",)
    later = attested(Attestation.TEMPERATURE, NOW + timedelta(minutes=1), celsius="36.6")
    assert judged(whole(temperatures=skin(38.0), attested=(later,))).verdict is VerdictKind.ADMIT
    confirmed = judged(whole(temperatures=skin(38.0, 38.0), attested=(later,)))
    assert (confirmed.verdict, confirmed.reasons) == (VerdictKind.REFER, ("T-UNS",)), "twice high: no rule admits"
    earlier = attested(Attestation.TEMPERATURE, NOW - timedelta(minutes=1), celsius="36.6")
    assert judged(whole(temperatures=skin(38.0, 38.0), attested=(earlier,))).reasons == ("T-HOT",)


def test_attested_document() -> None:
    values = {
        "surname": "ERIKSSON",
        "given_names": "ANNA MARIA",
        "birth_date": "1974-08-12",
        "expiry_date": "2032-04-15",
    }
    found = judged(whole(document=None, attested=(attested(Attestation.DOCUMENT, **values),)))
    assert found.verdict is VerdictKind.ADMIT
    assert found.missing == ()
    assert found.holder is not None
    assert [o.rule for o in found.outcomes if o.attested] == ["document-readable", "document-in-date"]
    expired = judged(
        whole(document=None, attested=(attested(Attestation.DOCUMENT, **values | {"expiry_date": "2020-01-01"}),))
    )
    assert expired.reasons == ("M-EXP",)
    empty = judged(whole(document=None, attested=(attested(Attestation.DOCUMENT),)))
    assert empty.reasons == ("M-EXU", "M-NAU", "R-CLS"), "a class that goes by age cannot be told"


def test_attested_certificate() -> None:
    paper = attested(Attestation.CERTIFICATE, kind="vaccination", issuer="TH", date="2026-09-01")
    found = judged(whole(certificate=None, attested=(paper,)))
    assert found.verdict is VerdictKind.ADMIT
    assert sum(outcome.attested for outcome in found.outcomes) == 3
    unknown = whole(certificate=certificate(flaw=Flaw.UNKNOWN_SIGNER), attested=(paper,))
    assert judged(unknown).verdict is VerdictKind.ADMIT
    forged = whole(certificate=certificate(flaw=Flaw.FORGED), attested=(paper,))
    assert judged(forged).reasons == ("C-SIG",), "an attestation does not mend a forgery"


def test_officer_says_whose_certificate_it_is() -> None:
    other = certificate(subject=replace(SUBJECT, surname="Berg", given_names="Bo"), bound=False)
    same = attested(Attestation.SAME_HOLDER)
    different = attested(Attestation.DIFFERENT_HOLDER, NOW + timedelta(seconds=1))
    assert judged(whole(certificate=other, attested=(same,))).verdict is VerdictKind.ADMIT
    assert judged(whole(certificate=other, attested=(same, different))).reasons == ("M-NAM",)


def test_two_entries_are_for_a_person() -> None:
    body = dcc(SUBJECT, GOOD, "1")
    body["t"] = dcc(SUBJECT, Swab(NOW), "1")["t"]
    text = sign(ISSUER.trusted, body, NOW, NOW + timedelta(days=1))
    found = judged(whole(certificate=CertificateRead("c", NOW, "x", verify(text, TRUST, NOW), True)))
    assert found.reasons == ("C-RUU",)


def test_no_rule_set_in_force() -> None:
    found = judge(whole(), None, NOW)
    assert (found.verdict, found.reasons, found.complete) == (VerdictKind.REFER, ("R-NON",), True)
    assert in_force(load_all(), "nowhere", "inbound", NOW) is None
    assert in_force(load_all(), "demo", "outbound", NOW) is None
    assert in_force(load_all(), "demo", "inbound", NOW + timedelta(days=10000)) is None


def test_uncertain_clock() -> None:
    swab = certificate(Swab(NOW - timedelta(hours=72)))
    early = Interval(NOW - timedelta(minutes=1), NOW + timedelta(minutes=1))
    assert judge(whole(certificate=swab), rules(), early).reasons == ("C-RUU",)
    midnight = datetime(2026, 11, 20, 17, tzinfo=UTC)
    last_day = whole(document=read(document("261120")))
    around = Interval(midnight - timedelta(minutes=1), midnight + timedelta(minutes=1))
    assert "M-EXU" in judge(last_day, rules(), around).reasons
    assert "M-EXP" in judge(last_day, rules(), midnight + timedelta(seconds=1)).reasons
    assert "M-EXP" not in judge(last_day, rules(), midnight - timedelta(seconds=1)).reasons


def test_confirming_a_name_excuses_no_check_digit_and_no_uncertain_reading() -> None:
    said = (FieldCorrection("surname", "ERIKSSON", "ERIKSSON", "Officer", NOW),)
    torn = document()
    torn = parse((torn.lines[0], torn.lines[1][:43] + str((int(torn.lines[1][43]) + 1) % 10)), NOW.date())
    assert judged(whole(document=replace(read(torn), corrections=said))).reasons == ("M-CHK",)
    assert judged(whole(document=replace(read(state=ReadState.FAILED), corrections=said))).reasons == ("M-RED",)
    found = judged(whole(document=replace(read(), corrections=said)))
    assert found.verdict is VerdictKind.ADMIT
    assert next(o for o in found.outcomes if o.code == "M-OK").attested


def test_a_second_document_in_view_and_doubts_beside_the_name_refer_nobody() -> None:
    seen = replace(read(), unconfirmed=("nationality", "issuing_state"), notes=(Note.SEVERAL_DOCUMENTS,))
    assert judged(whole(document=seen)).verdict is VerdictKind.ADMIT
