"""What a technician asks of one device: how it is, what it said of itself, where it is plugged in."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.settings import Settings
from drivers.camera import spoken_address
from drivers.readings import DeviceHealth
from drivers.thermal.scanner import ThermalScanner


@dataclass(frozen=True, slots=True)
class Equipment:
    """One device."""

    health: DeviceHealth
    facts: tuple[tuple[str, str], ...] = ()
    """(what, value): protocol, port; and what it said of itself, as serial number or firmware."""


def equipment_of(healths: Iterable[DeviceHealth], scanner: ThermalScanner, settings: Settings) -> tuple[Equipment, ...]:
    """Every device of the station, in the order in which screens name them.

    Args:
        healths: how they are, as the lane judges it (station.lane.senses): screens, figures and journal say the same.
        scanner: which says more of itself than its health.
        settings: where each is plugged in.
    """
    facts = _set_up(settings)
    said = [(fact.value, text) for fact, text in scanner.facts.items()]
    if (emissivity := scanner.emissivity) is not None:
        said.append(("emissivity", f"{emissivity:.2f}"))
    facts["thermal"] = (*facts["thermal"], *said)
    return tuple(Equipment(health, facts.get(health.device, ())) for health in healths)


def _set_up(settings: Settings) -> dict[str, tuple[tuple[str, str], ...]]:
    """Where each is plugged in and what it speaks, by its name."""
    kind, _, where = settings.camera.source.partition(":")
    facts: dict[str, tuple[tuple[str, str], ...]] = {
        "camera": (("port", f"{kind}:{spoken_address(where)}"),),
        "thermal": (("protocol", settings.thermal.protocol), ("port", settings.thermal.port)),
    }
    for reader in settings.readers:
        facts[reader.device] = (("protocol", reader.protocol), ("port", reader.port))
    if settings.relays is not None:
        facts["relays"] = (("protocol", "lcus"), ("port", settings.relays.port))
    if settings.printer is not None:
        facts["printer"] = (("protocol", "escpos"), ("port", settings.printer.port))
    return facts
