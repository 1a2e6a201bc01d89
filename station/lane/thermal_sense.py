"""From thermal frames to events: a whole measurement of a person, and whether anybody is there."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from drivers.readings import DeviceHealth, DeviceState, SkinTemperature, TemperatureState
from drivers.thermal.scanner import ThermalScanner
from drivers.thermal.thermometer import Thermometer
from station.faults import log_fault
from station.lane.events import Event, TemperatureSeen

_log = logging.getLogger(__name__)

_WHOLE = (
    TemperatureState.READY,
    TemperatureState.COVERED,
    TemperatureState.UNCALIBRATED,
    TemperatureState.DRIFT,
    TemperatureState.OUT_OF_CONDITIONS,
)
"""A steady value. All but READY say why it must not be used: the record shows that somebody was measured, and why that
does not count."""


class ThermalSense:
    """The thermal scanner's thread: measures on every new frame, reports at most every `every_seconds`."""

    def __init__(
        self,
        scanner: ThermalScanner,
        thermometer: Thermometer,
        emit: Callable[[Event], None],
        now: Callable[[], datetime],
        *,
        every_seconds: float = 0.5,
    ) -> None:
        self._scanner, self._thermometer = scanner, thermometer
        self._emit, self._now, self._every = emit, now, every_seconds
        self._newest: SkinTemperature | None = None
        self._reported_at = -1e9
        self._seen_at = -1e9
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
        """Whether a scanner that works saw somebody within the last half second."""
        return time.monotonic() - self._seen_at < 0.5

    def health(self, now: datetime) -> DeviceHealth:
        """How the scanner is; one whose readings must not be used is degraded, however well its bytes come."""
        health, complaint = self._scanner.health(now), self._thermometer.complaint
        if health.state is not DeviceState.READY or not complaint:
            return health
        return replace(health, state=DeviceState.DEGRADED, reason=complaint)

    def _run(self) -> None:
        sequence = 0
        while not self._stop.is_set():
            fresh = self._scanner.wait_newer(sequence, 0.5)
            if fresh:
                sequence = fresh[-1].sequence
            try:
                self._look(bool(fresh))
            except Exception as error:
                # One frame that we handle wrongly must not stop the measuring.
                log_fault(_log, "a thermal frame could not be measured", error)

    def _look(self, fresh: bool) -> None:
        now = self._now()
        state = self._scanner.health(now).state
        reading = believed(self._thermometer.look(now, warming=state is DeviceState.WARMING), state)
        self._newest = reading
        moment = time.monotonic()
        # A stuck picture of a face would keep somebody there for ever.
        if reading.raw_celsius is not None:
            self._seen_at = moment
        # Without a new frame it is the measurement of before, and may be of somebody else.
        if fresh and reading.state in _WHOLE and moment - self._reported_at >= self._every:
            self._reported_at = moment
            self._emit(TemperatureSeen(reading))


def believed(reading: SkinTemperature, state: DeviceState) -> SkinTemperature:
    """A look as it may be shown and used: a scanner that is not READY shows a picture, but no value comes of it.

    Args:
        reading: what its newest frames give.
        state: how the scanner itself is.
    """
    if state in (DeviceState.READY, DeviceState.WARMING):
        return reading
    found = TemperatureState.FAULT if state is DeviceState.DEGRADED else TemperatureState.STALE
    return replace(
        reading, state=found, max_celsius=None, raw_celsius=None, spread_celsius=None, spot=None, why_not=None, frames=0
    )
