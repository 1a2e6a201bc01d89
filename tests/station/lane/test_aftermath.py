"""After "saved": gate, lamp and slip on emulated cables; what is commanded is never called done."""

import importlib.util
import logging
import os
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from config.loader import load
from config.settings import LaneMode
from drivers.actuators import lcus
from drivers.actuators.escpos import DOTS_58_MM, DOTS_80_MM, PrinterState
from drivers.actuators.outcome import Outcome
from drivers.actuators.relay_board import RelayBoard
from drivers.actuators.relay_board import RelaySettings as Board
from drivers.actuators.slip_printer import PrinterSettings, SlipPrinter
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.slip_printer import SlipPrinterEmulator
from drivers.links.serial_port import open_serial
from drivers.readings import DeviceHealth, DeviceKind, DeviceState
from station.evidence import VerdictKind
from station.journal.errors import JournalFaulty
from station.journal.journal import Journal
from station.lane.aftermath import Aftermath, act_payload
from station.lane.commands import Addressed, Decide, OpenGate, PrintSlip, SoundSiren
from station.lane.deeds import Deed, DeedState
from station.lane.slip import slip_lines
from station.lane.snapshot import Phase, Saved
from station.lane.state import Act, Follow
from station.lane.troubles import noticed

_spec = importlib.util.spec_from_file_location("lane_people", Path(__file__).with_name("people.py"))
people = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(people)
document, certificate, temperature = people.document, people.certificate, people.temperature

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
SCREENING = "01930000-0000-7000-8000-000000000001"


def saved(verdict=VerdictKind.ADMIT, sequence=4812):
    return Saved(SCREENING, sequence, NOON, verdict, (), "LINDQVARN, MAJA ELIN", "UTO")


def until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come"
        time.sleep(0.01)


class Post:
    """A lane's hands with emulated cables."""

    def __init__(self, stack, *, answers=True, slips="referred", paper=80, devices=("relays", "printer"), record=None,
                 names=None):  # fmt: skip
        self.relays = stack.enter_context(LcusEmulator(answers="bytes" if answers else "nothing"))
        columns = DOTS_80_MM if paper == 80 else DOTS_58_MM
        self.printer = stack.enter_context(SlipPrinterEmulator(columns=columns, answers=answers))
        self.acts = []
        self.moment = 100.0
        wired = {"port": "x", "gate_seconds": 0.6, "lamp_seconds": 0.6, "siren_seconds": 0.6}
        wired |= {"names": names} if names else {}
        settings = load("demo", {
            "relays": wired if "relays" in devices else None,
            "printer": {"port": "x", "slips": slips, "paper_mm": paper} if "printer" in devices else None,
        })  # fmt: skip
        board, slips_out = None, None
        if "relays" in devices:
            wiring = Board("relays", 4, settings.relays.names)
            board = stack.enter_context(RelayBoard(wiring, lambda: open_serial(self.relays.path, 9_600)))
            until(lambda: board.health(NOON).state is DeviceState.READY)
        if "printer" in devices:
            limits = PrinterSettings("printer", answer_seconds=1.0, state_seconds=0.2, idle_seconds=0.2)
            slips_out = stack.enter_context(SlipPrinter(limits, lambda: open_serial(self.printer.path, 115_200)))
            until(lambda: slips_out.health(NOON).state is DeviceState.READY)
        self.board = board
        self.hands = Aftermath(settings, board, slips_out, record or self._record, lambda: NOON, lambda: self.moment)
        stack.callback(self.hands.stop)

    def _record(self, deed, officer, about, at):
        self.acts.append((deed, officer, about.screening if about else None, at))

    def state(self, deed):
        reports = {each.deed: each for each in self.hands.reports(SCREENING, NOON)}
        return reports[deed].state if deed in reports else None

    def settled(self, deed):
        until(lambda: self.state(deed) not in (None, DeedState.UNDER_WAY))
        return self.state(deed)


@pytest.fixture
def stack():
    with ExitStack() as kept:
        yield kept


def test_a_saved_admit_opens_the_gate_for_its_time_and_prints_nothing(stack):
    post = Post(stack)
    post.hands.saved(saved())
    assert post.settled(Deed.GATE) is DeedState.CONFIRMED
    assert post.relays.relays == (True, False, False, False)
    until(lambda: post.relays.relays == (False,) * 4)
    assert post.state(Deed.SLIP) is None
    assert post.acts == [], "nobody ordered it"


@pytest.mark.parametrize("verdict", [VerdictKind.REFER, VerdictKind.REFUSE])
def test_whoever_waits_for_a_person_gets_lamp_and_slip_and_no_gate(stack, verdict):
    post = Post(stack)
    post.hands.saved(saved(verdict))
    assert post.settled(Deed.LAMP) is DeedState.CONFIRMED
    assert post.relays.relays == (False, True, False, False)
    assert post.settled(Deed.SLIP) is DeedState.CONFIRMED
    (slip,) = post.printer.paper.slips
    assert (~np.asarray(slip)).mean() > 0.02
    assert post.state(Deed.GATE) is None


