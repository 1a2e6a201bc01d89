"""What a technician asks of one device: how it is, what it said of itself, where it is plugged in."""

from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from drivers.readings import DeviceHealth
from station.devices import Devices


@dataclass(frozen=True, slots=True)
class Equipment:
    """One device."""

    health: DeviceHealth
    facts: tuple[tuple[str, str], ...] = ()
    """(what, value): protocol, port; and what it said of itself, as serial number or firmware."""


def equipment_of(devices: Devices, settings: Settings, now: datetime) -> tuple[Equipment, ...]:
    """Every device of the station, in the order in which screens name them."""
    facts = _set_up(settings)
    said = [(fact.value, text) for fact, text in devices.scanner.facts.items()]
    if (emissivity := devices.scanner.emissivity) is not None:
        said.append(("emissivity", f"{emissivity:.2f}"))
    facts["thermal"] = (*facts["thermal"], *said)
    return tuple(Equipment(health, facts.get(health.device, ())) for health in devices.health(now))


def _set_up(settings: Settings) -> dict[str, tuple[tuple[str, str], ...]]:
    """Where each is plugged in and what it speaks, by its name."""
    facts: dict[str, tuple[tuple[str, str], ...]] = {
        "camera": (("port", settings.camera.source),),
        "thermal": (("protocol", settings.thermal.protocol), ("port", settings.thermal.port)),
    }
    for reader in settings.readers:
        facts[reader.device] = (("protocol", reader.protocol), ("port", reader.port))
    if settings.relays is not None:
        facts["relays"] = (("protocol", "lcus"), ("port", settings.relays.port))
    if settings.printer is not None:
        facts["printer"] = (("protocol", "escpos"), ("port", settings.printer.port))
    return facts
