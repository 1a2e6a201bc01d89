"""Asks the kiosk that runs on this computer how it sees its devices, as Prometheus does: `GET /metrics`."""

import http.client
from collections.abc import Mapping

from config.settings import KioskSettings
from drivers.readings import DeviceState
from station.kiosk.metrics import device_states

_SECONDS = 3.0
_MOST_BYTES = 1_000_000


class NoKiosk(Exception):
    """Something listens where the kiosk should, and does not answer as one."""


def address_of(kiosk: KioskSettings) -> str:
    """`127.0.0.1:8600`."""
    return f"[{kiosk.host}]:{kiosk.port}" if ":" in kiosk.host else f"{kiosk.host}:{kiosk.port}"


def states_of(kiosk: KioskSettings) -> Mapping[str, DeviceState] | None:
    """Device names and their states; None when nothing listens there.

    Raises:
        NoKiosk: something listens, and does not answer as a kiosk.
    """
    if not kiosk.port:
        # The system chose a port, so nobody else knows it.
        return None
    connection = http.client.HTTPConnection(kiosk.host, kiosk.port, timeout=_SECONDS)
    try:
        connection.connect()
    except OSError:
        return None
    try:
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        body = answer.read(_MOST_BYTES)
        if answer.status != http.client.OK:
            raise NoKiosk
        return device_states(body.decode())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoKiosk from error
    finally:
        connection.close()
