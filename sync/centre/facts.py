"""What the board needs of a payload: no name, no number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.batch import payload_object
from sync.facts import Entry, FactKind

_ALERT_KINDS = (("T-", "temperature"), ("C-", "certificate"), ("M-", "document"), ("D-", "document"), ("H-", "holder"))


@dataclass(frozen=True, slots=True)
class ScreeningFacts:
    """What is counted and listed of one screening; None where the payload does not say."""

    verdict: str | None
    reasons: list[str]
    document_kind: str | None
    nationality: str | None


_NOTHING = ScreeningFacts(None, [], None, None)


def screening_facts(entry: Entry) -> ScreeningFacts | None:
    """Read a payload leniently: a newer station's other form is kept, and counted as far as it is known.

    Returns:
        The facts, empty ones for what is no screening or is purged; None when the payload is no JSON object.
    """
    if entry.payload is None:
        return _NOTHING
    content = payload_object(entry.payload)
    if content is None:
        return None
    if entry.kind is not FactKind.SCREENING:
        return _NOTHING
    document = content.get("document")
    paper = document if isinstance(document, dict) else {}
    return ScreeningFacts(
        verdict=_code(content.get("verdict")),
        reasons=known_codes(content.get("reasons")),
        document_kind=_code(paper.get("kind")),
        nationality=_code(paper.get("nationality")),
    )


def known_codes(reasons: Any) -> list[str]:
    """The reason codes in what a payload gives as its reasons; nothing that could not be shown."""
    return [code for item in reasons if (code := _code(item))] if isinstance(reasons, list) else []


def alert_kind(reasons: Sequence[str]) -> str:
    """What an alert is about, by the stage of its first reason: temperature, certificate, document, holder, other."""
    for reason in reasons:
        for prefix, kind in _ALERT_KINDS:
            if reason.startswith(prefix):
                return kind
    return "other"


def _code(value: Any) -> str | None:
    """Short printable text only: what is stored here is shown on the wall."""
    return value if isinstance(value, str) and 0 < len(value) <= 32 and value.isprintable() else None
