"""The loop of a camera: an opened eye in, the newest frame and a health record out.

One thread per camera keeps the newest frame and nothing else, because a V4L2 queue hands out old pictures first. A
frame older than `stale_seconds` is not offered, nor is any of a camera that repeats one and the same picture: what it
shows may be the traveller before. Such a camera is opened again.
"""

import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from config.messages.said import Said, say
from drivers.cameras.format import Expected, RealFormat, mismatch, too_slow
from drivers.cameras.picture_folder import Look
from drivers.cameras.quality import PictureWatch, Spoiled, is_empty
from drivers.errors import DeviceSilent, DriverError
from drivers.keeper import Backoff, Keeper
from drivers.readings import CameraFrame, DeviceHealth, DeviceState

_SLOW_SECONDS = 5.0
_SPOILED: Mapping[Spoiled, str] = {
    Spoiled.BLACK: "{device} sees nothing but black; take the cover off its lens and switch the light on.",
    Spoiled.OVEREXPOSED: "{device} gets too much light; shade it or lower its exposure in the profile.",
    Spoiled.BLURRED: "{device} is less sharp than it was; wipe its lens and check its focus.",
}


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """How the loop of one camera judges it."""

    device: str = "camera"
    """Its name on screens and in records."""
    stale_seconds: float = 2.0
    """The age from which a frame is not offered any more."""
    frozen_seconds: float = 10.0
    """A living image sensor has noise; the same bytes for so long mean a hung camera."""
    expected: Expected = field(default_factory=Expected)
    port: str = ""
    """A device path whose coming ends a pause between two attempts; empty when there is none to look for."""


class Eye(Protocol):
    """One opened kind of camera."""

    @property
    def pace_seconds(self) -> float:
        """Time from one grab to the next; 0 when `grab` itself waits for the camera."""

    @property
    def is_sensor(self) -> bool:
        """Light falls on it, so no two frames are the same."""

    def grab(self) -> Look | None:
        """One look; None when nothing came for a short while.

        Raises:
            DriverError: it is gone.
        """

    def close(self) -> None:
        """Give it back."""


class Ended(DriverError):
    """A recording that is not looped has ended."""


