"""Captures fed back through the codec and the driver that they came from."""

from collections.abc import Iterator

from drivers.actuators import lcus
from drivers.links.capture import Capture, Direction
from drivers.links.replay import ReplayLink
from drivers.protocols import protocol
from drivers.workbench.seen import Seen, Sight
from drivers.workbench.watched import Clock, Watched, watched

_POLL_SECONDS = 0.1


class Replay:
    """One capture behind the driver of its protocol.

    A context manager: entering starts the driver, leaving ends it.

    Args:
        capture: what is played.
        speed: how many times as fast as it was; 0: as fast as the driver takes it, each run like the other.
        personal: hand on what readers read.

    Raises:
        DriverError: the capture's protocol is not known.
    """

    def __init__(self, capture: Capture, speed: float = 1.0, *, personal: bool = False) -> None:
        self._speed = speed
        self._link = ReplayLink(capture, speed, held=True, name=capture.header.device)
        self._seen: Watched = watched(
            protocol(capture.header.protocol),
            capture.header.device,
            lambda: self._link,
            clock=Clock(self._link.time_of_day, self._link.monotonic),
            switches=_relays(capture),
            personal=personal,
        )

    def __enter__(self) -> "Replay":
        self._seen.device.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._seen.device.stop()
        self._link.close()

    def events(self) -> Iterator[Seen]:
        """Everything that the driver made of it, until its end."""
        going = True
        while going:
            if self._speed:
                going = not self._link.over
                yield from self._seen.events(_POLL_SECONDS)
            else:
                going = self._link.step()
                yield from self._seen.events(0)

    def sight(self) -> Sight:
        """How the device is at the point that has been reached."""
        return self._seen.sight()


def _relays(capture: Capture) -> int | None:
    """How many relays the board had that the station drove; None when it was only looked at."""
    sent = b"".join(record.data for record in capture.records if record.direction is Direction.OUT)
    if capture.header.protocol != lcus.PROFILE.protocol:
        return None
    return max((command.channel for command in lcus.feed_commands(sent)[0]), default=0) or None
