"""What a dry run found, as rows and as lines. No names: a screening is told by its id and number."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from station.commands.stored import Changed, DryRun

_BESIDE = ("verdict", "class")


def dry_run_rows(found: "DryRun") -> Iterator[dict[str, Any]]:
    """One object per verdict that would change."""
    for each in found.changed:
        yield {
            "screening": each.screening,
            "sequence": each.sequence,
            "from": each.proposed,
            "to": each.found.judgement.verdict.value,
            "class": each.found.judgement.traveller_class,
            "rules": [
                {"rule": d.what, "then": d.then, "now": d.now} for d in each.found.differences if d.what not in _BESIDE
            ],
        }


def dry_run_sum(found: "DryRun") -> dict[str, Any]:
    """The counts."""
    moves = Counter(f"{each.proposed} to {each.found.judgement.verdict.value}" for each in found.changed)
    return {
        "screenings": found.screenings,
        "judged": found.judged,
        "elsewhere": found.elsewhere,
        "unreadable": found.unreadable,
        "changed": len(found.changed),
        "moves": dict(sorted(moves.items())),
    }


def dry_run_text(title: str, found: "DryRun") -> Iterator[str]:
    """The same for a person."""
    yield f"{title}: {found.screenings} screenings, {found.judged} judged again, {len(found.changed)} would change."
    if found.elsewhere:
        yield f"  {found.elsewhere} were at places or in directions that the set is not for."
    if found.unreadable:
        yield f"  {found.unreadable} could not be judged again: purged, or written by an older version."
    for move, count in dry_run_sum(found)["moves"].items():
        yield f"  {move}: {count}"
    for each in found.changed:
        yield f"{each.screening} (no. {each.sequence}): {each.proposed} to {each.found.judgement.verdict.value}"
        yield from _rules(each)


def _rules(each: "Changed") -> Iterator[str]:
    for found in each.found.differences:
        if found.what != "verdict":
            yield f"    {found.what}: {found.then or 'not asked'} -> {found.now or 'not asked'}"
