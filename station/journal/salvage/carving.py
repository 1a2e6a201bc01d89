"""What a damaged journal still holds: rows that prove themselves by checksum, page or chain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from config.messages.said import say
from station.journal.errors import JournalFaulty
from station.journal.rows import entry_of, is_whole
from station.journal.salvage.pages import Pages
from station.journal.salvage.records import Record, records
from sync.batch import payload_object
from sync.facts import chain_before, chain_hash

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMES = (
    "sequence", "kind", "priority", "recorded_at", "payload_sha256", "chain_sha256", "salt", "payload", "subject",
    "checksum",
)  # fmt: skip
_TYPES: Mapping[str, tuple[type, ...]] = {
    "kind": (str,), "priority": (str,), "recorded_at": (str,), "payload_sha256": (bytes,), "chain_sha256": (bytes,),
    "salt": (bytes, type(None)), "payload": (bytes, type(None)), "subject": (str, type(None)),
    "checksum": (bytes, type(None)),
}  # fmt: skip


@dataclass(slots=True)
class Carved:
    """What was found."""

    station: str = ""
    journal: str = ""
    """Empty when the page that says so is lost."""
    rows: dict[int, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """By sequence; only rows that prove themselves."""
    pictures: dict[str, tuple[str | None, str, bytes]] = field(default_factory=dict, repr=False)
    """By digest: subject, time, body."""
    bad_pages: int = 0
    named: list[tuple[str, str]] = field(default_factory=list, repr=False)
    """Journal and station as a page says that fails its own authentication."""

    @property
    def head(self) -> tuple[int, bytes | None]:
        """Highest sequence that was found, and its chain hash; (0, None) when nothing was."""
        if not self.rows:
            return 0, None
        last = max(self.rows)
        return last, self.rows[last]["chain_sha256"]


def is_key_of(path: Path, key: bytes) -> bool:
    """Whether the key authenticates a page of the file, or opens a row that proves itself."""
    try:
        pages = Pages(path, key)
    except OSError:
        return False
    try:
        return any(page.good or any(_proves(r) for r in records(pages, page)) for page in pages)
    finally:
        pages.close()


def _proves(readings: tuple[Record, ...]) -> bool:
    return any(_take(Carved(), {}, record, False) for record in readings)


def carve(path: Path, key: bytes, journals: Sequence[str] = (), station: str = "") -> Carved:
    """Read what can be read of a file and its log; nothing is changed.

    Args:
        path: of the file.
        key: of the journal.
        journals: names of journals that it may be, the likeliest first, when its own page is lost.
        station: whose it may be.

    Raises:
        JournalFaulty: the file itself cannot be opened for reading.
    """
    try:
        pages = Pages(path, key)
    except OSError as error:
        raise JournalFaulty(
            say("{file} cannot be read at all; see station doctor about the disk", file=path.name)
        ) from error
    found, unsure = Carved(), dict[int, list[Mapping[str, Any]]]()
    try:
        for page in pages:
            found.bad_pages += not page.good
            for readings in records(pages, page):
                for record in readings:
                    if _take(found, unsure, record, page.good):
                        break
    finally:
        pages.close()
    _identify(found, unsure, journals, station)
    _follow_chain(found, unsure)
    return found


def _take(found: Carved, unsure: dict[int, list[Mapping[str, Any]]], record: Record, good: bool) -> bool:
    """Sort one record out; whether it is a whole one of ours."""
    number, values = record
    if len(values) in (9, 10) and values[0] is None:
        row = dict(zip(_NAMES, (number, *values[1:], None)[:10], strict=True))
        if not all(isinstance(row[name], types) for name, types in _TYPES.items()) or not is_whole(row):
            return False
        if not good and row["checksum"] is None:
            unsure.setdefault(number, []).append(row)
            return True
        held = found.rows.get(number)
        if held is None or row["payload"] is None:  # what was erased stays erased
            found.rows[number] = row
        return True
    if len(values) in (4, 5) and isinstance(values[0], str) and isinstance(values[3], bytes):
        name, subject, at, body = values[:4]
        if not isinstance(body, bytes) or sha256(body).hexdigest() != name:
            return False
        found.pictures[name] = (subject if isinstance(subject, str) else None, str(at), body)
        return True
    if len(values) == 3 and isinstance(values[0], str) and _UUID.fullmatch(values[0]):
        found.named.append((values[0], str(values[1])))
        if good:
            found.journal, found.station = found.named[-1]
        return True
    return False


def _identify(found: Carved, unsure: dict[int, list[Mapping[str, Any]]], journals: Sequence[str], station: str) -> None:
    """Prove one of the names by a link of the chain, when the journal's own page is lost."""
    if found.journal:
        return
    rows = {number: readings[0] for number, readings in unsure.items()} | found.rows
    if not rows:
        found.journal = journals[0] if journals else ""  # nothing can be proved, and nothing hangs on it but a count
        return
    said = payload_object(rows[1]["payload"] or b"") if 1 in rows else None
    first = [(str(said.get("journal")), str(said.get("station")))] if said else []
    for name, whose in [*found.named, *first, *((journal, station) for journal in journals)]:
        if whose and any(_links(rows, number, whose, name) for number in list(rows)[:50]):
            found.journal, found.station = name, whose
            return


def _links(rows: Mapping[int, Mapping[str, Any]], number: int, station: str, journal: str) -> bool:
    """Whether a row follows from the one before it."""
    row, before = rows.get(number), rows.get(number - 1)
    if row is None or (before is None and number != 1):
        return False
    try:
        fact = entry_of(station, journal, row)
        previous = chain_before(fact) if before is None else before["chain_sha256"]
        return chain_hash(previous, fact) == fact.chain_sha256
    except JournalFaulty:
        return False


def _follow_chain(found: Carved, unsure: dict[int, list[Mapping[str, Any]]]) -> None:
    """Rows without checksum from pages that fail: they count when they follow from a row that counts."""
    if not found.journal:
        return
    for number in sorted(unsure):
        for row in unsure[number]:
            before = {n: found.rows[n] for n in (number - 1,) if n in found.rows}
            if number not in found.rows and _links(before | {number: row}, number, found.station, found.journal):
                found.rows[number] = row
