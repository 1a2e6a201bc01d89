"""Every protocol of any kind in one list: what it is, at which baud rates, and what of it can be seen on USB."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.messages.said import say
from drivers.actuators.registry import ACTUATORS
from drivers.errors import DriverError
from drivers.readers.registry import READERS
from drivers.readings import DeviceKind
from drivers.registry import THERMAL


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol."""

    name: str
    kind: DeviceKind
    baud: int
    """As delivered."""
    bauds: tuple[int, ...]

    @property
    def personal(self) -> bool:
        """Whether what the device sends is personal data: the texts of passports and certificates."""
        return self.kind in (DeviceKind.CODE_READER, DeviceKind.DOCUMENT_READER)


def _all() -> dict[str, Protocol]:
    found = [Protocol(n, DeviceKind.THERMAL, c.profile.baud, c.profile.bauds) for n, c in THERMAL.items()]
    for name, codec in READERS.items():
        kind = DeviceKind.DOCUMENT_READER if codec.profile.reads_documents else DeviceKind.CODE_READER
        found.append(Protocol(name, kind, codec.profile.baud, codec.profile.bauds))
    kinds = {"lcus": DeviceKind.RELAYS, "escpos": DeviceKind.PRINTER}
    found += [Protocol(n, kinds[n], profile.baud, profile.bauds) for n, profile in ACTUATORS.items()]
    return {each.name: each for each in found}


PROTOCOLS: Mapping[str, Protocol] = _all()

_SENXOR, _LINES = ("senxor",), ("scanner-lines",)
_MODULES = ("lcus", "gy-mcu90640", "mlx90614-5a", "mlx90614-a4", "gm65", "escpos")
HINTS: Mapping[tuple[int, int | None], tuple[str, ...]] = {
    (0x0416, 0xB002): _SENXOR,
    (0x0416, 0xB020): _SENXOR,
    (0x0416, 0x9393): _SENXOR,
    (0x0C2E, None): _LINES,  # Honeywell
    (0x05E0, None): _LINES,  # Zebra, Symbol
    (0x1EAB, None): _LINES,  # Newland
    (0x1A86, None): _MODULES,  # WCH CH340 and its family: relay boards, and the adapter sold with most modules
    (0x10C4, None): _MODULES[1:],  # Silicon Labs CP210x
    (0x0403, None): ("modbus-pyrometer", "optris-cs", "optris-ct", "rte6701", *_MODULES[1:]),  # FTDI
    (0x067B, None): ("rte6701", *_MODULES[1:]),  # Prolific PL2303
}
"""Which protocols a USB id makes likely, by vendor and product; None: any product. A hint, never an identification:
adapters are behind everything, and 0483:5740 is what hundreds of products call themselves."""


def protocol(name: str) -> Protocol:
    """One protocol.

    Raises:
        DriverError: none of that name is known.
    """
    try:
        return PROTOCOLS[name]
    except KeyError:
        known = ", ".join(sorted(PROTOCOLS))
        pattern = "{protocol} is no protocol of a device; the known ones are: {known}."
        raise DriverError(say(pattern, protocol=name, known=known)) from None


def hinted(vendor_id: int | None, product_id: int | None) -> tuple[str, ...]:
    """Protocols that devices with this USB id may speak; empty when nothing is known of it."""
    if vendor_id is None:
        return ()
    return HINTS.get((vendor_id, product_id)) or HINTS.get((vendor_id, None), ())
