"""Looking at a relay board without touching it: the question "which are on?" and nothing else is ever sent.

A RelayBoard puts all relays to rest when it opens the port; somebody who only wants to look must not open a gate.
"""

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime

from config.messages.said import say
from drivers.actuators import lcus
from drivers.actuators.asking import heard, quieted
from drivers.actuators.relay_board import ANSWER_SECONDS
from drivers.keeper import Backoff, Keeper
from drivers.ports import ByteLink, OpenLink
from drivers.readings import DeviceHealth, DeviceState

BOARDS = (1, 2, 4, 8)
"""How many relays a board may have."""
_LOOK_SECONDS = 1.0


class RelayLook:
    """Which relays are on, once a second.

    Args:
        device: its name on screens.
        open_link: opens its cable.
        monotonic: seconds that only grow.
    """

    def __init__(self, device: str, open_link: OpenLink, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._device = device
        self._open_link = open_link
        self._monotonic = monotonic
        self._keeper = Keeper(device, self._session, Backoff(random.SystemRandom().random))
        self._lock = threading.Lock()
        self._states: tuple[bool, ...] | None = None
        self._open = False
        self._good = self._bytes = 0

    @property
    def states(self) -> tuple[bool, ...] | None:
        """Which relays are on; None when the board does not say."""
        return self._states

    def start(self) -> None:
        """Begin; a second call does nothing."""
        self._keeper.start()

    def stop(self) -> None:
        """End the thread and close the link."""
        self._keeper.stop()

    def health(self, now: datetime) -> DeviceHealth:
        """How the board is; good frames are answers."""
        del now
        condition = self._keeper.condition
        with self._lock:
            state, reason = condition.state, condition.reason
            if self._open:
                state, reason = DeviceState.READY, ""
                if self._states is None:
                    reason = say("{device} does not say which of its relays are on; old boards never do.",
                                 device=self._device)  # fmt: skip
            return DeviceHealth(
                self._device, state, reason, frames_good=self._good, bytes_in=self._bytes,
                reconnects=condition.reconnects,
            )  # fmt: skip

    def _session(self) -> None:
        link = self._open_link()
        try:
            self._keeper.opened()
            while not self._keeper.stopping:
                data = ask_states(link, self._monotonic, lambda: self._keeper.stopping)
                states = read_states(data)
                with self._lock:
                    self._open, self._states = True, states
                    self._good += states is not None
                    self._bytes += len(data)
                self._keeper.works()
                self._keeper.pause(_LOOK_SECONDS)
        finally:
            with self._lock:
                self._open, self._states = False, None
            link.close()


def ask_states(link: ByteLink, monotonic: Callable[[], float], stopping: Callable[[], bool]) -> bytes:
    """Ask which relays are on; whatever comes until the line is quiet, or for the time of an answer.

    Raises:
        DeviceGone: the cable or the power went away.
    """
    quieted(link, stopping)
    link.write(lcus.QUERY)
    data = b""
    for more in heard(link, ANSWER_SECONDS, monotonic, stopping):
        if data and not more:
            break
        data += more
    return data


def read_states(data: bytes) -> tuple[bool, ...] | None:
    """The states in an answer of a board of any size; None when it is none."""
    found = (lcus.parse_status(data, channels) for channels in BOARDS)
    return next((states for states in found if states is not None), None)
