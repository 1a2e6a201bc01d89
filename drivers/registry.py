"""Which protocol names there are, and what speaks them. A plain table: search for the name."""

from drivers.errors import DriverError
from drivers.ports import ThermalCodec
from drivers.thermal.gy_mcu90640 import GyMcu90640

THERMAL: dict[str, ThermalCodec] = {
    "gy-mcu90640": GyMcu90640(),
}


def thermal_codec(protocol: str) -> ThermalCodec:
    """The codec of a thermal scanner.

    Raises:
        DriverError: no scanner of that name is known.
    """
    try:
        return THERMAL[protocol]
    except KeyError:
        known = ", ".join(sorted(THERMAL))
        raise DriverError(f"{protocol} is no thermal protocol; the known ones are: {known}.") from None