def test_devices_that_do_not_answer_are_commanded_never_done(stack):
    post = Post(stack, answers=False, slips="all")
    post.hands.saved(saved())
    assert post.settled(Deed.GATE) is DeedState.COMMANDED
    assert post.settled(Deed.SLIP) is DeedState.COMMANDED


def test_what_is_gone_says_so_at_once_and_nothing_is_done_late(stack):
    post = Post(stack, slips="all")
    post.relays.unplug()
    post.printer.state = PrinterState(paper_end=True, offline=True)
    until(lambda: post.board.health(NOON).state is not DeviceState.READY, 15)
    post.hands.saved(saved())
    assert post.settled(Deed.GATE) is DeedState.FAILED
    assert post.settled(Deed.SLIP) is DeedState.FAILED
    reasons = {each.deed: each.reason for each in post.hands.reports(SCREENING, NOON)}
    assert "by hand" in reasons[Deed.GATE]
    assert "out of paper" in reasons[Deed.SLIP]
    post.moment += 5
    told = post.hands.reports("", NOON + timedelta(days=400))
    assert {each.deed for each in told} == {Deed.GATE, Deed.SLIP}, "the traveller has gone on, the failure has not"
    post.moment += 55
    assert post.hands.reports("", NOON - timedelta(days=400)) == (), "a clock that is set makes nothing younger"
    post.relays.plug()
    until(lambda: post.board.health(NOON).state is DeviceState.READY, 40)
    # Orders are carried out one after the other: a late one would come before this.
    assert post.board.switch("lamp", True).result(5).outcome is Outcome.CONFIRMED
    assert post.relays.relays == (False, True, False, False)


def test_the_lane_does_not_wait_for_a_device(stack):
    written, goes_on = threading.Event(), threading.Event()

    class SlowLink:
        """A board that takes a command only when it is let."""

        name = "slow"

        def read_some(self):
            return b""

        def write(self, data):
            if data == lcus.switch(1, True):
                written.set()
                goes_on.wait(10)

        def close(self):
            pass

    board = stack.enter_context(RelayBoard(Board("relays", 4, {"gate": 1}), SlowLink))
    stack.callback(goes_on.set)
    until(lambda: board.health(NOON).state is DeviceState.READY)
    settings = load("demo", {"relays": {"port": "x", "names": {"gate": 1}}})
    hands = Aftermath(settings, board, None, lambda *_: None, lambda: NOON)
    stack.callback(hands.stop)
    hands.saved(saved())
    assert written.wait(10)
    assert [each.state for each in hands.reports(SCREENING, NOON)] == [DeedState.UNDER_WAY]
    goes_on.set()
    until(lambda: [each.state for each in hands.reports(SCREENING, NOON)] == [DeedState.COMMANDED])


def test_the_siren_sounds_by_an_officers_hand_alone_for_its_time_and_moves_no_gate(stack):
    post = Post(stack, slips="none")
    for verdict in VerdictKind:
        post.hands.saved(saved(verdict))
        assert post.settled(Deed.GATE if verdict is VerdictKind.ADMIT else Deed.LAMP) is DeedState.CONFIRMED
        assert not post.relays.relays[2]
    until(lambda: post.relays.relays == (False,) * 4)
    post.hands.act(Deed.SIREN, "Somjai R.", None, NOON)
    until(lambda: post.relays.relays == (False, False, True, False))
    until(lambda: post.relays.relays == (False,) * 4)
    until(lambda: [each.state for each in post.hands.reports("", NOON)] == [DeedState.CONFIRMED])
    assert post.acts == [(Deed.SIREN, "Somjai R.", None, NOON)]
    assert act_payload(Deed.SIREN, "Somjai R.", None, "x")["act"] == "siren"


def test_a_siren_that_is_not_wired_is_not_offered(stack):
    post = Post(stack, names={"gate": 1, "lamp": 2})
    assert post.hands.offers == (Deed.GATE, Deed.SLIP)
    post.hands.act(Deed.SIREN, "Somjai R.", None, NOON)
    assert (post.acts, post.hands.reports("", NOON)) == ([], ())


def test_an_officers_act_is_on_record_and_no_name_is_in_the_log(stack, caplog):
    caplog.set_level(logging.INFO)
    post = Post(stack, slips="none")
    assert post.hands.offers == (Deed.GATE, Deed.SIREN, Deed.SLIP)
    post.hands.act(Deed.GATE, "Somjai R.", None, NOON)
    until(lambda: post.relays.relays[0])
    post.hands.act(Deed.SLIP, "Somjai R.", saved(), NOON)
    until(lambda: len(post.printer.paper.slips) == 1)
    until(lambda: post.state(Deed.SLIP) is DeedState.CONFIRMED)
    assert post.acts == [(Deed.GATE, "Somjai R.", None, NOON), (Deed.SLIP, "Somjai R.", SCREENING, NOON)]
    assert "4812" in caplog.text
    assert not any(word in caplog.text for word in ("Somjai", "LINDQVARN", "MAJA"))
    assert act_payload(Deed.SLIP, "Somjai R.", saved(), "2026-11-20T05:00:00Z") == {
        "act": "slip", "officer": "Somjai R.", "at": "2026-11-20T05:00:00Z", "screening": SCREENING,
    }  # fmt: skip


