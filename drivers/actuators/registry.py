"""Which protocols of relay boards and printers there are. A plain table: search for the name."""

from config.messages.said import say
from drivers.actuators import escpos, lcus
from drivers.actuators.outcome import ActuatorProfile
from drivers.errors import DriverError

ACTUATORS: dict[str, ActuatorProfile] = {
    "escpos": escpos.PROFILE,
    "lcus": lcus.PROFILE,
}


def actuator_profile(protocol: str) -> ActuatorProfile:
    """The fixed facts of a relay board or a printer.

    Raises:
        DriverError: none of that name is known.
    """
    try:
        return ACTUATORS[protocol]
    except KeyError:
        known = ", ".join(sorted(ACTUATORS))
        raise DriverError(
            say(
                "{protocol} is no protocol of a relay board or printer; the known ones are: {known}.",
                protocol=protocol,
                known=known,
            )
        ) from None
