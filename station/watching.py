"""A station's devices as they are watched from the command line: nothing is switched, printed or saved."""

from config.settings import Settings
from drivers.actuators.relay_look import RelayLook
from drivers.links.opening import open_link
from drivers.protocols import protocol
from drivers.workbench.watched import Clock, Watched, WatchedReader, WatchedScanner, WatchedState
from station import devices


def watched_devices(settings: Settings) -> tuple[Watched, ...]:
    """Every device that the settings name, not yet started.

    Raises:
        DriverError: a protocol that is not known.
        ValueError: a camera source that is none.
    """
    clock, camera = Clock(), settings.camera
    found: list[Watched] = [
        WatchedState(devices.open_camera(camera), "camera", "camera", clock),
        WatchedScanner(devices.open_scanner(settings.thermal), settings.thermal.protocol, clock),
    ]
    found += [WatchedReader(devices.open_reader(each), each.protocol, clock, False) for each in settings.readers]
    if settings.relays is not None:
        port, baud = settings.relays.port, settings.relays.baud or protocol("lcus").baud
        look = RelayLook("relays", lambda: open_link(port, baud))
        found.append(WatchedState(look, "relays", "lcus", clock, lambda: look.states))
    if settings.printer is not None:
        found.append(WatchedState(devices.open_printer(settings.printer), "printer", "escpos", clock))
    return tuple(found)
