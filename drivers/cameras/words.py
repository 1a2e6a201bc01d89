"""What the program that holds a camera and its parent say to each other: one JSON object a line.

The orders go down once, on standard input, so that the address of a network camera (and the password in it) is in no
list of processes. The words come up through a pipe of their own; the pictures go through `slots`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from drivers.cameras.controls import Control, Refused


class Kind(StrEnum):
    """How a camera is reached."""

    V4L2 = "v4l2"
    STREAM = "stream"


class Failure(StrEnum):
    """Why the program gave up."""

    BUSY = "busy"
    NO_CAMERA = "no_camera"
    METADATA = "metadata"
    NO_VIDEO = "no_video"
    GONE = "gone"
    TOO_LARGE = "too_large"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Orders:
    """Which camera to open, and how; `where` may hold a password and is not in the repr."""

    kind: Kind
    where: str
    width: int
    height: int
    fps: float
    controls: Mapping[Control, float]
    hung_seconds: float
    capacity: int
    memory: int
    """Descriptor of the shared memory."""
    words: int
    """Descriptor of the pipe for words."""
    parent: int
    """Process number of the parent."""

    def __repr__(self) -> str:
        return f"Orders({self.kind.value}, {self.width} x {self.height})"

    def line(self) -> bytes:
        """For the wire."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> "Orders":
        """From the wire."""
        said = json.loads(line)
        controls = {Control(name): float(value) for name, value in said.pop("controls").items()}
        return cls(kind=Kind(said.pop("kind")), controls=controls, **said)


@dataclass(frozen=True, slots=True)
class Opened:
    """The camera is open; what it says of its format."""

    fourcc: str
    width: int
    height: int
    fps: float


@dataclass(frozen=True, slots=True)
class Came:
    """A frame is in its slot."""

    number: int


@dataclass(frozen=True, slots=True)
class Missed:
    """The camera gave something that is no picture."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """The controls were set and read back after the first frames; these are not as asked for."""

    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The last word."""

    failure: Failure
    detail: str = ""
    """Kind and place of a fault of ours, for the log."""


Word = Opened | Came | Missed | Controlled | Failed
_WORDS: Mapping[str, type[Opened] | type[Came] | type[Missed] | type[Controlled] | type[Failed]] = {
    each.__name__: each for each in (Opened, Came, Missed, Controlled, Failed)
}


def spoken(word: Word) -> bytes:
    """For the wire; shorter than PIPE_BUF, so that it arrives in one piece."""
    return json.dumps({"word": type(word).__name__, **asdict(word)}).encode() + b"\n"


def heard(buffer: bytes) -> tuple[list[Word], bytes]:
    """Every whole word in the buffer, and the rest."""
    *lines, rest = buffer.split(b"\n")
    return [_word(json.loads(line)) for line in lines], rest


def _word(said: dict[str, object]) -> Word:
    kind = _WORDS[str(said.pop("word"))]
    if kind is Failed:
        return Failed(Failure(str(said["failure"])), str(said["detail"]))
    if kind is Controlled:
        return Controlled(tuple(_refused(each) for each in said["refused"]))  # type: ignore[attr-defined]
    return kind(**said)  # type: ignore[arg-type]


def _refused(said: dict[str, float | str | bool]) -> Refused:
    return Refused(Control(str(said["control"])), float(said["asked"]), float(said["got"]), bool(said["automatic"]))
