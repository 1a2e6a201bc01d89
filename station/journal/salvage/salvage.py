"""A damaged journal gives way to a new one that names it; cut off anywhere, the next start goes on (G15).

1. The damaged file and its log get a second name (hard links: no room is needed), and a note says which.
2. What is readable and not yet at the centre goes into a new file; entries keep kind, priority, time and subject, and
   carry `origin`: their journal, sequence and chain hash, so that the ledger can tell that they are the same.
3. The new file takes the journal's name in one rename, and the note goes.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.messages.said import Said, say
from station.journal.database import WriterLock, mark_of
from station.journal.errors import JournalError, JournalFaulty, JournalFull
from station.journal.journal import Draft, Journal
from station.journal.reader import JournalReader
from station.journal.rows import entry_of
from station.journal.salvage.carving import Carved, carve
from sync.batch import payload_object
from sync.errors import SyncError
from sync.facts import rfc3339
from sync.keys import write_private
from sync.sync_store import Progress

_PARTS = ("-wal", "-shm", "")


@dataclass(frozen=True, slots=True)
class Held:
    """What sync knows of the centre."""

    journals: Callable[[], tuple[str, ...]]
    """Journals of which it holds anything, the newest receipt first."""
    progress: Callable[[str], Progress]
    """What it holds of one journal."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What became of a damaged journal."""

    journal: str
    """The old one; empty when nothing says which it was."""
    file: str
    """Name of the damaged file, kept aside."""
    read: int
    """Entries that were readable."""
    copied: int
    """Those of them that the centre did not hold: they are in the new journal."""
    lost: int
    """Entries that are neither readable nor at the centre, as far as they are known."""
    gaps: tuple[tuple[int, int], ...]
    """First and last of the runs of lost entries."""
    head: int
    """Highest sequence that is known of the old journal."""
    bad_pages: int
    photographs: int

    def sentence(self) -> Said:
        """For screen, doctor and log."""
        return say(
            "The journal was damaged: {read} entries could be read, {lost} are lost, {copied} go to the EOC again."
            " The damaged file is kept as {file}; tell the EOC.",
            read=str(self.read), lost=str(self.lost), copied=str(self.copied), file=self.file,
        )  # fmt: skip


def note_of(path: Path) -> Path:
    """The file that says that a salvage is under way."""
    return path.with_suffix(".salvaging")


def salvage(
    path: Path, key: bytes, station: str, held: Held, clock: Callable[[], datetime], random: Callable[[int], bytes]
) -> Salvage:
    """Put a new journal in the place of the damaged one.

    Args:
        path: of the journal; nothing has it open.
        key: the one that it is encrypted with; the new one gets the same.
        station: whose it is, for a file that does not say so any more.
        held: what the centre holds.
        clock: the station's time.
        random: cryptographic bytes.

    Raises:
        JournalBusy: another program writes it.
        JournalFull: there is no room for what was salvaged; the damaged file stays, the next start tries again.
        JournalFaulty: the disk does not even read or rename.
    """
    lock = WriterLock(path.with_suffix(".lock"))
    try:
        aside = _put_aside(path, clock())
        new = path.with_name(path.stem + "-salvaged" + path.suffix)
        _remove(new)
        found = carve(aside, key, held.journals(), station)
        told, origin = _judge(found, held, aside)
        book = Journal(new, key, found.station or station, clock, random, _opening(told, found))
        try:
            book.extend(_drafts(found, origin))
            _copy_pictures(book, found)
            book.checkpoint()
        finally:
            book.close()
        _take_place(new, path)
        return told
    except OSError as error:
        raise JournalFaulty(
            say(
                "the damaged journal {file} cannot be salvaged ({why}); see station doctor about the disk",
                file=path.name,
                why=error.strerror or "",
            )
        ) from error
    finally:
        lock.release()


def finish(path: Path, key: bytes) -> bool:
    """Whether a salvage was cut off when its new journal was in place already: then only the note is left to go."""
    if not note_of(path).exists():
        return False
    try:
        aside = path.with_name(json.loads(note_of(path).read_bytes())["aside"])
        if aside.stat().st_ino == path.stat().st_ino:
            return False
        JournalReader(path, key).close()
    except (OSError, ValueError, KeyError, TypeError, JournalError):
        return False
    _settle(path)
    return True


