"""The devices as the lane asks for them on every beat."""

from datetime import datetime

from drivers.readings import DeviceHealth, DeviceState, SkinTemperature
from station.devices import Devices
from station.lane.camera_sense import CameraSense
from station.lane.snapshot import Sight
from station.lane.thermal_sense import ThermalSense


class LaneSenses:
    """The newest of everything, at once (station.lane.runner.Senses).

    Args:
        devices: all of the station's.
        eyes: what reads the camera.
        warmth: what measures with the scanner.
        journal_trouble: one sentence when the journal had to be begun anew; shown beside the devices.
    """

    def __init__(
        self,
        devices: Devices,
        eyes: CameraSense,
        warmth: ThermalSense,
        journal_trouble: str = "",
    ) -> None:
        self._devices, self._eyes, self._warmth = devices, eyes, warmth
        trouble = DeviceHealth("journal", DeviceState.DEGRADED, journal_trouble)
        self._journal = (trouble,) if journal_trouble else ()

    def sight(self) -> Sight | None:
        """What the camera sees."""
        return self._eyes.sight()

    def present(self) -> bool:
        """Whether something is before the camera, or a face before the scanner."""
        return self._eyes.present() or self._warmth.present()

    def measuring(self) -> SkinTemperature | None:
        """The scanner's newest look."""
        return self._warmth.measuring()

    def devices(self, now: datetime) -> tuple[DeviceHealth, ...]:
        """How every device is, and the journal when there is something to say of it."""
        return *self._devices.health(now), *self._journal
