"""Says from the history, the journals and the ledger whether a promise was broken. Pure, and it trusts nobody.

After Jepsen's set and queue checkers (github.com/jepsen-io/jepsen, jepsen.checker): what was acknowledged must be
there once everything has calmed down; what was begun and never answered may be there or not; nothing else may be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from sync.faults.history import Event, What

Place = tuple[str, str, int]
"""Station, journal, sequence."""


@dataclass(frozen=True, slots=True)
class Held:
    """One entry as a journal or the ledger holds it."""

    station: str
    journal: str
    sequence: int
    content: str
    """SHA-256 of the payload's bytes, hexadecimal; empty once purged, or where there is none."""
    chain: str
    """Chain hash, hexadecimal."""
    is_record: bool = True
    """Whether the history knows of it; a journal's own entries (opened, closed) are none of its business."""

    @property
    def place(self) -> Place:
        """Its address."""
        return self.station, self.journal, self.sequence


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checker counted. All but the first three must be 0; `examples` names the first few of each."""

    created: int
    """Records that a journal holds, or that were said to be saved."""
    saved: int
    """Records that were said to be saved."""
    at_centre: int
    """Of those created, the ones that the ledger holds."""
    lost: int
    """Created, and neither in the ledger nor parked."""
    not_in_journal: int
    """Said to be saved, and not in the journal as it was saved."""
    duplicated: int
    """Rows and records above one for each."""
    reordered: int
    """Neighbours, by sequence, that were created the other way round."""
    gaps: int
    """Runs of sequences that the journal has and the ledger has not, below its highest."""
    altered: int
    """Entries of the ledger whose content or chain is not that of the journal."""
    unexplained: int
    """Entries of the ledger that no journal has, or records that nobody created."""
    false_receipts: int
    """Entries that a station believed receipted and that the centre does not hold."""
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether every promise held."""
        return not any(
            (
                self.lost, self.not_in_journal, self.duplicated, self.reordered, self.gaps, self.altered,
                self.unexplained, self.false_receipts,
            )
        )  # fmt: skip


def check(
    history: Iterable[Event], journals: Iterable[Held], ledger: Iterable[Held], parked: Iterable[Place] = ()
) -> Findings:
    """Compare what was promised with what is there.

    Args:
        history: every event, each station's in its order.
        journals: every entry of every journal.
        ledger: every row of the ledger.
        parked: addresses that the centre holds apart; they count as held.
    """
    told = _Told(history)
    here = {held.place: held for held in journals}
    rows = list(ledger)
    there = {row.place: row for row in rows}
    apart = set(parked)
    broken: dict[str, list[str]] = defaultdict(list)
    for place, content in told.saved:
        if place not in here or here[place].content != content:
            broken["not_in_journal"].append(_name(place))
    promised = {place for place, _ in told.saved}
    records = {place for place, held in here.items() if held.is_record} | promised
    broken["lost"] = [_name(p) for p in sorted(records | set(here)) if p not in there and p not in apart]
    broken["duplicated"] = _doubled(rows, here.values())
    broken["altered"] = [_name(p) for p, row in there.items() if p in here and _differs(row, here[p])]
    broken["unexplained"] = [_name(row.place) for row in rows if _is_foreign(row, here, promised, told)]
    broken["reordered"] = _turned(there.values(), told.numbers)
    broken["gaps"] = _gaps(here, there, apart)
    broken["false_receipts"] = _false(told.receipted, there, apart)
    counts = {name: len(found) for name, found in broken.items()}
    return Findings(
        created=len(records),
        saved=len(told.saved),
        at_centre=sum(place in there for place in records),
        examples={name: tuple(found[:5]) for name, found in broken.items() if found},
        **{name: counts.get(name, 0) for name in _BROKEN},
    )


_BROKEN = ("lost", "not_in_journal", "duplicated", "reordered", "gaps", "altered", "unexplained", "false_receipts")


class _Told:
    """The history by what it says."""

    def __init__(self, history: Iterable[Event]) -> None:
        self.numbers: dict[tuple[str, str], int] = {}
        self.saved: list[tuple[Place, str]] = []
        """With the content: when an address was promised twice, one of the two is gone."""
        self.receipted: dict[tuple[str, str], _Believed] = defaultdict(_Believed)
        for event in history:
            if event.what is What.CREATED:
                self.numbers[event.station, event.content] = event.number
            elif event.what is What.SAVED:
                self.saved.append(((event.station, event.journal, event.sequence), event.content))
            elif event.what is What.RECEIPTED:
                self.receipted[event.station, event.journal].take(event)


class _Believed:
    """Everything that a station ever believed receipted of one journal."""

    def __init__(self) -> None:
        self.watermark = 0
        self.above: set[tuple[int, int]] = set()

    def take(self, event: Event) -> None:
        self.watermark = max(self.watermark, event.watermark)
        self.above |= set(event.ranges)

    def sequences(self) -> set[int]:
        found = set(range(1, self.watermark + 1))
        for first, last in self.above:
            found.update(range(max(first, self.watermark + 1), last + 1))
        return found


def _doubled(rows: list[Held], journals: Iterable[Held]) -> list[str]:
    """Addresses that are twice in the ledger, and records that are twice anywhere."""
    places = Counter(row.place for row in rows)
    found = [_name(place) for place, count in places.items() for _ in range(count - 1)]
    for held in ({row.place: row for row in rows}.values(), journals):
        contents = Counter((each.station, each.content) for each in held if each.content and each.is_record)
        found += [f"{station} {content[:12]}" for (station, content), n in contents.items() for _ in range(n - 1)]
    return found


def _differs(row: Held, original: Held) -> bool:
    return row.chain != original.chain or (bool(original.content) and row.content != original.content)


def _is_foreign(row: Held, here: Mapping[Place, Held], promised: set[Place], told: _Told) -> bool:
    if row.place not in here and row.place not in promised:
        return True
    return row.is_record and bool(row.content) and (row.station, row.content) not in told.numbers


def _turned(rows: Iterable[Held], numbers: Mapping[tuple[str, str], int]) -> list[str]:
    order: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        number = numbers.get((row.station, row.content))
        if number is not None:
            order[row.station, row.journal].append((row.sequence, number))
    return [
        f"{station}/{journal}/{later[0]}"
        for (station, journal), found in order.items()
        for earlier, later in pairwise(sorted(found))
        if later[1] < earlier[1]
    ]


def _gaps(here: Iterable[Place], there: Iterable[Place], apart: set[Place]) -> list[str]:
    """First of each run that is missing below the highest that is held."""
    held: dict[tuple[str, str], set[int]] = defaultdict(set)
    for station, journal, sequence in (*there, *apart):
        held[station, journal].add(sequence)
    missing: dict[tuple[str, str], list[int]] = defaultdict(list)
    for station, journal, sequence in here:
        if sequence not in held[station, journal] and sequence < max(held[station, journal], default=0):
            missing[station, journal].append(sequence)
    return [
        f"{station}/{journal}/{sequence}"
        for (station, journal), found in missing.items()
        for before, sequence in pairwise([-1, *sorted(found)])
        if sequence != before + 1
    ]


def _false(receipted: Mapping[tuple[str, str], _Believed], there: Mapping[Place, Held], apart: set[Place]) -> list[str]:
    return [
        f"{station}/{journal}/{sequence}"
        for (station, journal), believed in receipted.items()
        for sequence in sorted(believed.sequences())
        if (station, journal, sequence) not in there and (station, journal, sequence) not in apart
    ]


def _name(place: Place) -> str:
    return f"{place[0]}/{place[1]}/{place[2]}"
