"""From a reading of the zone to evidence: nothing that the reader said is lost, nothing is said twice."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from models.mrz_layout import MrzFormat
from models.regions import MrzReading, Note, ReadState
from models.specimens.mrz_text import compose
from station.documents.errors import MrzUnreadable
from station.lane.camera_sense import document_read, tells_more

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
