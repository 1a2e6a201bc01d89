"""The lane's table, driven by real evidence, the shipped rule set and a real journal."""

import importlib.util
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.settings import LaneMode
from station.certificates.issuing.hcert import Flaw
from station.evidence import Attestation, VerdictKind
from station.journal.journal import Journal
from station.lane.commands import Addressed, Again, Attest, Correct, Decide, MeasureAgain
from station.lane.events import DocumentUnreadable, OtherCodeSeen, SaveFailed, SaveTrouble, TemperatureSeen
from station.lane.recall import remembered
from station.lane.snapshot import Notice, Phase
from station.lane.states import TABLE
from sync.facts import FactKind

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
document, certificate, temperature = people.document, people.certificate, people.temperature


@pytest.fixture
def journal(tmp_path):
    book = Journal(tmp_path / "j.db", bytes(32), "demo-1", lambda: people.NOON, os.urandom)
    yield book
    book.close()


@pytest.fixture
def bench(journal):
    return people.Bench(journal)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1)])
def test_an_unremarkable_traveller_is_admitted_and_saved_in_any_order(bench, order):
    evidence = [document(), certificate(), temperature(36.4)]
    bench.feed(*(evidence[i] for i in order))
    assert bench.phase is Phase.SAVED
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert bench.saved[0]["document"]["surname"] == "LINDQVARN"
    assert bench.saved[0]["certificate"]["bound"] is True


def began(seconds, celsius=36.4):
    """A measurement whose oldest frame came so many seconds after noon."""
    reading = replace(temperature(celsius).reading, began_at=people.NOON + timedelta(seconds=seconds))
    return TemperatureSeen(reading)


def test_a_measurement_that_began_before_the_traveller_is_not_theirs(bench):
    bench.feed(document(), certificate(), began(-2))
    assert bench.lane.evidence.temperatures == ()
    assert bench.phase is Phase.GATHERING
    bench.later(0.5)
    bench.feed(began(-0.1))
    assert bench.lane.evidence.temperatures == ()
    bench.feed(began(0))
    assert bench.phase is Phase.SAVED


def test_the_next_traveller_does_not_get_the_face_of_the_one_before(bench):
    bench.feed(document(), certificate(), began(0))
    assert bench.phase is Phase.SAVED
    bench.later(2)
    bench.feed(document(number="UT5550001"), certificate(), began(1.0))
    assert bench.lane.evidence.temperatures == ()


def test_a_face_that_opens_a_traveller_is_theirs_though_its_frames_are_older(bench):
    bench.feed(began(-1))
    assert len(bench.lane.evidence.temperatures) == 1
    bench.feed(document(), certificate())
    assert bench.phase is Phase.SAVED


def test_a_clock_that_was_put_back_keeps_nobody_from_being_measured(bench):
    bench.feed(document(), certificate())
    bench.at -= timedelta(hours=1)
    bench.feed(began(-3600))
    assert len(bench.lane.evidence.temperatures) == 1


def test_saved_and_away_closes_the_traveller(bench):
    bench.feed(document(), certificate(), temperature(36.4))
    bench.later(5, present=True)
    assert bench.phase is Phase.SAVED
    bench.feed(document(), certificate(), temperature(36.5))  # still held up: nothing new
    assert bench.phase is Phase.SAVED
    bench.later(1.2, present=False)
    assert bench.phase is Phase.IDLE
    assert len(bench.saved) == 1


def test_the_result_is_shown_to_whoever_no_sensor_sees(journal):
    """No camera, no scanner: nobody is "present", and still the officer sees the number and the traveller may go."""
    bench = people.Bench(journal, LaneMode.CONFIRMING)
    bench.feed(document(), certificate(), temperature(36.4))
    bench.later(5, present=False)
    bench.feed(Decide("Somjai R.", VerdictKind.ADMIT))
    bench.later(0.5, present=False)
    assert bench.phase is Phase.SAVED
    bench.later(1.2, present=False)
    assert bench.phase is Phase.IDLE


def test_a_high_first_temperature_is_measured_again_after_a_rest(bench):
    bench.feed(document(), certificate(), temperature(38.1))
    assert bench.phase is Phase.GATHERING
    assert bench.lane.judgement.second_measurement
    bench.feed(temperature(36.0))
    assert len(bench.lane.evidence.temperatures) == 1, "too soon: the rest is not over"
    bench.later(people.RULE_SET.second_after_seconds + 0.2)
    bench.feed(temperature(36.6))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert [e["max_celsius"] for e in bench.saved[0]["evidence"] if e["kind"] == "temperature"] == [38.1, 36.6]


