"""The reading loop of a thermal scanner: a link and a codec in, the newest frames and a health record out.

One thread reads; everybody else takes what is newest. Nothing older than `stale_seconds` is handed out, because a
frozen picture on a screen looks like a working scanner.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from config.messages.said import say
from drivers.errors import DeviceSilent
from drivers.ports import ByteLink, Fact, OpenLink, ThermalCodec, Trouble
from drivers.readings import DeviceState, ThermalFrame
from drivers.supervisor import State, Supervisor
from drivers.thermal.quality import Evidence, complaint

_KEPT_FRAMES = 64
_OUTCOMES = 32
"""Over how many frames, good and bad, the share of bad ones is judged."""
_POINT_PATIENCE = 20
"""A living point sensor with steps of 0.1 degrees may repeat its one number so many times longer than a picture."""
_CHECK_POWER = say("check its cable and its power.")


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """How one scanner is driven; the link is opened by whoever puts the program together."""

    device: str
    """Its name on screens and in records."""
    rate_hertz: float | None = None
    """None leaves the module as it is."""
    emissivity: float | None = None
    """None leaves the module as it is."""
    warm_up_seconds: float | None = None
    """From the first good frame after opening; None takes the protocol's own."""
    stale_seconds: float = 2.0
    silent_seconds: float = 10.0
    """Without a good frame for so long the link is closed and opened again."""
    stuck_seconds: float = 30.0
    """The same picture for so long means a stuck sensor: a living one has noise."""
    frames_to_trust: int = 3
    """Good frames after opening before the scanner counts as present at all."""
    bad_share: float = 0.5
    jump_celsius: float = 5.0
    """Its own temperature changes slowly; a larger step between two pictures is a fault."""
    offset_celsius: float = 0.0
    """What the device is known to add by a setting of its own; any other offset that it tells of is a fault."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One frame with what was known when it came."""

    sequence: int
    frame: ThermalFrame
    at: datetime
    state: DeviceState
    frames_good: int
    frames_bad: int
    resyncs: int


@dataclass(slots=True)
class _Stream:
    """What is true since the link was opened; monotonic seconds."""

    opened: float
    first: float = 0.0
    """Of the good frames; means nothing before there is one."""
    last: float | None = None
    changed: float = 0.0
    good: int = 0
    emissivity: float | None = None
    facts: dict[Fact, str] = field(default_factory=dict)
    trouble: Trouble | None = None
    """The last one told since the last good frame."""


