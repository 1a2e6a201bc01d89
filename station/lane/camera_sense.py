"""From camera frames to events: what is before the document camera, read and verified.

One thread pulls the newest frame, asks whether anything is there at all, and only then reads codes and the
machine-readable zone. Several frames of one document are fused before the lane hears of it.
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from drivers.camera import FrameSource
from drivers.readings import CameraFrame
from models.mrz_reader import MrzReader
from models.mrz_vote import MrzVote
from models.qr import CodeReader
from models.quality import presence
from models.regions import MrzReading, ReadState
from station.faults import log_fault
from station.lane.presented import REPEAT_SECONDS, Presented
from station.lane.snapshot import Sight

_log = logging.getLogger(__name__)

_GOOD = (ReadState.CLEAN, ReadState.CORRECTED)


@dataclass(frozen=True, slots=True)
class Reading:
    """How patiently frames are read."""

    device: str = "camera"
    least_frames: int = 2
    """Frames that must agree before a document is believed."""
    most_frames: int = 5
    """Frames after which a good reading is believed at the latest."""
    unreadable_seconds: float = 2.0
    """What is in view and stays unreadable for so long is said to be."""
    repeat_seconds: float = REPEAT_SECONDS
    """The same document is reported again only after it was out of view for so long."""
    rest_seconds: float = 0.03
    """Pause when there is no new frame."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What reads pictures; plain objects made at the composition root."""

    reader: MrzReader
    codes: CodeReader


class CameraSense:
    """The camera's thread."""

    def __init__(
        self, source: FrameSource, tools: Tools, presented: Presented, settings: Reading | None = None
    ) -> None:
        self._source, self._tools, self._presented = source, tools, presented
        self._settings = settings or Reading()
        self._sketch: NDArray[np.uint8] | None = None
        self._vote = MrzVote()
        self._sight: Sight | None = None
        self._present_at = -1e9
        self._unreadable_since: float | None = None
        self._reported = MrzReading(ReadState.ABSENT)
        self._document_at = -1e9
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera reading", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the frame at hand."""
        self._stop.set()
        self._thread.join(5)

    def sight(self) -> Sight | None:
        """What the camera sees; None while nothing is there."""
        return self._sight

    def present(self) -> bool:
        """Whether something was before the camera within the last half second."""
        return time.monotonic() - self._present_at < 0.5

    def _run(self) -> None:
        last = -1
        while not self._stop.is_set():
            frame = self._source.newest()
            if frame is None or frame.sequence == last:
                if frame is None:
                    self._forget()
                self._stop.wait(self._settings.rest_seconds)
                continue
            last = frame.sequence
            try:
                self.look(frame)
            except Exception as error:
                # One frame that we handle wrongly must not blind the lane.
                log_fault(_log, "a frame could not be read", error)

    def look(self, frame: CameraFrame) -> None:
        """Take one frame up."""
        opinion = presence(self._sketch, frame.pixels)
        self._sketch = opinion.sketch
        if not opinion.present:
            self._forget()
            return
        moment = time.monotonic()
        self._present_at = moment
        codes = self._tools.codes.read(frame.pixels)
        reading = MrzReading(ReadState.ABSENT) if codes else self._read_zone(frame, moment)
        if codes:
            self._unreadable_since = None
        height, width = frame.pixels.shape[:2]
        self._sight = Sight(
            width, height, reading.quad, codes[0].quad if codes else None, None if codes else reading.guidance
        )
        for code in codes:
            self._presented.code(code.text, frame.captured_at, self._settings.device)

    def _forget(self) -> None:
        """Nothing is there: the next document starts afresh."""
        self._vote.reset()
        self._sight = None
        self._unreadable_since = None
        self._presented.tidy()

    def _read_zone(self, frame: CameraFrame, moment: float) -> MrzReading:
        seen = self._tools.reader.look(frame.pixels)
        absent = seen.reading.state is ReadState.ABSENT
        reading = seen.reading if absent else self._vote.add(seen)
        settings = self._settings
        if reading.state in _GOOD:
            self._unreadable_since = None
            enough = self._vote.settled and reading.frames >= settings.least_frames
            if enough or reading.frames >= settings.most_frames:
                self._take_document(reading, frame.captured_at, moment)
        elif self._unreadable_since is None:
            self._unreadable_since = moment
        elif moment - self._unreadable_since >= settings.unreadable_seconds:
            self._unreadable_since = moment
            self._presented.unreadable(document=True)
        return reading

    def _take_document(self, reading: MrzReading, at: datetime, moment: float) -> None:
        again = not tells_more(reading, self._reported) and moment - self._document_at < self._settings.repeat_seconds
        self._document_at = moment
        if again:
            return
        self._reported = reading
        self._presented.document(reading, at, self._settings.device)


def tells_more(reading: MrzReading, before: MrzReading) -> bool:
    """Whether a reading says something that the one before did not: another text, fewer doubts, a further note."""
    if reading.lines != before.lines:
        return True
    surer = set(reading.unconfirmed) < set(before.unconfirmed)
    return surer or not set(reading.notes) <= set(before.notes)
