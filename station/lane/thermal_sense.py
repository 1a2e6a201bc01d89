"""From thermal frames to events: a whole measurement of a face, and whether anybody is there."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from drivers.readings import DeviceState, SkinTemperature, TemperatureState
from drivers.thermal.face import FaceSettings
from drivers.thermal.measurement import MeasureSettings, measure
from drivers.thermal.scanner import ThermalScanner
from station.faults import log_fault
from station.lane.events import Event, TemperatureSeen

_log = logging.getLogger(__name__)


class ThermalSense:
    """The thermal scanner's thread: measures on every new frame, reports at most every `every_seconds`."""

    def __init__(
        self,
        scanner: ThermalScanner,
        settings: MeasureSettings,
        emissivity: float,
        emit: Callable[[Event], None],
        now: Callable[[], datetime],
        *,
        every_seconds: float = 0.5,
    ) -> None:
        self._scanner, self._settings, self._emissivity = scanner, settings, emissivity
        self._emit, self._now, self._every = emit, now, every_seconds
        self._newest: SkinTemperature | None = None
        self._reported_at = -1e9
        self._face_at = -1e9
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="thermal measuring", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the frame at hand."""
        self._stop.set()
        self._thread.join(5)

    def measuring(self) -> SkinTemperature | None:
        """The newest look."""
        return self._newest

    def present(self) -> bool:
        """Whether a face was seen within the last half second."""
        return time.monotonic() - self._face_at < 0.5

    def _run(self) -> None:
        sequence = 0
        while not self._stop.is_set():
            fresh = self._scanner.wait_newer(sequence, 0.5)
            if fresh:
                sequence = fresh[-1].sequence
            try:
                self._look()
            except Exception as error:
                # One frame that we handle wrongly must not stop the measuring.
                log_fault(_log, "a thermal frame could not be measured", error)

    def _look(self) -> None:
        now = self._now()
        state = self._scanner.health(now).state
        frames = self._scanner.recent(self._settings.frames_used)
        emissivity = self._scanner.emissivity or self._emissivity
        reading = measure(
            frames,
            now,
            self._settings,
            FaceSettings(),
            device=self._scanner.device,
            emissivity=emissivity,
            warming=state is DeviceState.WARMING,
        )
        self._newest = reading
        moment = time.monotonic()
        if reading.state in (TemperatureState.READY, TemperatureState.UNSTEADY):
            self._face_at = moment
        # A scanner that is opening, degraded or stuck shows a picture, but no evidence comes of it.
        good = reading.state is TemperatureState.READY and state is DeviceState.READY
        if good and moment - self._reported_at >= self._every:
            self._reported_at = moment
            self._emit(TemperatureSeen(reading))
