"""A whole lane, every device killed one after another and brought back: it goes on, each record says what was missing.

The composition of the kiosk itself, in this process; its devices are emulators on pseudo-terminals, and a folder.
"""

import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from config.loader import load
from drivers.emulators.readers import LineScannerEmulator, Rte6701Emulator
from drivers.emulators.relays import LcusEmulator
from drivers.emulators.slip_printer import SlipPrinterEmulator
from drivers.readings import DeviceState
from station.app import Kiosk
from station.certificates.issuing.hcert import make_issuer
from station.certificates.trust.files import write_bundle
from station.commands.explaining import as_text
from station.demonstration.calibrating import calibrate
from station.demonstration.cast import Special, cast
from station.demonstration.stage import Stage
from station.evidence import Attestation, VerdictKind
from station.journal.journal import content
from station.lane.commands import Attest, Decide, OpenGate, PrintSlip
from station.lane.deeds import Deed, DeedState
from station.lane.snapshot import Phase
from station.paths import paths_of
from station.recorded import evidence_of, recorded_of
from sync.facts import FactKind

OFFICER = "Somjai R."
SENSED = {"document": "sensor", "certificate": "sensor", "temperature": "sensor"}


class Post:
    """One lane with everything that can be set up, and the hands of its travellers and of its officer."""

    def __init__(self, folder, stack):
        world, state = folder / "world", folder / "station"
        (state / "trust").mkdir(parents=True)
        now = datetime.now(UTC)
        issuer = make_issuer(b"devices and the lane", now)
        (state / "trust" / "demonstration.json").write_text(write_bundle(issuer.certificates(), now, test=True))
        self.people = (t for t in cast(60, 5, issuer, now) if t.special is Special.UNREMARKABLE)
        self.stage = Stage(world, 5, time.monotonic)
        self.passports = stack.enter_context(Rte6701Emulator())
        self.codes = stack.enter_context(LineScannerEmulator(baud=115_200))
        self.relays = stack.enter_context(LcusEmulator())
        self.printer = stack.enter_context(SlipPrinterEmulator(baud=460_800))
        self.camera_folder = world / "camera"
        settings = load("demo", {
            "station": {"state": state},
            "camera": {"source": f"folder:{self.camera_folder}"},
            "thermal": {"port": str(world / "thermal"), "warm_up_seconds": 0.2},
            "readers": [
                {"device": "passports", "protocol": "rte6701", "port": self.passports.path},
                {"device": "codes", "protocol": "scanner-lines", "port": self.codes.path, "baud": 115_200},
            ],
            "relays": {"port": self.relays.path, "gate_seconds": 0.5},
            "printer": {"port": self.printer.path, "slips": "all", "baud": 460_800},
            "lane": {"patience_seconds": 60, "absence_seconds": 0.4},
            "sync": {"enabled": False},
            "kiosk": {"port": 0},
        })  # fmt: skip
        calibrate(paths_of(settings).calibration, now)
        self.kiosk = Kiosk(settings)
        self.stage.start()
        stack.callback(self.stage.stop)
        self.kiosk.start()
        stack.callback(self.kiosk.stop)
        self.payloads = []

    # what is seen

    def until(self, true, what, seconds=40.0):
        end = time.monotonic() + seconds
        while not true(self.kiosk.snapshot()):
            seen = self.kiosk.snapshot()
            states = {d.device: (d.state.value, str(d.reason)) for d in seen.devices}
            assert time.monotonic() < end, f"never {what}: {seen.phase} {states} {seen.notice}"
            time.sleep(0.02)

    def state(self, device):
        return next(d.state for d in self.kiosk.snapshot().devices if d.device == device)

    def gone(self, *devices):
        self.until(lambda _: all(self.state(d) is DeviceState.ABSENT for d in devices), f"gone: {devices}")

    def back(self, *devices):
        self.until(lambda _: all(self.state(d) is DeviceState.READY for d in devices), f"back: {devices}")

    # what travellers and the officer do

    def begin(self):
        self.stage.nothing()
        self.until(lambda s: s.phase is Phase.IDLE, "idle")
        return next(self.people)

    def shows_document(self, who, *, camera=False):
        if camera:
            self.stage.passport(who)
        else:
            self.passports.swipe(who.zone)
        self.until(lambda s: s.evidence.document is not None, "a document")
        self.stage.nothing()

    def shows_certificate(self, who, *, camera=False):
        if camera:
            self.stage.certificate(who)
        else:
            self.codes.present(who.certificate.encode())
        self.until(lambda s: bool(s.evidence.whole_certificates), "a certificate")
        self.stage.nothing()

    def looks(self, who):
        self.stage.face(who.celsius[0])

    def passes(self, *deeds, camera=False):
        """One traveller with everything in order, by the readers or by the camera."""
        who = self.begin()
        self.shows_document(who, camera=camera)
        self.shows_certificate(who, camera=camera)
        self.looks(who)
        return self.ends(*deeds)

    def attests(self, what, **values):
        self.kiosk.send(Attest(OFFICER, what, values))

    def ends(self, *deeds):
        """The record of the traveller at hand, once it is on disk, and what was done after that."""
        self.until(lambda s: s.phase is Phase.SAVED and s.saved is not None, "saved")
        saved = self.kiosk.snapshot().saved
        self.stage.face(36.2)  # stays until everything is done, so that the screen still tells of it

        def settled(snapshot):
            done = {d.deed: d.state for d in snapshot.deeds if d.screening == saved.screening}
            return all(done.get(deed, DeedState.UNDER_WAY) is not DeedState.UNDER_WAY for deed in deeds)

        self.until(settled, f"settled: {deeds}")
        body = self.kiosk.recorded(saved.screening)
        assert body["verdict"] == saved.verdict.value
        self.payloads.append(body)
        return body, {d.deed: d for d in self.kiosk.snapshot().deeds if d.screening == saved.screening}


