"""From a reader's cable to events: real readers on emulated cables, the same path as the camera's codes."""

import queue
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from drivers.emulators.readers import ElyctisEmulator, LineScannerEmulator, Rte6701Emulator
from drivers.links.serial_port import open_serial
from drivers.readers.reader import ReadEvent, SerialReader, SerialReaderSettings
from drivers.readers.reads import CodeRead, FailedRead, FailReason
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceState
from models.mrz_layout import MrzFormat
from models.regions import MrzReading, ReadState
from models.specimens.mrz_text import compose
from station.certificates.issuing import shc
from station.certificates.issuing.content import Subject, Vaccination
from station.certificates.issuing.hcert import issue, make_issuer
from station.certificates.result import CertificateFormat, Verdict
from station.certificates.trust.bundle import bundle
from station.certificates.verify import verify
from station.lane.events import CertificateSeen, CertificateUnreadable, DocumentSeen, DocumentUnreadable, OtherCodeSeen
from station.lane.presented import Presented
from station.lane.reader_sense import PRESENT_SECONDS, ReaderSense

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
WHO = Subject("LINDQVARN", "MAJA", date(1991, 4, 17))
PROOFS = (Vaccination(date(2026, 9, 1), dose=2, doses=2),)
HCERT, SHC = make_issuer(b"readers", NOON), shc.make_issuer(b"readers")
TRUST = bundle([HCERT.trusted.trusted(), SHC.trusted.trusted()])
ZONE = compose(
    MrzFormat.TD3, document_code="P", issuing_state="UTO", surname="LINDQVARN", given_names="MAJA", number="UT4821907",
    nationality="UTO", birth=date(1991, 4, 17), sex="F", expiry=date(2031, 9, 2),
)  # fmt: skip


class Told:
    """What the lane is told."""

    def __init__(self):
        self.events = []
        self._changed = threading.Condition()

    def __call__(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, count, seconds=8.0):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.events) >= count, seconds), f"only {self.events}"
            return self.events[:count]


@pytest.fixture
def told():
    return Told()


def presented(told, monotonic=time.monotonic):
    return Presented(
        lambda text, at: verify(text, TRUST, at), lambda at: f"e{len(told.events)}", NOON.date, told,
        monotonic=monotonic,
    )  # fmt: skip


@contextmanager
def reading(device, protocol, into):
    """A reader on that cable, handing on to the lane; given when it is ready."""
    codec = reader_codec(protocol)
    reader = SerialReader(
        SerialReaderSettings("desk-reader", unfinished_seconds=0.3),
        codec,
        lambda: open_serial(device.path, codec.profile.baud),
        now=lambda: NOON,
    )
    sense = ReaderSense(reader, into)
    with device, reader:
        sense.start()
        end = time.monotonic() + 8
        while reader.health(NOON).state is not DeviceState.READY:
            assert time.monotonic() < end, "never ready"
            time.sleep(0.01)
        yield reader, sense
        sense.stop()


def test_a_certificate_and_another_code(told):
    text = issue(HCERT, WHO, PROOFS[0], NOON, "0001")
    device = LineScannerEmulator()
    with reading(device, "scanner-lines", presented(told)) as (reader, sense):
        assert not sense.present()
        device.present(text.encode())
        (seen,) = told.wait(1)
        assert isinstance(seen, CertificateSeen)
        assert (seen.read.result.verdict, seen.read.device, seen.read.at) == (Verdict.VALID, "desk-reader", NOON)
        assert sense.present()
        device.present(b"https://example.org/menu")
        assert told.wait(2)[1] == OtherCodeSeen("url")
        device.present(text.encode())
        time.sleep(0.5)
        assert len(told.events) == 2, "a repeat within two seconds"
        assert reader.wait_newer(0, 0.0) == (), "a traveller's data lies in the driver"


def test_a_passport_reader_gives_a_document_that_is_as_sure_as_its_check_digits(told):
    device = Rte6701Emulator()
    with reading(device, "rte6701", presented(told)):
        device.swipe(ZONE)
        (seen,) = told.wait(1)
    assert isinstance(seen, DocumentSeen)
    assert (seen.read.document.surname, seen.read.state, seen.read.device) == (
        "LINDQVARN", ReadState.CLEAN, "desk-reader",
    )  # fmt: skip
    assert (seen.read.confidence, seen.read.unconfirmed, seen.read.frames) == (None, (), 1)


def test_a_wrong_check_digit_is_presented_again_and_never_repaired(told):
    wrong = (ZONE[0], ZONE[1].replace("910417", "910471"))
    assert wrong != ZONE
    device = ElyctisEmulator()
    with reading(device, "elyctis", presented(told)):
        device.insert(wrong)
        assert told.wait(1) == [DocumentUnreadable()]
        device.insert(ZONE)
        assert isinstance(told.wait(2)[1], DocumentSeen)


