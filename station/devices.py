"""The devices of one station: opened from the settings, started, stopped and examined together.

Each keeps itself going on a thread of its own; one that is not there is reported, never an error.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from config.settings import CameraSettings, PrinterSettings, ReaderSettings, RelaySettings, Settings, ThermalSettings
from drivers import camera, registry
from drivers.actuators.registry import actuator_profile
from drivers.actuators.relay_board import RelayBoard
from drivers.actuators.relay_board import RelaySettings as BoardSettings
from drivers.actuators.slip_printer import PrinterSettings as SlipSettings
from drivers.actuators.slip_printer import SlipPrinter
from drivers.camera import FrameSource
from drivers.cameras.controls import Control
from drivers.links.opening import open_link
from drivers.ports import OpenLink, Supervised
from drivers.readers.reader import SerialReader, SerialReaderSettings
from drivers.readers.registry import reader_codec
from drivers.readings import DeviceHealth, DeviceKind
from drivers.thermal.scanner import ScannerSettings, ThermalScanner


@dataclass(frozen=True, slots=True)
class Devices:
    """Every device of a station."""

    camera: FrameSource
    scanner: ThermalScanner
    readers: tuple[SerialReader, ...] = ()
    relays: RelayBoard | None = None
    printer: SlipPrinter | None = None

    @property
    def all(self) -> tuple[Supervised, ...]:
        """In the order in which screens name them."""
        further = (each for each in (self.relays, self.printer) if each is not None)
        return (self.camera, self.scanner, *self.readers, *further)

    def start(self) -> None:
        """Begin with all of them; returns at once."""
        for device in self.all:
            device.start()

    def stop(self) -> None:
        """Give all of them back."""
        for device in self.all:
            device.stop()

    def health(self, now: datetime) -> tuple[DeviceHealth, ...]:
        """How each of them is, and what it is for."""
        return tuple(replace(device.health(now), kind=self._kind(device)) for device in self.all)

    def _kind(self, device: Supervised) -> DeviceKind:
        fixed = {id(self.camera): DeviceKind.CAMERA, id(self.scanner): DeviceKind.THERMAL}
        fixed |= {id(self.relays): DeviceKind.RELAYS, id(self.printer): DeviceKind.PRINTER}
        if (kind := fixed.get(id(device))) is not None:
            return kind
        documents = isinstance(device, SerialReader) and device.reads_documents
        return DeviceKind.DOCUMENT_READER if documents else DeviceKind.CODE_READER


def open_devices(settings: Settings) -> Devices:
    """The devices that the settings name; nothing is opened before `start`.

    Raises:
        DriverError: a protocol that is not known.
        ValueError: a camera source that is none.
    """
    return Devices(
        open_camera(settings.camera),
        open_scanner(settings.thermal),
        tuple(open_reader(each) for each in settings.readers),
        open_relays(settings.relays) if settings.relays else None,
        open_printer(settings.printer) if settings.printer else None,
    )


def open_camera(wanted: CameraSettings) -> FrameSource:
    """The document camera."""
    return camera.open_source(wanted.source, camera_settings(wanted))


def camera_settings(wanted: CameraSettings) -> camera.CameraSettings:
    """How the profile wants the document camera to be driven."""
    fixed = {control: getattr(wanted, control.value) for control in Control}
    return camera.CameraSettings(
        width=wanted.width,
        height=wanted.height,
        fps=wanted.frames_per_second,
        stale_seconds=wanted.stale_seconds,
        controls={control: value for control, value in fixed.items() if value is not None},
    )


def open_scanner(wanted: ThermalSettings) -> ThermalScanner:
    """The thermal scanner."""
    codec = registry.thermal_codec(wanted.protocol)
    chosen = ScannerSettings(
        device="thermal",
        rate_hertz=wanted.rate_hz,
        emissivity=wanted.emissivity,
        warm_up_seconds=wanted.warm_up_seconds,
        stale_seconds=wanted.stale_seconds,
    )
    link = _link(wanted.port, wanted.baud or codec.profile.baud)
    return ThermalScanner(chosen, codec, link, port=wanted.port)


def open_reader(wanted: ReaderSettings) -> SerialReader:
    """A code or passport reader."""
    codec = reader_codec(wanted.protocol)
    link = _link(wanted.port, wanted.baud or codec.profile.baud)
    return SerialReader(SerialReaderSettings(wanted.device), codec, link, port=wanted.port)


def open_relays(wanted: RelaySettings) -> RelayBoard:
    """The relay board."""
    baud = wanted.baud or actuator_profile("lcus").baud
    board = BoardSettings("relays", wanted.channels, wanted.names)
    return RelayBoard(board, _link(wanted.port, baud), port=wanted.port)


def open_printer(wanted: PrinterSettings) -> SlipPrinter:
    """The slip printer."""
    baud = wanted.baud or actuator_profile("escpos").baud
    return SlipPrinter(SlipSettings("printer"), _link(wanted.port, baud), port=wanted.port)


def _link(port: str, baud: int) -> OpenLink:
    return lambda: open_link(port, baud)
