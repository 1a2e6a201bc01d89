"""What the lane remembers of the journal when it starts: recent screenings, and documents of the last minutes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from station.evidence import VerdictKind
from station.journal.journal import content
from station.lane.binding import identity_of
from station.lane.snapshot import Saved
from station.lane.state import Lane
from sync.facts import Entry


def saved_of(entry: Entry, payload: dict[str, Any]) -> Saved:
    """A SCREENING entry as the lists show it."""
    document = payload.get("document") or {}
    name = ", ".join(part for part in (document.get("surname", ""), document.get("given_names", "")) if part)
    return Saved(
        screening=payload["screening"],
        sequence=entry.sequence,
        at=entry.recorded_at,
        verdict=VerdictKind(payload["verdict"]),
        reasons=tuple(payload["reasons"]),
        name=name,
        nationality=document.get("nationality", ""),
    )


def remembered(newest_first: Iterable[Entry]) -> Lane:
    """An idle lane that knows the newest screenings; purged entries are passed over."""
    recent: list[Saved] = []
    documents: list[tuple[str, datetime, Saved]] = []
    for entry in newest_first:
        payload = content(entry)
        if not payload:
            continue
        saved = saved_of(entry, payload)
        recent.append(saved)
        if document := payload.get("document"):
            identity = identity_of(document["issuing_state"], document["document_number"], document["birth_date"])
            documents.append((identity, entry.recorded_at, saved))
    return Lane(recent=tuple(recent), documents=tuple(documents))
