"""The reading loop of a code or passport reader: a link and a codec in, whole reads and a health record out."""

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.keeper import Backoff, Keeper
from drivers.ports import ByteLink, OpenLink
from drivers.readers.reads import Conversation, FailedRead, FailReason, Heard, Read, ReaderCodec
from drivers.readers.repeats import REPEAT_SECONDS, Repeats
from drivers.readings import DeviceHealth, DeviceState

_KEPT_READS = 64
_OUTCOMES = 8
"""Over how many reads, good and failed, the share of failed ones is judged."""
_SETTLED_SECONDS = 1.0
"""A port that has been open for so long without an error works, although nobody has shown anything yet."""

_WHY = {
    FailReason.UNFINISHED: "sends codes without a line ending; set its suffix to CR by the codes in its manual.",
    FailReason.DAMAGED: "sends what cannot be read; check its baud rate in the profile and its cable.",
    FailReason.UNREADABLE: "could not read what was presented last; clean its window and present documents flat.",
    FailReason.TOO_LONG: "sends more than any code can hold; check its baud rate and its line ending.",
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
    remainder: bytes = b""
    lost: bool = False
    unjudged: bool = False
    """Bytes have come since the last time that the line was found quiet."""


class SerialReader:
    """A reader that keeps itself going.

    Args:
        settings: name, limits.
        codec: the bytes of its protocol.
        open_link: opens its cable.
        now: the time of day, in UTC.
        monotonic: seconds that only grow.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
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
    ) -> None:
        self._settings = settings
        self._codec = codec
        self._open_link = open_link
        self._now = now
        self._monotonic = monotonic
        self._keeper = Keeper(
            settings.device, self._session, Backoff(jitter or random.SystemRandom().random), pause=pause
        )
        self._fresh = threading.Condition()
        self._events: deque[ReadEvent] = deque(maxlen=_KEPT_READS)
        self._outcomes: deque[FailReason | None] = deque(maxlen=_OUTCOMES)
        self._repeats = Repeats(settings.repeat_seconds)
        self._stream: _Stream | None = None
        self._last_good: float | None = None
        self._sequence = self._good = self._bad = self._resyncs = 0

    def __enter__(self) -> "SerialReader":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def device(self) -> str:
        """Its name."""
        return self._settings.device

    def start(self) -> None:
        """Start reading; a second call does nothing."""
        self._keeper.start()

    def stop(self) -> None:
        """End the thread and close the link."""
        self._keeper.stop()

    def wait_newer(self, sequence: int, seconds: float) -> tuple[ReadEvent, ...]:
        """Every kept read after that sequence number; waits for one up to `seconds`, empty when none came."""
        with self._fresh:
            self._fresh.wait_for(lambda: bool(self._events) and self._events[-1].sequence > sequence, seconds)
            return tuple(event for event in self._events if event.sequence > sequence)

    def forget(self) -> None:
        """Drop the kept reads: a traveller's data must not outlive the screening in memory."""
        with self._fresh:
            self._events.clear()

    def health(self, now: datetime) -> DeviceHealth:
        """How the reader is; good frames are whole reads, bad ones are messages that failed.

        Args:
            now: the caller's time of day; ages are measured by the monotonic clock and do not depend on it.
        """
        del now
        with self._fresh:
            state, reason = self._state()
            return DeviceHealth(
                device=self._settings.device,
                state=state,
                reason=reason,
                age_seconds=None if self._last_good is None else self._monotonic() - self._last_good,
                frames_good=self._good,
                frames_bad=self._bad,
                resyncs=self._resyncs,
                reconnects=self._keeper.condition.reconnects,
            )

    def _state(self) -> tuple[DeviceState, str]:
        device, stream = self._settings.device, self._stream
        if stream is None:
            condition = self._keeper.condition
            if condition.state is DeviceState.READY:
                # The link has just been closed and the keeper has not yet written down why.
                return DeviceState.ABSENT, f"{device} is being opened again."
            return condition.state, condition.reason
        trouble = stream.conversation.trouble
        if trouble:
            state = DeviceState.DEGRADED if stream.conversation.ready else DeviceState.FAILED
            return state, f"{device} {trouble}"
        if not stream.conversation.ready:
            return DeviceState.OPENING, ""
        failed = Counter(reason for reason in self._outcomes if reason is not None)
        if failed and failed.total() >= _OUTCOMES / 2:
            return DeviceState.DEGRADED, f"{device} {_WHY[failed.most_common(1)[0][0]]}"
        return DeviceState.READY, ""

    def _session(self) -> None:
        """One opening of the link, until it fails or the reader is stopped."""
        link = self._open_link()
        try:
            self._keeper.opened()
            moment = self._monotonic()
            with self._fresh:
                self._outcomes.clear()
                stream = _Stream(moment, self._codec.conversation(), moment, moment)
                self._stream = stream
            while not self._keeper.stopping:
                self._serve(link, stream)
        finally:
            link.close()
            with self._fresh:
                self._stream = None

    def _serve(self, link: ByteLink, stream: _Stream) -> None:
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
        self._bad += heard.frames_bad
        self._resyncs += heard.resyncs
        for read in heard.reads:
            if not self._repeats.fresh(read, stream.began, moment):
                continue
            failed = isinstance(read, FailedRead)
            self._outcomes.append(read.reason if isinstance(read, FailedRead) else None)
            if not failed:
                self._good, self._last_good = self._good + 1, moment
            self._sequence += 1
            self._events.append(
                ReadEvent(
                    self._sequence,
                    read,
                    self._now(),
                )
            )
        if heard.reads:
            # What is left in the buffer began with this piece at the earliest.
            stream.began = moment
            self._fresh.notify_all()
