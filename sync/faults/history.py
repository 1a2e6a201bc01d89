"""What happened, line by line, as the programs under test and their tormentor tell it.

Each event is one write to a file opened for appending, and begins with the line break: what a killed program left
half-written then spoils no other line.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self


class What(StrEnum):
    """What an event says."""

    CREATED = "created"
    """There is a record, and it is about to be appended."""
    SAVED = "saved"
    """The append returned: the screen said "saved"."""
    REFUSED = "refused"
    """The append failed and said so: nothing was saved."""
    SENT = "sent"
    """A batch went out."""
    RECEIPTED = "receipted"
    """The station believes that the centre holds this."""
    KILLED = "killed"
    RESTARTED = "restarted"
    FAULT = "fault"
    """Something was made to go wrong; `about` says what."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. What does not apply is left at its default, and out of the file."""

    what: What
    station: str = ""
    number: int = 0
    """Of the record, in the order in which the station made them; from 1."""
    content: str = ""
    """SHA-256 of the payload's bytes, hexadecimal; for the checker it *is* the record."""
    journal: str = ""
    sequence: int = 0
    watermark: int = 0
    ranges: tuple[tuple[int, int], ...] = ()
    """Sent: of the batch. Receipted: above the watermark."""
    about: str = ""
    """Which program, or which fault."""


class History:
    """Writes events; several programs may write one file at a time."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tell(self, event: Event) -> None:
        """Append one event."""
        os.write(self._file, line(event))

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def line(event: Event) -> bytes:
    """The event as it is in the file."""
    said = {name: value for name, value in asdict(event).items() if value}
    return b"\n" + json.dumps(said, separators=(",", ":")).encode()


def read(path: Path) -> Iterator[Event]:
    """Every event that was written whole."""
    with path.open("rb") as file:
        for text in file:
            try:
                said = json.loads(text)
                ranges = tuple((int(first), int(last)) for first, last in said.pop("ranges", ()))
                event = Event(**{**said, "what": What(said["what"]), "ranges": ranges})
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            yield event