def test_twice_high_is_referred_and_an_alert(bench, journal):
    bench.feed(document(), certificate(), temperature(38.6))
    bench.later(people.RULE_SET.second_after_seconds + 0.2)
    bench.feed(temperature(38.5))
    assert bench.phase is Phase.PROPOSED
    assert bench.lane.judgement.verdict is VerdictKind.REFER
    bench.feed(Decide("Somjai R.", VerdictKind.REFER))
    assert bench.saved[0]["reasons"] == ["T-HOT"]
    assert len(list(journal.alerts(0, 10))) == 1


@pytest.mark.parametrize(
    ("flaw", "code"), [(Flaw.EXPIRED, "C-EXP"), (Flaw.FORGED, "C-SIG"), (Flaw.UNKNOWN_SIGNER, "C-KID")]
)
def test_a_bad_certificate_is_referred_with_its_reason_and_waits_for_the_officer(bench, flaw, code):
    bench.feed(document(), certificate(flaw=flaw), temperature(36.4))
    bench.later(60)
    assert bench.phase is Phase.PROPOSED, "a REFER waits for a person"
    assert code in bench.lane.judgement.reasons
    assert not bench.saved


def test_an_unanswered_refer_is_saved_as_refer_where_the_profile_says_so(journal):
    bench = people.Bench(journal, refer_after=3)
    bench.feed(document(), certificate(flaw=Flaw.EXPIRED), temperature(36.4))
    bench.later(3.2)
    assert bench.saved[0]["verdict"] == "REFER"
    assert bench.saved[0]["decided_by"] == "rules"


def test_an_expired_passport_is_referred(bench):
    bench.feed(document(expiry=date(2026, 3, 1)), certificate(), temperature(36.4))
    assert bench.lane.judgement.reasons == ("M-EXP",)


def test_somebody_elses_certificate_waits_or_cannot_tell_and_only_an_officer_says_mismatch(bench):
    bench.feed(document(), certificate("Ørunsen", "Tove"), temperature(36.4))
    assert bench.phase is Phase.PROPOSED
    assert not bench.lane.evidence.certificate.bound
    holder = next(o for o in bench.lane.judgement.outcomes if o.code.startswith("M-NA"))
    assert holder.truth == "cannot_tell"
    bench.feed(Attest("Somjai R.", Attestation.DIFFERENT_HOLDER))
    holder = next(o for o in bench.lane.judgement.outcomes if o.code == "M-NAM")
    assert holder.truth == "fail"
    bench.feed(Attest("Somjai R.", Attestation.SAME_HOLDER))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT, "the officer's newest word counts"


def test_a_late_certificate_of_the_saved_traveller_opens_nobody(journal):
    bench = people.Bench(journal, refer_after=1)
    bench.feed(document())
    bench.later(12)
    assert bench.saved[0]["verdict"] == "REFER"
    bench.feed(certificate())
    assert bench.phase is Phase.SAVED
    bench.feed(certificate("Ørunsen", "Tove"))
    assert bench.phase is Phase.GATHERING, "somebody else's opens the next traveller"


def test_the_right_certificate_after_a_wrong_one_is_bound(bench):
    bench.feed(document(), certificate("Ørunsen", "Tove"), certificate(), temperature(36.4))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    assert len(bench.saved[0]["unassigned_certificates"]) == 1


def test_a_second_distinct_document_closes_the_first_traveller_and_opens_the_next(bench):
    bench.feed(document(), certificate())
    bench.feed(document("HALVAR", "OLE", "UT1112223"))
    assert bench.saved[0]["verdict"] == "REFER"
    assert bench.saved[0]["reasons"][0] == "O-LFT"
    assert bench.phase is Phase.GATHERING
    assert bench.lane.evidence.document.document.surname == "HALVAR"
    assert bench.lane.evidence.certificate is None


def test_the_same_document_within_ten_minutes_asks_again(bench):
    bench.feed(document(), certificate(), temperature(36.4))
    bench.later(1.2, present=False)
    bench.feed(document())
    assert bench.phase is Phase.AGAIN
    bench.feed(Again("Somjai R.", yes=False))
    bench.later(2, present=False)
    assert bench.phase is Phase.IDLE
    bench.feed(document())
    bench.feed(Again("Somjai R.", yes=True))
    assert bench.phase is Phase.GATHERING
    bench.later(12, present=False)
    assert bench.phase is Phase.IDLE
    bench.at += timedelta(minutes=11)
    bench.feed(document())
    assert bench.phase is Phase.GATHERING, "after ten minutes nobody is asked"