class ThermalScanner(Supervisor):
    """A thermal scanner that keeps itself going.

    Args:
        settings: name, rate, limits.
        codec: the bytes of its protocol.
        open_link: opens its cable.
        now: the time of day, in UTC.
        monotonic: seconds that only grow; ages and warm-up are judged by them, not by the clock.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
        pause: waits between attempts, true to stop; None waits on the stop signal.
        port: a device path whose coming ends a pause early; empty when there is none.
    """

    _has_rate = True

    def __init__(
        self,
        settings: ScannerSettings,
        codec: ThermalCodec,
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
        # A slow module is not a stale one.
        self._stale = max(settings.stale_seconds, 2.5 / settings.rate_hertz if settings.rate_hertz else 0.0)
        low, high = codec.profile.emissivity_range
        self._fixed_emissivity = low if low == high else None
        warm_up = settings.warm_up_seconds
        self._warm_up = codec.profile.warm_up_seconds if warm_up is None else warm_up
        self._readings: deque[Reading] = deque(maxlen=_KEPT_FRAMES)
        self._outcomes: deque[bool] = deque(maxlen=_OUTCOMES)
        self._stream: _Stream | None = None

    @property
    def emissivity(self) -> float | None:
        """What the module says is in force; what was asked for as long as it has said nothing."""
        if self._fixed_emissivity is not None:
            return self._fixed_emissivity
        with self._fresh:
            said = self._stream.emissivity if self._stream else None
        return self._settings.emissivity if said is None else said

    @property
    def facts(self) -> dict[Fact, str]:
        """What the module has said about itself since the link was opened."""
        with self._fresh:
            return dict(self._stream.facts) if self._stream else {}

    def newest(self) -> tuple[ThermalFrame, datetime] | None:
        """The newest frame and when it came; None when there is none or it is stale."""
        recent = self.recent(1)
        return recent[-1] if recent else None

    def recent(self, count: int) -> tuple[tuple[ThermalFrame, datetime], ...]:
        """Up to `count` newest frames, oldest first; none at all when the newest is stale."""
        with self._fresh:
            if self._age(self._monotonic()) > self._stale:
                return ()
            readings = list(self._readings)[-count:] if count > 0 else []
        return tuple((reading.frame, reading.at) for reading in readings)

    def wait_newer(self, sequence: int, seconds: float) -> tuple[Reading, ...]:
        """Every kept reading after that sequence number; waits for one up to `seconds`, empty when none came."""
        with self._fresh:
            self._fresh.wait_for(lambda: bool(self._readings) and self._readings[-1].sequence > sequence, seconds)
            return tuple(reading for reading in self._readings if reading.sequence > sequence)

    def _attach(self, link: ByteLink) -> ByteLink:
        return self._codec.attach(link)

    def _opened(self, moment: float) -> None:
        self._stream = _Stream(opened=moment)
        self._outcomes.clear()

    def _closed(self) -> None:
        self._stream = None
        self._readings.clear()

    def _ambient(self) -> float | None:
        return self._readings[-1].frame.ambient_celsius if self._readings else None

    def _age(self, moment: float) -> float:
        last = self._stream.last if self._stream else None
        return float("inf") if last is None else moment - last

    def _state(self, moment: float) -> State:
        device, stream = self._device, self._stream
        assert stream is not None
        if stream.last is None:
            if moment - stream.opened <= self._stale:
                return DeviceState.IDENTIFYING, ""
            what = "{device} is plugged in but sends no good picture; {why}"
            return DeviceState.FAILED, say(what, device=device, why=self._why_nothing(stream))
        age = self._age(moment)
        if age > self._stale:
            what = "{device} has sent no good picture for {seconds} s; {why}"
            why = _CHECK_POWER if stream.trouble is None else _told(stream.trouble)
            return DeviceState.FAILED, say(what, device=device, seconds=f"{age:.0f}", why=why)
        if stream.good < self._settings.frames_to_trust:
            return DeviceState.IDENTIFYING, ""
        left = self._warm_up - (moment - stream.first)
        if left > 0:
            what = "{device} is warming up; it can measure in {seconds} s."
            return DeviceState.WARMING, say(what, device=device, seconds=f"{left:.0f}")
        reason = complaint(self._evidence(moment, stream), self._settings)
        return (DeviceState.DEGRADED, reason) if reason else (DeviceState.READY, "")

    def _why_nothing(self, stream: _Stream) -> str:
        if stream.trouble:
            return _told(stream.trouble)
        if self._outcomes or self._tally.resyncs:
            return say("what it sends cannot be read: check its baud rate and its protocol in the profile.")
        return say("check its power and that its PS pin is not tied to ground.")

    def _evidence(self, moment: float, stream: _Stream) -> Evidence:
        ambient = [reading.frame.ambient_celsius for reading in self._readings]
        point = self._codec.profile.rows * self._codec.profile.columns == 1
        return Evidence(
            unchanged_seconds=(moment - stream.changed) / (_POINT_PATIENCE if point else 1),
            bad=self._outcomes.count(False),
            judged=_OUTCOMES if len(self._outcomes) == _OUTCOMES else 0,
            jumped_celsius=max((abs(one - two) for one, two in itertools.pairwise(ambient)), default=0.0),
            emissivity=stream.emissivity if self._fixed_emissivity is None else None,
            facts=stream.facts,
        )

    def _serve(self, link: ByteLink) -> None:
        for command in self._codec.start_commands(self._settings.rate_hertz, self._settings.emissivity):
            link.write(command)
        remainder, lost = b"", False
        while not self._keeper.stopping:
            remainder, lost = self._take(remainder + link.read_some(), lost)

    def _take(self, buffer: bytes, lost: bool) -> tuple[bytes, bool]:
        decoded = self._codec.feed(buffer, lost)
        at, moment = self._now(), self._monotonic()
        with self._fresh:
            stream = self._stream
            assert stream is not None
            self._tally.bad += decoded.frames_bad
            self._tally.resyncs += decoded.resyncs
            self._outcomes.extend([False] * decoded.frames_bad)
            if decoded.emissivities:
                stream.emissivity = decoded.emissivities[-1]
            stream.facts.update(decoded.facts)
            # A frame that came after the trouble was told ends it.
            if decoded.troubles or decoded.frames:
                stream.trouble = decoded.troubles[-1] if decoded.troubles else None
            for frame in decoded.frames:
                self._keep(frame, at, moment, stream)
            if decoded.frames:
                self._keeper.works()
                self._fresh.notify_all()
            self._check_silence(moment, stream)
        return decoded.remainder, decoded.lost

    def _keep(self, frame: ThermalFrame, at: datetime, moment: float, stream: _Stream) -> None:
        previous = self._readings[-1].frame.celsius if self._readings else None
        if previous is None or not np.array_equal(previous, frame.celsius):
            stream.changed = moment
        if stream.last is None:
            stream.first = moment
        stream.last = moment
        stream.good += 1
        tally = self._tally
        tally.good_at(moment)
        self._outcomes.append(True)
        state = self._state(moment)[0]
        self._readings.append(Reading(tally.good, frame, at, state, tally.good, tally.bad, tally.resyncs))

    def _check_silence(self, moment: float, stream: _Stream) -> None:
        quiet = moment - (stream.opened if stream.last is None else stream.last)
        if quiet > self._settings.silent_seconds:
            what = "{device} has sent no good picture for {seconds} s; {why}"
            why = self._why_nothing(stream)
            raise DeviceSilent(say(what, device=self._device, seconds=f"{quiet:.0f}", why=why))


def _told(trouble: Trouble) -> str:
    return say("it says that {trouble}: correct that, or have it looked at.", trouble=trouble.value)
