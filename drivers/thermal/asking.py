"""A link to a device that only speaks when it is asked: one question, one answer, in turn.

Before each round the link is listened to for a moment, so that an answer that came too late is not taken for the
answer to the next question. Time is counted in reads, each of which the link below ends by itself (`read_some`).
"""

from collections.abc import Callable

from drivers.ports import ByteLink

REST_READS = 2
"""Reads before each round; they set the pace too."""
PATIENT_READS = 5
"""Reads without the whole answer before a question is given up."""
_STRAY_LIMIT = 4096


class AskingLink:
    """A ByteLink that asks a round of questions over and over and hands up the answers.

    Args:
        link: the cable.
        round_: the questions of one round; after an answer that is not whole the round begins again.
        answer_bytes: how long the answer to a question is.
        mark: what is handed up for a question and its answer. Protocols whose answers say nothing about the question
            put it in front here; an empty question stands for bytes that nobody asked for.
    """

    def __init__(
        self,
        link: ByteLink,
        round_: tuple[bytes, ...],
        answer_bytes: Callable[[bytes], int],
        mark: Callable[[bytes, bytes], bytes],
    ) -> None:
        self._link = link
        self._round = round_
        self._answer_bytes = answer_bytes
        self._mark = mark
        self._turn = 0
        self._kept = b""

    @property
    def name(self) -> str:
        """The path or URL that the cable was opened by."""
        return self._link.name

    def write(self, data: bytes) -> None:
        """Ask `data` once, out of turn; its answer comes with the next read.

        Raises:
            DeviceGone: the cable or the power went away.
        """
        self._kept += self._listen() + self._ask(data)[0]

    def read_some(self) -> bytes:
        """The next question's answer, and whatever came unasked before it; empty when the device is silent.

        Raises:
            DeviceGone: the cable or the power went away.
        """
        kept, self._kept = self._kept, b""
        if self._turn == 0:
            kept += self._listen()
        answer, whole = self._ask(self._round[self._turn])
        self._turn = (self._turn + 1) % len(self._round) if whole else 0
        return kept + answer

    def close(self) -> None:
        """Give the device back; may be called twice, never raises."""
        self._link.close()

    def _listen(self) -> bytes:
        stray = b"".join(self._link.read_some() for _ in range(REST_READS))
        return self._mark(b"", stray[:_STRAY_LIMIT]) if stray else b""

    def _ask(self, question: bytes) -> tuple[bytes, bool]:
        wanted, answer = self._answer_bytes(question), b""
        self._link.write(question)
        for _ in range(PATIENT_READS):
            answer += self._link.read_some()
            if len(answer) >= wanted:
                break
        return (self._mark(question, answer) if answer else b""), len(answer) == wanted
