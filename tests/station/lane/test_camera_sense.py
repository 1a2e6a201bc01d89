"""From a reading of the zone to evidence: nothing that the reader said is lost, nothing is said twice."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from config.rules.reasons import ReasonCode
from drivers.camera import CameraSettings, open_source
from drivers.readings import CameraFrame
from models.mrz_layout import MrzFormat
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzFrame
from models.qr import CodeReader, draw_code
from models.regions import MrzReading, Note, ReadState
from models.specimens.mrz_text import compose
from station.certificates.issuing import shc
from station.certificates.issuing.content import Subject, Vaccination
from station.certificates.result import CertificateFormat, Verdict
from station.certificates.trust.bundle import bundle
from station.certificates.verify import verify
from station.documents.errors import MrzUnreadable
from station.lane.camera_sense import CameraSense, Tools, tells_more
from station.lane.events import CertificateSeen, Event, OtherCodeSeen
from station.lane.presented import Presented, document_read

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
ZONE = compose(
    MrzFormat.TD3, document_code="P", issuing_state="UTO", surname="LINDQVARN", given_names="MAJA", number="UT4821907",
    nationality="UTO", birth=date(1991, 4, 17), sex="F", expiry=date(2031, 9, 2),
)  # fmt: skip
READING = MrzReading(
    ReadState.CLEAN, MrzFormat.TD3, ZONE, ZONE, tuple((0.9,) * 44 for _ in ZONE), ("surname",), (Note.SCREEN,), frames=3
)


def test_doubts_and_notes_become_evidence():
    read = document_read(READING, "d1", NOON, "camera", NOON.date())
    assert (read.unconfirmed, read.notes) == (("surname",), (Note.SCREEN,))
    assert (read.state, read.frames, read.confidence) == (ReadState.CLEAN, 3, 0.9)
    assert read.name_unconfirmed
    assert not replace(read, unconfirmed=("sex",)).name_unconfirmed
    assert "LINDQVARN" not in repr(read)


def test_lines_that_are_no_zone_are_no_evidence():
    with pytest.raises(MrzUnreadable):
        document_read(replace(READING, lines=("P<UTO",)), "d1", NOON, "camera", NOON.date())


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({}, False),
        ({"unconfirmed": ()}, True),
        ({"unconfirmed": ("surname", "sex")}, False),
        ({"unconfirmed": ("sex",)}, False),
        ({"notes": ()}, False),
        ({"notes": (Note.SCREEN, Note.SEVERAL_DOCUMENTS)}, True),
        ({"lines": (ZONE[0].replace("MAJA", "MAJO"), ZONE[1])}, True),
    ],
)
def test_a_steady_document_is_told_again_only_when_there_is_more_to_say(changes, more):
    assert tells_more(replace(READING, **changes), READING) is more


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _frame(text: str, sequence: int) -> CameraFrame:
    """A code on a grey table."""
    code = draw_code(text, correction="L", module=5)
    pixels = np.full((1080, 1920, 3), 120, np.uint8)
    pixels[100 : 100 + code.shape[0], 500 : 500 + code.shape[1]] = code[..., None]
    return CameraFrame(pixels, NOON, sequence)


def _sense(events: list[Event]) -> CameraSense:
    issuer = shc.make_issuer(b"camera")
    trust = bundle([issuer.trusted.trusted()])
    presented = Presented(
        lambda text, at: verify(text, trust, at), lambda at: f"{len(events)}", NOON.date, events.append
    )
    tools = Tools(MrzReader.load(), CodeReader(second_opinion=False))
    closed = open_source("folder:none", CameraSettings())
    return CameraSense(closed, tools, presented)


def test_a_camera_that_gives_nothing_ends_what_was_begun():
    """A camera that hung and came back: the frames of the document before have no say about the next one."""
    sense = _sense([])
    spelled = tuple(np.full((44, 37), np.log(0.9), np.float32) for _ in ZONE)
    sense._vote.add(MrzFrame(READING, spelled))
    assert sense._vote.reading.lines
    sense.start()
    try:
        assert until(lambda: sense._vote.reading.state is ReadState.ABSENT)
    finally:
        sense.stop()
    assert sense.sight() is None
    assert not sense.present()


def test_the_codes_of_one_card_are_shown_one_after_another():
    who = Subject("LINDQVARN", "MAJA", date(1991, 4, 17))
    proofs = (Vaccination(date(2026, 9, 1), dose=2, doses=2),)
    codes = shc.issue(shc.make_issuer(b"camera"), who, proofs, NOON, "r-1", chunks=2)
    events: list[Event] = []
    sense = _sense(events)
    for sequence, text in enumerate([codes[1], "https://example.org", codes[1], codes[0], codes[0]]):
        sense.look(_frame(text, sequence))
    part, other, whole = events
    assert isinstance(part, CertificateSeen)
    assert part.read.result.reason is ReasonCode.CERTIFICATE_PART
    assert other == OtherCodeSeen("url")
    assert isinstance(whole, CertificateSeen)
    assert whole.read.result.verdict is Verdict.VALID
    assert whole.read.result.format is CertificateFormat.SHC
