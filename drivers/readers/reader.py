"""The reading loop of a code or passport reader: a link and a codec in, whole reads and a health record out."""

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from config.messages.said import say
from drivers.ports import ByteLink, OpenLink
from drivers.readers.reads import Conversation, FailedRead, FailReason, Heard, Read, ReaderCodec
from drivers.readers.repeats import REPEAT_SECONDS, Repeats
from drivers.readings import DeviceState
from drivers.supervisor import State, Supervisor

_KEPT_READS = 64
_OUTCOMES = 8
"""Over how many reads, good and failed, the share of failed ones is judged."""
_SETTLED_SECONDS = 1.0
"""A port that has been open for so long without an error works, although nobody has shown anything yet."""

_WHY = {
    FailReason.UNFINISHED: "{device} sends codes without line ending; set its suffix to CR by the codes in its manual.",
    FailReason.DAMAGED: "{device} sends what cannot be read; check its baud rate in the profile and its cable.",
    FailReason.UNREADABLE: "{device} could not read what it was shown; clean its window and present documents flat.",
    FailReason.TOO_LONG: "{device} sends more than any code can hold; check its baud rate and its line ending.",
}


@dataclass(frozen=True, slots=True)
class SerialReaderSettings:
    """How one reader is driven; the link is opened by whoever puts the program together."""

    device: str
    """Its name on screens and in records."""
    unfinished_seconds: float = 2.0
    """A text whose end has not come after so much quiet has failed. It never ends a text."""
    forget_seconds: float = 10.0
    """After so much quiet, what comes is no longer taken for the tail of a text that failed."""
    repeat_seconds: float = REPEAT_SECONDS


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """One thing that was presented."""

    sequence: int
    read: Read
    at: datetime
    """When its last byte came."""


@dataclass(slots=True)
class _Stream:
    """What is true since the link was opened; monotonic seconds."""

    opened: float
    conversation: Conversation
    heard_at: float
    began: float
    """When the first byte of what is not complete yet came."""
    remainder: bytes = field(default=b"", repr=False)
    lost: bool = False
    unjudged: bool = False
    """Bytes have come since the last time that the line was found quiet."""


class SerialReader(Supervisor):
    """A reader that keeps itself going.

    Args:
        settings: name, limits.
        codec: the bytes of its protocol.
        open_link: opens its cable.
        now: the time of day, in UTC.
        monotonic: seconds that only grow.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
        port: a device path whose coming ends a pause early; empty when there is none.
    """

    def __init__(
        self,
        settings: SerialReaderSettings,
        codec: ReaderCodec,
        open_link: OpenLink,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
        pause: Callable[[float], bool] | None = None,
        port: str = "",
    ) -> None:
        super().__init__(settings.device, open_link, monotonic=monotonic, jitter=jitter, pause=pause, port=port)
        self._settings = settings
        self._codec = codec
        self._now = now
        self._events: deque[ReadEvent] = deque(maxlen=_KEPT_READS)
        self._outcomes: deque[FailReason | None] = deque(maxlen=_OUTCOMES)
        self._repeats = Repeats(settings.repeat_seconds)
        self._stream: _Stream | None = None
        self._sequence = 0

    @property
    def reads_documents(self) -> bool:
        """True for passport readers, false for code readers."""
        return self._codec.profile.reads_documents

    def wait_newer(self, sequence: int, seconds: float) -> tuple[ReadEvent, ...]:
        """Every kept read after that sequence number; waits for one up to `seconds`, empty when none came."""
        with self._fresh:
            self._fresh.wait_for(lambda: bool(self._events) and self._events[-1].sequence > sequence, seconds)
            return tuple(event for event in self._events if event.sequence > sequence)

    def forget(self, through: int | None = None) -> None:
        """Drop the kept reads up to that sequence, or all: a traveller's data must not outlive its use in memory."""
        with self._fresh:
            while self._events and (through is None or self._events[0].sequence <= through):
                self._events.popleft()

    def _opened(self, moment: float) -> None:
        self._outcomes.clear()
        self._stream = _Stream(moment, self._codec.conversation(), moment, moment)

    def _closed(self) -> None:
        self._stream = None

    def _state(self, moment: float) -> State:
        del moment
        stream = self._stream
        assert stream is not None
        conversation = stream.conversation
        if conversation.trouble:
            state = DeviceState.DEGRADED if conversation.ready else DeviceState.FAILED
            return state, say("{device} {trouble}", device=self._device, trouble=conversation.trouble)
        if not conversation.ready:
            return DeviceState.IDENTIFYING, ""
        failed = Counter(reason for reason in self._outcomes if reason is not None)
        if failed and failed.total() >= _OUTCOMES / 2:
            return DeviceState.DEGRADED, say(_WHY[failed.most_common(1)[0][0]], device=self._device)
        return DeviceState.READY, ""

    def _serve(self, link: ByteLink) -> None:
        stream = self._stream
        assert stream is not None
        while not self._keeper.stopping:
            self._serve_once(link, stream)

    def _serve_once(self, link: ByteLink, stream: _Stream) -> None:
        data = link.read_some()
        moment = self._monotonic()
        heard = None
        if data:
            if not stream.remainder:
                stream.began = moment
            stream.heard_at, stream.unjudged = moment, True
            heard = self._codec.feed(stream.remainder + data, stream.lost)
        elif moment - stream.heard_at >= self._settings.unfinished_seconds and (
            stream.remainder or (stream.lost and stream.unjudged)
        ):
            heard = self._codec.finish(stream.remainder, stream.lost)
            stream.unjudged = False
        elif stream.lost and moment - stream.heard_at >= self._settings.forget_seconds:
            stream.lost = False
        with self._fresh:
            if heard is not None:
                self._take(heard, stream, moment)
            commands = stream.conversation.step(moment, heard)
        for command in commands:
            link.write(command)
        if (heard is not None and heard.reads) or moment - stream.opened >= _SETTLED_SECONDS:
            self._keeper.works()

    def _take(self, heard: Heard, stream: _Stream, moment: float) -> None:
        stream.remainder, stream.lost = heard.remainder, heard.lost
        self._tally.bad += heard.frames_bad
        self._tally.resyncs += heard.resyncs
        for read in heard.reads:
            if not self._repeats.fresh(read, stream.began, moment):
                continue
            self._outcomes.append(read.reason if isinstance(read, FailedRead) else None)
            if not isinstance(read, FailedRead):
                self._tally.good_at(moment)
            self._sequence += 1
            self._events.append(ReadEvent(self._sequence, read, self._now()))
        if heard.reads:
            # What is left in the buffer began with this piece at the earliest.
            stream.began = moment
            self._fresh.notify_all()
