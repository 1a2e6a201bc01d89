"""Cables in memory: two ByteLinks back to back within one program, for benches and tests without a kernel in between.

`Cable("name")` is laid by whoever plays the device and keeps the `device` end; the driver opens `memory:name` like any
port. A cable can be pulled and put back, and what was on its way is lost then, as on a real one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from config.messages.said import say
from drivers.errors import DeviceAbsent, DeviceBusy, DeviceGone

SCHEME = "memory:"
READ_SECONDS = 0.05
_MOST_WAITING = 65_536
"""Bytes that a computer keeps for a port nobody reads; later ones are lost."""


class _Way:
    """Bytes in one direction."""

    def __init__(self, ready: threading.Condition) -> None:
        self._ready = ready
        self._waiting = bytearray()

    def put(self, data: bytes) -> None:
        self._waiting += data[: max(0, _MOST_WAITING - len(self._waiting))]
        self._ready.notify_all()

    def take(self) -> bytes:
        data = bytes(self._waiting)
        self._waiting.clear()
        return data

    def __bool__(self) -> bool:
        return bool(self._waiting)


class MemoryLink:
    """A ByteLink that is one end of a cable; made by Cable."""

    def __init__(self, cable: "Cable", incoming: _Way, outgoing: _Way) -> None:
        self._cable = cable
        self._incoming = incoming
        self._outgoing = outgoing
        self._closed = False

    @property
    def name(self) -> str:
        """The cable's URL."""
        return SCHEME + self._cable.name

    def read_some(self) -> bytes:
        """Whatever arrives within READ_SECONDS; empty when nothing does.

        Raises:
            DeviceGone: the cable was pulled, or this end was closed.
        """
        with self._whole() as ready:
            ready.wait_for(lambda: self._incoming or not self._there(), READ_SECONDS)
            if not self._there():
                raise self._gone()
            return self._incoming.take()

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            DeviceGone: the cable was pulled, or this end was closed.
        """
        with self._whole():
            self._outgoing.put(data)

    def close(self) -> None:
        """Give this end back; may be called twice, never raises."""
        if not self._closed:
            self._closed = True
            self._cable.released(self)

    def _there(self) -> bool:
        return not self._closed and self._cable.carries(self)

    def _gone(self) -> DeviceGone:
        return DeviceGone(say("{port} went away; check its cable and its power.", port=self.name))

    @contextmanager
    def _whole(self) -> Iterator[threading.Condition]:
        with self._cable.ready:
            if not self._there():
                raise self._gone()
            yield self._cable.ready


class Cable:
    """A cable with a device's end and, while somebody has it open, a driver's end.

    A context manager: entering lays it under its name, leaving takes it away.

    Args:
        name: what `memory:` opens.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.ready = threading.Condition(threading.RLock())
        self._plugged = False
        self._driver: MemoryLink | None = None
        self._device: MemoryLink | None = None
        self._connect()

    def __enter__(self) -> "Cable":
        if _LAID.setdefault(self.name, self) is not self:
            raise ValueError(f"A cable of the name {self.name} has been laid already; give each its own name.")
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
        _LAID.pop(self.name, None)

    @property
    def device(self) -> MemoryLink:
        """The device's end, new after every plugging in."""
        assert self._device is not None, "the cable is not plugged in"
        return self._device

    def plug(self) -> None:
        """Connect the cable; a second call does nothing."""
        with self.ready:
            if not self._plugged:
                self._connect()
                self._device = MemoryLink(self, self._to_device, self._to_driver)
                self._plugged = True

    def unplug(self) -> None:
        """Pull the cable: both ends get an error at once."""
        with self.ready:
            self._plugged, self._driver, self._device = False, None, None
            self.ready.notify_all()

    def open(self) -> MemoryLink:
        """The driver's end.

        Raises:
            DeviceAbsent: the cable is not plugged in.
            DeviceBusy: somebody has it open already.
        """
        with self.ready:
            if not self._plugged:
                raise _absent(self.name)
            if self._driver is not None:
                raise DeviceBusy(say("{port} is open already; name each port once.", port=SCHEME + self.name))
            self._to_driver.take()
            self._driver = MemoryLink(self, self._to_driver, self._to_device)
            return self._driver

    def carries(self, link: MemoryLink) -> bool:
        """Whether this end is connected."""
        return self._plugged and (link is self._driver or link is self._device)

    def released(self, link: MemoryLink) -> None:
        """An end was closed."""
        with self.ready:
            if link is self._driver:
                self._driver = None
            self.ready.notify_all()

    def _connect(self) -> None:
        self._to_driver, self._to_device = _Way(self.ready), _Way(self.ready)


_LAID: dict[str, Cable] = {}
"""The cables of this program by name, as /dev is for real ones."""


def open_memory(url: str) -> MemoryLink:
    """The driver's end of a cable that has been laid.

    Args:
        url: `memory:NAME`.

    Raises:
        DeviceAbsent: there is no such cable, or it is not plugged in.
        DeviceBusy: somebody has it open already.
    """
    cable = _LAID.get(url.removeprefix(SCHEME))
    if cable is None:
        raise _absent(url.removeprefix(SCHEME))
    return cable.open()


def _absent(name: str) -> DeviceAbsent:
    pattern = "Nothing answers at {port}; plug the device in or correct the port in the profile."
    return DeviceAbsent(say(pattern, port=SCHEME + name))