@pytest.fixture
def post(tmp_path):
    with ExitStack() as stack:
        yield Post(tmp_path, stack)


def whole(post):
    """Slips that are more than the torn rest of one, cut off."""
    return sum(slip.height > 500 for slip in post.printer.paper.slips)


def sources(body):
    return {row["kind"]: row["device"] for row in body["evidence"] if row["kind"] != "attested"}


def missing(body):
    return {row["device"] for row in body["devices"]}


def test_every_device_is_killed_and_brought_back_and_the_lane_goes_on(post):
    """Each traveller meets the device that has just come back, and the loss of the next one."""
    post.back("camera", "thermal", "passports", "codes", "relays", "printer")
    all_well(post)
    camera_gone(post)
    scanner_gone(post)
    readers_gone(post)
    gate_gone(post)
    printer_gone(post)
    all_back(post)
    nothing_reads(post)
    nobody_knows_who(post)
    numbers = [body["screening"] for body in post.payloads]
    assert len(set(numbers)) == len(numbers) == 9
    texts = "\n".join(line for body in post.payloads for line in told(post, body))
    assert "camera (camera) was absent from" in texts
    assert "temperature was filled by the officer" in texts
    assert "document was missing" in texts


def told(post, body):
    """The record as `station rules explain` tells it, read from the journal."""
    entry = next(e for e in post.kiosk._journal.about(body["screening"]) if e.kind is FactKind.SCREENING)
    assert content(entry) == body
    evidence_of(body)
    return as_text(entry, body, recorded_of(body), None, "")


def all_well(post):
    """Readers, scanner, gate and printer, all at work; then the officer's own hand."""
    body, deeds = post.passes(Deed.GATE, Deed.SLIP)
    assert (body["verdict"], body["devices"], body["filled"]) == ("ADMIT", [], SENSED)
    assert sources(body) == {"document": "passports", "certificate": "codes", "temperature": "thermal"}
    assert {deed: each.state for deed, each in deeds.items()} == {
        Deed.GATE: DeedState.CONFIRMED, Deed.SLIP: DeedState.CONFIRMED,
    }  # fmt: skip
    assert len(post.printer.paper.slips) == 1
    post.kiosk.send(PrintSlip(OFFICER))
    post.kiosk.send(OpenGate(OFFICER))
    post.until(lambda _: len(post.printer.paper.slips) == 2, "printed again")
    acts = [content(e) for e in post.kiosk._journal.about(body["screening"]) if e.kind is FactKind.OFFICER_ACT]
    assert [(act["act"], act["officer"]) for act in acts] == [("slip", OFFICER), ("gate", OFFICER)]


def camera_gone(post):
    """The readers still read."""
    away = post.camera_folder.with_name("away")
    post.camera_folder.rename(away)
    post.gone("camera")
    body, _ = post.passes()
    assert (body["verdict"], missing(body), body["filled"]) == ("ADMIT", {"camera"}, SENSED)
    assert (body["devices"][0]["state"], body["devices"][0]["until"]) == ("absent", None)
    away.rename(post.camera_folder)
    post.back("camera")


