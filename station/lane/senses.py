"""The devices as the lane asks for them on every beat."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from drivers.readings import DeviceHealth, DeviceKind, DeviceState, SkinTemperature
from station.devices import Devices
from station.lane.camera_sense import CameraSense
from station.lane.presented import Presented
from station.lane.reader_sense import ReaderSense
from station.lane.snapshot import Sight
from station.lane.thermal_sense import ThermalSense


class _Sense(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...

    def present(self) -> bool: ...


class LaneSenses:
    """The newest of everything, at once (station.lane.runner.Senses); started and stopped together.

    Args:
        devices: all of the station's.
        eyes: what reads the camera.
        warmth: what measures with the scanner.
        presented: takes what camera and readers read.
        journal_trouble: one sentence when the journal had to be begun anew; shown beside the devices.
    """

    def __init__(
        self,
        devices: Devices,
        eyes: CameraSense,
        warmth: ThermalSense,
        presented: Presented,
        journal_trouble: str = "",
    ) -> None:
        self._devices, self._eyes, self._warmth, self._presented = devices, eyes, warmth, presented
        self._all: tuple[_Sense, ...] = (eyes, warmth, *(ReaderSense(reader, presented) for reader in devices.readers))
        trouble = DeviceHealth("journal", DeviceState.DEGRADED, journal_trouble, kind=DeviceKind.JOURNAL)
        self._journal = (trouble,) if journal_trouble else ()

    def start(self) -> None:
        """Begin to look and listen."""
        for sense in self._all:
            sense.start()

    def stop(self) -> None:
        """End; the devices themselves go on."""
        for sense in self._all:
            sense.stop()

    def forget(self) -> None:
        """Nothing of a traveller whose screening has ended is kept."""
        self._presented.forget()

    def sight(self) -> Sight | None:
        """What the camera sees."""
        return self._eyes.sight()

    def present(self) -> bool:
        """Whether something is before the camera, a face before the scanner, or was just shown to a reader."""
        return any(sense.present() for sense in self._all)

    def measuring(self) -> SkinTemperature | None:
        """The scanner's newest look."""
        return self._warmth.measuring()

    def devices(self, now: datetime) -> tuple[DeviceHealth, ...]:
        """How every device is, and the journal when there is something to say of it."""
        scanner = self._warmth.health(now)  # it also knows whether what the scanner says may be used
        devices = self._devices.health(now)
        found = (replace(scanner, kind=each.kind) if each.device == scanner.device else each for each in devices)
        return *found, *self._journal
