"""Serial links: the only file that imports pyserial.

Ports are opened by path or by pyserial URL, so that `socket://host:port` or a pseudo-terminal stands in for a cable.
What pyserial gets wrong on an unplug is answered here once: SerialException is an OSError but `in_waiting` raises a
bare OSError, `termios.error` is neither, and "returned no data" means either an unplug or a second reader.

A port is for one program alone. Linux gives no single way to say so, hence three: a lock on the file (pyserial's own;
refuses programs that lock too), TIOCEXCL (refuses every later opening, but not root's), and a look at who has it open
(finds those who came before, and those who were let through).
"""

import contextlib
import errno
import fcntl
import termios

import serial

from config.messages.said import Said, say
from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone, DriverError
from drivers.links.holders import holder_of

READ_SECONDS = 0.05
WRITE_SECONDS = 2.0
READ_LIMIT = 16_384

_LINK_ERRORS = (OSError, termios.error)
_NOT_THERE = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.ENOTDIR, errno.EIO}
_IN_USE = {errno.EAGAIN, errno.EBUSY}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


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
            raise DeviceGone(_shared(self._name) or _gone(self._name)) from error

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            DeviceGone: the cable or the power went away, or nothing took the bytes for WRITE_SECONDS.
        """
        try:
            self._port.write(data)
        except _LINK_ERRORS as error:
            raise DeviceGone(
                say("{port} takes no commands any more; check its cable and its power.", port=self._name)
            ) from error

    def close(self) -> None:
        """Give the port back; may be called twice, never raises."""
        try:
            _exclude_others(self._port, False)
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
        _exclude_others(port, True)
    except (*_LINK_ERRORS, ValueError) as error:
        raise _why_not_open(url, error) from error
    link = SerialLink(port, url)
    if shared := _shared(url):
        link.close()
        raise DeviceBusy(shared)
    return link


def _exclude_others(port: serial.SerialBase, on: bool) -> None:
    """Refuse, or allow again, every other opening; while another program has it open too, closing would not do it."""
    descriptor = getattr(port, "fd", None)
    if descriptor is not None:
        with contextlib.suppress(*_LINK_ERRORS):
            fcntl.ioctl(descriptor, termios.TIOCEXCL if on else termios.TIOCNXCL)


def _shared(url: str) -> Said | None:
    """The sentence about two programs on one port; None when no other one is seen."""
    holder = None if "://" in url else holder_of(url)
    if holder is None:
        return None
    return say(
        "Another program holds {port}: {program} (process {process}); stop it, or name another port in the profile.",
        port=url,
        program=holder.program,
        process=str(holder.process),
    )


def _gone(url: str) -> Said:
    pattern = "{port} went away while being read; check its cable and its power, and that no other program reads it."
    return say(pattern, port=url)


def _why_not_open(url: str, error: Exception) -> DriverError:
    number = error.errno if isinstance(error, OSError) else None
    if number in _IN_USE:
        busy = say("Another program holds {port}; stop it, or name another port in the profile.", port=url)
        return DeviceBusy(_shared(url) or busy)
    if number in _FORBIDDEN:
        pattern = "This user may not open {port}; add the user to the group dialout and log in again."
        return DeviceAbsent(say(pattern, port=url))
    if number in _NOT_THERE or (number is None and "://" in url):
        pattern = "Nothing answers at {port}; plug the device in or correct the port in the profile."
        return DeviceAbsent(say(pattern, port=url))
    return DeviceAbsent(say("{port} is not a serial port; correct the port in the profile.", port=url))
