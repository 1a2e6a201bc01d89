"""What a station writes beside screenings: each kind with its closed list of fields, checked when it is made.

No names of travellers but where the fact is about what a person said (a correction, a declaration); officers are
named, as they answer for what they say. Times are aware; texts are short and printable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from station.journal.errors import FactRefused
from sync.facts import FactKind, Priority, rfc3339

_SHORT, _LONG = 80, 1000


class Fact(Protocol):
    """What `Journal.record` takes."""

    @property
    def kind(self) -> FactKind:
        """What happened."""

    @property
    def priority(self) -> Priority:
        """How urgent it is on the way up."""

    @property
    def subject(self) -> str | None:
        """The screening that it is about."""

    def payload(self) -> dict[str, Any]:
        """JSON values."""


def _text(name: str, value: str, longest: int = _SHORT) -> None:
    printable = isinstance(value, str) and value.strip() and all(c.isprintable() or c == "\n" for c in value)
    if not printable or len(value) > longest:
        raise FactRefused(f"{name} is missing or over {longest} letters; correct it")


@dataclass(frozen=True, slots=True)
class Correction:
    """A named person corrects an earlier screening; the screening itself stays (G16)."""

    screening: str
    officer: str
    reason: str = field(repr=False)
    changes: Mapping[str, Any] = field(repr=False)
    """Name of a field of the screening's payload, dots between levels -> what is right."""
    kind: ClassVar[FactKind] = FactKind.CORRECTION
    priority: ClassVar[Priority] = Priority.CORRECTION

    def __post_init__(self) -> None:
        _text("the screening", self.screening)
        _text("the officer's name", self.officer)
        _text("the reason", self.reason, _LONG)
        if not self.changes or len(self.changes) > 40:
            raise FactRefused("a correction changes 1 to 40 fields; correct it")
        for name, value in self.changes.items():
            _text("the name of a field", name)
            if not isinstance(value, str | int | float | bool | None):
                raise FactRefused("a corrected value is a text, a number, yes, no or nothing; correct it")

    @property
    def subject(self) -> str:
        """The corrected screening."""
        return self.screening

    def payload(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "screening": self.screening,
            "officer": self.officer,
            "reason": self.reason,
            "changes": dict(self.changes),
        }


class IncidentKind(StrEnum):
    """What can happen at a lane beside screenings."""

    HEALTH_EMERGENCY = "health_emergency"
    LEFT_WITHOUT_LEAVE = "left_without_leave"
    DISTURBANCE = "disturbance"
    ACCIDENT = "accident"
    EVACUATION = "evacuation"
    EQUIPMENT = "equipment"
    OTHER = "other"


_URGENT = {IncidentKind.HEALTH_EMERGENCY, IncidentKind.LEFT_WITHOUT_LEAVE, IncidentKind.EVACUATION}


@dataclass(frozen=True, slots=True)
class Incident:
    """Something happened; the duty officer hears of the urgent ones at once."""

    what: IncidentKind
    officer: str
    at: datetime
    note: str = field(default="", repr=False)
    screening: str | None = None
    kind: ClassVar[FactKind] = FactKind.INCIDENT

    def __post_init__(self) -> None:
        _text("the officer's name", self.officer)
        if self.note:
            _text("the note", self.note, _LONG)

    @property
    def priority(self) -> Priority:
        """ALERT for what cannot wait."""
        return Priority.ALERT if self.what in _URGENT else Priority.NORMAL

    @property
    def subject(self) -> str | None:
        """The screening, when it concerns one."""
        return self.screening

    def payload(self) -> dict[str, Any]:
        """JSON values; `reasons` is what the centre's list of alerts shows."""
        return {
            "what": self.what.value,
            "officer": self.officer,
            "at": rfc3339(self.at),
            "note": self.note or None,
            "screening": self.screening,
            "reasons": [self.what.value],
        }


@dataclass(frozen=True, slots=True)
class Complaint:
    """A traveller objects; the number is what the slip shows, so that the complaint can be followed without a name."""

    number: str
    officer: str
    """Who took it."""
    text: str = field(repr=False)
    screening: str | None = None
    kind: ClassVar[FactKind] = FactKind.COMPLAINT
    priority: ClassVar[Priority] = Priority.NORMAL

    def __post_init__(self) -> None:
        _text("the number", self.number)
        _text("the officer's name", self.officer)
        _text("the complaint", self.text, _LONG)

    @property
    def subject(self) -> str | None:
        """The screening, when it concerns one."""
        return self.screening

    def payload(self) -> dict[str, Any]:
        """JSON values."""
        return {"number": self.number, "officer": self.officer, "text": self.text, "screening": self.screening}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A traveller's answers to numbered questions; answers are codes, not prose."""

    screening: str
    form: str
    """The form and its version: codes are never used again for something else."""
    language: str
    answers: Mapping[str, str | bool | int] = field(repr=False)
    kind: ClassVar[FactKind] = FactKind.DECLARATION
    priority: ClassVar[Priority] = Priority.NORMAL

    def __post_init__(self) -> None:
        for name, value in (
            ("the screening", self.screening),
            ("the form", self.form),
            ("the language", self.language),
        ):
            _text(name, value)
        for question, answer in self.answers.items():
            _text("a question's code", question)
            if isinstance(answer, str):
                _text("an answer", answer)

    @property
    def subject(self) -> str:
        """The screening."""
        return self.screening

    def payload(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "screening": self.screening,
            "form": self.form,
            "language": self.language,
            "answers": dict(self.answers),
        }


class ShiftWord(StrEnum):
    """What a shift does."""

    OPENED = "opened"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Shift:
    """A lane is opened, handed over or closed."""

    word: ShiftWord
    lane: str
    officer: str
    supervisor: str = ""
    kind: ClassVar[FactKind] = FactKind.SHIFT
    priority: ClassVar[Priority] = Priority.HEALTH
    subject: ClassVar[None] = None

    def __post_init__(self) -> None:
        _text("the lane", self.lane)
        _text("the officer's name", self.officer)
        if self.supervisor:
            _text("the supervisor's name", self.supervisor)

    def payload(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "word": self.word.value,
            "lane": self.lane,
            "officer": self.officer,
            "supervisor": self.supervisor or None,
        }


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """Nobody was screened from `first` to `end`, and the lane was open: silence that is meant."""

    lane: str
    first: datetime
    end: datetime
    kind: ClassVar[FactKind] = FactKind.ZERO_REPORT
    priority: ClassVar[Priority] = Priority.HEALTH
    subject: ClassVar[None] = None

    def __post_init__(self) -> None:
        _text("the lane", self.lane)
        if self.first >= self.end:
            raise FactRefused("a zero report ends after it begins; correct it")

    def payload(self) -> dict[str, Any]:
        """JSON values."""
        return {"lane": self.lane, "first": rfc3339(self.first), "end": rfc3339(self.end), "screenings": 0}
