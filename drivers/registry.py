"""Which protocol names there are, and what speaks them. A plain table: search for the name."""

from config.messages.said import say
from drivers.errors import DriverError
from drivers.ports import ThermalCodec
from drivers.thermal import mlx90614, modbus_pyrometer
from drivers.thermal.gy_mcu90640 import GyMcu90640
from drivers.thermal.optris import Optris
from drivers.thermal.senxor import Senxor

THERMAL: dict[str, ThermalCodec] = {
    "gy-mcu90640": GyMcu90640(),
    "senxor": Senxor(),
    "mlx90614-5a": mlx90614.Mlx90614Five(),
    "mlx90614-5a-long": mlx90614.Mlx90614Five(mlx90614.PROFILE_5A_LONG, count=5),
    "mlx90614-a4": mlx90614.Mlx90614A4(),
    "modbus-pyrometer": modbus_pyrometer.ModbusPyrometer(),
    "modbus-pyrometer-mini": modbus_pyrometer.ModbusPyrometer(
        modbus_pyrometer.PROFILE_MINI, modbus_pyrometer.PYRO_MINI
    ),
    "optris-cs": Optris("optris-cs"),
    "optris-cs-hs": Optris("optris-cs-hs"),
    "optris-ct": Optris("optris-ct"),
    "optris-ct-hs": Optris("optris-ct-hs"),
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
        pattern = "{protocol} is no thermal protocol; the known ones are: {known}."
        raise DriverError(say(pattern, protocol=protocol, known=known)) from None
