"""What consecutive frames of one document, and of another, make of each other."""

import numpy as np

from models.mrz_decode import decode
from models.mrz_layout import ALPHABET, TD3
from models.mrz_vote import MrzFrame, MrzVote
from models.regions import MrzFormat, MrzReading, ReadState
from models.specimens.mrz_text import compose


def zone(given_names: str, number: str, birth: str) -> tuple[str, ...]:
    return compose(
        MrzFormat.TD3,
        document_code="P",
        issuing_state="UTO",
        surname="Eriksson",
        given_names=given_names,
        number=number,
        nationality="UTO",
        birth=birth,
        sex="F",
        expiry="320415",
    )


MOTHER, DAUGHTER = zone("Anna Maria", "L898902C3", "740812"), zone("Anna Lena", "L898917C0", "990203")


def frame(lines: tuple[str, ...], share: float = 0.99) -> MrzFrame:
    """What the reader says of a frame in which every character is `share` sure."""
    tables = []
    for line in lines:
        rows = np.full((len(line), len(ALPHABET)), (1 - share) / (len(ALPHABET) - 1))
        rows[np.arange(len(line)), [ALPHABET.index(character) for character in line]] = share
        tables.append(np.log(rows).astype(np.float32))
    decoded = decode(TD3, tuple(tables))
    reading = MrzReading(decoded.state, MrzFormat.TD3, decoded.lines, lines, decoded.confidences)
    return MrzFrame(reading, tuple(tables))


def test_the_document_of_a_relative_starts_anew():
    vote = MrzVote()
    for _ in range(5):
        vote.add(frame(MOTHER))
    assert vote.settled
    fused = vote.add(frame(DAUGHTER))
    assert (fused.lines, fused.frames) == (DAUGHTER, 1)
    assert not vote.settled


def test_one_bad_frame_of_another_text_has_no_say_two_start_anew():
    vote = MrzVote()
    for _ in range(2):
        vote.add(frame(MOTHER))
    shifted = tuple("K" + line[:-1] for line in MOTHER)
    assert frame(shifted, 0.95).reading.state is ReadState.FAILED
    assert vote.add(frame(shifted, 0.95)).lines == MOTHER
    assert vote.add(frame(MOTHER)).frames == 3
    vote.add(frame(shifted, 0.95))
    assert vote.add(frame(shifted, 0.95)).state is ReadState.FAILED


def test_what_the_reader_says_shows_no_text_in_its_repr():
    text = repr(frame(MOTHER)) + repr(frame(MOTHER).reading)
    assert "ERIKSSON" not in text
    assert "L898902C3" not in text
