"""An LCUS relay board without the hardware: a pseudo-terminal whose relays can be looked at."""

from drivers.actuators import lcus
from drivers.emulators.serial_device import SerialDevice


class LcusEmulator(SerialDevice):
    """A relay board.

    Args:
        channels: how many relays.
        answers: "bytes" or "text" for the two kinds of newer boards, "nothing" for an old one.
    """

    def __init__(self, channels: int = 4, answers: str = "bytes") -> None:
        super().__init__("relays", lcus.PROFILE.baud)
        self._relays = [False] * channels
        self._answers = answers
        self._incoming = b""
        self.welded: set[int] = set()
        """Channels whose relay does not follow any more."""

    @property
    def relays(self) -> tuple[bool, ...]:
        """Which relays are energised."""
        with self._lock:
            return tuple(self._relays)

    def power_on(self) -> None:
        """All relays fall off without power."""
        self._relays, self._incoming = [False] * len(self._relays), b""

    def unplug(self) -> None:
        """The board is fed by its cable: without it every relay falls off."""
        with self._lock:
            super().unplug()
            self.power_on()

    def hear(self, data: bytes) -> bytes:
        """Commands; only the question is answered."""
        commands, self._incoming = lcus.feed_commands(self._incoming + data)
        return b"".join(self._obeyed(command) for command in commands)

    def _obeyed(self, command: lcus.Command) -> bytes:
        if command.channel:
            if command.channel <= len(self._relays) and command.channel not in self.welded:
                self._relays[command.channel - 1] = command.on
            return b""
        return b"" if self._answers == "nothing" else lcus.status(tuple(self._relays), self._answers == "text")
