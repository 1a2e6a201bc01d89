"""What an officer can tell the lane. The screens turn touches into these; the lane answers by its next snapshot."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from station.evidence import Attestation, VerdictKind


@dataclass(frozen=True, slots=True)
class Decide:
    """Close the open traveller with this verdict.

    ADMIT against a proposal other than ADMIT and every REFUSE need a `reason`.
    """

    officer: str
    verdict: VerdictKind
    reason: str = ""
    """A reason code of config.rules.reasons for officers."""
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Correct:
    """Correct one field of the document at hand."""

    officer: str
    field: str
    value: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Attest:
    """Vouch for evidence that no sensor gave; the values are those of `OfficerAttested`."""

    officer: str
    what: Attestation
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    picture: bytes = field(default=b"", repr=False)
    """JPEG of a paper or letter, at most station.evidence.MOST_PICTURE_BYTES."""


@dataclass(frozen=True, slots=True)
class MeasureAgain:
    """Take one more skin temperature."""

    officer: str


@dataclass(frozen=True, slots=True)
class Again:
    """Answer to "the same document within ten minutes: again?"."""

    officer: str
    yes: bool


@dataclass(frozen=True, slots=True)
class OpenGate:
    """Open the gate, whoever is there; it falls back to rest by itself."""

    officer: str


@dataclass(frozen=True, slots=True)
class SoundSiren:
    """Sound the siren, whoever is there; it falls silent by itself."""

    officer: str


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print the slip of the screening that was just saved, once more or at all."""

    officer: str


Command = Decide | Correct | Attest | MeasureAgain | Again | OpenGate | SoundSiren | PrintSlip


@dataclass(frozen=True, slots=True)
class Addressed:
    """A command for the traveller whom the officer saw; it touches nobody else."""

    command: Command
    opened_at: datetime | None
    """When that traveller was opened; None: nobody was at the lane."""
