"""Opening a link by its URL: the one place that says which transport carries which name.

/dev/ttyUSB0, /dev/daan-thermal   a serial port, for this program alone
socket://host:port                a serial server that passes bytes on; rfc2217:// one that also sets the baud rate
replay:FILE, replay:FILE?speed=2  a capture, at its own speed or another; speed=0: as fast as it is read
memory:NAME                       a cable within this program
"""

from drivers.links import memory, replay
from drivers.links.serial_port import open_serial
from drivers.ports import ByteLink


def open_link(url: str, baud: int) -> ByteLink:
    """Open a link for this program alone.

    Args:
        url: see above.
        baud: bits a second; means nothing to a capture and to a cable in memory.

    Raises:
        DeviceAbsent: nothing answers under that name, or this user may not open it.
        DeviceBusy: another program holds it.
        CaptureUnreadable: the file is no capture.
    """
    if url.startswith(memory.SCHEME):
        return memory.open_memory(url)
    if url.startswith(replay.SCHEME):
        return replay.open_replay(url)
    return open_serial(url, baud)


def link_kind(url: str) -> str:
    """What kind of link a URL names, without saying which one: "serial", "socket", "rfc2217", "replay", "memory"."""
    kind = url.partition(":")[0]
    return kind if "://" in url or url.startswith((memory.SCHEME, replay.SCHEME)) else "serial"
