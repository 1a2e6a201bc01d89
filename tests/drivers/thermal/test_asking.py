"""The link that asks: rounds, late answers, answers of the wrong length, a device that goes away."""

import pytest

from drivers.errors import DeviceGone
from drivers.thermal.asking import PATIENT_READS, REST_READS, AskingLink


class Script:
    """A cable whose reads are written down beforehand; when they run out it is silent."""

    name = "script"

    def __init__(self, *reads: bytes) -> None:
        self.reads = list(reads)
        self.sent: list[bytes] = []
        self.closed = False

    def read_some(self) -> bytes:
        data = self.reads.pop(0) if self.reads else b""
        if data == b"unplug":
            raise DeviceGone("gone")
        return data

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.closed = True


REST = [b""] * REST_READS


def asking(script: Script) -> AskingLink:
    return AskingLink(
        script, (b"A", b"B"), lambda _: 2, lambda question, answer: b"<" + question + b":" + answer + b">"
    )


def test_each_question_gets_its_answer() -> None:
    script = Script(*REST, b"11", b"2", b"2", *REST, b"33")
    link = asking(script)
    assert [link.read_some() for _ in range(3)] == [b"<A:11>", b"<B:22>", b"<A:33>"]
    assert script.sent == [b"A", b"B", b"A"]
    assert link.name == "script"


def test_an_answer_that_comes_too_late_is_nobodys() -> None:
    script = Script(*REST, *[b""] * PATIENT_READS, b"11", b"", b"33")
    link = asking(script)
    assert link.read_some() == b""
    assert link.read_some() == b"<:11><A:33>"
    assert script.sent == [b"A", b"A"]


@pytest.mark.parametrize("answer", [b"1", b"123"])
def test_after_a_wrong_length_the_round_begins_again(answer: bytes) -> None:
    script = Script(*REST, answer, *[b""] * (PATIENT_READS - 1 if len(answer) < 2 else 0))
    link = asking(script)
    assert link.read_some() == b"<A:" + answer + b">"
    link.read_some()
    assert script.sent == [b"A", b"A"]


def test_a_question_out_of_turn_is_answered_with_the_next_read() -> None:
    script = Script(*REST, b"99", *REST, b"11")
    link = asking(script)
    link.write(b"Q")
    assert link.read_some() == b"<Q:99><A:11>"


def test_noise_without_end_is_bounded() -> None:
    link = asking(Script(b"x" * 100_000, b"y" * 100_000))
    assert len(link.read_some()) < 5_000


def test_an_unplug_goes_up() -> None:
    script = Script(*REST, b"unplug")
    link = asking(script)
    with pytest.raises(DeviceGone):
        link.read_some()
    link.close()
    assert script.closed