def test_out_of_patience_calls_the_officer_and_never_waves_through(bench):
    bench.feed(DocumentUnreadable(), certificate(), temperature(36.4))
    assert bench.lane.notice is None or bench.lane.notice is Notice.DOCUMENT_UNREADABLE
    bench.later(10.2)
    assert bench.phase is Phase.PROPOSED
    assert bench.lane.judgement.verdict is VerdictKind.REFER
    values = {
        "surname": "LINDQVARN", "given_names": "MAJA ELIN", "document_number": "UT4821907", "nationality": "UTO",
        "birth_date": "1991-04-17", "expiry_date": "2031-09-02",
    }  # fmt: skip
    bench.feed(Attest("Somjai R.", Attestation.DOCUMENT, values))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT, "the officer's typed document fills the gap"
    assert any(o["attested"] for o in bench.saved[0]["outcomes"])


def test_one_who_leaves_halfway_is_on_record_and_a_passer_by_is_not(bench):
    bench.feed(document())
    bench.later(12, present=False)
    assert bench.saved[0]["reasons"][0] == "O-LFT"
    bench.later(2, present=False)
    bench.feed(temperature(36.0))
    assert bench.phase is Phase.GATHERING
    bench.later(12, present=False)
    assert bench.phase is Phase.IDLE
    assert len(bench.saved) == 1


def test_refuse_and_override_need_a_reason_from_the_list(bench):
    bench.feed(document(), certificate(flaw=Flaw.EXPIRED), temperature(36.4))
    for wrong in ("", "because", "O-NOP"):
        bench.feed(Decide("Somjai R.", VerdictKind.ADMIT, wrong))
        assert bench.lane.notice is Notice.REASON_NEEDED
    bench.feed(Decide("Somjai R.", VerdictKind.REFUSE, "O-PRF"))
    assert not bench.saved
    bench.feed(Decide("Somjai R.", VerdictKind.REFUSE, "O-NOP", "shown twice"))
    assert (bench.saved[0]["verdict"], bench.saved[0]["officer"]) == ("REFUSE", "Somjai R.")
    assert bench.saved[0]["proposed"] == "REFER"


def test_a_correction_keeps_the_original_and_is_judged_again(bench):
    bench.feed(document(surname="LINDKWARN"), certificate(), temperature(36.4))
    assert bench.phase is Phase.PROPOSED
    bench.feed(Correct("Somjai R.", "surname", "123"))
    assert bench.lane.notice is Notice.FIELD_REFUSED
    bench.feed(Correct("Somjai R.", "surname", "lindqvarn"))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    note = bench.saved[0]["document"]["corrections"][0]
    assert (note["original"], note["corrected"]) == ("LINDKWARN", "LINDQVARN")


def test_confirming_mode_waits_for_the_officer(journal):
    bench = people.Bench(journal, mode=LaneMode.CONFIRMING)
    bench.feed(document(), certificate(), temperature(36.4))
    bench.later(30)
    assert bench.phase is Phase.PROPOSED
    bench.feed(Decide("Somjai R.", VerdictKind.ADMIT))
    assert bench.saved[0]["decided_by"] == "officer"


def test_measure_again_takes_one_more(bench):
    bench.feed(document(), temperature(36.4))
    bench.feed(MeasureAgain("Somjai R."), temperature(36.7), certificate())
    assert [e["max_celsius"] for e in bench.saved[0]["evidence"] if e["kind"] == "temperature"] == [36.4, 36.7]


def test_another_kind_of_code_is_named_and_not_judged(bench):
    bench.feed(OtherCodeSeen("url"))
    assert (bench.phase, bench.lane.notice, bench.lane.notice_detail) == (Phase.IDLE, Notice.OTHER_CODE, "url")
    bench.later(1.5, present=False)
    assert bench.lane.notice is None


def test_a_full_disk_keeps_the_screening_and_tries_again(bench):
    bench.failing = SaveFailed(SaveTrouble.FULL)
    bench.feed(document(), certificate(), temperature(36.4))
    assert (bench.phase, bench.lane.notice) == (Phase.PROPOSED, Notice.JOURNAL_FULL)
    bench.feed(document("HALVAR", "OLE", "UT1112223"))
    assert bench.lane.evidence.document.document.surname == "LINDQVARN", "nobody is overwritten while saving"
    bench.failing = None
    bench.later(2.5)
    assert bench.phase is Phase.SAVED
    assert bench.saved[0]["verdict"] == "ADMIT"


def test_what_the_journal_remembers_after_a_restart(bench, journal):
    bench.feed(document(), certificate(), temperature(36.4))
    again = people.Bench(journal)
    again.lane = remembered(journal.newest(FactKind.SCREENING, 20))
    assert again.lane.recent[0].sequence == bench.lane.saved.sequence
    again.feed(document())
    assert again.phase is Phase.AGAIN


def test_a_wanted_measurement_that_does_not_come_admits_nobody(bench):
    bench.feed(document(), temperature(36.4), MeasureAgain("Somjai R."), certificate())
    bench.later(30)
    assert bench.phase is Phase.PROPOSED
    assert not bench.saved