def test_a_full_disk_does_not_keep_the_gate_shut(stack):
    def record(*_):
        raise JournalFaulty("The disk failed; call a technician.")

    post = Post(stack, record=record)
    post.hands.act(Deed.GATE, "Somjai R.", None, NOON)
    until(lambda: post.relays.relays[0])


def test_only_what_is_set_up_is_offered_and_done(stack):
    nothing = Post(stack, devices=())
    assert nothing.hands.offers == ()
    nothing.hands.saved(saved(VerdictKind.REFER))
    nothing.hands.act(Deed.GATE, "Somjai R.", None, NOON)
    assert nothing.hands.reports(SCREENING, NOON) == ()
    assert nothing.acts == []


@pytest.mark.parametrize("paper", [58, 80])
def test_a_slip_says_number_place_time_and_where_to_go_and_never_who(stack, paper):
    post = Post(stack, slips="all", paper=paper)
    post.hands.saved(saved())
    assert post.settled(Deed.SLIP) is DeedState.CONFIRMED
    assert post.printer.paper.slips[0].width == (576 if paper == 80 else 384)
    settings = load("demo")
    text = " ".join(line.text for line in slip_lines(saved(VerdictKind.REFER), settings))
    for wanted in ("DE-1-004812", "ด่านสาธิต", "Demonstration", "20 พ.ย. 2569 12:00:00", "20 Nov 2026 12:00:00",
                   "An officer will help you", "เจ้าหน้าที่จะช่วยท่าน", "Go to the officer"):  # fmt: skip
        assert wanted in text
    assert not any(word in text for word in ("LINDQVARN", "MAJA", "UTO", "REFER"))


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path):
    journal = Journal(tmp_path / "journal.db", bytes(32), "demo-1", lambda: NOON, os.urandom)
    yield people.Bench(journal, mode=LaneMode.AUTOMATIC)
    journal.close()


def test_the_table_follows_up_only_on_what_is_on_disk(bench):
    bench.feed(document(), certificate(), temperature(36.4))
    assert bench.phase is Phase.SAVED
    (follow,) = bench.done
    assert isinstance(follow, Follow)
    assert follow.saved == bench.lane.saved
    bench.feed(PrintSlip("Somjai R."), OpenGate("Somjai R."))
    assert bench.done[1:] == [Act(Deed.SLIP, "Somjai R.", follow.saved), Act(Deed.GATE, "Somjai R.", follow.saved)]
    bench.later(2, present=False)
    bench.feed(PrintSlip("Somjai R."), OpenGate("Somjai R."))
    assert bench.done[3:] == [Act(Deed.GATE, "Somjai R.", None)], "a slip is of somebody; the gate is the officer's"
    bench.feed(SoundSiren("Somjai R."))
    assert bench.done[4:] == [Act(Deed.SIREN, "Somjai R.", None)]


def test_a_slip_for_somebody_else_is_not_printed(bench):
    bench.feed(document(), certificate(), temperature(36.4))
    bench.feed(Addressed(PrintSlip("Somjai R."), NOON + timedelta(hours=1)))
    assert [type(action) for action in bench.done] == [Follow]


def health(device, state, reason="", kind=DeviceKind.CAMERA):
    return DeviceHealth(device, state, reason, kind=kind)


def test_the_record_says_which_devices_were_not_ready_and_how_gaps_were_filled(bench):
    gone = health("camera", DeviceState.ABSENT, "camera is not connected; plug it in.")
    well = health("camera", DeviceState.READY)
    relays = health("relays", DeviceState.READY, kind=DeviceKind.RELAYS)
    bench.later(1, present=False, devices=(gone, relays))
    bench.feed(certificate(), temperature(36.4))
    bench.later(1, devices=(gone, relays))
    bench.later(1, devices=(well, relays))
    bench.feed(Decide("Somjai R.", VerdictKind.REFER))
    body = bench.saved[0]
    (row,) = body["devices"]
    assert (row["device"], row["kind"], row["state"]) == ("camera", "camera", "absent")
    assert row["reason"] == "camera is not connected; plug it in."
    assert row["since"] < body["opened_at"] < row["until"] < body["decided_at"]
    assert body["filled"] == {"document": "missing", "certificate": "sensor", "temperature": "sensor"}
    bench.later(3, present=False, devices=(well, relays))
    bench.feed(document(), certificate(), temperature(36.4))
    assert bench.saved[1]["devices"] == [], "that was over when the next one came"


def test_a_loose_plug_does_not_fill_the_memory():
    known, at = (), NOON
    for n in range(200):
        at += timedelta(seconds=1)
        state = DeviceState.ABSENT if n % 2 else DeviceState.READY
        known = noticed(known, (health("camera", state), health(f"reader-{n % 20}", DeviceState.FAILED)), at)
    assert len(known) <= 32
    mine = [each for each in known if each.device == "camera"]
    assert len(mine) <= 4
    assert mine[-1].until is None
