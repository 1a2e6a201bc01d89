"""Captures played back: a ByteLink that gives a driver what its device once said, when it said it or faster.

The order of question and answer is kept: what the device said after a question comes after the driver has sent those
bytes, or after a few empty reads when the driver of today does not ask that any more. Time is the capture's own, see
`monotonic`, so that a replay at any speed gives a driver the same ages, pauses and warm-up; at speed 0 it goes by what
is read alone and each run is like the other.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

from config.messages.said import say
from drivers.errors import DeviceAbsent, DeviceGone
from drivers.links.capture import Capture, Direction, read_capture

SCHEME = "replay:"
READ_SECONDS = 0.05
"""How long a read waits for something, in the capture's time."""
_PATIENT_READS = 40
"""Empty reads before a driver that does not ask what was asked then gets the answer all the same."""
_STEP_SECONDS = 5.0
_EARLY = 8


class ReplayLink:
    """A ByteLink over a capture, with a clock of its own.

    Args:
        capture: what is played.
        speed: how many times as fast as it was; 0: as fast as it is read.
        held: stays open at its end, and at speed 0 gives a piece only when `step` lets it: for an owner who looks at
            the driver between two pieces.
        name: what it is called in errors.
        clock: seconds that only grow; of this computer.
        sleep: waits so many of them.
    """

    def __init__(
        self,
        capture: Capture,
        speed: float = 1.0,
        *,
        held: bool = False,
        name: str = "a capture",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._header, self._records = capture.header, capture.records
        said = [at for at, record in enumerate(capture.records) if record.direction is Direction.IN]
        self._end = said[-1] + 1 if said else 0
        self._speed = speed
        self._held = held
        self._name = name
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition(threading.RLock())
        self._next = 0
        self._owed: list[bytes] = []
        """What the driver has yet to send before the next piece comes."""
        self._early: deque[bytes] = deque(maxlen=_EARLY)
        """What it has sent before the capture got there."""
        self._empty_reads = 0
        self._now = 0.0
        self._real = clock()
        self._allowed = 0
        self._waiting = self._closed = False

    @property
    def name(self) -> str:
        """The URL that it was opened by."""
        return self._name

    @property
    def over(self) -> bool:
        """Whether everything that the device said has been given out."""
        return self._next >= self._end

    def monotonic(self) -> float:
        """Seconds of the capture, from 0 at its start; they only grow."""
        with self._changed:
            return (self._clock() - self._real) * self._speed if self._speed else self._now

    def time_of_day(self) -> datetime:
        """The same as a time of day, in UTC."""
        return self._header.started_at + timedelta(seconds=self.monotonic())

    def read_some(self) -> bytes:
        """The next piece that the device said, when its time has come; empty when it has not.

        Raises:
            DeviceGone: there is nothing more.
        """
        with self._changed:
            if self._closed or (self.over and not self._held):
                raise self._played()
            self._pass_questions()
            if self._held and (self.over or not (self._speed or self._owed)) and not self._permitted():
                return b""
            data = b"" if self._owed else self._due()
            self._empty_reads = 0 if data else self._empty_reads + 1
            if self._empty_reads >= _PATIENT_READS:
                self._owed.clear()
            if not data and not self._speed:
                self._now += READ_SECONDS
        if not data and self._speed:
            self._sleep(READ_SECONDS / self._speed)
        return data

    def write(self, data: bytes) -> None:
        """What the driver sends.

        Raises:
            DeviceGone: it has been closed.
        """
        with self._changed:
            if self._closed:
                raise self._played()
            self._pass_questions()
            if data in self._owed:
                self._owed.remove(data)
            else:
                self._early.append(data)

    def close(self) -> None:
        """End it; may be called twice, never raises."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def step(self) -> bool:
        """Let one more piece out and wait until the driver has dealt with it; False when that was the last one."""
        with self._changed:
            self._allowed += not self.over
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or (self._waiting and not self._allowed), _STEP_SECONDS)
            return not self._closed and not self.over

    def _played(self) -> DeviceGone:
        return DeviceGone(say("{port} has been played to its end.", port=self._name))

    def _permitted(self) -> bool:
        """Waiting for the owner is not counted as the capture's time."""
        if not self._allowed:
            self._waiting = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: bool(self._allowed) or self._closed, READ_SECONDS)
        if not self._allowed or self._closed or self.over:
            return False
        self._allowed, self._waiting = self._allowed - 1, False
        return True

    def _pass_questions(self) -> None:
        """What was sent then is what the driver owes now, unless it has sent it already."""
        while self._next < self._end and self._records[self._next].direction is Direction.OUT:
            data = self._records[self._next].data
            self._next += 1
            if data in self._early:
                self._early.remove(data)
            else:
                self._owed.append(data)

    def _due(self) -> bytes:
        record = self._records[self._next]
        at = record.at_ns / 1e9
        if not self._speed:
            self._now = max(self._now, at)
        elif self.monotonic() < at:
            return b""
        self._next += 1
        return record.data


def open_replay(url: str) -> ReplayLink:
    """A capture as a port: played once for each opening.

    Args:
        url: `replay:FILE` or `replay:FILE?speed=X`.

    Raises:
        DeviceAbsent: the URL is none.
        CaptureUnreadable: the file cannot be read, or is no capture.
    """
    path, _, options = url.removeprefix(SCHEME).partition("?")
    given = parse_qs(options, keep_blank_values=True)
    try:
        speed = float(given.pop("speed", ["1"])[-1])
    except ValueError:
        speed = -1.0
    if given or not 0 <= speed < 1e6:
        raise DeviceAbsent(say("{port} is no replay; write replay:FILE or replay:FILE?speed=2.", port=url))
    return ReplayLink(read_capture(Path(path)), speed, name=url)
