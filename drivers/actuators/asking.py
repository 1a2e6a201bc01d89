"""Questions to an actuator and their answers. Nothing here waits without end, whatever comes over the line.

Between two reads, each of which ends by itself after a short time, the caller does what is due: a gate falls back to
rest in its time even while a line is full of noise.
"""

from collections.abc import Callable, Iterator

from drivers.ports import ByteLink

_MOST_READS = 10
"""An old answer is gone after one; a line that still sends after so many never falls silent."""


def quieted(link: ByteLink, tend: Callable[[], bool]) -> bool:
    """Take away what an earlier question left behind: it must not answer the next one.

    Args:
        link: the cable.
        tend: called after each read; true ends the wait.

    Returns:
        Whether the line fell silent.

    Raises:
        DeviceGone: the cable or the power went away.
    """
    return any(not data for data in _heard(link, tend, lambda reads: reads < _MOST_READS))


def heard(link: ByteLink, seconds: float, monotonic: Callable[[], float], tend: Callable[[], bool]) -> Iterator[bytes]:
    """What comes within so many seconds, read by read; empty when nothing came.

    Args:
        link: the cable.
        seconds: for the whole answer.
        monotonic: seconds that only grow.
        tend: called after each read; true ends the wait.

    Raises:
        DeviceGone: the cable or the power went away.
    """
    end = monotonic() + seconds
    return _heard(link, tend, lambda _: monotonic() < end)


def _heard(link: ByteLink, tend: Callable[[], bool], more: Callable[[int], bool]) -> Iterator[bytes]:
    reads = 0
    while more(reads):
        data, reads = link.read_some(), reads + 1
        yield data
        if tend():
            return