def test_the_next_persons_face_does_not_complete_one_who_left(bench):
    bench.feed(document(), certificate())
    bench.later(4, present=False)
    bench.feed(temperature(36.4))
    assert bench.phase is Phase.GATHERING
    assert not bench.lane.evidence.temperatures
    bench.feed(certificate(), temperature(36.4))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT, "shown again: it is the same traveller"


def test_same_holder_is_about_one_certificate(bench):
    bench.feed(document(), Attest("Somjai R.", Attestation.SAME_HOLDER))
    bench.feed(certificate("Ørunsen", "Tove"), temperature(36.4))
    assert bench.phase is Phase.PROPOSED
    bench.feed(Attest("Somjai R.", Attestation.DIFFERENT_HOLDER), certificate())
    assert not any(o.code == "M-NAM" for o in bench.lane.judgement.outcomes)


def test_a_scanned_expired_passport_outweighs_what_was_typed(bench):
    typed = {"surname": "LINDQVARN", "birth_date": "1991-04-17", "expiry_date": "2031-09-02"}
    bench.feed(Attest("Somjai R.", Attestation.DOCUMENT, typed), document(expiry=date(2026, 3, 1)))
    bench.feed(certificate(), temperature(36.4))
    assert bench.lane.judgement.reasons == ("M-EXP",)


def test_a_decision_days_later_is_judged_that_day(journal):
    bench = people.Bench(journal, mode=LaneMode.CONFIRMING)
    bench.feed(document(expiry=date(2026, 11, 21)), certificate(), temperature(36.4))
    assert bench.lane.judgement.verdict is VerdictKind.ADMIT
    bench.at += timedelta(days=3)
    bench.feed(Decide("Somjai R.", VerdictKind.ADMIT))
    assert bench.lane.notice is Notice.REASON_NEEDED
    assert not bench.saved


def test_a_command_for_somebody_else_touches_nobody(bench):
    bench.feed(document())
    seen = bench.lane.opened_at
    bench.later(1)
    bench.feed(document("HALVAR", "OLE", "UT1112223"))
    bench.feed(Addressed(Decide("Somjai R.", VerdictKind.REFUSE, "O-NOP"), seen))
    assert bench.phase is Phase.GATHERING
    bench.feed(Addressed(Decide("Somjai R.", VerdictKind.REFUSE, "O-NOP"), bench.lane.opened_at))
    assert bench.saved[-1]["verdict"] == "REFUSE"


def test_a_certificate_in_the_tray_goes_to_the_next_traveller_it_belongs_to(bench):
    bench.feed(document(), certificate(), certificate("Halvar", "Ole"))
    bench.feed(document("HALVAR", "OLE", "UT1112223"))
    assert bench.lane.evidence.certificate.bound


def test_a_corrected_number_shown_again_is_the_same_passport(bench):
    bench.feed(document(), Correct("Somjai R.", "document_number", "UT4821908"), document())
    assert bench.phase is Phase.GATHERING
    assert not bench.saved


def test_what_is_shown_while_again_is_asked_is_kept(bench):
    bench.feed(document(), certificate(), temperature(36.4))
    bench.later(1.2, present=False)
    bench.feed(document(), certificate())
    bench.later(3, present=False)
    assert bench.phase is Phase.AGAIN, "the question stands"
    bench.feed(Again("Somjai R.", yes=True), temperature(36.5))
    assert bench.lane.saved.verdict is VerdictKind.ADMIT
    bench.later(1.2, present=False)
    bench.feed(document(), document("HALVAR", "OLE", "UT1112223"))
    assert bench.phase is Phase.GATHERING, "somebody else's document does not wait for the answer"


def test_every_event_in_every_phase_is_survived(bench):
    events = [
        document(), document("HALVAR", "OLE", "UT1112223"), certificate(), certificate("Ørunsen", "Tove"),
        temperature(36.4), temperature(39.0), DocumentUnreadable(), OtherCodeSeen("url"),
        Decide("S", VerdictKind.REFER), Correct("S", "surname", "HALVAR"), Attest("S", Attestation.TEMPERATURE, {}),
        MeasureAgain("S"), Again("S", yes=True), Again("S", yes=False),
    ]  # fmt: skip
    from random import Random

    rng = Random(4)
    for _ in range(1500):
        bench.feed(rng.choice(events))
        bench.later(rng.choice((0.1, 0.1, 2)), present=rng.random() < 0.7)
        assert bench.phase in {phase for phase, _ in TABLE}
        if bench.phase is Phase.SAVED:
            assert bench.lane.saved is not None
    ids = [row["screening"] for row in bench.saved]
    assert len(ids) == len(set(ids))
