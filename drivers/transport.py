"""Serial links: the only file that imports pyserial.

Ports are opened by path or by pyserial URL, so that `socket://host:port` or a pseudo-terminal stands in for a cable.
What pyserial gets wrong on an unplug is answered here once: SerialException is an OSError but `in_waiting` raises a
bare OSError, `termios.error` is neither, and "returned no data" means either an unplug or a second reader.
"""

import errno
import termios
from dataclasses import dataclass

import serial
from serial.tools import list_ports

from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone, DriverError

READ_SECONDS = 0.05
WRITE_SECONDS = 2.0
READ_LIMIT = 16_384

_LINK_ERRORS = (OSError, termios.error)
_NOT_THERE = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR, errno.EIO}
_IN_USE = {errno.EAGAIN, errno.EBUSY}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class PortInfo:
    """One serial port that the computer has."""

    path: str
    description: str
    vendor_id: int | None
    product_id: int | None
    serial_number: str | None
    """None for adapters such as the CH340: name those by the socket they are in."""


class SerialLink:
    """A ByteLink over one open pyserial port."""

    def __init__(self, port: serial.SerialBase, name: str) -> None:
        self._port = port
        self._name = name

    @property
    def name(self) -> str:
        """The path or URL that it was opened by."""
        return self._name

    def read_some(self) -> bytes:
        """Whatever arrives within READ_SECONDS; empty when nothing does.

        Raises:
            DeviceGone: the cable or the power went away, or another program reads the same port.
        """
        try:
            return bytes(self._port.read(READ_LIMIT))
        except _LINK_ERRORS as error:
            raise DeviceGone(
                f"{self._name} went away while being read; check its cable and its power, "
                "and that no other program reads it."
            ) from error

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            DeviceGone: the cable or the power went away, or nothing took the bytes for WRITE_SECONDS.
        """
        try:
            self._port.write(data)
        except _LINK_ERRORS as error:
            raise DeviceGone(f"{self._name} takes no commands any more; check its cable and its power.") from error

    def close(self) -> None:
        """Give the port back; may be called twice, never raises."""
        try:
            self._port.close()
        except _LINK_ERRORS:
            # The device is gone and the kernel has let go of the port already.
            return


def open_serial(url: str, baud: int) -> SerialLink:
    """Open a serial port for this program alone: 8 data bits, no parity, 1 stop bit.

    Args:
        url: a device path, or a pyserial URL such as `socket://host:port`.
        baud: bits a second.

    Raises:
        DeviceAbsent: nothing answers under that name, or this user may not open it.
        DeviceBusy: another program holds it.
    """
    try:
        port = serial.serial_for_url(
            url,
            do_not_open=True,
            baudrate=baud,
            timeout=READ_SECONDS,
            write_timeout=WRITE_SECONDS,
            exclusive=True,
        )
        port.open()
    except (*_LINK_ERRORS, ValueError) as error:
        raise _why_not_open(url, error) from error
    return SerialLink(port, url)


def _why_not_open(url: str, error: Exception) -> DriverError:
    number = error.errno if isinstance(error, OSError) else None
    if number in _IN_USE:
        return DeviceBusy(f"Another program holds {url}; stop it, or name another port in the profile.")
    if number in _FORBIDDEN:
        return DeviceAbsent(f"This user may not open {url}; add the user to the group dialout and log in again.")
    if number in _NOT_THERE or (number is None and "://" in url):
        return DeviceAbsent(f"Nothing answers at {url}; plug the device in or correct the port in the profile.")
    return DeviceAbsent(f"{url} is not a serial port; correct the port in the profile.")


def list_serial_ports() -> tuple[PortInfo, ...]:
    """The serial ports plugged in, by path; nothing is opened and nothing is written to them."""
    return tuple(
        PortInfo(port.device, port.description or "", port.vid, port.pid, port.serial_number)
        for port in sorted(list_ports.comports(), key=lambda port: str(port.device))
    )