def _put_aside(path: Path, moment: datetime) -> Path:
    """A second name for the damaged file and its log, and the note; what an earlier try put aside counts."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        before = path.with_name(json.loads(note_of(path).read_bytes())["aside"])
        if before.exists():
            return before
    aside = path.with_name(f"{path.stem}-damaged-{moment:%Y%m%dT%H%M%SZ}{path.suffix}")
    for ending in ("-wal", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            aside.with_name(aside.name + ending).unlink(missing_ok=True)
            aside.with_name(aside.name + ending).hardlink_to(part)
    try:
        write_private(note_of(path), json.dumps({"aside": aside.name}).encode())
    except SyncError as error:
        raise JournalFull(say("the disk is full, the damaged journal cannot be salvaged; free space")) from error
    return aside


def _take_place(new: Path, path: Path) -> None:
    """The log of the damaged file must be gone before a new file has its name: it would be taken for its own."""
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    _flush(path.parent)
    new.replace(path)
    _flush(path.parent)
    _settle(path)
    for leftover in (new.with_suffix(".lock"), new.with_suffix(".reserve")):
        leftover.unlink(missing_ok=True)


def _settle(path: Path) -> None:
    mark_of(path).unlink(missing_ok=True)
    note_of(path).unlink(missing_ok=True)
    _flush(path.parent)


def _remove(path: Path) -> None:
    for ending in _PARTS:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _judge(found: Carved, held: Held, aside: Path) -> tuple[Salvage, Progress]:
    """What is lost, and what the centre holds of the old journal."""
    progress = held.progress(found.journal) if found.journal else Progress()
    top = max([found.head[0], progress.watermark, *(last for _, last in progress.ranges)])
    lost = [n for n in range(1, top + 1) if n not in found.rows and not progress.holds(n)]
    again = [row for n, row in found.rows.items() if not progress.holds(n)]
    unreadable = [row["sequence"] for row in again if _said(row) is None]
    lost = sorted({*lost, *unreadable})
    told = Salvage(
        journal=found.journal, file=aside.name, read=len(found.rows), copied=len(again) - len(unreadable),
        lost=len(lost), gaps=_runs(lost), head=top, bad_pages=found.bad_pages, photographs=len(found.pictures),
    )  # fmt: skip
    return told, progress


def _said(row: Mapping[str, Any]) -> dict[str, Any] | None:
    return payload_object(row["payload"]) if row["payload"] is not None else None


def _opening(told: Salvage, found: Carved) -> dict[str, Any]:
    """What the new journal's first entry says: the old head as far as it is known, and the counts."""
    sequence, chain = found.head
    previous = {"journal": told.journal or None, "sequence": sequence, "chain_sha256": chain.hex()} if chain else None
    counts = asdict(told) | {"gaps": [list(gap) for gap in told.gaps[:200]]}
    return {"previous": previous, "salvage": counts}


def _drafts(found: Carved, progress: Progress) -> Iterator[Draft]:
    """What the centre does not hold yet, in its order, each with where it comes from."""
    for sequence in sorted(found.rows):
        row = found.rows[sequence]
        said = _said(row)
        if progress.holds(sequence) or said is None:
            continue
        fact = entry_of(found.station, found.journal, row)
        origin = {
            "journal": found.journal or None,
            "sequence": sequence,
            "chain_sha256": fact.chain_sha256.hex(),
            "recorded_at": rfc3339(fact.recorded_at),
        }
        # What was salvaged twice keeps where it was first written.
        yield Draft(fact.kind, fact.priority, fact.recorded_at, {"origin": origin} | said, row["subject"])


def _copy_pictures(book: Journal, found: Carved) -> None:
    """Photographs are optional: a disk that has no room for them keeps the records."""
    with suppress(JournalFull):
        for subject, recorded_at, body in found.pictures.values():
            book.keep_picture(body, subject, recorded_at)


def _runs(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return tuple(runs)
