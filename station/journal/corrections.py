"""Which correction counts. Pure: the facts stay as they are, only the view of them is made here (G16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.batch import payload_object
from sync.facts import Entry, FactKind


@dataclass(frozen=True, slots=True)
class Corrected:
    """One field as it counts, and who said so."""

    value: Any
    officer: str
    sequence: int
    """Of the correction."""


def counting(facts: Sequence[Entry]) -> Mapping[str, Corrected]:
    """The corrected fields of one screening: for each the newest correction by the order of the journal.

    The clock decides nothing. Only entries of one journal can be ordered so; two desks that corrected the same field
    in their own journals are a conflict, which the centre shows and a person settles.

    Args:
        facts: entries about the screening, as `JournalReader.about` gives them.

    Raises:
        ValueError: the entries are of more than one journal.
    """
    if len({(fact.station, fact.journal) for fact in facts}) > 1:
        raise ValueError("corrections of several journals have no order; show them beside each other")
    found: dict[str, Corrected] = {}
    for fact in sorted(facts, key=lambda each: each.sequence):
        said = payload_object(fact.payload) if fact.kind is FactKind.CORRECTION and fact.payload is not None else None
        changes = said.get("changes") if said else None
        if said and isinstance(changes, dict):
            for name, value in changes.items():
                found[name] = Corrected(value, str(said.get("officer", "")), fact.sequence)
    return found
