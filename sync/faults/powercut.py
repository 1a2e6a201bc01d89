"""What a power cut leaves of files: pure. What was synced is there; the rest is dropped, kept, or torn at sectors.

The model is that of SQLite's own crash tests (sqlite.org/testing.html, 3.3): between two syncs a disk may have done
any part of what it was asked, in any order, but a write never damages bytes beside it (power-safe overwrite).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes were handed to the system."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    """The file was cut to a size."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """Everything of the file that came before is on the disk."""

    file: str
    folder: bool = False
    """Whether the folder was synced with it, and so which names there are in it."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """The file's name was taken away."""

    file: str
    durable: bool
    """Whether the folder was synced with it."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The program said something about what it had done, such as the number of an entry that is saved."""

    number: int


Act = Written | Truncated | Synced | Deleted | Noted


@dataclass(frozen=True, slots=True)
class Remains:
    """The files after a cut."""

    acts: int
    """How many acts came before the cut."""
    noted: int
    """The last number noted before the cut; 0 when there was none."""
    files: dict[str, bytes]


class Platter:
    """What is surely on the disk, and what may be."""

    def __init__(self) -> None:
        self._durable: dict[str, bytearray] = {}
        self._pending: dict[str, list[Written | Truncated | Deleted]] = {}

    def take(self, act: Act) -> None:
        """The next thing that the program did."""
        match act:
            case Synced(file, folder):
                self._settle(file)
                for other in [name for name, waiting in self._pending.items() if _ends(waiting)] if folder else ():
                    self._settle(other)
            case Deleted(file, True):
                self._durable.pop(file, None)
                self._pending.pop(file, None)
            case Written(file) | Truncated(file) | Deleted(file):
                self._pending.setdefault(file, []).append(act)
            case Noted():
                pass

    def _settle(self, file: str) -> None:
        found = self._durable.pop(file, None)
        for change in self._pending.pop(file, []):
            found = _apply(found, change)
        if found is not None:
            self._durable[file] = found

    def cut(self, rng: Random) -> dict[str, bytes]:
        """The files after a cut at this moment; which way each went is drawn from `rng`."""
        fate = rng.choice(("dropped", "kept", "torn", "torn"))
        files: dict[str, bytes] = {}
        for name in sorted({*self._durable, *self._pending}):
            kept = self._durable.get(name)
            found = None if kept is None else bytearray(kept)
            for change in self._pending.get(name, []):
                for part in _survivors(change, fate, rng):
                    found = _apply(found, part)
            if found is not None:
                files[name] = bytes(found)
        return files


def cuts(acts: Sequence[Act], chosen: set[int], seed: int) -> Iterator[Remains]:
    """The remains after cuts behind the first n acts, for each n of `chosen`, in order."""
    platter, noted = Platter(), 0
    for index in range(len(acts) + 1):
        if index in chosen:
            yield Remains(index, noted, platter.cut(Random(f"{seed}/{index}")))  # noqa: S311
        if index < len(acts):
            act = acts[index]
            platter.take(act)
            if isinstance(act, Noted):
                noted = act.number


def _ends(waiting: Sequence[Act]) -> bool:
    """Whether the file was last deleted: its name is gone once the folder is synced."""
    return isinstance(waiting[-1], Deleted)


def _survivors(
    change: Written | Truncated | Deleted, fate: str, rng: Random
) -> Iterator[Written | Truncated | Deleted]:
    if fate == "kept":
        yield change
    elif fate == "torn" and isinstance(change, Written) and rng.random() < 0.5:
        yield from (sector for sector in _sectors(change) if rng.random() < 0.5)
    elif fate == "torn" and rng.random() < 0.5:
        yield change


def _sectors(change: Written) -> Iterator[Written]:
    """A write in pieces that end at the disk's own sectors."""
    begin, end = change.offset, change.offset + len(change.data)
    while begin < end:
        stop = min(end, (begin // SECTOR + 1) * SECTOR)
        yield Written(change.file, begin, change.data[begin - change.offset : stop - change.offset])
        begin = stop


def _apply(content: bytearray | None, change: Written | Truncated | Deleted) -> bytearray | None:
    match change:
        case Written(_, offset, data):
            content = bytearray() if content is None else content
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
            return content
        case Truncated(_, size):
            content = bytearray() if content is None else content
            del content[size:]
            content.extend(bytes(size - len(content)))
            return content
        case Deleted():
            return None
