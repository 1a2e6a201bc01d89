"""What is said to a GM65 after opening: ask for each setting, correct it, ask again, keep. One question at a time."""

from collections import deque
from dataclasses import dataclass

from config.messages.said import say
from drivers.readers import gm65, lines
from drivers.readers.gm65 import Gm65Settings, Setting
from drivers.readers.reads import Asked, Conversation, Heard, ReaderProfile

ANSWER_SECONDS = 0.6
"""The module gives up on a command after 0.4 s."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class _Look:
    """Ask for a setting; mask 0: only to know it."""

    setting: Setting
    mask: int = 0
    wanted: int = 0
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class _Correct:
    setting: Setting
    value: int


@dataclass(frozen=True, slots=True)
class _Save:
    pass


_Todo = _Look | _Correct | _Save


class Gm65Setup:
    """The conversation with one GM65.

    Args:
        settings: what it is to be set to.
    """

    def __init__(self, settings: Gm65Settings) -> None:
        self._settings = settings
        self._todo: deque[_Todo] = deque(
            [_Look(Setting.VERSION), _Look(Setting.TAIL, gm65.TAIL_MASK, gm65.TAIL_WANTED)]
        )
        if settings.read_mode is not None:
            self._todo.append(_Look(Setting.MODE, gm65.MODE_MASK, settings.read_mode))
        self._wrote = False
        self._tries = 0
        self._sent_at = 0.0
        self._trouble = ""
        self._version: int | None = None

    @property
    def version(self) -> int | None:
        """The firmware that it says it has."""
        return self._version

    @property
    def ready(self) -> bool:
        """Whether every setting has been looked at; a module that does not answer sends texts all the same."""
        return not self._todo

    @property
    def trouble(self) -> str:
        """What is wrong with its settings."""
        return self._trouble

    def step(self, moment: float, heard: Heard | None) -> tuple[bytes, ...]:
        """The next command, when the last one has been answered or its time is up."""
        if not self._todo:
            return ()
        if not self._tries:
            return self._send(moment)
        values = [each.value for each in heard.answers if each.asked is Asked.SETTING] if heard else []
        if values:
            self._answered(self._todo.popleft(), values[-1][0])
            self._tries = 0
            return self._send(moment) if self._todo else ()
        if heard is not None:
            # It is busy sending a text; the answer comes behind it.
            self._sent_at = moment
        if moment - self._sent_at < ANSWER_SECONDS:
            return ()
        if self._tries < TRIES:
            return self._send(moment)
        self._trouble = say("does not answer; check its baud rate, and that its receiving line is connected.")
        self._todo.clear()
        return ()

    def _send(self, moment: float) -> tuple[bytes, ...]:
        self._sent_at, self._tries = moment, self._tries + 1
        match self._todo[0]:
            case _Look(setting=setting):
                return (gm65.read_setting(setting),)
            case _Correct(setting=setting, value=value):
                return (gm65.write_setting(setting, value),)
            case _Save():
                return (gm65.save(),)

    def _answered(self, done: _Todo, value: int) -> None:
        if isinstance(done, _Look):
            self._looked_at(done, value)
        if not self._todo and self._wrote and self._settings.keep:
            self._wrote = False
            self._todo.append(_Save())

    def _looked_at(self, look: _Look, value: int) -> None:
        if look.setting is Setting.VERSION:
            self._version = value
            if value == gm65.FIRMWARE_THAT_CHANGES_BYTES:
                self._todo.append(_Look(Setting.RAW, 0xFF, gm65.RAW_WANTED))
        if value & look.mask == look.wanted:
            return
        if look.corrected:
            pattern = "does not take its setting {setting}; set it by the codes in its manual."
            said = say(pattern, setting=f"{look.setting:04X}")
            self._trouble = self._trouble or said
            return
        self._wrote = True
        self._todo.appendleft(_Look(look.setting, look.mask, look.wanted, corrected=True))
        self._todo.appendleft(_Correct(look.setting, (value & ~look.mask & 0xFF) | look.wanted))


class Gm65:
    """A GM65 behind the ReaderCodec protocol.

    Args:
        settings: what the module is to be set to.
    """

    def __init__(self, settings: Gm65Settings | None = None) -> None:
        self._settings = settings or Gm65Settings()

    @property
    def profile(self) -> ReaderProfile:
        """The fixed facts of this module."""
        return gm65.PROFILE

    def feed(self, buffer: bytes, lost: bool = False) -> Heard:
        """Everything complete in `buffer`, and the rest."""
        return gm65.feed(buffer, lost)

    def finish(self, buffer: bytes, lost: bool = False) -> Heard:
        """What is left over is a failed read."""
        return lines.finish(buffer, lost)

    def conversation(self) -> Conversation:
        """Look at its settings, correct those that are wrong, keep them if any was."""
        return Gm65Setup(self._settings)