@pytest.mark.parametrize(
    ("protocol", "spoilt", "expected"),
    [
        ("scanner-lines", b"HC1:6BF half a certificate", CertificateUnreadable()),
        ("rte6701", ("P<UTO____VARN<<MAJA<<<<<<<<<<<<<<<<<<<<<<<<<<", ZONE[1]), DocumentUnreadable()),
    ],
)
def test_what_cannot_be_read_is_said_without_saying_what_it_was(told, protocol, spoilt, expected):
    device = LineScannerEmulator(ending=b"") if protocol == "scanner-lines" else Rte6701Emulator()
    with reading(device, protocol, presented(told)) as (_, sense):
        device.present(spoilt) if protocol == "scanner-lines" else device.swipe(spoilt)
        assert told.wait(1) == [expected]
        assert sense.present()


def test_camera_and_reader_share_one_memory(told):
    """One code that both see is one evidence; a card's codes may be shown half to the one and half to the other."""
    moment = [100.0]
    common = presented(told, lambda: moment[0])
    text = issue(HCERT, WHO, PROOFS[0], NOON, "0002")
    common.code(text, NOON, "camera")
    common.code(text, NOON, "desk-reader")
    assert [event.read.device for event in told.events] == ["camera"]
    moment[0] += 2.1
    common.code(text, NOON, "desk-reader")
    assert len(told.events) == 2, "it was put away and shown again: the lane knows it by its envelope"
    first, second = shc.issue(SHC, WHO, PROOFS, NOON, "r-1", chunks=2)
    common.code(first, NOON, "desk-reader")
    common.code(second, NOON, "camera")
    whole = told.events[-1].read.result
    assert (whole.format, whole.verdict) == (CertificateFormat.SHC, Verdict.VALID)


def test_half_a_card_does_not_outlive_its_screening(told):
    common = presented(told)
    first, second = shc.issue(SHC, WHO, PROOFS, NOON, "r-1", chunks=2)
    common.code(first, NOON, "desk-reader")
    common.forget()
    common.code(second, NOON, "desk-reader")
    assert told.events[-1].read.result.verdict is Verdict.UNDECIDED


def test_lines_that_are_no_zone_are_unreadable(told):
    common = presented(told)
    common.zone(("P<UTO",), NOON, "desk-reader")
    common.document(MrzReading(ReadState.CLEAN, MrzFormat.TD3, ("P<UTO",)), NOON, "camera")
    assert told.events == [DocumentUnreadable(), DocumentUnreadable()]


def test_a_read_is_presence_for_a_moment():
    assert 1 <= PRESENT_SECONDS <= 3


class Noise:
    """A reader whose reads come as the test hands them over, each at its moment."""

    device, reads_documents = "desk-reader", False

    def __init__(self):
        self.moment, self._answers, self._asked, self._count = 0.0, queue.Queue(), threading.Semaphore(0), 0

    def wait_newer(self, sequence, seconds):
        self._asked.release()
        return self._answers.get(timeout=20)

    def forget(self, through=None):
        pass

    def begin(self):
        assert self._asked.acquire(timeout=20)

    def reads(self, read, after):
        self.moment += after
        self._count += 1
        self._answers.put((ReadEvent(self._count, read, NOON),))
        self.begin()

    def end(self, sense):
        sense._stop.set()
        self._answers.put(())
        sense.stop()


@pytest.fixture
def noise(told):
    reader = Noise()
    sense = ReaderSense(reader, presented(told), lambda: reader.moment)
    sense.start()
    reader.begin()
    yield reader, sense
    reader.end(sense)


def test_a_line_full_of_noise_is_told_every_two_seconds_and_is_nobody(told, noise):
    reader, sense = noise
    for _ in range(300):
        reader.reads(FailedRead(FailReason.DAMAGED), after=0.01)
    assert told.events == [CertificateUnreadable()] * 2, "three seconds"
    assert not sense.present()
    reader.reads(FailedRead(FailReason.UNREADABLE), after=2.5)
    assert len(told.events) == 3
    assert sense.present(), "after a pause it is somebody again"


def test_what_was_read_does_not_stay_in_the_threads_frame(told, noise):
    reader, sense = noise
    reader.reads(CodeRead(b"https://example.org/private"), after=1.0)
    assert told.events == [OtherCodeSeen("url")]
    held, frame = [], sys._current_frames()[sense._thread.ident]
    while frame is not None:
        held += [value for name, value in frame.f_locals.items() if name != "self"]
        frame = frame.f_back
    assert not [value for value in held if isinstance(value, (ReadEvent, CodeRead))]