class Camera:
    """A FrameSource that keeps itself going.

    Args:
        settings: its name and how it is judged.
        open_eye: opens the camera or raises a DriverError.
        now: the time of day, in UTC.
        monotonic: seconds that only grow; ages are judged by them.
        jitter: random numbers from 0 to 1 for the pauses between attempts.
    """

    def __init__(
        self,
        settings: LoopSettings,
        open_eye: Callable[[], Eye],
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._open_eye = open_eye
        self._now = now
        self._monotonic = monotonic
        self._keeper = Keeper(settings.device, self._session, Backoff(jitter), port=settings.port)
        self._lock = threading.Lock()
        self._frame: CameraFrame | None = None
        self._came: float | None = None
        self._changed = 0.0
        self._mark: int | None = None
        self._repeats = False
        """It has shown the same picture for too long, and no other since."""
        self._interval = 0.0
        self._slow_since: float | None = None
        self._pictures = PictureWatch()
        self._look = Look(None)
        self._wrong = ""
        self._good = self._bad = 0
        self._open = False
        self._opened = 0.0

    def __enter__(self) -> "Camera":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin; returns at once, a second call does nothing."""
        self._keeper.start()

    def stop(self) -> None:
        """End and give the camera back; a hung V4L2 read is waited for up to the keeper's limit."""
        self._keeper.stop()

    def newest(self) -> CameraFrame | None:
        """The newest frame; None when there is none that is fresh."""
        with self._lock:
            fresh = self._came is not None and self._monotonic() - self._came <= self._settings.stale_seconds
            return self._frame if fresh and not self._repeats else None

    @property
    def stopping(self) -> bool:
        """It is time to give up waiting for the camera."""
        return self._keeper.stopping

    @property
    def real_format(self) -> RealFormat | None:
        """What really comes; None until a frame came."""
        with self._lock:
            return self._real_format()

    def _real_format(self) -> RealFormat | None:
        if self._frame is None:
            return None
        height, width = self._frame.pixels.shape[:2]
        return RealFormat(width, height, 1 / self._interval if self._interval else 0.0, self._look.fourcc)

    def health(self, now: datetime) -> DeviceHealth:
        """How the camera is.

        Args:
            now: the caller's time of day; ages are measured by the monotonic clock and do not depend on it.
        """
        del now
        with self._lock:
            moment = self._monotonic()
            state, reason = self._state(moment)
            return DeviceHealth(
                device=self._settings.device,
                state=state,
                reason=reason,
                age_seconds=None if self._came is None else moment - self._came,
                frames_good=self._good,
                frames_bad=self._bad,
                reconnects=self._keeper.condition.reconnects,
                rate_hertz=1 / self._interval if self._interval else None,
            )

    def _state(self, moment: float) -> tuple[DeviceState, str]:
        device, condition = self._settings.device, self._keeper.condition
        if not self._open:
            if condition.state is DeviceState.READY:
                # Just closed; the keeper has not yet written down why.
                return DeviceState.ABSENT, say("{device} is being opened again.", device=device)
            return condition.state, condition.reason
        since = moment - max(self._opened, self._came or self._opened)
        stale = since > self._settings.stale_seconds
        if self._wrong:
            return DeviceState.FAILED if stale else DeviceState.DEGRADED, self._wrong
        if stale:
            pattern = "{device} has given no picture for {seconds} s; check its cable."
            return DeviceState.FAILED, say(pattern, device=device, seconds=f"{since:.0f}")
        if self._repeats:
            return DeviceState.FAILED, self._repeated()
        if self._frame is None or self._came is None or self._came < self._opened:
            return DeviceState.OPENING, ""
        complaint = self._complaint(moment)
        return (DeviceState.DEGRADED, complaint) if complaint else (DeviceState.READY, "")

    def _complaint(self, moment: float) -> str:
        """What is wrong although pictures come, the worst first."""
        device, real = self._settings.device, self._real_format()
        if (spoiled := self._pictures.spoiled) is not None:
            return say(_SPOILED[spoiled], device=device)
        if self._look.notice or real is None:
            return self._look.notice
        slow = self._slow_since is not None and moment - self._slow_since > _SLOW_SECONDS
        return mismatch(device, self._settings.expected, real, slow)

    def _repeated(self) -> Said:
        pattern = "{device} repeats one and the same picture; unplug it and plug it in again."
        return say(pattern, device=self._settings.device)

    def _session(self) -> None:
        """One opening of the camera, until it fails or is stopped."""
        eye = self._open_eye()
        self._keeper.opened()
        with self._lock:
            self._open, self._opened, self._wrong = True, self._monotonic(), ""
        try:
            due = self._monotonic()
            while not self._keeper.stopping:
                self._take(eye)
                if eye.pace_seconds:
                    # Late once is late once: no burst of frames to catch up.
                    due = max(due + eye.pace_seconds, self._monotonic())
                    self._keeper.pause(due - self._monotonic())
        except Ended as ended:
            with self._lock:
                self._wrong = str(ended)
            while not self._keeper.pause(1.0):
                continue
        finally:
            eye.close()
            with self._lock:
                self._open = False

    def _take(self, eye: Eye) -> None:
        look = eye.grab()
        if look is None:
            return
        if look.pixels is None:
            with self._lock:
                # A bad file is met at every look and counts once.
                self._bad += int(look.fresh)
                self._wrong = _sentence(self._settings.device, look.wrong)
            return
        look.pixels.flags.writeable = False
        at, moment = self._now(), self._monotonic()
        mark = _mark(look.pixels) if eye.is_sensor else None
        self._pictures.take(look.pixels, moment)
        with self._lock:
            self._compare(mark, moment)
            self._good += 1
            self._time(moment)
            self._look = look
            self._frame = CameraFrame(look.pixels, at, self._good)
            self._came, self._wrong = moment, ""
            real = self._real_format()
            before = self._slow_since is not None
            if real is None or not too_slow(self._settings.expected, real, before):
                self._slow_since = None
            elif not before:
                self._slow_since = moment
            hung = self._repeats and moment - max(self._changed, self._opened) > self._settings.frozen_seconds
        if hung:
            raise DeviceSilent(self._repeated())
        if not self._repeats:
            self._keeper.works()

    def _compare(self, mark: int | None, moment: float) -> None:
        """Whether the picture is another than the one before; one from before a new opening counts too."""
        if mark is None or mark != self._mark:
            self._changed, self._repeats = moment, False
        elif moment - self._changed > self._settings.frozen_seconds:
            self._repeats = True
        self._mark = mark

    def _time(self, moment: float) -> None:
        """The smoothed time between two frames; a pause in which the camera was away does not count."""
        if self._came is not None and self._came >= self._opened:
            interval = moment - self._came
            self._interval = interval if not self._interval else 0.9 * self._interval + 0.1 * interval


def _mark(pixels: NDArray[np.uint8]) -> int | None:
    """By what a picture is known again; None when it is all black or all burnt out: such ones have no noise."""
    sample = pixels[::16, ::16]
    return None if is_empty(sample) else zlib.crc32(sample.tobytes())


def _sentence(device: str, wrong: str) -> Said:
    return say("{device}: {wrong}.", device=device, wrong=wrong)