def scanner_gone(post):
    """The officer measures by hand; the camera reads again."""
    post.stage.scanner.unplug()
    post.gone("thermal")
    who = post.begin()
    post.shows_document(who, camera=True)
    post.shows_certificate(who, camera=True)
    post.attests(Attestation.TEMPERATURE, celsius="36.5", thermometer="No. 2")
    body, _ = post.ends()
    assert (body["verdict"], missing(body)) == ("ADMIT", {"thermal"})
    assert body["filled"] == SENSED | {"temperature": "officer"}
    assert sources(body) == {"document": "camera", "certificate": "camera"}
    post.stage.scanner.plug()
    post.back("thermal")


def readers_gone(post):
    """The camera reads in their place; the scanner measures again."""
    post.passports.unplug()
    post.codes.unplug()
    post.gone("passports", "codes")
    body, _ = post.passes(camera=True)
    assert (body["verdict"], missing(body), body["filled"]) == ("ADMIT", {"passports", "codes"}, SENSED)
    assert {row["kind"] for row in body["devices"]} == {"document_reader", "code_reader"}
    assert sources(body) == {"document": "camera", "certificate": "camera", "temperature": "thermal"}
    post.passports.plug()
    post.codes.plug()
    post.back("passports", "codes")


def gate_gone(post):
    """Nobody is told that a gate is open that is not; the readers read again."""
    post.relays.unplug()
    post.gone("relays")
    body, deeds = post.passes(Deed.GATE)
    assert (body["verdict"], missing(body), body["filled"]) == ("ADMIT", {"relays"}, SENSED)
    assert (sources(body)["document"], sources(body)["certificate"]) == ("passports", "codes")
    assert deeds[Deed.GATE].state is DeedState.FAILED
    assert "by hand" in deeds[Deed.GATE].reason
    post.relays.plug()
    post.back("relays")
    time.sleep(0.3)
    assert post.relays.relays == (False,) * 4, "nothing is opened late"


def printer_gone(post):
    """The record does not wait for paper; the gate opens again."""
    post.printer.unplug()
    post.gone("printer")
    body, deeds = post.passes(Deed.GATE, Deed.SLIP)
    assert (body["verdict"], missing(body), body["filled"]) == ("ADMIT", {"printer"}, SENSED)
    assert {deed: each.state for deed, each in deeds.items()} == {
        Deed.GATE: DeedState.CONFIRMED, Deed.SLIP: DeedState.FAILED,
    }  # fmt: skip
    post.printer.plug()
    post.back("printer")


def all_back(post):
    """And the printer prints again, this traveller's slip only."""
    slips = whole(post)
    body, deeds = post.passes(Deed.SLIP)
    assert (body["verdict"], body["devices"], body["filled"]) == ("ADMIT", [], SENSED)
    assert deeds[Deed.SLIP].state is DeedState.CONFIRMED
    assert whole(post) == slips + 1


def nothing_reads(post):
    """Camera and readers at once: the officer types the document and sees the paper."""
    post.camera_folder.rename(post.camera_folder.with_name("away"))
    post.passports.unplug()
    post.codes.unplug()
    post.gone("camera", "passports", "codes")
    who = post.begin()
    person = who.person
    post.attests(
        Attestation.DOCUMENT, surname=person.surname, given_names=person.given_names, nationality=person.nationality,
        document_number=person.document_number, birth_date=person.birth_date.isoformat(),
        expiry_date=person.expiry_date.isoformat(),
    )  # fmt: skip
    post.attests(Attestation.PAPER, kind="vaccination", issuer="Utopia", at="2026-09-01", doses="2/2")
    post.looks(who)
    post.until(lambda s: s.phase in (Phase.PROPOSED, Phase.SAVED), "judged")
    if post.kiosk.snapshot().phase is Phase.PROPOSED:
        post.kiosk.send(Decide(OFFICER, VerdictKind.REFER))
    body, _ = post.ends()
    assert missing(body) == {"camera", "passports", "codes"}
    assert body["filled"] == {"document": "officer", "certificate": "officer", "temperature": "sensor"}
    post.codes.plug()
    post.back("codes")


def nobody_knows_who(post):
    """A traveller who shows no document is referred, and the record says that it was missing."""
    who = post.begin()
    post.shows_certificate(who)
    post.looks(who)
    post.until(lambda s: bool(s.evidence.temperatures), "a temperature")
    post.kiosk.send(Decide(OFFICER, VerdictKind.REFER))
    body, _ = post.ends()
    assert (body["verdict"], missing(body)) == ("REFER", {"camera", "passports"})
    assert body["filled"] == SENSED | {"document": "missing"}
